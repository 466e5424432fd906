"""A drafted mapping is valid, says where it guessed, and loads the file it was drafted from."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from mapped import staged

from etl.draft import draft
from etl.draft_words import guess
from etl.errors import FileRefusedError
from etl.mapping import Mapping

TICKETS = (
    "Ticket ID;Created time;Resolved time;Status;Priority;Agent;Mood\n"
    "7;25.03.2024 10:15;26.03.2024 10:15;Solved;P1;ann;sunny\n"
    "8;02.04.2024 10:15;;Waiting on customer;P3;bob;n/a\n"
    "9;03.04.2024 10:15;;Parked;P9;bob;\n"
)
LOG = (
    "Case ID,Activity,Complete Timestamp,Resource\n"
    "1,Insert,2024/01/01 10:00:00.000,a\n1,Resolve,2024/01/02 10:00:00.000,a\n1,Closed,2024/02/02 10:00:00.000,b\n"
    "2,Insert,2024/01/01 10:00:00.000,a\n2,Resolve,2024/01/02 10:00:00.000,a\n"
)


def drafted(tmp_path: Path, content: str, name: str = "export.csv") -> tuple[str, Mapping]:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    text = draft(path)
    return text, Mapping.model_validate(tomllib.loads(text))


def test_a_ticket_list(tmp_path: Path) -> None:
    text, mapping = drafted(tmp_path, TICKETS)
    assert mapping.shape == "ticket"
    assert mapping.clock.formats == ("%d.%m.%Y %H:%M",)  # the 25th tells that the day comes first
    assert mapping.columns["created_at"] == ("Created time",)
    assert mapping.nulls == ("n/a",)
    assert dict(mapping.words.status) == {"Solved": "resolved", "Waiting on customer": "waiting_customer"}
    assert '# "Parked" = "…"  # ?' in text  # never guessed
    assert '# Not used: "Mood"' in text
    got = staged(TICKETS, mapping)
    assert got.facts("ticket", "original_id", "status", "priority", "owner") == [
        ("7", "resolved", "urgent", "ann"),
        ("8", "waiting_customer", "normal", "bob"),
        ("9", None, None, "bob"),
    ]
    assert got.refusals == []


def test_days_and_months_that_could_be_either_are_asked(tmp_path: Path) -> None:
    text, mapping = drafted(tmp_path, "Ticket ID,Created\n1,03/04/2024\n2,05/06/2024\n")
    assert mapping.clock.formats == ("%d/%m/%Y",)
    assert '# ? No date tells whether the day or the month comes first. Month first: "%m/%d/%Y"' in text


def test_a_log(tmp_path: Path) -> None:
    text, mapping = drafted(tmp_path, LOG)
    assert mapping.shape == "event"
    assert mapping.activities["Resolve"].value == "resolved"
    got = staged(LOG, mapping)
    assert got.facts("ticket", "original_id", "status") == [("2", "resolved"), ("1", "closed")][::-1]
    assert text.count("# ?") >= 4


def test_a_survey(tmp_path: Path) -> None:
    content = "Response ID,NPS,Comment\n1,10,bien\n2,3,\n3,NA,\n"
    _, mapping = drafted(tmp_path, content)
    assert mapping.survey is not None
    assert (mapping.survey.kind, mapping.survey.lowest, mapping.survey.highest) == ("nps", 0, 10)
    assert staged(content, mapping).facts("survey", "survey_id", "score") == [("1", 10.0), ("2", 3.0)]


def test_json(tmp_path: Path) -> None:
    content = '[{"number": "A1", "created_at": "2024-01-01T10:00:00Z", "assignee": {"name": "ann"}}]'
    _, mapping = drafted(tmp_path, content, "export.json")
    assert staged(content, mapping, name="export.json").facts("ticket", "original_id") == ["A1"]


def test_headers_nobody_knows_still_give_a_valid_mapping(tmp_path: Path) -> None:
    text, mapping = drafted(tmp_path, 'a "quoted" one,b\n1,2024-01-01\n')
    assert mapping.columns == {"original_id": ('a "quoted" one',), "created_at": ("b",)}
    assert 'original_id = "a \\"quoted\\" one"  # ?' in text


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError):
        drafted(tmp_path, "")


def test_guesses() -> None:
    assert guess("status", "Awaiting User Info") == ("waiting_customer", True)
    assert guess("status", "Canceled") == ("closed", False)
    assert guess("priority", "1 - Critical") == ("urgent", True)
    assert guess("priority", "10") == (None, False)
