"""A ticket's way through many hands: by hand, and on random lives against plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import history
import pytest
import thread_oracle
from history import Desk, Published, at
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from segment_oracle import Told
from thread_oracle import Life

WEEK = 7 * 1440
Row = Mapping[str, Any]


def rows(published: Published, name: str, number: str = "1", order: str = "number") -> list[Row]:
    found = [row for row in published.all(name) if row["ticket_id"] == f"desk:{number}"]
    return sorted(found, key=lambda row: row[order])


def begin(desk: Desk, number: str = "1") -> None:
    desk.ticket(number, requester="kim")
    desk.event(0, "status", "open", number=number)
    desk.event(0, "team", "Front", number=number, actor="-1")
    desk.event(1, "owner", "ann", number=number, actor="ann")
    desk.event(10, "public_message", number=number, actor="ann", words=30)


def test_a_handoff_from_team_to_team_with_everything_that_is_told_of_it() -> None:
    with history.desk() as desk:
        begin(desk)
        desk.event(40, "private_note", actor="ann", words=15)
        desk.event(60, "team", "Back", actor="ann")
        desk.event(60, "owner", None, actor="ann")  # nobody's: whoever comes
        desk.event(65, "private_note", actor="ann", words=3)  # the giver's last word is not the new team's
        desk.event(70, "public_message", actor="kim", actor_role="customer")
        desk.event(80, "public_message", actor="kim", actor_role="customer")
        desk.event(90, "owner", "bob", actor="bob")
        desk.event(100, "private_note", actor="bob", words=4)
        desk.event(130, "public_message", actor="kim", actor_role="customer")
        desk.event(150, "public_message", actor="bob", words=30)
        desk.event(160, "status", "resolved", actor="bob")
        desk.event(170, "public_message", actor="kim", actor_role="customer")  # thanks
        published = desk.build()
        one, two = rows(published, "handoff")
        told = ("from_team", "to_team", "from_owner", "to_owner", "unowned_minutes", "minutes", "ended_by")
        assert [one[name] for name in told] == ["Front", "Back", "ann", None, None, 40, "acted"]
        assert [two[name] for name in told] == ["Back", "Back", "ann", "bob", 30, 10, "acted"]
        assert [(row["has_note"], row["is_warm"], row["customer_repeats"]) for row in (one, two)] == [
            (True, True, 3),  # 70, 80 and 130, before bob's words at 150
            (True, False, 1),  # 130
        ]
        front, back = rows(published, "queue_stay")
        assert (front["team"], front["minutes"], front["ended_by"], front["is_first"]) == ("Front", 1, "touched", True)
        # Ann's note five minutes on passes it on; bob takes it after half an hour.
        assert (back["minutes"], back["ended_by"], back["came_from"], back["is_first"]) == (
            30,
            "touched",
            "Front",
            False,
        )
        ticket = published.ticket()
        assert (ticket["handoffs"], ticket["people"], ticket["customer_repeats"], ticket["first_team"]) == (
            2,
            2,
            4,
            "Front",
        )


@pytest.mark.parametrize(
    ("minute", "words", "actor", "has_note", "is_warm"),
    [
        (0, 15, "ann", True, False),  # an hour before: a note, and not by hand
        (-1, 99, "ann", False, False),
        (29, 15, "ann", True, False),
        (30, 15, "ann", True, True),  # half an hour before
        (30, 14, "ann", True, False),
        (30, 15, "eva", True, False),  # of a third
        (70, 15, "ann", True, True),
        (71, 15, "ann", True, False),
        (120, 15, "ann", True, False),
        (121, 15, "ann", False, False),
    ],
)
def test_what_is_a_note_and_what_is_warm(minute: int, words: int, actor: str, has_note: bool, is_warm: bool) -> None:
    with history.desk() as desk:
        desk.ticket(created_at=at(-60))
        desk.event(-50, "owner", "ann", actor="ann")
        desk.event(minute, "private_note", actor=actor, words=words)
        desk.event(60, "owner", "bob", actor="ann")
        (row,) = rows(desk.build(), "handoff")
        assert (row["has_note"], row["is_warm"]) == (has_note, is_warm)


def test_a_note_of_whoever_takes_a_ticket_is_none_of_whoever_gave_it() -> None:
    with history.desk() as desk:
        desk.ticket(created_at=at(-60))
        desk.event(-50, "owner", "ann", actor="ann")
        desk.event(60, "owner", "bob", actor="bob")
        desk.event(65, "private_note", actor="bob", words=15)
        (row,) = rows(desk.build(), "handoff")
        assert (row["has_note"], row["is_warm"]) == (True, False)


def test_straight_back_and_back_after_others() -> None:
    with history.desk() as desk:
        desk.ticket()
        for minute, owner in enumerate(["ann", "bob", "ann", "eva", "bob", "bob"], start=10):
            desk.event(minute, "owner", owner, actor="ann")
        published = desk.build()
        assert [row["owner_return"] for row in rows(published, "handoff")] == [None, "direct", None, "indirect"]
        assert (published.ticket()["returns"], published.ticket()["handoffs"]) == (1, 4)


def test_the_first_assignment_is_where_the_rules_put_it() -> None:
    with history.desk() as desk:
        for number, actor, minute in (("1", "-1", 5), ("2", "-1", 6), ("3", "ann", 5)):
            desk.ticket(number)
            desk.event(0, "team", "Front", number=number, actor="-1")
            desk.event(minute, "team", "Back", number=number, actor=actor)
            desk.event(20, "private_note", number=number, actor="ann")
        found = desk.build(groups={"tier": {"Front": "tier1", "Back": "tier2"}}).tickets()
        assert [found[number]["first_team"] for number in "123"] == ["Back", "Front", "Front"]
        assert [found[number]["handoffs"] for number in "123"] == [0, 1, 1]
        assert found["1"]["tier_reached"] == 2


def test_still_in_the_queue_is_counted_up_to_the_newest_moment() -> None:
    with history.desk() as desk:
        desk.ticket("1")
        desk.event(0, "team", "Front", actor="-1")
        desk.ticket("2")
        desk.event(500, "private_note", number="2", actor="ann")
        (row,) = rows(desk.build(), "queue_stay")
        assert (row["minutes"], row["ended_by"], row["left_at"]) == (500, None, None)


def test_a_feed_of_assignments_alone_tells_no_gaps_and_no_stays() -> None:
    with history.desk() as desk:
        desk.ticket()
        desk.event(0, "team", "Front", actor="-1")
        desk.event(9, "team", "Back", actor="ann")
        published = desk.build()
        (row,) = rows(published, "handoff")
        unknown = ("minutes", "ended_by", "has_note", "is_warm", "customer_repeats", "unowned_minutes")
        assert [row[name] for name in unknown] == [None] * 6
        assert (published.all("queue_stay"), published.ticket()["people"]) == ([], None)


def test_where_resolvers_and_editors_are_numbered_apart_anybody_but_the_giver_is_the_receiver() -> None:
    with history.desk() as desk:
        desk.ticket()
        desk.event(0, "owner", "Resolver 1", actor="Editor 8")
        desk.event(10, "owner", "Resolver 2", actor="Editor 8")
        desk.event(15, "status", "open", actor="Editor 8")  # the giver, within ten minutes
        desk.event(40, "status", "waiting_customer", actor="Editor 9")
        (row,) = rows(desk.build(), "handoff")
        assert (row["minutes"], row["ended_by"]) == (30, "acted")


@pytest.mark.parametrize(("at_once", "has_gap"), [(18, True), (19, False)])
def test_where_owners_are_told_by_their_acts_alone_there_is_no_gap_to_tell(at_once: int, has_gap: bool) -> None:
    with history.desk() as desk:
        for number in range(20):  # 19 of 20 is the edge
            desk.ticket(str(number))
            desk.event(0, "owner", "ann", actor="ann", number=str(number))
            desk.event(10, "owner", "bob", actor="bob", number=str(number))
            desk.event(10 if number < at_once else 25, "private_note", actor="bob", number=str(number))
        found = desk.build().all("handoff")
        assert {row["minutes"] for row in found} == ({0, 15} if has_gap else {None})
        assert {row["ended_by"] for row in found} == ({"acted"} if has_gap else {None})


@pytest.mark.parametrize(("quiet", "is_lost"), [(WEEK, False), (WEEK + 1, True)])
@pytest.mark.parametrize(("status", "may_be"), [("open", True), ("waiting_customer", False), ("resolved", False)])
def test_lost_is_a_week_of_silence_in_our_turn(quiet: int, is_lost: bool, status: str, may_be: bool) -> None:
    with history.desk() as desk:
        desk.ticket()
        desk.event(10, "status", status, actor="ann")
        desk.event(quiet + 10, "private_note", actor="ann")
        desk.event(quiet + 11, "status", "closed", actor="ann")
        found = [row for row in rows(desk.build(), "quiet_spell", order="quiet_from") if row["lost_at"]]
        expected = [(at(10), at(WEEK + 10), at(quiet + 10))] if is_lost and may_be else []
        assert [(row["quiet_from"], row["lost_at"], row["found_at"]) for row in found] == expected


def test_a_text_sent_on_twenty_tickets_is_a_macro() -> None:
    with history.desk() as desk:
        for number in range(20):
            desk.ticket(str(number))
            desk.event(1, "public_message", number=str(number), actor="ann", text_hash="often")
            desk.event(2, "public_message", number=str(number), actor="ann", text_hash="often")
            desk.event(3, "public_message", number=str(number if number else 1), actor="ann", text_hash="nearly")
        desk.ticket("own words")
        desk.event(1, "public_message", number="own words", actor="ann", text_hash="once")
        desk.ticket("elsewhere", source="mute")
        desk.event(1, "public_message", number="elsewhere", source="mute", actor="ann")
        built = desk.build()
        told = {row["original_id"]: row["repeated_texts"] for row in built.all("ticket")}
        assert told == {str(number): 1 for number in range(20)} | {"own words": 0, "elsewhere": None}
        found = built.all("macro_use")
        assert {(row["text_hash"], row["uses"], row["occurred_at"]) for row in found} == {("often", 2, at(1))}
        assert len(found) == 20


def test_the_systems_a_ticket_links_to() -> None:
    with history.desk() as desk:
        desk.ticket()
        for minute, link in enumerate(["ENG-1", "ENG-2", "acme/app#7"]):
            desk.event(minute, "link", link, actor="ann")
        assert desk.build().ticket()["linked_systems"] == 2


# Random lives against plain Python.

MINUTES = st.builds(
    lambda day, some: 1440 * day + some, st.sampled_from([0, 0, 0, 1, 9]), st.integers(0, 14).map(lambda n: 5 * n)
)
PEOPLE = st.sampled_from([("ann", "agent"), ("bob", "agent"), ("dev", "engineering"), ("-1", "bot")])
_status = st.builds(
    lambda minute, value, who: Told(minute, "status", value, *who),
    MINUTES,
    st.sampled_from(["open", "open", "waiting_customer", "resolved", "closed"]),
    PEOPLE,
)
_owner = st.builds(
    lambda minute, value, who: Told(minute, "owner", value, *who),
    MINUTES,
    st.sampled_from(["ann", "bob", "dev", None]),
    PEOPLE,
)
_team = st.builds(
    lambda minute, value, who: Told(minute, "team", value, *who),
    MINUTES,
    st.sampled_from(["Front", "Back", "Deep", None]),
    PEOPLE,
)
_said = st.builds(
    lambda minute, kind, who, words: Told(minute, kind, None, *who, words),
    MINUTES,
    st.sampled_from(["public_message", "private_note"]),
    st.sampled_from(
        [("ann", "agent"), ("bob", "agent"), ("dev", "engineering"), ("kim", "customer"), ("kim", "customer")]
    ),
    st.sampled_from([5, 14, 15, 60]),
)
_told = st.lists(_status | _owner | _owner | _team | _team | _said | _said, max_size=14).map(
    lambda told: [Told(0, "status", "open", "kim", "customer"), *sorted(told, key=lambda event: event.minute)]
)
_life = st.builds(Life, st.sampled_from(["ann", None]), st.sampled_from(["Front", None]), _told)


def tell(desk: Desk, number: str, life: Life) -> None:
    began = {"owner": life.owner, "team": life.team}
    told = {e.kind for e in life.told}
    desk.ticket(number, requester="kim", **{name: value for name, value in began.items() if name not in told})
    for e in life.told:
        before = began.pop(e.kind, None)  # the first change tells what was there before it
        who = {"actor": e.actor, "actor_role": e.role, "words": e.words}
        desk.event(e.minute, e.kind, e.value, number=number, old_value=before, **who)


def check(published: Published, number: str, life: Life, ticket: Row, found: dict[str, list[Row]]) -> None:
    observed = (ticket["observed_until"] - history.START) // timedelta(minutes=1)
    expected = thread_oracle.handoffs(life, observed)
    assert len(found["handoff"]) == len(expected), life
    told = [
        {
            name: (row["occurred_at"] - history.START) // timedelta(minutes=1) if name == "minute" else row[name]
            for name in each
        }
        for each, row in zip(expected, found["handoff"], strict=True)
    ]
    assert told == expected
    assert ticket["handoffs"] == len(expected)
    stays = thread_oracle.stays(life, observed)
    assert [{name: row[name] for name in each} for each, row in zip(stays, found["queue_stay"], strict=True)] == stays
    quiet = [
        (at(start), at(start + WEEK) if until > start + WEEK else None, None if end is None else at(end))
        for start, end, until in thread_oracle.quiet(life, observed)
        if until > start + 1440
    ]
    assert [(row["quiet_from"], row["lost_at"], row["found_at"]) for row in found["quiet_spell"]] == quiet
    assert ticket["people"] == len({e.actor for e in life.told if thread_oracle.is_act(e)})
    assert ticket["first_team"] == next((stay["team"] for stay in stays if stay["is_first"]), None)
    assert ticket["customer_repeats"] == sum(each["customer_repeats"] for each in expected)
    assert ticket["returns"] == sum("direct" in (each["owner_return"], each["team_return"]) for each in expected)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(st.lists(_life, min_size=12, max_size=20))
def test_random_lives(lives: list[Life]) -> None:
    with history.desk() as desk:
        for number, life in enumerate(lives):
            tell(desk, str(number), life)
        # So that the feed tells of everything, whatever was drawn.
        told = [
            Told(20_000, kind, "ann" if kind == "owner" else "Front", "ann", "agent", 3) for kind in ("owner", "team")
        ]
        note = [Told(20_000, kind, None, "ann", "agent", 3) for kind in ("public_message", "private_note")]
        tell(desk, "last", Life(None, None, [*told, *note]))
        published = desk.build()
        tickets = published.tickets()
        order = {"handoff": "number", "queue_stay": "number", "quiet_spell": "quiet_from"}
        facts = {name: published.all(name) for name in order}
        for number, life in enumerate(lives):
            mine = {
                name: sorted(
                    (row for row in facts[name] if row["ticket_id"] == f"desk:{number}"), key=lambda row: row[key]
                )
                for name, key in order.items()
            }
            check(published, str(number), life, tickets[str(number)], mine)
