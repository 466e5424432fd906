"""What a person knows of an issue is said in the browser, outlives a reload, and moves the figures that rest on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from dashboard import issue_words, journal
from tests.browser import issue_home
from tests.browser.conftest import Server, Watched, quiet, serving, watching

pytestmark = pytest.mark.browser


@pytest.fixture
def issues(tmp_path: Path) -> Iterator[Server]:
    yield from serving(issue_home.build(tmp_path / "home"))


@pytest.fixture
def watched_issues(chromium: Browser, issues: Server) -> Iterator[Watched]:
    yield from watching(chromium, issues)


def say(watched: Watched, word: str, who: str, done: str, fill: tuple[str, str] | None = None) -> None:
    """Choose a word in the form, fill in what it asks for, keep it, and wait until the facts follow."""
    page, form = watched.page, watched.page.locator("[data-testid=stMain]")
    asked = form.locator("details", has=page.locator("summary", has_text="Say something of this issue"))
    if asked.get_attribute("open") is None:  # it stays open from one word to the next
        asked.locator("summary").click()
        quiet(page)
    form.get_by_text(word, exact=True).click()
    quiet(page)
    if fill is not None:
        form.get_by_label(fill[0]).first.fill(fill[1])
        form.get_by_label(fill[0]).first.press("Enter")
        quiet(page)
    form.get_by_label("Your name").first.fill(who)
    form.get_by_label("Your name").first.press("Enter")
    quiet(page)
    form.get_by_role("button", name="Keep it and restate the figures").click()
    page.get_by_text(f"Kept: {done}.").wait_for(timeout=120_000)
    watched.settle()


def facts_of(page: Page) -> Locator:
    return page.locator(".kpi-facts").first


def test_what_a_person_says_of_an_issue_stands_with_who_and_when_and_restates_the_rate(
    watched_issues: Watched, issues: Server
) -> None:
    page = watched_issues.page
    page.goto(f"{issues.url}/?period=2025-01")
    page.locator(".kpi-page").wait_for()
    watched_issues.settle()
    page.get_by_role("link", name="What keeps coming back", exact=True).click()
    page.locator(".kpi-sentence", has_text="3 of the 6 occurrences").wait_for()  # INC2, INC3 and INC5
    watched_issues.settle()
    ledger = page.locator("[data-testid=stDataFrame]").first
    ledger.scroll_into_view_if_needed()
    quiet(page)
    ledger.locator(".dvn-scroller").click(position={"x": 18, "y": 54})
    page.locator("h1", has_text="Cannot log in <b>again</b>").wait_for()
    watched_issues.settle()
    assert "linked record" in facts_of(page).inner_text()

    say(watched_issues, "These are one issue", "Ana", "confirmed as one issue")
    say(watched_issues, "Call it something else", "Ben", "renamed to '<i>Login</i>'", ("Name", "<i>Login</i>"))
    page.locator("h1", has_text="<i>Login</i>").wait_for()
    say(
        watched_issues, "Some tickets are not of it", "Cyd", "1 ticket said not to be of it",
        ("Tickets that are not of it", "INC2"),
    )  # fmt: skip
    told = page.locator("[role=status]").inner_text()
    assert "Repeat-incident rate 50 % → 33.3 % (n 6 → 6)" in told
    page.reload()
    page.locator("h1", has_text="<i>Login</i>").wait_for()
    quiet(page)
    watched_issues.faults.clear()  # a page of its own: Streamlit looks for some of its files beside it first
    assert re.search(r"✓ confirmed by Ana on \d{4}-\d\d-\d\d", facts_of(page).inner_text())
    table = page.locator("[data-testid=stDataFrame]", has=page.locator("th", has_text="Said (UTC)"))
    table.scroll_into_view_if_needed()
    words = " ".join(table.locator("td").all_text_contents())
    for who, what in (("Ana", "confirmed"), ("Ben", "renamed"), ("Cyd", "not to be of it")):
        assert re.search(rf"\d{{4}}-\d\d-\d\d \d\d:\d\d\s+{who}\s+.*{what}", words), words

    page.get_by_role("link", name="What keeps coming back", exact=True).last.click()
    page.locator(".kpi-sentence", has_text="2 of the 6 occurrences").wait_for()
    watched_issues.settle()
    assert page.evaluate("window.hacked") is None
    assert [each.who for each in issue_words.said(journal.open(issues.home))] == ["Ana", "Ben", "Cyd"]
