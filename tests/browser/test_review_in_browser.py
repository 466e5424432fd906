"""A weekly review: a comment and an action are written, it is frozen, more data comes in, and it reads as it did."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page

from dashboard import journal
from dashboard.reviews.entries import Action, Comment
from dashboard.reviews.frozen import Frozen
from tests.browser import tiny_home
from tests.browser.conftest import Server, Watched

pytestmark = pytest.mark.browser
WEEK, NEXT = "2026-W23", "2026-W24"


def _open(watched: Watched, address: str) -> Page:
    watched.page.goto(address)
    watched.page.wait_for_selector(".kpi-review")
    # Opened at a page of its own, Streamlit first looks for its server there.
    watched.faults[:] = [each for each in watched.faults if "404 (Not Found)" not in each]
    watched.settle()
    return watched.page


def _fill(watched: Watched, form: Locator, **values: str) -> None:
    for label, text in values.items():
        field = form.get_by_label(label.replace("_", " "))
        field.fill(text)
        field.press("Control+Enter" if label.startswith("What_is_to") else "Enter")
        watched.settle()


def _popover(watched: Watched, name: str) -> Locator:
    watched.page.get_by_role("button", name=name).first.click()
    found = watched.page.locator("[data-testid=stPopoverBody]")
    found.wait_for()
    watched.settle()
    return found


def test_what_was_frozen_stays_and_what_was_promised_comes_back(watched: Watched, server: Server) -> None:
    page = _open(watched, f"{server.url}/weekly?period={WEEK}")
    form = _popover(watched, "Comment on a figure")
    _fill(watched, form, What_is_to_be_known_about_it="Two people were away", Your_name="Ana")
    form.get_by_role("button", name="Write the comment").click()
    page.locator(".kpi-review td", has_text="Two people were away").wait_for()
    watched.settle()
    form = _popover(watched, "Add an action")
    _fill(watched, form, What_is_done="Call <b>Larkspur</b>", By_whom="Ben")
    form.get_by_role("button", name="Add the action").click()
    page.locator(".kpi-review td", has_text="Call <b>Larkspur</b>").wait_for()
    watched.settle()
    form = _popover(watched, "Freeze")
    form.get_by_role("button", name="Freeze this review").click()
    page.get_by_text("The review is frozen").wait_for()
    watched.settle()
    shown = page.locator(".kpi-review").all_inner_texts()
    book = journal.open(server.home)
    assert [each.body.text for each in book.written(Comment)] == ["Two people were away"]
    assert [each.about for each in book.written(Action)] == [f"weekly-{WEEK}"]
    (kept,) = book.written(Frozen)

    tiny_home.build(server.home.folder, "facts-2.duckdb", tickets=3400, seed=8)
    _open(watched, f"{server.url}/weekly?period={WEEK}&frozen={kept.id}")
    assert page.locator(".kpi-review").all_inner_texts() == shown
    page.get_by_text("unchanged since").wait_for()
    page.get_by_text("read otherwise today").wait_for()

    _open(watched, f"{server.url}/weekly?period={NEXT}")
    assert page.locator(".kpi-review").all_inner_texts() != shown
    row = page.locator(".kpi-review tr", has_text="Call <b>Larkspur</b>")
    assert WEEK in row.inner_text()


def test_one_section_at_a_time_by_the_arrow_keys(watched: Watched, server: Server) -> None:
    page = _open(watched, f"{server.url}/weekly?period={WEEK}&present=0")
    page.get_by_text("1 of 7").wait_for()
    assert not page.locator("[data-testid=stSidebar]").is_visible()
    page.keyboard.press("ArrowRight")
    page.get_by_text("2 of 7").wait_for()
    watched.settle()
    page.keyboard.press("ArrowLeft")
    page.get_by_text("1 of 7").wait_for()
    watched.settle()
    page.keyboard.press("Escape")
    page.locator(".kpi-page h1", has_text="Weekly review").wait_for()
