"""A page that was left by a click gets its own link back, and only such a page."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from dashboard.widgets import links


def back(
    monkeypatch: pytest.MonkeyPatch, url: str | None, asked: dict[str, object], left: dict[str, object]
) -> dict[str, object]:
    """The address after the page at ``url`` was drawn again."""
    found = SimpleNamespace(context=SimpleNamespace(url=url), query_params=dict(asked), session_state=left)
    monkeypatch.setattr(links, "st", found)
    links.came_back()
    return dict(found.query_params)


#: The address Back leads to: the link of the list, on the page it was opened from.
LIST = {"kpi": "csat", "group": "team:A", "part": "age-3-7", "period": "2025-01-06", "team": "B"}
LEFT: dict[str, object] = {"_period_left": "2025-W02"}


def test_a_page_left_by_a_click_has_its_own_period_and_no_kpi(monkeypatch: pytest.MonkeyPatch) -> None:
    for url in ("https://desk.example/speed", "https://desk.example/", None):
        assert back(monkeypatch, url, LIST, LEFT) == {"period": "2025-W02", "team": "B"}


def test_where_it_had_no_period_the_one_of_the_point_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    assert back(monkeypatch, None, LIST, {"_period_left": None}) == {"period": "2025-01-06", "team": "B"}


def test_lists_other_addresses_and_pages_nobody_left_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    for page in ("tickets", "ticket", "ticket/"):
        assert back(monkeypatch, f"https://desk.example/{page}", LIST, LEFT) == LIST
    assert back(monkeypatch, "https://desk.example/speed", LIST, {}) == LIST
    plain: dict[str, object] = {"period": "2025-01-06", "team": "B"}
    assert back(monkeypatch, "https://desk.example/speed", plain, LEFT) == plain
