"""What two open dashboards for help desks get wrong, and ours must not: one test a fault, named after it.

The faults were found in the code of fivetran/streamlit_zendesk and frappe/helpdesk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from world import ENGINES, World

from dashboard import charts, charts_trend, kpis, readings, verdict
from dashboard.ask import choices, newest_telling, trend_periods
from dashboard.readings import Horizon, Reading
from dashboard.scope import Grain, Period, Scope, latest_whole
from dashboard.story import Story
from dashboard.widgets import exhibit

DAY = 24 * 60.0


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def months(count: int, until: str = "2026-01-20") -> list[Period]:
    return list(latest_whole(date.fromisoformat(until), Grain.MONTH, count))


def lived(world: World, counts: list[int], minutes: float = 600) -> list[Period]:
    """So many tickets in each of the months up to December 2025, resolved on the tenth."""
    periods = months(len(counts))
    world.add("ticket", created_at=datetime(2020, 1, 1))  # the data began long before
    for period, count in zip(periods, counts, strict=True):
        assert period.start is not None
        day = datetime.combine(period.start, datetime.min.time()) + timedelta(days=9)
        for _ in range(count):
            world.add("ticket", created_at=day, resolved_at=day, resolution_minutes=minutes)
    return periods


def line(world: World, name: str, periods: list[Period]) -> list[Reading]:
    return readings.read(world.facts(), kpis.named([name]), Scope(), periods)


# fivetran/streamlit_zendesk


def test_active_clocks_are_not_counted_as_done(world: World) -> None:
    """There: "active tickets" filters for the inactive ones. Here a clock that still runs is in no part of the share."""
    for is_met in (True, True, False, None):
        world.add("sla_clock", is_met=is_met, dated_at=datetime(2025, 3, 5))
    found = world.read("sla_compliance", "2025-03")
    assert (found.n, found.value) == (3, pytest.approx(2 / 3))


def test_one_touch_is_not_divided_by_tickets_that_are_not_solved(world: World) -> None:
    for solved in (True, True, False, False):
        day = datetime(2025, 3, 5)
        world.add("ticket", created_at=day, first_resolved_at=day if solved else None, public_replies=1)
    found = world.read("fcr", "2025-03")
    assert (found.n, found.value) == (2, 1)


def test_a_long_wait_is_not_cut(world: World) -> None:
    """There: waits are cut at 60 minutes and the last bucket is labelled in hours."""
    for minutes in (30.0, 59.0, 5 * DAY):
        world.add(
            "ticket", created_at=datetime(2025, 3, 5), resolved_at=datetime(2025, 3, 5), resolution_minutes=minutes
        )
    assert world.read("mttr", "2025-03").value == pytest.approx((30 + 59 + 5 * DAY) / 3)


def test_a_number_never_stands_without_clock_change_target_n_and_download(world: World) -> None:
    """There: calendar minutes only, no change, no target, no n, no download."""
    periods = lived(world, [40, 40])
    before, now = line(world, "mttr", periods)
    assert verdict.change(now, before) is not None
    assert now.target is not None
    table = exhibit.trend_table({"mttr": Story.alone([before, now])})
    assert list(table["n"]) == [40, 40]
    assert "95 % interval" in table.columns
    assert exhibit.csv(table).startswith(b"\xef\xbb\xbf")
    assert "clock" in kpis.catalogue()["mttr"].options


def test_the_page_does_not_open_with_a_week_that_is_not_over(world: World) -> None:
    """There: the default window ends on the Sunday after the newest row."""
    day = datetime(2026, 1, 12)
    for number in range(240):
        world.add("ticket", created_at=day, resolved_at=day + timedelta(hours=number))
    found = choices(Horizon(date(2025, 10, 1), date(2026, 1, 22), day), Grain.WEEK, "UTC", "monday")
    opened = found[newest_telling(world.facts(), found)]
    assert opened.whole
    assert opened.end is not None
    assert opened.end <= date(2026, 1, 22)


# frappe/helpdesk


@pytest.mark.parametrize("week_start", ["monday", "sunday"])
@pytest.mark.parametrize("grain", [Grain.DAY, Grain.WEEK])
def test_comparison_windows_are_of_one_length(grain: Grain, week_start: str) -> None:
    """There: seven days are compared with the six before."""
    for period in latest_whole(date(2026, 4, 20), grain, 30, "Europe/Dublin", week_start):
        previous = period.previous()
        assert previous is not None
        assert previous.end == period.start  # nothing between them, nothing in both
        assert _days(previous) == _days(period)


def test_days_chosen_by_hand_are_compared_with_as_many() -> None:
    for length in (1, 6, 7, 31):
        period = Period(date(2026, 3, 2), date(2026, 3, 2) + timedelta(days=length), Grain.ALL)
        previous = period.previous()
        assert previous is not None
        assert previous.end == period.start
        assert _days(previous) == length


@pytest.mark.parametrize(("grain", "count"), [(Grain.MONTH, 24), (Grain.QUARTER, 8)])
def test_months_and_quarters_are_compared_whole(grain: Grain, count: int) -> None:
    for period in latest_whole(date(2026, 4, 20), grain, count):
        previous = period.previous()
        assert previous is not None
        assert previous in latest_whole(date(2026, 4, 20), grain, count + 1)


def _days(period: Period) -> int:
    assert period.start is not None
    assert period.end is not None
    return (period.end - period.start).days


def test_an_open_ticket_past_its_due_time_is_missed(world: World) -> None:
    """There: fulfilled tickets are divided by resolved ones, so what is open and overdue is in no figure."""
    world.add("sla_clock", is_met=True, dated_at=datetime(2025, 3, 5), met_at=datetime(2025, 3, 5))
    world.add("sla_clock", is_met=False, dated_at=datetime(2025, 3, 5), met_at=None)
    assert world.read("sla_compliance", "2025-03").value == 0.5


def test_times_are_not_rounded_before_they_are_averaged(world: World) -> None:
    """There: each ticket is rounded up to whole days first, and 30 and 90 minutes average one day."""
    for minutes in (30.0, 90.0):
        world.add(
            "ticket", created_at=datetime(2025, 3, 5), resolved_at=datetime(2025, 3, 5), resolution_minutes=minutes
        )
    assert world.read("mttr", "2025-03").value == 60


def test_a_count_does_not_stand_on_a_percent_axis(world: World) -> None:
    """There: a count of fulfilled tickets is drawn on an axis titled "% SLA", fixed at 0 to 100."""
    periods = lived(world, [300, 320, 310])
    count = charts_trend.trend({"created": Story.alone(line(world, "tickets_created", periods))})
    assert count.layout.yaxis.ticksuffix == ""
    assert count.layout.yaxis.range is None
    points = [value for trace in count.data for value in trace.y if value is not None]
    assert max(points) >= 320


def test_a_share_stands_on_an_axis_of_percent(world: World) -> None:
    periods = months(3)
    for period in periods:
        assert period.start is not None
        for is_met in (True, True, False):
            world.add("sla_clock", is_met=is_met, dated_at=datetime.combine(period.start, datetime.min.time()))
    share = charts_trend.trend({"SLA": Story.alone(line(world, "sla_compliance", periods))})
    assert share.layout.yaxis.ticksuffix == " %"


def test_lines_of_two_units_are_never_drawn_as_one(world: World) -> None:
    periods = lived(world, [30, 30])
    lines = {name: Story.alone(line(world, name, periods)) for name in ("tickets_created", "mttr")}
    with pytest.raises(ValueError, match="one unit"):
        charts_trend.trend(lines)


def test_history_is_not_rewritten_by_todays_status(world: World, tmp_path: Path) -> None:
    """There: open and closed by creation date follow today's status, so last month changes every day."""
    later = World(world.kind, tmp_path)
    for facts, ended in ((world, None), (later, datetime(2025, 3, 20))):
        facts.add("ticket", ticket_id="a", created_at=datetime(2025, 2, 5), status="resolved" if ended else "open")
        facts.add("open_spell", ticket_id="a", opened_at=datetime(2025, 2, 5), ended_at=ended)
    for name, value in (("backlog", 1), ("tickets_created", 1)):
        assert [facts.read(name, "2025-02").value for facts in (world, later)] == [value, value], name
    assert [facts.read("backlog", "2025-03").value for facts in (world, later)] == [1, 0]
    later.close()


def test_there_is_more_than_an_average(world: World) -> None:
    """There: averages only; no median, n, target or export."""
    known = kpis.catalogue()
    assert {"mttr", "mttr_median", "mttr_p90"} <= set(known)


# part periods, of which both make a collapse


def test_a_part_period_is_in_no_line_no_change_and_no_limit(world: World) -> None:
    periods = lived(world, [100, 101, 99, 100, 102, 98, 100, 101, 99, 100, 101, 99])
    running = Period(date(2026, 1, 1), date(2026, 2, 1), Grain.MONTH, whole=False)
    world.add("ticket", created_at=datetime(2026, 1, 2), resolved_at=datetime(2026, 1, 2), resolution_minutes=600.0)
    past = line(world, "tickets_created", [*periods, running])
    story = Story(past[-2], tuple(past))
    assert running not in [reading.period for reading in charts.drawn(past)]
    assert running not in [reading.period for reading in story.weighed.past]
    assert verdict.change(past[-1], past[-2]) is None
    assert past[-1].verdict == verdict.Verdict.SO_FAR
    assert story.weighed.behaviour.is_stable  # one ticket in January would lie far below the lower limit


def test_a_first_period_the_data_only_began_in_is_no_part_of_the_line(world: World) -> None:
    horizon = Horizon(date(2025, 3, 12), date(2026, 1, 20), datetime(2026, 1, 20))
    periods = trend_periods(months(1)[0], horizon)
    assert periods[0].start == date(2025, 4, 1)
    whole = lived(world, [40, 40])
    cut = [replace(reading, data_from=date(2025, 11, 12)) for reading in line(world, "mttr", whole)]
    assert [reading.period for reading in Story.alone(cut).weighed.past] == whole[1:]
