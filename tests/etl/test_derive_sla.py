"""Target clocks: the vendor's verdict first, our own policies where it gives none."""

from __future__ import annotations

import history
from history import at

RESOLVE_IN_AN_HOUR = {"clock": "resolution", "minutes": 60}


def _clocks(published: history.Published) -> list[tuple[object, ...]]:
    rows = sorted(published.all("sla_clock"), key=lambda row: (row["ticket_id"], row["clock"]))
    return [(row["ticket_id"][5:], row["clock"], row["basis"], row["is_met"], row["dated_at"]) for row in rows]


def test_the_vendors_verdict_keeps_our_policy_out() -> None:
    with history.desk() as desk:
        desk.ticket("1", status="resolved", resolved_at=at(90), vendor_sla_met=True)
        desk.ticket("2", status="open", due_at=at(45), vendor_sla_met=False)
        desk.ticket("3", status="open", due_at=at(45), vendor_sla_met=True)  # not breached so far
        assert _clocks(desk.build(sla=[RESOLVE_IN_AN_HOUR])) == [
            ("1", "resolution", "vendor", True, at(90)),
            ("2", "resolution", "vendor", False, at(45)),
            ("3", "resolution", "vendor", None, at(45)),
        ]


def test_met_breached_overdue_and_running() -> None:
    with history.desk() as desk:
        desk.ticket("1", status="resolved", resolved_at=at(59))
        desk.ticket("2", status="resolved", resolved_at=at(61))
        desk.ticket("3", status="open")
        desk.ticket("4", status="open", created_at=at(30))  # the newest moment known is minute 61
        assert _clocks(desk.build(sla=[RESOLVE_IN_AN_HOUR])) == [
            ("1", "resolution", "policy", True, at(59)),
            ("2", "resolution", "policy", False, at(60)),
            ("3", "resolution", "policy", False, at(60)),
            ("4", "resolution", "policy", None, at(90)),
        ]


def test_the_policy_of_the_priority_comes_before_the_one_for_all() -> None:
    with history.desk() as desk:
        for number, priority in (("1", "urgent"), ("2", "low"), ("3", None)):
            desk.ticket(number, status="resolved", resolved_at=at(40), priority=priority)
        urgent = {"clock": "resolution", "minutes": 30, "priority": "urgent"}
        found = [(clock[0], clock[3]) for clock in _clocks(desk.build(sla=[RESOLVE_IN_AN_HOUR, urgent]))]
        assert found == [("1", False), ("2", True), ("3", True)]


def test_business_hours_fall_due_on_the_next_working_day() -> None:
    with history.desk() as desk:
        # Monday 16:30, an hour of office time: 30 minutes today, due Tuesday 9:30.
        desk.ticket(created_at=at(7.5 * 60), status="resolved", resolved_at=at(29, days=1))
        policy = {**RESOLVE_IN_AN_HOUR, "business_hours": True}
        published = desk.build(
            sla=[policy], schedules={"office": {"timezone": "UTC"}}, groups={"default_schedule": "office"}
        )
        assert _clocks(published) == [("1", "resolution", "policy", True, at(29, days=1))]
        assert published.all("sla_clock")[0]["due_at"] == at(30, days=1)


def test_the_clocks_a_help_desk_ran_come_before_its_verdict_and_our_policies() -> None:
    with history.desk() as desk:
        desk.ticket("1", status="resolved", resolved_at=at(90), vendor_sla_met=True)
        desk.put("sla", original_id="1", clock="resolution", due_at=at(80), met_at=at(90), is_met=False)
        desk.put("sla", original_id="1", clock="next_reply", cycle="2", due_at=at(70), met_at=at(60))
        desk.put("sla", original_id="1", clock="next_reply", cycle="1", due_at=at(30), met_at=at(40))
        desk.event(0, "public_message", actor="kim", actor_role="customer")
        desk.event(10, "public_message", actor="ann", actor_role="agent")
        policies = [RESOLVE_IN_AN_HOUR, {"clock": "first_reply", "minutes": 5}]
        published = desk.build(sla=policies)
        assert _clocks(published) == [
            ("1", "first_reply", "policy", False, at(5)),  # of this one the help desk told nothing
            ("1", "next_reply", "vendor", False, at(30)),
            ("1", "next_reply", "vendor", True, at(60)),
            ("1", "resolution", "vendor", False, at(80)),
        ]
        assert [row["cycle"] for row in published.all("sla_clock")] == [1, 1, 2, 1]


def test_a_vendors_clock_that_is_open_and_overdue_is_a_breach() -> None:
    """1 overdue; 2 not due yet; 3 done before it fell due, so that it never ran out; the last moment is minute 100."""
    with history.desk() as desk:
        desk.ticket("1", status="open")
        desk.ticket("2", status="open", updated_at=at(100))
        desk.ticket("3", status="resolved", resolved_at=at(50))
        for number, due in (("1", 80), ("2", 120), ("3", 80)):
            desk.put("sla", original_id=number, clock="next_reply", due_at=at(due))
        assert _clocks(desk.build()) == [
            ("1", "next_reply", "vendor", False, at(80)),
            ("2", "next_reply", "vendor", None, at(120)),
            ("3", "next_reply", "vendor", None, at(80)),
        ]


def test_a_newer_telling_of_a_cycle_replaces_the_older() -> None:
    with history.desk() as desk:
        desk.ticket("1", status="open", updated_at=at(100))
        started = {"original_id": "1", "clock": "next_reply", "started_at": at(1)}
        desk.put("sla", due_at=at(90), **started)
        desk.put("sla", due_at=at(95), met_at=at(91), load_id=2, **started)
        assert _clocks(desk.build()) == [("1", "next_reply", "vendor", True, at(91))]


def test_a_first_reply_is_judged_only_where_one_could_be_seen() -> None:
    """Nobody who wrote to the customer, on a ticket that is done: a bot's answer may have been all it needed."""
    with history.desk() as desk:
        desk.ticket("1", status="open", requester="kim")  # waiting since minute 0: a breach
        desk.ticket("2", status="resolved", resolved_at=at(90), requester="kim")  # done without a person's word
        desk.ticket("3", status="resolved", resolved_at=at(90), requester="kim")
        desk.ticket("4", status="open", is_outbound=True)
        desk.ticket("5", status="open", source="mute")  # a help desk whose export holds no messages
        desk.ticket("6", status="open", source="mute", vendor_first_reply_minutes=20)  # but its own measurement
        for number in "123":
            desk.event(0, "public_message", number=number, actor="kim")
        desk.event(8, "public_message", number="3", actor="ann", actor_role="agent")
        desk.event(0, "public_message", number="4", actor="ann", actor_role="agent")
        desk.event(100, "public_message", number="4", actor="kim", actor_role="customer")
        published = desk.build(sla=[{"clock": "first_reply", "minutes": 15}])
        found = {row["ticket_id"]: row["is_met"] for row in published.all("sla_clock")}
        assert found == {"desk:1": False, "desk:3": True, "mute:6": False}
