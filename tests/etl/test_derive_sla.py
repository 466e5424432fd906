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
