"""How large a rise would probably have been seen: so that "no rise detected" says what it is worth."""

from __future__ import annotations

import numpy as np
from scipy import stats

from dashboard.analysis.changes.clock import Floats
from dashboard.analysis.changes.expected import at_least
from dashboard.analysis.changes.judged import LEAST_ACCOUNTS, LEAST_RATIO, STRONG, Judged
from dashboard.analysis.changes.linking import Comparison, Linked, Window

#: Four chances in five to see it.
POWER = 0.8
#: A rise larger than this is not worth telling as the least that would be seen.
MOST = 200.0


def threshold(found: list[Judged]) -> float:
    """The largest calibrated p that is still called strong among these tests."""
    if not found:
        return STRONG
    kept = [each.test.p for each in found if each.q <= STRONG]
    return max([*kept, STRONG / len(found)])


def detectable(linked: Linked, test: Comparison, p: float) -> float | None:
    """The smallest ratio that either window would have shown with four chances in five; None beyond ``MOST``."""
    raw = linked.calibrations[test.key.cluster is not None].raw(p) / 2
    found = [ratio for window in test.windows if (ratio := of_window(window, raw)) is not None]
    return min(found, default=None)


def of_window(window: Window, raw: float) -> float | None:
    """The smallest ratio one window shows at a threshold of the model's own p."""
    least = _critical(window, raw)

    def power(ratio: float) -> float:
        mean = np.asarray([window.expected * ratio])
        return float(at_least(np.asarray([float(least)]), mean, _variance(window, mean))[0])

    low, high = 1.0, MOST
    if power(high) < POWER:
        return None
    for _ in range(24):
        middle = (low * high) ** 0.5
        low, high = (low, middle) if power(middle) >= POWER else (middle, high)
    return high


def _variance(window: Window, mean: Floats) -> Floats:
    return mean + mean**2 * (1 / (window.before + 0.5) + window.spread)


def _critical(window: Window, raw: float) -> int:
    """The fewest accounts that would have been called a rise."""
    mean = np.asarray([window.expected])
    over = float((_variance(window, mean) - mean)[0])
    size = window.expected**2 / max(over, 1e-9)
    # isf gives the largest count not surprising enough; one more is.
    by_chance = int(stats.nbinom.isf(raw, size, window.expected / (window.expected + max(over, 1e-9)))) + 1
    return max(by_chance, LEAST_ACCOUNTS, int(np.ceil(LEAST_RATIO * window.expected)))
