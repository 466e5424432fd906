"""The catalogue of KPIs: every definition found in a family module; a name taken twice is refused."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from dashboard.kpis.kpi import Kpi
from dashboard.kpis.options import Options
from etl.errors import UsageError, nearest

#: Families in the order they are shown, with what each is about.
FAMILIES = {
    "voice": "What customers say",
    "speed": "How fast",
    "resolution": "How well it is solved",
    "flow": "How much",
    "thread": "How often it changes hands, and whose turn it was",
    "claims": "What customers are told of causes",
    "quality": "How good the work and the knowledge are",
    "self_service": "What needs no person",
    "efficiency": "At what cost",
    "effort": "At what effort",
    "escalations": "What goes up, and what comes back",
    "repeats": "What keeps coming back",
    "incidents": "Incidents and engineering",
    "protocol": "Promises kept in a crisis",
    "people": "The team",
    "accounts": "Customers kept",
}
#: Who answers for the KPIs of a family, by role, where a block names nobody else.
OWNERS = {
    "voice": "customer experience",
    "speed": "support operations",
    "resolution": "support team leads",
    "flow": "workforce planning",
    "thread": "support operations",
    "claims": "quality and knowledge",
    "quality": "quality and knowledge",
    "self_service": "self-service and automation",
    "efficiency": "support operations",
    "effort": "support operations",
    "escalations": "support operations",
    "repeats": "support operations",
    "incidents": "incident management",
    "protocol": "VP of Customer Support",
    "people": "people partner of support",
    "accounts": "customer success",
}
#: The seven of the Overview, in the order they are shown.
HEADLINES = ("csat", "nps", "mttr", "fcr", "escalation_rate", "repeat_incident_rate", "investigation_tax")


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, Kpi]:
    found: dict[str, Kpi] = {}
    for family in FAMILIES:
        module = importlib.import_module(f"dashboard.kpis.{family}")
        # A name that begins with an underscore is a part of a block below it.
        named_here = (value for name, value in vars(module).items() if not name.startswith("_"))
        for kpi in (value for value in named_here if isinstance(value, Kpi)):
            if kpi.name in found:
                raise ValueError(f"two KPIs are named '{kpi.name}'")
            found[kpi.name] = _placed(kpi, family)
    return found


def _placed(kpi: Kpi, family: str) -> Kpi:
    """A KPI with what its family says of it."""
    return replace(kpi, family=family, owner=kpi.owner or OWNERS[family])


def catalogue() -> dict[str, Kpi]:
    """Every KPI by its name, in the order of the families."""
    return dict(_catalogue())


def named(names: Iterable[str]) -> list[Kpi]:
    """The KPIs of these names; raises UsageError with the nearest right name."""
    known = _catalogue()
    for name in names:
        if name not in known:
            raise UsageError(f"There is no KPI '{name}'.", nearest(name, known), "`supportkpi kpis` lists them.")
    return [known[name] for name in names]


def headlines() -> list[Kpi]:
    """The seven KPIs of the Overview."""
    return named(HEADLINES)


@lru_cache(maxsize=512)
def under(name: str, options: Options) -> Kpi:
    """A KPI as it counts under the options chosen."""
    kpi = _catalogue()[name]
    narrowed = obeyed(kpi, options)
    if kpi.varies is None or narrowed == kpi.chosen:
        return kpi
    return _placed(kpi.varies(narrowed), kpi.family)


def obeyed(kpi: Kpi, options: Options) -> Options:
    """The options as far as a KPI obeys them, everything else at its default."""
    names = (*kpi.options, "minutes") if kpi.grade == "assumed" else kpi.options
    return Options(**{name: getattr(options, name) for name in names})


def definition(kpi: Kpi, options: Options | None = None) -> str:
    """The counting rule in one sentence, as it stands under the options chosen."""
    if options is None or kpi.varies is None:
        return kpi.counts
    return kpi.varies(obeyed(kpi, options)).counts
