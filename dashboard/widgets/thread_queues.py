"""Where tickets get stuck: queues that swallow them, what lies there now, what is lost from sight."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import charts_thread, thread, wording
from dashboard.analysis.black_holes import LEAST, SHARE, TIMES, Queue
from dashboard.ask import Ask
from dashboard.kpis.kpi import Unit
from dashboard.widgets import exhibit, frame, links, style
from dashboard.widgets.thread import question

_SHOWN = 15
_OLDEST = 10
#: Queues named in a sentence; the chart has them all.
_NAMED = 4


def black_holes(ask: Ask) -> None:
    """How likely a stay lasts over two days, by queue; the oldest that lie there."""
    asked = question(ask)
    frame.section(
        "Queue black holes",
        "From the moment a ticket comes to a team until a person does something to it, or takes it. Those that lie "
        "there still count as longer than they have lain.",
    )
    found, pooled = ask.remembered(f"thread queues {asked!r}", lambda: thread.queues(asked))
    start, end = thread.window(asked)
    since = "" if start is None else f", {start:%-d %b %Y} to {end:%-d %b %Y}"
    title = f"Chance that a ticket lies over two days in a queue{since}"
    told = [queue for queue in found if queue.share is not None and queue.n >= LEAST]
    if not told:
        exhibit.heading(title)
        frame.note(_nothing(found))
        return
    exhibit.drawing(
        title, charts_thread.chances(told[:_SHOWN], pooled, style.dark()), f"{title}: {verdict(found)}",
        pd.DataFrame([_row(queue) for queue in found]), "thread-queues",
        f"{verdict(found)} A queue is named where it has {LEAST} stays or more, one in {round(1 / SHARE)} lasts over "
        f"two days, and even the low end of its interval is over {TIMES:g} times what all queues together have.",
    )  # fmt: skip
    _lying(ask)


def sentence(ask: Ask) -> str:
    """The queues tickets get stuck in, for the answer of the page; nothing where none is named."""
    asked = question(ask)
    found, _ = ask.remembered(f"thread queues {asked!r}", lambda: thread.queues(asked))
    return verdict([queue for queue in found if queue.is_black_hole]) if any(q.is_black_hole for q in found) else ""


def _nothing(found: list[Queue]) -> str:
    if not found:
        return "Needs changes of team in the ticket history, with what people did: no stay in a queue is told."
    return f"Every queue has fewer than {LEAST} stays here: too few to tell. Choose a longer period or fewer filters."


def verdict(found: list[Queue]) -> str:
    """The queues named, or that none is; how many could not be judged."""
    named = [queue.name for queue in found if queue.is_black_hole]
    few = sum(queue.n < LEAST or queue.share is None for queue in found)
    rest = f" {wording.quantity(few, 'queues')} had too few stays to tell." if few else ""
    if not named:
        return f"No queue holds tickets clearly longer than the others.{rest}"
    shown = named if len(named) <= _NAMED else [*named[: _NAMED - 1], f"{len(named) - _NAMED + 1} queues more"]
    return f"Tickets get stuck in {' and '.join([', '.join(shown[:-1]), shown[-1]] if shown[1:] else shown)}.{rest}"


def _row(queue: Queue) -> dict[str, object]:
    few = queue.n < LEAST or queue.share is None
    return {
        "Queue": queue.name,
        "Stays": queue.n,
        "Lying there still": queue.still_there,
        "Over two days": "–" if few else wording.value(queue.share, Unit.PERCENT),
        "95 % interval": "–" if few else wording.span(queue.low, queue.high, Unit.PERCENT),
        "": "black hole" if queue.is_black_hole else "too few stays" if few else "",
    }


def _lying(ask: Ask) -> None:
    asked = question(ask)
    n, oldest = ask.remembered(f"thread lying {asked!r}", lambda: thread.lying(asked, _OLDEST))
    when = "now" if ask.period.end is None else f"at the end of {wording.period(ask.period)}"
    exhibit.heading(f"Untouched in a queue for over two days {when}")
    if not n:
        frame.note("None.")
        return
    frame.note(f"{wording.quantity(n, 'tickets')}; the oldest first. Tick one to open it.")
    opened(ask, oldest, "thread-lying")


def opened(ask: Ask, tickets: pd.DataFrame, key: str) -> None:
    """A list of tickets with its CSV, of which one can be opened."""
    chosen = exhibit.choose(tickets, key)
    exhibit.download(tickets, f"{key}.csv", key)
    if chosen is not None:
        links.go("ticket", links.ticket(ask, str(tickets.iloc[chosen]["ticket_id"])))


def lost(ask: Ask) -> None:
    """Open, ours, and nothing happened for a week."""
    reading = ask.reading_of("lost_tickets")
    exhibit.heading(
        f"Lost from sight, {wording.period(ask.period)}",
        "Open, our turn, and for a week (five business days) nobody, customer or agent, did anything.",
    )
    if reading.value is None:
        frame.note(exhibit.nothing([reading]))
        return
    if not reading.n:
        frame.note("None at the end of the period.")
        return
    columns = ["ticket_id", "quiet_from", "subject", "team"]
    found = ask.tickets(reading.kpi, limit=_OLDEST)[columns].sort_values("quiet_from")
    opened(ask, found, "thread-lost")
    links.tickets(ask, reading)


@st.fragment
def worst(ask: Ask) -> None:
    """The tickets at the far end: most people, most repeats, longest without an owner."""
    frame.section("The tickets at the far end")
    name = st.segmented_control(
        "Which", list(_FAR), default="four_owners", key="thread-far", required=True,
        format_func=lambda each: _FAR[each][2], label_visibility="collapsed",
    )  # fmt: skip
    if name is None:
        return
    column, least, words, rule = _FAR[name]
    reading, asked = ask.reading_of(name), question(ask)
    if reading.value is None:
        frame.note(exhibit.nothing([reading]))
        return
    n, found = ask.remembered(
        f"thread far {name} {asked!r}", lambda: thread.hardest(asked, name, column, least, _OLDEST)
    )
    frame.note(f"{wording.quantity(n, 'tickets')} of {reading.n:,} resolved in {wording.period(ask.period)}: {rule}")
    if n:
        shown = found.assign(**{column: found[column].map(_minutes)}) if column.endswith("minutes") else found
        opened(ask, shown, f"thread-{name}")
        if name != "customer_repeats":
            links.tickets(ask, reading, f"See the tickets, {words.lower()} first")


def _minutes(value: float) -> str:
    return wording.value(float(value), Unit.MINUTES)


#: By KPI: the column that is listed, from how much on, its button, and the rule in words.
_FAR: dict[str, tuple[str, float, str, str]] = {
    "four_owners": ("people", 4, "Four owners or more", "four people of ours or more did something."),
    "customer_repeats": ("customer_repeats", 3, "Three repeats or more",
                         "the customer wrote three times or more before a new owner said a word."),
    "unowned_long": ("unowned_minutes", 240.0001, "Unowned for over 4 hours",
                     "nobody owned them for over four hours while it was our turn."),
}  # fmt: skip
