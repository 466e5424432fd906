"""The catalogue as records: what ``supportkpi kpis`` prints and ``docs/kpis.md`` is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dashboard.exports.records import Value
from dashboard.kpis.kpi import Unit

if TYPE_CHECKING:
    from dashboard.kpis.kpi import Kpi
    from dashboard.kpis.target import Target


def of(kpi: Kpi, target: Target | None) -> dict[str, Value | list[str]]:
    """One KPI as a record; ``target`` is the one in force, in the unit of the value."""
    from dashboard import wording

    return {
        "kpi": kpi.name,
        "label": kpi.label,
        "family": kpi.family,
        "owner": kpi.owner,
        "headline": kpi.headline,
        "asks": kpi.asks,
        "counts": kpi.counts,
        "beware": kpi.beware,
        "unit": "fraction" if kpi.unit is Unit.PERCENT else str(kpi.unit.value),
        "direction": str(kpi.good.value),
        "target_above": target.above if target else None,
        "target_below": target.below if target else None,
        "target_words": wording.target(target, kpi.unit) or None,
        "because": target.because if target else None,
        "anchor": kpi.anchor,
        "clock": kpi.clock,
        "enough": kpi.enough,
        "needs": kpi.needs,
        "grade": kpi.grade,
        "cut_by": list(kpi.dimensions),
        "options": list(kpi.options),
    }


def kpis(targets: Mapping[str, Target | None]) -> list[dict[str, Value | list[str]]]:
    """The whole catalogue, in its order."""
    from dashboard.kpis import catalogue

    return [of(kpi, targets.get(kpi.name, kpi.target)) for kpi in catalogue().values()]
