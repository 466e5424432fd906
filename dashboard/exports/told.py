"""A report in words for paper, slides and mail: one wording, made of the readings' own, whatever the format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dashboard import findings, wording
from dashboard.exports.records import edges
from dashboard.exports.trends import Trend
from dashboard.verdict import Verdict

if TYPE_CHECKING:
    from dashboard.exports.report import Line, Report, Section
    from dashboard.readings import Reading

#: The columns of a table of readings on paper, in their order, and how wide each is in hundredths.
COLUMNS = {"KPI": 23, "Value": 12, "Status": 16, "Target": 13, "95 % interval": 17, "n": 6, "Change": 13}
NUMBERS = ("Value", "n")
STABLE = "Nothing moved beyond normal variation."


def headline(line: Line) -> str:
    """One reading as the title of a slide: ``First-contact resolution meets its target: 74.1 %``."""
    reading = line.reading
    label, value = reading.kpi.label, wording.value(reading.value, reading.kpi.unit)
    told = {
        Verdict.MEETS: f"{label} meets its target: {value}",
        Verdict.MISSES: f"{label} misses its target: {value}",
        Verdict.TOO_CLOSE: f"{label} is too close to call: {value}",
        Verdict.NOT_ENOUGH: f"{label}: {value}, not enough data to judge",
        Verdict.NO_READING: f"{label}: no reading",
        Verdict.SO_FAR: f"{label} so far: {value}",
        Verdict.NOT_DUE: f"{label}: {value}, the target is not due yet",
    }
    return told.get(Verdict(reading.verdict), f"{label}: {value}")


_TALLIED = {
    Verdict.MEETS: ("meets its target", "meet their targets"),
    Verdict.MISSES: ("misses its target", "miss their targets"),
    Verdict.TOO_CLOSE: ("is too close to call", "are too close to call"),
    Verdict.NOT_ENOUGH: ("has not enough data", "have not enough data"),
    Verdict.NOT_DUE: ("is not due yet", "are not due yet"),
    Verdict.SO_FAR: ("is shown so far", "are shown so far"),
    Verdict.NO_TARGET: ("has no target", "have no target"),
    Verdict.NO_READING: ("has no reading", "have no reading"),
}


def tally(lines: Sequence[Line]) -> str:
    """How many stand how, as the title of their table: ``3 meet their targets, 1 misses its target``."""
    counts = {verdict: sum(line.reading.verdict == verdict for line in lines) for verdict in _TALLIED}
    told = [f"{n} {_TALLIED[verdict][n > 1]}" for verdict, n in counts.items() if n]
    return ", ".join(told) or "nothing to read"


def row(line: Line) -> dict[str, str]:
    """One reading as a row of a table; its keys are COLUMNS."""
    reading = line.reading
    return {
        "KPI": reading.kpi.label + (f" ({reading.kpi.grade})" if reading.kpi.grade else ""),
        "Value": value(reading),
        "Status": wording.status(reading),
        "Target": wording.target(reading.target, reading.kpi.unit),
        "95 % interval": wording.interval(reading),
        "n": f"{reading.n:,}",
        "Change": change(line),
    }


def value(reading: Reading) -> str:
    """The value in words; where there is none, what it is known to lie above."""
    if reading.value is None and reading.beyond is not None:
        return wording.over(reading.beyond, reading.kpi.unit)
    return wording.value(reading.value, reading.kpi.unit)


def change(line: Line) -> str:
    """The difference to the period before and what it is worth, short: ``+1.9 points, within chance``."""
    if line.change is None:
        return ""
    size = wording.difference(line.change.difference, line.reading.kpi.unit)
    if line.story is not None and line.story.signal is not None:
        return f"{size}, signal"
    worth = {None: "", True: ", more than chance", False: ", within chance"}[line.change.is_real]
    return size + worth


def evidence(line: Line) -> dict[str, str]:
    """What stands beside the value on a slide: what n counts, what the interval is, the target, the change."""
    reading = line.reading
    judged = {
        "Status": wording.status(reading),
        "Target": wording.target(reading.target, reading.kpi.unit) or "none",
    }
    if reading.value is None:
        return judged | ({"Why": reading.reason} if reading.reason else {})
    spread = wording.interval(reading)
    told = judged | {
        _interval_name(reading): spread or "none",
        "n": wording.counted(reading),
        "Against before": standing(line),
        "Grade": reading.kpi.grade or "",
    }
    return {name: words for name, words in told.items() if words}


def _interval_name(reading: Reading) -> str:
    return "95 % interval" if reading.interval.startswith("95 %") else reading.interval.capitalize()


def standing(line: Line) -> str:
    """How the period stands to its trend and to the one before, in a sentence."""
    if line.story is not None:
        return findings.standing(line.story).words
    return wording.change(line.change, line.reading.kpi, line.reading.period.grain)


def caveats(line: Line) -> list[str]:
    """What whoever presents a number must know of it, a sentence each: notes of a slide, appendix of a paper."""
    reading = line.reading
    kpi = reading.kpi
    told = [
        f"Asks: {kpi.asks}",
        f"Definition: {kpi.counts}",
        f"Caution: {kpi.beware}",
        f"Dated by: {kpi.anchor}; {kpi.clock} clock.",
        f"Target: {wording.target(reading.target, kpi.unit)} ({reading.target.because})." if reading.target else "",
        f"Judged from {kpi.enough} {kpi.counted} on.",
        f"Interval: {reading.interval}." if reading.low is not None else "",
        f"Counted: {kpi.chosen.in_words()}." if kpi.chosen.in_words() else "",
        f"{reading.immature:,} {kpi.counted} are too young to judge and not counted yet." if reading.immature else "",
        f"No reading: {reading.reason}." if reading.reason else "",
        f"The value alone {reading.point_verdict} its target; the evidence does not decide it."
        if _undecided(reading)
        else "",
        f"Grade: {kpi.grade}." if kpi.grade else "",
        f"Answered for by: {kpi.owner}.",
    ]
    return [sentence for sentence in told if sentence]


def _undecided(reading: Reading) -> bool:
    return reading.point_verdict is not None and reading.verdict in (Verdict.TOO_CLOSE, Verdict.NOT_ENOUGH)


def scope(report: Report) -> str:
    """Which period, whose tickets, in which zone: one line for the head or foot of every page."""
    first = next(report.lines(), None)
    if first is None:
        return ""
    period, filters = first.reading.period, first.reading.scope.words()
    return f"{wording.period(period)} · days in {period.timezone} · {filters or 'all tickets'}"


def freshness(report: Report) -> str:
    """From when to when the data tell, and whether the period is complete."""
    first = next(report.lines(), None)
    if first is None or first.reading.as_of is None:
        return ""
    reading = first.reading
    since, as_of = reading.data_from, reading.as_of
    told = (
        f"The data tell of {since} to {as_of:%Y-%m-%d %H:%M} UTC."
        if since
        else f"Data until {as_of:%Y-%m-%d %H:%M} UTC."
    )
    start, end = edges(reading)
    whole = "" if reading.period.whole else f" The period {start} to {end} is not over: its figures are not judged."
    return told + whole


def drawn(trend: Trend) -> str:
    """What a chart shows, as its title: ``FCR, week 33 to week 45``."""
    first, last = trend.points[0].period, trend.points[-1].period
    return f"{trend.heading}: {first} to {last}"


def described(line: Line, trend: Trend) -> str:
    """A chart in words, for those who do not see it."""
    if line.story is None:
        return drawn(trend)
    unit = line.reading.kpi.unit
    known = [reading for reading in line.trend if reading.value is not None and reading.period.whole]
    ends = ""
    if known:
        ends = f" From {wording.value(known[0].value, unit)} to {wording.value(known[-1].value, unit)}."
    return f"{drawn(trend)}.{ends} {behaviour(line)}".strip()


def behaviour(line: Line) -> str:
    """Signals by name, or that there are none, what is marked, and where the running period is likely to end."""
    if line.story is None:
        return ""
    told = (
        findings.behaviour(line.story.weighed, line.story.past),
        findings.ending_words(line.story),
        findings.met_words(line.story),
    )
    return " ".join(part for part in told if part)


def shown(section: Section) -> list[Line]:
    """The lines a table shows: those that hold a number, and those whose trend is drawn though this period has none."""
    return [line for line in section.lines if is_read(line) or line.story is not None]


def is_read(line: Line) -> bool:
    """Whether there is a number, or one it is known to lie above."""
    return line.reading.value is not None or line.reading.beyond is not None
