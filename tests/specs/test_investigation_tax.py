"""Investigation tax: signals × assumed minutes ÷ tickets, marked as assumed."""

import math
from datetime import datetime

import pytest
from world import World

#: The log-normal with P90 twice its median has this mean for each minute of the median.
MEAN = math.exp((math.log(2) / 1.2815515655446004) ** 2 / 2)


def test_each_signal_times_its_mean_minutes(world: World) -> None:
    world.table(
        "ticket",
        """
        resolved_at signal_history signal_note signal_link is_bot_only
        2025-01-10  1              2           0           no
        2025-01-10  1              0           -           no
        2025-01-10  -              -           -           no
        2025-01-10  1              9           9           yes
        """,
    )
    reading = world.read("investigation_tax", "2025-01")
    assert reading.n == 2
    assert reading.value == pytest.approx((1 * 2 + 2 * 6 + 1 * 2) * MEAN / 2)
    assert reading.kpi.grade == "assumed"
    assert reading.interval == "scenario range (assumed minutes)"
    assert reading.low < reading.value < reading.high


def test_an_export_of_assignments_alone_is_refused_with_the_reason(world: World) -> None:
    for _ in range(40):
        world.add("ticket", resolved_at=datetime(2025, 1, 10), handoffs=2, tax_feed="needs messages")
    for name in ("investigation_tax", "delay_tax"):
        reading = world.read(name, "2025-01")
        assert reading.value is None
        assert "messages in the ticket history" in (reading.reason or "")


def test_the_range_does_not_shrink_with_more_tickets(world: World) -> None:
    for _ in range(100):
        world.table("ticket", "resolved_at signal_history signal_note\n2025-01-10 1 2")
    many = world.read("investigation_tax", "2025-01")
    assert (many.high - many.low) / many.value > 0.5


def test_the_users_own_minutes_replace_the_shipped_ones(world: World) -> None:
    world.table("ticket", "resolved_at signal_history\n2025-01-10 3")
    reading = world.read("investigation_tax", "2025-01", minutes=(("history", 10.0, 10.0, 10.0),))
    assert reading.value == pytest.approx(3 * 10)
    assert "the user's own minutes" in reading.definition
