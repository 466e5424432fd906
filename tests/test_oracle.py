"""Every KPI against the plain-Python oracle, on worlds nobody thought of, on each engine."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from oracle import Answer, Question, expected
from world import ENGINES, World

from dashboard import kpis, readings
from dashboard.kpis.options import CHOICES, Options
from dashboard.readings import Reading
from dashboard.scope import Grain, Period, Scope, periods

#: Zones whose clocks change in the weeks below; in São Paulo and Havana the change is at midnight itself.
ZONES = ("UTC", "Europe/Dublin", "America/New_York", "America/Sao_Paulo", "America/Havana", "Asia/Kathmandu")
FIRST, LAST = date(2018, 10, 22), date(2018, 11, 12)
TEAMS = ("Billing", "Infra", None)

#: Moments near midnight somewhere, to the microsecond, and any others.
moments = st.one_of(
    st.builds(
        lambda day, hour, off: datetime(2018, 10, 20) + timedelta(days=day, hours=hour, microseconds=off),
        st.integers(0, 28),
        st.integers(0, 23),
        st.sampled_from([-1, 0, 1, 499_999, 59_200_000, -500]),
    ),
    st.datetimes(datetime(2018, 10, 15), datetime(2018, 11, 20)),
)
minutes = st.one_of(st.sampled_from([0.0, 60.0, 1440.0, 90.25]), st.floats(0, 1e5, allow_nan=False, width=32))
days = st.sampled_from([0.5, 6.999, 7.0, 7.001, 13.9, 14.0, 14.5, 30.0, 89.9, 90.0, 91.0])
count = st.integers(0, 3)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


DURATIONS = [
    *("resolution_active", "first_reply_active", "response", "response_business", "response_active"),
    *("first_resolution", "first_resolution_business", "first_resolution_active", "open_business", "open_active"),
]
TURNS = ("with_us", "unowned", "with_customer", "with_other")
SIGNALS = ["signal_history", "signal_note", "signal_link", "signal_pickup", "words_reread"]

ticket = st.fixed_dictionaries(
    {
        "team": st.sampled_from(TEAMS),
        "priority": st.sampled_from(("high", "low", None)),
        "created_at": maybe(moments),
        "first_resolved_at": maybe(moments),
        "resolved_at": maybe(moments),
        "observed_until": maybe(moments),
        "resolution_minutes": maybe(minutes),
        "resolution_business_minutes": maybe(minutes),
        **{f"{name}_minutes": maybe(minutes) for name in DURATIONS},
        "closed_at": maybe(moments),
        "ticket_type": st.sampled_from(("incident", "question", None)),
        "requester": st.sampled_from(("ann", "bo", None)),
        "responses": maybe(count),
        "repliers": maybe(count),
        "owners": maybe(count),
        "customer_followups": maybe(count),
        "first_reply_minutes": maybe(minutes),
        "first_reply_business_minutes": maybe(minutes),
        "days_observed": maybe(days),
        "days_to_reopen": maybe(days),
        "days_to_next_contact": maybe(days),
        "open_days": maybe(days),
        "public_replies": maybe(count),
        "reopens": maybe(count),
        "teams": maybe(count),
        "escalated": st.sampled_from(("yes", "no", None)),
        "excluded_because": st.sampled_from((None, None, None, "spam")),
        "is_outbound": st.sampled_from((False, False, True)),
        "is_bot_only": st.sampled_from((False, False, True)),
        "is_closed_without_resolve": st.booleans(),
        "is_auto_closed": st.sampled_from((False, False, True)),
        "escalated_at": maybe(moments),
        "engineering_minutes": maybe(minutes),
        "first_resolution_minutes": maybe(minutes),
        "occurrence_id": maybe(st.sampled_from(("occurrence:1", "occurrence:2", "occurrence:9"))),
        "handoffs": maybe(st.integers(0, 4)),
        "people": maybe(st.integers(0, 5)),
        "returns": maybe(count),
        "customer_repeats": maybe(count),
        "tier_reached": maybe(st.integers(0, 4)),
        "linked_systems": maybe(count),
        "claim": st.sampled_from((None, "none", "proven", "unproven")),
        "first_team": st.sampled_from(TEAMS),
        "account": st.sampled_from(("Larkspur", None)),
        **{f"{turn}{kind}_minutes": maybe(minutes) for turn in TURNS for kind in ("", "_business")},
        **{name: maybe(count) for name in SIGNALS},
    }
)
ticket_ids = maybe(st.integers(1, 6).map(lambda number: f"ticket:{number}"))
survey = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(("csat", "nps", "ces")),
        "ticket_id": ticket_ids,
        "score": maybe(st.integers(0, 10).map(float)),
        "scale_low": st.sampled_from((0.0, 1.0)),
        "scale_high": st.sampled_from((10.0, 5.0)),
        "score_share": maybe(st.sampled_from([0.0, 0.5, 0.7499, 0.75, 1.0])),
        "sent_at": maybe(moments),
        "answered_at": maybe(moments),
        "is_latest_on_ticket": st.booleans(),
        "is_latest_in_quarter": st.booleans(),
        "is_first_on_ticket": st.booleans(),
        "higher_is_better": maybe(st.booleans()),
        "hours_to_follow_up": maybe(st.sampled_from((0.5, 48.0, 48.5))),
        "hours_observed": maybe(st.sampled_from((10.0, 47.5, 48.0, 900.0))),
    }
)
clock = st.fixed_dictionaries(
    {
        "ticket_id": ticket_ids.map(lambda name: name or "?"),
        "dated_at": maybe(moments),
        "is_met": maybe(st.booleans()),
        "clock": st.sampled_from(("first_reply", "next_reply", "resolution")),
        "is_last_cycle": st.booleans(),
    }
)
spell = st.fixed_dictionaries(
    {
        "ticket_id": ticket_ids.map(lambda name: name or "?"),
        "opened_at": moments,
        "ended_at": maybe(st.timedeltas(timedelta(0), timedelta(days=9))),
    }
).map(lambda row: {**row, "ended_at": None if row["ended_at"] is None else row["opened_at"] + row["ended_at"]})
handoff = st.fixed_dictionaries(
    {
        "ticket_id": ticket_ids.map(lambda name: name or "?"),
        "occurred_at": maybe(moments),
        "has_note": maybe(st.booleans()),
        "is_warm": maybe(st.booleans()),
        "minutes": maybe(minutes),
        "ended_by": st.sampled_from(("acted", "acted", "moved", "done", None)),
    }
)
quiet = st.fixed_dictionaries(
    {
        "ticket_id": ticket_ids.map(lambda name: name or "?"),
        "quiet_from": maybe(moments),
        "lost_at": maybe(moments),
        "found_at": maybe(moments),
    }
).map(lambda row: {**row, "found_at": row["found_at"] and max(row["found_at"], row["lost_at"] or row["found_at"])})
occurrence = st.fixed_dictionaries(
    {
        "first_ticket_id": ticket_ids,
        "started_at": maybe(moments),
        "days_since_previous": maybe(days),
        "number": maybe(st.integers(1, 4)),
    }
)
#: An occurrence has one fix at most here, so that a drill by occurrence lists as many as were counted.
fix = st.fixed_dictionaries(
    {
        "first_ticket_id": ticket_ids,
        "occurrence_id": st.integers(1, 99).map("occurrence:{}".format),
        "fixed_at": maybe(moments),
        "days_to_return": maybe(days),
        "days_observed": maybe(days),
    }
)
#: A ticket is of one issue at most.
issue_ticket = st.fixed_dictionaries(
    {
        "ticket_id": ticket_ids.map(lambda name: name or "?"),
        "issue_key": st.sampled_from(("problem 1", "problem 2")),
        "account": st.sampled_from(("Larkspur", "Sedge", None)),
        "created_at": maybe(moments),
        "account_occurrence": maybe(st.integers(1, 4)),
        "repeat_of": st.sampled_from(("ticket:1", None)),
        "days_since_solved": maybe(days),
    }
)
review = st.fixed_dictionaries(
    {
        "ticket_id": ticket_ids,
        "score_share": maybe(st.sampled_from((0.0, 0.3, 1.0))),
        "reviewed_at": maybe(st.sampled_from((datetime(2018, 10, 28, 23, 30), datetime(2018, 11, 4, 5)))),
    }
)
#: One row a ticket at most; ``open_minutes`` is what the states add up to, ``done_minutes`` apart.
STATES = ("waiting_customer", "waiting_other", "first_queue", "handoff_queue", "reinvestigation")
states = st.fixed_dictionaries(
    {
        "ticket_id": ticket_ids.filter(bool),
        **{f"{state}_minutes": minutes for state in (*STATES, "first_investigation", "working", "done")},
    }
).map(lambda row: row | {"open_minutes": sum(value for name, value in row.items() if name[:4] not in ("done", "tick"))})
escalation = st.fixed_dictionaries(
    {
        "ticket_id": ticket_ids.map(lambda name: name or "?"),
        "escalated_at": maybe(moments),
        "resolved_at": maybe(moments),
        "sent": maybe(st.integers(0, 2)),
        "rounds": maybe(st.integers(0, 4)),
        "with_engineering_minutes": maybe(minutes),
        "clarification_trips": maybe(count),
        "re_escalations": maybe(st.integers(0, 2)),
        "path": st.sampled_from(("followed", "skipped", "elsewhere", None)),
        "ended": st.sampled_from(("fix", "workaround", None)),
        "issue_evidence": st.sampled_from(("problem", "single", None)),
        "days_to_return": maybe(days),
        "days_observed": maybe(days),
        "solved_before": st.sampled_from(("ticket:1", None)),
    }
)
hierarchical = st.fixed_dictionaries(
    {"ticket_id": ticket_ids.map(lambda name: name or "?"), "raised_at": maybe(moments)}
)
rows = st.fixed_dictionaries(
    {
        "ticket_tax": st.lists(states, max_size=6, unique_by=lambda row: row["ticket_id"]),
        # One row a ticket.
        "escalation": st.lists(escalation, max_size=8, unique_by=lambda row: row["ticket_id"]),
        "hierarchical_escalation": st.lists(hierarchical, max_size=3, unique_by=lambda row: row["ticket_id"]),
        "ticket": st.lists(ticket, max_size=25),
        "survey": st.lists(survey, max_size=10),
        "sla_clock": st.lists(clock, max_size=6),
        "open_spell": st.lists(spell, max_size=8),
        "handoff": st.lists(handoff, max_size=8),
        "quiet_spell": st.lists(quiet, max_size=6),
        "occurrence": st.lists(occurrence, max_size=6),
        "fix": st.lists(fix, max_size=6, unique_by=lambda row: row["occurrence_id"]),
        "issue_ticket": st.lists(issue_ticket, max_size=8, unique_by=lambda row: row["ticket_id"]),
        "review": st.lists(review, max_size=6),
    }
)
#: Days that lie at the edges of ``days`` above; of any other option every value.
NUMBERS = {"window_days": (1, 7, 14, 30), "reopen_days": (7, 14), "repeat_days": (30, 90), "within_days": (1, 7)}
options = st.builds(
    Options,
    **{
        name: st.sampled_from(NUMBERS[name] if choice.numbers is not None else tuple(choice.words))
        for name, choice in CHOICES.items()
    },  # type: ignore[arg-type]
)
filters = st.sampled_from(
    [
        {},
        {},
        {},
        {"team": ["Billing"]},
        {"source": ["desk"]},
        {"account": ["Larkspur"]},
        {"team": ["Billing", "Infra"], "priority": ["high"]},
        {"escalated": ["yes"]},
    ]
)
#: Those cut by what is known of a ticket; the others are asked in ``test_oracle_register``.
TICKET_KPIS = [kpi for kpi in kpis.catalogue().values() if kpi.cuts is None]
asked = st.one_of(
    st.builds(lambda zone: periods(FIRST, LAST, Grain.WEEK, zone), st.sampled_from(ZONES)),
    st.builds(lambda zone: periods(date(2018, 11, 1), date(2018, 11, 8), Grain.DAY, zone), st.sampled_from(ZONES)),
    # Overlapping and touching, with all of time among them.
    st.builds(
        lambda zone: (
            Period(None, None, Grain.ALL, zone),
            *periods(date(2018, 10, 1), date(2018, 12, 1), Grain.MONTH, zone),
            *periods(FIRST, LAST, Grain.WEEK, zone),
        ),
        st.sampled_from(ZONES),
    ),
)


@pytest.mark.parametrize("engine", ENGINES)
@settings(
    max_examples=20,
    deadline=None,
    # Worlds are large and each is a database: a failing one is printed as found rather than shrunk for minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    rows=rows,
    asked=asked,
    filters=filters,
    by=st.sampled_from([(), (), ("team",), ("team", "priority")]),
    options=options,
)
def test_every_kpi_agrees_with_the_oracle(
    engine: str,
    rows: dict[str, list[dict[str, Any]]],
    asked: tuple[Period, ...],
    filters: dict[str, list[str]],
    by: tuple[str, ...],
    options: Options,
) -> None:
    with TemporaryDirectory() as folder:
        world = World(engine, Path(folder))
        for table, some in rows.items():
            for row in some:
                world.add(table, **row)
        found = readings.read(world.facts(), TICKET_KPIS, Scope.of(filters), asked, by=by, options=options)
        world.close()
    assert {reading.kpi.name for reading in found} == {kpi.name for kpi in TICKET_KPIS}
    for reading in found:
        wanted = {name: tuple(values) for name, values in filters.items()}
        period = reading.period
        question = Question(period.start, period.end, period.timezone, wanted, reading.group, options)
        assert_agrees(reading, expected(reading.kpi.name, world.rows, question))
    if by:
        assert_no_group_is_lost(found, world, filters, by, options)


def assert_agrees(reading: Reading, answer: Answer) -> None:
    where = f"{reading.kpi.name} {reading.period} {reading.group}: {reading}"
    assert reading.immature == answer.immature, where
    if answer.value is None:
        assert reading.value is None, where
        assert reading.reason, where
        return
    assert reading.n == answer.n, where
    assert reading.value == pytest.approx(answer.value, rel=1e-9, abs=1e-9), where
    if reading.kpi.statistic.shape == "ranked":
        assert (reading.low, reading.high) == (answer.low, answer.high), where


def assert_no_group_is_lost(
    found: list[Reading], world: World, filters: dict[str, list[str]], by: tuple[str, ...], options: Options
) -> None:
    """The groups of a cut add up to what the oracle counts without it."""
    for name in (kpi.name for kpi in TICKET_KPIS):
        for period in {reading.period for reading in found}:
            wanted = {key: tuple(values) for key, values in filters.items()}
            whole = expected(name, world.rows, Question(period.start, period.end, period.timezone, wanted, (), options))
            if whole.value is not None:
                parts = [reading.n for reading in found if reading.kpi.name == name and reading.period == period]
                assert sum(parts) == whole.n, f"{name} {period} by {by}"


@pytest.mark.parametrize("engine", ENGINES)
@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(rows=rows, asked=asked, filters=filters, by=st.sampled_from([(), ("team",)]), options=options)
def test_the_tickets_behind_a_reading_are_as_many_as_it_counted(
    engine: str,
    rows: dict[str, list[dict[str, Any]]],
    asked: tuple[Period, ...],
    filters: dict[str, list[str]],
    by: tuple[str, ...],
    options: Options,
) -> None:
    with TemporaryDirectory() as folder:
        world = World(engine, Path(folder))
        for table, some in rows.items():
            for row in some:
                world.add(table, **row)
        known, scope = kpis.catalogue(), Scope.of(filters)
        for reading in readings.read(world.facts(), TICKET_KPIS, scope, asked[:1], by=by, options=options):
            if reading.value is None:
                continue
            drill = readings.tickets(
                world.facts(), known[reading.kpi.name], scope, reading.period, reading.group, options=options
            )
            behind = drill["occurrence_id"].nunique() if "occurrence_id" in drill else len(drill)
            assert behind == reading.n, reading
            if "counts_towards" in drill and "occurrence_id" not in drill:
                assert (drill["counts_towards"] == "yes").sum() == reading.events, reading
        world.close()
