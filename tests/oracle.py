"""Every KPI once more in plain Python: no SQL, no formula shared with what it checks.

``expected(name, rows, …)`` gives n, value, events, immature, low and high of quantiles, for one period and group,
from lists of dicts. Written from the definitions, to be read beside them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.kpis.options import Options

Row = dict[str, Any]
Rows = Mapping[str, list[Row]]


@dataclass(frozen=True)
class Answer:
    """What a reading must say. ``value`` None: nothing to say, whatever the reason."""

    n: int
    value: float | None
    immature: int = 0
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Question:
    """One period (local days, end exclusive), filters and group of a reading."""

    start: date | None
    end: date | None
    timezone: str
    filters: Mapping[str, tuple[str, ...]]
    group: tuple[tuple[str, str | None], ...]
    options: Options

    def holds(self, clock: datetime | None) -> bool:
        """Whether a moment lies in the period, by the calendar on the wall."""
        if self.start is None or self.end is None:
            return True
        if clock is None:
            return False
        return self.start <= self.wall(clock) < self.end

    def wall(self, clock: datetime) -> date:
        return clock.replace(tzinfo=UTC).astimezone(ZoneInfo(self.timezone)).date()

    def wants(self, ticket: Row | None) -> bool:
        """Whether a row whose ticket this is passes the filters and belongs to the group."""
        seen = ticket or {}
        return all(seen.get(name) in values for name, values in self.filters.items()) and all(
            seen.get(name) == value for name, value in self.group
        )


def expected(name: str, rows: Rows, question: Question) -> Answer:
    """The answer for one KPI."""
    return ORACLES[name](rows, question)


def _by_id(rows: Rows) -> dict[str, Row]:
    return {row["ticket_id"]: row for row in rows["ticket"]}


def _tickets(rows: Rows, question: Question, clock: str) -> list[Row]:
    return [
        row
        for row in rows["ticket"]
        if row.get("excluded_because") is None and question.wants(row) and question.holds(row.get(clock))
    ]


def _facts(rows: Rows, question: Question, table: str, clock: str, key: str = "ticket_id") -> list[Row]:
    """Rows of another fact whose ticket is not excluded; a row without a ticket counts, unless it is filtered."""
    tickets = _by_id(rows)
    found = []
    for row in rows[table]:
        ticket = tickets.get(row.get(key))
        if ticket is not None and ticket.get("excluded_because") is not None:
            continue
        if question.wants(ticket) and question.holds(row.get(clock)):
            found.append(row)
    return found


def _share(rows: list[Row], is_met: Callable[[Row], bool], immature: int = 0) -> Answer:
    met = sum(1 for row in rows if is_met(row))
    return Answer(len(rows), float(Fraction(met, len(rows))) if rows else None, immature)


def _dated(question: Question, usual: str) -> str:
    """The clock a ticket is dated by: the one of the definition, or the one chosen for the whole page."""
    return usual if question.options.dated_by == "definition" else f"{question.options.dated_by}_at"


def _hanging(rows: Rows, question: Question, table: str, clock: str) -> list[Row]:
    """Rows that hang on a ticket, by a clock of their own or by one of that ticket."""
    if question.options.dated_by == "definition":
        return _facts(rows, question, table, clock)
    tickets, own = _by_id(rows), f"{question.options.dated_by}_at"
    return [
        row
        for row in _facts(rows, replace(question, start=None, end=None), table, clock)
        if question.holds((tickets.get(row.get("ticket_id") or "") or {}).get(own))
    ]


def _csat(rows: Rows, question: Question) -> Answer:
    which = "is_first_on_ticket" if question.options.csat_answer == "first" else "is_latest_on_ticket"
    answers = [
        row
        for row in _hanging(rows, question, "survey", "answered_at")
        if row["kind"] == "csat" and row.get("score_share") is not None and row.get(which)
    ]
    if question.options.csat_rule == "mean":
        shares = [row["score_share"] for row in answers]
        return Answer(len(shares), math.fsum(shares) / len(shares) if shares else None)
    enough = 1 if question.options.csat_rule == "top" else 0.75
    return _share(answers, lambda row: row["score_share"] >= enough)


def _csat_response_rate(rows: Rows, question: Question) -> Answer:
    csat = [row for row in rows["survey"] if row["kind"] == "csat" and row.get("sent_at") is not None]
    if all(row.get("answered_at") is not None for row in csat):
        return Answer(0, None)
    sent = [row for row in _hanging(rows, question, "survey", "sent_at") if row["kind"] == "csat"]
    return _share(sent, lambda row: row.get("answered_at") is not None)


def _nps(rows: Rows, question: Question) -> Answer:
    about_tickets = question.options.nps_rule == "transactional"
    scores = [
        row["score"]
        for row in _facts(rows, question, "survey", "answered_at")
        if row["kind"] == "nps"
        and row.get("score") is not None
        and (row.get("scale_low"), row.get("scale_high")) == (0, 10)
        and (row.get("ticket_id") is not None if about_tickets else row["is_latest_in_quarter"])
    ]
    if not scores:
        return Answer(0, None)
    points = [100 if score >= 9 else -100 if score <= 6 else 0 for score in scores]
    return Answer(len(scores), sum(points) / len(points))


def _effort_answers(rows: Rows, question: Question) -> list[Row]:
    return [
        row
        for row in _hanging(rows, question, "survey", "answered_at")
        if row["kind"] == "ces" and row["is_latest_on_ticket"]
    ]


def _ces(rows: Rows, question: Question) -> Answer:
    high_is_easy = question.options.ces_scale == "high_is_easy"
    found = [
        row
        for row in _effort_answers(rows, question)
        if row.get("score") is not None and row.get("higher_is_better") is high_is_easy
    ]
    if len({(row["scale_low"], row["scale_high"]) for row in found}) != 1:
        return Answer(len(found), None)
    return Answer(len(found), math.fsum(row["score"] for row in found) / len(found))


def _ces_high_effort(rows: Rows, question: Question) -> Answer:
    found = [row for row in _effort_answers(rows, question) if row.get("score_share") is not None]
    return _share(found, lambda row: row["score_share"] < 0.5)


def _unhappy_followed_up(rows: Rows, question: Question) -> Answer:
    unhappy = [
        row
        for row in _facts(rows, question, "survey", "answered_at")
        if row.get("hours_observed") is not None
        and (
            (row["kind"] == "csat" and (row.get("score_share") or 0) < 0.75 and row.get("score_share") is not None
             and row["is_latest_on_ticket"])
            or (row["kind"] == "nps" and row.get("score") is not None and row["score"] <= 6
                and (row.get("scale_low"), row.get("scale_high")) == (0, 10) and row["is_latest_in_quarter"])
        )
    ]  # fmt: skip
    heard = [row for row in unhappy if (row.get("hours_to_follow_up") or math.inf) <= 48]
    waited = [row for row in unhappy if row not in heard and row["hours_observed"] >= 48]
    return _share(heard + waited, lambda row: row in heard, len(unhappy) - len(heard) - len(waited))


_INFIX = {"calendar": "", "business": "business_", "active": "active_"}


def _measured(question: Question, duration: str) -> str:
    return f"{duration}_{_INFIX[question.options.clock]}minutes"


def _counts_for_times(row: Row, options: Options) -> bool:
    """Whether a ticket may have a resolution time at all."""
    return not (
        (row["is_bot_only"] and options.bot_handled == "exclude")
        or (row["is_closed_without_resolve"] and options.closed_without_resolve == "exclude")
        or (row.get("ticket_type") != "incident" and options.ticket_kind == "incident")
    )


def _resolution_minutes(rows: Rows, question: Question) -> list[float]:
    first = question.options.resolve == "first"
    column = _measured(question, "first_resolution" if first else "resolution")
    return [
        row[column]
        for row in _tickets(rows, question, _dated(question, "first_resolved_at" if first else "resolved_at"))
        if row.get("resolved_at") is not None
        and _counts_for_times(row, question.options)
        and row.get(column) is not None
    ]


def _mttr(rows: Rows, question: Question) -> Answer:
    minutes = _resolution_minutes(rows, question)
    return Answer(len(minutes), math.fsum(minutes) / len(minutes) if minutes else None)


def _quantile(values: list[float], percent: int) -> Answer:
    """numpy's default: the value at place (n − 1)·p of the sorted list, in a straight line between two."""
    if not values:
        return Answer(0, None)
    ordered, n = sorted(values), len(values)
    whole, rest = divmod(percent * (n - 1), 100)
    value = ordered[whole] + (rest / 100) * (ordered[min(whole + 1, n - 1)] - ordered[whole])
    p = percent / 100
    reach = 1.959963984540054 * math.sqrt(n * p * (1 - p))
    low, high = math.floor(n * p - reach + 1e-9), math.ceil(n * p + reach - 1e-9) + 1
    if low < 1 or high > n:
        return Answer(n, value)
    return Answer(n, value, 0, ordered[low - 1], ordered[high - 1])


def _mttr_median(rows: Rows, question: Question) -> Answer:
    return _quantile(_resolution_minutes(rows, question), 50)


def _mttr_p90(rows: Rows, question: Question) -> Answer:
    return _quantile(_resolution_minutes(rows, question), 90)


def _rounded(minutes: float) -> float:
    """To minutes below a day, to hundredths of a day above."""
    step = 1 if minutes < 1440 else 14.4
    return math.floor(minutes / step + 0.5) * step


def _mttr_censored(rows: Rows, question: Question) -> Answer:
    """The first time at which half or less are left; at each end, one of those still watched goes."""
    first = question.options.resolve == "first"
    took = _measured(question, "first_resolution" if first else "resolution")
    lives: list[tuple[float, bool]] = []
    for row in _tickets(rows, question, "created_at"):
        if not _counts_for_times(row, question.options):
            continue
        done = row.get("first_resolved_at" if first else "resolved_at") is not None
        if done and (first or row.get("open_days") is None):
            lasted, ended = row.get(took), True
        else:
            days = row.get("open_days")
            calendar = question.options.clock == "calendar"
            lasted = (None if days is None else days * 1440) if calendar else row.get(_measured(question, "open"))
            ended = False
        if lasted is not None:
            lives.append((_rounded(lasted), ended))
    left = Fraction(1)
    for time in sorted({lasted for lasted, ended in lives if ended}):
        watched = sum(1 for lasted, _ in lives if lasted >= time)
        left *= 1 - Fraction(sum(1 for life in lives if life == (time, True)), watched)
        if left <= Fraction(1, 2):
            return Answer(len(lives), time)
    return Answer(len(lives), None)


def _resolved_in_time(rows: Rows, question: Question) -> Answer:
    days, judged = question.options.within_days, []
    for row in _tickets(rows, question, "created_at"):
        took, watched, age = row.get("first_resolution_minutes"), row.get("days_observed"), row.get("open_days")
        if age is None and took is not None and watched is not None:
            age = took / 1440 + watched
        if age is not None and not (row["is_bot_only"] and question.options.bot_handled == "exclude"):
            judged.append((row, age))
    mature = [row for row, age in judged if age >= days]

    def is_met(row: Row) -> bool:
        took = row.get("first_resolution_minutes")
        return took is not None and took <= days * 1440

    return _share(mature, is_met, len(judged) - len(mature))


def _first_reply_time(rows: Rows, question: Question) -> Answer:
    column = _measured(question, "first_reply")
    return _quantile(
        [
            row[column]
            for row in _tickets(rows, question, _dated(question, "first_resolved_at"))
            if row.get(column) is not None and not row["is_outbound"] and not row["is_bot_only"]
        ],
        50,
    )


def _response_time(rows: Rows, question: Question) -> Answer:
    column = _measured(question, "response")
    found = [
        row
        for row in _tickets(rows, question, _dated(question, "resolved_at"))
        if (row.get("responses") or 0) > 0 and row.get(column) is not None
    ]
    waits = sum(row["responses"] for row in found)
    return Answer(len(found), math.fsum(row[column] for row in found) / waits if found else None)


def _stayed(row: Row, days: int) -> bool:
    back = row.get("days_to_next_contact")
    return back is None or back > days


def _once(row: Row) -> bool:
    return (row.get("reopens") or 0) == 0 and row.get("days_to_reopen") is None


def _people(row: Row) -> int | None:
    return row.get("owners") if row.get("repliers") is None else row.get("repliers")


#: Rule → what must be known of a ticket, and what makes it a first-contact resolution.
FCR: dict[str, tuple[Callable[[Row], bool], Callable[[Row, int], bool]]] = {
    "net": (
        lambda row: row.get("public_replies") is not None,
        lambda row, days: (
            row["public_replies"] == 1
            and (row.get("teams") or 1) <= 1
            and row.get("escalated") != "yes"
            and _once(row)
            and _stayed(row, days)
        ),
    ),
    "zendesk": (lambda row: row.get("public_replies") is not None, lambda row, _: row["public_replies"] in (0, 1)),
    "fivetran": (lambda row: row.get("public_replies") is not None, lambda row, _: row["public_replies"] == 1),
    "intercom": (lambda row: _people(row) is not None, lambda row, _: _once(row) and _people(row) == 1),
    "freshservice": (
        lambda row: row.get("customer_followups") is not None,
        lambda row, _: row["customer_followups"] == 0,
    ),
    "zoho": (
        lambda row: row.get("public_replies") is not None and row.get("closed_at") is not None,
        lambda row, _: row["public_replies"] == 1,
    ),
    "gladly": (
        lambda row: row.get("requester") is not None,
        lambda row, days: _stayed(row, days) and (row.get("days_to_reopen") is None or row["days_to_reopen"] > days),
    ),
}


def _watched(judged: list[Row], days: int, is_met: Callable[[Row], bool]) -> Answer:
    """A share of those that could be watched long enough; the others are counted apart."""
    mature = [row for row in judged if (row.get("days_observed") or 0) >= days]
    return _share(mature, is_met, len(judged) - len(mature))


def _solved(rows: Rows, question: Question) -> list[Row]:
    found = _tickets(rows, question, _dated(question, "first_resolved_at"))
    return [row for row in found if row.get("first_resolved_at") is not None]


def _fcr(rows: Rows, question: Question) -> Answer:
    options = question.options
    is_told, is_met = FCR[options.fcr_rule]
    judged = [
        row
        for row in _solved(rows, question)
        if not row["is_outbound"]
        and not (row["is_bot_only"] and options.bot_handled == "exclude")
        and not (row["is_auto_closed"] and options.auto_closed == "exclude")
        and is_told(row)
    ]
    return _watched(judged, options.window_days, lambda row: is_met(row, options.window_days))


def _repeat_contact_rate(rows: Rows, question: Question) -> Answer:
    days = question.options.window_days
    judged = [row for row in _solved(rows, question) if row.get("requester") is not None]
    return _watched(judged, days, lambda row: not _stayed(row, days))


def _reopen_rate(rows: Rows, question: Question) -> Answer:
    days, rule = question.options.reopen_days, question.options.reopen_rule
    judged = [
        row for row in _solved(rows, question) if not (row.get("reopens") is None and row.get("days_to_reopen") is None)
    ]

    def is_met(row: Row) -> bool:
        after = row.get("days_to_reopen")
        if rule == "any":
            return after is not None or row["reopens"] > 0
        return bool(row["reopens"] > 0) if after is None else after <= days

    answer = _watched(judged, days, is_met)
    if rule == "events" and answer.n:
        mature = [row for row in judged if (row.get("days_observed") or 0) >= days]
        events = sum(1 if row.get("reopens") is None else row["reopens"] for row in mature)
        return Answer(answer.n, events / answer.n, answer.immature)
    return answer


def _escalation_rate(rows: Rows, question: Question) -> Answer:
    found = _tickets(rows, question, _dated(question, "created_at"))
    judged = [row for row in found if row.get("escalated") in ("yes", "no")]
    open_too = question.options.escalation_among == "created"
    mature = [
        row
        for row in judged
        if row.get("first_resolved_at") is not None or (open_too and (row.get("open_days") or 0) > 7)
    ]
    return _share(mature, lambda row: row["escalated"] == "yes", len(judged) - len(mature))


def _repeat_incident_rate(rows: Rows, question: Question) -> Answer:
    found = [
        row
        for row in _facts(rows, question, "occurrence", "started_at", "first_ticket_id")
        if row.get("started_at") is not None
    ]

    def is_met(row: Row) -> bool:
        since = row.get("days_since_previous")
        return since is not None and since <= question.options.repeat_days

    return _share(found, is_met)


def _sla_compliance(rows: Rows, question: Question) -> Answer:
    options = question.options

    def counts(row: Row) -> bool:
        return (
            row.get("is_met") is not None
            and options.sla_clock in ("all", row.get("clock"))
            and (options.sla_cycle == "every" or bool(row.get("is_last_cycle")))
        )

    ended = [row for row in _hanging(rows, question, "sla_clock", "dated_at") if counts(row)]
    return _share(ended, lambda row: row["is_met"])


def _count(rows: Rows, question: Question, clock: str) -> Answer:
    """A count of zero is a reading only inside the stretch the facts tell of, and where the clock is known at all."""
    n = sum(1 for row in _tickets(rows, question, clock) if row.get(clock) is not None)
    known = any(row.get(clock) is not None for row in rows["ticket"])
    return Answer(n, float(n) if n or (known and _covered(rows, question)) else None)


def _moments(rows: Rows) -> tuple[datetime | None, datetime | None]:
    counted = [row for row in rows["ticket"] if row.get("excluded_because") is None]
    answered = [row["answered_at"] for row in rows["survey"] if row.get("answered_at")]
    first = [row["created_at"] for row in counted if row.get("created_at")] + answered
    last = [row["observed_until"] for row in rows["ticket"] if row.get("observed_until")] + answered
    return min(first, default=None), max(last, default=None)


def _covered(rows: Rows, question: Question) -> bool:
    if question.start is None or question.end is None:
        return True
    first, last = _moments(rows)
    if first is not None and question.wall(first) >= question.end:
        return False
    return last is None or question.start <= question.wall(last)


def _backlog(rows: Rows, question: Question) -> Answer:
    tickets, n, ever = _by_id(rows), 0, False
    for spell in rows["open_spell"]:
        ticket = tickets.get(spell["ticket_id"])
        if ticket is not None and ticket.get("excluded_because") is not None:
            continue
        if not question.wants(ticket):
            continue
        ever = True
        if question.end is None:
            n += spell.get("ended_at") is None
        elif question.wall(spell["opened_at"]) < question.end:
            ended = spell.get("ended_at")
            n += ended is None or question.wall(ended) >= question.end
    after_the_data = question.start is not None and not _covered(rows, question) and _starts_after(rows, question)
    if after_the_data or not rows["open_spell"] or (n == 0 and not _covered(rows, question)):
        return Answer(0 if not ever else n, None)
    return Answer(n, float(n))


def _weeks_of_work(rows: Rows, question: Question) -> Answer:
    """Open at the end ÷ solves a week of the 91 days before it, as far as the data reach."""
    waiting, (first, last) = _backlog(rows, question), _moments(rows)
    if waiting.value is None or first is None or last is None:
        return Answer(waiting.n, None)
    until = question.wall(last)
    end = until if question.end is None else min(question.end, until)
    start = max(end - timedelta(days=91), question.wall(first))
    stretch = replace(question, start=start, end=end)
    solves = sum(1 for row in _tickets(rows, stretch, "resolved_at") if row.get("resolved_at") is not None)
    days = (end - start).days
    return Answer(waiting.n, waiting.value / (solves / (days / 7)) if days >= 7 and solves else None)


def _starts_after(rows: Rows, question: Question) -> bool:
    last = _moments(rows)[1]
    return last is not None and question.start is not None and question.start > question.wall(last)


#: Minutes for one sight of each signal, low, likely and high, as the methods print them; reading: words a minute.
MINUTES = {
    "signal_history": (1, 2, 4),
    "signal_note": (3, 6, 12),
    "signal_link": (3.5, 7, 14),
    "signal_escalation": (4, 8, 16),
    "signal_engineering_question": (4, 8, 16),
    "signal_customer_question": (2, 4, 8),
    "signal_pickup": (1.5, 3, 6),
    "signal_reopen": (1.5, 3, 6),
    "signal_resume": (0.75, 1.5, 3),
    "words_reread": (1 / 300, 1 / 238, 1 / 175),
}


def _investigation_tax(rows: Rows, question: Question) -> Answer:
    found = [
        row
        for row in _tickets(rows, question, "resolved_at")
        if row.get("resolved_at") is not None and not row["is_bot_only"] and row.get("signal_history") is not None
    ]
    if not found:
        return Answer(0, None)
    minutes = 0.0
    for row in found:
        for signal, (low, likely, high) in MINUTES.items():
            sigma = (math.log(high) - math.log(low)) / (2 * 1.2815515655446004)
            minutes += (row.get(signal) or 0) * likely * math.exp(sigma * sigma / 2)
    return Answer(len(found), minutes / len(found))


def _delay_tax(rows: Rows, question: Question) -> Answer:
    """Exact, in fractions: the states in which context is rebuilt, over the time open."""
    states = {row["ticket_id"]: row for row in rows["ticket_tax"]}
    found = [
        states[row["ticket_id"]]
        for row in _tickets(rows, question, "resolved_at")
        if row.get("resolved_at") is not None and not row["is_bot_only"] and row["ticket_id"] in states
    ]
    rebuilding = ("handoff_queue_minutes", "first_investigation_minutes", "reinvestigation_minutes")
    minutes = sum(Fraction(row[name]) for row in found for name in rebuilding)
    still = sum(Fraction(row["open_minutes"]) for row in found)
    return Answer(len(found), float(minutes / still) if still else None)


ORACLES: dict[str, Callable[[Rows, Question], Answer]] = {
    "csat": _csat,
    "csat_response_rate": _csat_response_rate,
    "nps": _nps,
    "mttr": _mttr,
    "mttr_median": _mttr_median,
    "mttr_p90": _mttr_p90,
    "mttr_censored": _mttr_censored,
    "resolved_in_time": _resolved_in_time,
    "response_time": _response_time,
    "repeat_contact_rate": _repeat_contact_rate,
    "ces": _ces,
    "ces_high_effort": _ces_high_effort,
    "unhappy_followed_up": _unhappy_followed_up,
    "first_reply_time": _first_reply_time,
    "fcr": _fcr,
    "reopen_rate": _reopen_rate,
    "escalation_rate": _escalation_rate,
    "repeat_incident_rate": _repeat_incident_rate,
    "sla_compliance": _sla_compliance,
    "tickets_created": lambda rows, question: _count(rows, question, "created_at"),
    "tickets_resolved": lambda rows, question: _count(rows, question, "resolved_at"),
    "backlog": _backlog,
    "weeks_of_work": _weeks_of_work,
    "investigation_tax": _investigation_tax,
    "delay_tax": _delay_tax,
}

from oracle_escalations import ESCALATIONS  # noqa: E402  (written in the words of this module)
from oracle_register import REGISTER  # noqa: E402
from oracle_repeats import REPEATS  # noqa: E402
from oracle_thread import THREAD  # noqa: E402

ORACLES |= REGISTER | ESCALATIONS | THREAD | REPEATS
