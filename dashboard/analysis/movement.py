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
_Z = 1.959963984540054  # two-sided 95 %


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

    ``low`` and ``high`` bound the rate part at 95 % (MOVER); None where it cannot be bounded. ``mix_error`` is the
    standard error of the mix part, from the chance in the shares alone.
    """

    name: str
    mix: float
    rate: float
    before: Segment
    after: Segment
    low: float | None = None
    high: float | None = None
    mix_error: float = 0.0

    @property
    def total(self) -> float:
        return self.mix + self.rate

    @property
    def is_real(self) -> bool | None:
        """Whether the rate part is more than chance; None where that cannot be told."""
        return None if self.low is None or self.high is None else self.low > 0 or self.high < 0

    @property
    def mix_is_real(self) -> bool:
        """Whether the mix part is more than chance in which rows came."""
        return _is_beyond(self.mix, self.mix_error)


@dataclass(frozen=True)
class Movement:
    """The whole difference and its parts, largest first; they add up to it.

    ``mix_error`` is the standard error of all the mix together (multinomial shares, the segments' values held fixed).
    """

    before: float
    after: float
    parts: tuple[Part, ...]
    mix_error: float = 0.0

    @property
    def difference(self) -> float:
        return self.after - self.before

    @property
    def mix(self) -> float:
        return math.fsum(part.mix for part in self.parts)

    @property
    def rate(self) -> float:
        return math.fsum(part.rate for part in self.parts)

    @property
    def mix_is_real(self) -> bool:
        """Whether the mix as a whole moved by more than chance."""
        return _is_beyond(self.mix, self.mix_error)

    @property
    def mix_bounds(self) -> tuple[float, float]:
        """The mix as a whole at 95 %."""
        return self.mix - _Z * self.mix_error, self.mix + _Z * self.mix_error


def _is_beyond(value: float, error: float) -> bool:
    return abs(value) > _Z * error and abs(value) > 1e-12


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
        parts.append(_part(name, old, new, rows_first, rows_second, middle))
    error = math.sqrt(_mix_variance(parts, middle, rows_first, rows_second))
    return Movement(whole_first, whole_second, tuple(sorted(parts, key=lambda part: -abs(part.total))), error)


def _mix_variance(parts: list[Part], middle: float, rows_first: int, rows_second: int) -> float:
    """The variance of Σ (w₁ − w₀) d for multinomial shares: in each period (Σ w d² − (Σ w d)²) / n."""
    found = 0.0
    for rows, shares in (
        (rows_first, [part.before.n / rows_first for part in parts]),
        (rows_second, [part.after.n / rows_second for part in parts]),
    ):
        apart = [_apart(part.before, part.after, middle) for part in parts]
        mean = math.fsum(w * d for w, d in zip(shares, apart, strict=True))
        found += max(0.0, math.fsum(w * d * d for w, d in zip(shares, apart, strict=True)) - mean * mean) / rows
    return found


def _apart(old: Segment, new: Segment, middle: float) -> float:
    """How far a segment's value lies from the whole's, over both periods."""
    was = old.value if old.value is not None else new.value
    now = new.value if new.value is not None else old.value
    return 0.0 if was is None or now is None else (was + now) / 2 - middle


def _part(name: str, old: Segment, new: Segment, rows_first: int, rows_second: int, middle: float) -> Part:
    old_share, new_share = old.n / rows_first, new.n / rows_second
    # A segment that is not there in one period has no value there: it moved the whole by coming or going alone.
    was = old.value if old.value is not None else new.value
    now = new.value if new.value is not None else old.value
    if was is None or now is None:
        return Part(name, 0.0, 0.0, old, new)
    weight = (old_share + new_share) / 2
    mix = (new_share - old_share) * ((was + now) / 2 - middle)
    low, high = _bounds(old, new)
    low, high = (None if edge is None else edge * weight for edge in (low, high))
    shares = ((old_share, rows_first), (new_share, rows_second))
    error = abs(_apart(old, new, middle)) * math.sqrt(math.fsum(w * (1 - w) / rows for w, rows in shares))
    return Part(name, mix, (now - was) * weight, old, new, low, high, error)


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
