"""What a ticket was doing between its events: exactly one thing at any time, without gaps or overlaps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

import history
import pytest
from history import Desk, Published, at
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from segment_oracle import Told, state_at

from etl.vocabulary import Segment

STATES = [str(state) for state in Segment]


def _states(published: Published, number: str = "1") -> list[tuple[str, float]]:
    rows = [row for row in published.all("segment") if row["ticket_id"] == f"desk:{number}"]
    return [(row["state"], row["minutes"]) for row in sorted(rows, key=lambda row: row["started_at"])]


def _sums(published: Published, number: str = "1") -> dict[str, float]:
    row = next(row for row in published.all("ticket_tax") if row["ticket_id"] == f"desk:{number}")
    return {key.removesuffix("_minutes"): value for key, value in row.items() if key != "ticket_id" and value}


def test_a_life_with_every_state() -> None:
    with history.desk() as desk:
        desk.ticket(requester="kim")
        desk.event(0, "status", "new")
        desk.event(0, "public_message", actor="kim", words=100)
        desk.event(5, "owner", "ann", actor="-1")
        desk.event(7, "owner", "bob", actor="-1")  # routed on before anybody looked: the first queue still
        desk.event(30, "private_note", actor="bob", words=9)  # looks into it
        desk.event(50, "public_message", actor="bob", words=12)  # too short to answer anything
        desk.event(60, "public_message", actor="bob", words=40, is_question=True)
        desk.event(60, "status", "waiting_customer", actor="bob")
        desk.event(100, "status", "open", actor="kim")
        desk.event(110, "owner", "eva", actor="bob")  # on to eva …
        desk.event(170, "private_note", actor="eva", words=9)  # … who starts an hour later
        desk.event(200, "status", "waiting_other", actor="eva")
        desk.event(300, "status", "open", actor="dev")
        desk.event(320, "public_message", actor="eva", words=20)  # the answer
        desk.event(400, "status", "resolved", actor="eva")
        desk.event(500, "status", "open", actor="kim")
        desk.event(530, "public_message", actor="eva", words=60)
        desk.event(540, "status", "resolved", actor="eva")
        desk.event(900, "status", "closed", actor="-1")
        published = desk.build()
        assert _states(published) == [
            ("first_queue", 30),
            ("first_investigation", 30),  # 30 to 60
            ("waiting_customer", 40),
            ("first_investigation", 10),  # 100 to 110
            ("handoff_queue", 60),
            ("reinvestigation", 30),  # 170 to 200
            ("waiting_other", 100),
            ("reinvestigation", 20),  # 300 to 320
            ("working", 80),
            ("done", 100),  # stood resolved until the reopen
            ("reinvestigation", 30),  # 500 to 530
            ("working", 10),
        ]
        assert _sums(published) == {
            "open": 440,
            "done": 100,
            "waiting_customer": 40,
            "waiting_other": 100,
            "first_queue": 30,
            "handoff_queue": 60,
            "reinvestigation": 80,
            "first_investigation": 40,
            "working": 90,
        }
        assert published.ticket()["resolution_minutes"] == 540


def test_who_takes_a_ticket_with_the_words_they_write_never_let_it_wait() -> None:
    with history.desk() as desk:
        desk.ticket()
        desk.event(0, "status", "open")
        desk.event(0, "owner", "ann")
        desk.event(10, "private_note", actor="ann")
        desk.event(20, "public_message", actor="bob", words=30)  # told first, and yet bob has it as he writes
        desk.event(20, "owner", "bob", actor="bob")
        desk.event(50, "status", "resolved", actor="bob")
        assert _states(desk.build()) == [("first_queue", 10), ("first_investigation", 10), ("working", 30)]


def test_back_in_the_pool_it_waits_for_no_new_owner() -> None:
    with history.desk() as desk:
        desk.ticket()
        desk.event(0, "status", "open")
        desk.event(0, "owner", "ann")
        desk.event(10, "public_message", actor="ann", words=5)
        desk.event(20, "owner", "bob", actor="ann")
        desk.event(30, "owner", None, actor="ann")
        desk.event(50, "status", "resolved", actor="ann")
        assert [state for state, _ in _states(desk.build())] == [
            "first_queue",
            "first_investigation",
            "handoff_queue",
            "reinvestigation",
        ]


def test_a_macro_is_no_answer() -> None:
    with history.desk() as desk:
        for number in range(1, 22):  # the first reply to 21 tickets, word for word
            desk.ticket(str(number))
            desk.event(0, "status", "open", number=str(number))
            desk.event(5, "public_message", actor="ann", words=50, text_hash="macro", number=str(number))
            desk.event(9, "public_message", actor="ann", words=50, text_hash=f"own {number}", number=str(number))
            desk.event(20, "status", "resolved", number=str(number))
        assert _states(desk.build(), "7") == [("first_queue", 5), ("first_investigation", 4), ("working", 11)]


def test_an_engineers_public_words_are_an_answer() -> None:
    with history.desk() as desk:
        desk.ticket()
        desk.event(0, "status", "open")
        desk.event(5, "public_message", actor="dev", actor_role="engineering", words=50)
        desk.event(9, "status", "resolved")
        assert _states(desk.build()) == [("first_queue", 5), ("working", 4)]


@pytest.mark.parametrize(
    ("missing", "why"),
    [
        ("public_message", "needs messages: the export holds assignments only"),
        ("status", "lower bound: no private notes, no links, no status history"),
    ],
)
def test_a_feed_that_cannot_tell_has_no_segments_and_says_why(missing: str, why: str) -> None:
    with history.desk() as desk:
        desk.ticket(status="resolved", resolved_at=at(60))
        desk.event(1, "owner", "ann")
        for minute, kind, value in ((2, "public_message", None), (3, "status", "open"), (60, "status", "resolved")):
            if kind != missing:
                desk.event(minute, kind, value, actor="ann", words=30)
        published = desk.build()
        assert (published.all("segment"), published.all("ticket_tax")) == ([], [])
        assert published.ticket()["tax_feed"] == why


# Random histories, each minute against the oracle.

MINUTES = st.integers(0, 40).map(lambda n: 30 * n)
ACTORS = st.sampled_from([("ann", "agent"), ("bob", "agent"), ("eva", "agent"), ("dev", "engineering")])
_status = st.builds(
    lambda minute, value: Told(minute, "status", value, "kim", "customer"),
    MINUTES,
    st.sampled_from(["new", "open", "open", "waiting_customer", "waiting_other", "resolved", "closed"]),
)
_owner = st.builds(
    lambda minute, value: Told(minute, "owner", value, "-1", "bot"),
    MINUTES,
    st.sampled_from(["ann", "bob", "eva", None]),
)
_said = st.builds(
    lambda minute, kind, who, words, asks: Told(minute, kind, None, who[0], who[1], words, asks),
    MINUTES,
    st.sampled_from(["public_message", "public_message", "private_note"]),
    ACTORS,
    st.sampled_from([5, 19, 20, 60, None]),
    st.booleans(),
)
_life = st.lists(_status | _owner | _said | _said, max_size=14).map(
    lambda told: [Told(0, "status", "new", "kim", "customer"), *sorted(told, key=lambda event: event.minute)]
)


def _tell(desk: Desk, number: str, life: Sequence[Told]) -> None:
    desk.ticket(number)
    for event in life:
        desk.event(
            event.minute,
            event.kind,
            event.value,
            number=number,
            actor=event.actor,
            actor_role=event.role,
            words=event.words,
            is_question=event.is_question,
        )


def _check(row: Any, life: Sequence[Told], segments: Sequence[Any], sums: Any) -> None:
    is_done = row["status"] in ("resolved", "closed")
    ends_at = row["resolved_at"] if is_done else row["observed_until"]
    edges = [row["created_at"], *(s["ended_at"] for s in segments)]
    assert [s["started_at"] for s in segments] == edges[:-1]  # no gaps, no overlaps
    assert edges[-1] == ends_at or not segments
    assert all(one["state"] != next_one["state"] for one, next_one in pairwise(segments))
    whole = (ends_at - row["created_at"]) / timedelta(hours=1)
    assert sum(s["minutes"] for s in segments) / 60 == pytest.approx(whole, abs=1e-9)
    if not segments:
        assert whole == 0
        return
    for segment in segments:
        first = (segment["started_at"] - row["created_at"]) // timedelta(minutes=1)
        last = (segment["ended_at"] - row["created_at"]) // timedelta(minutes=1)
        assert {state_at(life, minute) for minute in range(first, last, 15)} == {segment["state"]}
    for state in STATES:
        expected = sum(s["minutes"] for s in segments if s["state"] == state)
        assert sums[f"{state}_minutes"] == pytest.approx(expected, abs=6e-8)
    assert sums["open_minutes"] + sums["done_minutes"] == pytest.approx(whole * 60, abs=6e-8)
    assert sums["waiting_customer_minutes"] == pytest.approx(row["with_customer_minutes"], abs=6e-8)
    assert sums["waiting_other_minutes"] == pytest.approx(row["with_other_minutes"], abs=6e-8)


# A derivation takes a second or two: what fails is shown as it is, rather than made smaller for minutes.
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(st.lists(_life, min_size=8, max_size=14))
def test_random_lives_minute_by_minute(lives: list[list[Told]]) -> None:
    with history.desk() as desk:
        for number, life in enumerate(lives):
            _tell(desk, str(number), life)
        # So that the feed tells messages whatever was drawn.
        _tell(desk, "last", [Told(0, "status", "new"), Told(1200, "public_message", None, "ann", "agent", 30)])
        published = desk.build()
        tickets = published.tickets()
        sums = {row["ticket_id"]: row for row in published.all("ticket_tax")}
        found: dict[str, list[Any]] = {}
        for row in sorted(published.all("segment"), key=lambda row: row["started_at"]):
            found.setdefault(row["ticket_id"], []).append(row)
        assert set(found) == set(sums)
        for number, life in enumerate(lives):
            name = f"desk:{number}"
            _check(tickets[str(number)], life, found.get(name, []), sums.get(name))
