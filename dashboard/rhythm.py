"""How often people meet over the figures: known to commands, files and pages, and light to import."""

from __future__ import annotations

from enum import StrEnum

from dashboard.scope import Grain


class Rhythm(StrEnum):
    """How often people meet, and so how long the period is that they look at."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"

    @property
    def grain(self) -> Grain:
        """The period that is looked at."""
        return {Rhythm.WEEKLY: Grain.WEEK, Rhythm.MONTHLY: Grain.MONTH, Rhythm.QUARTERLY: Grain.QUARTER}[self]
