"""What customers say: CSAT, its response rate, NPS, effort."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import ColumnElement, and_, func, or_

from dashboard.kpis.kpi import Good, Kpi, Unit
from dashboard.kpis.options import Options
from dashboard.kpis.population import ROLE_SHEET, counted_surveys, surveys
from dashboard.kpis.rates import ScaleMean
from dashboard.kpis.statistic import Mean, NetScore, Proportion, Statistic
from dashboard.kpis.target import Above, Below
from dashboard.kpis.variants import Anchor, survey_anchor
from etl.tables import survey
from etl.vocabulary import SurveyKind

_csat = survey.c.kind == SurveyKind.CSAT.value
_nps = and_(survey.c.kind == SurveyKind.NPS.value, survey.c.scale_low == 0, survey.c.scale_high == 10)
_ces = survey.c.kind == SurveyKind.CES.value
_answer = (survey.c.survey_id, survey.c.answered_at, survey.c.score, survey.c.comment)

_CSAT = {
    "satisfied": "Satisfied ratings (4 or 5 of 5, the top 3 of 10, good of good and bad) divided by all CSAT ratings",
    "top": "Top ratings (5 of 5, 10 of 10, good of good and bad) divided by all CSAT ratings",
    "mean": "The mean of CSAT ratings, each placed between the worst (0 %) and the best (100 %) answer of its scale, "
    "of all CSAT ratings",
}


def _answered(options: Options) -> Anchor:
    return survey_anchor(options, survey.c.answered_at, "answered")


def _of_several(options: Options) -> ColumnElement[bool]:
    first = options.csat_answer == "first"
    return (survey.c.is_first_on_ticket if first else survey.c.is_latest_on_ticket).is_(True)


def _csat_kpi(options: Options) -> Kpi:
    dated, share = _answered(options), survey.c.score_share
    statistics: dict[str, Statistic] = {
        "satisfied": Proportion(of=share >= 0.75),
        "top": Proportion(of=share >= 1),
        "mean": Mean(of=share, least=0),
    }
    return Kpi(
        name="csat",
        label="CSAT",
        asks="Of the customers who rate a ticket, how many are satisfied?",
        counts=(
            f"{_CSAT[options.csat_rule]} {dated.counts}; of several ratings of one ticket, the {options.csat_answer}."
        ),
        beware=f"Only customers who answer are heard; read it beside the response rate.{dated.caution}",
        statistic=statistics[options.csat_rule],
        tables=surveys,
        dated_by=dated.column,
        anchor=dated.words,
        population=counted_surveys,
        among=and_(_csat, share.is_not(None), _of_several(options)),
        unit=Unit.PERCENT,
        good=Good.UP,
        enough=30,
        needs="CSAT answers: the satisfaction columns of the help desk export, or a survey file",
        feed=and_(_csat, share.is_not(None), survey.c.answered_at.is_not(None)),
        drill=survey.c.ticket_id,
        target=Above(0.95, because=ROLE_SHEET),
        headline=True,
        # 95 % of answers satisfied is no statement about a mean.
        comparable=options.csat_rule != "mean",
        options=("csat_rule", "csat_answer", "dated_by"),
        counted="answers",
        shows=_answer,
        chosen=options,
        varies=_csat_kpi,
    )


def _response_rate(options: Options) -> Kpi:
    dated = survey_anchor(options, survey.c.sent_at, "sent")
    return Kpi(
        name="csat_response_rate",
        label="CSAT response rate",
        asks="Of the customers asked to rate a ticket, how many answer?",
        counts=f"CSAT surveys answered so far divided by all CSAT surveys {dated.counts}.",
        beware=(
            f"When it moves by a third, CSAT before and after no longer speak for the same customers.{dated.caution}"
        ),
        statistic=Proportion(of=survey.c.answered_at.is_not(None)),
        tables=surveys,
        dated_by=dated.column,
        anchor=dated.words,
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
        options=("dated_by",),
        counted="surveys sent",
        shows=(survey.c.survey_id, survey.c.sent_at, survey.c.answered_at),
        chosen=options,
        varies=_response_rate,
    )


def _nps_kpi(options: Options) -> Kpi:
    about_tickets = options.nps_rule == "transactional"
    kept = survey.c.ticket_id.is_not(None) if about_tickets else survey.c.is_latest_in_quarter.is_(True)
    which = (
        "every answer given about a ticket counts"
        if about_tickets
        else "of several answers of one person in a calendar quarter, the latest"
    )
    tied = ", tied to tickets" if about_tickets else ""
    often = " One person who is asked after each ticket counts each time." if about_tickets else ""
    return Kpi(
        name="nps",
        label="NPS",
        asks="Would customers recommend us?",
        counts=(
            "The percentage of answers of 9 or 10 minus the percentage of 0 to 6, on a scale of 0 to 10, answered in "
            f"the period; {which}."
        ),
        beware=(
            f"It takes about 1,500 answers in each of two periods to show an 8-point fall; most weeks cannot.{often}"
        ),
        statistic=NetScore(promoters=survey.c.score >= 9, detractors=survey.c.score <= 6),
        tables=surveys,
        dated_by=survey.c.answered_at,
        anchor="answered",
        population=counted_surveys,
        among=and_(_nps, survey.c.score.is_not(None), kept),
        unit=Unit.POINTS,
        good=Good.UP,
        enough=30,
        needs=f"NPS answers on a scale of 0 to 10{tied}: a survey file with its mapping",
        feed=and_(_nps, survey.c.score.is_not(None), survey.c.answered_at.is_not(None)),
        drill=survey.c.ticket_id,
        target=Above(50, because=ROLE_SHEET),
        headline=True,
        options=("nps_rule",),
        counted="answers",
        shows=(*_answer, survey.c.account.label("answering_account")),
        chosen=options,
        varies=_nps_kpi,
    )


def _effort(options: Options) -> Kpi:
    low_is_easy, dated = options.ces_scale == "low_is_easy", _answered(options)
    among = and_(
        _ces,
        survey.c.score.is_not(None),
        survey.c.higher_is_better.is_(not low_is_easy),
        survey.c.is_latest_on_ticket.is_(True),
    )
    return Kpi(
        name="ces",
        label="Customer effort score",
        asks="How hard do customers say it was to get help?",
        counts=(
            f"The mean of effort scores as they were given, {dated.counts}, on scales declared as "
            f"{'low' if low_is_easy else 'high'} is easy; of several answers about one ticket, the latest."
        ),
        beware=(
            "Scales differ: a mean is given only where all answers stand on one scale, and none is ever converted."
            f"{dated.caution}"
        ),
        statistic=ScaleMean(of=survey.c.score, lowest=survey.c.scale_low, highest=survey.c.scale_high),
        tables=surveys,
        dated_by=dated.column,
        anchor=dated.words,
        population=counted_surveys,
        among=among,
        unit=Unit.SCORE,
        good=Good.DOWN if low_is_easy else Good.UP,
        enough=30,
        needs="effort answers (CES) on a scale whose direction is declared: a survey file with its mapping",
        feed=and_(among, survey.c.answered_at.is_not(None)),
        drill=survey.c.ticket_id,
        # The target is a statement about a scale on which 1 is very easy.
        target=Below(2.0, because=ROLE_SHEET),
        comparable=low_is_easy,
        options=("ces_scale", "dated_by"),
        counted="answers",
        shows=(*_answer, survey.c.scale_low, survey.c.scale_high),
        chosen=options,
        varies=_effort,
    )


def _high_effort(options: Options) -> Kpi:
    dated, share = _answered(options), survey.c.score_share
    among = and_(_ces, share.is_not(None), survey.c.is_latest_on_ticket.is_(True))
    return replace(
        _effort(options),
        name="ces_high_effort",
        label="High-effort answers",
        asks="How many customers say it was hard to get help?",
        counts=(
            "Effort answers in the harder half of their scale divided by all effort answers on a scale whose direction "
            f"is declared, {dated.counts}; of several answers about one ticket, the latest."
        ),
        beware=f"The middle of a scale counts as not hard.{dated.caution}",
        statistic=Proportion(of=share < 0.5),
        among=among,
        unit=Unit.PERCENT,
        good=Good.DOWN,
        feed=and_(among, survey.c.answered_at.is_not(None)),
        target=None,
        comparable=True,
        options=("dated_by",),
        varies=_high_effort,
    )


csat = _csat_kpi(Options())
csat_response_rate = _response_rate(Options())
nps = _nps_kpi(Options())
ces = _effort(Options())
ces_high_effort = _high_effort(Options())

#: Within how many hours an unhappy customer should hear from us.
FOLLOW_UP_HOURS = 48
_unhappy = or_(
    and_(_csat, survey.c.score_share < 0.75, survey.c.is_latest_on_ticket.is_(True)),
    and_(_nps, survey.c.score <= 6, survey.c.is_latest_in_quarter.is_(True)),
)
_seen = and_(_unhappy, survey.c.hours_observed.is_not(None))
_heard = func.coalesce(survey.c.hours_to_follow_up <= FOLLOW_UP_HOURS, False)

unhappy_followed_up = Kpi(
    name="unhappy_followed_up",
    label="Unhappy answers followed up",
    asks="Does a customer who is unhappy hear from us again?",
    counts=(
        "CSAT answers that are not satisfied and NPS answers of 0 to 6 whose giver had a public message from a person "
        f"within {FOLLOW_UP_HOURS} hours, on that ticket or another one, divided by all such answers of the period "
        "that are as old; of several answers on a ticket, or of one person in a quarter, the latest."
    ),
    beware="A message sent is seen, not what it said or whether it helped; a call outside the help desk is not seen.",
    statistic=Proportion(of=_heard),
    tables=surveys,
    dated_by=survey.c.answered_at,
    anchor="answered",
    population=counted_surveys,
    among=and_(_seen, or_(_heard, survey.c.hours_observed >= FOLLOW_UP_HOURS)),
    unit=Unit.PERCENT,
    good=Good.UP,
    enough=30,
    needs="CSAT or NPS answers of people whose tickets are loaded with their messages",
    feed=and_(_seen, survey.c.answered_at.is_not(None)),
    drill=survey.c.ticket_id,
    immature=and_(_seen, ~_heard, survey.c.hours_observed < FOLLOW_UP_HOURS),
    counted="answers",
    shows=(*_answer, survey.c.hours_to_follow_up),
)
