"""HubSpot Service Hub: the export of tickets (CSV or sheet); the CRM API's tickets, pipelines, owners, companies,
contacts, survey responses, e-mails and notes (JSON); tickets, stages and property histories of a warehouse (CSV).

Built from the documented labels and property names and a connector's columns, not from real exports.

- The API writes every property as a text, durations in milliseconds, and stages by number: load the pipelines
  (``/crm/v3/pipelines/tickets``) too. Without them a stage is reported as unknown, and ``closed_date`` still dates
  the close.
- Stages are each account's own: beside the default ones ``[loading] status`` counts, by name or by number, and a
  stage HubSpot itself calls closed is read as resolved.
- Associations and histories are only there if they were asked for (``associations=``, ``propertiesWithHistory=``).
- A CSAT is read by HubSpot's own verdict, as its number of grades is not told; NPS is 0 to 10, CES 1 to 7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from etl import hubspot_records, hubspot_stages, hubspot_ui
from etl.hubspot_words import SOURCE
from etl.staging import Claim, RawTable, Stage

NAME = SOURCE


class _Records(NamedTuple):
    """One kind of record: the keys it must have, keys of which it must have one, and who takes it."""

    kind: str  # json or csv
    needed: tuple[str, ...]
    telling: tuple[str, ...]
    stage: Callable[[RawTable, Stage], None]


_KINDS = (
    _Records(
        "json",
        ("id", "properties.hs_pipeline_stage"),
        ("properties.subject", "properties.hs_ticket_priority", "properties.hs_ticket_category",
         "properties.hs_ticket_id", "properties.closed_date", "properties.createdate"),
        hubspot_records.stage_tickets,
    ),
    _Records("json", ("id", "label", "stages"), ("displayOrder", "archived"), hubspot_stages.stage_pipelines),
    _Records("json", ("id", "firstName", "lastName"), ("userId", "teams", "userIdIncludingInactive"),
             hubspot_records.stage_owners),
    _Records("json", ("id", "properties.hs_survey_type"), ("properties.hs_value", "properties.hs_response_group"),
             hubspot_records.stage_feedback),
    _Records("json", ("id", "properties.hs_timestamp"), ("properties.hs_email_direction", "properties.hs_note_body"),
             hubspot_records.stage_messages),
    _Records("json", ("id", "properties.name", "createdAt"), ("properties.domain", "properties.hs_object_id"),
             hubspot_records.stage_companies),
    _Records("json", ("id", "properties.email", "createdAt"),
             ("properties.lastname", "properties.firstname", "properties.lifecyclestage"),
             hubspot_records.stage_contacts),
    _Records("csv", ("ticket_id", "name", "value", "timestamp_instant"), ("source", "source_id"),
             hubspot_records.stage_warehouse_history),
    _Records("csv", ("stage_id", "pipeline_id", "label", "is_closed"), ("ticket_state", "display_order"),
             hubspot_stages.stage_stages),
    _Records("csv", ("id", "property_hs_pipeline_stage", "property_createdate"),
             ("property_subject", "property_hs_ticket_priority", "property_closed_date"),
             hubspot_records.stage_warehouse_tickets),
)  # fmt: skip


def claim(raw: RawTable) -> Claim:
    """Claim an export by its labels, and records by their keys."""
    near = hubspot_ui.claim(raw) if raw.kind == "csv" else Claim(NAME, ())
    if near.accepted:
        return near
    there = _keys(raw.columns)
    for each in _KINDS:
        telling = tuple(key for key in each.telling if key in there)
        found = tuple(key for key in each.needed if key in there)
        missing = tuple(key for key in each.needed if key not in there)
        if each.kind != raw.kind or not telling:
            continue
        if not missing:
            return Claim(NAME, (*found, *telling))
        if len(found) > len(near.matched) and len(found) > 1:
            near = Claim(NAME, (*found, *telling), missing)
    return near


def stage(raw: RawTable, into: Stage) -> None:
    """Put the facts of a table that was claimed."""
    if raw.kind == "csv" and hubspot_ui.claim(raw).accepted:
        hubspot_ui.stage(raw, into)
        return
    there = _keys(raw.columns)
    for each in _KINDS:
        if each.kind == raw.kind and there.issuperset(each.needed) and not there.isdisjoint(each.telling):
            each.stage(raw, into)
            return


def _keys(paths: Iterable[str]) -> set[str]:
    """Every dotted path and every beginning of one."""
    found: set[str] = set()
    for path in paths:
        parts = path.split(".")
        found.update(".".join(parts[:end]) for end in range(1, len(parts) + 1))
    return found
