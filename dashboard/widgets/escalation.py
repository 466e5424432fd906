"""The escalation loop in words and bars: the answer, the ladder, the rounds, the wait, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard import charts, charts_tax, escalation_loop, kpis, wording
from dashboard.ask import Ask, Story
from dashboard.charts_tax import Bar
from dashboard.escalation_loop import Rung
from dashboard.escalation_parts import ENDED, ROUNDS, TIER_PARTS, TOGETHER, EscalationPart, tier_words
from dashboard.kpis.kpi import Unit
from dashboard.kpis.statistic import Estimate, wilson
from dashboard.question import Question
from dashboard.readings import Reading
from dashboard.widgets import doors, exhibit, frame, style

Counted = Sequence[tuple[EscalationPart, int]]
#: What a leader should not read into the page.
MEANS = (
    "One round is what an escalation is for; each further round is another wait for the customer. None of it says who "
    "was at fault, or that a ticket should have stayed: management's attention and missed clocks stand beside it, "
    "never in it."
)


def question(ask: Ask) -> Question:
    """What the visitor asks, as the queries of the loop take it."""
    return Question(ask.loaded, ask.scope, ask.period, ask.options)


def sentence(told: Mapping[str, Story]) -> str:
    """How many went up, and how often they came and went."""
    went, rounds = told["functional_escalations"].now, told["rounds_per_escalation"].now
    so_far = "" if went.period.whole else " so far"
    text = f"Support handed up {wording.quantity(went.n, 'tickets')} in {wording.period(went.period)}{so_far}"
    if rounds.value is None:
        return f"{text}. Rounds with engineering: {exhibit.nothing([rounds])}"
    few = ", too few to call it typical" if rounds.n < rounds.kpi.enough else ""
    mean = wording.number(rounds.value)
    return (
        f"{text}. Of the tickets resolved in it, {rounds.n:,} had been with engineering, with a mean of {mean} "
        f"{'round' if mean == '1' else 'rounds'} there and back{_spread(rounds)}{few}."
    )


def _spread(reading: Reading) -> str:
    if reading.low is None or reading.high is None:
        return ""
    return f" (95 %: {wording.number(reading.low)}–{wording.number(reading.high)})"


def counted(ask: Ask, name: str, some: Sequence[EscalationPart]) -> Counted:
    """The rows of a KPI by part; all its parts are counted in one pass, and remembered."""
    asked = question(ask)
    found = ask.remembered(
        f"escalation parts {name} {asked!r}", lambda: escalation_loop.parts(asked, name, TOGETHER[name])
    )
    counts = {part.code: count for part, count in found}
    return [(part, counts[part.code]) for part in some]


def of_parts(
    ask: Ask, title: str, name: str, found: Counted, key: str, note: str, column: str, n: int | None = None
) -> None:
    """Bars of counts with shares and their intervals; each leads to its tickets."""
    kpi = kpis.catalogue()[name]
    whole = sum(count for _, count in found) if n is None else n
    rows = [_part_bar(part, count, whole) for part, count in found]
    table = pd.DataFrame(
        [
            {
                column: _capital(part.words),
                "Tickets": count,
                "Share": wording.value(count / whole, Unit.PERCENT) if whole else wording.NOTHING,
                "95 % interval": wording.span(*wilson(count, whole), Unit.PERCENT) if whole else "",
                "n": whole,
            }
            for part, count in found
        ]
    )
    exhibit.drawing(
        title, charts_tax.bars(rows, style.dark(), 44), alt(title, rows), table, key,
        f"n = {whole:,}, whiskers are 95 % intervals. {note}",
        doors.of_parts(ask, kpi, found),
    )  # fmt: skip


def _part_bar(part: EscalationPart, count: int, whole: int) -> Bar:
    if not count:
        return Bar(_capital(part.words), 0, "0", code=part.code)
    low, high = (edge * whole for edge in wilson(count, whole))
    return Bar(
        _capital(part.words), count, f"{count:,} · {wording.value(count / whole, Unit.PERCENT)}", low, high, part.code
    )


def alt(title: str, rows: Sequence[Bar]) -> str:
    """The bars in one sentence."""
    return f"{title}: {'; '.join(f'{row.name} {row.words}' for row in rows)}."


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def ladder(ask: Ask) -> None:
    """How many tickets reach each tier, how long they stay, and where they end."""
    asked = question(ask)
    found = ask.remembered(f"escalation ladder {asked!r}", lambda: escalation_loop.ladder(asked))
    title = f"Open time in each tier, {wording.period(ask.period)}"
    if not found:
        exhibit.heading(title)
        frame.note(
            "No ladder to show: no ticket resolved in this period stood in a team with a tier ([groups.tier] in "
            "supportkpi.toml), and the help desk tells no levels."
        )
        return
    rows = [_rung_bar(rung) for rung in found]
    total = found[0].reached.n
    exhibit.drawing(
        title, charts_tax.bars(rows, style.dark()), alt(title, rows), ladder_table(found), "escalation-ladder",
        f"Mean open hours of a ticket that stood there, around the clock, with its 95 % interval, and the share of the "
        f"{total:,} tickets resolved in the period that did. A tier's time is its queue and its work together.",
        doors.of_parts(
            ask, kpis.catalogue()["tickets_resolved"],
            [(TIER_PARTS[rung.tier], int(rung.reached.events or 0)) for rung in found if rung.tier in TIER_PARTS],
        ),
    )  # fmt: skip


def _rung_bar(rung: Rung) -> Bar:
    part = TIER_PARTS.get(rung.tier)
    low, high = (None if edge is None else edge / 60 for edge in (rung.minutes.low, rung.minutes.high))
    reached = wording.value(rung.reached.value, Unit.PERCENT)
    return Bar(
        _capital(tier_words(rung.tier)), (rung.minutes.value or 0) / 60,
        f"{wording.value(rung.minutes.value, Unit.MINUTES)} · reached by {reached}", low, high,
        part.code if part else "",
    )  # fmt: skip


def ladder_table(found: Sequence[Rung]) -> pd.DataFrame:
    """A row a tier, with every interval."""
    return pd.DataFrame(
        [
            {
                "Tier": _capital(tier_words(rung.tier)),
                "Tickets": int(rung.reached.events or 0),
                "Of all": wording.value(rung.reached.value, Unit.PERCENT),
                "Of all, 95 % interval": _span(rung.reached, Unit.PERCENT),
                "Mean open time": wording.value(rung.minutes.value, Unit.MINUTES),
                "Open time, 95 % interval": _span(rung.minutes, Unit.MINUTES),
                "Resolved there": wording.value(rung.ended.value, Unit.PERCENT),
                "Resolved there, 95 % interval": _span(rung.ended, Unit.PERCENT),
                "Came up to it again": rung.again,
            }
            for rung in found
        ]
    )


def _span(found: Estimate, unit: Unit) -> str:
    return wording.span(found.low, found.high, unit)


def rounds(ask: Ask) -> None:
    """How many tickets went there and back how often."""
    of_parts(
        ask, f"Rounds with engineering, {wording.period(ask.period)}", "rounds_per_escalation",
        counted(ask, "rounds_per_escalation", ROUNDS), "escalation-rounds",
        "Tickets resolved in the period that went to engineering. A round is there and back.", "Rounds",
    )  # fmt: skip


def waits(ask: Ask, told: Mapping[str, Story]) -> None:
    """The wait for engineering's first action, of issues that came back against first-time ones."""
    title = f"Median wait for engineering's first action, {wording.period(ask.period)}"
    found = {
        "Issue that came back": told["engineering_latency"].now,
        "First-time issue": told["engineering_latency_first"].now,
    }
    if all(reading.value is None for reading in found.values()):
        exhibit.heading(title)
        frame.note(exhibit.nothing(list(found.values())))
        return
    rows = [_wait_bar(name, reading) for name, reading in found.items()]
    table = exhibit.table(list(found.values()))
    exhibit.drawing(
        title, charts_tax.bars(rows, style.dark()), alt(title, rows), table, "escalation-wait",
        "From the first escalation to the first thing engineering did on the ticket or on its record, around the "
        "clock; the whisker is the 95 % interval. Came back: within 90 days of the time before. What engineering never "
        f"answered is in neither; … marks fewer than {told['engineering_latency'].now.kpi.enough} tickets.",
        doors.of_readings(ask, [reading for reading in found.values() if reading.value is not None]),
    )  # fmt: skip


def _wait_bar(name: str, reading: Reading) -> Bar:
    if reading.value is None:
        return Bar(name, 0, f"no reading, n = {reading.n:,}")
    few = " …" if reading.n < reading.kpi.enough else ""
    low, high = (None if edge is None else edge / 60 for edge in (reading.low, reading.high))
    words = f"{wording.value(reading.value, Unit.MINUTES)} · n = {reading.n:,}{few}"
    return Bar(name, reading.value / 60, words, low, high, charts.code_of(reading))


def ended(ask: Ask) -> None:
    """What the escalations of the period ended in, by engineering's word."""
    found = counted(ask, "functional_escalations", ENDED)
    title = f"How the escalations of {wording.period(ask.period)} ended"
    if not sum(count for _, count in found):
        exhibit.heading(title)
        frame.note("No ticket was handed up in this period.")
        return
    silent = ("ended-untold", "ended-open")
    missing = ""
    if not any(count for part, count in found if part.code not in silent):
        found = [(part, count) for part, count in found if part.code in silent]
        missing = (
            " No export here tells how engineering ended a record: load its tracker (Jira, GitHub, problem records)."
        )
    of_parts(
        ask, title, "functional_escalations", found, "escalation-ended",
        f"By the resolution of the linked record of engineering; never guessed.{missing}", "Ended in",
    )  # fmt: skip
