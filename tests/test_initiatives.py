"""Where initiatives stand: a planted effect is told, none is not; counts, breaks, segments, the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from world import World

from dashboard import charts_initiative, initiative_record, initiatives, journal, kpis, readings
from dashboard.ask import Ask
from dashboard.initiative_record import Initiative
from dashboard.initiatives import Word
from dashboard.kpis.options import Options
from dashboard.scope import Grain, Period, Scope
from dashboard.views.initiatives import weeks_table
from etl.settings import Home, Settings

MONDAY, START = datetime(2025, 1, 6), 26


def body(kpi: str = "mttr", **given: object) -> Initiative:
    first = MONDAY.date() + timedelta(weeks=START - 12)
    start = MONDAY.date() + timedelta(weeks=START)
    usual: dict[str, object] = {
        "name": "Runbooks", "kpi": kpi, "definition": kpis.catalogue()[kpi].counts, "first": first,
        "last": start - timedelta(days=1), "value": 600.0, "low": 580.0, "high": 620.0, "n": 480, "change": -0.3,
        "start": start, "due": start + timedelta(weeks=9, days=-1), "triggered_by_bad_numbers": False,
    }  # fmt: skip
    return Initiative.model_validate(usual | given)


def ask_of(folder: Path, fall: float, weeks: int, a_week: int = 40) -> Ask:
    """Tickets resolved in about 600 minutes, and from the start on in ``fall`` less; seeded."""
    dice, world = np.random.default_rng(4), World("sqlite", folder)
    for week in range(weeks):
        for place in range(a_week):
            done = MONDAY + timedelta(weeks=week, days=place % 5, hours=12)
            minutes = float(600 * (1 + fall * (week >= START)) * np.exp(dice.normal(0, 0.3) - 0.045))
            opened = done - timedelta(minutes=minutes)
            world.add(
                "ticket", created_at=opened, first_resolved_at=done, resolved_at=done, status="resolved",
                resolution_minutes=minutes, first_resolution_minutes=minutes, team="A" if place % 2 else "B",
                observed_until=MONDAY + timedelta(weeks=weeks),
            )  # fmt: skip
    # The last moment told makes the last week complete.
    world.add("ticket", created_at=MONDAY + timedelta(weeks=weeks), status="open")
    facts = world.facts()
    horizon = replace(readings.horizon(facts, "UTC"), until=MONDAY.date() + timedelta(weeks=weeks))
    return Ask(facts, horizon, Settings(), Scope(), Period(None, None, Grain.ALL), Options(), {})


@pytest.fixture
def book(tmp_path: Path) -> journal.Journal:
    return journal.open(Home(tmp_path / "home"))


def one(ask: Ask, book: journal.Journal) -> initiatives.Standing:
    (found,) = initiatives.standings(ask, book)
    return found


@pytest.mark.parametrize(
    ("weeks", "fall", "word"),
    [
        (START, -0.4, Word.WAITING),
        (START + 2, -0.4, Word.EARLY),
        (START + 6, -0.45, Word.ON_PACE),
        (START + 6, 0.0, Word.BEHIND),
        (START + 9, -0.4, Word.MET),
        (START + 9, 0.0, Word.MISSED),
        (START + 9, -0.3, Word.CLOSE),
    ],
)
def test_a_word_for_each_stage(tmp_path: Path, book: journal.Journal, weeks: int, fall: float, word: Word) -> None:
    (tmp_path / "home").mkdir()
    initiative_record.begin(book, body(), who="Ana")
    assert one(ask_of(tmp_path, fall, weeks), book).word is word


def test_a_planted_effect_is_told_with_its_interval_and_none_is_left_to_chance(
    tmp_path: Path, book: journal.Journal
) -> None:
    (tmp_path / "home").mkdir()
    initiative_record.begin(book, body(triggered_by_bad_numbers=True), who="Ana")
    planted = one(ask_of(tmp_path, -0.4, START + 9), book)
    assert planted.effect is not None
    assert planted.effect.low < -0.4 < planted.effect.high < 0
    assert planted.effect.n == START + 9 - 4
    assert any("more than chance" in words and "does not show the cause" in words for words in planted.sentences)
    none = one(ask_of(tmp_path, 0.0, START + 9), book)
    assert none.effect is not None
    assert not none.effect.is_real


def test_a_control_that_fell_as_much_leaves_no_effect(tmp_path: Path, book: journal.Journal) -> None:
    (tmp_path / "home").mkdir()
    initiative_record.begin(book, body(segment=(("team", ("A",)),), control=(("team", ("B",)),)), who="Ana")
    found = one(ask_of(tmp_path, -0.4, START + 9), book)
    assert found.effect is not None
    assert not found.effect.is_real
    assert sum(each.n for each in found.weeks) == 20 * (START + 9)


def test_a_segment_to_compare_with_is_a_second_line_with_its_name_and_its_rows(
    tmp_path: Path, book: journal.Journal
) -> None:
    (tmp_path / "home").mkdir()
    ask = ask_of(tmp_path, -0.4, START + 3)
    initiative_record.begin(book, body(segment=(("team", ("A",)),), control=(("team", ("B",)),)), who="Ana")
    found = one(ask, book)
    (b,) = replace(ask, scope=Scope.of({"team": ["B"]})).read(["mttr"], [found.weeks[3].period])
    assert [each.period for each in found.control] == [each.period for each in found.weeks]
    assert (found.control[3].value, found.control[3].n) == (b.value, 20)
    figure = charts_initiative.course(found)
    dashed = [line for line in figure.data if line.line.dash == "dashdot"]
    assert [len(line.x) for line in dashed] == [START + 3]
    assert figure.layout.showlegend
    assert [line.name for line in figure.data if line.showlegend] == ["compared with team: B", "this initiative"]
    table = weeks_table(found)
    assert list(table["Segment"].value_counts()) == [START + 3, START + 3]
    alone = replace(found, control=())
    assert "Segment" not in weeks_table(alone)
    assert not [line for line in charts_initiative.course(alone).data if line.line.dash == "dashdot"]


def test_too_few_events_or_weeks_cannot_show_it(tmp_path: Path, book: journal.Journal) -> None:
    (tmp_path / "home").mkdir()
    ask = ask_of(tmp_path, 0.0, START + 9)
    count = {"kpi": "tickets_resolved", "change": -0.4, "low": None, "high": None}
    initiative_record.begin(book, body(**count, value=79.0, n=79), who="Ana")
    initiative_record.begin(book, body(**count, value=480.0, n=480), who="Ana")
    initiative_record.begin(book, body(first=date(2025, 5, 1)), who="Ana")
    few, enough, short = initiatives.standings(ask, book)
    assert (few.word, enough.word, short.word) == (Word.VOLUME, Word.MISSED, Word.VOLUME)
    assert "79 events in the baseline, 80 are needed" in " ".join(few.sentences)
    assert initiatives.baseline(enough)[0] == pytest.approx(40)  # 480 in twelve weeks


def test_after_a_break_nothing_before_it_counts(tmp_path: Path, book: journal.Journal) -> None:
    (tmp_path / "home").mkdir()
    ask = ask_of(tmp_path, -0.4, START + 9)
    entry = initiative_record.begin(book, body(), who="Ana")
    moved = body(due=body().due + timedelta(weeks=4), because="late")
    later = initiative_record.change(book, entry, moved, who="Ben")
    (broken,) = initiative_record.breaks(book.every_written(Initiative))
    day = body().start + timedelta(weeks=4)
    found = initiatives.standing(ask, later, [replace(broken, day=day)])
    assert (found.effect, found.word) == (None, Word.EARLY)
    before_it_began = initiatives.standing(ask, later, [replace(broken, day=body().start - timedelta(weeks=6))])
    assert before_it_began.effect is None
    assert min(each.period.start for each in found.weeks if each.period.start) == day
    assert max(each.period.end for each in found.earlier[0] if each.period.end) == day
    assert "Goal changed on 4 Aug 2025 by Ben: due day from 2025-09-07" in " ".join(found.sentences)
