"""For each page one statement by hand with its aggregates: 33 months from ``$first`` on, and October 2025 by team.

``$where`` is replaced by a condition on tickets.
"""

from __future__ import annotations

_TICKETS = "counted as (select * from ticket where excluded_because is null and ($where))"
_NOW = "timestamp '2025-10-01' and {clock} < timestamp '2025-11-01'"


def _by_month(name: str, clock: str, columns: str, source: str = "counted", key: str = "") -> str:
    """A part that groups by month of a clock, and one that groups its newest month by team."""
    team = key or "team"
    return (
        f"{name} as (select date_diff('month', $first::timestamp, {clock}) as month, null as team, {columns} "
        f"from {source} where {clock} >= $first::timestamp group by 1), "
        f"{name}_now as (select 32 as month, {team} as team, {columns} from {source} "
        f"where {clock} >= {_NOW.format(clock=clock)} group by 2)"
    )


_MEASURE = "count({0}), avg({0}), var_samp({0})"
_RANKS = "quantile_disc({0}, [0.5, 0.9])"
_ANSWERS = (
    "answers as (select s.*, t.team from survey s left join counted t using (ticket_id) where s.score is not null)"
)
_CLOCKS = "clocks as (select c.*, t.team from sla_clock c join counted t using (ticket_id))"
_FEELING = (
    "count(*) filter (kind = 'csat'), count(*) filter (kind = 'csat' and score_share >= 0.75), "
    "count(*) filter (kind = 'nps' and score >= 9), count(*) filter (kind = 'nps' and score <= 6), "
    "count(*) filter (kind = 'nps')"
)
_TAX = (
    "sum(signal_history), sum(signal_note), sum(signal_link), sum(signal_escalation), sum(signal_pickup), "
    "sum(signal_reopen), sum(signal_resume), sum(words_reread), count(signal_history)"
)
_ONCE = (
    "count(*) filter (days_observed >= 7), count(*) filter (days_observed >= 7 and public_replies = 1 and teams <= 1 "
    "and coalesce(reopens, 0) = 0 and (days_to_next_contact is null or days_to_next_contact > 7)), "
    "count(*) filter (days_to_reopen <= 14), count(*) filter (days_to_next_contact <= 7)"
)
_ISSUES = (
    "issues as (select date_diff('month', $first::timestamp, started_at) as month, null as team, count(*), "
    "count(*) filter (days_since_previous <= 90) from occurrence where started_at >= $first::timestamp group by 1)"
)
_HOURS = (
    "hours as (select 32 as month, null as team, dayofweek(created_at) as day, hour(created_at) as hour, count(*) "
    f"from counted where created_at >= {_NOW.format(clock='created_at')} group by 3, 4)"
)
_TURNS = "avg(with_us_minutes), avg(unowned_minutes), avg(with_customer_minutes), avg(with_other_minutes)"
_OPEN = (
    "spells as (select s.*, t.team, t.priority, t.created_at, t.owner "
    "from open_spell s join counted t using (ticket_id))"
)
_STANDING = (
    "standing as (select 32 as month, team, priority, count(*), median(timestamp '2025-11-01' - created_at) "
    "from spells where opened_at < timestamp '2025-11-01' "
    "and (ended_at is null or ended_at >= timestamp '2025-11-01') group by 2, 3)"
)


def _statement(*parts: str) -> str:
    """All parts in one statement; a row each, so that nothing can be left out."""
    names = [part.partition(" as ")[0] for part in _flat(parts)]
    shown = [name for name in names if name not in ("counted", "answers", "clocks", "spells")]
    rows = " union all ".join(f"select '{name}', row(*columns(*))::text from {name}" for name in shown)
    return f"with {', '.join(parts)} {rows}"


def _flat(parts: tuple[str, ...]) -> list[str]:
    found = []
    for part in parts:
        first, comma, second = part.partition(" group by 1), ")
        found += [first, second] if comma else [part]
    return found


BY_HAND = {
    "overview": _statement(
        _TICKETS, _ANSWERS, _by_month("felt", "answered_at", _FEELING, "answers"),
        _by_month("solved", "resolved_at", f"{_MEASURE.format('resolution_minutes')}, {_TAX}"),
        _by_month("first_solved", "first_resolved_at", _ONCE),
        _by_month("made", "created_at", "count(*), count(*) filter (escalated = 'yes')"), _ISSUES,
    ),
    "speed": _statement(
        _TICKETS, _CLOCKS, _by_month("met", "dated_at", "count(*), count(*) filter (is_met)", "clocks"),
        _by_month(
            "solved", "resolved_at",
            f"{_MEASURE.format('resolution_minutes')}, {_RANKS.format('resolution_minutes')}, {_TURNS}",
        ),
        _by_month(
            "replied", "first_reply_at",
            f"{_RANKS.format('first_reply_minutes')}, sum(response_minutes), sum(responses)",
        ),
        _by_month(
            "made", "created_at", f"count(*), count(resolved_at), {_RANKS.format('resolution_minutes')}"
        ), _HOURS,
    ),
    "resolution": _statement(
        _TICKETS, _OPEN, _by_month("first_solved", "first_resolved_at", _ONCE),
        _by_month("solved", "resolved_at", f"count(*), {_TAX}"),
        _by_month("made", "created_at", "count(*), count(*) filter (escalated = 'yes')"), _ISSUES,
        _by_month("opened", "opened_at", "count(*)", "spells"), _by_month("ended", "ended_at", "count(*)", "spells"),
    ),
    "backlog": _statement(
        _TICKETS, _OPEN, _by_month("opened", "opened_at", "count(*)", "spells"),
        _by_month("ended", "ended_at", "count(*)", "spells"), _by_month("made", "created_at", "count(*)"),
        _by_month("solved", "resolved_at", "count(*)"), _STANDING,
    ),
    "satisfaction": _statement(
        _TICKETS, _ANSWERS, _by_month("felt", "answered_at", _FEELING, "answers"),
        _by_month("asked", "sent_at", "count(*), count(answered_at)", "answers"),
    ),
}  # fmt: skip

_CLOCK_COLUMNS = "team, created_at, resolved_at"
COLUMNS = {
    "overview": f"{_CLOCK_COLUMNS}, resolution_minutes, public_replies, reopens, days_to_next_contact, signal_history, "
    "signal_note, signal_link, signal_pickup, words_reread",
    "speed": f"{_CLOCK_COLUMNS}, resolution_minutes, first_reply_minutes, response_minutes, with_us_minutes, "
    "unowned_minutes, with_customer_minutes, with_other_minutes",
    "resolution": f"{_CLOCK_COLUMNS}, public_replies, reopens, days_to_reopen, days_to_next_contact, signal_history, "
    "signal_note, signal_link, signal_pickup, words_reread",
    "backlog": f"{_CLOCK_COLUMNS}, open_days",
    "satisfaction": f"{_CLOCK_COLUMNS}, public_replies",
}
