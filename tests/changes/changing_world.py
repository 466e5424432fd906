"""Worlds of known truth: changes of which some bring tickets, and outages that have nothing to do with any.

Ten products of four clusters, a year long. A cluster has a lognormal rate (median one ticket a day), a week of office
hours, and days that vary by a gamma of squared variation 0.15 beyond counting. Of 120 changes in working hours, 15 %
multiply one cluster of their product for two days; 20 outages multiply any cluster by six for half a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from dashboard.analysis.changes.arrivals import NEVER, Arrivals
from dashboard.analysis.changes.clock import Clock, Ints
from dashboard.analysis.changes.linking import Key, Made

START, DAYS = datetime(2024, 1, 1), 365
PRODUCTS, CLUSTERS, CHANGES, OUTAGES, ACCOUNTS = 10, 4, 120, 20, 400


@dataclass(frozen=True)
class World:
    clock: Clock
    series: dict[Key, Arrivals]
    changes: list[Made]
    real: dict[str, Key]

    def is_true(self, change_id: str, key: Key) -> bool:
        """A rise is real on the cluster it was planted on, and on the product as a whole."""
        hit = self.real.get(change_id)
        return hit is not None and key.product == hit.product and key.cluster in (None, hit.cluster)


def arrivals(hours: Ints, accounts: Ints) -> Arrivals:
    """Tickets of known accounts, one row each, as the queries would tell them."""
    before, last = np.full(len(hours), NEVER), dict[int, int]()
    for place in np.argsort(hours, kind="stable"):
        before[place] = last.get(int(accounts[place]), NEVER)
        last[int(accounts[place])] = int(hours[place])
    return Arrivals(hours, before, np.ones(len(hours), dtype=np.int64))


def world(seed: int, ratio: float = 5.0, share: float = 0.15, per_day: float = 1.0, outages: int = OUTAGES) -> World:
    rng = np.random.default_rng(seed)
    clock = Clock.of(START, START + timedelta(days=DAYS), "Europe/Dublin")
    week = np.where((clock.of_week // 24 < 5) & (abs(clock.of_week % 24 - 12) < 5), 3.0, 0.4)
    week /= week.mean()
    names = [(f"P{product}", f"C{cluster}") for product in range(PRODUCTS) for cluster in range(CLUSTERS)]
    work = np.flatnonzero(clock.at_work)
    at = np.sort(rng.choice(work[(work > 30 * 24) & (work < clock.hours - 80)], CHANGES, replace=False))
    of = rng.integers(0, PRODUCTS, CHANGES)
    changes = [
        Made(f"D{n}", f"P{of[n]}", clock.moment(at[n]) - timedelta(minutes=int(rng.integers(0, 60))))
        for n in range(CHANGES)
    ]
    rates = {name: per_day * rng.lognormal(0, 0.8) / 24 * week for name in names}
    for name in names:
        rates[name] = rates[name] * np.repeat(rng.gamma(1 / 0.15, 0.15, DAYS + 1), 24)[: clock.hours]
    real = {}
    for n in rng.choice(CHANGES, round(share * CHANGES), replace=False):
        hit = (f"P{of[n]}", f"C{rng.integers(CLUSTERS)}")
        real[f"D{n}"] = Key(*hit)
        rates[hit][at[n] : at[n] + 48] *= ratio
    for _ in range(outages):
        begin, hit = int(rng.integers(0, clock.hours - 12)), names[rng.integers(len(names))]
        rates[hit][begin : begin + 12] *= 6
    return World(clock, _series(rng, rates), changes, real)


def _series(rng: np.random.Generator, rates: dict[tuple[str, str], np.ndarray]) -> dict[Key, Arrivals]:
    series: dict[Key, Arrivals] = {}
    whole: dict[str, list[tuple[Ints, Ints]]] = {}
    for (product, cluster), rate in rates.items():
        hours = np.repeat(np.arange(len(rate)), rng.poisson(rate))
        accounts = rng.integers(0, ACCOUNTS, len(hours))
        series[Key(product, cluster)] = arrivals(hours, accounts)
        whole.setdefault(product, []).append((hours, accounts))
    for product, parts in whole.items():
        hours, accounts = (np.concatenate(each) for each in zip(*parts, strict=True))
        series[Key(product)] = arrivals(hours, accounts)
    return series
