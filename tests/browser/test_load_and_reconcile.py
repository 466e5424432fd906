"""A file nobody mapped before becomes figures; a hostile one stays harmless; differences with the help desk are shown."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page

from dashboard.exports.cells import FORMULA_STARTS
from etl.settings import Home
from tests.browser import reconciled_home
from tests.browser.conftest import Server, Watched, quiet, serving, watching

pytestmark = pytest.mark.browser
HEADER = "Vorgang;Gemeldet am;Erledigt am;Lage;Gruppe;Betreff\n"


def tracker(rows: int = 60) -> bytes:
    """A home-grown tracker: odd headers, day-first dates, words of its own, one line whose date is none."""
    lines = [HEADER]
    for number in range(rows):
        opened = datetime(2025, 3, 3, 9) + timedelta(hours=12 * number)
        solved = "" if number % 10 == 9 else f"{opened + timedelta(hours=2):%d.%m.%Y %H:%M}"
        day = "gestern" if number == 5 else f"{opened:%d.%m.%Y %H:%M}"
        lines.append(f"V-{number};{day};{solved};{'erledigt' if solved else 'liegt'};Technik;Drucker\n")
    return "".join(lines).encode()


def choose(page: Page, label: str, option: str) -> None:
    """Pick an option of the drop-down with this label."""
    quiet(page)
    box = page.locator("[data-testid=stSelectbox]").filter(has=page.locator("label", has_text=label)).first
    field = box.locator("input")
    field.click()
    field.fill(option)
    page.get_by_role("option", name=option).first.click()


def drop(page: Page, name: str, content: bytes) -> None:
    page.locator("[data-testid=stFileUploaderDropzoneInput], [data-testid=stFileUploader] input").first.set_input_files(
        FilePayload(name=name, mimeType="text/csv", buffer=content)
    )


def test_a_file_nobody_mapped_before_becomes_figures(watched_empty: Watched, empty_server: Server) -> None:
    page, home = watched_empty.page, empty_server.home
    page.goto(empty_server.url)  # opened at a page of its own, Streamlit first looks for its server there
    page.get_by_role("link", name="Load data", exact=True).click()
    page.get_by_text("Nothing is loaded yet").wait_for()
    drop(page, "störungen.csv", tracker())
    page.get_by_text("a mapping was drafted").wait_for()
    choose(page, "Solved", "Erledigt am")
    choose(page, "Status", "Lage")
    choose(page, "erledigt", "resolved")
    choose(page, "liegt", "waiting other")
    choose(page, "Team or group", "Gruppe")
    choose(page, "carry no zone", "Europe/Berlin")
    page.get_by_text("59 of the 60 rows would be taken").wait_for()
    page.get_by_text("Would be kept apart: 1 row").wait_for()
    load = page.get_by_role("button", name="Load 1 file")
    assert load.is_disabled()  # nothing is loaded by a mapping nobody has kept
    page.get_by_role("textbox", name="Name of this mapping").fill("our-tracker")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save the mapping").click()
    page.get_by_text("Saved as “our-tracker”").wait_for()
    load.click()
    page.get_by_text("1 of 1 file loaded: 59 rows taken").wait_for()
    watched_empty.settle()

    saved = tomllib.loads((home.mappings / "our-tracker.toml").read_text(encoding="utf-8"))
    assert saved["words"]["status"] == {"erledigt": "resolved", "liegt": "waiting_other"}
    assert saved["clock"] == {"formats": ["%d.%m.%Y %H:%M"], "timezone": "Europe/Berlin"}
    assert not list((home.folder / "uploads").iterdir())

    page.get_by_role("link", name="Open the Overview").click()
    card = page.locator(".kpi-card", has_text="Mean time to resolve")
    card.wait_for()
    assert "2 h" in card.inner_text()
    watched_empty.settle()

    page.get_by_role("link", name="Load data", exact=True).click()
    choose(page, "Take back", "st")
    page.get_by_role("button", name="Take it back …").click()
    page.get_by_role("dialog").get_by_role("button", name="Take it back").click()
    page.get_by_text("Nothing is loaded yet").wait_for()


def test_a_hostile_upload_stays_harmless(watched_empty: Watched, empty_server: Server) -> None:
    page, home = watched_empty.page, empty_server.home
    page.goto(empty_server.url)  # opened at a page of its own, Streamlit first looks for its server there
    page.get_by_role("link", name="Load data", exact=True).click()
    nasty = "<img src=x onerror=window.hacked=1>"
    content = (
        f"{nasty};=1+1;Opened;**bold** :red[x] $a$\n"
        f"1;=HYPERLINK(1);2025-02-25 10:00;{nasty}\n"
        "2;<script>window.hacked=1</script>;2025-02-26 10:00;[click](http://evil.example)\n"
    )
    drop(page, "../../<script>window.hacked=1<.csv", content.encode())
    page.get_by_text("a mapping was drafted").wait_for()
    choose(page, "Status", "**bold**")
    page.get_by_text("What do the words of").wait_for()
    choose(page, "carry no zone", "UTC")
    page.get_by_text("2 of the 2 rows would be taken").wait_for()
    watched_empty.settle()
    assert page.evaluate("window.hacked") is None
    assert page.locator("[data-testid=stMain] img, [data-testid=stMain] a[href*=evil]").count() == 0
    for path in home.folder.parent.rglob("*"):  # what was dropped lies nowhere else
        if path.is_file() and path.suffix == ".csv":
            assert path.is_relative_to(home.folder / "uploads")
            assert not path.stat().st_mode & 0o111
    page.get_by_role("textbox", name="Name of this mapping").fill("../../evil")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save the mapping").click()
    page.get_by_text("This is no name for a mapping").wait_for()
    assert not list(home.folder.parent.rglob("evil*"))


@pytest.fixture
def reconciled(tmp_path: Path) -> Iterator[Server]:
    yield from serving(reconciled_home.build(tmp_path / "home"))


@pytest.fixture
def watched_figures(chromium: Browser, reconciled: Server) -> Iterator[Watched]:
    yield from watching(chromium, reconciled)


def test_differences_with_the_help_desk_are_shown_with_their_tickets(
    watched_figures: Watched, reconciled: Server
) -> None:
    page = watched_figures.page
    page.goto(f"{reconciled.url}/?period=2026-05")
    page.get_by_role("link", name="Reconciliation", exact=True).click()
    page.get_by_text("1 of 2 figures tie on every ticket compared").wait_for()
    page.get_by_text("25 tickets that differ").wait_for()
    watched_figures.settle()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download CSV").last.click()
    with Path(waiting.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 25
    assert {row["reason"] for row in rows} == {"clock", "zone", "missing history"}
    assert not [text for row in rows for text in row.values() if text.startswith(FORMULA_STARTS)
                and not text.lstrip("-").replace(".", "").isdigit()]  # fmt: skip
    choose(page, "Their figure", "Zendesk, full resolution time")
    page.get_by_role("textbox", name="It says").fill("3.2h")
    page.keyboard.press("Enter")
    page.get_by_text("Ours by their definition is").wait_for()
    watched_figures.settle()
    assert page.evaluate("window.hacked") is None


@pytest.fixture
def read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("SUPPORTKPI_READ_ONLY", "1")
    yield from serving(Home(tmp_path / "nothing"))


@pytest.fixture
def watched_read_only(chromium: Browser, read_only: Server) -> Iterator[Watched]:
    yield from watching(chromium, read_only)


def test_a_dashboard_for_reading_only_has_no_page_to_load(watched_read_only: Watched, read_only: Server) -> None:
    page = watched_read_only.page
    page.goto(f"{read_only.url}/load_data")
    page.get_by_text("served for reading only").wait_for()
    assert page.locator("[data-testid=stFileUploader]").count() == 0
    assert page.get_by_role("link", name="Load data", exact=True).count() == 0
