"""QA score: the mean of reviews, each the mean of its categories on its own scale."""

import pytest
from world import World


def test_categories_make_one_score_of_a_review(world: World) -> None:
    world.table("ticket", "ticket_id excluded_because team\na - X\nb - Y\nspam spam X")
    world.table(
        "review",
        """
        ticket_id category score_share reviewed_at
        a         Tone     1.0         2025-01-10
        a         Content  0.5         2025-01-10
        b         Tone     0.25        2025-01-11
        b         Tone     1.0         2025-01-12
        spam      Tone     0.0         2025-01-10
        -         Tone     0.0         2025-02-10
        a         Content  -           2025-01-10
        """,
    )
    january = world.read("qa_score", "2025-01")
    assert january.n == 3  # a once, b on two days
    assert january.value == pytest.approx(((1.0 + 0.5) / 2 + 0.25 + 1.0) / 3)
    assert january.low is not None
    assert (january.low >= 0, january.high) == (True, 1.0)  # no interval leaves the scale
    assert world.read("qa_score", "2025-01", where={"team": ["X"]}).value == 0.75
    assert len(world.tickets("qa_score", "2025-01")) == 3
