"""Loop rate: no recorded fix, and the issue back within 90 days, of those watched 90 days."""

from world import World


def test_unfixed_and_back_within_ninety_days(world: World) -> None:
    world.table("ticket", "ticket_id\n" + "\n".join("abcdefghij"), created_at="2025-01-01")
    world.table(
        "escalation",
        """
        ticket_id ended       days_to_return days_observed issue_evidence
        a         -           90             90            problem
        b         workaround  1              200           problem
        c         fix         1              200           problem
        d         -           90.1           200           problem
        e         explanation -              200           problem
        f         -           1              89.9          problem
        g         -           1              200           -
        h         -           -              -             single
        """,
        resolved_at="2025-01-10",
    )
    world.table("escalation", "ticket_id days_to_return days_observed issue_evidence\ni 1 200 problem")
    january = world.read("loop_rate", "2025-01")
    # a and b, of a to e; f and h are too young, of g no issue is known, i is still open.
    assert (january.n, january.value, january.immature) == (5, 2 / 5, 2)
