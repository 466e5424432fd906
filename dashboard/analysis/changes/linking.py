"""Every change against every series of its product: what was expected, what came, how rare that is without a change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np

from dashboard.analysis.changes import placebo
from dashboard.analysis.changes.arrivals import LONG, SHORT, Arrivals
from dashboard.analysis.changes.clock import Clock, Flags, Floats, Ints, busyness
from dashboard.analysis.changes.expected import (
    BASELINE,
    GAP,
    Forecast,
    Level,
    at_least,
    both,
    own_spread,
    spreads,
)
from dashboard.analysis.changes.placebo import Calibration

#: Hours before a change that must not be high already, and the chance under which they are.
ONSET, ALREADY = 12, 0.05
#: One account alone is never high.
FEWEST = 2
#: Fewer tickets in all tell nothing of a series.
FLOOR = 20
#: Where changes of a product follow each other closer than this (median hours), none can be told from the next.
CLOSEST = 24.0


@dataclass(frozen=True)
class Made:
    """A change that went out, as far as it is needed here; ``product`` is the one whose tickets are looked at."""

    change_id: str
    product: str | None
    moment: datetime
    taken_back: datetime | None = None


@dataclass(frozen=True)
class Key:
    """A series: all tickets of a product, or those of one cluster of it."""

    product: str | None
    cluster: str | None = None


@dataclass(frozen=True)
class Window:
    """What was expected and seen in one window after a change."""

    hours: int
    watched: int  # of those hours, how many have passed
    seen: int
    expected: float
    before: int  # accounts in the baseline
    spread: float
    p: float

    @property
    def ratio(self) -> float:
        """Seen over expected."""
        return self.seen / self.expected

    def interval(self) -> tuple[float, float]:
        """Of the ratio, 95 %: counting in the window and in the baseline, and variation beyond; log-normal."""
        error = np.sqrt(1 / (self.seen + 0.5) + 1 / (self.before + 0.5) + self.spread)
        middle = np.log((self.seen + 0.5) / self.expected)
        return float(np.exp(middle - 1.959964 * error)), float(np.exp(middle + 1.959964 * error))


@dataclass(frozen=True)
class Comparison:
    """One change on one series. ``p`` is the calibrated one; ``was_high``: it had begun before the change.

    ``is_back``: the second day after the change was taken back was as usual; None where it was not, or is not over.
    """

    change: Made
    key: Key
    windows: tuple[Window, Window]
    raw: float
    p: float
    was_high: bool
    is_back: bool | None = None

    @property
    def best(self) -> Window:
        """The window that says most."""
        return min(self.windows, key=lambda window: window.p)


@dataclass(frozen=True)
class Linked:
    """All tests, with what calibrated them: one calibration for products, one for clusters."""

    tests: tuple[Comparison, ...]
    calibrations: Mapping[bool, Calibration]  # True: of clusters
    too_close: frozenset[str | None]  # products whose changes follow each other too closely
    untested: tuple[Made, ...]  # too early, too late, or nothing quiet before them


@dataclass(frozen=True)
class _Series:
    key: Key
    levels: tuple[Level, Level]
    onset: Level
    own: tuple[tuple[float, int], tuple[float, int]]


def link(clock: Clock, series: Mapping[Key, Arrivals], changes: Sequence[Made]) -> Linked:
    """Test every change on the series of its product."""
    made = _by_product(changes)
    too_close = frozenset(product for product, some in made.items() if spacing(some) < CLOSEST)
    told = {key: each for key, each in series.items() if each.total >= FLOOR and key.product not in too_close}
    tests: list[Comparison] = []
    calibrations: dict[bool, Calibration] = {}
    busy = _busy(clock, told)
    for is_cluster in (False, True):
        group = {key: each for key, each in told.items() if (key.cluster is not None) is is_cluster}
        if not group:
            continue
        ready = [_ready(clock, key, each, busy, made.get(key.product, ())) for key, each in group.items()]
        pairs = [spreads([each.own[place] for each in ready]) for place in (0, 1)]
        spread = list(zip(*pairs, strict=True))
        calibrations[is_cluster] = _calibrate(clock, ready, spread, made)
        for each, phis in zip(ready, spread, strict=True):
            tests += _tested(clock, each, phis, made.get(each.key.product, ()), calibrations[is_cluster])
    reached = {test.change.change_id for test in tests}
    left = [each for each in changes if each.change_id not in reached and each.product not in too_close]
    return Linked(tuple(tests), calibrations, too_close, tuple(left))


def spacing(changes: Sequence[Made]) -> float:
    """Median hours between changes that follow each other; infinite for fewer than three."""
    moments = sorted(each.moment for each in changes)
    gaps = [(after - before).total_seconds() / 3600 for before, after in pairwise(moments)]
    return float(np.median(gaps)) if len(gaps) > 1 else float("inf")


def _by_product(changes: Sequence[Made]) -> dict[str | None, list[Made]]:
    found: dict[str | None, list[Made]] = defaultdict(list)
    for each in changes:
        found[each.product].append(each)
    return found


def _busy(clock: Clock, series: Mapping[Key, Arrivals]) -> Floats:
    """One week for all: hours of few tickets would tell a profile of chance."""
    whole = [each for key, each in series.items() if key.cluster is None] or list(series.values())
    if not whole:
        return np.ones(clock.hours)
    hours, counts = (np.concatenate([getattr(each, name) for each in whole]) for name in ("hour", "tickets"))
    return busyness(clock, hours, counts)


def places(clock: Clock, changes: Sequence[Made]) -> Ints:
    """The first whole hour after each change."""
    return np.asarray([clock.place(each.moment) for each in changes], dtype=np.int64)


def _ready(clock: Clock, key: Key, arrivals: Arrivals, busy: Floats, changes: Sequence[Made]) -> _Series:
    at = places(clock, changes)
    hidden = placebo.around(clock.hours, at, 0, LONG)
    levels = tuple(Level.of(arrivals, length, busy, hidden) for length in (SHORT, LONG))
    own = tuple(own_spread(level, _quiet_blocks(clock, at, level.length)) for level in levels)
    return _Series(key, (levels[0], levels[1]), Level.of(arrivals, ONSET, busy, hidden), (own[0], own[1]))


def _quiet_blocks(clock: Clock, at: Ints, length: int) -> Ints:
    """Windows one after another that no change lies in or shortly before."""
    starts = np.arange(BASELINE + GAP, clock.hours - length, length, dtype=np.int64)
    near = placebo.around(clock.hours, at, length, LONG)
    return starts[~near[starts]]


def _calibrate(
    clock: Clock,
    ready: Sequence[_Series],
    spread: Sequence[tuple[float, ...]],
    made: Mapping[str | None, Sequence[Made]],
) -> Calibration:
    each_most = max(1, placebo.WANTED // len(ready))
    found = []
    for series, phis in zip(ready, spread, strict=True):
        at = places(clock, made.get(series.key.product, ()))
        short, long = _forecasts(series, placebo.times(clock, at, BASELINE + GAP, each_most), phis)
        found.append(both(short, long)[short.is_told & long.is_told])
    return Calibration.of(np.concatenate(found))


def _forecasts(series: _Series, at: Ints, phis: tuple[float, ...]) -> tuple[Forecast, Forecast]:
    short, long = (level.forecast(at, phi) for level, phi in zip(series.levels, phis, strict=True))
    return short, long


def _tested(
    clock: Clock, series: _Series, phis: tuple[float, ...], changes: Sequence[Made], calibration: Calibration
) -> list[Comparison]:
    if not calibration.is_enough:
        return []
    inside = [each for each in changes if 0 < clock.place(each.moment) < clock.hours]
    at = places(clock, inside)
    short, long = _forecasts(series, at, phis)
    raw = both(short, long)
    p, high = calibration.p(raw), _is_high(series.onset, series.levels[0], at, at - ONSET, phis[0])
    return [
        Comparison(
            change, series.key, (_window(clock, short, at, i), _window(clock, long, at, i)),
            float(raw[i]), float(p[i]), bool(high[i]), _is_back(clock, series, change, phis[0]),
        )
        for i, change in enumerate(inside)
        if short.is_told[i] and long.is_told[i]
    ]  # fmt: skip


def _is_high(of: Level, baseline: Level, at: Ints, begin: Ints, phi: float) -> Flags:
    """Whether the window from ``begin`` on is high, against what was usual before ``at``."""
    accounts, quiet, _ = baseline.baseline(at)
    begin = np.clip(begin, 0, len(of.seen) - 1)
    ahead = of.weight[np.minimum(begin + of.length, len(of.seen))] - of.weight[begin]
    mean = np.maximum((accounts + 0.5) / np.maximum(quiet, 1e-9) * ahead, 1e-9)
    seen, variance = of.seen[begin], mean + mean**2 * (1 / (accounts + 0.5) + phi)
    found: Flags = (at_least(seen, mean, variance) <= ALREADY) & (seen >= FEWEST)
    return found


def _is_back(clock: Clock, series: _Series, change: Made, phi: float) -> bool | None:
    if change.taken_back is None or change.taken_back < change.moment:
        return None
    second_day = clock.place(change.taken_back) + SHORT
    if second_day + SHORT > clock.hours:
        return None
    at = places(clock, [change])
    day = series.levels[0]
    return not bool(_is_high(day, day, at, np.asarray([second_day], dtype=np.int64), phi)[0])


def _window(clock: Clock, found: Forecast, at: Ints, i: int) -> Window:
    return Window(
        found.length, min(found.length, clock.hours - int(at[i])), int(found.seen[i]), float(found.mean[i]),
        int(found.before[i]), found.spread, float(found.p[i]),
    )  # fmt: skip
