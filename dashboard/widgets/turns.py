"""Where the time went, by whose turn it was: one bar of parts, and one for each team."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard import charts, charts_parts, wording
from dashboard.ask import Ask
from dashboard.kpis.kpi import Unit
from dashboard.readings import Reading
from dashboard.turns import PARTS, Turns, turns
from dashboard.widgets import doors, exhibit, frame, links, style

#: Teams drawn; the table holds all.
_SHOWN = 10


def panel(ask: Ask, key: str) -> None:
    """Everything together and by team, with the way to the tickets of each part."""
    frame.section(
        "By whose turn it was",
        "The time of the tickets resolved in the period, all of it together, split by who had to act. "
        "Long tickets weigh more.",
    )
    overall = ask.read(list(PARTS))
    found = turns(overall)
    if not found or not found[0].shares:
        frame.note(exhibit.nothing(overall))
        return
    rows, readings = [("All tickets", found[0])], list(overall)
    if "team" in ask.dimensions():
        by_team = ask.read(list(PARTS), by=["team"])
        rows += [(each.name or "(none)", each) for each in turns(by_team) if each.shares]
        readings += by_team
    title = f"Share of time by whose turn it was, {wording.period(ask.period)}"
    drawn = rows[: _SHOWN + 1]
    more = f" The {_SHOWN} teams with most tickets are drawn." if len(rows) > len(drawn) else ""
    few = overall[0].kpi.enough
    exhibit.drawing(
        title,
        charts_parts.stacked(
            [(_label(name, each, few), each.shares) for name, each in drawn], style.dark(), _codes(drawn, readings)
        ),
        f"{title}: {words(found[0])}",
        table(rows),
        f"turns-{key}",
        f"{words(found[0])} {overall[0].kpi.clock.capitalize()} time; … marks fewer than {few} tickets.{more}",
        doors.of_readings(ask, readings),
    )
    with st.container(horizontal=True):
        for reading in overall:
            if reading.value is not None:
                mean = wording.value(reading.value, Unit.MINUTES)
                links.tickets(ask, reading, f"{PARTS[reading.kpi.name]}: mean {mean} a ticket")


def _codes(rows: Sequence[tuple[str, Turns]], readings: Sequence[Reading]) -> dict[tuple[int, str], str]:
    """What each part of each row is known by."""
    codes = {(_team(each), PARTS[each.kpi.name]): charts.code_of(each) for each in readings}
    keys = [None if place == 0 else (each.name,) for place, (_, each) in enumerate(rows)]
    return {
        (row, part): codes[key, part] for row, key in enumerate(keys) for part in PARTS.values() if (key, part) in codes
    }


def _team(reading: Reading) -> tuple[str | None] | None:
    """The team of a reading; None for all tickets together."""
    return (reading.group[0][1],) if reading.group else None


def _label(name: str, each: Turns, few: int) -> str:
    return f"{charts_parts.clip(name, 18)} ({each.n:,}{' …' if each.n < few else ''})"


def words(each: Turns) -> str:
    """The parts in a sentence, with n."""
    parts = ", ".join(f"{name.lower()} {wording.value(x, Unit.PERCENT)}" for name, x in each.shares.items())
    return f"n = {each.n:,}: {parts}."


def table(rows: Sequence[tuple[str, Turns]]) -> pd.DataFrame:
    """Shares, and the hours a ticket they are made of."""
    told = []
    for name, each in rows:
        row: dict[str, object] = {"Tickets of": name, "n": each.n}
        row |= {label: wording.value(each.shares.get(label), Unit.PERCENT) for label in PARTS.values()}
        total = sum(each.minutes.values()) / each.n
        told.append(row | {"Time per ticket": wording.value(total, Unit.MINUTES)})
    return pd.DataFrame(told)
