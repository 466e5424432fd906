"""How much of a measurement the worst tenth of tickets holds: a quiet line with n and interval."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import wording
from dashboard.ask import Ask
from dashboard.concentration import Concentration
from dashboard.kpis.kpi import Unit
from dashboard.widgets import frame

#: What is shared out, by KPI.
_WHAT = {"mttr": "all time to resolve", "first_reply_time": "all waiting for the first reply"}


def note(ask: Ask, names: Sequence[str]) -> None:
    """One sentence for each KPI that measures its rows."""
    told = [words(ask.concentration(name)) for name in names]
    frame.note(" ".join(text for text in told if text))


def words(found: Concentration) -> str:
    """``The slowest tenth of tickets (82 of 818) took 71.2 % of all time to resolve (63.1–79.4 %).``"""
    if found.share is None:
        return ""
    share = wording.value(found.share, Unit.PERCENT)
    spread = wording.span(found.low, found.high, Unit.PERCENT)
    what = _WHAT.get(found.kpi.name, f"all of {found.kpi.label.lower()}")
    part = f"{found.worst:,} of {found.n:,}"
    return f"The slowest tenth of {found.kpi.counted} ({part}) took {share} of {what} (95 %: {spread})."
