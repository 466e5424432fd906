"""The report of a week, a month or a quarter: the headlines with their trends, then the register by family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.exports.report import Line, Report, Section

if TYPE_CHECKING:
    from dashboard.ask import Ask
    from dashboard.rhythm import Rhythm
    from dashboard.story import Story


HEADLINES = "The seven headline figures"


def periodic(ask: Ask, rhythm: Rhythm) -> Report:
    """The report of the period asked for."""
    from dashboard import kpis, wording
    from dashboard.exports.board import board

    stories = list(ask.stories([kpi.name for kpi in kpis.headlines()]).values())
    headlines = Section(HEADLINES, tuple(map(Line.of, stories)), sentences(stories))
    if ask.horizon is None:
        raise ValueError("a report is of a period, and a period needs a horizon")
    register = board(ask.loaded, ask.period, ask.horizon, ask.targets, ask.scope, ask.options)
    title = f"Support, {rhythm} review: {wording.period(ask.period)}"
    return Report(title, (headlines, *register.sections))


def sentences(stories: list[Story]) -> tuple[str, ...]:
    """The answer first: what met its target, what moved, what needs a decision."""
    from dashboard import agenda, wording

    told = [wording.headline_sentence([story.now for story in stories]), agenda.sentence(stories)]
    told += [f"Needs a decision: {item.story.now.kpi.label}, {item.words}." for item in agenda.decisions(stories)]
    return tuple(sentence.replace("..", ".") for sentence in told if sentence)
