"""Engineering latency on first-time issues: whatever had not ended within 90 days before."""

from world import World


def test_the_issue_decides_which_median_a_ticket_enters(world: World) -> None:
    world.table("occurrence", "occurrence_id days_since_previous\nfirst -\nback 90\nlong 91")
    world.table(
        "ticket",
        """
        occurrence_id engineering_minutes
        first         10
        back          60
        back          720
        back          900
        back          -
        long          20
        -             30
        """,
        escalated_at="2025-01-10",
    )
    january = world.read("engineering_latency_first", "2025-01")
    assert (january.n, january.value) == (3, 20)  # 10, 20, 30
