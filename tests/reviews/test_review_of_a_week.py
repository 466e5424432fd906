"""A whole review on the golden facts: its sections, three sentences at most, a person's words, and what files draw."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard import journal, kpis
from dashboard.ask import Ask
from dashboard.commands import report
from dashboard.commands.report import ask_of
from dashboard.exports.report import Line, Report
from dashboard.reviews import contents
from dashboard.reviews.entries import Action, Blocker, Comment, Reworded
from dashboard.reviews.frozen import Frozen, freeze, shown
from dashboard.rhythm import Rhythm
from dashboard.widgets import page_files
from dashboard.widgets import review as widgets_review
from etl.settings import Home

TODAY = date(2025, 3, 1)


@pytest.fixture(scope="module")
def ask(golden_home: Home) -> Ask:
    return ask_of(golden_home, Rhythm.WEEKLY, "2025-W08")


@pytest.fixture
def book(tmp_path: Path) -> journal.Journal:
    return journal.open(Home(tmp_path))


@pytest.fixture
def review(ask: Ask, book: journal.Journal) -> Report:
    return contents.review(ask, Rhythm.WEEKLY, book, TODAY)


def test_every_section_is_there_with_its_figures_and_three_sentences_at_most(review: Report) -> None:
    assert [section.key for section in review.sections] == [part.key for part in contents.WEEKLY]
    assert tuple(line.reading.kpi.name for line in review.sections[0].lines) == kpis.HEADLINES
    assert all(1 <= len(section.sentences) <= 3 for section in review.sections)


def test_a_person_s_words_stand_in_place_of_ours_and_ours_come_back(ask: Ask, book: journal.Journal) -> None:
    name = contents.name_of(Rhythm.WEEKLY, ask)
    ours = contents.review(ask, Rhythm.WEEKLY, book, TODAY).sections[1].sentences
    kept = book.write(Reworded(section="escalations", text="Quiet.\n\nGood.", original="x"), who="Ana", about=name)
    sections = contents.review(ask, Rhythm.WEEKLY, book, TODAY).sections
    assert sections[1].sentences == ("Quiet.", "Good.")
    assert sections[0].sentences != ("Quiet.", "Good.")
    book.take_back(kept.id, Reworded, who="Ana")
    assert contents.review(ask, Rhythm.WEEKLY, book, TODAY).sections[1].sentences == ours


def test_what_was_written_stands_in_its_section_and_only_in_its_review(ask: Ask, book: journal.Journal) -> None:
    name = contents.name_of(Rhythm.WEEKLY, ask)
    book.write(Action(text="call", owner="Ana", due=date(2025, 2, 27)), who="Ana", about=name)
    book.write(Blocker(text="no licence"), who="Ana", about=name)
    book.write(Blocker(text="of another week"), who="Ana", about="weekly-2025-W07")
    book.write(Comment(period="2025-W08", text="two were away"), who="Ana", about="csat")
    book.write(Comment(period="2025-W07", text="earlier"), who="Ana", about="csat")
    sections = {section.key: section for section in contents.review(ask, Rhythm.WEEKLY, book, TODAY).sections}
    cells = {key: [cell for table in section.tables for row in table.rows for cell in row]
             for key, section in sections.items()}  # fmt: skip
    assert "no licence" in cells["load"]
    assert "of another week" not in cells["load"]
    assert {"call", "late", "two were away"} <= set(cells["actions"])
    assert "earlier" not in cells["actions"]
    assert "1 action open, 1 of them late." in sections["actions"].sentences


def test_files_draw_each_trend_once_and_quiet_ones_of_the_first_section_only(review: Report) -> None:
    found = contents.for_files(review)
    drawn = Counter(line.reading.kpi.name for section in found.sections for line in section.lines if line.story)
    assert set(drawn.values()) == {1}
    assert {line.reading.kpi.name for line in found.sections[0].lines if line.story} == set(kpis.HEADLINES)
    later = [line for section in found.sections[1:] for line in section.lines if line.story]
    assert all(line.has_changed for line in later)
    assert [len(section.lines) for section in found.sections] == [len(section.lines) for section in review.sections]


def test_the_command_and_the_page_write_what_files_draw(
    ask: Ask, review: Report, golden_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Report] = []
    monkeypatch.setattr(page_files, "buttons", lambda name, key, make: written.append(make()))
    widgets_review._files("weekly", review)
    assert len(written) == 1
    for found in (*written, report.contents(ask, Rhythm.WEEKLY, golden_home)):
        drawn = [line for section in found.sections[1:] for line in section.lines if line.story]
        assert all(line.has_changed for line in drawn)
        assert sum(line.story is not None for line in found.lines()) < sum(1 for _ in found.lines())


def test_what_changed_and_stands_in_two_sections_is_drawn_once(review: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Line, "has_changed", property(lambda line: True))
    twice = replace(review, sections=(review.sections[0], review.sections[0]))
    found = contents.for_files(twice)
    assert [sum(line.story is not None for line in section.lines) for section in found.sections] == [7, 0]


def test_freezing_twice_keeps_both_and_the_newest_counts(ask: Ask, book: journal.Journal, review: Report) -> None:
    name = contents.name_of(Rhythm.WEEKLY, ask)
    first = freeze(book, ask, name, review, who="Ana")
    second = freeze(book, ask, name, review, who="Ben")
    assert (first.body.sections, second.begun) == (shown(review), first.id)
    assert [each.who for each in book.every_written(Frozen)] == ["Ana", "Ben"]
    assert book.written(Frozen, name) == [second]
    assert (first.body.is_whole, first.body.snapshot, first.body.scope) == (True, ask.loaded.name, "all tickets")


def test_a_frozen_review_says_which_filters_and_options_it_was_made_with(
    golden_home: Home, book: journal.Journal
) -> None:
    ask = ask_of(golden_home, Rhythm.WEEKLY, "2025-W08", ["priority=high"], ["clock=business"])
    found = contents.review(ask, Rhythm.WEEKLY, book, TODAY)
    kept = freeze(book, ask, contents.name_of(Rhythm.WEEKLY, ask), found, who="Ana").body
    assert (kept.scope, kept.options) == ("priority: high", ask.options.in_words())
    assert kept.options
    filters = {figure.record["filters"] for section in kept.sections for figure in section.figures}
    assert all("priority" in str(words) for words in filters)
