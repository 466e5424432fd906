"""Tickets whose cause was told without evidence, and that came back."""

from world import World


def test_what_came_back_within_fourteen_days_reopened_or_anew(world: World) -> None:
    world.table(
        "ticket",
        """claim               days_to_reopen days_to_next_contact days_observed
unproven  14             -                    30
unproven  -              14                   30
unproven  15             15                   30
unproven  -              -                    14
unproven  1              -                    13
proven     -              -                    30
proven     2              -                    30""",
        first_resolved_at="2025-01-10",
    )
    unproven = world.read("unproven_claims_returned", "2025-01")
    assert (unproven.n, unproven.value, unproven.immature) == (4, 2 / 4, 1)
