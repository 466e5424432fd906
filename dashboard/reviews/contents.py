"""The agendas of the three reviews: which sections, in which order, with how many minutes each.

They follow the role sheet, VP of Customer Support: what belongs into the weekly, monthly and quarterly review. A review
fits its time box: the minutes of its sections add up to it (``tests/reviews``).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dashboard import kpis, wording
from dashboard.ask import Ask, code
from dashboard.exports.board import named_period
from dashboard.exports.report import Report, Section
from dashboard.journal import Journal
from dashboard.reviews import economics, emerging, registers, work
from dashboard.reviews.entries import Reworded
from dashboard.reviews.sections import Given, Part, section
from dashboard.rhythm import Rhythm
from dashboard.scope import latest_whole
from etl.errors import NoFactsError

_SEVEN = kpis.HEADLINES
#: Minutes a review may take.
TIME_BOX = {Rhythm.WEEKLY: 30, Rhythm.MONTHLY: 60, Rhythm.QUARTERLY: 90}

WEEKLY = (
    Part("week", "The week in seven figures", 5, _SEVEN),
    Part(
        "escalations", "Escalations and crises", 5,
        ("escalation_rate", "sev1_incidents", "detection_to_engage", "engineering_latency", "repeat_escalations"),
        (work.escalations,),
    ),
    Part(
        "emerging", "What is new, and what keeps coming back", 4,
        ("repeat_incident_rate", "reopen_rate", "repeat_contact_rate"),
        (emerging.growing, emerging.stages),
    ),
    Part("stuck", "Where work is stuck", 4, ("four_owners", "unowned_long", "lost_tickets"), (work.stuck,)),
    Part(
        "load", "Load, needs and blockers", 4, ("tickets_created", "tickets_resolved", "backlog", "weeks_of_work"),
        (work.blockers,),
    ),
    Part("signals", "Signals and their answers", 3, (), (work.answers,)),
    Part("actions", "Actions and decisions", 5, (), (work.actions, work.decisions, work.comments)),
)  # fmt: skip

MONTHLY = (
    Part("register", "The whole register against target", 8, _SEVEN, (registers.against_target, registers.unmeasured)),
    Part(
        "satisfaction", "Customer satisfaction", 8,
        ("csat", "csat_response_rate", "nps", "ces", "unhappy_followed_up", "detractors_contacted"),
    ),
    Part(
        "efficiency", "Efficiency", 7,
        ("cost_per_ticket", "investigation_tax", "delay_tax", "self_service_resolution", "deflection", "utilisation"),
        (economics.context,),
    ),
    Part(
        "chronic", "What keeps coming back", 7,
        ("repeat_incident_rate", "returned_after_fix_30", "repeat_escalations"),
        (emerging.returning,),
    ),
    Part(
        "escalations", "Escalations and engineering", 7,
        ("escalation_rate", "engineering_latency", "rounds_per_escalation", "loop_rate", "path_adherence"),
        (work.escalations,),
    ),
    Part(
        "team", "The team", 6,
        ("backlog", "tickets_per_agent_day", "utilisation", "new_hire_ramp", "enps", "agent_retention"),
        (work.blockers,),
    ),
    Part(
        "initiatives", "Initiatives and what was promised", 6, ("reliability_capacity",),
        (emerging.standing_initiatives,),
    ),
    Part(
        "accounts", "Accounts", 5, ("customer_retention", "churn_due_to_support", "executive_reviews"),
        (emerging.stages,),
    ),
    Part("actions", "Decisions and actions", 6, (), (work.answers, work.actions, work.decisions, work.comments)),
)  # fmt: skip

QUARTERLY = (
    Part("page", "The quarter on one page", 10, _SEVEN, (registers.quarters,)),
    Part(
        "customers", "Customers", 12, ("csat", "nps", "ces", "customer_retention", "churn_due_to_support"),
    ),
    Part(
        "reliability", "Reliability as customers felt it", 12,
        ("sev1_incidents", "availability", "repeat_incident_rate", "postmortem_in_time", "reliability_reviews"),
        (emerging.returning, emerging.stages, economics.around_incidents),
    ),
    Part(
        "economics", "What it costs", 12, ("cost_per_ticket", "investigation_tax", "delay_tax", "utilisation"),
        (economics.context,),
    ),
    Part("resilience", "People", 10, ("agent_retention", "enps", "time_to_proficiency", "internal_promotion")),
    Part(
        "initiatives", "Initiatives: promised and delivered", 12, ("reliability_capacity",),
        (emerging.standing_initiatives,),
    ),
    Part("requests", "Requests", 12, (), (work.requests, work.decisions, work.actions)),
    Part("appendix", "Definitions and gaps", 5, (), (registers.unmeasured, registers.target_changes, work.comments)),
)  # fmt: skip

AGENDAS = {Rhythm.WEEKLY: WEEKLY, Rhythm.MONTHLY: MONTHLY, Rhythm.QUARTERLY: QUARTERLY}


def name_of(rhythm: Rhythm, ask: Ask) -> str:
    """What a review is called in the journal and in file names: ``weekly-2026-W10``."""
    return f"{rhythm}-{code(ask.period)}"


def ask_for(ask: Ask, rhythm: Rhythm) -> Ask:
    """The same question of a period this review looks at: the one chosen, else the newest complete one of the data."""
    if ask.period.grain is rhythm.grain or ask.horizon is None:
        return ask
    reporting = ask.settings.reporting
    (found,) = latest_whole(ask.horizon.until, rhythm.grain, 1, reporting.timezone, reporting.week_start)
    if found.start is None or found.start < ask.horizon.data_from:
        raise NoFactsError(
            f"No complete {rhythm.grain} is loaded yet.", "", f"Choose a {rhythm.grain} on the left to see it so far."
        )
    return replace(ask, period=found)


def of_name(ask: Ask, name: str) -> Ask:
    """The same question of the period a review's name speaks of."""
    reporting, horizon = ask.settings.reporting, ask.horizon
    until = None if horizon is None else horizon.until
    period = named_period(name.partition("-")[2], reporting.timezone, reporting.week_start, until)
    return replace(ask, period=period)


def review(ask: Ask, rhythm: Rhythm, book: Journal, today: date) -> Report:
    """A review of the period asked for, its sections in the order of the meeting; ``today`` says what is late."""
    given = Given(ask, book, rhythm, name_of(rhythm, ask), today)
    words = {each.body.section: each.body.text for each in book.written(Reworded, given.review)}
    sections = tuple(_reworded(section(part, given), words) for part in AGENDAS[rhythm])
    return Report(f"Support, {rhythm} review: {wording.period(ask.period)}", sections)


def for_files(found: Report) -> Report:
    """The review as files draw it: trends of the first section and of what really changed, each once.

    Every other figure stands in the tables all the same: a meeting has no time for forty quiet charts.
    """
    drawn: set[str] = set()
    sections = []
    for place, section_ in enumerate(found.sections):
        lines = []
        for line in section_.lines:
            name = line.reading.kpi.name
            is_drawn = name not in drawn and (place == 0 or line.has_changed)
            drawn |= {name} if is_drawn else set()
            lines.append(line if is_drawn else replace(line, story=None))
        sections.append(replace(section_, lines=tuple(lines)))
    return replace(found, sections=tuple(sections))


def _reworded(found: Section, words: dict[str, str]) -> Section:
    """A section in a person's words, where somebody put it anew."""
    if found.key not in words:
        return found
    return replace(found, sentences=tuple(line.strip() for line in words[found.key].splitlines() if line.strip()))
