"""Marks: the right period by local day, the right product, many told as one, and never markup."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from world import ENGINES, World, period

from dashboard import charts_marks, findings, kpis, markers, readings
from dashboard.markers import Kind, Marker
from dashboard.scope import Period, Scope
from dashboard.story import Story
from dashboard.widgets import exhibit


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def test_changes_and_incidents_stand_on_their_day(world: World) -> None:
    world.add("change", title="Ledger 4.2", outcome="successful", deployed_at=datetime(2025, 3, 5, 9))
    world.add("change", title="Ledger 4.3", outcome="rolled back", deployed_at=datetime(2025, 3, 6, 9))
    world.add("change", title="never went out", outcome="cancelled", deployed_at=datetime(2025, 3, 7, 9))
    world.add("change", title="April's", outcome="successful", deployed_at=datetime(2025, 4, 1))
    world.add("incident", title="Login down", severity="sev1", started_at=datetime(2025, 3, 6, 11))
    assert markers.markers(world.facts(), Scope(), [period("2025-03")]) == (
        Marker(date(2025, 3, 5), Kind.RELEASE, "Ledger 4.2"),
        Marker(date(2025, 3, 6), Kind.UNDONE, "Ledger 4.3"),
        Marker(date(2025, 3, 6), Kind.INCIDENT, "Login down, sev1"),
    )


def test_a_mark_belongs_to_the_period_of_its_local_day(world: World) -> None:
    """23:30 UTC on 31 March is 00:30 on 1 April in Dublin, where summer time has begun."""
    world.add("change", title="late", deployed_at=datetime(2025, 3, 31, 23, 30))
    march, april = (period(name, "Europe/Dublin") for name in ("2025-03", "2025-04"))
    found = markers.markers(world.facts(), Scope(), [march, april])
    assert [mark.day for mark in found] == [date(2025, 4, 1)]
    assert markers.within(found, march, "mttr") == []
    assert markers.within(found, april, "mttr") == list(found)
    assert markers.markers(world.facts(), Scope(), [march]) == ()


def test_a_scope_of_products_keeps_their_marks_and_those_of_none(world: World) -> None:
    for title, product in (("ours", "Ledger"), ("theirs", "Gate"), ("everybody's", None)):
        world.add("change", title=title, product=product, deployed_at=datetime(2025, 3, 5))
    found = markers.markers(world.facts(), Scope.of({"product": ["Ledger"]}), [period("2025-03")])
    assert {mark.text for mark in found} == {"ours", "everybody's"}


def test_all_of_time_has_no_marks(world: World) -> None:
    world.add("change", title="x", deployed_at=datetime(2025, 3, 5))
    assert markers.markers(world.facts(), Scope(), [period("all")]) == ()


def test_a_note_on_one_kpi_marks_no_other() -> None:
    note = Marker(date(2025, 3, 5), Kind.NOTE, "We changed the macro", "csat")
    assert markers.within([note], period("2025-03"), "csat") == [note]
    assert markers.within([note], period("2025-03"), "mttr") == []


def test_many_are_told_as_a_number() -> None:
    many = [Marker(date(2025, 3, day), Kind.RELEASE, f"release {day}") for day in range(1, 8)]
    assert markers.counted(many) == "7 releases"
    assert markers.counted([*many, Marker(date(2025, 3, 9), Kind.INCIDENT, "down")]) == "7 releases, 1 incident"
    assert markers.counted([]) == ""


def story_of(world: World, marks: list[Marker], months: list[str]) -> Story:
    asked = [period(name) for name in months]
    found = readings.read(world.facts(), kpis.named(["tickets_created"]), Scope(), asked)
    return Story.of(asked[-1], found, None, marks)


def test_a_mark_is_drawn_on_its_period_and_named_in_the_table(world: World) -> None:
    for month in (1, 2, 3, 4, 5):
        world.add("ticket", created_at=datetime(2025, month, 5))
    months = [f"2025-0{month}" for month in range(1, 6)]
    nasty = Marker(date(2025, 3, 5), Kind.INCIDENT, "<img src=x>")
    story = story_of(world, [nasty], months)
    figure = _drawn(story)
    (line,) = figure.layout.shapes
    assert (line.x0, line.x1) == ("2025-03-01", "2025-03-01")
    marks = figure.data[-1]
    assert list(marks.x) == ["2025-03-01"]
    assert figure.layout[f"yaxis{marks.yaxis[1:]}"].range == (0, 1)  # a mark outside its range is not drawn
    assert list(marks.y) == [0.5]
    assert "&lt;img src=x&gt;" in marks.hovertext[0]
    assert "<img" not in marks.hovertext[0]
    assert list(exhibit.marks_table({"x": story})["Name"]) == ["<img src=x>"]
    assert "Marked: ◆ 1 incident." in exhibit.trend_words({"x": story})
    assert findings.marked(story) in _alt(story)


def test_releases_of_every_period_draw_no_fence(world: World) -> None:
    for month in (1, 2, 3, 4):
        world.add("ticket", created_at=datetime(2025, month, 5))
    marks = [Marker(date(2025, month, day), Kind.RELEASE, "r") for month in (1, 2, 3, 4) for day in range(1, 9)]
    marks.append(Marker(date(2025, 2, 3), Kind.UNDONE, "broke"))
    figure = _drawn(story_of(world, marks, [f"2025-0{month}" for month in range(1, 5)]))
    assert [line.x0 for line in figure.layout.shapes] == ["2025-02-01"]  # only what is out of the ordinary
    assert "8 releases, 1 change that failed or was rolled back" in figure.data[-1].hovertext[1]
    assert "and 3 more in the table" in figure.data[-1].hovertext[1]
    assert charts_marks.mark_words(story_of(world, marks, ["2025-02"]).now, marks[-1:]).count("<br>") == 1


def _drawn(story: Story):  # type: ignore[no-untyped-def]
    from dashboard import charts_trend

    return charts_trend.trend({"created": story})


def _alt(story: Story) -> str:
    from dashboard import charts_trend

    return charts_trend.describe("Tickets created", {"created": story})


def test_periods_without_days_hold_what_has_one() -> None:
    mark = Marker(date(2025, 3, 5), Kind.NOTE, "x")
    assert markers.within([mark], Period(None, None), "mttr") == [mark]


def test_incidents_of_nearly_every_period_draw_no_fence_either(world: World) -> None:
    for month in (1, 2, 3, 4):
        world.add("ticket", created_at=datetime(2025, month, 5))
    marks = [Marker(date(2025, month, 3), Kind.INCIDENT, "down") for month in (1, 2, 3)]
    figure = _drawn(story_of(world, marks, [f"2025-0{month}" for month in range(1, 5)]))
    assert not figure.layout.shapes
    assert list(figure.data[-1].x) == ["2025-01-01", "2025-02-01", "2025-03-01"]
