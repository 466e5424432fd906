"""The kinds of statistic: what to sum in SQL, how to finish in Python, which interval, and how likely a target.

The interval belongs to the kind, not to the KPI. Numerator and denominator are carried to the end and divided
last; nothing over nothing is no reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import ColumnElement


@dataclass(frozen=True)
class Estimate:
    """A finished number. ``value`` None means no reading, and ``reason`` then says which rule stopped it.

    ``low`` and ``high`` bound a 95 % confidence interval, or the scenario range of an assumed number
    (``interval`` says which); None where the value is a complete count. ``events`` is the numerator where there
    is one. ``probability_above`` gives P(true value > x), the basis of a verdict.
    """

    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    events: float | None = None
    interval: str = "95 % confidence interval"
    reason: str | None = None

    def probability_above(self, x: float) -> float | None:
        """P(true value > x); None where it cannot be told."""
        raise NotImplementedError


class Statistic(Protocol):
    """What every kind offers."""

    def columns(self) -> Mapping[str, ColumnElement[object]]:
        """The aggregates to select, over rows that count (aggregates already filtered by the KPI's ``among``)."""

    def finish(self, row: Mapping[str, object]) -> Estimate:
        """Turn one row of aggregates into an estimate."""
