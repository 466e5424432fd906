"""What the minutes of a page rest on: assumptions, or a fit to time tracking. Counts in, minutes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.analysis.tax import assumed
from dashboard.analysis.tax.assumed import Counts, Priors
from dashboard.analysis.tax.calibrated import Fit
from dashboard.analysis.tax.estimate import Grade, Minutes


@dataclass(frozen=True)
class Basis:
    """The minutes of one sighting of each signal; ``reason`` says why they are assumed where they are."""

    priors: Priors
    fit: Fit | None = None
    reason: str = ""

    @property
    def grade(self) -> Grade:
        return Grade.ASSUMED if self.fit is None else Grade.CALIBRATED

    def means(self) -> Mapping[str, float]:
        """Minutes of one sighting."""
        return assumed.means(self.priors) if self.fit is None else self.fit.by_signal()

    def by_signal(self, counts: Counts) -> dict[str, float]:
        """The minutes of each signal; they add up to the total."""
        return {name: counts.get(name, 0.0) * each for name, each in self.means().items()}

    def total(self, counts: Counts, n: int) -> Minutes:
        """The minutes of ``n`` tickets with their range."""
        return assumed.total(counts, self.priors, n) if self.fit is None else self.fit.total(counts, n)
