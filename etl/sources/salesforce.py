"""Salesforce Service Cloud: the report of cases (CSV or sheet), the data export (CSV) and queries (JSON) of Case,
CaseHistory, CaseComment, EmailMessage, User, Group, Account, Contact, CaseMilestone and MilestoneType.

Built from one recorded query result and the documented labels and field names, not from real exports.

- A report is written for people: labels, the running user's zone and date format, a footer (``etl.salesforce_report``).
- Data exports and queries call everything by ids of 18 characters, in UTC. ``original_id`` is that id; the case
  number, zero-padded text, is what reports have instead. Reports tie to exports through their column ``Case ID``.
- States are each org's own: beside the default ones ``[loading] status`` counts, and a state all of whose cases are
  closed is read as resolved. Any other is reported.
- ``IsEscalated`` is what an escalation rule or a person set; it counts as the vendor's word for an escalation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from etl import salesforce_history, salesforce_records, salesforce_report
from etl.salesforce_words import SOURCE
from etl.staging import Claim, RawTable, Stage

NAME = SOURCE


class _Object(NamedTuple):
    """One kind of record: the fields it must have, fields of which it must have some, and who takes it."""

    needed: tuple[str, ...]
    telling: tuple[str, ...]
    enough: int
    stage: Callable[[RawTable, Stage], None]


_OBJECTS = (
    _Object(
        ("Id", "CaseNumber", "Status", "CreatedDate"),
        ("IsClosed", "IsEscalated", "ContactId", "Origin", "OwnerId", "SystemModstamp", "LastModifiedDate"),
        2,
        salesforce_records.stage_cases,
    ),
    _Object(("CaseId", "Field", "OldValue", "NewValue", "CreatedDate"), ("CreatedById", "Id"), 1,
            salesforce_history.stage_history),
    _Object(("ParentId", "IsPublished", "CreatedDate"), ("CommentBody", "CreatedById"), 1,
            salesforce_history.stage_comments),
    _Object(("ParentId", "Incoming"), ("MessageDate", "FromAddress", "TextBody", "HtmlBody"), 1,
            salesforce_history.stage_emails),
    _Object(("CaseId", "TargetDate", "IsViolated"), ("MilestoneTypeId", "MilestoneType.Name", "CompletionDate"), 1,
            salesforce_records.stage_milestones),
    _Object(("Id", "Name", "RecurrenceType"), (), 0, salesforce_records.stage_milestone_types),
    _Object(("Id",), ("Username", "Alias", "ProfileId", "UserType", "UserRoleId"), 2, salesforce_records.stage_users),
    _Object(("Id", "DeveloperName", "Type"), ("DoesSendEmailToMembers", "DoesIncludeBosses", "RelatedId"), 1,
            salesforce_records.stage_groups),
    _Object(("Id", "AccountId", "LastName"), ("Email", "MailingCity", "LeadSource", "ReportsToId"), 1,
            salesforce_records.stage_contacts),
    _Object(
        ("Id", "Name"),
        ("BillingCountry", "BillingCity", "BillingStreet", "ShippingCountry", "AccountSource", "AccountNumber"),
        1,
        salesforce_records.stage_accounts,
    ),
)  # fmt: skip


def claim(raw: RawTable) -> Claim:
    """Claim a report by its labels, and records by the names of their fields."""
    there = _keys(raw.columns)
    near = salesforce_report.claim(raw) if raw.kind == "csv" else Claim(NAME, ())
    if near.accepted:
        return near
    for each in _OBJECTS:
        telling = tuple(name for name in each.telling if name in there)
        found = tuple(name for name in each.needed if name in there)
        missing = tuple(name for name in each.needed if name not in there)
        if len(telling) < each.enough:
            continue
        if not missing:
            return Claim(NAME, (*found, *telling))
        if len(found) > len(near.matched):
            near = Claim(NAME, (*found, *telling), missing)
    return near


def stage(raw: RawTable, into: Stage) -> None:
    """Put the facts of a table that was claimed."""
    if raw.kind == "csv" and salesforce_report.claim(raw).accepted:
        salesforce_report.stage(raw, into)
        return
    there = _keys(raw.columns)
    for each in _OBJECTS:
        if there.issuperset(each.needed) and sum(name in there for name in each.telling) >= each.enough:
            each.stage(raw, into)
            return


def _keys(paths: Iterable[str]) -> set[str]:
    """Every dotted path and every beginning of one."""
    found: set[str] = set()
    for path in paths:
        parts = path.split(".")
        found.update(".".join(parts[:end]) for end in range(1, len(parts) + 1))
    return found
