"""Which queue swallows tickets: how likely a stay lasts over two days, of each team and of all (methods G).

Kaplan and Meier's estimate, so that a ticket that lies there still counts as longer than it has lain. A team is named
where it has thirty stays at least, one in ten of them lasts over two days, and the lower 95 % bound of that share is
more than half as much again as that of all teams together: chance alone does not name one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.kpis.statistic import TAIL
from dashboard.kpis.survival import Curve

#: (minutes, 1 where the ticket left and 0 where it lies there still, how many).
Stays = Sequence[tuple[float, int, int]]

#: What counts as long, in minutes.
LONG = 48 * 60.0
LEAST = 30
#: How likely a long stay must be, and how many times as likely as of all teams.
SHARE = 0.10
TIMES = 1.5


@dataclass(frozen=True)
class Queue:
    """One team's queue; ``share`` is how likely a stay lasts over ``LONG``, None where too little was watched."""

    name: str
    n: int
    still_there: int
    share: float | None
    low: float | None
    high: float | None
    is_black_hole: bool


def queues(stays: Mapping[str, Stays]) -> list[Queue]:
    """Every team, the likeliest to hold a ticket long first."""
    everything = [stay for some in stays.values() for stay in some]
    pooled = lasting(everything)[0] if everything else None
    found = [_queue(name, some, pooled) for name, some in stays.items()]
    return sorted(found, key=lambda queue: (not queue.is_black_hole, -(queue.share or 0), queue.name))


def pooled(stays: Mapping[str, Stays]) -> float | None:
    """How likely a stay of any team lasts over ``LONG``."""
    everything = [stay for some in stays.values() for stay in some]
    return lasting(everything)[0] if everything else None


def _queue(name: str, stays: Stays, of_all: float | None) -> Queue:
    n = sum(rows for *_, rows in stays)
    still_there = sum(rows for _, has_left, rows in stays if not has_left)
    share, low, high = lasting(stays)
    known = n >= LEAST and share is not None and low is not None and of_all is not None
    # A hair of rounding must not carry an exact tenth below the line.
    is_one = bool(known and (share or 0) + 1e-12 >= SHARE and (low or 0) > TIMES * (of_all or 0))
    return Queue(name, n, still_there, share, low, high, is_one)


def lasting(stays: Stays) -> tuple[float | None, float | None, float | None]:
    """P(stay > LONG) with its log–log interval; None where nobody was watched that long and none had left."""
    longest = max((minutes for minutes, *_ in stays), default=0.0)
    left_in_time = any(has_left and minutes <= LONG for minutes, has_left, _ in stays)
    watched = sum(rows for minutes, _, rows in stays if minutes > LONG)
    if not left_in_time:
        # None left before: all that were watched long enough were long ones (exact binomial bound).
        return (1.0, float(TAIL ** (1 / watched)), 1.0) if watched else (None, None, None)
    curve = Curve.of(list(stays))
    place = int(np.searchsorted(curve.times, LONG, side="right")) - 1
    share = float(curve.left[place])
    if share <= 0:
        n = sum(rows for *_, rows in stays)
        return 0.0, 0.0, float(1 - TAIL ** (1 / n))
    if longest <= LONG:
        # The last of them are watched for less than two days: it is not known how many stay on.
        return None, None, None
    low, high = float(curve.left_low[place]), float(curve.left_high[place])
    return share, None if np.isnan(low) else low, None if np.isnan(high) else high
