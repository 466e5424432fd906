"""An initiative: locked figures, a break with its reason, what changes freely, and its days on the charts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from dashboard import initiative_record as record
from dashboard import journal
from dashboard.initiative_record import Initiative, Sprint
from dashboard.markers import Kind, Marker
from etl.errors import UsageError
from etl.settings import Home

FASTER = Initiative(
    name="Runbooks",
    kpi="mttr",
    definition="as it was",
    first=date(2025, 1, 6),
    last=date(2025, 3, 30),
    value=1000.0,
    low=900.0,
    high=1100.0,
    n=400,
    change=-0.3,
    start=date(2025, 4, 7),
    due=date(2025, 6, 6),
    triggered_by_bad_numbers=True,
    sprints=(Sprint(name="1", promised=0.6),),
)


@pytest.fixture
def book(tmp_path: Path) -> journal.Journal:
    return journal.open(Home(tmp_path))


def test_it_comes_back_as_it_was_written(book: journal.Journal) -> None:
    entry = record.begin(book, FASTER, who="Ana")
    assert book.written(Initiative) == [entry]
    assert (entry.body, entry.about, entry.body.goal) == (FASTER, "mttr", 700.0)
    assert FASTER.model_copy(update={"change": None, "line": 640.0}).goal == 640
    with pytest.raises(UsageError, match="no KPI"):
        record.begin(book, FASTER.model_copy(update={"kpi": "mtr"}), who="Ana")


def test_name_owner_notes_and_delivered_capacity_change_without_a_break(book: journal.Journal) -> None:
    entry = record.begin(book, FASTER, who="Ana")
    sprints = (Sprint(name="1", promised=0.6, delivered=0.2),)
    free = FASTER.model_copy(update={"name": "Better runbooks", "owner": "Ben", "notes": "x", "sprints": sprints})
    later = record.change(book, entry, free, who="Ben")
    assert record.breaks(book.every_written(Initiative)) == []
    assert book.written(Initiative) == [later]


@pytest.mark.parametrize(
    ("moved", "told"),
    [
        ({"kpi": "sev1_incidents"}, ("kpi", "mttr", "sev1_incidents")),
        ({"definition": "another"}, ("definition", "as it was", "another")),
        ({"options": ("clock=business",)}, ("options", "none", "clock=business")),
        ({"segment": (("team", ("A", "B")),)}, ("segment", "none", "team: A or B")),
        ({"last": date(2025, 3, 23)}, ("last", "2025-03-30", "2025-03-23")),
        ({"value": 1200.0}, ("value", "1000", "1200")),
        ({"change": -0.2}, ("change", "-0.3", "-0.2")),
        ({"due": date(2025, 7, 6)}, ("due", "2025-06-06", "2025-07-06")),
    ],
)
def test_a_moved_goal_needs_a_reason_and_is_a_break(
    book: journal.Journal, moved: dict[str, object], told: tuple[str, str, str]
) -> None:
    entry = record.begin(book, FASTER, who="Ana")
    with pytest.raises(UsageError, match="locked"):
        record.change(book, entry, FASTER.model_copy(update=moved), who="Ben")
    later = record.change(book, entry, FASTER.model_copy(update=moved | {"because": "the board"}), who="Ben")
    (found,) = record.breaks(book.every_written(Initiative))
    assert (found.who, found.because, found.changes) == ("Ben", "the board", (told,))
    assert found.day == later.written_at.date()


@pytest.mark.parametrize(
    "wrong",
    [
        {"line": 5.0},
        {"change": None},
        {"change": 0.0},
        {"change": -1.0},
        {"due": date(2025, 4, 7)},
        {"start": date(2025, 3, 30)},
        {"first": date(2025, 3, 31)},
        {"name": " "},
    ],
)
def test_what_cannot_be_meant_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Initiative.model_validate(FASTER.model_dump() | wrong)


def test_its_days_are_marks_on_its_kpi(book: journal.Journal) -> None:
    record.begin(book, FASTER, who="Ana")
    assert record.marks(book) == [
        Marker(date(2025, 4, 7), Kind.INITIATIVE, "Runbooks starts", "mttr"),
        Marker(date(2025, 6, 6), Kind.INITIATIVE, "Runbooks is due", "mttr"),
    ]
