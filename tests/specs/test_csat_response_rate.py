"""CSAT response rate: answered ÷ sent, by the time sent."""

from world import World


def test_answered_divided_by_sent(world: World) -> None:
    world.table(
        "survey",
        """
        sent_at    answered_at
        2025-01-10 2025-01-11
        2025-01-10 2025-02-20
        2025-01-31 -
        2025-02-01 2025-02-02
        """,
        kind="csat",
    )
    assert world.read("csat_response_rate", "2025-01").value == 2 / 3


def test_an_export_of_answers_alone_is_no_hundred_percent(world: World) -> None:
    world.table("survey", "sent_at answered_at\n2025-01-10 2025-01-11", kind="csat")
    assert world.read("csat_response_rate", "2025-01").value is None
