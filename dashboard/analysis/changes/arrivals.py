"""Distinct accounts in windows of hours, without knowing any account by name.

Of each ticket the hour is known and the hour of the same account's ticket before it. A ticket is the first of its
account in a window when it lies in it and the one before does not: that is all that is needed to count accounts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dashboard.analysis.changes.clock import Flags, Ints

#: The windows after a change, in hours.
SHORT, LONG = 24, 72
#: Stands for "no ticket of the same account within the longest window before".
NEVER = -(10**9)


@dataclass(frozen=True)
class Arrivals:
    """Tickets of one series by hour: ``before`` is the hour of the same account's last ticket there, or ``NEVER``."""

    hour: Ints
    before: Ints
    tickets: Ints

    @property
    def total(self) -> int:
        """How many tickets in all."""
        return int(self.tickets.sum())

    def without(self, hidden: Flags) -> Arrivals:
        """The same with the tickets of some hours left out."""
        kept = ~hidden[self.hour]
        return Arrivals(self.hour[kept], self.before[kept], self.tickets[kept])

    def accounts(self, hours: int, length: int) -> Ints:
        """How many different accounts wrote in the ``length`` hours from each hour on."""
        # A ticket at hour u is its account's first in windows that begin after the one before, and reach u.
        first = np.clip(np.maximum(self.before + 1, self.hour - length + 1), 0, None)
        counts = np.where(first <= self.hour, self.tickets, 0)
        steps = np.zeros(hours + 1, dtype=np.int64)
        np.add.at(steps, np.minimum(first, hours), counts)
        np.subtract.at(steps, np.minimum(self.hour + 1, hours), counts)
        return np.cumsum(steps[:hours])


def together(parts: list[Arrivals]) -> Arrivals:
    """Some rows after each other; an account that is in two parts is counted in both."""
    return Arrivals(
        *(np.concatenate([getattr(each, name) for each in parts]) for name in ("hour", "before", "tickets"))
    )
