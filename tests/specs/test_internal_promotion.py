"""Internal promotion: promotions of twelve months ÷ their mean headcount."""

from world import World


def test_promotions_of_twelve_months(world: World) -> None:
    world.add("ticket")
    world.figures("headcount 2024-02 10 10 10 10 10 10 20 20 20 20 20 20\npromotions 2024-02 1 0 0 0 1 0 0 0 0 0 0 2")
    january = world.read("internal_promotion", "2025-01")
    assert january.value == (1 + 1 + 2) / ((6 * 10 + 6 * 20) / 12)
    assert january.verdict == "meets"  # 26.7 % against 20 %
    assert world.read("internal_promotion", "2024-12").value is None  # eleven months only
