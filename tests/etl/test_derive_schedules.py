"""Which schedule counts when, and what a schedule can be: several a ticket, holidays, zones, hours nobody knows."""

from __future__ import annotations

from typing import Any

import history
import pytest
from history import at

WEEK = 7 * 1440
#: Monday 9:00 to Wednesday 9:00, UTC.
TWO_DAYS: dict[str, Any] = {"status": "resolved", "resolved_at": at(days=2)}


def _schedule(desk: history.Desk, number: str, zone: str = "UTC", *, opens: float = 0, closes: float = WEEK) -> None:
    desk.put("schedule", original_id=number, name=number, timezone=zone, opens_minute=opens, closes_minute=closes)


def _minutes(desk: history.Desk, **settings: Any) -> Any:
    return desk.build(**settings).ticket()["resolution_business_minutes"]


def test_minutes_add_up_over_every_schedule_the_ticket_was_under() -> None:
    with history.desk() as desk:
        desk.ticket(**TWO_DAYS)
        _schedule(desk, "always")
        _schedule(desk, "mondays", opens=0, closes=1440)
        desk.put("ticket_schedule", original_id="1", schedule="mondays", starts_at=at(1))  # from the creation on
        desk.put("ticket_schedule", original_id="1", schedule="always", starts_at=at(days=1))
        assert _minutes(desk) == 15 * 60 + 1440  # Monday from 9:00, then all of Tuesday 9:00 to Wednesday 9:00


def test_the_last_schedule_only_is_counted_beside_them() -> None:
    """Waiting for the customer on Tuesday from 10:00 to 12:00; the schedule of Mondays came first, then all hours."""
    with history.desk() as desk:
        desk.ticket(status="resolved", owner="ann")
        desk.event(0, "status", "new")
        desk.event(0, "owner", "ann")
        desk.event(30, "public_message", actor="ann", actor_role="agent")
        desk.event(1440 + 60, "status", "waiting_customer")
        desk.event(1440 + 180, "status", "open")
        desk.event(2 * 1440, "status", "resolved")
        _schedule(desk, "always")
        _schedule(desk, "mondays", opens=0, closes=1440)
        desk.put("ticket_schedule", original_id="1", schedule="always", starts_at=at(1))
        desk.put("ticket_schedule", original_id="1", schedule="mondays", starts_at=at(days=1))
        row = desk.build().ticket()
        assert (row["resolution_business_minutes"], row["resolution_last_schedule_minutes"]) == (1440, 15 * 60)
        assert (row["first_reply_business_minutes"], row["first_reply_last_schedule_minutes"]) == (30, 30)
        assert (row["with_us_business_minutes"], row["with_us_last_schedule_minutes"]) == (1440, 15 * 60)
        assert (row["with_customer_minutes"], row["with_customer_last_schedule_minutes"]) == (120, 0)


def test_a_last_schedule_nobody_knows_leaves_the_sum_over_all_unknown_too_and_a_first_one_does_not() -> None:
    with history.desk() as desk:
        _schedule(desk, "1")
        for number, names in (("1", ("1", "gone")), ("2", ("gone", "1"))):
            desk.ticket(number, **TWO_DAYS)
            for day, name in enumerate(names):
                desk.put("ticket_schedule", original_id=number, schedule=name, starts_at=at(days=day))
        rows = desk.build().tickets()
        assert [rows[n]["resolution_business_minutes"] for n in ("1", "2")] == [None, None]
        assert [rows[n]["resolution_last_schedule_minutes"] for n in ("1", "2")] == [None, 2 * 1440]


def test_what_took_no_time_took_none_under_a_last_schedule_that_is_known() -> None:
    """As it is over all of them: no time under a schedule nobody knows is not known to be 0 office minutes."""
    with history.desk() as desk:
        _schedule(desk, "1")
        for number, names in (("1", ("1", "gone")), ("2", ("gone", "1"))):
            desk.ticket(number, status="resolved", resolved_at=at())
            for day, name in enumerate(names):
                desk.put("ticket_schedule", original_id=number, schedule=name, starts_at=at(days=day))
        desk.ticket("3", created_at=at(days=3))  # the newest moment known
        rows = desk.build().tickets()
        assert [rows[n]["resolution_business_minutes"] for n in ("1", "2")] == [0, None]
        assert [rows[n]["resolution_last_schedule_minutes"] for n in ("1", "2")] == [None, 0]


def test_a_target_in_business_hours_runs_under_every_schedule_once() -> None:
    """900 minutes of Monday are left at 9:00; the last hour passes on Tuesday, under the other schedule."""
    with history.desk() as desk:
        desk.ticket(**TWO_DAYS)
        _schedule(desk, "mondays", opens=0, closes=1440)
        _schedule(desk, "always")
        desk.put("ticket_schedule", original_id="1", schedule="mondays", starts_at=at())
        desk.put("ticket_schedule", original_id="1", schedule="always", starts_at=at(days=1))
        published = desk.build(sla=[{"clock": "resolution", "minutes": 900 + 60, "business_hours": True}])
        assert [row["due_at"] for row in published.all("sla_clock")] == [at(60, days=1)]


def test_each_team_brings_its_schedule_and_the_default_stands_for_the_rest() -> None:
    with history.desk() as desk:
        desk.ticket(**TWO_DAYS, team="Lisbon")
        desk.event(0, "team", "Dublin")
        desk.event(120, "team", "Lisbon")
        office = {"dublin": {"timezone": "UTC"}, "late": {"timezone": "UTC", "opens": "14:00", "closes": "15:00"}}
        groups = {"schedule": {"Dublin": "dublin"}, "default_schedule": "late"}
        assert _minutes(desk, schedules=office, groups=groups) == 120 + 2 * 60


def test_the_only_schedule_a_help_desk_exports_is_that_of_its_tickets() -> None:
    with history.desk() as desk:
        desk.ticket(**TWO_DAYS)
        _schedule(desk, "mondays", opens=0, closes=1440)
        assert _minutes(desk) == 15 * 60


def test_of_two_exported_schedules_none_is_guessed() -> None:
    with history.desk() as desk:
        desk.ticket(**TWO_DAYS)
        _schedule(desk, "1")
        _schedule(desk, "2")
        assert _minutes(desk) is None


def test_minutes_under_a_schedule_nobody_knows_make_the_sum_unknown_and_no_others() -> None:
    with history.desk() as desk:
        desk.ticket(**TWO_DAYS)
        desk.event(60, "public_message", actor="ann", actor_role="agent")
        _schedule(desk, "1")
        desk.put("ticket_schedule", original_id="1", schedule="1", starts_at=at())
        desk.put("ticket_schedule", original_id="1", schedule="gone", starts_at=at(days=1))
        published = desk.build()
        row = published.ticket()
        assert (row["first_reply_business_minutes"], row["resolution_business_minutes"]) == (60, None)
        assert [q["value"] for q in published.all("quarantine")] == ["gone"]


def test_a_holiday_removes_a_day_of_a_schedule_round_the_clock_not_its_week() -> None:
    """Fault of the best public peer: a holiday deletes a week."""
    with history.desk() as desk:
        desk.ticket(status="resolved", resolved_at=at(days=7))
        _schedule(desk, "always", "Asia/Kolkata")
        desk.put("holiday", schedule="always", first_day=at(-540, days=2), last_day=at(-540, days=2))
        assert _minutes(desk) == 6 * 1440


def test_clocks_change_on_the_day_they_change_on() -> None:
    """Fault of the best public peer: changes of the clocks moved to Sundays. Cairo's is on Friday 24 April 2026."""
    thursday = at(-540, days=52)  # 23 April, 00:00 UTC
    with history.desk() as desk:
        _schedule(desk, "cairo", "Africa/Cairo", opens=4 * 1440 + 600, closes=4 * 1440 + 660)  # Fridays 10:00 to 11:00
        for number, hour in (("1", 7), ("2", 8)):  # 7:00 UTC is 10:00 in Cairo that day; a week before it was 9:00
            begins = at(-540 + hour * 60, days=53)
            desk.ticket(number, created_at=begins, status="resolved", resolved_at=begins.replace(hour=hour + 1))
        found = [row["resolution_business_minutes"] for row in desk.build().tickets().values()]
        assert (thursday.strftime("%A %d"), found) == ("Thursday 23", [60, 0])


@pytest.mark.parametrize("zone", ["Mars/Olympus Mons", "", "Europe", "../etc/passwd"])
def test_a_zone_nobody_knows_is_told_and_gives_no_minutes_at_all(zone: str) -> None:
    """Fault of the best public peer: an unknown time zone gives 0 minutes."""
    with history.desk() as desk:
        desk.ticket(**TWO_DAYS)
        _schedule(desk, "1", zone)
        published = desk.build()
        assert published.ticket()["resolution_business_minutes"] is None
        told = [(row["column"], row["value"]) for row in published.all("quarantine")]
        assert told == [("timezone", zone)]


@pytest.mark.parametrize(("opens", "closes"), [(None, 60), (60, None), (-1, 60), (60, 60), (WEEK, WEEK + 60)])
def test_a_stretch_that_is_none_makes_its_schedule_unknown(opens: Any, closes: Any) -> None:
    with history.desk() as desk:
        desk.ticket(**TWO_DAYS)
        _schedule(desk, "1")
        _schedule(desk, "1", opens=opens, closes=closes)
        published = desk.build()
        assert published.ticket()["resolution_business_minutes"] is None
        assert [row["column"] for row in published.all("quarantine")] == ["opens_minute"]


def test_a_newer_export_of_a_schedule_replaces_the_older_whole() -> None:
    with history.desk() as desk:
        desk.ticket(**TWO_DAYS)
        _schedule(desk, "1")
        stretch = {"opens_minute": 1440, "closes_minute": 1500}  # Tuesday 0:00 to 1:00
        desk.put("schedule", original_id="1", timezone="UTC", load_id=2, **stretch)
        assert _minutes(desk) == 60
