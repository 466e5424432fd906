"""Tickets reviewed: tickets with a review ÷ tickets resolved; without any review there is no reading."""

from world import World


def test_a_review_of_any_day_covers_its_ticket(world: World) -> None:
    world.table("ticket", "ticket_id\na\nb\nc\nd", resolved_at="2025-01-10")
    world.table("review", "ticket_id score_share\na 1\na 0.5\nb 0", reviewed_at="2025-03-01")
    january = world.read("qa_coverage", "2025-01")
    assert (january.n, january.value) == (4, 2 / 4)


def test_nobody_who_reviews_is_no_zero(world: World) -> None:
    world.table("ticket", "resolved_at\n2025-01-10")
    reading = world.read("qa_coverage", "2025-01")
    assert (reading.value, reading.reason) == (None, "needs quality reviews of tickets (template reviews)")
