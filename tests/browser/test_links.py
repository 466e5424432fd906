"""A view saved under a name shows the same numbers to somebody else."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Server, Watched, quiet

pytestmark = pytest.mark.browser


def test_a_saved_view_opens_for_somebody_else_with_the_same_numbers(
    watched: Watched, server: Server, chromium: Browser
) -> None:
    page = watched.page
    page.goto(f"{server.url}/?period=2026-W10&team=Billing&reopen_days=30")
    page.locator(".kpi-page .scope", has_text="team: Billing").wait_for()
    watched.settle()
    sidebar = page.locator("[data-testid=stSidebar]")
    told = page.locator(".kpi-sentence").first.inner_text()
    sidebar.locator("summary", has_text="Saved views").click()
    sidebar.get_by_label("Save this page as").fill('<b>Billing</b> & "co"')
    sidebar.get_by_label("Your name").first.fill("Ana")
    page.keyboard.press("Tab")
    quiet(page)
    sidebar.get_by_role("button", name="Save", exact=True).click()
    sidebar.get_by_text("is saved.").wait_for()
    watched.settle()

    other = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
    other.goto(f"{server.url}/targets")
    other.locator(".kpi-page").wait_for(timeout=60_000)
    quiet(other)
    other.locator("[data-testid=stSidebar] summary", has_text="Saved views").click()
    other.get_by_role("link", name='<b>Billing</b> & "co"').click()
    other.locator(".kpi-sentence", has_text=told).wait_for(timeout=60_000)
    quiet(other)
    assert "/targets" not in other.url
    for kept in ("period=2026-W10", "team=Billing", "reopen_days=30"):
        assert kept in other.url
    other.context.close()
