"""What several families choose between: the clock of a duration, and the moment that puts a ticket in a period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, true

from dashboard.kpis.options import Options
from etl.tables import ticket

#: The moments of a ticket that may date it, in words.
ANCHORS = {"created": "created", "first_resolved": "first resolved", "resolved": "resolved"}
_SCHEDULE = ", and schedules (of the help desk, or in supportkpi.toml) for business hours"
_CLOCKS = {
    "calendar": ("", "around the clock", ""),
    "business": ("business_", "in business hours", _SCHEDULE),
    "active": (
        "active_",
        "in business hours in which the customer was not the one to act",
        f"{_SCHEDULE}, and status history",
    ),
}


@dataclass(frozen=True)
class Clock:
    """One of three ways to measure the same duration."""

    column: ColumnElement[Any]
    words: str
    needs: str  # what it takes beyond the duration itself


def clock(options: Options, duration: str) -> Clock:
    """The minutes of a duration (``resolution``, ``first_reply``, ``response`` …) on the clock chosen."""
    infix, words, needs = _CLOCKS[options.clock]
    return Clock(ticket.c[f"{duration}_{infix}minutes"], words, needs)


@dataclass(frozen=True)
class Anchor:
    """The moment that puts a ticket, or what hangs on it, in a period."""

    column: ColumnElement[Any]
    words: str
    caution: str = ""

    @property
    def counts(self) -> str:
        """Inside a counting rule: ``first resolved in the period``."""
        return f"{self.words} in the period"


def anchor(options: Options, usual: str) -> Anchor:
    """The moment the definition names (one of ANCHORS), or the one chosen for the whole page."""
    name = usual if options.dated_by == "definition" else options.dated_by
    late = name == "created" and usual != "created"
    caution = " By created date the newest periods hold only what was quick enough to be done already." if late else ""
    return Anchor(ticket.c[f"{name}_at"], ANCHORS[name], caution)


def survey_anchor(options: Options, column: ColumnElement[Any], words: str) -> Anchor:
    """The clock of what hangs on a ticket, or the moment of that ticket; without one it is in no period."""
    if options.dated_by == "definition":
        return Anchor(column, words)
    found = anchor(options, "created")
    return Anchor(found.column, f"its ticket {found.words}", " What belongs to no ticket is in no period then.")


def handled(options: Options) -> ColumnElement[bool]:
    """Tickets a person handled; those only a bot answered as chosen."""
    return true() if options.bot_handled == "include" else ticket.c.is_bot_only.is_(False)


def handled_words(options: Options) -> str:
    """The same at the end of a counting rule."""
    return (
        "tickets that only a bot answered are counted too"
        if options.bot_handled == "include"
        else "tickets that only a bot answered are left out"
    )
