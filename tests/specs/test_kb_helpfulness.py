"""Article helpfulness: helpful votes ÷ votes."""

from world import World


def test_votes_given_in_the_period(world: World) -> None:
    world.table("article", "article_id product\ngate Gate\natlas Atlas")
    world.table(
        "article_vote",
        """
        article_id voted_at   is_helpful
        gate       2025-01-10 yes
        gate       2025-01-11 no
        atlas      2025-01-12 yes
        atlas      2025-01-13 -
        atlas      2025-02-01 no
        """,
    )
    january = world.read("kb_helpfulness", "2025-01")
    assert (january.n, january.value) == (3, 2 / 3)
    assert world.read("kb_helpfulness", "2025-01", where={"product": ["Gate"]}).value == 1 / 2
    assert len(world.tickets("kb_helpfulness", "2025-01")) == 3


def test_what_votes_do_not_tell_is_refused(world: World) -> None:
    world.table("article_vote", "voted_at is_helpful\n2025-01-10 yes")
    reading = world.read("kb_helpfulness", "2025-01", where={"team": ["Billing"]})
    assert (reading.n, reading.value) == (0, None)
    assert reading.reason == "its facts do not tell the team: it can only be read without"
