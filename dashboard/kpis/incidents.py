"""Incidents, engineering's answer, and whether what was promised after them is kept."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import and_, func, or_

from dashboard.kpis.entered import Entered
from dashboard.kpis.figures import duration_entered, entered, share_entered
from dashboard.kpis.kpi import Good, Kpi, Unit
from dashboard.kpis.population import RELIABILITY_PLAN, counted_tickets, tickets
from dashboard.kpis.ranked import Quantile
from dashboard.kpis.statistic import Count, Proportion
from dashboard.kpis.target import Above, Below, Every
from etl.tables import incident, ticket
from etl.vocabulary import Severity

_sev1 = incident.c.severity == Severity.SEV1.value
_NEEDS = "incidents with their severity and clocks (PagerDuty, a status page, or a file of incidents with a mapping)"

sev1_incidents = Kpi(
    name="sev1_incidents",
    label="Sev1 incidents",
    asks="How often does the product stop for customers?",
    counts="Incidents of severity 1 (P1) that began in the period.",
    beware=(
        "Whoever sets the severity sets this number, and chance alone moves it by much. The reliability plan asks for "
        "40 % fewer within 90 days: write its baseline into targets.toml."
    ),
    statistic=Count(),
    tables=incident,
    dated_by=incident.c.started_at,
    anchor="begun",
    population=incident.c.incident_id.is_not(None),
    among=_sev1,
    unit=Unit.COUNT,
    good=Good.DOWN,
    enough=1,
    needs=_NEEDS,
    feed=and_(incident.c.severity.is_not(None), incident.c.started_at.is_not(None)),
    drill=None,
    counted="incidents",
    shows=(incident.c.incident_id, incident.c.title, incident.c.severity, incident.c.product, incident.c.started_at),
    cuts={"product": incident.c.product, "source": incident.c.source},
)

time_to_detect = replace(
    sev1_incidents,
    name="time_to_detect",
    label="Time to detect",
    asks="How long does the product fail before we notice?",
    counts="The median time from the beginning of an incident to its detection, over all incidents of the period.",
    beware="The beginning is often set afterwards, to the moment of detection: then it reads zero.",
    statistic=Quantile(of=incident.c.detection_minutes, percent=50),
    among=incident.c.detection_minutes.is_not(None),
    unit=Unit.MINUTES,
    enough=20,
    needs="incidents with the time they began and the time they were detected",
    feed=incident.c.detection_minutes.is_not(None),
    shows=(*sev1_incidents.shows, incident.c.detected_at),
)

detection_to_engage = replace(
    sev1_incidents,
    name="detection_to_engage",
    label="Detection to engagement on Sev1",
    asks="Once we know, how soon does somebody work on it?",
    counts="The median time from detection to engagement, over the incidents of severity 1 (P1) begun in the period.",
    beware="An acknowledged page is not yet somebody at work.",
    statistic=Quantile(of=incident.c.engagement_minutes, percent=50),
    among=and_(_sev1, incident.c.engagement_minutes.is_not(None)),
    unit=Unit.MINUTES,
    enough=20,
    needs="incidents with severity, the time they were detected and the time somebody engaged",
    feed=and_(incident.c.severity.is_not(None), incident.c.engagement_minutes.is_not(None)),
    target=Below(15, because=RELIABILITY_PLAN),
    shows=(*sev1_incidents.shows, incident.c.detected_at, incident.c.engaged_at),
)

#: Minutes after the resolve within which a postmortem is promised: 72 hours.
POSTMORTEM = 72 * 60
_ended = and_(_sev1, incident.c.resolved_at.is_not(None))
_judged = or_(incident.c.postmortem_minutes.is_not(None), incident.c.minutes_observed >= POSTMORTEM)

postmortem_in_time = replace(
    sev1_incidents,
    name="postmortem_in_time",
    label="Postmortems within 72 hours",
    asks="Do we write down what happened while it is fresh?",
    counts=(
        "Incidents of severity 1 (P1) whose postmortem was published within 72 hours of their resolve, divided by all "
        "of severity 1 resolved in the period, those of the last 72 hours without a postmortem left out."
    ),
    beware="A postmortem nobody links to its incident counts as missing; published is not acted upon.",
    statistic=Proportion(of=func.coalesce(incident.c.postmortem_minutes <= POSTMORTEM, False)),
    dated_by=incident.c.resolved_at,
    anchor="resolved",
    among=and_(_ended, _judged),
    unit=Unit.PERCENT,
    good=Good.UP,
    enough=30,
    needs="incidents with severity, the time they were resolved and the time of their postmortem",
    # Without one postmortem the system does not tell of them: then all would read as missing.
    feed=and_(_ended, incident.c.postmortem_at.is_not(None)),
    feed_first=True,
    target=Every(because=RELIABILITY_PLAN),
    immature=and_(_ended, ~func.coalesce(_judged, False)),
    shows=(*sev1_incidents.shows, incident.c.resolved_at, incident.c.postmortem_at),
)

availability = share_entered(
    "availability",
    label="Availability",
    asks="Is the product there when customers need it?",
    of="The share of time in which the core API endpoints answered",
    beware="One month of 99.95 % leaves 22 minutes; say whether planned maintenance counts.",
    because_no_feed="incidents tell when, not how much of the service was gone",
    target=Above(0.9995, because=RELIABILITY_PLAN),
    owner="engineering",
)

_is_repeat = func.coalesce(ticket.c.days_since_occurrence <= 90, False)
_answered = and_(ticket.c.escalated_at.is_not(None), ticket.c.engineering_minutes.is_not(None))

engineering_latency = Kpi(
    name="engineering_latency",
    label="Engineering latency of repeats",
    asks="When an issue comes back, how long until engineering looks at it?",
    counts=(
        "The median time from a ticket's first escalation to the first thing engineering did on it or on its record, "
        "over tickets escalated in the period whose issue had ended within the 90 days before it came back."
    ),
    beware="It was 12 hours on average when the plan was made; escalations still unanswered are not in it.",
    statistic=Quantile(of=ticket.c.engineering_minutes, percent=50),
    tables=tickets,
    dated_by=ticket.c.escalated_at,
    anchor="escalated",
    population=counted_tickets,
    among=and_(_answered, _is_repeat),
    unit=Unit.MINUTES,
    good=Good.DOWN,
    enough=20,
    needs="escalations with their time, and what engineers did on the ticket or the time of first action of its record",
    feed=_answered,
    drill=ticket.c.ticket_id,
    owner="engineering",
    target=Below(12 * 60, because=f"{RELIABILITY_PLAN}: the 12 hours it started from"),
    shows=(ticket.c.escalated_at,),
)

engineering_latency_first = replace(
    engineering_latency,
    name="engineering_latency_first",
    label="Engineering latency of first-time issues",
    asks="When an issue is new, how long until engineering looks at it?",
    counts=(
        "The median time from a ticket's first escalation to the first thing engineering did on it or on its record, "
        "over tickets escalated in the period whose issue had not ended within the 90 days before."
    ),
    beware="Escalations still unanswered are not in it.",
    among=and_(_answered, ~_is_repeat),
    target=None,
)

repeat_escalations = Kpi(
    name="repeat_escalations",
    label="Repeat escalations",
    asks="How often do we hand up what was thought to be over?",
    counts=(
        "Tickets first escalated in the period whose issue had ended within the 90 days before it came back; deleted, "
        "spam, merged and test tickets are left out."
    ),
    beware=(
        "One return of one issue may bring many tickets. The reliability plan asks for 40 % fewer within 90 days: "
        "write its baseline into targets.toml."
    ),
    statistic=Count(),
    tables=tickets,
    dated_by=ticket.c.escalated_at,
    anchor="escalated",
    population=counted_tickets,
    among=and_(ticket.c.escalated_at.is_not(None), _is_repeat),
    unit=Unit.COUNT,
    good=Good.DOWN,
    enough=1,
    needs="escalations with their time, and the linked problem or engineering record of tickets",
    feed=and_(ticket.c.escalated_at.is_not(None), ticket.c.occurrence_id.is_not(None)),
    drill=ticket.c.ticket_id,
    shows=(ticket.c.escalated_at,),
)

executive_escalation_time = duration_entered(
    "executive_escalation_time",
    label="Time to an executive on repeated failures",
    asks="When something fails again, how soon does an executive know?",
    of="The median time from the beginning of an incident that had happened before to the moment an executive was told",
    beware="It was 48 hours when the plan was made; first-time incidents do not belong in it.",
    because_no_feed="no export tells when an executive was told",
    target=Below(6 * 60, because=RELIABILITY_PLAN),
    unit="hours",
)

feature_freeze_time = duration_entered(
    "feature_freeze_time",
    label="Time to feature freeze",
    asks="Does new work stop soon enough when the product fails?",
    of="The longest time from the decision to the feature freeze",
    beware="A freeze with exceptions is none; note them.",
    because_no_feed="a freeze is a decision no system exports",
    target=Below(48 * 60, because=RELIABILITY_PLAN),
    owner="engineering",
    unit="hours",
)

reliability_capacity = share_entered(
    "reliability_capacity",
    label="Engineering capacity on root causes",
    asks="Does engineering give what it promised to end the causes?",
    of="The share of engineering capacity of the sprints that was spent on root causes",
    beware="Promised for two sprints; planned capacity is not spent capacity.",
    because_no_feed="sprints are loaded without who worked on what",
    target=Above(0.60, because=RELIABILITY_PLAN),
    owner="engineering",
)

reliability_reviews = entered(
    Entered("reliability_reviews"),
    name="reliability_reviews",
    label="Reliability reviews held",
    asks="Does the executive level look at reliability each quarter?",
    counts="Reliability reviews held, as entered under 'reliability_reviews'; of the figures there, the newest.",
    beware="Enter it by quarter; a review without decisions is a meeting.",
    unit=Unit.COUNT,
    good=Good.UP,
    needs="the figure 'reliability_reviews' (template figures): a meeting no system exports",
    target=Above(0, because=RELIABILITY_PLAN),
    owner="VP of Customer Support",
)
