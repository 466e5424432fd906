"""The team itself: whether people stay, grow and would recommend the work. Always of the whole, never of one."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import and_, or_

from dashboard.kpis.entered import ROSTER, Entered, Over, Trailing
from dashboard.kpis.figures import duration_entered, entered
from dashboard.kpis.kpi import Good, Unit
from dashboard.kpis.population import ROLE_SHEET, staff
from dashboard.kpis.target import Above, Below

#: Answers below which nobody's opinion is shown.
ENOUGH_ANSWERS = 5

enps = entered(
    Entered("enps", answers="enps_answers", least=ENOUGH_ANSWERS),
    name="enps",
    label="eNPS",
    asks="Would our own people recommend working here?",
    counts=(
        "The employee net promoter score entered for the newest month of the period; teams weigh by their answers, and "
        f"fewer than {ENOUGH_ANSWERS} answers are not shown."
    ),
    beware="Only the score is entered, so no interval can be given; with twenty answers it would be forty points wide.",
    unit=Unit.POINTS,
    good=Good.UP,
    needs="eNPS with its number of answers (template people)",
    target=Above(30, because=ROLE_SHEET),
    counted="answers",
    enough=ENOUGH_ANSWERS,
)

_retention = entered(
    Trailing("leavers", over="headcount", complement=True, from_roster=True),
    name="agent_retention",
    label="Agent retention",
    asks="Do our people stay?",
    counts=(
        "One minus the people who left in the twelve months that end with the newest whole month of the period, "
        "divided by the mean headcount at the ends of those months; entered, or else counted from the first and last "
        "days of a roster of agents."
    ),
    beware="It does not tell who was wished to stay; a roster must hold those who left, too.",
    unit=Unit.PERCENT,
    good=Good.UP,
    needs="headcount and leavers of each month (template people), or a roster that holds those who left",
    target=Above(0.85, because=ROLE_SHEET),
    tables=staff,
    counted="months",
)
# A roster of those who are here now alone would read 100 %: one who left shows that the others are told too.
_somebody_left = and_(staff.c.metric == ROSTER, staff.c.period_end.is_not(None))
agent_retention = replace(_retention, feed=or_(staff.c.metric == "leavers", _somebody_left), feed_first=True)

internal_promotion = entered(
    Trailing("promotions", over="headcount"),
    name="internal_promotion",
    label="Internal promotion",
    asks="Can people grow here?",
    counts=(
        "People promoted in the twelve months that end with the newest month of the period, divided by the mean "
        "headcount at the ends of those months."
    ),
    beware="In a small team one promotion moves it by many points.",
    unit=Unit.PERCENT,
    good=Good.UP,
    needs="headcount and promotions of each month (template people)",
    target=Above(0.20, because=ROLE_SHEET),
    counted="months",
)

time_to_proficiency = duration_entered(
    "time_to_proficiency",
    label="Time to proficiency",
    asks="How long until a new person works as well as the team?",
    of=(
        "The mean days from the first day to the first four weeks with at least 80 % of the team's median solves and a "
        "QA score on target"
    ),
    beware="Only those who got there are in it; who is still learning, or left, is not.",
    because_no_feed="it takes solves and reviews of one person, which no KPI here may show",
    target=Below(60 * 1440, because=ROLE_SHEET),
    owner="training",
    unit="days",
)

new_hire_ramp = entered(
    Entered("ramp_days", "duration"),
    name="new_hire_ramp",
    label="New-hire ramp time",
    asks="Do new people carry a full load sooner than they used to?",
    counts=(
        "The mean days from the first day to a full load, of those who reached it, as entered for the newest month of "
        "the period (`Ramp days`)."
    ),
    beware=(
        "A few people a month: one of them moves the mean by weeks. The role sheet asks for 30 % less: write the "
        "baseline into targets.toml."
    ),
    unit=Unit.MINUTES,
    good=Good.DOWN,
    needs="ramp days for the whole department (template people, without a team)",
    owner="training",
)

training_hours = entered(
    Over("training_hours", "headcount", mean=True, kind="duration", teams=True),
    name="training_hours",
    label="Training per person",
    asks="How much time do people get to learn?",
    counts=(
        "Hours of training entered for the months of the period, divided by the mean headcount at the ends of those "
        "months; a period that is not whole months has no reading."
    ),
    beware="Hours sat through are not things learnt: read it beside the knowledge tests.",
    unit=Unit.MINUTES,
    good=Good.NEITHER,
    needs="training hours and headcount of each month (template people)",
    owner="training",
    counted="months",
)
