"""What is read in one statement is what each KPI reads alone: definitions side by side, quantiles, stocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from world import ENGINES, World, period

from dashboard import kpis, readings
from dashboard.engine import Facts
from dashboard.kpis.alternatives import of_the_field
from dashboard.kpis.options import DEFAULTS, Options
from dashboard.kpis.pace import WeeksOfWork
from dashboard.kpis.ranked import Quantile
from dashboard.queries import batches
from dashboard.readings import Reading
from dashboard.scope import Scope
from etl.tables import ticket

MARCH = period("2025-03")


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


@pytest.mark.parametrize("name", ["csat", "mttr"])
def test_definitions_read_together_are_those_read_alone(world: World, name: str) -> None:
    """Several definitions of one figure in one statement: the same numbers as each by itself."""
    for place in range(12):
        minutes, day = 10.0 * place**2, 1 + place
        world.add("ticket", ticket_id=f"m{place}", ticket_type=("incident", "question")[place % 2],
                  is_closed_without_resolve=place % 3 == 0, created_at=datetime(2025, 3, 1),
                  resolved_at=datetime(2025, 3, day), first_resolved_at=datetime(2025, 3, 1 + place // 2),
                  resolution_minutes=minutes, first_resolution_minutes=minutes / 2,
                  resolution_business_minutes=minutes / 3)  # fmt: skip
        world.add("survey", survey_id=f"s{place}", ticket_id=f"m{place}", kind="csat", score_share=place % 5 / 4,
                  is_first_on_ticket=place % 2 == 0, answered_at=datetime(2025, 3, day))  # fmt: skip
    facts = world.facts()
    ways = [(kpis.catalogue()[each.kpi], each.options) for each in of_the_field(name, DEFAULTS)]
    together = readings.read_chosen(facts, [readings.as_chosen(*way, facts) for way in ways], Scope(), [MARCH])
    for (kpi, options), found in zip(ways, together, strict=True):
        (alone,) = readings.read(facts, [kpi], Scope(), [MARCH], options=options)
        assert (found.n, found.value, found.low, found.high) == (alone.n, alone.value, alone.low, alone.high)
        assert (found.kpi.name, found.kpi.chosen, found.reason) == (kpi.name, alone.kpi.chosen, alone.reason)
    assert len({(found.n, found.value) for found in together}) > 3


def test_only_quantiles_of_the_same_rows_are_ranked_together() -> None:
    """Median and 90th percentile share a pass; another clock, measurement or condition does not."""
    known = kpis.catalogue()
    median, ninth = known["mttr_median"], known["mttr_p90"]
    others = [
        kpis.under("mttr_median", Options(resolve="first")),
        kpis.under("first_reply_time", Options(dated_by="resolved")),
        replace(median, among=ticket.c.team == "A"),
        replace(median, statistic=Quantile(of=ticket.c.first_reply_minutes, percent=50)),
        known["mttr"],
    ]
    assert batches([median, *others, ninth]) == [[median, ninth], *([each] for each in others)]


def test_sums_of_one_clock_and_population_are_read_together() -> None:
    known = kpis.catalogue()
    mttr, response, created = known["mttr"], known["response_time"], known["tickets_created"]
    assert batches([mttr, created, response]) == [[mttr, response], [created]]


def read(facts: Facts, *names: str) -> list[Reading]:
    months = [period(f"2025-0{month}") for month in (2, 3, 4)]
    return readings.read(facts, kpis.named(names), Scope(), months, by=["team"])


@pytest.mark.parametrize("names", [("backlog", "weeks_of_work"), ("weeks_of_work", "backlog")])
def test_a_stock_read_once_for_two_kpis_is_that_of_each(world: World, names: tuple[str, str]) -> None:
    """Team A: two come in February, one goes in March. Team B has no ticket open before April, and solved one before."""
    spells = [("a1", "A", 2, 3), ("a2", "A", 2, None), ("b1", "B", 4, None)]
    for name, team, opened, ended in spells:
        left = ended and datetime(2025, ended, 10)
        world.add("ticket", ticket_id=name, team=team, created_at=datetime(2025, opened, 5), resolved_at=left)
        world.add("open_spell", ticket_id=name, opened_at=datetime(2025, opened, 5), ended_at=left)
    world.add("ticket", ticket_id="c1", team="C", created_at=datetime(2025, 2, 5), resolved_at=datetime(2025, 2, 6))
    facts = world.facts()
    together = read(facts, *names)
    assert [told(each) for each in together] == [told(each) for name in names for each in read(facts, name)]
    open_at_ends = {(each.group[0][1], each.period.start.month): each.n for each in together if each.period.start
                    if each.kpi.name == "backlog"}  # fmt: skip
    assert open_at_ends == {("A", 2): 2, ("A", 3): 1, ("A", 4): 1, ("B", 2): 0, ("B", 3): 0, ("B", 4): 1}


def test_one_stock_at_two_paces(world: World) -> None:
    """One ticket open; one solved and two created in the 28 days the facts tell of: 4 weeks of work, or 2."""
    for name, ended in (("a1", None), ("a2", datetime(2025, 3, 10))):
        world.add("ticket", ticket_id=name, created_at=datetime(2025, 3, 4), resolved_at=ended,
                  observed_until=datetime(2025, 4, 1))  # fmt: skip
        world.add("open_spell", ticket_id=name, opened_at=datetime(2025, 3, 4), ended_at=ended)
    weeks = kpis.catalogue()["weeks_of_work"]
    assert isinstance(weeks.statistic, WeeksOfWork)
    created = replace(weeks, statistic=replace(weeks.statistic, done=kpis.catalogue()["tickets_created"]))
    found = readings.read_chosen(world.facts(), [weeks, created], Scope(), [MARCH])
    assert [each.value for each in found] == [4, 2]


def test_a_kpi_asked_for_twice_is_counted_once(world: World) -> None:
    for minutes in (10, 20, 30):
        world.add("ticket", created_at=datetime(2025, 3, 5), resolved_at=datetime(2025, 3, 6),
                  resolution_minutes=minutes)  # fmt: skip
    twice = readings.read(world.facts(), kpis.named(["mttr_censored", "mttr_censored"]), Scope(), [MARCH])
    assert [each.n for each in twice] == [3, 3]


def told(reading: Reading) -> tuple[object, ...]:
    return reading.kpi.name, reading.period, reading.group, reading.n, reading.value, reading.low, reading.high
