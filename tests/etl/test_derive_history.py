"""Solves, closes, reopens, replies, handoffs, escalations: a history in, a measurement out."""

from __future__ import annotations

from typing import Any

import history
import pytest
from history import at


def _solved_and_reopened(**reply: Any) -> Any:
    with history.desk() as desk:
        desk.ticket(status="resolved")
        desk.event(0, "status", "open")
        desk.event(60, "status", "resolved", actor="ana")
        desk.event(180, "status", "open")
        if reply:
            desk.event(183, "public_message", actor="ana", **reply)
        desk.event(185, "status", "resolved", actor="ana")
        return desk.build().ticket()


def test_a_reopen_undone_within_ten_minutes_in_silence_does_not_count() -> None:
    row = _solved_and_reopened()
    assert (row["reopens"], row["days_to_reopen"]) == (0, None)
    assert (row["first_resolution_minutes"], row["resolution_minutes"]) == (60, 185)


def test_a_reopen_with_a_reply_counts_however_short() -> None:
    row = _solved_and_reopened(words=3)
    assert row["reopens"] == 1
    assert row["days_to_reopen"] == pytest.approx((180 - 60) / 1440)


def test_a_ticket_that_is_open_again_keeps_its_last_solve_until_there_is_a_newer_one() -> None:
    with history.desk() as desk:
        desk.ticket(status="open", updated_at=at(days=2))
        desk.event(60, "status", "resolved")
        desk.event(120, "status", "open")
        published = desk.build()
        row = published.ticket()
        assert (row["resolved_at"], row["first_resolved_at"], row["open_days"]) == (at(60), at(60), 2)
        spells = [(s["opened_at"], s["ended_at"]) for s in published.all("open_spell")]
        assert spells == [(at(0), at(60)), (at(120), None)]


def test_closed_without_a_resolve_counts_at_its_close_and_is_flagged() -> None:
    with history.desk() as desk:
        desk.ticket("1", status="closed", closed_at=at(90))
        desk.ticket("2", status="closed", closed_at=at(90), resolved_at=at(30))
        desk.event(40, "status", "resolved", number="1")
        tickets = desk.build().tickets()
        # The same load tells ticket 2's own resolve clock and leaves ticket 1's empty.
        assert [(t["is_closed_without_resolve"], t["resolution_minutes"]) for t in tickets.values()] == [
            (True, 90),
            (False, 30),
        ]


def test_without_the_vendors_clock_the_history_tells_the_solve() -> None:
    with history.desk() as desk:
        desk.ticket(status="closed")
        desk.event(40, "status", "resolved")
        desk.event(90, "status", "closed")
        row = desk.build().ticket()
        assert (row["resolution_minutes"], row["is_closed_without_resolve"], row["closed_at"]) == (40, False, at(90))


def test_the_vendors_reopens_win_and_nothing_known_is_not_zero() -> None:
    with history.desk() as desk:
        desk.ticket("1", status="open")
        desk.ticket("2", status="open", vendor_reopens=2)
        assert [t["reopens"] for t in desk.build().tickets().values()] == [None, 2]


def test_first_reply_is_the_first_word_of_a_person() -> None:
    with history.desk() as desk:
        desk.ticket(requester="kim")
        desk.event(0, "public_message", actor="kim")
        desk.event(1, "public_message", actor="autobot")
        desk.event(2.5, "private_note", actor="ana")
        desk.event(10.25, "public_message", actor="ana")
        desk.event(11, "public_message", actor="ana")
        row = desk.build(people={"bots": ["autobot"]}).ticket()
        assert row["first_reply_minutes"] == 10.25
        assert (row["public_replies"], row["customer_messages"], row["private_notes"]) == (2, 1, 1)
        assert not row["is_outbound"]


def test_an_agents_own_opening_is_no_reply() -> None:
    with history.desk() as desk:
        desk.ticket(requester="kim")
        desk.event(0, "created", actor="ana")
        desk.event(0, "public_message", actor="ana")
        desk.event(30, "public_message", actor="kim")
        desk.event(45, "public_message", actor="ana")
        row = desk.build().ticket()
        assert (row["is_outbound"], row["first_reply_minutes"]) == (True, 45)


def test_without_messages_the_vendors_measurement_stands() -> None:
    with history.desk() as desk:
        desk.ticket(vendor_first_reply_minutes=12.5, vendor_public_replies=3)
        row = desk.build().ticket()
        assert (row["first_reply_at"], row["public_replies"], row["customer_messages"]) == (at(12.5), 3, None)


def test_solved_by_a_bot_alone() -> None:
    with history.desk() as desk:
        for number, actor in (("1", "-1"), ("2", "ana")):
            desk.ticket(number, status="resolved", requester="kim")
            desk.event(1, "public_message", number=number, actor=actor)
            desk.event(2, "status", "resolved", number=number, actor=actor)
        assert [t["is_bot_only"] for t in desk.build().tickets().values()] == [True, False]


def test_handoffs_leave_out_the_first_owner_routing_and_double_changes() -> None:
    with history.desk() as desk:
        desk.ticket()
        desk.event(0, "team", "A", actor="-1")
        desk.event(2, "team", "B", actor="-1")  # routed by a rule within five minutes
        desk.event(10, "owner", "ana", actor="ana")  # the first owner
        desk.event(60, "owner", "ben", actor="ana")  # one handoff …
        desk.event(60, "team", "C", actor="ana")  # … of owner and team at one instant
        desk.event(70, "owner", None, actor="ben")  # put down
        desk.event(80, "owner", "ben", actor="ben")  # taken up again: nobody else's hands
        desk.event(90, "owner", "cid", actor="ben")
        row = desk.build().ticket()
        assert (row["handoffs"], row["owners"], row["teams"]) == (2, 3, 3)


TIERS = {"groups": {"tier": {"front": "tier1", "second": "tier2", "dev": "engineering"}}}


@pytest.mark.parametrize(
    ("teams", "escalated_at"),
    [
        (["front", "second"], at(1)),
        (["second"], None),  # the first assignment straight to tier 2 is routing
        (["second", "front"], None),
        (["second", "front", "dev"], at(2)),
        (["front", "unknown", "dev"], at(2)),
    ],
)
def test_an_escalation_is_a_move_to_a_higher_tier(teams: list[str], escalated_at: object) -> None:
    with history.desk() as desk:
        desk.ticket()
        for minute, team in enumerate(teams):
            desk.event(minute, "team", team)
        row = desk.build(**TIERS).ticket()
        assert (row["escalated_at"], row["escalated"]) == (escalated_at, "yes" if escalated_at else "no")


def test_who_cannot_be_judged_on_escalation_is_neither_yes_nor_no() -> None:
    with history.desk() as desk:
        desk.ticket("1")
        desk.event(1, "team", "front")
        desk.ticket("2", vendor_escalated=True)
        desk.ticket("3", vendor_escalated=False)
        assert [t["escalated"] for t in desk.build().tickets().values()] == [None, "yes", "no"]


def test_names_for_numbers_but_never_a_customers() -> None:
    with history.desk() as desk:
        desk.put("person", original_id="7", name="Ana", role="agent")
        desk.put("person", original_id="8", name="Ana", role="agent")
        desk.put("person", original_id="9", name="Kim Lee", role="customer", account="55")
        desk.put("team", original_id="3", name="Front", load_id=1)
        desk.put("team", original_id="3", name="First line", load_id=2)
        desk.put("account", original_id="55", name="Acme", tier="gold", region="EMEA")
        desk.ticket(owner="7", team="3", requester="9")
        desk.event(1, "owner", "8", actor="9")
        published = desk.build()
        row = published.ticket()
        assert (row["owner"], row["team"], row["requester"]) == ("Ana (7)", "First line", "9")
        assert (row["account"], row["account_tier"], row["region"]) == ("Acme", "gold", "EMEA")
        event = published.all("ticket_event")[0]
        assert (event["actor"], event["actor_role"], event["new_value"]) == ("9", "customer", "Ana (8)")


def test_an_event_told_by_two_loads_counts_once_whatever_its_sequence() -> None:
    with history.desk() as desk:
        desk.ticket()
        for load_id, sequence in ((1, 10), (2, 99)):
            desk.event(1, "public_message", actor="ana", text_hash="x", load_id=load_id, sequence=sequence)
        desk.event(1, "public_message", actor="ana", text_hash="y", load_id=2, sequence=100)
        assert desk.build().ticket()["public_replies"] == 2


def test_an_event_of_a_ticket_nobody_described_is_quarantined() -> None:
    with history.desk() as desk:
        desk.ticket("1")
        desk.event(1, "public_message", number="2")
        published = desk.build()
        assert published.all("ticket_event") == []
        assert [(q["value"], q["reason"]) for q in published.all("quarantine")] == [
            ("2", "event of a ticket that no file described")
        ]


def test_newest_record_wins_whole_and_parts_complete_each_other() -> None:
    with history.desk() as desk:
        desk.ticket(subject="old", category="lost", updated_at=at(1), load_id=2)
        desk.ticket(subject="new", updated_at=at(2), load_id=1)
        desk.ticket(part="metrics", subject="not mine", vendor_reopens=1, product="Cloud", load_id=3)
        row = desk.build().ticket()
        assert (row["subject"], row["category"], row["product"], row["reopens"]) == ("new", None, "Cloud", 1)


def test_excluded_tickets_are_kept_with_the_reason_and_no_open_spell() -> None:
    with history.desk() as desk:
        desk.ticket("1", status="deleted")
        desk.ticket("2", status="closed", merged_into="1")
        desk.ticket("3", status="open", requester="qa@example.com")
        desk.ticket("4", status="open", requester="kim@acme.test")
        published = desk.build(people={"test_requesters": ["@example.com"]})
        assert [t["excluded_because"] for t in published.tickets().values()] == [
            "deleted",
            "merged into another ticket",
            "test or internal requester",
            None,
        ]
        assert [s["ticket_id"] for s in published.all("open_spell")] == ["desk:4"]


def test_next_contact_is_the_same_person_on_the_same_topic() -> None:
    with history.desk() as desk:
        solved = {"status": "resolved", "requester": "kim"}
        desk.ticket("1", category="mail", resolved_at=at(60), **solved)
        desk.ticket("2", category="print", created_at=at(days=1), resolved_at=at(days=1), **solved)
        desk.ticket("3", category="mail", created_at=at(days=2), requester="lee")
        desk.ticket("4", category="mail", created_at=at(days=2), requester="kim", status="spam")
        desk.ticket("5", category="mail", created_at=at(60, days=3), requester="kim")
        desk.ticket("6", resolved_at=at(30), **solved)
        found = {number: t["days_to_next_contact"] for number, t in desk.build().tickets().items()}
        # Ticket 6 has no topic: whatever Kim asks next follows it, first ticket 2.
        assert found == {"1": 3, "2": None, "3": None, "4": None, "5": None, "6": pytest.approx(1 - 30 / 1440)}


def test_a_negative_duration_is_left_out_and_listed() -> None:
    with history.desk() as desk:
        desk.ticket(status="resolved", resolved_at=at(-5))
        published = desk.build()
        assert published.ticket()["resolution_minutes"] is None
        assert [q["column"] for q in published.all("quarantine")] == ["resolved_at"]


def test_a_roster_and_the_help_desks_own_list_complete_each_other() -> None:
    with history.desk() as desk:
        desk.ticket(owner="7")
        desk.put("person", load_id=1, original_id="7", name="Heron", role="agent", cost_per_hour=40.0)
        desk.put("person", load_id=2, original_id="7", name="Heron", role="agent", team="Tier 1")
        published = desk.build()
        (agent,) = published.all("agent")
        assert (agent["agent"], agent["team"], agent["cost_per_hour"]) == ("Heron", "Tier 1", 40.0)
        assert published.ticket()["owner"] == "Heron"
