"""What else a ticket's way shows: the other systems it leads to, and how tickets fared on which a text was repeated."""

from __future__ import annotations

import pandas as pd

from dashboard import charts_parts, thread, wording
from dashboard.ask import Ask
from dashboard.kpis.kpi import Unit
from dashboard.kpis.statistic import Estimate
from dashboard.thread import Macro
from dashboard.widgets import exhibit, frame, style
from dashboard.widgets.thread import question


def systems(ask: Ask) -> None:
    """How many tickets lead to which other system."""
    reading, asked = ask.reading_of("systems_per_ticket"), question(ask)
    title = f"Tickets by the other system they lead to, {wording.period(ask.period)}"
    found = ask.remembered(f"thread systems {asked!r}", lambda: thread.systems(asked))
    if reading.value is None or not found:
        exhibit.heading(title)
        frame.note(exhibit.nothing([reading]) if reading.value is None else "No ticket links to another system.")
        return
    parts = [(name, n, f"{n:,} · {wording.value(n / reading.n, Unit.PERCENT)} of {reading.n:,}") for name, n in found]
    table = pd.DataFrame([{"System": name, "Tickets": n} for name, n in found])
    words = "; ".join(f"{name} {n:,}" for name, n in found)
    exhibit.drawing(
        title, charts_parts.bars(parts, style.dark()), f"{title}: {words}.", table, "thread-systems",
        "Read off the form of each link; a look without a link leaves no trace.",
    )  # fmt: skip


def macros(ask: Ask) -> None:
    """Texts sent word for word on twenty tickets or more: use, what came after, age."""
    asked = question(ask)
    frame.section(
        "Texts used again and again",
        "Public texts agents sent word for word on twenty tickets or more: macros, and replies people copy. "
        "What came after stands beside the tickets without any; that they come again need not be the text's doing.",
    )
    lived = ask.remembered("thread text lives", lambda: thread.lives(asked.facts))
    found = ask.remembered(f"thread macros {asked!r}", lambda: thread.macros(asked, lived))
    if not any(each.text_hash for each in found):
        frame.note(
            "No such text on the tickets resolved in this period. "
            "Where an export holds no message texts none can be seen."
        )
        return
    table = pd.DataFrame([_row(place, each) for place, each in enumerate(found, start=1)])
    exhibit.show(table, "thread-macros")
    exhibit.download(table, "thread-macros.csv", "thread-macros")
    frame.note("Texts are not kept: open the example to read one. The last row are the tickets without any of them.")


def _row(place: int, each: Macro) -> dict[str, object]:
    return {
        "Text": f"text {place}" if each.text_hash else "none of them",
        "Tickets": each.tickets,
        "Reopened": _share(each.reopened),
        "Reopened, 95 %": wording.span(each.reopened.low, each.reopened.high, Unit.PERCENT),
        "Came again": _share(each.came_back),
        "Came again, 95 %": wording.span(each.came_back.low, each.came_back.high, Unit.PERCENT),
        "First used": "" if each.first_used is None else f"{each.first_used:%Y-%m-%d}",
        "Last used": "" if each.last_used is None else f"{each.last_used:%Y-%m-%d}",
        "Example": each.example or "",
    }


def _share(found: Estimate) -> str:
    return f"{wording.value(found.value, Unit.PERCENT)} of {found.n:,}" if found.n >= _LEAST else f"– of {found.n:,}"


#: Fewer judged tickets than this have no rate (the floor of every share).
_LEAST = 30
