"""eNPS: the newest month, teams weighed by their answers; fewer than five answers are not shown."""

from datetime import datetime

from world import World


def figures(world: World, *rows: tuple[str, str | None, float]) -> None:
    world.add("ticket")
    month = {"period_start": datetime(2025, 1, 1), "period_end": datetime(2025, 2, 1)}
    for metric, team, value in rows:
        world.add("figure", metric=metric, segment=team, value=value, **month)


def test_teams_weigh_by_their_answers(world: World) -> None:
    figures(world, ("enps", "X", 50), ("enps_answers", "X", 8), ("enps", "Y", 10), ("enps_answers", "Y", 2))
    january = world.read("enps", "2025-01")
    assert (january.n, january.value) == (10, (50 * 8 + 10 * 2) / 10)
    assert (january.verdict, january.kpi.grade) == ("meets", "entered, no interval")


def test_four_answers_are_four_peoples_secret(world: World) -> None:
    figures(world, ("enps", None, 50), ("enps_answers", None, 4))
    assert world.read("enps", "2025-01").reason == "fewer than 5 answers: not shown, so that nobody is recognised"


def test_a_score_on_an_unknown_number_of_answers_is_none(world: World) -> None:
    figures(world, ("enps", None, 50))
    assert "without 'enps_answers'" in str(world.read("enps", "2025-01").reason)
