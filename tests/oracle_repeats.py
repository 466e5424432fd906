"""The KPIs of what comes back once more in plain Python; see ``oracle``, whose words it uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from oracle import Answer, Question, Row, Rows, _covered, _facts, _share, _tickets

Oracle = Callable[[Rows, Question], Answer]


def _returned(days: int) -> Oracle:
    def answer(rows: Rows, question: Question) -> Answer:
        fixed = [
            row
            for row in _facts(rows, question, "fix", "fixed_at", "first_ticket_id")
            if row.get("fixed_at") is not None
        ]
        old = [row for row in fixed if row.get("days_observed") is not None and row["days_observed"] >= days]

        def is_back(row: Row) -> bool:
            return row.get("days_to_return") is not None and row["days_to_return"] <= days

        return _share(old, is_back, len(fixed) - len(old))

    return answer


def _repeat_tickets(rows: Rows, question: Question) -> Answer:
    of_issue: dict[str, list[Row]] = {}
    for row in rows["issue_ticket"]:
        of_issue.setdefault(row["ticket_id"], []).append(row)
    is_told = any(row.get("account") is not None for row in rows["issue_ticket"])

    def counts(row: Row) -> bool:
        return row.get("created_at") is not None and row.get("account") is not None

    if not is_told or not any(counts(row) for row in rows["ticket"]):
        return Answer(0, None)

    def is_repeat(row: Row) -> bool:
        return any(
            each.get("repeat_of") is not None
            and each.get("days_since_solved") is not None
            and each["days_since_solved"] <= question.options.repeat_days
            for each in of_issue.get(row["ticket_id"], [])
        )

    return _share([row for row in _tickets(rows, question, "created_at") if counts(row)], is_repeat)


def _reached(stage: int) -> Oracle:
    def answer(rows: Rows, question: Question) -> Answer:
        first: dict[tuple[Any, ...], Row] = {}
        for row in rows["issue_ticket"]:
            if row.get("account_occurrence") is None or row.get("created_at") is None:
                continue
            key = (row["issue_key"], row.get("account"), row["account_occurrence"])
            if key not in first or _order(row) < _order(first[key]):
                first[key] = row
        found = _facts({**rows, "reached": list(first.values())}, question, "reached", "created_at")
        n = sum(1 for row in found if row["account_occurrence"] == stage)
        return _counted(n, bool(first), rows, question)

    return answer


def _order(row: Row) -> tuple[Any, str]:
    return row["created_at"], row["ticket_id"]


def _counted(n: int, is_told: bool, rows: Rows, question: Question) -> Answer:
    return Answer(n, float(n) if n or (is_told and _covered(rows, question)) else None)


def _third(rows: Rows, question: Question) -> Answer:
    is_told = any(row.get("started_at") is not None for row in rows["occurrence"])
    found = _facts(rows, question, "occurrence", "started_at", "first_ticket_id")
    late = [row for row in found if row.get("started_at") is not None and (row.get("number") or 0) >= 3]
    return _counted(len(late), is_told, rows, question)


REPEATS: dict[str, Oracle] = {
    "returned_after_fix_7": _returned(7),
    "returned_after_fix_30": _returned(30),
    "returned_after_fix_90": _returned(90),
    "repeat_incident_tickets": _repeat_tickets,
    "accounts_in_doubt": _reached(2),
    "accounts_under_scrutiny": _reached(3),
    "third_occurrences": _third,
}
