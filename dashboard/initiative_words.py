"""What is said of an initiative: the goal, where it stands, the chance, the pace, the effect, and what was moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from dashboard import initiatives, wording
from dashboard.initiatives import Standing, Word, goal, required, written
from dashboard.scope import Scope

if TYPE_CHECKING:
    from dashboard.initiative_record import Break

_LIKELY = {Word.ON_PACE: "likely", Word.OPEN: "open", Word.BEHIND: "unlikely"}
#: What is locked, as people say it.
NAMES = {
    "kpi": "KPI", "first": "baseline from", "last": "baseline to", "value": "baseline value", "low": "its lower end",
    "high": "its upper end", "change": "goal as a change", "line": "goal as a value", "due": "due day",
    "triggered_by_bad_numbers": "begun because of bad numbers", "control": "segment to compare with",
}  # fmt: skip


def sentences(made: Standing) -> Iterator[str]:
    """Plain sentences, what matters most first."""
    yield f"{made.body.name}: {made.word}. {target(made)}"
    yield from _standing(made)
    yield effect(made)
    for each in made.breaks:
        yield moved(each)
    if made.kpi.counts != made.body.definition:
        yield "The counting rule of this KPI is not the one it was locked with: the baseline speaks of the older one."


def target(made: Standing) -> str:
    """``MTTR from 16 h 40 min to 11 h 40 min (−30 %) by 6 Jun 2025.``"""
    body = made.body
    change = "" if body.change is None else f" ({'−' if body.change < 0 else '+'}{100 * abs(body.change):.3g} %)"
    base = initiatives.baseline(made)
    interval = "" if body.low is None else f", 95 % interval {wording.span(base[1], base[2], made.kpi.unit)}"
    where = f" in {made.body.scope.words()}" if body.segment else ""
    line = "" if body.line is None else "at most " if initiatives.is_below(made) else "at least "
    return (
        f"{made.kpi.label}{where} from {written(made, base[0])} (n = {body.n:,}{interval}) to "
        f"{line}{written(made, goal(made))}{change} by {day(body.due)}."
    )


def _standing(made: Standing) -> Iterator[str]:
    found = made.now
    if made.word is Word.VOLUME:
        yield f"Cannot be shown with this volume: {initiatives.too_little(made)}."
    if found is not None and found.value is not None:
        value = initiatives.weekly(made.kpi, found.value, found.period)
        edges = (found.low, found.high)
        low, high = (None if x is None else initiatives.weekly(made.kpi, x, found.period) for x in edges)
        span = wording.span(low, high, made.kpi.unit)
        told = f", 95 % interval {span}" if span else ""
        yield f"{wording.period(found.period)}: {written(made, value)} (n = {found.n:,}{told})."
    if made.word in _LIKELY:
        yield f"Reaching the goal by its day is {_LIKELY[made.word]}, if it goes on as in the last weeks."
    step = required(made)
    if step is not None and made.word in (*_LIKELY, Word.EARLY):
        yield f"From now on it needs {wording.difference(step, made.kpi.unit)} every week."


def effect(made: Standing) -> str:
    """The effect in words, with what it rests on."""
    found = made.effect
    if made.breaks:
        return "No effect is told: the goal was changed on the way, and what lies before and after is not compared."
    if found is None:
        return "No effect is told yet: too few complete weeks before or after the start, or weeks without a value."
    if found.is_relative:
        size = f"{100 * found.change:+.0f} % (95 % interval {100 * found.low:+.0f} to {100 * found.high:+.0f} %)"
        size = size.replace("-", "−")
    else:
        unit = made.kpi.unit
        edges = f"{wording.difference(found.low, unit)} to {wording.difference(found.high, unit)}"
        size = f"{wording.difference(found.change, unit)} (95 % interval {edges})"
    other = f", less what {Scope(made.body.control).words()} did meanwhile" if made.body.control else ""
    against = f"the trend before it{other}"
    said = f"Since the start: {size} against {against}, from {found.n} weeks"
    said += ", more than chance." if found.is_real else "; that may be chance."
    if made.body.triggered_by_bad_numbers:
        said += " The four weeks before the start are left out: numbers that bad mend in part by themselves."
    if found.is_plain:
        said += " With fewer than 12 weeks the likeness of neighbours cannot be told: the interval is too narrow."
    return f"{said} It came at the same time; that alone does not show the cause."


def moved(each: Break) -> str:
    """``Goal changed on 3 May 2025 by Ben: due day from … to …. Because: …``"""
    parts = [f"{NAMES.get(name, name.replace('_', ' '))} from {old} to {new}" for name, old, new in each.changes]
    return (
        f"Goal changed on {day(each.day)} by {each.who}: {'; '.join(parts)}. Because: {each.because.rstrip('.')}. "
        "What was read before and after is not compared."
    )


def day(when: date) -> str:
    return f"{when.day} {when:%b %Y}"
