"""From any number to one ticket in two clicks, and back with the filters kept."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Locator, Page
from playwright.sync_api import TimeoutError as NotYet

from tests.browser.conftest import Server, Watched, quiet

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

    link = page.get_by_role("link", name=re.compile("Open the timeline of zendesk:"))
    chosen_by_keyboard(page.get_by_label("Or choose a ticket by its number or subject"), "zendesk:", link)
    link.press("Enter")
    page.locator(".kpi-facts").wait_for()
    watched.settle()
    page.get_by_role("link", name="Back to the list of tickets").click()
    page.locator("h1", has_text=listed).wait_for()
    assert page.evaluate("window.hacked") is None


def chosen_by_keyboard(field: Locator, words: str, link: Locator) -> None:
    """Type into a field of choices, take the first that fits and wait for the link it gives.

    A page drawn anew meanwhile drops what was typed, as it would for a person, who then types it again.
    """
    for _ in range(3):
        field.press("ControlOrMeta+a")
        field.press_sequentially(words)
        with suppress(NotYet):
            field.page.get_by_role("option", name=words).first.wait_for(timeout=15_000)
            field.press("Enter")
            link.wait_for(timeout=15_000)
            return
    pytest.fail(f"choosing '{words}' gave no link")


def at_point(page: Page, chart: str, place: int) -> None:
    """Click the first point of a chart from that place on with something behind it, where it is drawn."""
    drawn = page.locator(f"[class*='st-key-chart-{chart}-']").first
    drawn.scroll_into_view_if_needed()
    quiet(page)
    points = drawn.locator(".scatterlayer .point")
    for number in range(place, points.count()):
        box = points.nth(number).bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(200)
        if drawn.locator(".hovertext", has_text="click: see them").count():
            page.mouse.down()
            page.mouse.up()
            return
    pytest.fail(f"no point of {chart} has anything behind it")


def test_a_point_leads_to_its_tickets_and_back_leads_to_the_page_as_it_was(watched: Watched, server: Server) -> None:
    page = watched.page
    page.goto(f"{server.url}/?period=2026-W10&team=Billing")
    page.locator(".kpi-page .scope", has_text="team: Billing").wait_for()
    watched.settle()
    page.get_by_role("link", name="Speed", exact=True).click()
    page.locator("h1", has_text="Speed").wait_for()
    watched.settle()

    at_point(page, "first-reply", 2)  # a week of December
    page.wait_for_url(re.compile(r"/tickets\?.*kpi=first_reply_time"))
    page.locator(".kpi-page .scope", has_text="(week 52) · team: Billing").wait_for()
    watched.settle()
    page.go_back()
    page.locator("h1", has_text="Speed").wait_for()
    page.locator(".kpi-page .scope", has_text="(week 10) · team: Billing").wait_for()
    watched.settle()

    at_point(page, "hours-speed", 9)
    page.wait_for_url(re.compile(r"/tickets\?.*part=[a-z]+-\d\d"))
    heading = page.locator("h1", has_text="Tickets created: ")
    heading.wait_for()
    watched.settle()
    found = re.search(r"(\d+) of [\d,]+ tickets, [A-Z][a-z]+ \d\d:00", heading.inner_text())
    assert found is not None
    page.locator(".kpi-note", has_text=f"{found[1]} rows.").wait_for()


def test_back_from_a_ticket_of_a_point_leads_through_the_list_to_the_page_as_it_was(
    watched: Watched, server: Server
) -> None:
    page = watched.page
    page.goto(f"{server.url}/?period=2026-W10")
    watched.settle()
    page.get_by_role("link", name="Speed", exact=True).click()
    page.locator("h1", has_text="Speed").wait_for()
    watched.settle()
    at_point(page, "first-reply", 2)
    page.locator(".kpi-page .scope", has_text="(week 52)").wait_for()
    watched.settle()
    table = page.locator("[data-testid=stDataFrame]").first
    table.scroll_into_view_if_needed()
    table.locator(".dvn-scroller").click(position={"x": 18, "y": 54})
    page.locator(".kpi-facts").wait_for()
    watched.settle()

    seen = []
    for _ in range(4):  # the page, as often as it takes; in between lie the list and what Streamlit left behind
        page.go_back()
        page.wait_for_timeout(700)
        watched.settle()
        seen.append((page.locator("h1").inner_text(), page.locator(".kpi-page .scope").inner_text()))
        if seen[-1][0] == "Speed":
            break
    assert seen[-1][0] == "Speed", seen
    assert "(week 10)" in seen[-1][1]
    assert all("(week 52)" in scope for title, scope in seen if title != "Speed")


def test_a_definition_leads_to_what_it_counted_and_back(watched: Watched, server: Server) -> None:
    page = watched.page
    page.goto(f"{server.url}/?period=2026-W10&team=Billing")
    page.locator(".kpi-page .scope", has_text="team: Billing").wait_for()
    watched.settle()
    page.get_by_role("link", name="Resolution", exact=True).click()
    page.locator("h1", has_text="Resolution").wait_for()
    watched.settle()
    page.locator("summary", has_text="What each counts").click()
    rule = page.locator("dt", has_text="Zendesk one-touch").locator("xpath=following-sibling::dd[1]")
    way = rule.get_by_role("link")
    count = re.search(r"[\d,]+", way.inner_text())
    assert count is not None
    way.click()
    page.locator(".scope", has_text="FCR as Zendesk's one-touch").wait_for(timeout=60_000)
    quiet(page)  # a page of its own: Streamlit looks for some of its files beside it first, and finds them elsewhere
    assert "team: Billing" in page.locator(".kpi-page .scope").first.inner_text()
    page.locator(".kpi-note", has_text=f"{count[0]} rows.").wait_for()
    page.go_back()
    page.locator("h1", has_text="Resolution").wait_for(timeout=60_000)
    quiet(page)
    assert page.locator(".scope", has_text="one-touch").count() == 0


def test_the_same_doors_open_by_keyboard(watched: Watched, server: Server) -> None:
    page = watched.page
    page.goto(f"{server.url}/?period=2026-W10")
    watched.settle()
    page.get_by_role("link", name="Backlog", exact=True).click()
    page.locator("h1", has_text="Backlog").wait_for()
    watched.settle()
    closed = page.locator("summary", has_text="what is behind each point").nth(1)  # the ages
    closed.press("Enter")
    quiet(page)
    link = page.get_by_role("link", name="See them").locator("visible=true").first
    chosen_by_keyboard(
        page.get_by_label("See what is behind one point").locator("visible=true").first, "0–1 days", link
    )
    link.press("Enter")
    page.locator("h1", has_text="open for 0–1 days").wait_for()
    watched.settle()
