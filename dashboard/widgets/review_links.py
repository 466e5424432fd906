"""From a figure of a review to its tickets, and on their page what a frozen figure said.

The numbers of a frozen review stay as they were shown; tickets can only be listed as of today's data. So the list says
both, and why they differ where they do.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import journal
from dashboard.ask import Ask
from dashboard.exports.records import board_record
from dashboard.exports.report import Line
from dashboard.journal import Written
from dashboard.readings import Reading
from dashboard.reviews import frozen
from dashboard.reviews.frozen import Figure, Frozen
from dashboard.widgets import frame, links
from etl.settings import Home

#: What a link to a list names where it was reached from a frozen review: the entry of the journal.
FROZEN = "frozen"
#: The address of a figure's tickets; empty where it has none.
Door = Callable[[Figure], str]


def nowhere(_figure: Figure) -> str:
    """No figure leads anywhere."""
    return ""


def live(ask: Ask) -> Door:
    """To the tickets of the period, filters and options asked."""
    return lambda figure: _address(figure, links.standing(ask))


def of_frozen(ask: Ask, kept: Written[Frozen]) -> Door:
    """To the tickets of its period by its own filters and options; nowhere for one from before those were kept."""
    body = kept.body
    if body.filters is None:
        return nowhere
    own = body.asked(ask)
    standing: links.Parameters = {"period": period_of(kept), **own.scope.as_query(), **own.options.as_query()}
    return lambda figure: _address(figure, {**standing, FROZEN: str(kept.id)})


def period_of(kept: Written[Frozen]) -> str:
    """The period as links write it: ``2026-W10`` of ``weekly-2026-W10``."""
    return kept.about.partition("-")[2]


def _address(figure: Figure, standing: links.Parameters) -> str:
    return links.address("tickets", {"kpi": figure.kpi, **standing}) if figure.record["n"] else ""


def note(ask: Ask, number: Reading) -> None:
    """On a list that was reached from a frozen figure: what was frozen, and whether today's data say the same."""
    chosen = st.query_params.get(FROZEN, "")
    kept = next((each for each in journal.open(Home()).every_written(Frozen) if str(each.id) == chosen), None)
    if kept is None or period_of(kept) != links.standing(ask)["period"]:
        return
    figure = next(
        (each for section in kept.body.sections for each in section.figures if each.kpi == number.kpi.name), None
    )
    if figure is not None:
        frame.sentence(words(kept, figure, number))


def words(kept: Written[Frozen], figure: Figure, number: Reading) -> str:
    """The frozen figure, today's, and why they differ."""
    then = f"{figure.words['Value']} (n = {figure.words['n']})"
    why = frozen.why(figure.record, board_record(Line(number)))
    said = f"which say otherwise. {why[0].upper()}{why[1:]}." if why else "which say the same."
    return (
        f"'{kept.body.title}', frozen on {kept.written_at:%-d %b %Y}, showed {then}, and still does. "
        f"The tickets here are as of today's data, {said}"
    )
