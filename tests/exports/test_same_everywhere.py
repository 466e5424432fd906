"""Screen, CSV and JSON say the same, cell for cell, for 200 scopes nobody thought of."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from dashboard import kpis, readings, settings, wording
from dashboard.ask import Ask, choices
from dashboard.engine import Facts
from dashboard.exports import records, to_csv, to_json
from dashboard.exports.board import board
from dashboard.exports.cells import FORMULA_STARTS
from dashboard.kpis.options import CHOICES, Options
from dashboard.readings import Reading
from dashboard.scope import Grain, Scope
from dashboard.widgets import card, exhibit
from etl.settings import Home, Settings

ZONE = "Europe/Dublin"
SCOPES = 200
#: KPIs drawn for each scope; all of them come up over two hundred.
DRAWN = 9


class Asked:
    """One visitor's random question, asked of the page and of the exports apart from each other."""

    def __init__(self, home: Home, number: int) -> None:
        self.number, dice = number, Random(f"scope {number}")
        self.facts, self.targets = Facts.open(home), settings.targets(home)
        self.horizon = readings.horizon(self.facts, ZONE)
        periods = list(
            choices(self.horizon, dice.choice([Grain.WEEK, Grain.MONTH, Grain.QUARTER]), ZONE, "monday").values()
        )
        nothing = Ask(self.facts, self.horizon, Settings(), Scope(), periods[0], Options(), self.targets)
        values = nothing.dimensions()
        named = dice.sample(sorted(values), dice.randint(0, 2))
        scope = Scope.of(
            {name: dice.sample(values[name], min(len(values[name]), dice.randint(1, 2))) for name in named}
        )
        options = Options()
        for name in dice.sample(sorted(CHOICES), dice.randint(0, 4)):
            options = options.but(name, word_for(name, dice))
        self.ask = replace(nothing, scope=scope, period=dice.choice(periods), options=options)
        self.by = tuple(dice.sample(sorted(values), dice.choice([0, 0, 1, 2])))
        self.names = dice.sample(sorted(kpis.catalogue()), DRAWN)

    def on_screen(self) -> list[Reading]:
        return self.ask.read(self.names, by=self.by)

    def exported(self) -> list[Reading]:
        """As ``supportkpi read`` asks."""
        ask, known = self.ask, kpis.named(self.names)
        return readings.read(
            self.facts, known, ask.scope, (ask.period,), by=self.by, options=ask.options, targets=self.targets
        )


def word_for(name: str, dice: Random) -> str:
    choice = CHOICES[name]
    return str(dice.choice(choice.numbers)) if choice.numbers is not None else dice.choice(list(choice.words))


@pytest.fixture(scope="module", params=range(SCOPES))
def asked(request: pytest.FixtureRequest, golden_home: Home) -> Asked:
    return Asked(golden_home, request.param)


def test_csv_and_json_hold_the_same_cells(asked: Asked) -> None:
    found = asked.exported()
    assert len(found) >= DRAWN
    objects = json.loads(to_json.text(map(records.record, found)))
    rows = list(csv.DictReader(io.StringIO(to_csv.text(records.flat_columns(asked.by), map(records.flat, found)))))
    for given, row in zip(objects, rows, strict=True):
        flat = {**{name: value for name, value in given.items() if name != "group"}, **given["group"]}
        assert set(flat) == set(row)
        assert [name for name in row if not is_same(flat[name], row[name])] == []


def is_same(value: Any, cell: str) -> bool:
    """Whether a CSV cell holds a value of the JSON, to the ten digits a cell is written with."""
    if value is None:
        return cell == ""
    if isinstance(value, bool):
        return cell == ("true" if value else "false")
    if isinstance(value, float):
        return float(cell) == float(f"{value:.10g}")
    text = str(value)
    return cell == (f"'{text}" if text.startswith(FORMULA_STARTS) else text)


def test_the_screen_shows_the_numbers_of_the_file(asked: Asked) -> None:
    """Words drawn are the words of the file's own numbers: nothing is counted, rounded or judged twice."""
    shown, objects = asked.on_screen(), json.loads(to_json.text(map(records.record, asked.exported())))
    table = exhibit.table(shown).to_dict("records")
    for reading, row, given in zip(shown, table, objects, strict=True):
        unit = reading.kpi.unit
        assert (given["kpi"], given["group"]) == (reading.kpi.name, dict(reading.group))
        assert row["n"] == given["n"]
        assert row["95 % interval"] == wording.span(given["low"], given["high"], unit)
        if given["value"] is not None:
            words = wording.value(given["value"], unit)
            assert row["Value"] == words
            assert text_of(card.value_html(reading)) == words
            assert wording.span(given["low"], given["high"], unit) in card.evidence(reading)
        assert given["verdict"] in wording.status(reading)
        assert given["anchor"] in card.dated(reading)
        assert given["target_words"] in (None, wording.target(reading.target, unit))


def text_of(markup: str) -> str:
    return "".join(part.partition(">")[2] for part in markup.split("<"))


def test_the_boards_two_files_hold_the_same_cells(asked: Asked) -> None:
    if asked.number % 4:
        return  # every KPI for two periods: a quarter of the scopes is enough of that
    ask = asked.ask
    given = board(asked.facts, ask.period, asked.horizon, asked.targets, ask.scope, ask.options)
    rows = list(csv.DictReader(io.StringIO(to_csv.report(given).decode("utf-8-sig"), newline="")))
    objects = json.loads(to_json.report(given))
    for each, row in zip(objects, rows, strict=True):
        assert list(each) == list(row)
        assert [name for name in row if not is_same(each[name], row[name])] == []
    by_name = {each["kpi"]: each for each in objects}
    for reading in ask.read(asked.names):
        told = by_name[reading.kpi.name]
        assert (told["value"], told["n"], told["status"]) == (reading.value, reading.n, str(reading.verdict))
        assert (told["interval_low"], told["interval_high"]) == (reading.low, reading.high)
