"""What each signal of context rebuilding is called, which activity it stands for, and of which class it is.

The one place of that mapping. The minutes of a signal stand in ``dashboard.kpis.effort`` and, where the user has own
ones, in ``[investigation_minutes]`` of the settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dashboard.kpis.effort import PRIORS
from dashboard.kpis.scenario import Prior


class Activity(StrEnum):
    """What an agent does while context is rebuilt. Scanning deployments leaves no trace in a help desk's export."""

    HISTORY = "Reading case history"
    TRACKER = "Searching engineering's tracker"
    ENGINEERING = "Asking engineering"
    CUSTOMER = "Asking the customer"
    TIMELINE = "Rebuilding timelines"


class Class(StrEnum):
    """Why the minutes were spent (methods, A2)."""

    DIAGNOSE = "finding out"
    REWORK = "doing it again"
    ESCALATE = "writing up an escalation"
    LOOP = "rounds with engineering"
    SWITCH = "coming back after a pause"


@dataclass(frozen=True)
class About:
    """A signal in words."""

    label: str
    activity: Activity
    kind: Class
    one: str  # what one sighting is


SIGNALS: dict[str, About] = {
    "history": About("History looked up", Activity.HISTORY, Class.DIAGNOSE, "a ticket a person touched"),
    "note": About("Notes before the answer", Activity.TIMELINE, Class.DIAGNOSE, "a private note while no answer stood"),
    "link": About("Links to other systems", Activity.TRACKER, Class.DIAGNOSE, "another record linked"),
    "escalation": About("Escalations written up", Activity.ENGINEERING, Class.ESCALATE, "a case written up"),
    "engineering_question": About(
        "Clarification trips with engineering", Activity.ENGINEERING, Class.LOOP, "a note that answers engineering's"
    ),
    "customer_question": About(
        "Questions to the customer", Activity.CUSTOMER, Class.DIAGNOSE, "a question, then a wait for the customer"
    ),
    "pickup": About("Pick-ups by another owner", Activity.TIMELINE, Class.REWORK, "the first touch of a later owner"),
    "reopen": About("Reopens", Activity.TIMELINE, Class.REWORK, "a ticket opened again"),
    "resume": About("Returns after a day", Activity.TIMELINE, Class.SWITCH, "a touch a day or more after the last"),
    "words_reread": About("Words read again", Activity.HISTORY, Class.REWORK, "a word of the thread at a pick-up"),
}  # fmt: skip
NAMES: tuple[str, ...] = tuple(SIGNALS)


def priors(own: Iterable[tuple[str, float, float, float]] = ()) -> dict[str, Prior]:
    """Low, likely and high minutes of each signal, the user's own over the shipped ones, in the order of ``NAMES``."""
    known = PRIORS | {name: (low, likely, high) for name, low, likely, high in own}
    return {name: known[name] for name in NAMES}


def by_activity(minutes: Mapping[str, float]) -> dict[Activity, float]:
    """Minutes of signals added up by activity."""
    return {each: sum(minutes[name] for name in of_activity(each)) for each in Activity}


def of_activity(activity: Activity) -> Sequence[str]:
    """The signals that stand for an activity."""
    return [name for name, about in SIGNALS.items() if about.activity is activity]
