"""Signals that fired and their written responses: a worse signal opens a case, an answer in time closes it.

A KPI without a plan opens one too: that nobody wrote down what to do is what the review has to see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dashboard import findings, journal
from dashboard.analysis.weighing import is_better
from dashboard.ask import code
from dashboard.journal import Written
from dashboard.readings import Reading
from dashboard.reviews.entries import Answer, Plan
from dashboard.story import Story

#: Days to answer in where nobody wrote a plan.
WITHIN_DAYS = 7


@dataclass(frozen=True)
class Case:
    """One signal of one period, with the plan there is and the answer it got."""

    reading: Reading
    rule: str
    plan: Plan | None
    answer: Written[Answer] | None
    due: date

    def standing(self, today: date) -> str:
        """``answered in time``, ``answered late``, ``overdue`` or ``open``."""
        if self.answer is not None:
            return "answered in time" if self.answer.written_at.date() <= self.due else "answered late"
        return "overdue" if today > self.due else "open"


def cases(stories: Mapping[str, Story], book: journal.Journal) -> list[Case]:
    """The worse signals of every complete period drawn, the newest first."""
    plans = {each.about: each.body for each in book.written(Plan)}
    answers = {(each.about, each.body.period): each for each in book.written(Answer)}
    found = [
        _case(reading, words, plans.get(name), answers.get((name, code(reading.period))))
        for name, story in stories.items()
        for reading, words in _fired(story)
    ]
    return sorted(found, key=lambda case: (case.due, case.reading.kpi.name), reverse=True)


def _fired(story: Story) -> list[tuple[Reading, str]]:
    fired = []
    for reading in story.past:
        signal = story.weighed.signal(reading) if reading.period.whole else None
        if signal is not None and is_better(reading.kpi, signal.is_high) is False:
            fired.append((reading, findings.rule_words(signal.rule, signal.is_high, reading.period.grain)))
    return fired


def _case(reading: Reading, rule: str, plan: Plan | None, answer: Written[Answer] | None) -> Case:
    days = WITHIN_DAYS if plan is None else plan.within_days
    end = reading.period.end or date.min
    return Case(reading, rule, plan, answer, end + timedelta(days=days - 1))


def adherence(found: Sequence[Case], today: date) -> tuple[int, int]:
    """How many of the cases that fell due were answered in time, and how many fell due."""
    due = [case for case in found if case.standing(today) != "open"]
    return sum(case.standing(today) == "answered in time" for case in due), len(due)
