"""From any number to one ticket in two clicks, and back with the filters kept."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Server, Watched

pytestmark = pytest.mark.browser


def test_from_a_headline_to_one_ticket_in_two_clicks_and_back(
    watched: Watched, server: Server, chromium: Browser
) -> None:
    page = watched.page
    page.goto(f"{server.url}/?period=2026-W10&team=Billing")
    page.locator(".kpi-page .scope", has_text="team: Billing").wait_for()
    watched.settle()

    page.locator("[data-testid=stPageLink] a", has_text=re.compile(r"See the \d+ tickets")).first.click()  # one
    page.wait_for_url(re.compile(r"/tickets\?.*kpi=mttr"))
    page.locator("h1", has_text="tickets").wait_for()
    watched.settle()
    listed = page.locator("h1").inner_text()
    table = page.locator("[data-testid=stDataFrame]").first
    table.scroll_into_view_if_needed()
    table.locator(".dvn-scroller").click(position={"x": 18, "y": 54})  # two: the first row's box
    page.wait_for_url(re.compile(r"/ticket\?.*ticket=zendesk"))
    page.locator(".kpi-facts").wait_for()
    watched.settle()
    assert "team=Billing" in page.url
    assert "period=2026-W10" in page.url
    page.locator("h3", has_text="How each KPI counts this ticket").wait_for()
    counted = page.locator(".kpi-sentence").inner_text()
    assert re.search(r"\d+ of \d+ KPIs count it", counted)

    pasted = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
    pasted.goto(page.url)
    pasted.locator(".kpi-sentence", has_text=counted).wait_for(timeout=60_000)
    pasted.context.close()

    page.go_back()
    page.wait_for_url(re.compile(r"/tickets\?.*kpi=mttr"))
    page.locator("h1", has_text=listed).wait_for()
    page.locator(".kpi-page .scope", has_text="2–8 Mar 2026 (week 10) · team: Billing").wait_for()
    watched.settle()

    page.get_by_label("Or choose a ticket by its number or subject").press_sequentially("zendesk:")  # by keyboard
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name=re.compile("Open the timeline of zendesk:"))
    link.wait_for()
    link.press("Enter")
    page.locator(".kpi-facts").wait_for()
    watched.settle()
    page.get_by_role("link", name="Back to the list of tickets").click()
    page.locator("h1", has_text=listed).wait_for()
    assert page.evaluate("window.hacked") is None
