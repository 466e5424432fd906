"""Holding the thread in words and figures: what happened to tickets, who passes to whom, where they go in circles."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard import charts_thread, thread, wording
from dashboard.ask import Ask
from dashboard.charts_thread import Cell
from dashboard.kpis.kpi import Unit
from dashboard.kpis.statistic import Estimate
from dashboard.parts import Way
from dashboard.question import Question
from dashboard.readings import Reading
from dashboard.story import Story
from dashboard.thread import FEW, Passed
from dashboard.widgets import doors, exhibit, frame, links, style
from dashboard.widgets.doors import Door

#: Teams drawn on each side of a matrix; the table holds all.
_SHOWN = 10


def question(ask: Ask) -> Question:
    """What the visitor asks, as the page's own queries take it."""
    return Question(ask.loaded, ask.scope, ask.period, ask.options)


def sentence(stories: dict[str, Story]) -> str:
    """What the numbers are, in one sentence; what cannot be read is not told."""
    now = {name: story.now for name, story in stories.items()}
    told = []
    if _has(now["four_owners"]):
        told.append(f"{_share(now['four_owners'])} of {_n(now['four_owners'])} resolved met four of us or more")
    if _has(now["ping_pong"]):
        told.append(f"{_share(now['ping_pong'])} came straight back to who had just passed them on")
    if _has(now["unnoted_handoffs"]):
        told.append(f"{_share(now['unnoted_handoffs'])} of {_n(now['unnoted_handoffs'])} came without a note")
    if _has(now["lost_tickets"]):
        lost = int(now["lost_tickets"].value or 0)
        told.append(
            "no ticket is lost from sight" if not lost else f"{lost:,} tickets have been lost from sight for a week"
        )
    if not told:
        return f"There is no thread to follow: {exhibit.nothing([now['handoffs_per_ticket']])}"
    return f"{'; '.join(told)}."


def meaning() -> None:
    """What it means and what it does not, for a reader of no method."""
    frame.note(
        "It means: each change of hands is a place where a customer waits and where what is known can get lost. It "
        "does not say that a handoff was wrong, nor who is to blame: the right specialist is a handoff too, and what "
        "people told each other outside the help desk is not in it."
    )


def _has(reading: Reading) -> bool:
    return reading.value is not None


def _share(reading: Reading) -> str:
    return wording.value(reading.value, reading.kpi.unit)


def _n(reading: Reading) -> str:
    return wording.quantity(reading.n, reading.kpi.counted)


def handoff_map(ask: Ask) -> None:
    """Who passes to whom: a matrix of counts with the median gap, and the note rate in the table."""
    asked = question(ask)
    frame.section("Who passes to whom", "Teams, never people. On the diagonal: from hand to hand within a team.")
    found = ask.remembered(f"thread passed {asked!r}", lambda: thread.passed(asked))
    title = f"Handoffs from team to team, {wording.period(ask.period)}"
    if not found:
        exhibit.heading(title)
        frame.note(exhibit.nothing(ask.read(["handoffs_per_ticket"])) + " No handoff lies in this period.")
        return
    total = sum(each.n for each in found)
    cells = {(_name(each.before), _name(each.after)): _cell(each) for each in found}
    most = found[0]
    words = f"{total:,} handoffs; most go {Way(most.before, most.after).words}: {most.n:,}."
    few = (
        " Where fewer than five agents own a team's tickets no rate of it is told."
        if any(f.of_few for f in found)
        else ""
    )
    exhibit.drawing(
        title, charts_thread.matrix(_sides(cells), cells, ("from", "to"), style.dark()), f"{title}: {words}",
        pd.DataFrame([_row(each) for each in found]), "thread-map",
        f"{words} In a cell: how many, and below it the median gap until the new owner does something, of {FEW} or "
        f"more.{few} Notes are in the table.", _doors(ask, found),
    )  # fmt: skip


def _name(team: str | None) -> str:
    return team or "(no team)"


def _sides(cells: dict[tuple[str, str], Cell]) -> tuple[Sequence[str], Sequence[str]]:
    """The teams with most handoffs, the same order on both sides."""
    count: dict[str, int] = {}
    for (one, other), cell in cells.items():
        count[one] = count.get(one, 0) + cell.count
        count[other] = count.get(other, 0) + cell.count
    order = sorted(count, key=lambda name: (-count[name], name))[:_SHOWN]
    down = [name for name in order if any(one == name for one, _ in cells)]
    return down, [name for name in order if any(other == name for _, other in cells)]


def _cell(each: Passed) -> Cell:
    gap = _gap(each.gap)
    words = f"{each.n:,}\n{_short(each.gap.value)}" if each.gap and each.gap.value is not None else f"{each.n:,}"
    way = Way(each.before, each.after)
    note = _percent(each.without_note)
    hover = f"{way.words}: {each.n:,} handoffs; median gap {gap}; without a note {note}"
    return Cell(each.n, words, hover, way.code)


def _short(minutes: float) -> str:
    """A gap in one unit, for a cell as narrow as on a phone; the table and the hint hold it in full."""
    if minutes < 100:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 100 * 60 else f"{minutes / 1440:.0f} d"


def _gap(gap: Estimate | None) -> str:
    if gap is None:
        return "–"
    if gap.value is None:
        return "–" if gap.beyond is None else wording.over(gap.beyond, Unit.MINUTES)
    return wording.value(gap.value, Unit.MINUTES)


def _percent(share: Estimate | None) -> str:
    return "–" if share is None else wording.value(share.value, Unit.PERCENT)


def _spread(found: Estimate | None, unit: Unit) -> str:
    return "–" if found is None else wording.span(found.low, found.high, unit) or "–"


def _row(each: Passed) -> dict[str, object]:
    return {
        "From": _name(each.before),
        "To": _name(each.after),
        "Handoffs": each.n,
        "Median gap": _gap(each.gap),
        "Gap, 95 % interval": _spread(each.gap, Unit.MINUTES),
        "Without a note": _percent(each.without_note),
        "Without a note, 95 % interval": _spread(each.without_note, Unit.PERCENT),
    }


def _doors(ask: Ask, found: Sequence[Passed]) -> doors.Doors:
    kpi = next(reading.kpi for reading in ask.read(["unnoted_handoffs"]))
    ways = [(Way(each.before, each.after), each.n) for each in found]
    return {
        way.code: Door(f"{way.words[:1].upper()}{way.words[1:]}: {n:,} handoffs", _parameters(ask, kpi.name, way))
        for way, n in ways
    }


def _parameters(ask: Ask, name: str, way: Way) -> links.Parameters:
    kpi = next(reading.kpi for reading in ask.read([name]))
    return links.query(ask, kpi) | {"part": way.code}


def circles(ask: Ask) -> None:
    """Between which teams tickets go there and straight back."""
    asked = question(ask)
    found = ask.remembered(f"thread loops {asked!r}", lambda: thread.loops(asked))
    title = f"There and straight back, {wording.period(ask.period)}"
    exhibit.heading(title, "Tickets that went from a team to another and straight back to it, and how often that was.")
    reading = ask.reading_of("ping_pong")
    if found:
        table = pd.DataFrame(
            [{"Way": f"{_name(e.home)} → {_name(e.other)} → {_name(e.home)}", "Tickets": e.tickets} for e in found]
        )
        exhibit.show(table.head(_SHOWN), "thread-loops")
        exhibit.download(table, "thread-loops.csv", "thread-loops")
    else:
        frame.note("No ticket went from a team to another and straight back in this period.")
    if reading.value:
        links.tickets(ask, reading, "See the tickets, ping-pong first")


def routing(ask: Ask) -> None:
    """Where tickets were first given to and where they were solved."""
    asked = question(ask)
    reading = ask.reading_of("first_assignment")
    title = f"From the first team to the one that solved it, {wording.period(ask.period)}"
    frame.section("Where routing is right", "The first team is the one after the rules of the first five minutes.")
    found = ask.remembered(f"thread routed {asked!r}", lambda: thread.routed(asked))
    if not found:
        exhibit.heading(title)
        frame.note(exhibit.nothing([reading]))
        return
    begun: dict[str, int] = {}
    for each in found:
        begun[each.first] = begun.get(each.first, 0) + each.n
    cells = {
        (each.first, each.last): Cell(
            each.n, f"{each.n:,}", f"{each.first} to {each.last}: {each.n:,} of {begun[each.first]:,}",
            Way(each.first, each.last).code,
        )
        for each in found
    }  # fmt: skip
    words = f"{wording.value(reading.value, reading.kpi.unit)} of {reading.n:,} tickets solved by their first team"
    table = pd.DataFrame(
        [
            {
                "First team": each.first, "Solved by": each.last, "Tickets": each.n,
                "Share of the first team's": wording.value(each.n / begun[each.first], Unit.PERCENT),
            }
            for each in found
        ]
    )  # fmt: skip
    ways = {
        Way(each.first, each.last).code: Door(
            f"{each.first} to {each.last}: {each.n:,} tickets",
            _parameters(ask, "first_assignment", Way(each.first, each.last)),
        )
        for each in found
    }
    exhibit.drawing(
        title, charts_thread.matrix(_sides(cells), cells, ("first team", "solved by"), style.dark()),
        f"{title}: {words}.", table, "thread-routing", f"{words} (95 %: {wording.interval(reading)}).", ways,
    )  # fmt: skip
