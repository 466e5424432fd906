"""The KPIs of the register whose facts are no tickets, against the oracle: incidents, sessions, votes, days, figures."""

from __future__ import annotations

import itertools
from datetime import date, datetime, time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from oracle import Question, Row, expected
from oracle_register import DURATIONS, SHARES
from test_oracle import assert_agrees, count, maybe, minutes, moments, ticket, ticket_ids
from world import ENGINES, World

from dashboard import kpis, readings
from dashboard.kpis.entered import ROSTER
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.options import DEFAULTS
from dashboard.readings import Reading
from dashboard.scope import Grain, Period, Scope, periods

sources = st.sampled_from(("desk", "pager"))
incident = st.fixed_dictionaries(
    {
        "source": sources,
        "severity": st.sampled_from(("sev1", "sev1", "sev2", None)),
        **{name: maybe(moments) for name in ("started_at", "resolved_at", "postmortem_at")},
        **{name: maybe(minutes) for name in ("detection_minutes", "engagement_minutes")},
        "postmortem_minutes": maybe(st.sampled_from((0.0, 4319.0, 4320.0, 4321.0))),
        "minutes_observed": maybe(st.sampled_from((4319.0, 4320.0))),
    }
)
vote = st.fixed_dictionaries({"source": sources, "voted_at": maybe(moments), "is_helpful": maybe(st.booleans())})
session = st.fixed_dictionaries(
    {
        "source": sources,
        "account": st.sampled_from(("Larkspur", None)),
        "outcome": st.sampled_from(("resolved", "handed over", "abandoned", None)),
        "ticket_id": ticket_ids,
        "started_at": maybe(moments),
        **{
            name: maybe(st.sampled_from((0.0, 23.9, 24.0, 24.1, 167.0, 168.0, 169.0)))
            for name in ("hours_to_ticket", "hours_to_next_contact", "hours_observed")
        },
    }
)
agent_day = st.fixed_dictionaries({"worked_at": maybe(moments), "public_replies": count, "resolved": count})
worklog = st.fixed_dictionaries(
    {"ticket_id": ticket_ids.map(lambda name: name or "?"), "occurred_at": maybe(moments), "minutes": maybe(minutes)}
)
employed = st.dates(date(2017, 9, 1), date(2018, 11, 30)).map(lambda day: datetime.combine(day, time()))
agent = st.fixed_dictionaries(
    {
        "role": st.sampled_from(("agent", "agent", "engineering")),
        "started_at": maybe(employed),
        "left_at": maybe(employed),
    }
)
#: Months, a month in two halves that overlap, weeks: stretches that tile the periods asked for, or nearly.
STRETCHES = [
    (date(2018, 10, 1), date(2018, 11, 1)),
    (date(2018, 11, 1), date(2018, 12, 1)),
    (date(2018, 10, 1), date(2018, 10, 15)),
    (date(2018, 10, 1), date(2018, 10, 20)),
    (date(2018, 10, 15), date(2018, 11, 1)),
    (date(2018, 10, 20), date(2018, 11, 1)),
    (date(2018, 10, 22), date(2018, 10, 29)),
    (date(2018, 10, 29), date(2018, 11, 5)),
]
METRICS = sorted(
    {name for kpi in kpis.catalogue().values() for name in getattr(kpi.statistic, "metrics", ())} - {ROSTER}
)


def _figure(metric: str, segment: str | None, unit: str | None, value: float, stretch: tuple[date, date]) -> Row:
    start, end = (datetime.combine(day, time()) for day in stretch)
    told = {"metric": metric, "segment": segment, "unit": unit, "value": value}
    return {**told, "period_start": start, "period_end": end}


def _unit(metric: str, chance: Random) -> str | None:
    """Mostly the right one."""
    if chance.random() < 0.08:
        return chance.choice(("%", "hours", "EUR", None))
    if metric in SHARES:
        return chance.choice(("%", "fraction"))
    return chance.choice(("hours", "days")) if metric in (*DURATIONS, "ramp_days") else "hours"


def _year(metric: str, chance: Random) -> list[Row]:
    """The twelve months up to October 2018, now and then all but one of them."""
    starts = [date(2017 + (10 + n) // 12, (10 + n) % 12 + 1, 1) for n in range(13)]
    months = list(itertools.pairwise(starts))
    if chance.random() < 0.2:
        months.pop(chance.randrange(12))
    return [_figure(metric, None, "people", chance.choice((0.0, 3.0, 20.0)), month) for month in months]


def _told(seed: int) -> list[Row]:
    """Many figures, as chance would have them; of one metric, segment and stretch one, as the facts hold them."""
    chance = Random(seed)
    found = [
        _figure(metric, segment, _unit(metric, chance), chance.choice((0.0, 1.0, 4.0, 20.0, 96.5)), stretch)
        for metric in METRICS
        for stretch in STRETCHES
        for segment, share in ((None, 0.4), ("Dublin", 0.1), ("Lisbon", 0.1))
        if metric not in ("leavers", "promotions", "handled_hours") and chance.random() < share
    ]
    # Worklogs stand in where nobody enters handled hours, and a roster where nobody enters leavers.
    for metric, share in (("headcount", 0.7), ("leavers", 0.5), ("promotions", 0.7)):
        found += _year(metric, chance) if chance.random() < share else []
    if chance.random() < 0.5:
        found += [_figure("handled_hours", None, "hours", 4.0, stretch) for stretch in STRETCHES[:3]]
    keys = ("metric", "segment", "period_start", "period_end")
    return list({tuple(row[key] for key in keys): row for row in found}.values())


figures = st.integers(0, 2**32).map(_told)

tickets = st.lists(ticket, max_size=8)
others = st.fixed_dictionaries(
    {
        "ticket": tickets,
        "incident": st.lists(incident, min_size=4, max_size=10),
        "article_vote": st.lists(vote, min_size=4, max_size=8),
        "self_service": st.lists(session, min_size=4, max_size=12),
        "agent_day": st.lists(agent_day, min_size=4, max_size=8),
    }
)
entered = st.fixed_dictionaries(
    {
        "ticket": tickets,
        "worklog": st.lists(worklog, min_size=1, max_size=4),
        "agent": st.lists(agent, min_size=2, max_size=5),
        "figure": figures,
    }
)
asked = st.builds(
    lambda zone: (
        Period(None, None, Grain.ALL, zone),
        *periods(date(2018, 10, 1), date(2018, 12, 1), Grain.MONTH, zone),
        *periods(date(2018, 10, 22), date(2018, 11, 5), Grain.WEEK, zone),
    ),
    st.sampled_from(("UTC", "America/Havana", "Asia/Kathmandu")),
)
ENTERED = [kpi for kpi in kpis.catalogue().values() if kpi.statistic.shape == "entered"]
OTHERS = [kpi for kpi in kpis.catalogue().values() if kpi.cuts is not None and kpi not in ENTERED]
no_shrinking = settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def checked(
    engine: str,
    rows: dict[str, list[dict[str, Any]]],
    some: list[Kpi],
    asked: tuple[Period, ...],
    filters: dict[str, list[str]] | None = None,
    by: tuple[str, ...] = (),
) -> list[Reading]:
    """Readings that agree with the oracle; the rows behind each are as many as it counted."""
    wanted = {name: tuple(values) for name, values in (filters or {}).items()}
    with TemporaryDirectory() as folder:
        world = World(engine, Path(folder))
        for table, given_rows in rows.items():
            for row in given_rows:
                world.add(table, **row)
        scope = Scope.of(filters or {})
        found = readings.read(world.facts(), some, scope, asked, by=by)
        for reading in found:
            period = reading.period
            question = Question(period.start, period.end, period.timezone, wanted, reading.group, DEFAULTS)
            assert_agrees(reading, expected(reading.kpi.name, world.rows, question))
            if reading.value is not None and reading.kpi.statistic.shape != "entered" and period is asked[-1]:
                behind = readings.tickets(world.facts(), reading.kpi, scope, period, reading.group)
                assert len(behind) == reading.n, reading
        world.close()
    return found


@pytest.mark.parametrize("engine", ENGINES)
@no_shrinking
@given(
    rows=others,
    asked=asked,
    filters=st.sampled_from([{}, {}, {"source": ["desk"]}, {"account": ["Larkspur"]}, {"team": ["Billing"]}]),
    by=st.sampled_from([(), (), ("source",), ("team",)]),
)
def test_what_is_no_ticket_agrees_with_the_oracle(
    engine: str,
    rows: dict[str, list[dict[str, Any]]],
    asked: tuple[Period, ...],
    filters: dict[str, list[str]],
    by: tuple[str, ...],
) -> None:
    for reading in checked(engine, rows, OTHERS, asked, filters, by):
        cuts = reading.kpi.cuts or {}
        if not {*filters, *by} <= set(cuts):
            assert reading.value is None


@pytest.mark.parametrize("engine", ENGINES)
@no_shrinking
@given(rows=entered, asked=asked)
def test_what_is_entered_agrees_with_the_oracle(
    engine: str, rows: dict[str, list[dict[str, Any]]], asked: tuple[Period, ...]
) -> None:
    for reading in checked(engine, rows, ENTERED, asked):
        assert (reading.low, reading.high) == (None, None)
        assert reading.interval in ("entered, no interval", "95 % confidence interval")
