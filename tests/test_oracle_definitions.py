"""Every KPI by every definition on every clock against the oracle: each choice once, on one dense world."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from oracle import Answer, Question, expected
from test_oracle import FIRST, LAST, NUMBERS, TICKET_KPIS, assert_agrees, rows
from world import World

from dashboard import kpis, readings
from dashboard.kpis.options import CHOICES, Options
from dashboard.readings import Reading
from dashboard.scope import Grain, Period, Scope, periods

CLOCKS = tuple(CHOICES["clock"].words)
DEFINITIONS = [
    (name, str(word))
    for name, choice in CHOICES.items()
    if name != "clock"
    for word in (NUMBERS[name] if choice.numbers is not None else choice.words)
]
ZONE = "America/New_York"
#: Two weeks with a change of the clock between them, and everything.
ASKED = (Period(None, None, Grain.ALL, ZONE), *periods(FIRST, LAST, Grain.WEEK, ZONE)[:2])


def many() -> list[dict[str, list[dict[str, Any]]]]:
    """Worlds that the oracle's own test draws, the same each time."""
    found: list[dict[str, list[dict[str, Any]]]] = []

    @seed(3)
    @settings(max_examples=45, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(rows)
    def collect(drawn: dict[str, list[dict[str, Any]]]) -> None:
        found.append(drawn)

    collect()
    return found


def filled(some: list[dict[str, Any]], dice: Random) -> list[dict[str, Any]]:
    """Most of what is not known is taken from another row: a row with three clocks missing counts in nothing."""
    known = {name: [row[name] for row in some if row[name] is not None] for name in (some[0] if some else ())}
    spare = {name: values for name, values in known.items() if values and name != "excluded_because"}
    return [
        {
            name: dice.choice(spare[name]) if value is None and name in spare and dice.random() < 0.8 else value
            for name, value in row.items()
        }
        for row in some
    ]


def _one_a_ticket(table: str, some: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Facts of one row a ticket keep that over all worlds together."""
    if table not in ("ticket_tax", "escalation", "hierarchical_escalation"):
        return some
    return list({row["ticket_id"]: row for row in some}.values())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("dense")
    dense = World("duckdb", folder)
    dice, drawn = Random(7), many()
    for table in drawn[0]:
        some = _one_a_ticket(table, [row for each in drawn for row in each[table]])
        is_stretch = table in ("open_spell", "quiet_spell")  # one must not end before it begins
        for row in some if is_stretch else filled(some, dice):
            dense.add(table, **row)
    yield dense
    dense.close()


def test_the_world_is_dense_enough_to_tell_definitions_apart(world: World) -> None:
    assert len(world.rows["ticket"]) > 60
    usual = answers(world, Options())
    assert sum(answer.value is not None for answer in usual) > len(usual) / 2
    same = [
        pair
        for pair in DEFINITIONS
        if Options().but(*pair) != Options() and answers(world, Options().but(*pair)) == usual
    ]
    assert len(same) < 4, f"choices that change no KPI here: {same}"


def answers(world: World, options: Options) -> list[Answer]:
    """The oracle's answers, for every KPI and period."""
    return [expected(kpi.name, world.rows, question(options, period)) for kpi in TICKET_KPIS for period in ASKED]


def question(options: Options, period: Period) -> Question:
    return Question(period.start, period.end, period.timezone, {}, (), options)


@pytest.fixture(scope="module")
def read() -> dict[tuple[str, Options], list[Reading]]:
    """What was read, by KPI and those of the options it obeys: no other option reaches its block."""
    return {}


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize(("name", "word"), DEFINITIONS, ids=lambda each: each)
def test_every_definition_on_every_clock_agrees_with_the_oracle(
    world: World, read: dict[tuple[str, Options], list[Reading]], name: str, word: str, clock: str
) -> None:
    """Each KPI is read once under each set of options it obeys; the oracle answers for it under all of them."""
    options = Options(clock=clock).but(name, word)
    keys = {kpi.name: (kpi.name, kpis.obeyed(kpi, options)) for kpi in TICKET_KPIS}
    new = [kpi for kpi in TICKET_KPIS if keys[kpi.name] not in read]
    for reading in readings.read(world.facts(), new, Scope(), ASKED, options=options):
        read.setdefault(keys[reading.kpi.name], []).append(reading)
    found = [reading for key in keys.values() for reading in read[key]]
    assert len(found) == len(TICKET_KPIS) * len(ASKED)
    for reading in found:
        assert_agrees(reading, expected(reading.kpi.name, world.rows, question(options, reading.period)))
