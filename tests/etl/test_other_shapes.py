"""Shapes around the ticket take mappings too: what tells one record from another, and what may be negative."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from specimens import memory
from sqlalchemy import select

from etl import files
from etl.mapping import Mapping
from etl.settings import Settings
from etl.staging import BY_NAME, Stage, refused
from etl.translate import stage_mapping


def staged(tmp_path: Path, mapping: Mapping, text: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The facts of one file, and the reasons of the rows refused."""
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    connection = memory()
    (source,) = files.open_inputs([path], tmp_path / "scratch")
    (raw,) = files.read(source, connection)
    stage_mapping(mapping, raw, Stage(connection, 1, "UTC", Settings()))
    table = BY_NAME[mapping.shape]
    facts = [dict(row) for row in connection.execute(select(table).order_by(table.c.row)).mappings()]
    return facts, list(connection.execute(select(refused.c.reason).order_by(refused.c.row)).scalars())


def of(shape: str, *names: str) -> Mapping:
    return Mapping.model_validate({"name": "m", "shape": shape, "columns": {name: name for name in names}})


def test_a_figure_is_told_by_metric_segment_and_period_and_may_be_negative_or_of_this_month(tmp_path: Path) -> None:
    mapping = of("figure", "metric", "segment", "value", "period_start", "period_end")
    text = (
        "metric,segment,value,period_start,period_end\n"
        "enps,Dublin,-12,2026-03-01,2026-04-01\n"
        "enps,Lisbon,8,2026-03-01,2030-01-01\n"
        "enps,Dublin,-10,2026-03-01,2026-04-01\n"
        "enps,Dublin,,2026-04-01,2026-05-01\n"
    )
    facts, reasons = staged(tmp_path, mapping, text)
    assert [(row["segment"], row["value"]) for row in facts] == [("Lisbon", 8), ("Dublin", -10)]
    assert reasons == ["superseded by a newer row of the same figure", "no value"]


def test_a_target_clock_is_told_by_ticket_cycle_and_clock(tmp_path: Path) -> None:
    mapping = of("sla", "original_id", "cycle", "clock", "is_met")
    text = "original_id,cycle,clock,is_met\n1,a,resolution,true\n1,b,resolution,false\n1,a,resolution,false\n"
    facts, reasons = staged(tmp_path, mapping, text)
    assert [(row["cycle"], row["is_met"]) for row in facts] == [("b", False), ("a", False)]
    assert reasons == ["superseded by a newer row of the same sla"]


def test_an_engineering_record_keeps_the_word_of_its_status_and_has_none_for_its_priority(tmp_path: Path) -> None:
    mapping = of("engineering_issue", "original_id", "status", "priority")
    facts, _ = staged(tmp_path, mapping, "original_id,status,priority\nPRB1,Closed,High\n")
    assert [facts[0][name] for name in ("status", "original_status", "priority")] == ["closed", "Closed", "high"]


def test_a_score_that_is_no_number_is_refused(tmp_path: Path) -> None:
    facts, reasons = staged(tmp_path, of("review", "original_id", "score"), "original_id,score\n1,good\n2,\n3,4.5\n")
    assert [row["score"] for row in facts] == [4.5]
    assert reasons == ["not a number", "no score"]


@pytest.mark.parametrize(("shape", "needed"), [("review", "score"), ("figure", "value"), ("sla", "clock")])
def test_what_a_shape_cannot_do_without(shape: str, needed: str) -> None:
    with pytest.raises(ValueError, match=f"needs '{needed}'"):
        of(shape, *({"review": ["original_id"], "figure": ["metric"], "sla": ["original_id"]}[shape]))
