"""Why tickets leave support and how often they come back: rounds, ladders, loops, and the paths agreed.

Functional escalations (up a tier, or to engineering), management's attention and clocks that ran out are three matters,
counted apart and never added.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import and_, func

from dashboard.kpis.kpi import Good, Kpi, Unit
from dashboard.kpis.population import (
    clocks,
    counted_clocks,
    counted_escalations,
    counted_hierarchical,
    escalations,
    hierarchical,
)
from dashboard.kpis.statistic import Count, Mean, Proportion
from etl.tables import escalation, hierarchical_escalation, sla_clock
from etl.vocabulary import Ending, Path

#: Days within which a return of the issue makes a loop, and in which it must have been watched for.
RETURN_DAYS = 90
_resolved = escalation.c.resolved_at.is_not(None)
_sent = and_(_resolved, escalation.c.sent >= 1)
_TURN = (
    "a ticket is with engineering while it stands in a team of the tier engineering; where it never does, while it "
    "waits for others from the link to engineering's record on."
)

functional_escalations = Kpi(
    name="functional_escalations",
    label="Functional escalations",
    asks="How many tickets did support hand up?",
    counts=(
        "Tickets first moved to a higher tier or to engineering, or linked to a record of engineering, in the period; "
        "deleted, spam, merged and test tickets are left out."
    ),
    beware="Management's attention and missed clocks are no escalations here: they stand beside it, never added.",
    statistic=Count(),
    tables=escalations,
    dated_by=escalation.c.escalated_at,
    anchor="escalated",
    population=counted_escalations,
    among=escalation.c.escalated_at.is_not(None),
    unit=Unit.COUNT,
    good=Good.DOWN,
    enough=1,
    needs=(
        "changes of team with the tiers of teams in supportkpi.toml, links to engineering's records, or the help "
        "desk's own escalations with their time"
    ),
    feed=escalation.c.escalated_at.is_not(None),
    drill=escalation.c.ticket_id,
    shows=(escalation.c.escalated_at, escalation.c.tier_path),
)

hierarchical_escalations = Kpi(
    name="hierarchical_escalations",
    label="Hierarchical escalations",
    asks="How often is management called in on a ticket?",
    counts="Tickets on which the help desk tells of a first escalation to management in the period.",
    beware="Most help desks export none of these: a call to a manager leaves no trace.",
    statistic=Count(),
    tables=hierarchical,
    dated_by=hierarchical_escalation.c.raised_at,
    anchor="raised",
    population=counted_hierarchical,
    among=hierarchical_escalation.c.raised_at.is_not(None),
    unit=Unit.COUNT,
    good=Good.DOWN,
    enough=1,
    needs="the help desk's own escalations to management, with their time",
    feed=hierarchical_escalation.c.raised_at.is_not(None),
    feed_first=True,
    drill=hierarchical_escalation.c.ticket_id,
    shows=(hierarchical_escalation.c.raised_at, hierarchical_escalation.c.times),
)

overdue_clocks = Kpi(
    name="overdue_clocks",
    label="Clocks that ran out",
    asks="How often did we let a promised time pass?",
    counts="Target clocks (first reply, next reply, resolution) that ran out in the period, dated when they fell due.",
    beware="One ticket may miss several. Some help desks call this an escalation; here it is none.",
    statistic=Count(),
    tables=clocks,
    dated_by=sla_clock.c.dated_at,
    anchor="fell due",
    population=counted_clocks,
    among=sla_clock.c.is_met.is_(False),
    unit=Unit.COUNT,
    good=Good.DOWN,
    enough=1,
    needs="the help desk's verdict on its targets, or targets of your own under [[sla]] in supportkpi.toml",
    feed=sla_clock.c.is_met.is_not(None),
    feed_first=True,
    drill=sla_clock.c.ticket_id,
    counted="clocks",
    shows=(sla_clock.c.clock, sla_clock.c.due_at),
)

rounds_per_escalation = replace(
    functional_escalations,
    name="rounds_per_escalation",
    label="Rounds with engineering",
    asks="How often does a ticket go to engineering and back before it is solved?",
    counts=(
        "Times a ticket went from support to engineering and came back, summed over the escalated tickets resolved in "
        f"the period that went to engineering at all, divided by those tickets; {_TURN}"
    ),
    beware="One round is what an escalation is for; it says nothing of how long the round took.",
    statistic=Mean(of=escalation.c.rounds, least=0),
    dated_by=escalation.c.resolved_at,
    anchor="resolved",
    among=_sent,
    unit=Unit.PER_TICKET,
    enough=30,
    needs=(
        "changes of team, with engineering's teams named under [groups.tier] in supportkpi.toml; or links to "
        "engineering's records with status history"
    ),
    feed=_sent,
    shows=(escalation.c.rounds, escalation.c.sent, escalation.c.tier_path),
)

three_rounds = replace(
    rounds_per_escalation,
    name="three_rounds",
    label="Three rounds or more",
    asks="How many escalations go back and forth as if nobody had asked the right question?",
    counts=(
        "Escalated tickets with three rounds or more between support and engineering, divided by all resolved in the "
        f"period that went to engineering; {_TURN}"
    ),
    beware="A ticket reopened for something new may go up again for a good reason.",
    statistic=Proportion(of=escalation.c.rounds >= 3),
    unit=Unit.PERCENT,
)

clarification_trips = replace(
    rounds_per_escalation,
    name="clarification_trips",
    label="Clarification trips",
    asks="How often must support answer a question of engineering before anything moves?",
    counts=(
        "Private notes of support directly after a private note of engineering, summed over the escalated tickets "
        "resolved in the period that went to engineering, divided by those tickets."
    ),
    beware="A note that only says thank you counts; what is asked in chat or in engineering's tracker does not.",
    statistic=Mean(of=escalation.c.clarification_trips, least=0),
    needs="messages with private notes, and who among their authors is engineering",
    feed=and_(_sent, escalation.c.clarification_trips.is_not(None)),
    shows=(escalation.c.clarification_trips, escalation.c.rounds),
)

with_engineering_time = replace(
    rounds_per_escalation,
    name="with_engineering_time",
    label="Time with engineering",
    asks="How long does an escalated ticket lie with engineering?",
    counts=(
        "The time it was engineering's turn, around the clock, summed over the escalated tickets resolved in the "
        f"period that went to engineering, divided by those tickets; {_TURN}"
    ),
    beware="A few tickets parked until a later release make most of a mean: look at the list.",
    statistic=Mean(of=escalation.c.with_engineering_minutes, least=0),
    unit=Unit.MINUTES,
    enough=20,
    owner="engineering",
    shows=(escalation.c.with_engineering_minutes, escalation.c.rounds, escalation.c.tier_path),
)

_laddered = and_(_resolved, escalation.c.re_escalations.is_not(None))

re_escalation_rate = replace(
    rounds_per_escalation,
    name="re_escalation_rate",
    label="Re-escalated",
    asks="How many escalations come down a tier too early?",
    counts=(
        "Escalated tickets that moved up again to a tier they had reached before, divided by all escalated tickets "
        "resolved in the period whose tiers are told."
    ),
    beware="Engineering that hands a ticket back for each question makes many of them.",
    statistic=Proportion(of=escalation.c.re_escalations >= 1),
    among=_laddered,
    unit=Unit.PERCENT,
    needs="changes of team with the tiers of teams in supportkpi.toml, or the help desk's own levels",
    feed=_laddered,
    shows=(escalation.c.re_escalations, escalation.c.tier_path),
)

_judged = and_(_resolved, escalation.c.issue_evidence.is_not(None))
_watched = func.coalesce(escalation.c.days_observed >= RETURN_DAYS, False)
_unfixed = func.coalesce(escalation.c.ended != Ending.FIX.value, True)

loop_rate = replace(
    rounds_per_escalation,
    name="loop_rate",
    label="Loop rate",
    asks="How many escalations end without a fix, and come back?",
    counts=(
        f"Escalated tickets without a recorded fix whose issue came back within {RETURN_DAYS} days of their resolve, "
        f"divided by all escalated tickets resolved in the period whose issue is known and was watched {RETURN_DAYS} "
        "days."
    ),
    beware=(
        "Where no records of engineering are loaded no fix is on record, and every return counts. An issue is known by "
        "its linked record, an error code or a subject alike: others may have come back unseen."
    ),
    statistic=Proportion(of=and_(_unfixed, func.coalesce(escalation.c.days_to_return <= RETURN_DAYS, False))),
    among=and_(_judged, _watched),
    immature=and_(_judged, ~_watched),
    unit=Unit.PERCENT,
    needs="escalated tickets with a linked problem or engineering record, an error code, or a subject",
    feed=_judged,
    shows=(escalation.c.ended, escalation.c.days_to_return, escalation.c.pass_number, escalation.c.issue_evidence),
)

_on_a_path = and_(escalation.c.escalated_at.is_not(None), escalation.c.path.is_not(None))

path_adherence = replace(
    functional_escalations,
    name="path_adherence",
    label="Escalation path followed",
    asks="Do escalations take the way that was agreed?",
    counts=(
        "Escalated tickets whose every move up went to the next step of the path declared for them (without one, of "
        "the ladder of the declared tiers), divided by all first escalated in the period whose moves are told."
    ),
    beware="A skipped step can be right: an outage should not wait for tier 2. Declare that path for its priority.",
    statistic=Proportion(of=escalation.c.path == Path.FOLLOWED.value),
    among=_on_a_path,
    unit=Unit.PERCENT,
    good=Good.UP,
    enough=30,
    needs="changes of team, and tiers ([groups.tier]) or paths ([[escalation.path]]) in supportkpi.toml",
    feed=_on_a_path,
    shows=(escalation.c.path, escalation.c.tier_path),
)

_of_an_issue = and_(escalation.c.escalated_at.is_not(None), escalation.c.issue_evidence.is_not(None))

avoidable_escalations = replace(
    functional_escalations,
    name="avoidable_escalations",
    label="Possibly avoidable",
    asks="How often may the answer have stood in an earlier ticket already?",
    counts=(
        "Escalated tickets before whose escalation another ticket of the same issue had been solved, divided by all "
        "first escalated in the period whose issue is known."
    ),
    beware=(
        "The answer may have stood there: nobody has read both. An issue is known by its linked record, an error "
        "code, or (suggested) a subject alike."
    ),
    statistic=Proportion(of=escalation.c.solved_before.is_not(None)),
    among=_of_an_issue,
    unit=Unit.PERCENT,
    enough=30,
    needs="escalated tickets with a linked problem or engineering record, an error code, or a subject",
    feed=_of_an_issue,
    owner="knowledge management",
    shows=(escalation.c.solved_before, escalation.c.issue_evidence, escalation.c.topic_article),
)
