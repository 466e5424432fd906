"""Every mark of what keeps coming back leads to what is behind it: a bar, a point of the curve, and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import issue_home
from tests.browser.conftest import Server, Watched, quiet, serving, watching
from tests.browser.test_drill import at_point, chosen_by_keyboard

pytestmark = pytest.mark.browser


@pytest.fixture
def issues(tmp_path: Path) -> Iterator[Server]:
    yield from serving(issue_home.build(tmp_path / "home"))


@pytest.fixture
def watched_issues(chromium: Browser, issues: Server) -> Iterator[Watched]:
    yield from watching(chromium, issues)


def opened(watched: Watched, url: str) -> Page:
    page = watched.page
    page.goto(f"{url}/?period=2025-01")
    page.locator(".kpi-page").wait_for()
    watched.settle()
    page.get_by_role("link", name="What keeps coming back", exact=True).click()
    page.locator("h1", has_text="What keeps coming back").wait_for()
    watched.settle()
    return page


def at_bar(page: Page, chart: str, place: int) -> None:
    """Click a bar of a chart, in its middle."""
    drawn = page.locator(f"[class*='st-key-chart-{chart}-']").first
    drawn.scroll_into_view_if_needed()
    quiet(page)
    box = drawn.locator(".barlayer .point").nth(place).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    drawn.locator(".hovertext", has_text="click: see them").wait_for()
    page.mouse.down()
    page.mouse.up()


def every_mark_is_found(page: Page, chart: str) -> None:
    """The pointer finds each mark of a chart, not the line beneath it."""
    drawn = page.locator(f"[class*='st-key-chart-{chart}-']").first
    drawn.scroll_into_view_if_needed()
    quiet(page)
    marks = drawn.locator(".scatterlayer .point")
    assert marks.count() == 2  # seven days, and to this day
    for number in range(marks.count()):
        box = marks.nth(number).bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        drawn.locator(".hovertext", has_text="click: see them").wait_for()
        page.mouse.move(5, 5)
        drawn.locator(".hovertext").wait_for(state="detached")


def test_bars_and_points_lead_to_accounts_and_fixes_and_on_to_stories_and_tickets(
    watched_issues: Watched, issues: Server
) -> None:
    page = opened(watched_issues, issues.url)
    at_bar(page, "repeats-stages", 1)
    page.locator("h1", has_text="Accounts at doubt: 1").wait_for()
    watched_issues.settle()
    assert page.locator(".kpi-page .scope").first.inner_text().startswith("Jan 2025")
    assert "Birch" in " ".join(page.locator("[data-testid=stDataFrame] td").all_text_contents())
    link = page.get_by_role("link", name="Open the story of its issue")
    chosen_by_keyboard(page.get_by_label("Or choose an account by its name"), "Birch", link)
    link.press("Enter")
    page.locator("h1", has_text="Report never ends").wait_for()
    watched_issues.settle()

    page.get_by_role("link", name="What keeps coming back", exact=True).first.click()
    page.locator("h1", has_text="What keeps coming back").wait_for()
    watched_issues.settle()
    every_mark_is_found(page, "repeats-durability")
    at_point(page, "repeats-durability", 0)
    heading = page.locator("h1", has_text="that did not hold 7 days")
    heading.wait_for()
    watched_issues.settle()
    found = re.search(r": (\d+) fix", heading.inner_text())
    assert found is not None
    page.locator(".kpi-note", has_text=f"{found[1]} rows.").wait_for()
    table = page.locator("[data-testid=stDataFrame]").first
    table.locator(".dvn-scroller").click(position={"x": 18, "y": 54})
    page.locator("h1", has_text="Login fails").wait_for()  # INC2, six days after INC1 was solved
    watched_issues.settle()


def test_the_same_by_keyboard(watched_issues: Watched, issues: Server) -> None:
    page = opened(watched_issues, issues.url)
    for chart, choice, title in (
        ("repeats-stages", "Executive scrutiny", "Accounts at executive scrutiny: 1"),
        ("repeats-durability", "did not hold to this day", "that did not hold"),
    ):
        field = page.locator(f".st-key-door-{chart}")
        closed = page.locator("details", has=field).locator("summary")
        closed.press("Enter")
        quiet(page)
        link = page.get_by_role("link", name="See them").locator("visible=true").first
        chosen_by_keyboard(field.get_by_label("See what is behind one point"), choice, link)
        link.press("Enter")
        page.locator("h1", has_text=title).wait_for()
        watched_issues.settle()
        page.get_by_role("link", name="Back to what keeps coming back").click()
        page.locator("h1", has_text="What keeps coming back").wait_for()
        watched_issues.settle()
