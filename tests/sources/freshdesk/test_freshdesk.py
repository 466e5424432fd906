"""What Freshdesk's own habits ask for, beyond the contract of every source."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from specimens import memory
from sqlalchemy import func, literal, select

from etl import files
from etl.freshdesk_rows import minutes_of
from etl.settings import People, Settings
from etl.sources import freshdesk, freshservice
from etl.staging import RawTable, Stage, loaded_ticket

HERE = Path(__file__).parent
MARKS = "Ticket ID,Status,Created time,Agent interactions,Resolution status,Time tracked"


def raw_of(path: Path, connection: Any, temporary: Path) -> RawTable:
    (source,) = files.open_inputs([path], temporary)
    (raw,) = files.read(source, connection)
    return raw


@pytest.mark.parametrize(
    ("header", "vendor"),
    [
        (MARKS, "freshdesk"),
        (f"{MARKS},Impact", "freshdesk"),  # a field of the account's own
        (f"{MARKS},Impact,Urgency", "freshservice"),
        (MARKS.upper(), "freshdesk"),
        ("Ticket ID,Status,Created time,Subject", None),
    ],
)
def test_each_export_has_one_vendor(header: str, vendor: str | None, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(f"{header}\n{'x,' * header.count(',')}x\n", encoding="utf-8")
    raw = raw_of(path, memory(), tmp_path / "scratch")
    claims = [module.NAME for module in (freshdesk, freshservice) if module.claim(raw).accepted]
    assert claims == ([vendor] if vendor else [])


@pytest.mark.parametrize(("envelope", "vendor"), [(None, "freshdesk"), ("conversations", "freshservice")])
def test_conversations_without_a_key_of_their_own_are_told_apart_by_their_envelope(
    envelope: str | None, vendor: str, tmp_path: Path
) -> None:
    records = json.loads((HERE / "conversations.json").read_text(encoding="utf-8"))[:1]
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps({envelope: records} if envelope else records), encoding="utf-8")
    raw = raw_of(path, memory(), tmp_path / "scratch")
    assert [module.NAME for module in (freshdesk, freshservice) if module.claim(raw).accepted] == [vendor]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("26:50:30", 1610.5), ("01:15", 75), ("1.5", 90), ("00:00:00", 0), ("-00:30:00", None), ("1:75", None)],
)
def test_durations(text: str, minutes: float | None) -> None:
    said = memory().execute(select(minutes_of(literal(text)))).scalar_one()
    assert said == text if minutes is None else float(said) == minutes


def test_requesters_are_told_as_tests_and_never_by_name(tmp_path: Path) -> None:
    with (HERE / "export.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    without_number = header.index("Contact ID")
    path = tmp_path / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as copy:
        csv.writer(copy).writerows(row[:without_number] + row[without_number + 1 :] for row in [header, *rows])
    connection = memory()
    raw = raw_of(path, connection, tmp_path / "scratch")
    settings = Settings(people=People(test_requesters=("George", "@acme.example")))
    freshdesk.stage(raw, Stage(connection, 1, "UTC", settings))
    said: dict[str, str] = dict(
        connection.execute(select(loaded_ticket.c.original_id, loaded_ticket.c.requester)).all()
    )
    assert said["102"] == "George"  # declared by that name, and kept by no other
    mask = connection.execute(select(func.left(func.md5("ada@acme.example"), 12))).scalar_one()
    assert said["101"] == f"{mask}@acme.example"
    assert not {"Ada Byron", "Dirac", "Gauss"} & set(said.values())
