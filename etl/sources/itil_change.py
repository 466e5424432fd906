"""Changes of an ITIL desk, told once for each configuration item they touch: ``;``-separated, one row a change × item.

Built from a real file (the change records of a bank's service desk). What it makes of them:

- Rows of one ``Change ID`` are one change. The further ones are left out and counted; what differs between them, the
  service components, is gathered.
- ``Actual Start`` and ``Actual End`` are when it was carried out. Plans are no evidence: a change without them keeps
  no date, and the report counts those.
- ``# Related Incidents`` is repeated on every row and never written as 0: an empty one means none.
- ``CAB-approval needed`` says that an approval was needed, not that it was given: it is not read. Nothing tells how
  a change ended.
"""

from __future__ import annotations

from sqlalchemy import case, func, select

from etl.mapping import Clock, Mapping
from etl.rearranged import Cell, first_of, gathered, refuse_where
from etl.staging import Claim, RawTable, Stage
from etl.translate import stage_mapping

NAME = "itil_change"

_NEEDED = (
    "CI Name (aff)", "Change ID", "Change Type", "Risk Assessment", "Emergency Change", "CAB-approval needed",
    "Planned Start", "Planned End", "Actual Start", "Actual End", "# Related Incidents",
)  # fmt: skip
_COLUMNS = ("original_id", "title", "product", "kind", "risk", "started_at", "deployed_at", "related_incidents")


def claim(raw: RawTable) -> Claim:
    """Claim the table by its columns."""
    found = tuple(name for name in _NEEDED if name in raw.columns and raw.kind == "csv")
    return Claim(NAME, found, tuple(name for name in _NEEDED if name not in found))


def stage(raw: RawTable, into: Stage) -> None:
    """Put one change for all of its rows."""
    nameless = first_of(raw, "Change ID").is_(None)
    rows = refuse_where(raw, into, nameless, "Change ID", "no number")
    kind = first_of(rows, "Change Type")
    components = func.list_sort(func.list(first_of(rows, "Service Component WBS (aff)").distinct()))
    is_emergency = func.lower(first_of(rows, "Emergency Change")) == "true"
    # "Standard Change Type 145" is a standard change.
    sort = func.lower(func.regexp_replace(kind, r"( Type)?( \d+)?$", ""))
    cells: dict[str, Cell] = {
        "title": func.min(kind),
        "product": func.nullif(func.array_to_string(components, ", "), ""),
        "kind": case((func.bool_or(is_emergency), "emergency"), else_=func.min(sort)),
        "risk": func.min(first_of(rows, "Risk Assessment")),
        "started_at": func.min(first_of(rows, "Actual Start")),
        "deployed_at": func.max(first_of(rows, "Actual End")),
        "related_incidents": func.coalesce(func.max(first_of(rows, "# Related Incidents")), "0"),
    }
    what = "the same change told again, for another configuration item"
    changes = gathered(rows, into, first_of(rows, "Change ID"), cells, what)
    mapping = Mapping(
        name="itil-changes",
        shape="change",
        source=NAME,
        clock=Clock(),
        columns={name: (name,) for name in _COLUMNS},
    )
    stage_mapping(mapping, changes, into)
    undated = into.connection.execute(select(func.count()).where(changes.table.c.deployed_at.is_(None))).scalar_one()
    if undated:
        into.warnings.append(
            f"{undated:,} changes do not tell when they were carried out, only what was planned: they have no date."
        )
