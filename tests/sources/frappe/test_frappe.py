"""What Frappe Helpdesk's own habits ask for, beyond the contract of every source."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_desk import Desk

from etl.load import load
from etl.settings import Home
from etl.sources import frappe

HERE = Path(__file__).parent
HEADER = "ID,Subject,Status,Created On,Raised By (Email),Response By,First Response Time,Rating\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(frappe, tmp_path)


@pytest.mark.parametrize(
    ("written", "minutes"),
    [("90", 1.5), ("90061.0", 1501.0166666666667), ("1d 1h 1m 1s", 1501.0166666666667), ("2h", 120), ("0", 0), ("", None),
     ("-60", None), ("soon", None)],
)  # fmt: skip
def test_durations_are_seconds_or_spelt_out(desk: Desk, written: str, minutes: float | None) -> None:
    desk.text(f"{HEADER}1,S,Open,2026-03-02 10:00:00,a@b.example,,{written},0\n")
    assert desk.facts("ticket", "vendor_first_reply_business_minutes") == [(minutes,)]


@pytest.mark.parametrize(("share", "stars"), [("0.2", 1), ("0.6", 3), ("1", 5), ("1.0", 5)])
def test_a_rating_is_a_share_of_five_stars(desk: Desk, share: str, stars: int) -> None:
    desk.text(f"{HEADER}1,S,Open,2026-03-02 10:00:00,a@b.example,,,{share}\n")
    assert desk.facts("survey", "score", "original_score") == [(stars, share)]


def test_no_rating_is_no_survey(desk: Desk) -> None:
    desk.text(f"{HEADER}1,S,Open,2026-03-02 10:00:00,a@b.example,,,0\n")
    assert desk.facts("survey", "score") == []


@pytest.mark.parametrize("name", ["list.csv", "tickets.json", "communications.json", "comments.json", "versions.json"])
def test_without_a_zone_nothing_is_read(tmp_path: Path, name: str) -> None:
    report = load(Home(tmp_path / "home"), [HERE / name]).files[0]
    assert report.status == "refused"
    assert f"The times in {name} say no time zone" in str(report)
