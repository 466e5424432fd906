"""Whose turn it was while tickets waited: readings of the four times → the parts of their whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.readings import Reading

#: The KPIs whose times add up to the time a ticket was not done, with their names as parts.
PARTS = {
    "with_us_time": "With us",
    "unowned_time": "Unowned",
    "with_customer_time": "With the customer",
    "with_other_time": "With others",
}


@dataclass(frozen=True)
class Turns:
    """The minutes of each part over ``n`` tickets; parts nobody told are left out."""

    name: str | None  # of the group; None for those that hold no value, and for everything
    n: int
    minutes: dict[str, float]

    @property
    def shares(self) -> dict[str, float]:
        """Each part ÷ all parts: a share of the time of these tickets together; empty where there was none."""
        total = sum(self.minutes.values())
        return {name: part / total for name, part in self.minutes.items()} if total > 0 else {}


def turns(readings: Sequence[Reading]) -> list[Turns]:
    """The parts of each group, most tickets first.

    A mean times its n is a sum. Sums and not means are put in relation, because where some exports name no owners
    fewer tickets have a time unowned; theirs is in the time with us.
    """
    groups: dict[str | None, list[Reading]] = defaultdict(list)
    for reading in readings:
        if reading.value is not None:
            groups[reading.group[0][1] if reading.group else None].append(reading)
    found = []
    for name, some in groups.items():
        by_kpi = {reading.kpi.name: reading for reading in some}
        told = {label: by_kpi[kpi] for kpi, label in PARTS.items() if kpi in by_kpi}
        minutes = {label: (each.value or 0.0) * each.n for label, each in told.items()}
        found.append(Turns(name, max(each.n for each in some), minutes))
    return sorted(found, key=lambda each: (-each.n, each.name or ""))
