"""What a trend draws of its intervals: a band where periods stand side by side, a stroke where one stands alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import plotly.graph_objects as go
import pytest
from world import World, period

from dashboard import charts_trend, kpis, readings
from dashboard.palette import palette
from dashboard.readings import Reading
from dashboard.scope import Scope
from dashboard.story import Story

MONTHS = [f"2025-0{month}" for month in range(1, 6)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    built = World("duckdb", tmp_path)
    yield built
    built.close()


def kept_in(world: World, months: Sequence[int]) -> list[Reading]:
    """Target clocks of five months, two of three kept in each of these, and no clock in the others."""
    for month in months:
        for is_met in (True, True, False):
            world.add("sla_clock", is_met=is_met, dated_at=datetime(2025, month, 5))
    asked = [period(month) for month in MONTHS]
    return readings.read(world.facts(), kpis.named(["sla_compliance"]), Scope(), asked)


def bands(figure: go.Figure) -> list[list[str]]:
    """The periods of each band."""
    return [[day[:7] for day in trace.x] for trace in figure.data if trace.fill == "tonexty"]


def strokes(figure: go.Figure) -> list[go.Scatter]:
    return [trace for trace in figure.data if trace.line.color == palette(False).band]


def test_a_period_alone_has_its_interval_as_a_stroke(world: World) -> None:
    found = kept_in(world, [3])
    figure = charts_trend.trend({"SLA": Story.alone(found)})
    assert bands(figure) == []
    (stroke,) = strokes(figure)
    assert [day[:7] for day in stroke.x] == ["2025-03", "2025-03"]
    assert found[2].low is not None
    assert found[2].high is not None
    assert list(stroke.y) == [pytest.approx(100 * found[2].low), pytest.approx(100 * found[2].high)]


def test_a_band_is_broken_where_there_is_no_reading(world: World) -> None:
    figure = charts_trend.trend({"SLA": Story.alone(kept_in(world, [1, 2, 4, 5]))})
    assert bands(figure) == [["2025-01", "2025-02"], ["2025-04", "2025-05"]]
    assert strokes(figure) == []
