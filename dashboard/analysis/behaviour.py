"""Process behaviour: which points of a trend are more than the usual ups and downs (methods, E3).

XmR limits (mean ± 2.66 mean moving ranges; Shewhart, Wheeler), Laney's p′ where a share rests on uneven numbers, and
3 standard deviations where neighbouring periods resemble each other (lag-1 correlation above 0.25), since moving
ranges are then too small and would cry wolf. Where a share expects fewer than five events its limits are at least as
wide as exact chance. Limits rest on the oldest periods given, so the newest never move the limits they are held to.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from scipy import special

#: Periods the limits rest on; from the smaller number on they are provisional, below it there are none.
BASELINE, FIRM, LEAST = 20, 12, 8
_XMR = 2.66  # 3 / 1.128: three standard deviations out of the mean moving range of two
_MOVING_RANGE = 1.128
_ALIKE = 0.25
_RUN = 8
_FEW_EVENTS = 5
_BEYOND_CHANCE = 0.99865  # one side of three standard deviations
#: Chance that one period of a stable KPI is a signal all the same, by the length of the baseline: measured on 1,500
#: seeded trends of 26 periods each, XmR and Laney alike. Rules 1–3; rule 1 alone; rule 1 with 3 standard deviations on
#: trends whose neighbours correlate by 0.3 to 0.6. ``tests/analysis/test_behaviour.py`` measures them again.
FALSE_THREE = {LEAST: 0.062, FIRM: 0.041, BASELINE: 0.028}
FALSE_ONE = {LEAST: 0.026, FIRM: 0.016, BASELINE: 0.009}
FALSE_ALIKE = {LEAST: 0.040, FIRM: 0.020, BASELINE: 0.013}


class Rule(StrEnum):
    """Why a point is a signal, in words for a hover."""

    BEYOND = "beyond the limits"
    RUN = "eight in a row on one side of the mean"
    NEAR = "three of four nearer the limit than the mean"


class Method(StrEnum):
    """How the limits were come by."""

    XMR = "XmR"
    LANEY = "Laney p′"
    DEVIATION = "3 standard deviations (neighbouring periods resemble each other)"


@dataclass(frozen=True)
class Signal:
    """A point of the trend and the first rule it breaks; ``is_high`` says on which side of the mean it lies."""

    place: int
    rule: Rule
    is_high: bool


@dataclass(frozen=True)
class Behaviour:
    """Limits and signals of a trend. ``low`` and ``high`` have a value a point; ``centre`` None: too few periods.

    ``baseline`` counts the periods the limits rest on. Points below the volume floor have limits and no signal.
    ``rules`` are those applied.
    """

    centre: float | None
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    signals: tuple[Signal, ...]
    method: Method | None
    baseline: int
    rules: tuple[Rule, ...] = ()

    @property
    def is_provisional(self) -> bool:
        return self.centre is not None and self.baseline < FIRM

    @property
    def is_stable(self) -> bool:
        """Limits there are, and nothing broke them."""
        return self.centre is not None and not self.signals

    def at(self, place: int) -> Signal | None:
        return next((signal for signal in self.signals if signal.place == place), None)


def behaviour(
    values: Sequence[float | None],
    counts: Sequence[int],
    *,
    is_share: bool = False,
    rules: Sequence[Rule] = tuple(Rule),
    floor: int = 0,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> Behaviour:
    """Weigh the complete periods of a trend, oldest first.

    ``counts`` are the n of each. ``is_share`` takes Laney's p′ limits. A point with n below ``floor`` or without a
    value is left out of everything. ``bounds`` are what the value can be at all; no limit lies outside them.
    """
    usable = [n for n, value in enumerate(values) if value is not None and counts[n] >= max(floor, 1)]
    base = usable[: BASELINE if len(usable) >= BASELINE else FIRM if len(usable) >= FIRM else len(usable)]
    if len(base) < LEAST:
        nothing = (None,) * len(values)
        return Behaviour(None, nothing, nothing, (), None, len(base))
    known = [float(values[n]) for n in base]  # type: ignore[arg-type]
    method, centre, reach = _limits(known, [counts[n] for n in base], counts, is_share)
    low = tuple(max(bounds[0], centre - each) for each in reach)
    high = tuple(min(bounds[1], centre + each) for each in reach)
    is_rare = is_share and _is_rare(centre, [counts[n] for n in base])
    applied = (Rule.BEYOND,) if method is Method.DEVIATION or is_rare else tuple(rules)
    found = _signals([(n, float(values[n])) for n in usable], centre, reach, applied)  # type: ignore[arg-type]
    return Behaviour(centre, low, high, found, method, len(base), applied)


def _limits(
    known: list[float], known_counts: list[int], counts: Sequence[int], is_share: bool
) -> tuple[Method, float, list[float]]:
    """The method, the centre and how far the limits reach at each point."""
    centre = math.fsum(known) / len(known)
    if correlation(known) > _ALIKE:
        spread = math.sqrt(math.fsum((value - centre) ** 2 for value in known) / (len(known) - 1))
        reach = [max(3 * spread, _rare_reach(centre, n) if is_share else 0.0) for n in counts]
        return Method.DEVIATION, centre, reach
    if is_share:
        pooled = math.fsum(v * n for v, n in zip(known, known_counts, strict=True)) / sum(known_counts)
        if 0 < pooled < 1:
            scores = [(v - pooled) / _chance(pooled, n) for v, n in zip(known, known_counts, strict=True)]
            wider = moving_range(scores) / _MOVING_RANGE
            reach = [max(3 * wider * _chance(pooled, max(n, 1)), _rare_reach(pooled, n)) for n in counts]
            return Method.LANEY, pooled, reach
    return Method.XMR, centre, [_XMR * moving_range(known)] * len(counts)


def _rare_reach(share: float, n: int) -> float:
    """How far chance alone reaches where fewer than five events are expected, exactly (binomial, 1 in 740).

    Three standard deviations of so few are too near: of 30 tickets at 1 %, two are no news.
    """
    rare = min(share, 1 - share)
    if n < 1 or n * rare >= _FEW_EVENTS:
        return 0.0
    return math.ceil(float(special.bdtrik(_BEYOND_CHANCE, n, rare)) - 1e-9) / n - rare


def _is_rare(share: float, counts: Sequence[int]) -> bool:
    """Whether most periods expect fewer than five events: runs of none are then the rule, and no signal."""
    return min(share, 1 - share) * sorted(counts)[len(counts) // 2] < _FEW_EVENTS


def _chance(share: float, n: int) -> float:
    return math.sqrt(share * (1 - share) / n)


def moving_range(values: Sequence[float]) -> float:
    """The mean distance between neighbours.

    >>> moving_range([1, 3, 2])
    1.5
    """
    return math.fsum(abs(b - a) for a, b in pairwise(values)) / (len(values) - 1)


def correlation(values: Sequence[float]) -> float:
    """Lag-1 autocorrelation; 0 for a constant."""
    centre = math.fsum(values) / len(values)
    apart = [value - centre for value in values]
    total = math.fsum(each * each for each in apart)
    if total <= 1e-18 * max(1.0, centre * centre):
        return 0.0
    return math.fsum(a * b for a, b in pairwise(apart)) / total


def _signals(
    points: list[tuple[int, float]], centre: float, reach: list[float], rules: Sequence[Rule]
) -> tuple[Signal, ...]:
    found = []
    for order, (place, value) in enumerate(points):
        for rule in Rule:
            if rule in rules and _breaks(rule, points, order, centre, reach):
                found.append(Signal(place, rule, value > centre))
                break
    return tuple(found)


def _breaks(rule: Rule, points: list[tuple[int, float]], order: int, centre: float, reach: list[float]) -> bool:
    place, value = points[order]
    # A rounding error is no signal: a constant has limits on itself.
    slack = 1e-9 * max(1.0, abs(centre))
    if rule is Rule.BEYOND:
        return abs(value - centre) > reach[place] + slack
    if abs(value - centre) <= slack:
        return False
    side = math.copysign(1, value - centre)
    if rule is Rule.RUN:
        last = points[max(0, order - _RUN + 1) : order + 1]
        return len(last) == _RUN and all((each - centre) * side > slack for _, each in last)
    last = points[max(0, order - 3) : order + 1]
    near = [(each - centre) * side > reach[where] / 2 + slack for where, each in last]
    return len(last) == 4 and near[-1] and sum(near) >= 3


def expected_false(found: Sequence[Behaviour]) -> float:
    """How many of these trends would show a signal in their newest period if all of them were stable."""
    return math.fsum(false_rate(each) for each in found)


def false_rate(found: Behaviour) -> float:
    """The chance that one period is called a signal although nothing happened; 0 where there are no limits."""
    if found.method is None:
        return 0.0
    known = FALSE_ALIKE if found.method is Method.DEVIATION else FALSE_THREE if len(found.rules) > 1 else FALSE_ONE
    return known[max(each for each in known if each <= max(found.baseline, LEAST))]
