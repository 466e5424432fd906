"""HubSpot's pipelines: what the numbers of stages are called, and which of them close a ticket."""

from __future__ import annotations

from sqlalchemy import case, func, null, or_

from etl.hubspot_words import SOURCE, STATUS
from etl.naming import put_names
from etl.rearranged import Cell, rearranged, refuse_where
from etl.staging import RawTable, Stage
from etl.threads import unnested
from etl.vocabulary import Status


def stage_pipelines(raw: RawTable, into: Stage) -> None:
    """Keep the stages of pipelines (JSON)."""
    inner = ("id", "label", "metadata.isClosed", "metadata.ticketState")
    stages = unnested(raw, into, "stages", ("id",), inner)
    c = stages.table.c
    is_closed = or_(func.lower(c["item.metadata.isClosed"]) == "true", c["item.metadata.ticketState"] == "CLOSED")
    cells: dict[str, Cell] = {"stage": c["item.id"], "label": c["item.label"], "closed": is_closed}
    _stage(rearranged(stages, into, cells), into)
    empty = func.coalesce(func.json_array_length(func.json_extract(raw.table.c.record, "$.stages")), 0) == 0
    refuse_where(raw, into, empty, "stages", "a pipeline without stages")


def stage_stages(raw: RawTable, into: Stage) -> None:
    """Keep stages as connectors write them: ``ticket_pipeline_stage`` (CSV)."""
    c = raw.table.c
    state = c.ticket_state if "ticket_state" in raw.columns else null()
    is_closed = or_(func.lower(c.is_closed) == "true", state == "CLOSED")
    _stage(rearranged(raw, into, {"stage": c.stage_id, "label": c.label, "closed": is_closed}), into)


def _stage(rows: RawTable, into: Stage) -> None:
    c = rows.table.c
    rows = refuse_where(rows, into, or_(c.stage.is_(None), c.label.is_(None)), "label", "a stage without id or name")
    c = rows.table.c
    cells: dict[str, Cell] = {
        "number": c.stage,
        "name": c.label,
        # HubSpot says so of the stage, whatever it is called.
        "closed": case((c.closed == "true", str(Status.RESOLVED))),
    }
    put_names(rearranged(rows, into, cells), into, SOURCE, "status", STATUS, "closed")
