"""What the answers around incidents say, in plain words: association, and what so few answers could have shown."""

from __future__ import annotations

import pandas as pd

from dashboard import wording
from dashboard.incident_window import Around, Difference, Phase
from dashboard.kpis.statistic import Estimate

SIDES = {True: "Touched accounts", False: "All other accounts"}


def sentences(found: Around) -> list[str]:
    """Three: how the touched accounts changed, how all others did, and whether the two differ."""
    return [_side(found, touched) for touched in SIDES] + [_apart(found)]


def _side(found: Around, touched: bool) -> str:
    before, during = found.cell(touched, Phase.BEFORE), found.cell(touched, Phase.DURING)
    name, fall = SIDES[touched], found.fall(touched)
    if fall is None:
        return f"{name}: {_few(found, {'before': before, 'during': during})}."
    unit = found.kpi.unit
    told = ", ".join(
        f"{wording.value(each.value, unit)} {when} (n = {each.n:,})"
        for each, when in ((before, "before"), (during, "during"))
    )
    return f"{name}: {told}, {_difference(found, fall)}."


def _few(found: Around, cells: dict[str, Estimate]) -> str:
    """``not enough data: 3 answers during, at least 30 are needed``."""
    short = [f"{wording.quantity(each.n, found.kpi.counted)} {when}" for when, each in cells.items()
             if each.n < found.kpi.enough]  # fmt: skip
    if not short:
        return "no interval, so nothing is said"
    return f"not enough data: {' and '.join(short)}, at least {found.kpi.enough} are needed"


def _difference(found: Around, each: Difference) -> str:
    """``−9.2 points (95 %: −15.1 to −3.3), more than chance``."""
    unit = found.kpi.unit
    low, high = (wording.difference(x, unit) for x in (each.low, each.high))
    said = "more than chance" if each.is_real else "within chance"
    return f"{wording.difference(each.value, unit)} (95 %: {low} to {high}), {said}"


def _apart(found: Around) -> str:
    apart, unit = found.apart, found.kpi.unit
    mine = found.fall(touched=True)
    if apart is None:
        seen = "" if mine is None else f" {_detectable(mine, found)}"
        return f"The two cannot be compared.{seen}"
    told = f"The touched accounts changed by {wording.difference(apart.value, unit).lstrip('±')} beside the others"
    low, high = (wording.difference(x, unit) for x in (apart.low, apart.high))
    said = "more than chance" if apart.is_real else "within chance"
    return f"{told} (95 %: {low} to {high}), {said}. {_detectable(apart, found)}"


def _detectable(each: Difference, found: Around) -> str:
    size = wording.difference(each.detectable, found.kpi.unit).lstrip("+")
    return f"With this many answers a difference of {size} or more would be seen four times in five."


def table(found: Around) -> pd.DataFrame:
    """Each side and stretch with its value, interval and n; nothing answered is no value."""
    unit = found.kpi.unit
    return pd.DataFrame(
        [
            {
                "Accounts": SIDES[touched],
                "Answers": str(phase),
                found.kpi.label: wording.value(each.value, unit),
                "95 % interval": wording.span(each.low, each.high, unit),
                "n": each.n,
            }
            for touched in SIDES
            for phase in Phase
            for each in [found.cell(touched, phase)]
        ]
    )
