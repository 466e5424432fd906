"""The clocks of the protocol for major cases (tier 4): what was promised in a crisis, and what was kept."""

from __future__ import annotations

from dashboard.kpis.figures import duration_entered
from dashboard.kpis.population import ROLE_SHEET
from dashboard.kpis.target import Below, Between

_NO_LOG = "no export tells the steps of a major case"
_MEDIAN = "The median over the major cases of the period"

assessment_time = duration_entered(
    "assessment_time",
    label="Time to assessment",
    asks="How soon do we know how bad it is?",
    of=f"{_MEDIAN} from the declaration to the first assessment",
    beware="A case whose assessment nobody recorded is missing, not fast.",
    because_no_feed=_NO_LOG,
    target=Below(15, because=ROLE_SHEET),
)

war_room_time = duration_entered(
    "war_room_time",
    label="Time to war room",
    asks="How soon do the right people sit together?",
    of=f"{_MEDIAN} from the declaration to the opening of the war room",
    beware="A room that was opened late and backdated reads as on time.",
    because_no_feed=_NO_LOG,
    target=Below(30, because=ROLE_SHEET),
)

executive_contact_time = duration_entered(
    "executive_contact_time",
    label="Time to the customer's executive",
    asks="How soon does the customer's executive hear from us?",
    of=f"{_MEDIAN} from the declaration to the first contact with the customer's executive",
    beware="A message left is not a contact.",
    because_no_feed=_NO_LOG,
    target=Below(60, because=ROLE_SHEET),
)

update_gap = duration_entered(
    "update_gap",
    label="Longest wait for an update",
    asks="How long do customers go without a word in a crisis?",
    of=f"{_MEDIAN} of the longest time between two updates to the customer",
    beware="Promised are two to four hours; the median hides the case that waited a day.",
    because_no_feed=_NO_LOG,
    target=Below(4 * 60, because=ROLE_SHEET),
    unit="hours",
)

follow_up_time = duration_entered(
    "follow_up_time",
    label="Time to follow-up",
    asks="Do we come back when the dust has settled?",
    of=f"{_MEDIAN} from the resolution to the follow-up with the customer",
    beware="Too early is as wrong as too late: nobody can say yet that it holds.",
    because_no_feed=_NO_LOG,
    target=Between(24 * 60, 48 * 60, because=ROLE_SHEET),
    unit="hours",
)
