"""Changes an issue may have followed: by hand on both engines, and the hours near a change against counting them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import ENGINES, World, period

from dashboard import suspects
from dashboard.question import Question
from dashboard.scope import Scope
from dashboard.suspects import Suspect
from dashboard.widgets import repeats

#: Thirty and a half days before the end of the period looked at.
START = datetime(2025, 1, 1, 12)


def on(day: float) -> datetime:
    return START + timedelta(days=day)


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def released(world: World, *days: float, product: str | None = "Cloud", **told: object) -> None:
    for day in days:
        title = f"Release {day:g}"
        world.add("change", **{"title": title, "product": product, "deployed_at": on(day), **told})


def found(world: World, *began: float) -> Suspect:
    asked = Question(world.facts(), Scope(), period("2025-01"))
    return suspects.suspected(asked, {"K": "Cloud"}, {"K": [on(day) for day in began]})["K"]


def test_occurrences_near_a_change_are_counted_beside_what_chance_would_give(world: World) -> None:
    released(world, 0, 10, 29)
    released(world, 19, outcome="cancelled")
    released(world, 19.5, product="Relay")
    released(world, 31)  # after the period
    told = found(world, 1, 12, 20)  # 24 h and 48 h after a release, and ten days after one
    assert (told.before, told.followed, told.occurrences) == ((), 2, 3)
    # Of thirty and a half days twice three lie within 72 hours after a release, and the last day and a half.
    assert told.share == pytest.approx(7.5 / 30.5)
    assert repeats.suspect_words(told) == "none in the 72 h before the last"
    assert repeats.after_words(told) == "2 of 3 occurrences, 0.7 by chance"


def test_those_before_the_last_occurrence_are_named_nearest_first(world: World) -> None:
    released(world, 0, 17.5, 20, 20.01)
    released(world, 19, product=None)  # of no product: of any
    released(world, 17)  # 72 hours before: no longer near
    told = found(world, 20)
    assert told.before == (("Release 20", 0.0), ("Release 19", 24.0), ("Release 17.5", 60.0))
    assert repeats.suspect_words(told) == "Release 20, 0 h before the last, and 2 more"


def test_an_issue_of_another_product_has_other_suspects(world: World) -> None:
    released(world, 10)
    released(world, 11, product="Relay")
    asked = Question(world.facts(), Scope(), period("2025-01"))
    began = {key: [on(12)] for key in ("K", "L", "M")}
    told = suspects.suspected(asked, {"K": "Cloud", "L": "Relay", "M": None}, began)
    assert told["K"].before == (("Release 10", 48.0),)
    assert told["L"].before == (("Release 11", 24.0),)
    assert told["M"] == Suspect()  # of no product: only what is of none could be


def test_who_has_a_change_on_most_days_suspects_none(world: World) -> None:
    released(world, *range(0, 30, 4))
    told = found(world, 1)
    assert told.share > 0.5
    assert repeats.suspect_words(told) == "too many changes to suspect one"


def test_what_came_before_any_change_was_known_tells_nothing(world: World) -> None:
    released(world, 10)
    assert found(world, 1) == Suspect()
    assert repeats.suspect_words(Suspect()) == "no change known by then"
    assert repeats.after_words(Suspect()) == ""
    assert found(world, 1, 11).occurrences == 1


def test_what_tickets_name_as_the_cause_stands_before_what_came_before(world: World) -> None:
    released(world, 0, change_id="itsm:CHG1", title="Release of 1 January")
    for number, word in enumerate(["CHG1", "CHG2", "CHG1", None, "CHG1"]):
        left_out = "deleted" if number == 4 else None
        world.add("ticket", ticket_id=f"t{number}", caused_by=word, excluded_because=left_out, created_at=on(1))
        world.add("issue_ticket", ticket_id=f"t{number}", issue_key="K", created_at=on(1))
    told = found(world, 1)
    assert told.named == (("Release of 1 January", 2), ("CHG2", 1))
    assert repeats.suspect_words(told) == "Release of 1 January (named by 2 tickets) and 1 more"
    assert told.followed == 1


@given(st.lists(st.integers(0, 300), min_size=1, max_size=8).map(sorted), st.integers(0, 300))
def test_hours_near_a_change_are_those_one_counts(changes: list[int], more: int) -> None:
    end = changes[-1] + more
    near = [any(at <= hour < at + 72 for at in changes) for hour in range(changes[0], end)]
    made = [START + timedelta(hours=at) for at in changes]
    share = suspects.covered(made, START + timedelta(hours=end))
    assert share == pytest.approx(sum(near) / len(near) if near else 0.0)
