"""The KPIs of escalations once more in plain Python; see ``oracle``, whose words it uses."""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean

from oracle import Answer, Question, Row, Rows, _covered, _facts, _share

NONE = Answer(0, None)
Oracle = Callable[[Rows, Question], Answer]


def _dated(rows: Rows, question: Question, clock: str, *needed: str, table: str = "escalation") -> list[Row]:
    """Rows with a moment of that clock and all that is needed, of the period."""
    return [
        row
        for row in _facts(rows, question, table, clock)
        if all(row.get(name) is not None for name in (clock, *needed))
    ]


def _counted(n: int, is_told: bool, rows: Rows, question: Question) -> Answer:
    return Answer(n, float(n) if n or (is_told and _covered(rows, question)) else None)


def _count(table: str, clock: str) -> Oracle:
    """A count; what a source never tells of is no zero."""

    def answer(rows: Rows, question: Question) -> Answer:
        is_told = any(row.get(clock) is not None for row in rows[table])
        return _counted(len(_dated(rows, question, clock, table=table)), is_told, rows, question)

    return answer


def _overdue(rows: Rows, question: Question) -> Answer:
    is_told = any(row.get("is_met") is not None for row in rows["sla_clock"])
    missed = [row for row in _facts(rows, question, "sla_clock", "dated_at") if row.get("is_met") is False]
    return _counted(len(missed), is_told, rows, question)


def _sent(rows: Rows, question: Question) -> list[Row]:
    return [row for row in _dated(rows, question, "resolved_at", "sent") if row["sent"] > 0]


def _mean(name: str) -> Oracle:
    def answer(rows: Rows, question: Question) -> Answer:
        values = [row[name] for row in _sent(rows, question) if row.get(name) is not None]
        return Answer(len(values), fmean(values)) if values else NONE

    return answer


def _loops(rows: Rows, question: Question) -> Answer:
    known = _dated(rows, question, "resolved_at", "issue_evidence")
    old = [row for row in known if row.get("days_observed") is not None and row["days_observed"] >= 90]

    def is_loop(row: Row) -> bool:
        returned = row.get("days_to_return")
        return row.get("ended") != "fix" and returned is not None and returned <= 90

    return _share(old, is_loop, len(known) - len(old))


ESCALATIONS: dict[str, Oracle] = {
    "functional_escalations": _count("escalation", "escalated_at"),
    "hierarchical_escalations": _count("hierarchical_escalation", "raised_at"),
    "overdue_clocks": _overdue,
    "rounds_per_escalation": _mean("rounds"),
    "three_rounds": lambda rows, question: _share(
        _sent(rows, question), lambda row: row.get("rounds") is not None and row["rounds"] >= 3
    ),
    "clarification_trips": _mean("clarification_trips"),
    "with_engineering_time": _mean("with_engineering_minutes"),
    "re_escalation_rate": lambda rows, question: _share(
        _dated(rows, question, "resolved_at", "re_escalations"), lambda row: row["re_escalations"] > 0
    ),
    "loop_rate": _loops,
    "path_adherence": lambda rows, question: _share(
        _dated(rows, question, "escalated_at", "path"), lambda row: row["path"] == "followed"
    ),
    "avoidable_escalations": lambda rows, question: _share(
        _dated(rows, question, "escalated_at", "issue_evidence"), lambda row: row.get("solved_before") is not None
    ),
}
