"""From p-values to words: false discoveries held down, guards, sets of changes, and the ladder of fixed sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

import numpy as np
from scipy import stats

from dashboard.analysis.changes.linking import Comparison, Key, Linked, Made
from dashboard.analysis.changes.placebo import FREE

#: The share of false discoveries allowed among what is called strong, and among what is called possible.
STRONG, POSSIBLE = 0.05, 0.10
#: No rise is told below these, whatever its p.
LEAST_RATIO, LEAST_ACCOUNTS = 1.5, 3
#: The lower end of the ratio's interval that a strong association has.
STRONG_RATIO = 2.0


class Rung(StrEnum):
    """The ladder of words, strongest first. A change is never said to have caused anything."""

    DOCUMENTED = "Documented link"
    STRONG = "Strong temporal association"
    POSSIBLE = "Possible link"
    NONE = "No rise detected"
    NOT_TOLD = "Not enough data"


@dataclass(frozen=True)
class Judged:
    """A test with its q, and whether it passes the guards. ``q`` is over all tests of the period."""

    test: Comparison
    q: float
    stopped: str | None  # the guard that stopped it, as words

    @property
    def is_rise(self) -> bool:
        """Whether a rise is told at all."""
        return self.q <= POSSIBLE and self.stopped is None


@dataclass(frozen=True)
class ChangeSet:
    """Changes of one product within 72 hours of each other, with all that was tested after them."""

    changes: tuple[Made, ...]
    found: tuple[Judged, ...] = ()
    documented: Mapping[str, int] = field(default_factory=dict, hash=False)

    @property
    def rises(self) -> list[Judged]:
        """What rose, the surest first."""
        return sorted((each for each in self.found if each.is_rise), key=lambda each: (each.q, each.test.raw))

    @property
    def leading(self) -> Judged | None:
        """The test told first: the surest rise, else the product as a whole."""
        ordered = sorted(self.found, key=lambda each: (each.test.key.cluster is not None, each.test.raw))
        return next(iter(self.rises), next(iter(ordered), None))

    @property
    def rung(self) -> Rung:
        """The words it earns."""
        if any(self.documented.values()):
            return Rung.DOCUMENTED
        best = next(iter(self.rises), None)
        if best is None:
            return Rung.NONE if self.found else Rung.NOT_TOLD
        low = best.test.best.interval()[0]
        is_alone = len(self.changes) == 1
        return Rung.STRONG if best.q <= STRONG and low >= STRONG_RATIO and is_alone else Rung.POSSIBLE


def judged(tests: Sequence[Comparison]) -> list[Judged]:
    """Benjamini and Hochberg over all of them, then the guards."""
    if not tests:
        return []
    q = stats.false_discovery_control(np.asarray([test.p for test in tests]))
    return [Judged(test, float(value), stopped(test)) for test, value in zip(tests, q, strict=True)]


def stopped(test: Comparison) -> str | None:
    """The guard a test does not pass, as words; None where it passes all."""
    best = test.best
    if test.was_high:
        return "it had begun in the 12 hours before the change"
    if best.seen < LEAST_ACCOUNTS:
        return f"fewer than {LEAST_ACCOUNTS} accounts wrote"
    if best.ratio < LEAST_RATIO:
        return f"less than {LEAST_RATIO} times what is usual"
    return None


def sets(linked: Linked, changes: Sequence[Made], documented: Mapping[str, int] | None = None) -> list[ChangeSet]:
    """The changes of a period in sets, the surest first; ``documented``: how many tickets name a change."""
    wanted = {each.change_id for each in changes}
    found: dict[str, list[Judged]] = defaultdict(list)
    for each in judged([test for test in linked.tests if test.change.change_id in wanted]):
        found[each.test.change.change_id].append(each)
    named = documented or {}
    made = [
        ChangeSet(
            tuple(group),
            tuple(each for change in group for each in found[change.change_id]),
            {change.change_id: named.get(change.change_id, 0) for change in group},
        )
        for group in grouped(changes)
    ]
    return sorted(made, key=_order)


def _order(each: ChangeSet) -> tuple[int, float, float]:
    leading = each.leading
    newest = -max(change.moment.timestamp() for change in each.changes)
    return list(Rung).index(each.rung), leading.test.raw if leading and leading.is_rise else 1.0, newest


def grouped(changes: Sequence[Made]) -> list[list[Made]]:
    """Changes of a product of which each follows the one before within 72 hours."""
    found: list[list[Made]] = []
    last: dict[str | None, list[Made]] = {}
    for each in sorted(changes, key=lambda change: (change.moment, change.change_id)):
        before = last.get(each.product)
        if before and each.moment - before[-1].moment < timedelta(hours=FREE):
            before.append(each)
        else:
            last[each.product] = [each]
            found.append(last[each.product])
    return found


def surged(found: Sequence[ChangeSet]) -> tuple[int, int]:
    """How many sets of changes were followed by a rise, and how many could be judged."""
    told = [each for each in found if each.found]
    return sum(bool(each.rises) for each in told), len(told)


def is_of(each: Judged, key: Key) -> bool:
    """Whether a test is of this series."""
    return each.test.key == key
