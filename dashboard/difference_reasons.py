"""Why two measurements of one ticket differ: classes, each a small predicate on what is known of the ticket."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why two measurements of one ticket differ, as far as its facts tell. The first that holds counts."""

    MERGE = "merge"
    ROUNDING = "rounding"
    CLOCK = "clock"
    SCHEDULE = "schedule"
    REOPEN = "reopen rule"
    ZONE = "zone"
    BOT = "bot"
    LEFT_OUT = "left out"
    HISTORY = "missing history"
    UNKNOWN = "unknown"


#: What each class means, for a reader.
MEANS = {
    Reason.MERGE: "merged into another ticket, or another was merged into it: messages and clocks moved",
    Reason.HISTORY: "we hold no history of it (statuses, messages), so we cannot measure what the help desk did",
    Reason.ROUNDING: "no more apart than the help desk's rounding",
    Reason.CLOCK: "their value is our measurement on the other clock: business hours against around the clock",
    Reason.SCHEDULE: "under several schedules: one counts each while it held, the other the last one all along",
    Reason.REOPEN: "reopened: one counts to the first resolve, the other to the last, or slips count for one only",
    Reason.ZONE: "apart by an offset between time zones, or by the hour of daylight saving: one end is shifted",
    Reason.BOT: "a bot wrote to the customer: the help desk counts its messages as replies, we count people's only",
    Reason.LEFT_OUT: "deleted, spam or a test: the help desk has measured it, we leave it out",
    Reason.UNKNOWN: "none of these explains it",
}


@dataclass(frozen=True)
class Case:
    """One ticket on which the two differ. Values in minutes or counts; None: not known."""

    theirs: float | None
    ours: float | None
    tolerance: float = 0.0
    rounding: float = 0.0
    other_clock: float | None = None
    other_schedules: float | None = None
    other_rule: float | None = None
    is_count: bool = False
    is_merged: bool = False
    has_history: bool = True
    is_left_out: bool = False
    is_about_replies: bool = False
    bot_messages: float = 0.0
    reopens: float = 0.0

    @property
    def difference(self) -> float | None:
        """Ours less theirs."""
        return None if self.theirs is None or self.ours is None else self.ours - self.theirs

    def is_near(self, value: float | None) -> bool:
        """Whether their value is this one, within the vendor's unit."""
        return value is not None and self.theirs is not None and abs(value - self.theirs) <= max(self.tolerance, 1e-9)


#: Offsets that lie between two zones of this planet, in minutes: whole hours, and the odd half and quarter hours.
OFFSETS = frozenset({60 * hours for hours in range(1, 15)} | {30, 45, 210, 270, 330, 345, 390, 525, 570, 630, 765})


def is_merge(case_: Case) -> bool:
    """The ticket was merged, or absorbed another."""
    return case_.is_merged


def is_history(case_: Case) -> bool:
    """We have no history of the ticket, or no measurement where they have one."""
    return not case_.has_history or (case_.ours is None and case_.theirs is not None)


def is_rounding(case_: Case) -> bool:
    """The difference is no larger than rounding makes it."""
    return case_.difference is not None and abs(case_.difference) <= case_.rounding


def is_clock(case_: Case) -> bool:
    """Their value equals ours on the other clock."""
    return not case_.is_count and case_.is_near(case_.other_clock)


def is_schedule(case_: Case) -> bool:
    """Their value equals ours under the other rule of schedules."""
    return case_.is_near(case_.other_schedules)


def is_reopen(case_: Case) -> bool:
    """Their value equals ours under the other reopen rule, of a ticket that was reopened."""
    return case_.reopens > 0 and case_.is_near(case_.other_rule)


def is_zone(case_: Case) -> bool:
    """The difference is an offset between two zones."""
    if case_.is_count or case_.difference is None:
        return False
    size = abs(case_.difference)
    return any(abs(size - offset) <= case_.tolerance for offset in OFFSETS)


def is_bot(case_: Case) -> bool:
    """They count what a bot wrote: so many replies more, or a first reply that we do not have, or have later."""
    if not (case_.is_about_replies and case_.bot_messages and case_.theirs is not None):
        return False
    if case_.is_count:
        return case_.ours is not None and case_.is_near(case_.ours + case_.bot_messages)
    return case_.ours is None or case_.theirs < case_.ours


def is_left_out(case_: Case) -> bool:
    """We do not measure a ticket that no KPI counts."""
    return case_.is_left_out and case_.ours is None


_PREDICATES: tuple[tuple[Reason, Callable[[Case], bool]], ...] = (
    (Reason.MERGE, is_merge),
    (Reason.LEFT_OUT, is_left_out),
    (Reason.ROUNDING, is_rounding),
    (Reason.CLOCK, is_clock),
    (Reason.SCHEDULE, is_schedule),
    (Reason.REOPEN, is_reopen),
    (Reason.BOT, is_bot),
    (Reason.ZONE, is_zone),
    (Reason.HISTORY, is_history),
)


def reason_of(case_: Case) -> Reason:
    """The class of a difference."""
    return next((reason for reason, holds in _PREDICATES if holds(case_)), Reason.UNKNOWN)
