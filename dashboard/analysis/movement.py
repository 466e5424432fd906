"""Why a value moved: because other things came in (mix), or because the same things went otherwise (rate).

Kitagawa 1955, as written in methods E5: with weights w (shares of n) and values r of each segment,
Δ = Σ (w₁ − w₀)(r₀ + r₁)/2 + Σ (r₁ − r₀)(w₀ + w₁)/2. The mix part of a segment is told against the whole
(r − R, which changes no sum), so that more of an ordinary segment weighs nothing. It holds for every value that is a
mean over its rows: shares, means, net scores. Quantiles are none, and are refused.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

#: Segments with fewer rows than this in both periods are told together.
FEW = 30
OTHERS = "others"


@dataclass(frozen=True)
class Segment:
    """One segment in one period: n rows and their mean; its 95 % interval where it has one."""

    n: int
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Part:
    """What one segment contributed to the movement, in the unit of the value.

    ``low`` and ``high`` bound the rate part at 95 % (MOVER); None where it cannot be bounded.
    """

    name: str
    mix: float
    rate: float
    before: Segment
    after: Segment
    low: float | None = None
    high: float | None = None

    @property
    def total(self) -> float:
        return self.mix + self.rate

    @property
    def is_real(self) -> bool | None:
        """Whether the rate part is more than chance; None where that cannot be told."""
        return None if self.low is None or self.high is None else self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Movement:
    """The whole difference and its parts, largest first; they add up to it."""

    before: float
    after: float
    parts: tuple[Part, ...]

    @property
    def difference(self) -> float:
        return self.after - self.before

    @property
    def mix(self) -> float:
        return math.fsum(part.mix for part in self.parts)

    @property
    def rate(self) -> float:
        return math.fsum(part.rate for part in self.parts)


def movement(before: Mapping[str, Segment], after: Mapping[str, Segment]) -> Movement | None:
    """Split the difference between two periods by segment; None where one of them holds nothing."""
    first, second = _pooled(before, after)
    whole_first, whole_second = _whole(first), _whole(second)
    if whole_first is None or whole_second is None:
        return None
    rows_first, rows_second = (sum(each.n for each in side.values()) for side in (first, second))
    middle = (whole_first + whole_second) / 2
    parts = []
    for name in dict.fromkeys((*first, *second)):
        old, new = first.get(name, Segment(0, None)), second.get(name, Segment(0, None))
        parts.append(_part(name, old, new, old.n / rows_first, new.n / rows_second, middle))
    return Movement(whole_first, whole_second, tuple(sorted(parts, key=lambda part: -abs(part.total))))


def _part(name: str, old: Segment, new: Segment, old_share: float, new_share: float, middle: float) -> Part:
    # A segment that is not there in one period has no value there: it moved the whole by coming or going alone.
    was = old.value if old.value is not None else new.value
    now = new.value if new.value is not None else old.value
    if was is None or now is None:
        return Part(name, 0.0, 0.0, old, new)
    weight = (old_share + new_share) / 2
    mix = (new_share - old_share) * ((was + now) / 2 - middle)
    low, high = _bounds(old, new)
    bounds = (None if edge is None else edge * weight for edge in (low, high))
    return Part(name, mix, (now - was) * weight, old, new, *bounds)


def _bounds(old: Segment, new: Segment) -> tuple[float | None, float | None]:
    """The difference of two values at 95 % (MOVER, Zou and Donner 2008)."""
    known = (old.value, old.low, old.high, new.value, new.low, new.high)
    if any(each is None for each in known):
        return None, None
    was, was_low, was_high, now, now_low, now_high = (float(each) for each in known if each is not None)
    return (
        now - was - math.hypot(now - now_low, was_high - was),
        now - was + math.hypot(now_high - now, was - was_low),
    )


def _whole(side: Mapping[str, Segment]) -> float | None:
    rows = sum(each.n for each in side.values())
    if not rows:
        return None
    return math.fsum(each.n * each.value for each in side.values() if each.value is not None) / rows


def _pooled(
    before: Mapping[str, Segment], after: Mapping[str, Segment]
) -> tuple[dict[str, Segment], dict[str, Segment]]:
    """Both periods with their small segments told together; a single small one keeps its name."""
    names = dict.fromkeys((*before, *after))
    small = [name for name in names if max(_rows(before, name), _rows(after, name)) < FEW]
    if len(small) < 2:
        return dict(before), dict(after)
    return _with_others(before, small), _with_others(after, small)


def _rows(side: Mapping[str, Segment], name: str) -> int:
    return side[name].n if name in side else 0


def _with_others(side: Mapping[str, Segment], small: list[str]) -> dict[str, Segment]:
    kept = {name: each for name, each in side.items() if name not in small}
    pooled = {name: each for name, each in side.items() if name in small and each.n}
    if pooled:
        kept[OTHERS] = Segment(sum(each.n for each in pooled.values()), _whole(pooled))
    return kept
