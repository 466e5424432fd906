"""From the first page through a filter and a drill-down to a download, in a real browser."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest

from dashboard import kpis
from dashboard.exports.cells import FORMULA_STARTS
from etl.load import load
from etl.settings import Home
from tests.browser.conftest import Server, Watched

pytestmark = pytest.mark.browser
GOLDEN = Path(__file__).parents[1] / "golden"


def load_golden(home: Home) -> None:
    """Load real exports through the front door, with the settings they need."""
    shutil.copytree(GOLDEN / "home", home.folder, dirs_exist_ok=True)
    report = load(home, [GOLDEN / "exports"])
    assert report.exit_code == 0, report


def test_from_the_overview_to_a_download_and_over_a_second_load(watched: Watched, server: Server) -> None:
    page = watched.page
    page.goto(server.url)
    page.wait_for_selector(".kpi-card")
    watched.settle()
    labels = page.locator("[class*=st-key-headlines] .kpi-card > .label").all_inner_texts()
    assert [label.removesuffix("assumed").strip() for label in labels] == [kpi.label for kpi in kpis.headlines()]
    for card in page.locator("[class*=st-key-headlines] .kpi-card .top").all():
        box = card.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 900  # the first screen holds all seven

    page.locator("[data-testid=stSidebar] [data-testid=stMultiSelect]").first.locator("input").click()
    page.get_by_role("option", name="Billing", exact=True).click()
    page.wait_for_url(re.compile(r"team=Billing"))
    page.keyboard.press("Escape")  # closes the list of teams
    page.locator(".kpi-page .scope", has_text="team: Billing").wait_for()
    watched.settle()

    link = page.locator("[data-testid=stPageLink] a", has_text=re.compile(r"See the \d+ tickets")).first
    counted = int(re.findall(r"\d+", link.inner_text())[0])
    assert "team=Billing" in (link.get_attribute("href") or "")  # opened in a tab of its own, it is the same number
    link.click()
    page.wait_for_url(re.compile(r"/tickets\?.*kpi=mttr"))
    page.locator("h1", has_text=f"{counted} tickets").wait_for()
    watched.settle()

    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download these tickets as CSV").click()
    with Path(waiting.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == counted
    assert {row["team"] for row in rows} == {"Billing"}
    assert not [text for row in rows for text in row.values() if text.startswith(FORMULA_STARTS)]

    pasted = page.url
    load_golden(server.home)
    page.get_by_role("link", name="Overview", exact=True).click()
    page.locator(".kpi-foot", has_text="quarantined").wait_for()
    watched.settle()
    assert "3,000 of 3,002" not in page.locator(".kpi-foot").inner_text()  # the tiny facts are gone
    assert page.evaluate("window.hacked") is None
    assert "kpi=mttr" in pasted


def test_a_pasted_link_opens_the_same_page_in_another_browser(watched: Watched, server: Server) -> None:
    page = watched.page
    page.goto(f"{server.url}/?period=2026-W10&team=Billing&team=Platform")
    page.locator(".kpi-page .scope", has_text="2–8 Mar 2026 (week 10)").wait_for()
    page.locator(".kpi-page .scope", has_text="team: Billing or Platform").wait_for()
    watched.settle()
    page.get_by_role("link", name="Speed", exact=True).click()
    page.locator("h1", has_text="Speed").wait_for()
    page.locator(".kpi-page .scope", has_text="2–8 Mar 2026 (week 10) · team: Billing or Platform").wait_for()
    page.wait_for_url(re.compile(r"/speed\?.*period=2026-W10"))
    watched.settle()


def test_every_page_of_the_menu_opens_without_a_fault(watched: Watched, server: Server) -> None:
    page = watched.page
    page.goto(server.url)
    watched.settle()
    for name in ("Speed", "Resolution", "Satisfaction", "Definitions", "Data quality"):
        page.get_by_role("link", name=name, exact=True).click()
        page.locator("h1", has_text=name).wait_for()
        watched.settle()
    assert page.evaluate("window.hacked") is None


def test_an_empty_home_says_what_to_load_and_fills_when_it_is(watched_empty: Watched, empty_server: Server) -> None:
    page = watched_empty.page
    page.goto(empty_server.url)
    page.get_by_text("Nothing is loaded yet").wait_for()
    watched_empty.settle()
    load_golden(empty_server.home)
    page.reload()
    page.wait_for_selector(".kpi-card")
    watched_empty.settle()
