"""Cost per ticket: the entered cost of the period ÷ tickets resolved in it."""

from world import World


def test_months_that_cover_the_period_to_the_day(world: World) -> None:
    world.table("ticket", "resolved_at\n2025-01-10\n2025-01-11\n2025-02-10\n2025-03-10")
    world.figures("support_cost 2025-01 100 300 600", unit="EUR")
    world.figures("headcount 2025-01 5")
    january = world.read("cost_per_ticket", "2025-01")
    assert (january.value, january.n) == (100 / 2, 1)
    assert world.read("cost_per_ticket", "2025-01-01/2025-04-01").value == (100 + 300 + 600) / 4
    assert (january.low, january.high, january.interval) == (None, None, "entered, no interval")
    assert len(world.tickets("cost_per_ticket", "2025-01-01/2025-04-01")) == 3


def test_a_months_cost_is_not_spread_over_weeks_nor_filtered(world: World) -> None:
    world.table("ticket", "resolved_at\n2025-01-07")
    world.figures("support_cost 2025-01 100")
    week = world.read("cost_per_ticket", "2025-01-06/2025-01-13")
    assert week.value is None
    assert str(week.reason).startswith("no figure of 'support_cost' is entered for days that all lie in this period")
    longer = world.read("cost_per_ticket", "2025-01-01/2025-02-02")
    assert str(longer.reason).startswith("'support_cost' does not cover this period to the day")
    assert "do not tell the team" in str(world.read("cost_per_ticket", "2025-01", where={"team": ["X"]}).reason)
