"""What grows, as a review tells it: seen, expected, and how many times that it may be."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from dashboard import changes, clusters, journal
from dashboard.analysis.growing import Grown
from dashboard.clusters import Cluster, Growth, Week
from dashboard.commands.report import ask_of
from dashboard.reviews import emerging
from dashboard.reviews.sections import Given
from dashboard.rhythm import Rhythm
from etl.settings import Home


def test_what_grows_has_its_expected_accounts_and_their_range(
    golden_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown = Grown(0, 20, (2,) * 8, 2.06, 3.14, 29.9, 1e-6, 1e-5, True)
    week = Week(datetime(2025, 2, 17), datetime(2025, 2, 24), 8, (Growth(Cluster("App", "Login"), grown, 25),))
    monkeypatch.setattr(changes, "everything", lambda _asked: None)
    monkeypatch.setattr(clusters, "week", lambda _asked, _changes: week)
    ask = ask_of(golden_home, Rhythm.WEEKLY, "2025-W08")
    given = Given(ask, journal.open(Home(tmp_path)), "weekly", "weekly-2025-W08", date(2025, 3, 1))
    (found,), _ = emerging.growing(given)
    row = dict(zip(found.columns, found.rows[0], strict=True))
    assert (row["Accounts this week"], row["Expected"], row["Times expected (95 %)"]) == (20, 2.1, "×3.1 to ×30")
