"""Beginning an initiative: what is read is locked, goals that are none are refused, the control shares no ticket."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from test_initiatives import MONDAY, START, ask_of

from dashboard import initiative_start, initiative_words, initiatives, journal
from dashboard.ask import Ask
from dashboard.scope import Scope
from etl.errors import UsageError
from etl.settings import Home

FIRST = MONDAY.date() + timedelta(weeks=START - 12)
LAST = FIRST + timedelta(weeks=12, days=-1)
SAID: dict[str, object] = {
    "name": "Runbooks", "start": LAST + timedelta(days=1), "due": LAST + timedelta(days=60),
    "triggered_by_bad_numbers": False,
}  # fmt: skip
A, B = Scope.of({"team": ["A"]}), Scope.of({"team": ["B"]})


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """26 weeks of six tickets each, three of team A and three of team B."""
    return ask_of(tmp_path_factory.mktemp("world"), 0.0, START, a_week=6)


def test_what_is_read_is_locked(ask: Ask, tmp_path: Path) -> None:
    """Twelve weeks of three tickets of team A are 36."""
    asked = replace(ask, scope=A)
    made = initiative_start.start(asked, "mttr", FIRST, LAST, B)
    found = initiative_start.body(made, SAID | {"line": 480.0})
    reading = made.reading
    assert (found.value, found.low, found.high, found.n) == (reading.value, reading.low, reading.high, 36)
    assert (found.segment, found.control, found.first, found.last) == (A.filters, B.filters, FIRST, LAST)
    assert (found.definition, found.line, found.change) == (reading.kpi.counts, 480.0, None)
    entry = initiative_start.begin(journal.open(Home(tmp_path)), found, who="Ana")
    (standing,) = initiatives.standings(ask, journal.open(Home(tmp_path)))
    assert standing.entry == entry
    assert " to at most 8 h by " in initiative_words.target(standing)
    assert any("Compared with team: B" in line for line in initiative_start.lines(made, found))


@pytest.mark.parametrize(
    ("own", "other", "are_apart"),
    [
        (A, B, True),
        (A, A, False),
        (Scope(), B, False),  # all tickets hold those of team B
        (A, Scope.of({"priority": ["high"]}), False),  # a ticket of team A may be high
        (Scope.of({"team": ["A", "B"]}), B, False),
        (Scope.of({"team": ["A"], "priority": ["low"]}), Scope.of({"priority": ["high"]}), True),
    ],
)
def test_the_control_shares_no_ticket(own: Scope, other: Scope, are_apart: bool) -> None:
    assert initiative_start._are_apart(own, other) is are_apart


def test_a_control_that_shares_tickets_or_has_none_is_refused(ask: Ask) -> None:
    with pytest.raises(UsageError, match="shares tickets"):
        initiative_start.start(ask, "mttr", FIRST, LAST, B)
    with pytest.raises(UsageError, match="compare with has no baseline"):
        initiative_start.start(replace(ask, scope=A), "mttr", FIRST, LAST, Scope.of({"team": ["C"]}))


@pytest.mark.parametrize(
    ("kpi", "goal", "is_one"),
    [
        ("mttr", {"line": 480.0}, True),
        ("mttr", {"line": 9000.0}, False),  # longer than the ten hours there are
        ("mttr", {"change": -0.3}, True),
        ("mttr", {"change": 0.1}, False),
        ("tickets_created", {"change": 0.1}, True),  # neither way is the good one
        ("tickets_created", {"change": -0.1}, True),
        ("tickets_created", {"line": 7.0}, True),
        ("tickets_created", {"line": 6.0}, False),  # six a week is what there is: 72 in twelve weeks
    ],
)
def test_a_goal_is_better_than_what_there_is(ask: Ask, kpi: str, goal: dict[str, float], is_one: bool) -> None:
    made = initiative_start.start(ask, kpi, FIRST, LAST)
    if is_one:
        assert initiative_start.body(made, SAID | goal).n > 0
        return
    with pytest.raises(UsageError, match="no better than the baseline"):
        initiative_start.body(made, SAID | goal)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [(LAST, FIRST, "ends before it begins"), (date(2020, 1, 6), date(2020, 3, 1), "There is no baseline")],
)
def test_without_a_baseline_there_is_no_start(ask: Ask, first: date, last: date, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        initiative_start.start(ask, "mttr", first, last)


def test_what_cannot_be_meant_is_said_in_words(ask: Ask) -> None:
    made = initiative_start.start(ask, "mttr", FIRST, LAST)
    for wrong, words in (({}, "A goal is a change or a value"), ({"change": -0.3, "name": " "}, "name: ")):
        with pytest.raises(UsageError, match=words):
            initiative_start.body(made, SAID | wrong)
