"""Real exports where they belong on the page: pull requests with a revert, incidents of status pages, a desk's tickets.

The tickets are of another company and another decade than changes and incidents, so nothing may be found: what is
tested is that each is read where it belongs and that nothing is guessed.
"""

from __future__ import annotations

from datetime import datetime

import pytest
from exports import unpacked

from dashboard import changes, clusters, touched
from dashboard.analysis.changes.judged import Rung
from dashboard.changes import Question
from dashboard.engine import Facts
from dashboard.scope import Grain, Period, Scope
from etl.load import load
from etl.settings import Home

pytestmark = pytest.mark.real_data

NAMES = (
    "github_pandas_prs.csv", "gcp_incidents.json", "aws_status_data.json",
    "uci_incident_event_log_opened_before_2016-04.csv",
)  # fmt: skip


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Question:
    home, folder = Home(tmp_path_factory.mktemp("foresight") / "home"), tmp_path_factory.mktemp("export")
    load(home, [unpacked(name, folder) for name in NAMES], timezone="UTC")
    return Question(Facts.open(home), Scope(), Period(None, None, Grain.ALL, "UTC"))


def test_merged_pull_requests_are_changes_and_the_revert_takes_one_back(asked: Question) -> None:
    every = changes.everything(asked)
    assert every is not None
    assert len(every.changes) == 500
    back = {name: each.made.taken_back for name, each in every.changes.items() if each.made.taken_back}
    assert back == {"github:#64798": datetime(2026, 5, 20, 21, 22, 12)}


def test_changes_of_years_after_the_tickets_are_not_guessed_at(asked: Question) -> None:
    """Nine a day: none is told from the next, and where no ticket lies near, not even their average is."""
    every = changes.everything(asked)
    assert every is not None
    found = changes.review(asked, every)
    assert {each.rung for each in found.sets} == {Rung.NOT_TOLD}
    assert found.too_close() == {None: None}
    assert found.followed.value is None


def test_incidents_of_status_pages_touch_nobody_who_did_not_write(asked: Question) -> None:
    found = touched.incidents(asked)
    assert len(found) == touched.MOST
    assert {each.accounts for each in found} == {0}
    assert found[0].started_at == max(each.started_at for each in found)


def test_the_topics_of_a_real_desk_are_judged(asked: Question) -> None:
    found = clusters.week(asked)
    assert found is not None
    assert found.weeks == 8
    assert all(each.grown.seen >= 3 for each in found.told)
