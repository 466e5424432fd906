"""The escalation loop: rounds, tiers, paths, what stood there before and what came back, by hand and at random."""

from __future__ import annotations

from typing import Any

import history
import pytest
from escalation_oracle import DONE, Told, trips, walk
from history import Desk, Published, at
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tax.simulator import PRIORS_RIGHT, SIGNALS, simulate

from etl.vocabulary import Signal

TIERS = {"front": "tier1", "second": "tier2", "engineers": "engineering"}
GROUPS = {"tier": TIERS}


def _row(published: Published, number: str = "1") -> dict[str, Any]:
    return next(dict(row) for row in published.all("escalation") if row["ticket_id"] == f"desk:{number}")


def _stays(published: Published, number: str = "1") -> list[tuple[str, float, str]]:
    rows = [row for row in published.all("tier_stay") if row["ticket_id"] == f"desk:{number}"]
    return [(row["tier"], row["minutes"], row["came"]) for row in sorted(rows, key=lambda row: row["entered_at"])]


def test_support_to_engineering_and_back_three_times_is_three_rounds() -> None:
    with history.desk() as desk:
        desk.ticket()
        desk.event(0, "team", "front")
        desk.event(0, "status", "new")
        desk.event(0, "public_message", actor="kim", actor_role="customer", words=9)
        for start in (100, 200, 300):
            desk.event(start, "team", "engineers", actor="ann")
            desk.event(start + 10, "private_note", actor="dev", actor_role="engineering", words=9)
            desk.event(start + 30, "team", "front", actor="dev")
            desk.event(start + 40, "private_note", actor="ann", actor_role="agent", words=9)
        desk.event(500, "status", "resolved")
        published = desk.build(groups=GROUPS)
        row = _row(published)
        assert (row["turn_evidence"], row["sent"], row["rounds"]) == ("team", 3, 3)
        assert (row["with_engineering_minutes"], row["clarification_trips"]) == (90, 3)
        assert (row["re_escalations"], row["is_theirs_now"]) == (2, False)
        assert row["tier_path"] == " > ".join(["tier1", *["engineering", "tier1"] * 3])
        assert [(tier, came) for tier, _, came in _stays(published)] == [
            ("tier1", "first"),
            ("engineering", "up"),
            ("tier1", "down"),
            ("engineering", "again"),
            ("tier1", "down"),
            ("engineering", "again"),
            ("tier1", "down"),
        ]


def test_still_with_engineering_is_no_round_yet() -> None:
    with history.desk() as desk:
        desk.ticket(status="open")
        desk.event(0, "team", "front")
        desk.event(60, "team", "engineers")
        desk.event(90, "private_note", actor="ann", words=9)  # the newest moment anybody tells of
        row = _row(desk.build(groups=GROUPS))
        assert (row["sent"], row["rounds"], row["is_theirs_now"]) == (1, 0, True)
        assert row["with_engineering_minutes"] == 30


def test_begun_with_engineering_and_sent_there_again_is_one_round_only_once_back() -> None:
    with history.desk() as desk:
        desk.ticket()
        desk.event(10, "team", "front", old_value="engineers")
        desk.event(20, "team", "engineers")
        desk.event(30, "team", "front")
        desk.event(90, "status", "resolved")
        row = _row(desk.build(groups=GROUPS))
        # Ten minutes before anybody sent it, and ten after.
        assert (row["sent"], row["rounds"], row["with_engineering_minutes"]) == (1, 1, 20)


def test_a_linked_record_and_a_wait_are_a_round_where_no_team_of_engineering_ever_had_it() -> None:
    with history.desk() as desk:
        desk.ticket()
        desk.event(0, "status", "open")
        desk.event(10, "status", "waiting_other")  # for a supplier: nothing was linked yet
        desk.event(30, "status", "open")
        desk.event(95, "status", "waiting_other")  # put to wait, and linked five minutes later
        desk.event(100, "link", "OPS-1")
        desk.event(195, "status", "open")
        desk.event(300, "status", "resolved")
        row = _row(desk.build())
        assert (row["turn_evidence"], row["sent"], row["rounds"]) == ("status", 1, 1)
        assert row["with_engineering_minutes"] == 100


def test_what_stood_resolved_is_in_nobodys_time() -> None:
    with history.desk() as desk:
        desk.ticket()
        desk.event(0, "team", "front")
        desk.event(0, "status", "open")
        desk.event(100, "team", "engineers")
        desk.event(150, "status", "resolved")
        desk.event(250, "status", "open")  # reopened, still with engineering
        desk.event(280, "team", "front")
        desk.event(300, "status", "resolved")
        published = desk.build(groups=GROUPS)
        assert _row(published)["with_engineering_minutes"] == 50 + 30
        assert _stays(published) == [("tier1", 100, "first"), ("engineering", 80, "up"), ("tier1", 20, "down")]


def test_levels_are_a_ladder_where_no_team_has_a_tier() -> None:
    with history.desk() as desk:
        desk.ticket()
        desk.event(0, "team", "whoever")
        desk.event(30, "level", "2", old_value="1")
        desk.event(50, "level", "1")
        desk.event(60, "level", "2")
        desk.event(100, "status", "resolved")
        published = desk.build()
        assert _stays(published) == [
            ("level 1", 30, "first"),
            ("level 2", 20, "up"),
            ("level 1", 10, "down"),
            ("level 2", 40, "again"),
        ]
        row = _row(published)
        assert (row["re_escalations"], row["rounds"], row["turn_evidence"]) == (1, None, None)
        assert row["path"] is None  # nobody declared a way up


def test_without_tiers_nor_levels_there_are_no_stays() -> None:
    with history.desk() as desk:
        desk.ticket()
        desk.event(0, "team", "whoever")
        desk.event(9, "escalation", "functional")
        desk.event(10, "status", "waiting_other")  # for whom it waits is not told: no round with engineering
        desk.event(50, "status", "resolved")
        published = desk.build()
        assert published.all("tier_stay") == []
        row = _row(published)
        assert (row["tier_path"], row["re_escalations"], row["rounds"], row["sent"]) == (None, None, None, None)


def test_management_is_kept_apart() -> None:
    with history.desk() as desk:
        desk.ticket()
        desk.event(9, "escalation", "hierarchical")
        desk.event(20, "escalation", "hierarchical")
        desk.ticket("2")
        desk.event(9, "escalation", "functional", number="2")
        published = desk.build()
        assert [row["ticket_id"] for row in published.all("escalation")] == ["desk:2"]
        assert published.all("hierarchical_escalation") == [{"ticket_id": "desk:1", "raised_at": at(9), "times": 2}]


WAYS = (
    ("followed", "front", "second", "engineers"),
    ("followed", "front", "second", "engineers", "front", "engineers"),  # the steps were taken once
    ("followed", "second", "engineers"),  # routed straight to tier 2: it began there
    ("followed", "front", "second", "front", "engineers"),
    ("followed", "odd", "second"),
    ("skipped", "front", "engineers"),
    ("skipped", "odd", "engineers"),  # began outside the path: as at its first step
    (None, "front"),  # only linked: no way was taken that could be judged
)


def test_ways_up_the_ladder_of_the_declared_tiers() -> None:
    with history.desk() as desk:
        for number, (_, *teams) in enumerate(WAYS):
            desk.ticket(str(number))
            for place, team in enumerate(teams):
                desk.event(10 * place, "team", team, number=str(number))
            desk.event(400, "link", "OPS-1", number=str(number))
        published = desk.build(groups=GROUPS)
        assert [_row(published, str(number))["path"] for number in range(len(WAYS))] == [way[0] for way in WAYS]


def test_a_declared_path_holds_for_what_it_names_and_the_first_that_fits_wins() -> None:
    paths = [
        {"steps": ["front", "engineers"], "product": "Press", "priority": "urgent"},
        {"steps": ["tier1", "tier2"]},
    ]
    with history.desk() as desk:
        desk.ticket("1", product="Press", priority="urgent")
        desk.ticket("2", product="Press", priority="low")
        desk.ticket("3", product="Press", priority="urgent")
        for number, above in (("1", "engineers"), ("2", "engineers"), ("3", "second")):
            desk.event(0, "team", "front", number=number)
            desk.event(10, "team", above, number=number)
            desk.event(50, "status", "resolved", number=number)
        published = desk.build(groups=GROUPS, escalation={"path": paths})
        assert [_row(published, number)["path"] for number in "123"] == ["followed", "elsewhere", "elsewhere"]


def test_what_was_written_down_as_it_went_up() -> None:
    with history.desk() as desk:
        for number, minute in (("1", 90), ("2", 110), ("3", 110.1)):
            desk.ticket(number)
            desk.event(0, "owner", "ann", number=number)
            desk.event(0, "team", "front", number=number)
            desk.event(100, "team", "engineers", number=number)
            desk.event(100, "owner", "dev" if number == "1" else None, number=number)
            desk.event(minute, "private_note", actor="ann", words=40, is_question=True, number=number)
            desk.event(minute + 15, "link", "https://acme.example/9", number=number)
            desk.event(900, "status", "resolved", number=number)
        published = desk.build(groups=GROUPS)
        told = ("write_up_words", "write_up_links", "asks", "names_owner", "has_due")
        # Up to ten minutes after, and no more; no ticket of this desk has a day it is due.
        assert [[_row(published, n)[name] for name in told] for n in "123"] == [
            [40, 1, True, True, None],
            [40, 0, True, False, None],
            [0, 0, False, False, None],
        ]


def test_half_an_hour_before_counts_and_no_more() -> None:
    with history.desk() as desk:
        for number, minute in (("1", 70), ("2", 69.9)):
            desk.ticket(number, due_at=at(900) if number == "1" else None)
            desk.event(0, "team", "front", number=number)
            desk.event(minute, "private_note", actor="ann", words=40, number=number)
            desk.event(100, "team", "engineers", number=number)
        published = desk.build(groups=GROUPS)
        assert [_row(published, n)["write_up_words"] for n in "12"] == [40, 0]
        assert [_row(published, n)["has_due"] for n in "12"] == [True, False]
        assert [_row(published, n)["write_up_links"] for n in "12"] == [None, None]  # nobody links anything here
        assert _row(published)["asks"] is None  # nor says whether a note asks


def test_how_it_ended_is_engineerings_word_or_unknown() -> None:
    said: dict[str | None, str | None] = {
        "Fixed": "fix",
        " workaround ": "workaround",
        "Works as designed": "explanation",
        "Won't Fix": "no fix",
        "Erledigt": "fix",  # declared
        "Done": None,
        "Duplicate": None,
        None: None,
    }
    with history.desk() as desk:
        for number, word in enumerate(said):
            desk.ticket(str(number))
            desk.event(10, "link", f"OPS-{number}", number=str(number))
            desk.put("engineering_issue", source="jira", original_id=f"OPS-{number}", outcome=word)
        published = desk.build(escalation={"ended": {"erledigt": "fix"}})
        assert {word: _row(published, str(number))["ended"] for number, word in enumerate(said)} == said


def test_an_issue_that_came_back_and_what_had_been_solved_before() -> None:
    day = 1440
    with history.desk() as desk:
        # One issue, three times: on day 0 (solved on day 1), day 10 and day 40; the last is linked twice over.
        for number, created, resolved in (("1", 0, 1), ("2", 10, 12), ("3", 40, 41), ("4", 40, None)):
            desk.ticket(number, created_at=at(days=created), resolved_at=resolved and at(days=resolved),
                        status="resolved" if resolved else "open", ticket_type="incident")  # fmt: skip
            desk.event(created * day + 60, "link", "OPS-1", number=number)
        desk.ticket("5", created_at=at(days=2), resolved_at=at(days=3), status="resolved", problem_key="OPS-1")
        desk.ticket("6", created_at=at(days=40), problem_key="OPS-1")  # never went up itself
        desk.ticket("7", created_at=at(days=40))
        desk.event(40 * day + 60, "link", "OPS-7", number="7")
        desk.ticket("8", created_at=at(days=40))
        desk.event(40 * day + 60, "escalation", "functional", number="8")  # of no issue anybody knows
        published = desk.build()
        rows = {number: _row(published, number) for number in "1234"}
        # 5 is of the occurrence of day 2, which nobody escalated: it is no pass.
        assert [rows[n]["pass_number"] for n in "1234"] == [1, 2, 3, 3]
        assert (_row(published, "8")["pass_number"], published.ticket("8")["escalated"]) == (1, "yes")
        assert [published.ticket(n)["pass_number"] for n in "12345678"] == [1, 2, 3, 3, None, 3, 1, None]
        assert [published.ticket(n)["occurrence_number"] for n in "1234567"] == [1, 3, 4, 4, 2, 4, 1]
        assert [rows[n]["days_to_return"] for n in "1234"] == [1, 28, None, None]
        assert rows["1"]["days_observed"] == 40 + 1 / 24 - 1 + 23 / 24  # up to the newest moment, day 41
        assert [rows[n]["solved_before"] for n in "1234"] == [None, "desk:5", "desk:2", "desk:2"]
        assert [rows[n]["solved_before_by_support"] for n in "1234"] == [None, "desk:5", "desk:5", "desk:5"]
        assert {rows[n]["issue_evidence"] for n in "1234"} == {"problem"}


def test_linked_after_its_own_resolve_it_is_no_answer_to_itself() -> None:
    with history.desk() as desk:
        desk.ticket(ticket_type="incident", status="resolved", resolved_at=at(60))
        desk.event(90, "link", "OPS-1")
        row = _row(desk.build())
        assert (row["issue_evidence"], row["solved_before"], row["solved_before_by_support"]) == ("problem", None, None)


def test_from_the_bot_to_people_again_is_no_re_escalation() -> None:
    with history.desk() as desk:
        desk.ticket()
        for minute, team in ((0, "robot"), (10, "front"), (20, "robot"), (30, "front")):
            desk.event(minute, "team", team)
        desk.event(40, "link", "OPS-1")
        desk.event(90, "status", "resolved")
        published = desk.build(groups={"tier": {**TIERS, "robot": "bot"}})
        assert [came for _, _, came in _stays(published)] == ["first", "up", "down", "again"]
        assert _row(published)["re_escalations"] == 0


def test_an_article_on_the_topic_stood_there_or_came_later() -> None:
    with history.desk() as desk:
        for number, minute in (("1", 100), ("2", 99)):
            desk.ticket(number, product="Press", category="Login")
            desk.event(minute, "link", "OPS-1", number=number)
        desk.put("article", source="help", original_id="A", product="Press", category="Login", updated_at=at(100))
        desk.put("article", source="help", original_id="B", product="Press", category="Billing", updated_at=at(0))
        published = desk.build()
        assert [_row(published, number)["topic_article"] for number in "12"] == ["help:A", None]


def test_clarification_trips_of_the_simulated_desk_are_exact() -> None:
    world = simulate(PRIORS_RIGHT, 5, 150)
    with history.desk() as desk:
        for number in range(1, world.tickets + 1):
            desk.ticket(str(number), created_at=world.told[0].occurred_at)
        for event in world.events():
            desk.put("event", **event)
        found = desk.build().all("escalation")
    planted = world.counts[:, SIGNALS.index(Signal.ENGINEERING_QUESTION)]
    told = {int(row["ticket_id"].removeprefix("desk:")): row["clarification_trips"] for row in found}
    assert told == {number: planted[number - 1] for number in told}
    assert sum(told.values()) == planted.sum() > 10


# Random histories against the oracle.

MINUTES = st.integers(1, 60)
_team = st.builds(
    lambda minute, team: Told(minute, "team", team), MINUTES, st.sampled_from(["front", "second", "engineers", "odd"])
)
_status = st.builds(
    lambda minute, status: Told(minute, "status", status),
    MINUTES,
    st.sampled_from(["open", "waiting_other", "waiting_other", "waiting_customer", "resolved"]),
)
_note = st.builds(
    lambda minute, role: Told(minute, "private_note", None, role), MINUTES, st.sampled_from(["agent", "engineering"])
)
_link = st.builds(lambda minute: Told(minute, "link", "OPS-1"), MINUTES)
# One event a minute: which of two team changes at one instant counts is the export's order, tested above.
_life = st.lists(_team | _status | _note | _link, min_size=2, max_size=16, unique_by=lambda event: event.minute).map(
    lambda told: [Told(0, "status", "new"), *sorted(told)]
)


def _tell(desk: Desk, number: str, life: list[Told]) -> None:
    desk.ticket(number)
    for event in life:
        desk.event(event.minute, event.kind, event.value, number=number, actor=event.role, actor_role=event.role)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(st.lists(_life, min_size=16, max_size=24))
def test_random_lives(lives: list[list[Told]]) -> None:
    with history.desk() as desk:
        for number, life in enumerate(lives):
            _tell(desk, str(number), life)
        # So that the feed tells tiers and notes whatever was drawn.
        _tell(
            desk, "last", [Told(0, "team", "front"), Told(1, "team", "second"), Told(70, "private_note", None, "agent")]
        )
        desk.event(70, "public_message", number="last", actor="ann", words=30)
        published = desk.build(groups=GROUPS)
        tickets = published.tickets()
        escalations = {row["ticket_id"]: row for row in published.all("escalation")}
        for number, life in enumerate(lives):
            _check(published, tickets[str(number)], escalations.get(f"desk:{number}"), life)


def _check(published: Published, ticket: Any, row: Any, life: list[Told]) -> None:
    start = ticket["created_at"]
    statuses = [event for event in life if event.kind == "status"]
    is_done = statuses[-1].value in DONE
    end = ticket["resolved_at"] if is_done else ticket["observed_until"]
    escalated = None if ticket["escalated_at"] is None else int((ticket["escalated_at"] - start).total_seconds() / 60)
    found = walk(life, int((end - start).total_seconds() / 60), escalated)
    stays = [stay for stay in published.all("tier_stay") if stay["ticket_id"] == ticket["ticket_id"]]
    stays.sort(key=lambda stay: stay["entered_at"])
    told = [(s["tier"], (s["entered_at"] - start).seconds // 60, (s["left_at"] - start).seconds // 60) for s in stays]
    assert told == found.stays
    assert [stay["came"] for stay in stays] == found.came
    assert (row is None) == (escalated is None)
    if row is None:
        return
    assert row["turn_evidence"] == (found.evidence or "team")  # the desk's teams have tiers: they can tell
    assert (row["sent"], row["rounds"]) == (found.sent, found.rounds)
    assert row["with_engineering_minutes"] == pytest.approx(found.theirs)
    assert row["is_theirs_now"] == found.is_theirs_now
    assert row["clarification_trips"] == trips(life)
    assert row["re_escalations"] == (found.came.count("again") if found.stays else None)


def test_what_happens_at_the_very_moment_of_an_escalation_or_a_resolve_counts() -> None:
    """Ticket 1 is resolved as the issue comes back with ticket 2, which is handed up in that moment."""
    with history.desk() as desk:
        for number, created, resolved in (("1", 0, 10), ("2", 10, None)):
            desk.ticket(number, created_at=at(days=created), resolved_at=resolved and at(days=resolved),
                        status="resolved" if resolved else "open", ticket_type="incident")  # fmt: skip
            desk.event(created * 1440, "link", "OPS-1", number=number)
        published = desk.build()
        assert _row(published, "1")["days_to_return"] == 0
        assert _row(published, "2")["solved_before"] == "desk:1"
