"""``report``: which period, which files, what is refused before anything is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dashboard import cli, journal
from dashboard.commands.report import ask_of, newest, suffixes
from dashboard.readings import Horizon
from dashboard.rhythm import Rhythm
from etl.errors import NoFactsError, UsageError
from etl.settings import Home


def ran(home: Home, *words: object) -> int:
    with pytest.raises(SystemExit) as left:
        cli.main(["--home", str(home.folder), *map(str, words)])
    return int(left.value.code or 0)


def test_the_files_are_named_by_rhythm_and_period_and_the_folder_is_made(golden_home: Home, tmp_path: Path) -> None:
    out = tmp_path / "for" / "monday"
    assert ran(golden_home, "report", "weekly", "--out", out, "--format", "csv,json") == 0
    # The data end on Sunday 2 March at 6: week 9 is not over.
    assert sorted(path.name for path in out.iterdir()) == ["weekly-2025-W08.csv", "weekly-2025-W08.json"]


@pytest.mark.parametrize(
    ("rhythm", "start"),
    [(Rhythm.WEEKLY, date(2025, 2, 17)), (Rhythm.MONTHLY, date(2025, 2, 1))],
)
def test_the_newest_complete_period_is_read(golden_home: Home, rhythm: Rhythm, start: date) -> None:
    period = ask_of(golden_home, rhythm, None).period
    assert (period.start, period.whole) == (start, True)


def test_without_a_complete_period_it_says_so(golden_home: Home) -> None:
    with pytest.raises(NoFactsError, match="No complete quarter"):
        ask_of(golden_home, Rhythm.QUARTERLY, None)
    facts = ask_of(golden_home, Rhythm.QUARTERLY, "2025-Q1")
    assert not facts.period.whole
    horizon = Horizon(date(2025, 1, 6), date(2025, 1, 13), facts.horizon.as_of)  # type: ignore[union-attr]
    assert newest(horizon, Rhythm.WEEKLY, "UTC", "monday").start == date(2025, 1, 6)
    with pytest.raises(NoFactsError):
        newest(Horizon(date(2025, 1, 7), date(2025, 1, 13), horizon.as_of), Rhythm.WEEKLY, "UTC", "monday")


@pytest.mark.parametrize(
    "words",
    [
        ("weekly", "--period", "2025-02"),  # a month is no week
        ("weekly", "--period", "soon"),
        ("weekly", "--format", "docx"),
        ("weekly", "--format", ","),
        ("weekly", "--template", "nowhere.pptx"),
        ("weekly", "--where", "team=Nobody"),
        ("yearly",),
    ],
)
def test_a_wrong_question_writes_nothing(golden_home: Home, tmp_path: Path, words: tuple[str, ...]) -> None:
    assert ran(golden_home, "report", *words, "--out", tmp_path / "out") == 2
    assert not (tmp_path / "out").exists()


def test_formats_are_named_once_with_or_without_their_dot() -> None:
    assert suffixes("pdf, .XLSX,pdf") == ["pdf", "xlsx"]
    with pytest.raises(UsageError, match="csv"):
        suffixes("cvs")


def test_notes_made_on_the_pages_are_taken_along(golden_home: Home, tmp_path: Path) -> None:
    home = Home(tmp_path)
    journal.open(home).add_marker(date(2025, 2, 3), "New process", who="lead", begins_anew=True)
    from dashboard.commands.report import notes_of

    (note,) = notes_of(home)
    assert (note.day, note.text, note.begins_anew) == (date(2025, 2, 3), "New process", True)
