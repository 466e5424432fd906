"""What customers say: CSAT, its response rate, NPS."""

from __future__ import annotations

from sqlalchemy import and_

from dashboard.kpis.kpi import Good, Kpi, Unit
from dashboard.kpis.population import ROLE_SHEET, counted_surveys, surveys
from dashboard.kpis.statistic import NetScore, Proportion
from dashboard.kpis.target import Above
from etl.tables import survey
from etl.vocabulary import SurveyKind

_csat = survey.c.kind == SurveyKind.CSAT.value
_nps = and_(survey.c.kind == SurveyKind.NPS.value, survey.c.scale_low == 0, survey.c.scale_high == 10)

csat = Kpi(
    name="csat",
    label="CSAT",
    asks="Of the customers who rate a ticket, how many are satisfied?",
    counts=(
        "Satisfied ratings (4 or 5 of 5, the top 3 of 10, good of good and bad) divided by all CSAT ratings answered "
        "in the period; of several ratings of one ticket, the latest."
    ),
    beware="Only customers who answer are heard; read it beside the response rate.",
    statistic=Proportion(of=survey.c.score_share >= 0.75),
    tables=surveys,
    dated_by=survey.c.answered_at,
    anchor="answered",
    population=counted_surveys,
    among=and_(_csat, survey.c.score_share.is_not(None), survey.c.is_latest_on_ticket.is_(True)),
    unit=Unit.PERCENT,
    good=Good.UP,
    enough=30,
    needs="CSAT answers: the satisfaction columns of the help desk export, or a survey file",
    feed=and_(_csat, survey.c.score_share.is_not(None), survey.c.answered_at.is_not(None)),
    drill=survey.c.ticket_id,
    target=Above(0.95, because=ROLE_SHEET),
    headline=True,
    counted="answers",
    shows=(survey.c.survey_id, survey.c.answered_at, survey.c.score, survey.c.comment),
)

csat_response_rate = Kpi(
    name="csat_response_rate",
    label="CSAT response rate",
    asks="Of the customers asked to rate a ticket, how many answer?",
    counts="CSAT surveys answered so far divided by all CSAT surveys sent in the period.",
    beware="When it moves by a third, CSAT before and after no longer speak for the same customers.",
    statistic=Proportion(of=survey.c.answered_at.is_not(None)),
    tables=surveys,
    dated_by=survey.c.sent_at,
    anchor="sent",
    population=counted_surveys,
    among=_csat,
    unit=Unit.PERCENT,
    good=Good.UP,
    enough=30,
    needs="CSAT surveys with the time they were sent, those without an answer included",
    # An export of answers alone would read 100 %: one unanswered survey shows that the rest are there too.
    feed=and_(_csat, survey.c.sent_at.is_not(None), survey.c.answered_at.is_(None)),
    feed_first=True,
    drill=survey.c.ticket_id,
    counted="surveys sent",
    shows=(survey.c.survey_id, survey.c.sent_at, survey.c.answered_at),
)

nps = Kpi(
    name="nps",
    label="NPS",
    asks="Would customers recommend us?",
    counts=(
        "The percentage of answers of 9 or 10 minus the percentage of 0 to 6, on a scale of 0 to 10, answered in the "
        "period; of several answers of one person in a calendar quarter, the latest."
    ),
    beware="It takes about 1,500 answers in each of two periods to show an 8-point fall; most weeks cannot.",
    statistic=NetScore(promoters=survey.c.score >= 9, detractors=survey.c.score <= 6),
    tables=surveys,
    dated_by=survey.c.answered_at,
    anchor="answered",
    population=counted_surveys,
    among=and_(_nps, survey.c.score.is_not(None), survey.c.is_latest_in_quarter.is_(True)),
    unit=Unit.POINTS,
    good=Good.UP,
    enough=30,
    needs="NPS answers on a scale of 0 to 10: a survey file with its mapping",
    feed=and_(_nps, survey.c.score.is_not(None), survey.c.answered_at.is_not(None)),
    drill=survey.c.ticket_id,
    target=Above(50, because=ROLE_SHEET),
    headline=True,
    counted="answers",
    shows=(survey.c.survey_id, survey.c.answered_at, survey.c.score, survey.c.comment),
)
