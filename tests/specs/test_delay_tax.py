"""Delay tax: time in states of rebuilding context ÷ time open, summed before dividing."""

import pytest
from world import World

from dashboard.kpis.kpi import Unit


def states(world: World, text: str) -> None:
    world.table("ticket_tax", text, waiting_other_minutes="0", done_minutes="0")


def test_the_states_in_which_context_is_rebuilt_over_the_time_open(world: World) -> None:
    """(10 + 20 + 30) of 100 and 0 of 300: 60 / 400, not the mean of 60 % and 0 %."""
    world.table(
        "ticket",
        """
        resolved_at is_bot_only excluded_because
        2025-01-10  no          -
        2025-01-11  no          -
        2025-01-12  yes         -
        2025-01-13  no          spam
        2025-02-01  no          -
        -           no          -
        2025-01-14  no          -
        """,
    )
    states(
        world,
        """
        ticket_id handoff_queue_minutes first_investigation_minutes reinvestigation_minutes working_minutes open_minutes
        ticket:1  10                    20                          30                      40              100
        ticket:2  0                     0                           0                       300             300
        ticket:3  50                    0                           0                       0               50
        ticket:4  50                    0                           0                       0               50
        ticket:5  50                    0                           0                       0               50
        ticket:6  50                    0                           0                       0               50
        """,
    )
    january = world.read("delay_tax", "2025-01")
    assert (january.n, january.value) == (2, pytest.approx(60 / 400))
    assert january.kpi.unit is Unit.PERCENT
    assert january.low is not None
    assert january.high is not None
    assert 0 <= january.low < 60 / 400 < january.high <= 1
    assert list(world.tickets("delay_tax", "2025-01")["ticket_id"]) == ["ticket:1", "ticket:2"]


def test_what_stood_resolved_and_what_waited_is_no_rebuilding(world: World) -> None:
    world.table("ticket", "resolved_at\n2025-01-10")
    world.table(
        "ticket_tax",
        """
        ticket_id waiting_customer_minutes waiting_other_minutes first_queue_minutes done_minutes handoff_queue_minutes first_investigation_minutes reinvestigation_minutes open_minutes
        ticket:1  30                       30                    20                  900          20                    0                           0                       100
        """,
    )
    assert world.read("delay_tax", "2025-01").value == pytest.approx(20 / 100)


def test_without_states_there_is_no_reading_and_the_feed_is_named(world: World) -> None:
    world.table("ticket", "resolved_at signal_history\n2025-01-10 1")
    reading = world.read("delay_tax", "2025-01")
    assert reading.value is None
    assert "status history" in (reading.reason or "")
