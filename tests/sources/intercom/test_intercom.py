"""What Intercom's own habits ask for, beyond the contract of every source."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from small_desk import Desk

from etl.errors import FileRefusedError
from etl.sources import intercom
from etl.staging import BY_NAME
from etl.vocabulary import Status

HEADER = "Conversation ID,Conversation started at ({zone}),Current conversation state,Started by\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(intercom, tmp_path)


def at(text: str) -> int:
    return int(datetime.fromisoformat(f"{text}+00:00").timestamp())


def conversation(number: str, **more: Any) -> dict[str, Any]:
    record = {
        "id": number, "created_at": at("2024-03-08 15:00"), "updated_at": at("2024-03-08 15:00"), "state": "open",
        "waiting_since": None, "snoozed_until": None, "statistics": None, "admin_assignee_id": None,
        "source": {"type": "email", "delivered_as": "customer_initiated", "body": "Help?",
                   "author": {"type": "user", "id": "u"}},
    }  # fmt: skip
    return record | more


def part(number: str, kind: str, when: str, author: str, body: str | None = None) -> dict[str, Any]:
    return {"id": number, "part_type": kind, "created_at": at(when), "author": {"type": author, "id": "a"},
            "body": body, "assigned_to": None}  # fmt: skip


def with_parts(number: str, *parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return conversation(number, conversation_parts={"conversation_parts": list(parts)}, **more)


def test_the_zone_is_read_from_the_name_of_the_column(desk: Desk) -> None:
    desk.text(HEADER.format(zone="America/Sao_Paulo") + "1,2024-05-06 09:00:00,Open,Customer\n", zone="Asia/Tokyo")
    assert desk.facts("ticket", "created_at") == [(datetime(2024, 5, 6, 12),)]


def test_a_zone_nobody_knows_is_refused(desk: Desk) -> None:
    with pytest.raises(FileRefusedError) as refusal:
        desk.text(HEADER.format(zone="Mars/Olympus") + "1,2024-05-06 09:00:00,Open,Customer\n")
    assert refusal.value.title == "export.csv names a time zone nobody knows: 'Mars/Olympus'."
    assert "Conversation started at (Mars/Olympus)" in refusal.value.detail


def test_two_zones_in_one_export_are_refused(desk: Desk) -> None:
    header = HEADER.format(zone="Europe/Dublin").strip() + ",Conversation updated at (America/New_York)\n"
    with pytest.raises(FileRefusedError, match="several time zones: America/New_York, Europe/Dublin"):
        desk.text(header + "1,2024-05-06 09:00:00,Open,Customer,2024-05-06 09:00:00\n")


def test_an_export_without_a_zone_in_its_names_is_not_claimed(desk: Desk) -> None:
    claim = desk.claim("Conversation ID,Conversation started at,Current conversation state\n1,2024-05-06 09:00,Open\n")
    assert (claim.accepted, claim.missing) == (False, ("Conversation started at (time zone)",))


@pytest.mark.parametrize(
    ("declared", "expected"), [({}, "waiting_other"), ({"Snoozed": Status.OPEN, "Parked": Status.CLOSED}, "open")]
)
def test_declared_words_come_first(tmp_path: Path, declared: dict[str, Status], expected: str) -> None:
    desk = Desk(intercom, tmp_path, declared)
    rows = "1,2024-05-06 09:00:00,Snoozed,Customer\n2,2024-05-06 09:00:00,Parked,Customer\n"
    desk.text(HEADER.format(zone="UTC") + rows)
    assert desk.facts("ticket", "status", "original_status") == [
        (expected, "Snoozed"),
        ("closed" if declared else None, "Parked"),
    ]


def test_a_state_of_ones_own_counts_where_it_was_declared(tmp_path: Path) -> None:
    desk = Desk(intercom, tmp_path, {"In review": Status.WAITING_OTHER})
    header = "Conversation ID,Ticket created (UTC),Current ticket custom state,Current ticket state category\n"
    desk.text(header + "1,2024-05-06 09:00:00,In review,In progress\n2,2024-05-06 09:00:00,Queued,In progress\n")
    assert desk.facts("ticket", "status", "original_status") == [
        ("waiting_other", "In review"),
        ("open", "In progress"),
    ]


def test_snoozed_means_whose_turn_it_is(desk: Desk) -> None:
    answered = [part("1", "comment", "2024-03-08 15:10", "admin", "Try this"), part("2", "snoozed", "2024-03-08 15:11", "admin")]  # fmt: skip
    desk.records("conversations", [with_parts("7", *answered), with_parts("8", part("3", "snoozed", "2024-03-08 15:01", "admin"))])  # fmt: skip
    told = desk.facts("event", "original_id", "kind", "new_value", "original_value")
    assert [row for row in told if row[1] == "status" and row[2] != "open"] == [
        ("7", "status", "waiting_customer", "snoozed, we spoke last")
    ]
    assert ("8", "status", "open", "snoozed, the customer spoke last") in told


def test_a_list_without_parts_tells_no_messages(desk: Desk) -> None:
    """Else every conversation of it would seem to have been closed without a person's reply."""
    desk.records("conversations", [conversation("7")])
    assert desk.facts("event", "kind") == []


def test_a_conversation_told_twice_keeps_each_part_once(desk: Desk) -> None:
    first = part("1", "comment", "2024-03-08 15:10", "admin", "Try this")
    later = part("2", "comment", "2024-03-08 15:20", "user", "It works")
    newer = at("2024-03-08 15:20")
    desk.records("conversations", [with_parts("7", first), with_parts("7", first, later, updated_at=newer)])
    assert desk.facts("ticket", "row", "original_id") == [(2, "7")]
    assert [row[0] for row in desk.facts("event", "kind")].count("public_message") == 3


def test_an_operators_greeting_does_not_say_who_began(desk: Desk) -> None:
    source = {"type": "conversation", "author": {"type": "user", "id": "u"}}
    kinds = ("customer_initiated", "operator_initiated", "admin_initiated", "automated")
    desk.records("conversations", [conversation(kind, source={**source, "delivered_as": kind}) for kind in kinds])
    assert desk.facts("ticket", "original_id", "is_outbound") == [
        ("customer_initiated", False),
        ("operator_initiated", None),
        ("admin_initiated", True),
        ("automated", True),
    ]


def test_no_name_or_address_of_a_customer_is_kept(desk: Desk) -> None:
    folder = Path(__file__).parent
    for path in sorted(each for each in folder.iterdir() if each.suffix in (".json", ".csv")):
        if ".expected." not in path.name:
            desk.text(path.read_text(encoding="utf-8-sig"), path.name)
    kept = "".join(
        str(tuple(row))
        for table in ("ticket", "event", "survey", "person", "account", "self_service")
        for row in desk.facts(table, *(each.name for each in BY_NAME[table].columns))
    )
    for word in ("Joe", "joe@", "Ann", "invoice?", "Sent again"):
        assert word not in kept
