"""Signals that need an answer: only for the worse, answered in time or late, overdue with and without a plan."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from dashboard import kpis
from dashboard.journal import Written
from dashboard.readings import Reading
from dashboard.reviews.drift import Case, _case, adherence
from dashboard.reviews.entries import Answer, Plan
from dashboard.scope import Grain, Period, Scope

WEEK = Period(date(2026, 3, 2), date(2026, 3, 9), Grain.WEEK, "UTC")


def _reading() -> Reading:
    csat = kpis.catalogue()["csat"]
    return Reading(
        csat, Scope(), WEEK, (), 100, 0.8, 0.7, 0.9, "misses", None, None, 0, None, "95 % interval", None, None
    )


def _answered(day: date) -> Written[Answer]:
    at = datetime.combine(day, datetime.min.time()) + timedelta(hours=23)
    body = Answer(period="2026-W10", text="staffing")
    return Written(id=1, who="Ana", written_at=at, replaces=None, removed=False, about="csat", body=body, begun=1)


def case(plan: Plan | None = None, answered: date | None = None) -> Case:
    return _case(_reading(), "below the lower limit", plan, None if answered is None else _answered(answered))


PLAN = Plan(owner="Ana", first_checks="staffing", tell="the lead", within_days=2)


@pytest.mark.parametrize(
    ("plan", "answered", "today", "expected"),
    [
        # The week ends on 8 March: two days to answer in are the 9th and the 10th.
        (PLAN, None, date(2026, 3, 10), "open"),
        (PLAN, None, date(2026, 3, 11), "overdue"),
        (PLAN, date(2026, 3, 10), date(2026, 4, 1), "answered in time"),
        (PLAN, date(2026, 3, 11), date(2026, 4, 1), "answered late"),
        (None, None, date(2026, 3, 15), "open"),  # without a plan: seven days
        (None, None, date(2026, 3, 16), "overdue"),
    ],
)
def test_how_a_case_stands(plan: Plan | None, answered: date | None, today: date, expected: str) -> None:
    assert case(plan, answered).standing(today) == expected


def test_adherence_counts_what_fell_due() -> None:
    today = date(2026, 3, 12)
    found = [case(PLAN), case(PLAN, date(2026, 3, 9)), case(PLAN, date(2026, 3, 12)), case(None)]
    assert adherence(found, today) == (1, 3)  # overdue, in time, late; the last is open still
