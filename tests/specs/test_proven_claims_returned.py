"""Tickets whose cause was told with evidence, and that came back."""

from world import World


def test_what_came_back_of_those_with_evidence(world: World) -> None:
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
    proven = world.read("proven_claims_returned", "2025-01")
    assert (proven.n, proven.value) == (2, 1 / 2)
