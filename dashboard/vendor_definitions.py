"""How help desks define the figures they export, each beside our own measurement of the same thing.

A definition is a block: whose it is, its name, the exported figure, our columns that measure it, how coarsely the
vendor rounds, and what the vendor counts, with where that is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import Column

from etl.errors import UsageError, nearest
from etl.tables import ticket
from etl.vocabulary import VendorFigure

#: A vendor, and how the names of its sources begin.
VENDORS = {
    "zendesk": "Zendesk",
    "freshdesk": "Freshdesk",
    "freshservice": "Freshservice",
    "intercom": "Intercom",
    "servicenow": "ServiceNow",
    "hubspot": "HubSpot",
    "zammad": "Zammad",
    "jira": "Jira Service Management",
    "any": "Any other help desk",
}
_COUNTS = (VendorFigure.REPLIES, VendorFigure.REOPENS, VendorFigure.OWNER_STATIONS, VendorFigure.TEAM_STATIONS)

_c = ticket.c
#: Our columns for a figure: their sum is the measurement.
_OURS: dict[VendorFigure, tuple[str, ...]] = {
    VendorFigure.REQUESTER_WAIT: ("with_us_minutes", "unowned_minutes", "with_other_minutes"),
    VendorFigure.REQUESTER_WAIT_BUSINESS: (
        "with_us_business_minutes", "unowned_business_minutes", "with_other_business_minutes",
    ),
    VendorFigure.AGENT_WAIT: ("with_customer_minutes",),
    VendorFigure.AGENT_WAIT_BUSINESS: ("with_customer_business_minutes",),
    VendorFigure.ON_HOLD: ("with_other_minutes",),
    VendorFigure.ON_HOLD_BUSINESS: ("with_other_business_minutes",),
    VendorFigure.REOPENS: ("status_reopens",),
}  # fmt: skip


class Schedules(StrEnum):
    """Under which of a ticket's schedules business minutes are counted."""

    EVERY = "every"  # each while the ticket was under it: our own rule
    LAST = "last"  # the last one, for the whole life of the ticket


@dataclass(frozen=True)
class Definition:
    """One figure as one vendor defines it.

    ``columns`` are columns of ``etl.tables.ticket`` whose sum is our measurement; ``tolerance`` is how far apart two
    equal measurements may lie because of the vendor's unit, ``rounding`` how far its rounding of parts may carry them
    (minutes, or counts). ``counts`` is what the vendor counts, ``told`` where it says so. ``schedules`` tells which of
    our business minutes are meant, of a figure around the clock too: its counterpart on the other clock.
    """

    vendor: str
    name: str
    label: str
    figure: VendorFigure
    counts: str
    told: str
    tolerance: float = 0.0
    rounding: float = 0.0
    schedules: Schedules = Schedules.EVERY

    @property
    def columns(self) -> tuple[Column[float], ...]:
        """Our columns that add up to this figure."""
        return _columns(self.figure, self.schedules)

    @property
    def other_clock(self) -> tuple[Column[float], ...]:
        """The same measurement on the other clock (business or calendar); empty for counts."""
        pair = _counterpart(self.figure)
        return () if pair is None else _columns(pair, self.schedules)

    @property
    def other_schedules(self) -> tuple[Column[float], ...]:
        """The same business minutes under the other rule of schedules; empty for what knows no schedule."""
        return _columns(self.figure, _OTHER_SCHEDULES[self.schedules]) if self.is_business else ()

    @property
    def other_rule(self) -> tuple[Column[float], ...]:
        """What would be measured under the other reopen rule: to the first resolve instead of the last, and so on."""
        return (
            _columns(_BY_OTHER_RULE[self.figure], self.schedules)
            if self.figure in _BY_OTHER_RULE
            else _OTHER_COUNT.get(self.figure, ())
        )

    @property
    def is_count(self) -> bool:
        """Whether it counts something, rather than measuring minutes."""
        return self.figure in _COUNTS

    @property
    def is_business(self) -> bool:
        """Whether it measures business minutes."""
        return "business" in self.figure

    @property
    def anchor(self) -> str:
        """The clock that puts a ticket into a period, as our own figures have it."""
        return "created_at" if "reply" in self.figure and not self.is_count else "resolved_at"

    @property
    def full_label(self) -> str:
        """The label with the clock, and with the rule of schedules where that is not our own."""
        if not self.is_business:
            return self.label
        rule = ", last schedule only" if self.schedules is Schedules.LAST else ""
        return f"{self.label}, business hours{rule}"

    def under(self, schedules: Schedules | None) -> Definition:
        """The same figure counted under another rule of schedules; None: the vendor's own."""
        return self if schedules is None else replace(self, schedules=schedules)


_BY_OTHER_RULE = {
    VendorFigure.FIRST_RESOLUTION: VendorFigure.FULL_RESOLUTION,
    VendorFigure.FULL_RESOLUTION: VendorFigure.FIRST_RESOLUTION,
    VendorFigure.FIRST_RESOLUTION_BUSINESS: VendorFigure.FULL_RESOLUTION_BUSINESS,
    VendorFigure.FULL_RESOLUTION_BUSINESS: VendorFigure.FIRST_RESOLUTION_BUSINESS,
}
_OTHER_SCHEDULES = {Schedules.EVERY: Schedules.LAST, Schedules.LAST: Schedules.EVERY}
#: Our own count of reopens leaves slips of a few minutes out.
_OTHER_COUNT = {VendorFigure.REOPENS: (_c.reopens,)}


def _columns(figure: VendorFigure, schedules: Schedules) -> tuple[Column[float], ...]:
    names = _OURS.get(figure, (str(figure),))
    if schedules is Schedules.LAST:
        names = tuple(name.replace("_business_", "_last_schedule_") for name in names)
    return tuple(_c[name] for name in names)


def _counterpart(figure: VendorFigure) -> VendorFigure | None:
    """The figure on the other clock."""
    plain = str(figure).replace("_business", "")
    other = plain if "business" in figure else plain.replace("_minutes", "_business_minutes")
    return VendorFigure(other) if other != figure and other in set(VendorFigure) else None


def _both(
    vendor: str, name: str, label: str, figure: VendorFigure, counts: str, told: str, tolerance: float, rounding: float,
    schedules: Schedules = Schedules.EVERY,
) -> tuple[Definition, ...]:  # fmt: skip
    """A duration on both clocks."""
    business = _counterpart(figure)
    found = [Definition(vendor, name, label, figure, counts, told, tolerance, rounding, schedules)]
    if business is not None:
        which = "last schedule" if schedules is Schedules.LAST else "schedule"
        hours = f"{counts.removesuffix('.')}, in the minutes the ticket's {which} is open."
        name = f"{name}_business"
        found.append(Definition(vendor, name, label, business, hours, told, tolerance, rounding, schedules))
    return tuple(found)


#: That only the last schedule counts is said by Fivetran, whose package counts under every schedule (its decision log).
_METRICS = "Zendesk, ticket metrics API; Zendesk help, about native duration metrics"
_ZENDESK = (
    *_both(
        "zendesk", "first_reply_time", "First reply time", VendorFigure.FIRST_REPLY,
        "From creation to the first public reply of an agent, in whole minutes.", _METRICS, 1.0, 2.0, Schedules.LAST,
    ),
    *_both(
        "zendesk", "first_resolution_time", "First resolution time", VendorFigure.FIRST_RESOLUTION,
        "From creation to the first time the ticket was solved, in whole minutes.", _METRICS, 1.0, 2.0, Schedules.LAST,
    ),
    *_both(
        "zendesk", "full_resolution_time", "Full resolution time", VendorFigure.FULL_RESOLUTION,
        "From creation to the last time the ticket was solved, in whole minutes.", _METRICS, 1.0, 2.0, Schedules.LAST,
    ),
    *_both(
        "zendesk", "requester_wait_time", "Requester wait time", VendorFigure.REQUESTER_WAIT,
        "Whole minutes in new, open and on-hold: all the time it was not the requester's turn.", _METRICS, 1.0, 5.0,
        Schedules.LAST,
    ),
    *_both(
        "zendesk", "agent_wait_time", "Agent wait time", VendorFigure.AGENT_WAIT,
        "Whole minutes in pending: the time agents waited for the requester.", _METRICS, 1.0, 5.0, Schedules.LAST,
    ),
    *_both(
        "zendesk", "on_hold_time", "On-hold time", VendorFigure.ON_HOLD,
        "Whole minutes in on-hold: the time others were waited for.", _METRICS, 1.0, 5.0, Schedules.LAST,
    ),
    Definition(
        "zendesk", "reopens", "Reopens", VendorFigure.REOPENS,
        "Every change from solved back to a status before it, slips included.", _METRICS,
    ),
    Definition(
        "zendesk", "replies", "Replies", VendorFigure.REPLIES, "Public comments of agents.", _METRICS,
    ),
    Definition(
        "zendesk", "group_stations", "Group stations", VendorFigure.TEAM_STATIONS,
        "Assignments to a group, the first one included.", _METRICS,
    ),
    Definition(
        "zendesk", "assignee_stations", "Assignee stations", VendorFigure.OWNER_STATIONS,
        "Assignments to an agent, the first one included.", _METRICS,
    ),
)  # fmt: skip


def _freshworks(vendor: str) -> tuple[Definition, ...]:
    told = f'{VENDORS[vendor]}, ticket export: columns "(in hrs)", written hh:mm:ss'
    return (
        *_both(
            vendor, "first_response_time", "First response time", VendorFigure.FIRST_REPLY,
            "From creation to the first response of an agent.", told, 0.1, 1.0,
        ),
        *_both(
            vendor, "resolution_time", "Resolution time", VendorFigure.FULL_RESOLUTION,
            "From creation to the resolve; a reopened ticket keeps running to its next resolve.", told, 0.1, 1.0,
        ),
        Definition(
            vendor, "agent_interactions", "Agent interactions", VendorFigure.REPLIES,
            "Public messages of agents.", told,
        ),
    )  # fmt: skip


_STATISTICS = "Intercom, conversation model: statistics, in seconds"
_INTERCOM = (
    *_both(
        "intercom", "time_to_admin_reply", "Time to first reply", VendorFigure.FIRST_REPLY,
        "From the customer's first message to the first reply of a teammate.", _STATISTICS, 0.1, 1.0,
    ),
    *_both(
        "intercom", "time_to_first_close", "Time to first close", VendorFigure.FIRST_RESOLUTION,
        "From the start of the conversation to its first close.", _STATISTICS, 0.1, 1.0,
    ),
    *_both(
        "intercom", "time_to_last_close", "Time to last close", VendorFigure.FULL_RESOLUTION,
        "From the start of the conversation to its last close.", _STATISTICS, 0.1, 1.0,
    ),
    Definition(
        "intercom", "count_reopens", "Reopens", VendorFigure.REOPENS,
        "Every opening of a closed conversation, a customer's thanks included.", _STATISTICS,
    ),
    Definition(
        "intercom", "count_assignments", "Assignments", VendorFigure.OWNER_STATIONS,
        "Assignments to a teammate.", _STATISTICS,
    ),
)  # fmt: skip
_TASK = "ServiceNow, tables task and incident"
_SERVICENOW = (
    Definition(
        "servicenow", "reopen_count", "Reopen count", VendorFigure.REOPENS,
        "Every change from resolved back to an active state.", _TASK,
    ),
    Definition(
        "servicenow", "reassignment_count", "Reassignment count", VendorFigure.TEAM_STATIONS,
        "Assignments to a group, the first one included where the export counts it.", _TASK,
    ),
    *_both(
        "servicenow", "calendar_duration", "Resolve time", VendorFigure.FULL_RESOLUTION,
        "From the opening to the resolve (calendar_stc, business_stc), in seconds.", _TASK, 0.1, 1.0,
    ),
)  # fmt: skip
_PROPERTIES = "HubSpot, ticket properties, written HH:mm:ss in an export"
_HUBSPOT = (
    *_both(
        "hubspot", "time_to_first_agent_reply", "Time to first agent email reply", VendorFigure.FIRST_REPLY,
        "From creation to the first email reply of an agent; other channels are not counted.", _PROPERTIES, 0.1, 1.0,
    ),
    *_both(
        "hubspot", "time_to_close", "Time to close", VendorFigure.FULL_RESOLUTION,
        "From creation to the newest move into a closed stage.", _PROPERTIES, 0.1, 1.0,
    ),
)  # fmt: skip
_ZAMMAD_DOC = "Zammad, ticket API: minutes in the calendar of the ticket's SLA"
_ZAMMAD = (
    *_both(
        "zammad", "first_response_in_min", "First response", VendorFigure.FIRST_REPLY,
        "From creation to the first response of an agent, in whole minutes.", _ZAMMAD_DOC, 1.0, 2.0,
    ),
    *_both(
        "zammad", "close_in_min", "Close", VendorFigure.FULL_RESOLUTION,
        "From creation to the close, in whole minutes.", _ZAMMAD_DOC, 1.0, 2.0,
    ),
)  # fmt: skip
_JSM = "Jira Service Management, SLA fields, written hh:mm"
_JIRA = (
    *_both(
        "jira", "time_to_first_response", "Time to first response", VendorFigure.FIRST_REPLY,
        "The SLA clock of that name: paused where its goal says so, often in business hours.", _JSM, 1.0, 2.0,
    ),
    *_both(
        "jira", "time_to_resolution", "Time to resolution", VendorFigure.FULL_RESOLUTION,
        "The SLA clock of that name: paused where its goal says so, often in business hours.", _JSM, 1.0, 2.0,
    ),
)  # fmt: skip


def _plain(figure: VendorFigure) -> Definition:
    """A figure of a help desk whose definitions nobody has written down here: compared with our own."""
    words = str(figure).removesuffix("_minutes").removesuffix("_business").replace("_", " ")
    label = words[:1].upper() + words[1:]
    counts = "What the mapping calls by this name, compared with our own measurement."
    margin = 0.0 if figure in _COUNTS else 1.0
    return Definition("any", str(figure), label, figure, counts, "the mapping", margin, 2 * margin)


DEFINITIONS: tuple[Definition, ...] = (
    *_ZENDESK, *_freshworks("freshdesk"), *_freshworks("freshservice"), *_INTERCOM, *_SERVICENOW, *_HUBSPOT, *_ZAMMAD,
    *_JIRA, *map(_plain, VendorFigure),
)  # fmt: skip


def vendor_of(source: str) -> str:
    """The vendor whose definitions a source's figures follow.

    >>> vendor_of("zendesk_warehouse"), vendor_of("our-desk")
    ('zendesk', 'any')
    """
    return next(
        (vendor for vendor in VENDORS if source == vendor or source.startswith((f"{vendor}_", f"{vendor}-"))), "any"
    )


def named(vendor: str | None = None, figure: str | None = None) -> list[Definition]:
    """The definitions of a vendor, of a figure (by the vendor's name for it or by ours), or of both.

    Raises UsageError for a name nobody has, with the nearest one.
    """
    if vendor is not None and vendor not in VENDORS:
        raise UsageError(f"There are no definitions of '{vendor}'.", nearest(vendor, VENDORS))
    of_vendor = [each for each in DEFINITIONS if vendor in (None, each.vendor)]
    found = [each for each in of_vendor if figure is None or figure in (each.name, str(each.figure))]
    if not found:
        known: Sequence[str] = sorted({each.name for each in of_vendor} | {str(each.figure) for each in of_vendor})
        raise UsageError(f"There is no figure '{figure}'.", nearest(str(figure), known))
    return found


def schedules_named(text: str | None) -> Schedules | None:
    """A rule of schedules by its name; None, the vendor's own, without one."""
    if text is None:
        return None
    if text not in set(Schedules):
        raise UsageError(f"There is no rule of schedules '{text}'.", f"Known: {', '.join(Schedules)}.")
    return Schedules(text)
