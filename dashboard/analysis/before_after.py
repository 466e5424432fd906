"""Did it work: the level after a day against the trend before it, with what neighbouring weeks share (methods, E7).

y = a + b·t + δ·post with AR(1) errors, by restricted maximum likelihood averaged over the correlation, and Student's t
with n − 4 degrees of freedom. A plain comparison of means takes a trend that was there anyway for an effect, and least
squares alone is too sure of itself (Turner 2021, doi 10.1186/s12874-021-01364-0); with fewer than twelve points the
correlation cannot be told and least squares is what remains. Own code, since no maintained library averages over ρ.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

#: Points below which the correlation of neighbours cannot be told; points there must be on each side of the day.
FEW, LEAST_BEFORE, LEAST_AFTER = 12, 4, 3
#: Weeks before the day that are left out where bad numbers were the reason to begin: they would have mended themselves.
WORST = 4
_GRID = np.linspace(-0.5, 0.95, 30)
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Effect:
    """The step at the day with its 95 % interval: a relative change where ``is_relative``, else in the unit given."""

    change: float
    low: float
    high: float
    n: int
    is_relative: bool
    is_plain: bool  # least squares: too few points to tell how neighbours hang together

    @property
    def is_real(self) -> bool:
        """Whether the interval excludes none at all."""
        return self.low > 0 or self.high < 0


def effect(
    values: Sequence[float | None],
    post: Sequence[bool],
    *,
    control: Sequence[float | None] | None = None,
    drop: int = 0,
    relative: bool = True,
) -> Effect | None:
    """The step between the two sides; values are equally spaced, oldest first, and a None is left out.

    ``drop`` leaves out so many points just before the day. ``control`` is taken from the values, on the scale of logs
    where ``relative``. None where one side has too few points, or a log is asked of what is not above zero.
    """
    first = next((place for place, after in enumerate(post) if after), len(values))
    there = [
        place
        for place, value in enumerate(values)
        if value is not None and not first - drop <= place < first and (control is None or control[place] is not None)
    ]
    sides = [place >= first for place in there]
    if len(sides) - sum(sides) < LEAST_BEFORE or sum(sides) < LEAST_AFTER:
        return None
    rows = [_scaled([values[place] for place in there], relative)]
    rows += [_scaled([control[place] for place in there], relative)] if control is not None else []
    kept = [row for row in rows if row is not None]
    if len(kept) < len(rows):
        return None
    outcome = kept[0] if len(kept) == 1 else kept[0] - kept[1]
    places = np.array(there, dtype=float)
    design = np.column_stack([np.ones(len(there)), places - places.mean(), np.array(sides, dtype=float)])
    plain = len(there) < FEW
    step, error, freedom = _least_squares(outcome, design) if plain else _averaged(outcome, design, places)
    reach = float(special.stdtrit(freedom, 0.975)) * error
    edges = (step, step - reach, step + reach)
    change, low, high = (math.expm1(edge) for edge in edges) if relative else edges
    return Effect(change, low, high, len(there), relative, plain)


def _scaled(values: Sequence[float | None], relative: bool) -> Array | None:
    row = np.array(values, dtype=float)
    if not relative:
        return row
    return None if (row <= 0).any() else np.log(row)


def _least_squares(outcome: Array, design: Array) -> tuple[float, float, int]:
    freedom = len(outcome) - design.shape[1]
    inverse = np.linalg.inv(design.T @ design)
    left = outcome - design @ (inverse @ design.T @ outcome)
    variance = float(left @ left) / freedom * float(inverse[2, 2])
    return float((inverse @ design.T @ outcome)[2]), math.sqrt(variance), freedom


def _averaged(outcome: Array, design: Array, places: Array) -> tuple[float, float, int]:
    """The step of each correlation weighed by its restricted likelihood; its error holds their spread too."""
    found = np.array([_at(rho, outcome, design, places) for rho in _GRID])
    weights = np.exp(found[:, 2] - found[:, 2].max())
    weights /= weights.sum()
    step = float(weights @ found[:, 0])
    variance = float(weights @ (found[:, 1] + (found[:, 0] - step) ** 2))
    return step, math.sqrt(variance), len(outcome) - 4


def _at(rho: float, outcome: Array, design: Array, places: Array) -> tuple[float, float, float]:
    """Step, its variance and the restricted log likelihood under one correlation; gaps in time weaken it."""
    apart = np.abs(places[:, None] - places[None, :])
    factor = np.linalg.cholesky(np.sign(rho) ** apart * np.abs(rho) ** apart if rho else np.eye(len(places)))
    y, x = np.linalg.solve(factor, outcome), np.linalg.solve(factor, design)
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ y
    left, freedom = y - x @ beta, len(y) - x.shape[1]
    sum_of_squares = max(float(left @ left), 1e-18)
    likelihood = -0.5 * freedom * math.log(sum_of_squares) - float(np.log(np.diag(factor)).sum())
    likelihood += 0.5 * float(np.linalg.slogdet(inverse)[1])
    return float(beta[2]), sum_of_squares / freedom * float(inverse[2, 2]), likelihood
