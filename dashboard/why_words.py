"""Why a value moved, in one sentence and as a table; a decomposition is arithmetic and names no cause."""

from __future__ import annotations

from typing import Any

from dashboard import wording
from dashboard.analysis.movement import OTHERS, Movement, Part
from dashboard.analysis.why import NONE, Why
from dashboard.kpis.kpi import Kpi


def sentence(found: Why) -> str:
    """Who contributed most, and whether any part is more than chance; or why nothing is split."""
    moved = found.movement
    if moved is None:
        return found.reason or ""
    kpi = found.now.kpi
    way = "rose" if moved.difference > 0 else "fell" if moved.difference < 0 else "did not move"
    if way == "did not move":
        return f"{kpi.label} did not move."
    change = found.change
    whole = "" if change is None or change.is_real is None else _chance(change.is_real)
    size = wording.difference(abs(moved.difference), kpi.unit).removeprefix("+")
    was, now = (wording.short_period(each.period) for each in (found.before or found.now, found.now))
    return f"{kpi.label} {way} by {size} from {was} to {now}{whole}. {_parts(found, moved)}"


def _parts(found: Why, moved: Movement) -> str:
    kpi, dimension = found.now.kpi, found.dimension.replace("_", " ")
    real = [part for part in moved.parts if part.is_real]
    mix = f"a different mix by {dimension} accounts for {wording.difference(moved.mix, kpi.unit)}"
    told = [f"{name(part, dimension)} for {wording.difference(part.rate, kpi.unit)}" for part in _largest(real)]
    if kpi.grade == "assumed":
        most = _largest(list(moved.parts))[0]
        size = wording.difference(most.rate, kpi.unit)
        return f"Most of it is {name(most, dimension)} ({size}); assumed minutes are not tested."
    if told:
        accounts = f"Of the parts, {' and '.join(told)} {'is' if len(told) == 1 else 'are'} more than chance"
        return f"{accounts}; {mix} ({'more than' if moved.mix_is_real else 'within'} chance)."
    if moved.mix_is_real:
        return f"{mix[:1].upper()}{mix[1:]}, more than chance; no {dimension} by itself moved by more than chance."
    return f"No {dimension} by itself and no change of mix is more than chance."


def _largest(parts: list[Part]) -> list[Part]:
    return sorted(parts, key=lambda part: -abs(part.rate))[:2]


def name(part: Part, dimension: str) -> str:
    """A segment as it is called in a sentence."""
    if part.name == OTHERS:
        return f"the small ones by {dimension} together"
    return f"tickets without {dimension}" if part.name == NONE else part.name


def _chance(is_real: bool) -> str:
    return ", more than chance" if is_real else "; on these two alone that may be chance"


def rows(found: Why) -> list[dict[str, Any]]:
    """One row a segment, then their sum, which is the difference."""
    moved, kpi = found.movement, found.now.kpi
    if moved is None:
        return []
    label = found.dimension.replace("_", " ").capitalize()
    told = [
        {label: "(others, pooled)" if part.name == OTHERS else part.name, **_row(part, kpi)} for part in moved.parts
    ]
    total = {"Mix": moved.mix, "Itself": moved.rate, "Together": moved.difference}
    n = {"n before": sum(part.before.n for part in moved.parts), "n now": sum(part.after.n for part in moved.parts)}
    ends = {"Before": wording.value(moved.before, kpi.unit), "Now": wording.value(moved.after, kpi.unit)}
    sums = {key: wording.difference(size, kpi.unit) for key, size in total.items()}
    spread = wording.span(*moved.mix_bounds, kpi.unit) if kpi.grade != "assumed" else ""
    return [*told, {label: "All", **n, **ends, **sums, "95 % interval": f"mix {spread}" if spread else "", "Real": ""}]


def _row(part: Part, kpi: Kpi) -> dict[str, Any]:
    real = {True: "yes", False: "within chance", None: "not tested"}[part.is_real]
    return {
        "n before": part.before.n,
        "n now": part.after.n,
        "Before": wording.value(part.before.value, kpi.unit),
        "Now": wording.value(part.after.value, kpi.unit),
        "Mix": wording.difference(part.mix, kpi.unit),
        "Itself": wording.difference(part.rate, kpi.unit),
        "Together": wording.difference(part.total, kpi.unit),
        "95 % interval": wording.span(part.low, part.high, kpi.unit),
        "Real": real,
    }
