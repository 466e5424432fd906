"""Why a value moved, as a waterfall of the difference between two periods: its parts, then their sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import plotly.graph_objects as go

from dashboard import wording
from dashboard.analysis.movement import OTHERS, Movement
from dashboard.analysis.weighing import is_better
from dashboard.analysis.why import Why
from dashboard.charts import Scale, blank, safe
from dashboard.kpis.kpi import Kpi, Unit
from dashboard.palette import Palette, palette

#: Parts drawn by name; the smaller ones are drawn as one, and the table holds them all.
SHOWN = 8


@dataclass(frozen=True)
class Step:
    """One bar: how much, and whether it is more than chance; None where that cannot be told."""

    name: str
    size: float
    is_real: bool | None


def steps(moved: Movement) -> list[Step]:
    """The mix as one step, then what each segment did itself, the largest first; they add up to the difference."""
    ordered = sorted(moved.parts, key=lambda part: -abs(part.rate))
    kept, rest = ordered[:SHOWN], ordered[SHOWN:]
    found = [Step("Mix of tickets", moved.mix, moved.mix_is_real)]
    found += [Step(part.name, part.rate, part.is_real) for part in kept]
    if rest:
        found.append(Step(f"{len(rest)} smaller ones", sum(part.rate for part in rest), None))
    return found


def waterfall(found: Why, moved: Movement, dark: bool = False, codes: Mapping[str, str] | None = None) -> go.Figure:
    """From no difference to the whole of it: a floating bar a step downwards, the sum last. Hatched: within chance.

    ``codes`` are what the bars of segments are known by.
    """
    colours, kpi = palette(dark), found.now.kpi
    taken = steps(moved)
    levels = list(accumulate((step.size for step in taken), initial=0.0))
    scale = _scale(kpi.unit, levels)
    whole = Step("Together", moved.difference, None if found.change is None else found.change.is_real)
    bars = [*taken, whole]
    bottoms = [*levels[:-1], 0.0]
    figure = blank(colours, 60 + 38 * len(bars))
    figure.add_bar(
        x=[step.size * scale.factor for step in bars],
        y=list(range(len(bars))),
        base=[level * scale.factor for level in bottoms],
        orientation="h",
        marker={
            "color": [*[_colour(kpi, step, colours) for step in taken], colours.accent],
            "pattern": {"shape": ["" if step.is_real else "/" for step in bars], "size": 6, "solidity": 0.4},
        },
        customdata=[(codes or {}).get(step.name, "") for step in bars],
        hovertext=[_hover(kpi, step) for step in bars],
        hoverinfo="text",
        width=0.6,
    )
    figure.add_vline(x=0, line={"color": colours.muted, "width": 1})
    # The size stands under the name, not at the bar: there it has room on a phone, whatever its neighbours are.
    names = [f"{_label(step.name)}<br>{safe(wording.difference(step.size, kpi.unit))}" for step in bars]
    figure.update_yaxes(tickvals=list(range(len(names))), ticktext=names, autorange="reversed", showgrid=False)
    figure.update_xaxes(ticksuffix=scale.suffix, nticks=5, range=_range([level * scale.factor for level in levels]))
    return figure


def _scale(unit: Unit, levels: Sequence[float]) -> Scale:
    """Shares differ in percentage points."""
    scale = Scale.of(unit, levels)
    return Scale(scale.factor, " points") if unit is Unit.PERCENT else scale


def _range(levels: Sequence[float]) -> list[float]:
    """A little room at both ends; zero, where the bars begin, is always in it."""
    room = 0.04 * (max(levels) - min(levels) or 1)
    return [min(levels) - room, max(levels) + room]


def _label(name: str) -> str:
    short = name if len(name) <= 18 else f"{name[:17]}…"
    return safe("Others" if name == OTHERS else short)


def _colour(kpi: Kpi, step: Step, colours: Palette) -> str:
    if not step.is_real:
        return colours.muted
    better = is_better(kpi, step.size > 0)
    return colours.close if better is None else colours.meets if better else colours.misses


def _hover(kpi: Kpi, step: Step) -> str:
    real = {True: "more than chance", False: "within chance", None: "not tested"}[step.is_real]
    return f"<b>{safe(step.name)}</b><br>{safe(wording.difference(step.size, kpi.unit))}<br>{real}"
