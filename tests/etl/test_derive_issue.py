"""Issues and their tickets: which occurrence an account is at, what is a repeat, and what only a duplicate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import history
from history import at


def _tickets(desk: history.Desk) -> dict[str, Mapping[str, Any]]:
    return {row["ticket_id"].removeprefix("desk:"): row for row in desk.build().all("issue_ticket")}


def _ticket(
    desk: history.Desk, number: str, day: float, solved: float | None = None, account: str | None = "a"
) -> None:
    desk.ticket(
        number,
        problem_key="PRB1",
        account=account,
        created_at=at(days=day),
        resolved_at=None if solved is None else at(days=solved),
        status="open" if solved is None else "resolved",
    )


def test_a_ticket_after_a_solved_one_is_a_repeat_and_one_beside_an_open_one_a_duplicate() -> None:
    with history.desk() as desk:
        _ticket(desk, "1", 0, solved=2)
        _ticket(desk, "2", 1)  # beside 1, which is open until day 2
        _ticket(desk, "3", 5)  # three days after 1 was solved
        _ticket(desk, "4", 6, account="b")  # another account's first
        found = _tickets(desk)
    told = {number: (row["repeat_of"], row["days_since_solved"], row["is_duplicate"]) for number, row in found.items()}
    assert told == {
        "1": (None, None, False),
        "2": (None, None, True),
        "3": ("desk:1", 3.0, False),
        "4": (None, None, False),
    }


def test_the_latest_solve_before_counts_not_the_newest_ticket() -> None:
    with history.desk() as desk:
        _ticket(desk, "1", 0, solved=8)
        _ticket(desk, "2", 1, solved=2)
        _ticket(desk, "3", 9)
        found = _tickets(desk)["3"]
        assert (found["repeat_of"], found["days_since_solved"]) == ("desk:1", 1.0)


def test_solved_at_the_very_moment_is_not_before_it_and_no_ticket_repeats_itself() -> None:
    with history.desk() as desk:
        _ticket(desk, "1", 0, solved=3)
        _ticket(desk, "2", 3, solved=3)
        found = _tickets(desk)["2"]
        assert (found["repeat_of"], found["is_duplicate"]) == (None, True)


def test_an_account_counts_the_occurrences_it_wrote_of_and_no_others() -> None:
    with history.desk() as desk:
        _ticket(desk, "1", 0, account="a")
        _ticket(desk, "2", 0.1, account="b")
        _ticket(desk, "3", 5, account="a")
        _ticket(desk, "4", 5.1, account="a")  # the same occurrence
        _ticket(desk, "5", 10, account="b")  # the third occurrence, b's second
        _ticket(desk, "6", 10.1, account=None)
        found = _tickets(desk)
    told = {number: (row["occurrence_number"], row["account_occurrence"]) for number, row in found.items()}
    assert told == {"1": (1, 1), "2": (1, 1), "3": (2, 2), "4": (2, 2), "5": (3, 2), "6": (3, None)}


def test_an_issue_without_a_title_or_subject_is_called_by_the_number_of_its_record() -> None:
    with history.desk() as desk:
        _ticket(desk, "1", 0)
        assert [row["label"] for row in desk.build().all("issue")] == ["PRB1"]


def test_an_issue_is_called_by_its_record_else_by_its_first_subject() -> None:
    with history.desk() as desk:
        _ticket(desk, "1", 0)
        desk.put("engineering_issue", original_id="PRB1", title="Certificates clash")
        desk.ticket("2", subject="printer is on fire", product="Cloud", category="Print", created_at=at(days=1))
        desk.ticket("3", subject="Printer is on FIRE", product="Cloud", category="Print", created_at=at(days=9))
        desk.ticket("4", subject="Something else entirely", product="Cloud")
        rows = desk.build().all("issue")
    told = [(r["label"], r["evidence"], r["problem_key"], r["tickets"], r["occurrences"], r["product"]) for r in rows]
    assert told == [
        ("Certificates clash", "problem", "PRB1", 1, 1, None),
        ("printer is on fire", "subject (suggested)", None, 2, 2, "Cloud"),
    ]
