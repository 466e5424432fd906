"""Fixes: where they are read off, which are one, and when the issue came back after them."""

from __future__ import annotations

from typing import Any

import history
import pytest
from history import at


def _ticket(desk: history.Desk, number: str, day: float, solved: float | None = None, **told: Any) -> None:
    desk.ticket(
        number,
        created_at=at(days=day),
        resolved_at=None if solved is None else at(days=solved),
        status="open" if solved is None else "resolved",
        **{"problem_key": "QM-1", **told},
    )


def _fixes(desk: history.Desk, *names: str, **settings: Any) -> list[tuple[Any, ...]]:
    rows = sorted(desk.build(**settings).all("fix"), key=lambda row: row["fixed_at"])
    return [tuple(row[name] for name in names) for row in rows]


def _change(desk: history.Desk, day: float, title: str, **told: Any) -> None:
    number = str(desk.rows)
    desk.put("change", source="deploys", original_id=number, title=title, deployed_at=at(days=day), **told)


def test_a_ticket_from_before_the_fix_does_not_break_it_and_a_return_on_day_nine_is_nine_days() -> None:
    with history.desk() as desk:
        _ticket(desk, "1", 0, solved=3)
        _ticket(desk, "2", 0.5, solved=2)
        _change(desk, 1, "Hotfix for QM-1")
        _ticket(desk, "3", 10, solved=11)  # nine days after the fix
        _ticket(desk, "4", 40, solved=40.5)
        found = _fixes(desk, "occurrence_id", "fixed_at", "days_to_return", "returned_ticket_id", "days_observed")
    assert found == [
        ("problem QM-1 #1", at(days=1), 9.0, "desk:3", 39.5),
        ("problem QM-1 #2", at(days=11), 29.0, "desk:4", 29.5),
        ("problem QM-1 #3", at(days=40.5), None, None, 0.0),
    ]


def test_the_record_then_the_change_then_the_last_resolve_tells_the_fix() -> None:
    with history.desk() as desk:
        _ticket(desk, "1", 0, solved=1)
        _ticket(desk, "2", 10, solved=11)
        _ticket(desk, "3", 20, solved=21)
        _change(desk, 10.5, "Hotfix for QM-1, again")
        desk.put("engineering_issue", original_id="QM-1", outcome="Fixed", resolved_at=at(days=22))
        found = _fixes(desk, "fixed_at", "kind", "evidence")
    assert found == [
        (at(days=1), "not told", "last resolve"),
        (at(days=10.5), "hotfix", "change"),
        (at(days=22), "not told", "engineering record"),
    ]


def test_fixes_without_a_ticket_between_them_are_one_and_the_last_dates_it() -> None:
    with history.desk() as desk:
        _ticket(desk, "1", 0, solved=5)
        _change(desk, 0.25, "Hotfix for QM-1")
        _ticket(desk, "2", 0.75, solved=5)  # of the same occurrence: the first hotfix did not hold half a day
        _change(desk, 2, "Hotfix for QM-1")
        desk.put("engineering_issue", original_id="QM-1", outcome="Done", resolved_at=at(days=4))
        found = _fixes(desk, "occurrence_id", "fixed_at", "kind", "evidence", "days_to_return")
    assert found == [
        ("problem QM-1 #1", at(days=0.25), "hotfix", "change", 0.5),
        ("problem QM-1 #1", at(days=4), "hotfix", "engineering record", None),
    ]


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        ("Fixed", "not told"),
        ("Workaround", "workaround"),
        ("Risk accepted", "workaround"),
        ("Solved (permanently)", "root cause"),
        ("Root cause fixed", "root cause"),
        ("Hot fix applied", "hotfix"),
        (None, "not told"),
    ],
)
def test_how_deep_it_goes_is_what_its_words_say(outcome: str | None, kind: str) -> None:
    with history.desk() as desk:
        _ticket(desk, "1", 0, solved=3)
        desk.put("engineering_issue", original_id="QM-1", outcome=outcome, resolved_at=at(days=1))
        assert _fixes(desk, "kind", "evidence") == [(kind, "engineering record")]


@pytest.mark.parametrize("outcome", ["Won't fix", "As designed", "Known error"])
def test_a_record_that_ended_without_a_fix_tells_none(outcome: str) -> None:
    with history.desk() as desk:
        _ticket(desk, "1", 0, solved=3)
        desk.put("engineering_issue", original_id="QM-1", outcome=outcome, resolved_at=at(days=1))
        assert _fixes(desk, "fixed_at", "evidence") == [(at(days=3), "last resolve")]


def test_changes_that_fix_nothing_or_name_another_are_none() -> None:
    with history.desk() as desk:
        _ticket(desk, "1", 0, solved=9)
        _change(desk, -1, "Hotfix for QM-1")  # before its first ticket
        _change(desk, 0.5, "(qm-1): permanent fix.")
        # Were one of these a fix, it would be the last one before the next ticket.
        _change(desk, 1, "Hotfix for QM-11")
        _change(desk, 2, "Hotfix for QM-1", rolled_back_at=at(days=3))
        _change(desk, 4, "Hotfix for QM-1", outcome="failed")
        assert _fixes(desk, "fixed_at", "kind") == [(at(days=0.5), "root cause")]


def test_a_bare_number_in_a_title_names_no_record() -> None:
    with history.desk() as desk:
        _ticket(desk, "1", 0, solved=9, problem_key="2019")
        _change(desk, 1, "Release 2019")
        assert _fixes(desk, "evidence") == [("last resolve",)]


def test_an_occurrence_with_an_open_ticket_is_not_over() -> None:
    with history.desk() as desk:
        _ticket(desk, "1", 0, solved=1)
        _ticket(desk, "2", 0.2)
        assert _fixes(desk, "fixed_at") == []


def test_a_ticket_of_the_very_moment_comes_before_the_fix() -> None:
    with history.desk() as desk:
        _ticket(desk, "1", 0, solved=3)
        _ticket(desk, "2", 2, solved=3)
        _change(desk, 2, "Hotfix for QM-1")
        assert (
            _fixes(desk, "occurrence_id", "fixed_at", "days_to_return")
            == [
                ("problem QM-1 #1", at(days=3), None),
                ("problem QM-1 #2", at(days=2), None),
            ][::-1]
        )
