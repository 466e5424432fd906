"""Comments behind low scores, and the split of NPS: what the list behind the KPI says, without fetching the list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from world import ENGINES, World, period

from dashboard import kpis, readings
from dashboard.comments import Comments, low_scores
from dashboard.kpis.options import DEFAULTS, Options
from dashboard.scope import Scope

MARCH = period("2025-03")


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def rating(world: World, name: str, share: float, comment: str | None, day: int = 5, **more: Any) -> None:
    """One CSAT answer about a ticket of its own, created on that day."""
    team = more.pop("team", "A")
    world.add("ticket", ticket_id=name, team=team, created_at=datetime(2025, 3, day))
    world.add("survey", survey_id=f"survey:{name}", ticket_id=name, kind="csat", score=1 + 4 * share,
              score_share=share, answered_at=datetime(2025, 3, day), comment=comment, **more)  # fmt: skip


def ask(world: World, limit: int = 8, options: Options = DEFAULTS, **where: list[str]) -> Comments:
    return low_scores(world.facts(), kpis.catalogue()["csat"], Scope.of(where), MARCH, limit, options)


def told(found: Comments) -> list[object]:
    return [row["comment"] for row in found.first]


def test_low_scores_with_words_newest_ticket_first(world: World) -> None:
    """Satisfied answers, blank comments, other teams and months are left out; all are counted before the limit."""
    rating(world, "old", 0.0, "slow", day=3)
    rating(world, "mid", 0.5, "so so", day=5)
    rating(world, "new", 0.25, "bad", day=9)
    rating(world, "fine", 1.0, "thanks")
    rating(world, "mute", 0.0, None)
    rating(world, "blank", 0.0, " \n\t ")
    rating(world, "theirs", 0.0, "of B", team="B")
    found = ask(world, limit=2, team=["A"])
    assert (found.total, told(found)) == (3, ["bad", "so so"])
    assert told(ask(world, team=["B"])) == ["of B"]


def test_no_comment_is_none(world: World) -> None:
    rating(world, "fine", 1.0, "thanks")
    assert ask(world) == Comments(0, [])


def test_options_decide_what_is_low(world: World) -> None:
    """4 of 5 is satisfied by default and by the mean's fallback, and low where only top answers count."""
    rating(world, "four", 0.75, "nearly")
    rating(world, "one", 0.0, "never")
    assert told(ask(world)) == told(ask(world, options=Options(csat_rule="mean"))) == ["never"]
    assert sorted(map(str, told(ask(world, options=Options(csat_rule="top"))))) == ["nearly", "never"]


@pytest.mark.parametrize("kind", ENGINES)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from([0.0, 0.5, 0.75, 1.0]), st.sampled_from([None, "", " ", "a", "b"]), st.integers(1, 9)
        ),
        max_size=12,
    )
)
def test_comments_are_those_of_the_list(kind: str, rows: list[tuple[float, str | None, int]], tmp_path: Path) -> None:
    world = World(kind, tmp_path)
    for place, (share, comment, day) in enumerate(rows):
        rating(world, f"t{place}", share, comment, day)
    listed = readings.tickets(world.facts(), kpis.catalogue()["csat"], Scope(), MARCH)
    wanted = [
        row["comment"]
        for row in listed.to_dict("records")
        if row["counts_towards"] == "no" and isinstance(row["comment"], str) and row["comment"].strip()
    ]
    found = ask(world, limit=3)
    assert (found.total, told(found)) == (len(wanted), wanted[:3])
    world.close()


@pytest.mark.parametrize("rule", ["relational", "transactional"])
def test_the_split_of_nps_is_that_of_the_list(world: World, rule: str) -> None:
    """Of 11 scores 0 to 10 two are promoters, two passives, seven detractors; what the rule leaves out is in none."""
    for score in range(11):
        world.add("survey", survey_id=f"s{score}", kind="nps", ticket_id="t", scale_low=0, scale_high=10, score=score,
                  answered_at=datetime(2025, 3, 5))  # fmt: skip
    world.add("survey", survey_id="other", kind="nps", scale_low=0, scale_high=10, score=9, is_latest_in_quarter=False,
              answered_at=datetime(2025, 3, 5))  # fmt: skip
    world.add("survey", survey_id="later", kind="nps", ticket_id="t", scale_low=0, scale_high=10, score=9,
              answered_at=datetime(2025, 4, 5))  # fmt: skip
    nps, options = kpis.catalogue()["nps"], Options(nps_rule=rule)
    (reading,) = readings.read(world.facts(), [nps], Scope(), [MARCH], options=options)
    assert reading.parts == (("promoter", 2), ("passive", 2), ("detractor", 7))
    listed = readings.tickets(world.facts(), nps, Scope(), MARCH, options=options)
    assert Counter(listed["value"]) == dict(reading.parts)
