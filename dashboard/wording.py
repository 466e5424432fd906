"""How a number is written, for screen and paper alike: three significant digits, unit attached, plain English."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from dashboard.kpis.kpi import Good, Kpi, Unit
from dashboard.scope import Grain, Period
from dashboard.verdict import Change, Verdict

if TYPE_CHECKING:
    from dashboard.kpis.target import Target
    from dashboard.readings import Reading

#: A status is a word with a shape; colour comes third.
SHAPES = {
    Verdict.MEETS: "✓",
    Verdict.MISSES: "✕",
    Verdict.TOO_CLOSE: "≈",
    Verdict.NOT_ENOUGH: "…",
    Verdict.NO_TARGET: "–",
    Verdict.NO_READING: "–",
    Verdict.SO_FAR: "○",
    Verdict.NOT_DUE: "→",
}
NOTHING = "–"
#: What stands behind a number of these units. Money has no sign of its own: the currency is the user's.
ENDINGS = {
    Unit.MINUTES_PER_TICKET: "min per ticket",
    Unit.PER_TICKET: "per ticket",
    Unit.MONEY_PER_TICKET: "per ticket",
    Unit.PER_AGENT_DAY: "a day",
    Unit.WEEKS: "weeks",
}


def ticket_status(word: str) -> str:
    """Where a ticket stands, as people say it."""
    return {"waiting_customer": "waiting for the customer", "waiting_other": "waiting for others"}.get(word, word)


def value(x: float | None, unit: Unit) -> str:
    """A value with its unit.

    >>> value(0.8241, Unit.PERCENT), value(320, Unit.MINUTES), value(53.4, Unit.POINTS), value(1212, Unit.COUNT)
    ('82.4 %', '5 h 20 min', '53.4 points', '1,212')
    """
    if x is None or math.isnan(x):
        return NOTHING
    if unit is Unit.PERCENT:
        return f"{_percent(x)} %"
    if unit is Unit.MINUTES:
        return duration(x)
    if unit in ENDINGS:
        return f"{number(x)} {ENDINGS[unit]}"
    if unit is Unit.POINTS:
        return f"{number(x)} {'point' if abs(x) == 1 else 'points'}"
    return number(x)


def over(x: float, unit: Unit) -> str:
    """What is only known to lie above a value: ``over 12 d 3 h``."""
    return f"over {value(x, unit)}"


def number(x: float) -> str:
    """Three significant digits at least, never fewer than the whole number: ``1,212``, ``53.4``, ``0.0712``."""
    if x == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(x))))
    text = f"{x:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")


def _percent(share: float) -> str:
    """A share as a percentage; what is not all or nothing is never rounded to 0 or 100.

    Above 99.9 % the hundredths decide: a promise of 99.95 % is not one of 99.9 %.
    """
    text = f"{100 * share:.2f}".removesuffix(".00") if 0.999 < share < 1 else f"{100 * share:.1f}".removesuffix(".0")
    if text == "100" and share < 1:
        return "over 99.99"
    if text in ("0", "-0") and share > 0:
        return "under 0.1"
    return text.replace("-", "−")


def duration(minutes: float) -> str:
    """Minutes in their two largest units. Up to three days in hours, because targets are spoken of in hours.

    >>> duration(320), duration(1440), duration(5820), duration(0.5), duration(-90)
    ('5 h 20 min', '24 h', '4 d 1 h', '30 s', '−1 h 30 min')
    """
    if minutes < 0:
        return f"−{duration(-minutes)}"
    if round(minutes * 60) < 60:
        return f"{round(minutes * 60)} s"
    if round(minutes) < 60:
        return _two(round(minutes * 60), (60, "min"), (1, "s")) if minutes < 10 else f"{round(minutes)} min"
    if round(minutes) < 3 * 1440:
        return _two(round(minutes), (60, "h"), (1, "min"))
    return _two(round(minutes / 60), (24, "d"), (1, "h"))


def _two(total: int, large: tuple[int, str], small: tuple[int, str]) -> str:
    count, rest = divmod(total, large[0])
    return f"{count:,} {large[1]}" + (f" {rest // small[0]} {small[1]}" if rest else "")


def difference(x: float, unit: Unit) -> str:
    """A difference with its sign. Shares differ in percentage points.

    >>> difference(0.019, Unit.PERCENT), difference(-30, Unit.MINUTES)
    ('+1.9 points', '−30 min')
    """
    sign = "+" if x > 0 else "−" if x < 0 else "±"
    if unit is Unit.PERCENT:
        return f"{sign}{100 * abs(x):.1f} points"
    # A tenth of a point is already finer than any survey tells.
    return f"{sign}{value(round(abs(x), 1) if unit is Unit.POINTS else abs(x), unit)}"


def interval(reading: Reading) -> str:
    """Low to high with one unit: ``71.6–76.5 %``; empty where there is none."""
    return span(reading.low, reading.high, reading.kpi.unit)


def span(low: float | None, high: float | None, unit: Unit) -> str:
    """Two values of one unit, joined."""
    if low is None or high is None:
        return ""
    first, last = value(low, unit), value(high, unit)
    if unit is Unit.MINUTES:
        return f"{first} – {last}"
    ending = last[last.rindex(" ") :] if unit in (Unit.PERCENT, Unit.POINTS) else ""
    if unit in ENDINGS:
        ending = f" {ENDINGS[unit]}"
    first = first[: first.rindex(" ")] if unit in (Unit.PERCENT, Unit.POINTS) else first.removesuffix(ending)
    joint = " to " if "−" in first + last or "er" in first + last.removesuffix(ending) else "–"
    return f"{first}{joint}{last}"


def target(line: Target | None, unit: Unit) -> str:
    """A target as it stands behind the word "target": ``above 70 %``, ``between 15 and 25``; empty for none."""
    return "" if line is None else line.words(lambda x: value(x, unit))


def mark(verdict: str) -> str:
    """A verdict as a shape and a word: ``✓ meets``."""
    return f"{SHAPES[Verdict(verdict)]} {verdict}"


def status(reading: Reading) -> str:
    """The status of a reading; within the warning band it says so: ``✓ meets, near the line``."""
    return mark(reading.verdict) + (", near the line" if reading.is_near_line else "")


def period(asked: Period) -> str:
    """A period as people say it: ``3–9 Nov 2025 (week 45)``, ``Mar 2016``, ``Q1 2016``; cut ones as their days."""
    start, end = asked.start, asked.end
    if start is None and end is None:
        return "all of time"
    if start is None or end is None:
        return f"since {_day(start)}" if start else f"until {_day(_last(end))}"
    if asked.grain is Grain.MONTH and _is_full(start, end, 1):
        return f"{start:%b %Y}"
    if asked.grain is Grain.QUARTER and _is_full(start, end, 3):
        return f"Q{(start.month + 2) // 3} {start.year}"
    days = _days(start, _last(end))
    return f"{days} (week {_week(start)})" if asked.grain is Grain.WEEK and (end - start).days == 7 else days


def short_period(asked: Period) -> str:
    """A period for an axis or a comparison: ``week 45``, ``Mar 2016``, ``Q1 2016``, ``3 Nov``."""
    if asked.grain is Grain.WEEK and asked.start and asked.end and (asked.end - asked.start).days == 7:
        return f"week {_week(asked.start)}"
    if asked.grain is Grain.DAY and asked.start:
        return f"{asked.start.day} {asked.start:%b}"
    return period(asked)


def _week(start: date) -> int:
    """The ISO number of the week that holds its Thursday, whatever day weeks start on."""
    return (start + timedelta(days=(3 - start.weekday()) % 7)).isocalendar().week


def _last(end: date | None) -> date:
    return (end or date.max) - timedelta(days=1)


def _is_full(start: date, end: date, months: int) -> bool:
    index = start.year * 12 + start.month - 1 + months
    return start.day == 1 and end == date(index // 12, index % 12 + 1, 1)


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _days(first: date, last: date) -> str:
    if first == last:
        return _day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{_day(last)}"
    if first.year == last.year:
        return f"{first.day} {first:%b} – {_day(last)}"
    return f"{_day(first)} – {_day(last)}"


_BEFORE = {
    Grain.DAY: "the day before",
    Grain.WEEK: "the week before",
    Grain.MONTH: "the month before",
    Grain.QUARTER: "the quarter before",
    Grain.ALL: "the period before",
}


def change(found: Change | None, kpi: Kpi, grain: Grain) -> str:
    """A change in words: ``+1.9 points on the week before, within chance``; empty for none."""
    if found is None:
        return ""
    text = f"{difference(found.difference, kpi.unit)} on {_BEFORE[grain]}"
    if found.is_real is None:
        return text
    if not found.is_real:
        return f"{text}, within chance"
    if kpi.good is Good.NEITHER:
        return f"{text}, more than chance"
    return f"{text}, {'better' if (found.difference > 0) == (kpi.good is Good.UP) else 'worse'}"


def counted(reading: Reading) -> str:
    """n with its noun: ``1,212 tickets``."""
    return quantity(reading.n, reading.kpi.counted)


#: Nouns whose plural is not an s at their end.
_SINGLE = {
    "surveys sent": "survey sent",
    "figures entered": "figure entered",
    "accounts on an issue": "account on an issue",
    "fixes": "fix",
}


def quantity(n: int, noun: str) -> str:
    """A count with its noun in the right number: ``1 ticket``, ``2 surveys sent``."""
    single = _SINGLE.get(noun, noun.removesuffix("s"))
    return f"{n:,} {single if n == 1 else noun}"


def headline_sentence(readings: Sequence[Reading]) -> str:
    """The page's answer in a sentence or two: what met its target, what did not, and what cannot be told."""
    met = [reading for reading in readings if reading.verdict == Verdict.MEETS]
    missed = [reading for reading in readings if reading.verdict == Verdict.MISSES]
    sentences = [
        _told(met, "met its target", "met their targets"),
        _told(missed, "did not meet its target" if met else "missed its target", "missed their targets"),
        _open(readings),
    ]
    text = " ".join(sentence for sentence in sentences if sentence)
    return text or _nothing(readings)


def _told(readings: Sequence[Reading], one: str, many: str) -> str:
    if not readings:
        return ""
    if len(readings) == 1:
        reading = readings[0]
        joint = "of" if reading.kpi.unit is Unit.PERCENT else "over"
        return f"{_name(reading)} {one}: {value(reading.value, reading.kpi.unit)} {joint} {counted(reading)}."
    names = [f"{_name(reading)} ({value(reading.value, reading.kpi.unit)})" for reading in readings]
    return f"{_listed(names)} {many}."


def _open(readings: Sequence[Reading]) -> str:
    """What has a target and a value, and yet cannot be called."""
    close = [_name(reading) for reading in readings if reading.verdict == Verdict.TOO_CLOSE]
    few = [_name(reading) for reading in readings if reading.verdict == Verdict.NOT_ENOUGH]
    told = [f"{_listed(close)} {'is' if len(close) == 1 else 'are'} too close to call"] if close else []
    told += [f"{_listed(few)} {'has' if len(few) == 1 else 'have'} not enough data to say"] if few else []
    waiting = [_name(reading) for reading in readings if reading.verdict == Verdict.NOT_DUE]
    told += [f"the target of {_listed(waiting)} is not due yet"] if waiting else []
    return f"{'; '.join(told)}." if told else ""


def _nothing(readings: Sequence[Reading]) -> str:
    """When no verdict can be given at all: why."""
    if any(reading.verdict == Verdict.SO_FAR for reading in readings):
        return "This period is not over: its figures are shown so far and not judged."
    if any(reading.value is not None for reading in readings):
        return "None of these figures has a target yet."
    return "There is nothing to read in this period."


def _name(reading: Reading) -> str:
    """The label as it stands inside and at the start of a sentence alike."""
    return reading.kpi.label


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
