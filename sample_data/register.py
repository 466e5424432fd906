"""What stands beside the tickets: incidents, reviews, votes, self-service sessions, people and monthly figures.

Drawn from a source of chance of its own, so that nothing of the exports before it moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from statistics import fmean
from typing import Any

from sample_data import company
from sample_data.arrivals import World
from sample_data.clock import DAY, END, EXPORTED, START, iso, month, seconds
from sample_data.dice import Dice
from sample_data.lives import Life
from sample_data.surveys import table
from sample_data.truth import tell

HOUR = 3600
NAMED_MONTH = "2025-10"
CATEGORIES = ("Tone", "Content", "Process")
TOPICS = ("Sign-in", "Invoices", "Exports", "Webhooks", "Permissions", "Mobile app")


@dataclass(frozen=True)
class Incident:
    """One of the products failing; clocks in seconds, None where nobody noted one."""

    id: str
    title: str
    severity: str
    product: str
    began: int
    detected: int
    engaged: int
    resolved: int
    postmortem: int | None
    accounts: int


@dataclass(frozen=True)
class Session:
    """A visit that began without a person."""

    id: str
    kind: str
    topic: str
    contact: int
    account: str
    began: int
    ended: int
    outcome: str
    ticket: int | None


@dataclass(frozen=True)
class Review:
    """One reading of one ticket: a score from 1 to 5 in each category."""

    ticket: int
    at: int
    scores: tuple[int, ...]


@dataclass(frozen=True)
class Vote:
    """A reader's word on an article."""

    article: str
    at: int
    is_helpful: bool


@dataclass(frozen=True)
class Register:
    """All of it."""

    incidents: list[Incident]
    reviews: list[Review]
    votes: list[Vote]
    sessions: list[Session]

    @classmethod
    def build(cls, world: World, seed: int) -> Register:
        """Draw everything anew."""
        dice = Dice(seed)
        return cls(_incidents(dice, world), _reviews(dice, world), _votes(dice), _sessions(dice, world))


def _incidents(dice: Dice, world: World) -> list[Incident]:
    """Each return of a chronic issue, the larger half of them severity 1; engagement falls from 45 to 15 minutes."""
    found: list[Incident] = []
    returns = [(issue, each) for issue in world.issues for each in issue.occurrences]
    for issue, each in sorted(returns, key=lambda pair: pair[1].tickets[0].created):
        began = each.tickets[0].created - dice.whole(5, 20) * 60
        detected = began + round(dice.skewed(9, 0.6) * 60)
        usual = 45 if began < seconds("2025-06-01 00:00") else 14
        engaged = detected + round(dice.skewed(usual, 0.4) * 60)
        resolved = max(each.hotfix_at, engaged + HOUR)
        late = dice.whole(20, 66) if dice.chance(0.8) else dice.whole(80, 140)
        written = None if dice.chance(0.08) else resolved + late * HOUR
        accounts = len({life.contact.account.id for life in each.tickets if life.contact.account})
        found.append(
            Incident(
                f"INC-{len(found) + 1:03d}",
                issue.name,
                "sev1" if len(each.tickets) >= 8 else "sev2",
                each.tickets[0].topic.product,
                began,
                detected,
                engaged,
                resolved,
                written if written is None or written < EXPORTED else None,
                accounts,
            )
        )
    return found


def _reviews(dice: Dice, world: World) -> list[Review]:
    """About one solved ticket in twenty-five is read again, a day to five after its solve."""
    found: list[Review] = []
    for life in world.lives:
        told = tell(life)
        if told.excluded or told.bot_only or told.last_solved is None or not dice.chance(0.04):
            continue
        at = told.last_solved + dice.whole(DAY, 5 * DAY)
        scores = tuple(dice.weighted(((5, 0.72), (4, 0.2), (3, 0.06), (2, 0.02))) for _ in CATEGORIES)
        if at < END:
            found.append(Review(life.number, at, scores))
    return found


def _articles() -> list[tuple[str, str]]:
    return [(f"KB-{number + 1:03d}", TOPICS[number % len(TOPICS)]) for number in range(48)]


def _votes(dice: Dice) -> list[Vote]:
    articles = _articles()
    return [Vote(dice.pick(articles)[0], dice.whole(START, END - 1), dice.chance(0.87)) for _ in range(2200)]


def _sessions(dice: Dice, world: World) -> list[Session]:
    """Visits at any hour, and those that ended with an agent: they know their ticket."""
    people = [person for person in world.people if person.account is not None]
    found: list[tuple[int, int, str, Any, int | None]] = []
    for _ in range(2600):
        began, outcome = dice.whole(START, END - 1), dice.weighted((("resolved", 0.4), ("abandoned", 0.6)))
        found.append((began, began + dice.whole(60, 900), outcome, dice.pick(people), None))
    for life in world.lives:
        if life.kind == "normal" and life.contact.account is not None and dice.chance(0.09):
            begun = life.created - dice.whole(180, 900)
            found.append((begun, life.created, "handed over", life.contact, life.number))
    return [
        Session(
            f"S-{place + 1:05d}",
            dice.weighted((("bot", 0.7), ("help centre", 0.3))),
            dice.pick(TOPICS),
            person.id,
            person.account.name,
            began,
            ended,
            outcome,
            ticket,
        )
        for place, (began, ended, outcome, person, ticket) in enumerate(sorted(found, key=lambda each: each[:2]))
    ]


def months() -> list[date]:
    """The first days of the complete months, May 2024 to October 2025."""
    return [date(2024 + (4 + n) // 12, (4 + n) % 12 + 1, 1) for n in range(18)]


def _after(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def staff(first: date) -> tuple[int, int]:
    """Agents at the end of a month, and those who left in it. Engineers are not support."""
    end = int(datetime(*_after(first).timetuple()[:3], tzinfo=UTC).timestamp())
    start = int(datetime(first.year, first.month, 1, tzinfo=UTC).timestamp())
    agents = [agent for agent in company.AGENTS if agent.role == "agent"]
    left = sum(1 for agent in agents if agent.leaves is not None and start <= agent.leaves < end)
    here = sum(1 for agent in agents if agent.starts < end and (agent.leaves is None or agent.leaves >= end))
    return here, left


def people_csv() -> str:
    """Template ``people``."""
    header = ("Month", "Team", "Headcount", "Leavers", "Joiners", "eNPS", "eNPS answers", "Promotions", "Ramp days",
              "Training hours", "Absence days")  # fmt: skip
    promoted = {"2024-09": 1, "2025-01": 2, "2025-06": 1, "2025-09": 1}
    rows = []
    for place, first in enumerate(months()):
        here, left = staff(first)
        name = f"{first:%Y-%m}"
        joined = sum(1 for agent in company.AGENTS if agent.role == "agent" and month(agent.starts) == name)
        asked = first.month in (1, 4, 7, 10)
        enps, answers = ((28, 34, 22, 19, 31, 36)[place // 3], here - 3) if asked else (None, None)
        ramp = {"2025-01": 74, "2025-04": 66, "2025-07": 58}.get(name)
        told = (enps, answers, promoted.get(name, 0), ramp, 3 * here + place % 5, 4 + place % 3)
        rows.append((name, None, here, left, joined, *told))
    return table(header, rows)


def figures() -> list[tuple[str, str, float, str]]:
    """Month, metric, value, unit: what finance, HR, product and success would enter."""
    found: list[tuple[str, str, float, str]] = []
    for place, first in enumerate(months()):
        name, (here, _) = f"{first:%Y-%m}", staff(first)
        scheduled = 152 * here
        found += [
            (name, "support_cost", 6200 * here + 900 * (place % 4), "EUR"),
            (name, "scheduled_hours", scheduled, "hours"),
            (
                name,
                "handled_hours",
                round(scheduled * (0.71 + 0.004 * (place % 6) + (0.08 if place == 16 else 0))),
                "hours",
            ),
            (name, "availability", (99.97, 99.96, 99.98, 99.91)[place % 4], "%"),
            (name, "channel_availability", (99.95, 99.93, 99.97)[place % 3], "%"),
            (name, "platform_adoption", round(91 + 0.3 * place, 1), "%"),
            (name, "customer_retention", (95.8, 95.4, 95.1, 94.6)[min(place // 5, 3)], "%"),
            (name, "churn_due_to_support", (1.4, 1.6, 1.9, 2.3)[min(place // 5, 3)], "%"),
            (name, "churn_uncoded", 31, "%"),
        ]
        if first.month % 3 == 0:
            found.append((name, "kb_coverage", 78 + place // 3, "%"))
            found.append((name, "knowledge_test", (91, 93, 90.5)[place % 3], "%"))
        if first >= date(2025, 8, 1):
            found.append((name, "executive_escalation_time", {8: 40, 9: 11, 10: 5}[first.month], "hours"))
        if first >= date(2025, 9, 1):
            found.append((name, "reliability_capacity", {9: 61, 10: 47}[first.month], "%"))
    return found


def files(register: Register) -> dict[str, str]:
    """Every file as text, by name."""
    clocks = ("began", "detected", "engaged", "resolved", "postmortem")
    incidents = [
        (each.id, each.title, each.severity, each.product, each.accounts,
         *(_iso(getattr(each, clock)) for clock in clocks))
        for each in register.incidents
    ]  # fmt: skip
    reviews = [
        (f"QA-{place + 1}/{name.lower()}", each.ticket, name, score, 1, 5, iso(each.at))
        for place, each in enumerate(register.reviews)
        for name, score in zip(CATEGORIES, each.scores, strict=True)
    ]
    return {
        "14_incidents.csv": table(
            ("Incident", "Title", "Severity", "Product", "Accounts", "Began", "Detected", "Engaged", "Resolved",
             "Postmortem"), incidents),
        "15_reviews.csv.gz": table(
            ("Review", "Ticket", "Category", "Score", "Worst score", "Best score", "Reviewed at"), reviews),
        "16_article_votes.csv.gz": table(
            ("Vote", "Article", "Helpful", "Voted at"),
            [(f"V-{place + 1}", each.article, "yes" if each.is_helpful else "no", iso(each.at))
             for place, each in enumerate(register.votes)]),
        "17_sessions.csv.gz": table(
            ("Session", "Session kind", "Topic", "Requester", "Account", "Started at", "Ended at", "Outcome", "Ticket"),
            [(s.id, s.kind, s.topic, s.contact, s.account, iso(s.began), iso(s.ended), s.outcome, s.ticket)
             for s in register.sessions]),
        "18_people.csv": people_csv(),
        "19_figures.csv": table(
            ("Month", "Metric", "Value", "Unit", "Note"), [(*each, "made up") for each in figures()]),
    }  # fmt: skip


def _iso(at: int | None) -> str:
    return "" if at is None else iso(at)


def answers(register: Register, lives: Sequence[Life], resolved: int) -> dict[str, Any]:
    """What was planted, by the generator's own arithmetic; ``resolved`` tickets of both desks in the named month."""
    sev1 = [each for each in register.incidents if each.severity == "sev1"]
    waits = sorted((each.engaged - each.detected) / 60 for each in sev1)
    ended = [each for each in sev1 if each.postmortem is not None or each.resolved + 72 * HOUR <= END]
    kept = [each for each in ended if each.postmortem is not None and each.postmortem - each.resolved <= 72 * HOUR]
    reviews = [each for each in register.reviews if month(each.at) == NAMED_MONTH]
    votes = [each for each in register.votes if month(each.at) == NAMED_MONTH]
    cost = next(value for name, metric, value, _ in figures() if (name, metric) == (NAMED_MONTH, "support_cost"))
    window = [staff(first) for first in months()[-12:]]
    half = len(waits) // 2
    return {
        "month": NAMED_MONTH,
        "sev1_incidents": len(sev1),
        "sev1_engaged_median_minutes": waits[half] if len(waits) % 2 else (waits[half - 1] + waits[half]) / 2,
        "postmortems_judged": len(ended),
        "postmortems_in_time": len(kept),
        "reviews": len(reviews),
        "qa_score": round(fmean((fmean(each.scores) - 1) / 4 for each in reviews), 6),
        "votes": len(votes),
        "helpful_votes": sum(each.is_helpful for each in votes),
        **_sessions_told(register, lives),
        "support_cost": cost,
        "resolved_on_both_desks": resolved,
        "leavers_of_twelve_months": sum(left for _, left in window),
        "mean_headcount": round(fmean(here for here, _ in window), 6),
    }


def _sessions_told(register: Register, lives: Sequence[Life]) -> dict[str, int]:
    created: dict[int, list[int]] = {}
    for life in lives:
        if tell(life).excluded is None:
            created.setdefault(life.contact.id, []).append(life.created)
    gone = {life.number for life in lives if tell(life).excluded}
    mine = [each for each in register.sessions if month(each.began) == NAMED_MONTH and each.ticket not in gone]
    quiet = [
        each
        for each in mine
        if each.ticket is None and not any(each.began <= at <= each.ended + DAY for at in created.get(each.contact, ()))
    ]
    return {
        "sessions": len(mine),
        "sessions_without_a_ticket": len(quiet),
        "of_which_confirmed": sum(each.outcome == "resolved" for each in quiet),
    }
