"""Dropped files stay where they are put, and the loader is a process that is read along."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import loading, mapping_draft, mapping_text
from dashboard.loading import Job, Reading
from etl.errors import SupportKpiError, UsageError
from etl.settings import Home

CSV = b"Case,Opened,Fixed,State\n1,2025-02-25 09:12,2025-02-26 10:00,Sorted\n2,2025-02-27 09:12,,Parked\n"
DRAFT = {
    "name": "desk",
    "shape": "ticket",
    "clock": {"timezone": "Europe/Dublin"},
    "columns": {"original_id": "Case", "created_at": "Opened", "resolved_at": "Fixed", "status": "State"},
    "words": {"status": {"Sorted": "resolved", "Parked": "waiting_other"}},
}
NASTY = (
    "../../x.csv",
    "/etc/passwd",
    "C:\\x\\..\\y.csv",
    "=cmd|' /C calc'!A0.csv",
    "<img src=x onerror=alert(1)>",
    "..",
    "",
    "\0",
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(tmp_path / "home")
    found.folder.mkdir()
    return found


@given(st.text())
def test_a_name_made_of_any_label_is_one_plain_file_name(label: str) -> None:
    name = loading.safe_name(label)
    assert Path(name).name == name
    assert not name.startswith((".", "-", "=", "+", "@"))
    assert 0 < len(name.encode()) <= 255


@pytest.mark.parametrize("label", NASTY)
def test_a_dropped_file_lies_in_a_folder_of_its_own_in_the_home(home: Home, label: str) -> None:
    first, second = (loading.keep(home, label, CSV) for _ in range(2))
    for upload in (first, second):
        assert upload.folder.parent == home.folder.resolve() / "uploads"
        assert upload.path.resolve().is_relative_to(home.folder.resolve() / "uploads")
        assert upload.path.read_bytes() == CSV
        assert not upload.path.stat().st_mode & 0o111  # never executed
        assert upload.label == label
    assert first.folder != second.folder
    loading.discard(first)
    assert not first.folder.exists()
    assert second.path.exists()


def test_too_much_is_refused(home: Home) -> None:
    home.settings_file.write_text("[uploads]\nmegabytes = 1\ntotal_megabytes = 2\n", encoding="utf-8")
    with pytest.raises(SupportKpiError, match="larger than 1 MB"):
        loading.keep(home, "x.csv", bytes(1_000_001))
    loading.keep(home, "a.csv", bytes(999_999))
    loading.keep(home, "b.csv", bytes(999_999))
    with pytest.raises(SupportKpiError, match="More than 2 MB wait"):
        loading.keep(home, "c.csv", bytes(999_999))


@pytest.mark.parametrize("name", ["", "../x", "x/y", "X", "a b", "x.toml", "-x", "ü", "x" * 41])
def test_a_mapping_is_named_by_letters_digits_and_dashes(home: Home, name: str) -> None:
    with pytest.raises(UsageError):
        loading.save_mapping(home, name, DRAFT)
    assert not list(home.folder.rglob("*.toml"))


def test_a_mapping_is_not_replaced_by_accident(home: Home) -> None:
    path = loading.save_mapping(home, "desk", DRAFT)
    with pytest.raises(UsageError, match="already"):
        loading.save_mapping(home, "desk", DRAFT)
    loading.save_mapping(home, "desk", {**DRAFT, "columns": {"original_id": "Case"}}, replace=True)
    assert tomllib.loads(path.read_text(encoding="utf-8"))["columns"] == {"original_id": "Case"}
    assert [each.name for each in home.mappings.iterdir()] == ["desk.toml"]


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_VALUES = st.one_of(_TEXT, st.integers(-1000, 1000), st.booleans(), st.lists(_TEXT, max_size=3))


@given(st.dictionaries(_TEXT, st.one_of(_VALUES, st.dictionaries(_TEXT, _VALUES, min_size=1, max_size=3)), max_size=5))
def test_a_mapping_written_is_the_mapping_read(values: dict[str, Any]) -> None:
    assert tomllib.loads(mapping_text.to_toml(values)) == values


def test_from_a_dropped_file_to_a_report_and_back(home: Home) -> None:
    upload = loading.keep(home, "cases.csv", CSV)
    before = loading.preview(home, upload, Reading(), DRAFT)
    (table,) = before["files"][0]["tables"]
    assert table["facts"] == {"ticket": 2}
    mapping = loading.save_mapping(home, "desk", DRAFT)
    job = Job(home, [(Reading(mapping=mapping), [upload])])
    job._work()
    assert (job.state, job.error) == ("done", None)
    (report,) = job.files
    assert (report["name"], report["status"], report["rows_accepted"]) == ("cases.csv", "loaded", 2)
    assert job.fraction > 0
    assert not list((home.folder / "uploads").iterdir())
    assert home.current_snapshot() is not None
    with pytest.raises(SupportKpiError, match="There is no load 9"):
        loading.unload(home, 9)
    loading.unload(home, report["load_id"])


def test_a_loader_that_is_killed_leaves_nothing_and_says_so(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = loading.keep(home, "cases.csv", CSV)
    monkeypatch.setattr(loading, "_CALL", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    job = Job(home, [(Reading(), [upload])])
    job._work()
    assert job.state == "failed"
    assert job.error is not None
    assert job.error.title == "The load was ended before it was done."
    assert not list((home.folder / "uploads").iterdir())
    assert home.current_snapshot() is None


def test_what_the_loader_says_is_what_is_said(home: Home) -> None:
    upload = loading.keep(home, "cases.csv", CSV)
    with pytest.raises(SupportKpiError, match="There is no source 'nobody'"):
        loading.preview(home, upload, Reading(source="nobody"))


def test_a_preview_ends_with_whoever_asked(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = loading.keep(home, "cases.csv", CSV)
    monkeypatch.setattr(loading, "_CALL", "import time; time.sleep(60)")

    def gone() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loading.preview(home, upload, Reading(), tick=gone)
    monkeypatch.setattr(loading, "PREVIEW_LIMIT", 0.1)
    with pytest.raises(SupportKpiError, match="took more than"):
        loading._run(home, ["preview"], None, limit=0.1)


def test_somebody_else_is_seen_loading(home: Home) -> None:
    from etl import work

    assert not loading.is_busy(home)
    with work.locked(home):
        assert loading.is_busy(home)
    assert not loading.is_busy(home)


def column(name: str, formats: list[str] | None, filled: int = 9) -> dict[str, Any]:
    return {"name": name, "formats": formats, "filled": filled, "examples": [], "words": []}


def test_one_column_tells_the_order_of_day_and_month_for_all() -> None:
    seen = [column("a", ["%d/%m/%Y", "%m/%d/%Y"]), column("b", ["%d/%m/%Y"]), column("c", ["%d/%m/%Y", "%m/%d/%Y"])]
    both = mapping_draft.clock_of({"created_at": "a", "resolved_at": "b"}, seen)
    assert (both.styles, both.is_either) == (("%d/%m/%Y",), False)
    alone = {"created_at": "a", "resolved_at": "c"}
    assert mapping_draft.clock_of(alone, seen).is_either
    assert mapping_draft.clock_of(alone, seen, day_first=False).styles == ("%m/%d/%Y",)


def test_columns_without_dates_are_named_and_iso_is_read_beside_others() -> None:
    seen = [column("a", None), column("b", []), column("c", ["%d.%m.%Y"]), column("d", None, filled=0)]
    found = mapping_draft.clock_of({"created_at": "a", "resolved_at": "b", "closed_at": "c", "due_at": "d"}, seen)
    assert found.unread == ("a",)
    assert found.styles[0] == "%d.%m.%Y"
    assert "%Y-%m-%d" in found.styles
    assert mapping_draft.clock_of({"created_at": "b"}, seen).styles == ()


def test_a_word_means_what_the_draft_says_else_itself_else_a_guess() -> None:
    draft = {"words": {"status": {"Sorted": "resolved"}}}
    known = ["open", "waiting_customer", "resolved"]
    assert mapping_draft.guessed(draft, "status", {"word": "Sorted"}, known) == "resolved"
    assert mapping_draft.guessed(draft, "status", {"word": "Waiting customer"}, known) == "waiting_customer"
    assert mapping_draft.guessed(draft, "status", {"word": "Busy", "guesses": {"status": "open"}}, known) == "open"
    assert mapping_draft.guessed(draft, "status", {"word": "Lage"}, known) is None
