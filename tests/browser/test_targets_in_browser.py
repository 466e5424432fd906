"""A target is changed in the browser, and the Overview follows."""

from __future__ import annotations

import pytest

from dashboard import journal
from tests.browser.conftest import Server, Watched

pytestmark = pytest.mark.browser


def test_a_target_set_in_the_browser_stands_on_the_overview(watched: Watched, server: Server) -> None:
    page = watched.page
    page.goto(f"{server.url}/?period=2026-06")  # the running month: the day offered lies in it
    page.wait_for_selector(".kpi-card")
    watched.settle()
    page.locator("[data-testid=stSidebarNav] a", has_text="Targets").click()
    page.wait_for_selector(".kpi-register")
    watched.settle()
    form = page.locator("[data-testid=stMain]")
    form.get_by_label("Value (%)").fill("80")
    form.get_by_label("Value (%)").press("Enter")
    page.locator(".kpi-note", has_text="→ above 80 %").wait_for()
    watched.settle()
    for label, text in (("Because", "board plan"), ("Your name", "Ana")):
        form.get_by_label(label).first.fill(text)
        form.get_by_label(label).first.press("Enter")
        watched.settle()
    form.get_by_role("button", name="Save the target").click()
    page.get_by_text("✓ Saved.").wait_for()
    watched.settle()

    page.locator("[data-testid=stSidebarNav] a", has_text="Overview").click()
    page.locator(".kpi-card", has_text="target above 80 %").first.wait_for()
    watched.settle()
    (change,) = journal.open(server.home).target_changes()
    assert (change.kpi, change.values, change.who) == ("csat", {"above": 0.8}, "Ana")
