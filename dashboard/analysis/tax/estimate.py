"""What every grade of the investigation tax hands back: minutes with a range, or the rule that stopped it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Grade(StrEnum):
    """What a number of the tax rests on, weakest first."""

    ASSUMED = "assumed"
    CALIBRATED = "calibrated"
    AUDITED = "audited"


@dataclass(frozen=True)
class Minutes:
    """Agent minutes spent on rebuilding context, of ``n`` tickets; ``value`` None: ``reason`` says why.

    ``low`` and ``high`` are a scenario range where the grade is assumed, and a 95 % interval otherwise. ``rests_on`` is
    how many tickets were tracked or audited.
    """

    grade: Grade
    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    rests_on: int = 0
    reason: str | None = None

    @property
    def range_is(self) -> str:
        """What ``low`` to ``high`` is."""
        return "scenario range (assumed minutes)" if self.grade is Grade.ASSUMED else "95 % interval"
