"""The KPIs of the register once more in plain Python; see ``oracle``, whose words it uses."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from statistics import fmean

from oracle import Answer, Question, Row, Rows, _by_id, _covered, _moments, _quantile, _share, _tickets

NONE = Answer(0, None)
Oracle = Callable[[Rows, Question], Answer]


def _asked(question: Question) -> set[str]:
    return {*question.filters, *(name for name, _ in question.group)}


def _own(rows: Rows, question: Question, table: str, clock: str, cuts: Mapping[str, str]) -> list[Row] | None:
    """Rows of a fact that is no ticket's; None where it cannot tell what is asked."""
    if not _asked(question) <= set(cuts):
        return None
    return [
        row
        for row in rows[table]
        if all(row.get(cuts[name]) in values for name, values in question.filters.items())
        and all(row.get(cuts[name]) == value for name, value in question.group)
        and question.holds(row.get(clock))
    ]


def _mean(values: list[float]) -> Answer:
    return Answer(len(values), fmean(values)) if values else NONE


# Thread


def _handed(rows: Rows, question: Question) -> list[Row]:
    return [
        row
        for row in _tickets(rows, question, "resolved_at")
        if row.get("resolved_at") is not None and row.get("handoffs") is not None
    ]


def _turn(turn: str) -> Callable[[Rows, Question], list[float]]:
    def values(rows: Rows, question: Question) -> list[float]:
        column = f"{turn}_business_minutes" if question.options.clock != "calendar" else f"{turn}_minutes"
        return [
            row[column]
            for row in _tickets(rows, question, "resolved_at")
            if row.get("resolved_at") is not None and row.get(column) is not None and not row["is_bot_only"]
        ]

    return values


def _unowned_long(rows: Rows, question: Question) -> Answer:
    found = [
        row
        for row in _tickets(rows, question, "resolved_at")
        if row.get("resolved_at") is not None and row.get("unowned_minutes") is not None and not row["is_bot_only"]
    ]
    return _share(found, lambda row: row["unowned_minutes"] > 240)


# Quality


def _qa_score(rows: Rows, question: Question) -> Answer:
    tickets, scores = _by_id(rows), defaultdict(list)
    for row in rows["review"]:
        ticket = tickets.get(row.get("ticket_id"))
        is_out = ticket is not None and ticket.get("excluded_because") is not None
        if row.get("score_share") is None or row.get("reviewed_at") is None or is_out:
            continue
        if question.wants(ticket) and question.holds(row["reviewed_at"]):
            scores[row["source"], row.get("ticket_id") or row["review_id"], row["reviewed_at"]].append(
                row["score_share"]
            )
    return _mean([fmean(some) for some in scores.values()])


def _qa_coverage(rows: Rows, question: Question) -> Answer:
    seen = {row.get("ticket_id") for row in rows["review"]}
    if not any(row["ticket_id"] in seen for row in rows["ticket"] if row.get("resolved_at") is not None):
        return NONE
    found = [row for row in _tickets(rows, question, "resolved_at") if row.get("resolved_at") is not None]
    return _share(found, lambda row: row["ticket_id"] in seen)


def _kb_helpfulness(rows: Rows, question: Question) -> Answer:
    found = _own(rows, question, "article_vote", "voted_at", {"source": "source"})
    if found is None:
        return NONE
    return _share([row for row in found if row.get("is_helpful") is not None], lambda row: row["is_helpful"])


# Self-service


def _sessions(rows: Rows, question: Question, is_met: Callable[[Row], bool]) -> Answer:
    found = _own(rows, question, "self_service", "started_at", {"account": "account", "source": "source"})
    if found is None:
        return NONE
    out = {row["ticket_id"] for row in rows["ticket"] if row.get("excluded_because") is not None}
    found = [row for row in found if row.get("ticket_id") not in out]
    old = [row for row in found if (row.get("hours_observed") or 0) >= 24]

    def stays(row: Row) -> bool:
        after = row.get("hours_to_ticket")
        return row.get("ticket_id") is None and (after is None or after > 24) and is_met(row)

    return _share(old, stays, len(found) - len(old))


def _deflection(rows: Rows, question: Question) -> Answer:
    handed = {row.get("ticket_id") for row in rows["self_service"]}
    contacts: list[Row] = []
    for row in rows["self_service"]:
        after = row.get("hours_to_next_contact")
        free = row.get("ticket_id") is None and row.get("outcome") != "handed over" and (after is None or after > 168)
        watched = row.get("hours_observed")
        told = {"at": row.get("started_at"), "free": free, "days": None if watched is None else watched / 24}
        contacts.append({**row, **told, "bare": True})
    for row in rows["ticket"]:
        if row["is_outbound"] or row["ticket_id"] in handed:
            continue
        after, minutes, days = (
            row.get("days_to_next_contact"),
            row.get("first_resolution_minutes"),
            row.get("open_days"),
        )
        if days is None and minutes is not None and row.get("days_observed") is not None:
            days = minutes / 1440 + row["days_observed"]
        free = row["is_bot_only"] and (after is None or after > 7)
        contacts.append({**row, "at": row.get("created_at"), "free": free, "days": days, "bare": row["is_bot_only"]})
    out = {row["ticket_id"] for row in rows["ticket"] if row.get("excluded_because") is not None}
    found = _own({"contact": contacts}, question, "contact", "at", {"account": "account", "source": "source"})
    if found is None:
        return NONE
    found = [row for row in found if row.get("ticket_id") not in out]
    old = [row for row in found if (row["days"] or 0) >= 7]
    answer = _share(old, lambda row: row["free"], len(found) - len(old))
    return answer if any(row["bare"] for row in contacts) else Answer(0, None, answer.immature)


# Efficiency


def _tickets_per_agent_day(rows: Rows, question: Question) -> Answer:
    found = _own(rows, question, "agent_day", "worked_at", {}) or []
    return _mean([row["resolved"] for row in found if row.get("worked_at") and row["public_replies"] > 0])


# Figures

SHARE = {"%": 0.01, "fraction": 1}
DURATION = {"minutes": 1, "hours": 60, "days": 1440}


def _within(rows: Rows, question: Question, metric: str) -> list[Row]:
    first, last = question.start or date.min, question.end or date.max
    return [
        row
        for row in rows["figure"]
        if row["metric"] == metric and first <= row["period_start"].date() and row["period_end"].date() <= last
    ]


def _newest(rows: Rows, question: Question, metric: str) -> list[Row]:
    """The newest figures of a metric: of those that end last, the longest."""
    found = _within(rows, question, metric)
    if not found or _asked(question):
        return []
    end = max(row["period_end"] for row in found)
    start = min(row["period_start"] for row in found if row["period_end"] == end)
    return [row for row in found if (row["period_start"], row["period_end"]) == (start, end)]


def _entered(metric: str, units: Mapping[str, float] | None = None) -> Oracle:
    def answer(rows: Rows, question: Question) -> Answer:
        whole = [row for row in _newest(rows, question, metric) if not row.get("segment")]
        if not whole or (units is not None and whole[0].get("unit") not in units):
            return NONE
        return Answer(1, whole[0]["value"] * (1 if units is None else units[str(whole[0]["unit"])]))

    return answer


def _enps(rows: Rows, question: Question) -> Answer:
    newest = _newest(rows, question, "enps")
    scores = [row for row in newest if not row.get("segment")] or newest
    pairs = []
    for row in scores:
        same = [
            other["value"]
            for other in rows["figure"]
            if other["metric"] == "enps_answers"
            and all(other.get(name) == row.get(name) for name in ("segment", "period_start", "period_end"))
        ]
        if not same:
            return NONE
        pairs.append((row["value"], same[0]))
    total = sum(n for _, n in pairs)
    return Answer(int(total), sum(score * n for score, n in pairs) / total) if total >= 5 else NONE


Stretch = tuple[date, date]


def _values(rows: Rows, metric: str, teams: bool, units: Mapping[str, float] | None = None) -> dict[Stretch, float]:
    """Stretch → the whole's value, or the sum of the teams'."""
    found: dict[Stretch, dict[str | None, float]] = defaultdict(dict)
    for row in rows["figure"]:
        if row["metric"] == metric and (units is None or row.get("unit") in units):
            worth = 1 if units is None else units[str(row["unit"])]
            found[row["period_start"].date(), row["period_end"].date()][row.get("segment")] = row["value"] * worth
    return {
        stretch: some[None] if None in some else math.fsum(some.values())
        for stretch, some in found.items()
        if None in some or teams
    }


def _tiles(known: dict[Stretch, float], start: date, end: date) -> list[Stretch] | None:
    """Of all ways to lay the stretches end to end over the days, the one of fewest parts (then the earliest)."""
    ways: list[list[Stretch]] = []

    def lay(way: list[Stretch], here: date) -> None:
        if here == end:
            ways.append(way)
        for each in known:
            if each[0] == here and each[1] <= end:
                lay([*way, each], each[1])

    lay([], start)
    return min(ways, key=lambda way: (len(way), way), default=None)


def _is_mixed(rows: Rows, question: Question, metric: str, units: Mapping[str, float] | None) -> bool:
    told = {row.get("unit") for row in _within(rows, question, metric)}
    return len(told) > 1 if units is None else bool(told - set(units))


def _cost_per_ticket(rows: Rows, question: Question) -> Answer:
    if question.start is None or question.end is None or _asked(question):
        return NONE
    known = _values({"figure": _within(rows, question, "support_cost")}, "support_cost", teams=False)
    way = _tiles(known, question.start, question.end)
    solved = [row for row in _tickets(rows, question, "resolved_at") if row.get("resolved_at") is not None]
    if not way or not solved or _is_mixed(rows, question, "support_cost", None):
        return NONE
    return Answer(len(way), sum(known[each] for each in way) / len(solved))


def _over_headcount(rows: Rows, question: Question) -> Answer:
    if question.start is None or question.end is None or _asked(question):
        return NONE
    ways = []
    for metric, units in (("training_hours", DURATION), ("headcount", None)):
        known = _values({"figure": _within(rows, question, metric)}, metric, True, units)
        way = _tiles(known, question.start, question.end)
        if not way or _is_mixed(rows, question, metric, units):
            return NONE
        ways.append([known[each] for each in way])
    people = fmean(ways[1])
    return Answer(len(ways[0]), sum(ways[0]) / people) if people > 0 else NONE


def _utilisation(rows: Rows, question: Question) -> Answer:
    if _asked(question):
        return NONE
    out = {row["ticket_id"] for row in rows["ticket"] if row.get("excluded_because") is not None}
    logged = [
        row["minutes"]
        for row in rows["worklog"]
        if row["ticket_id"] not in out and row.get("minutes") is not None and question.holds(row.get("occurred_at"))
    ]
    sums: list[tuple[float, int]] = []
    for metric in ("handled_hours", "scheduled_hours"):
        if metric == "handled_hours" and not _within(rows, question, metric) and logged:
            sums.append((math.fsum(logged), len(logged)))
            continue
        known = _values({"figure": _within(rows, question, metric)}, metric, False, DURATION)
        way = _tiles(known, question.start, question.end) if question.start and question.end else None
        if not way or _is_mixed(rows, question, metric, DURATION):
            return NONE
        sums.append((sum(known[each] for each in way), len(way)))
    return Answer(sums[0][1], sums[0][0] / sums[1][0]) if sums[1][0] > 0 else NONE


def _first(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _roster(rows: Rows, question: Question) -> tuple[dict[Stretch, float], dict[Stretch, float]]:
    """Headcount at the end of each month, and leavers in it, for the twelve months before the period ends."""
    people = [row for row in rows["agent"] if row.get("started_at") is not None and row.get("role") == "agent"]
    as_of = _moments(rows)[1]
    ends = ([question.end] if question.end else []) + ([question.wall(as_of)] if as_of else [])
    if not people or not ends:
        return {}, {}
    heads: dict[Stretch, float] = {}
    left: dict[Stretch, float] = {}
    for back in range(12):
        end = _first(min(ends), -back)
        begin = _first(end, -1)
        gone = [row["left_at"].date() if row.get("left_at") else date.max for row in people]
        left[begin, end] = sum(begin <= day < end for day in gone)
        heads[begin, end] = sum(row["started_at"].date() < end <= day for row, day in zip(people, gone, strict=True))
    return heads, left


def _trailing(rows: Rows, question: Question, events: str, roster: bool = False) -> Answer:
    if _asked(question):
        return NONE
    heads, happened = _values(rows, "headcount", True), _values(rows, events, True)
    if roster and not happened:
        heads, happened = _roster(rows, question)
    first, last = question.start or date.min, question.end or date.max
    inside = [stretch for stretch in heads if first <= stretch[0] and stretch[1] <= last]
    if not inside:
        return NONE
    end = max(stretch[1] for stretch in inside)
    way = _tiles(heads, end.replace(year=end.year - 1), end)
    if not way or any(each not in happened for each in way):
        return NONE
    mean = fmean([heads[each] for each in way])
    return Answer(len(way), sum(happened[each] for each in way) / mean) if mean > 0 else NONE


def _retention(rows: Rows, question: Question) -> Answer:
    found = _trailing(rows, question, "leavers", roster=True)
    told = any(row["metric"] == "leavers" for row in rows["figure"])
    gone = any(row.get("left_at") and row.get("started_at") and row.get("role") == "agent" for row in rows["agent"])
    if found.value is None or not (told or gone):
        return NONE
    return Answer(found.n, 1 - found.value)


# Incidents

_CUTS = {"product": "product", "source": "source"}


def _incidents(rows: Rows, question: Question, clock: str = "started_at") -> list[Row] | None:
    return _own(rows, question, "incident", clock, _CUTS)


def _counted(found: list[Row], is_known: bool, rows: Rows, question: Question) -> Answer:
    n = len(found)
    return Answer(n, float(n) if n or (is_known and _covered(rows, question)) else None)


def _sev1(rows: Rows, question: Question) -> Answer:
    found = _incidents(rows, question)
    if found is None:
        return NONE
    known = any(row.get("severity") and row.get("started_at") for row in rows["incident"])
    return _counted([row for row in found if row.get("severity") == "sev1"], known, rows, question)


def _median_of(column: str, sev1: bool = False) -> Oracle:
    def answer(rows: Rows, question: Question) -> Answer:
        found = _incidents(rows, question) or []
        return _quantile(
            [
                row[column]
                for row in found
                if row.get(column) is not None and (not sev1 or row.get("severity") == "sev1")
            ],
            50,
        )

    return answer


def _postmortems(rows: Rows, question: Question) -> Answer:
    ended = [row for row in rows["incident"] if row.get("severity") == "sev1" and row.get("resolved_at")]
    found = _own({"incident": ended}, question, "incident", "resolved_at", _CUTS)
    if found is None:
        return NONE
    judged = [r for r in found if r.get("postmortem_minutes") is not None or (r.get("minutes_observed") or 0) >= 4320]
    answer = _share(judged, lambda row: (row.get("postmortem_minutes") or math.inf) <= 4320
                    or row.get("postmortem_minutes") == 0, len(found) - len(judged))  # fmt: skip
    return answer if any(row.get("postmortem_at") for row in ended) else Answer(0, None, answer.immature)


def _repeated(rows: Rows) -> set[str]:
    since = {row["occurrence_id"]: row.get("days_since_previous") for row in rows["occurrence"]}
    return {name for name, days in since.items() if days is not None and days <= 90}


def _latency(is_repeat: bool) -> Oracle:
    def answer(rows: Rows, question: Question) -> Answer:
        return _quantile(
            [
                row["engineering_minutes"]
                for row in _tickets(rows, question, "escalated_at")
                if row.get("escalated_at") is not None
                and row.get("engineering_minutes") is not None
                and (row.get("occurrence_id") in _repeated(rows)) is is_repeat
            ],
            50,
        )

    return answer


def _repeat_escalations(rows: Rows, question: Question) -> Answer:
    found = [
        row
        for row in _tickets(rows, question, "escalated_at")
        if row.get("escalated_at") is not None and row.get("occurrence_id") in _repeated(rows)
    ]
    known = any(row.get("escalated_at") and row.get("occurrence_id") for row in rows["ticket"])
    return _counted(found, known, rows, question)


SHARES = (
    *("kb_coverage", "knowledge_test", "channel_availability", "platform_adoption", "availability"),
    *("reliability_capacity", "customer_retention", "churn_due_to_support", "churn_uncoded", "detractors_contacted"),
    *("executive_reviews", "onsite_visits"),
)
DURATIONS = (
    *("executive_escalation_time", "feature_freeze_time", "assessment_time", "war_room_time"),
    *("executive_contact_time", "update_gap", "follow_up_time", "time_to_proficiency"),
)

REGISTER: dict[str, Oracle] = {
    "handoffs_per_ticket": lambda rows, question: _mean([row["handoffs"] for row in _handed(rows, question)]),
    "many_handoffs": lambda rows, question: _share(_handed(rows, question), lambda row: row["handoffs"] >= 3),
    "no_handoff": lambda rows, question: _share(_handed(rows, question), lambda row: row["handoffs"] == 0),
    **{
        f"{turn}_time": lambda rows, question, turn=turn: _mean(_turn(turn)(rows, question))  # type: ignore[misc]
        for turn in ("with_us", "unowned", "with_customer", "with_other")
    },
    "unowned_long": _unowned_long,
    "qa_score": _qa_score,
    "qa_coverage": _qa_coverage,
    "kb_helpfulness": _kb_helpfulness,
    "self_service_resolution": lambda rows, question: _sessions(
        rows, question, lambda row: row.get("outcome") != "handed over"
    ),
    "self_service_confirmed": lambda rows, question: _sessions(
        rows, question, lambda row: row.get("outcome") == "resolved"
    ),
    "deflection": _deflection,
    "cost_per_ticket": _cost_per_ticket,
    "utilisation": _utilisation,
    "tickets_per_agent_day": _tickets_per_agent_day,
    "sev1_incidents": _sev1,
    "time_to_detect": _median_of("detection_minutes"),
    "detection_to_engage": _median_of("engagement_minutes", sev1=True),
    "postmortem_in_time": _postmortems,
    "engineering_latency": _latency(True),
    "engineering_latency_first": _latency(False),
    "repeat_escalations": _repeat_escalations,
    "reliability_reviews": _entered("reliability_reviews"),
    "enps": _enps,
    "agent_retention": _retention,
    "internal_promotion": lambda rows, question: _trailing(rows, question, "promotions"),
    "new_hire_ramp": _entered("ramp_days", DURATION),
    "training_hours": _over_headcount,
    **{name: _entered(name, SHARE) for name in SHARES},
    **{name: _entered(name, DURATION) for name in DURATIONS},
}
