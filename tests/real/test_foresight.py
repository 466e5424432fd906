"""Real exports where they belong on the pages: pull requests with a revert, incidents of status pages, a desk's tickets
with the problems and changes they name.

The tickets are of another company and another decade than changes and incidents, so nothing may be found: what is
tested is that each is read where it belongs and that nothing is guessed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from exports import unpacked

from dashboard import (
    came_back,
    change_words,
    changes,
    chronic,
    clusters,
    durability,
    incident_window,
    issue_story,
    named_changes,
    question,
    stages,
    timeline,
    touched,
)
from dashboard.analysis.changes.judged import Rung
from dashboard.analysis.tax import signals
from dashboard.analysis.tax.basis import Basis
from dashboard.came_back import Broken
from dashboard.changes import Question
from dashboard.engine import Facts
from dashboard.scope import Grain, Period, Scope, next_start
from dashboard.widgets import change_review
from etl.load import load
from etl.settings import Home

pytestmark = pytest.mark.real_data

NAMES = (
    "github_pandas_prs.csv", "gcp_incidents.json", "aws_status_data.json",
    "uci_incident_event_log_opened_before_2016-04.csv",
)  # fmt: skip


def quarter(year: int, month: int) -> Period:
    first = date(year, month, 1)
    return Period(first, next_start(first, Grain.QUARTER), Grain.QUARTER, "UTC")


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


def test_the_revert_stands_in_the_table_of_changes_and_first_among_the_report_cards(asked: Question) -> None:
    """Of the second quarter of 2026: 411 were merged in it; the one taken back is the first to look at."""
    every = changes.everything(asked)
    assert every is not None
    found = changes.review(replace(asked, period=quarter(2026, 4)), every)
    table = change_review.made_table(found, "UTC")
    assert len(table) == 411
    back = table[table["Taken back"] != ""]
    assert back[["Change", "Taken back"]].to_numpy().tolist() == [["github:#64798", "20 May 2026 21:22"]]
    assert change_review.cards(found)[0][1] == "github:#64798"
    assert change_words.of_changes(found, "UTC") == "None of the 411 changes of this stretch could be judged."


def test_a_quarter_without_a_change_says_when_they_were(asked: Question) -> None:
    every = changes.everything(asked)
    assert every is not None
    found = changes.review(replace(asked, period=quarter(2016, 1)), every)
    assert change_words.of_changes(found, "UTC") == (
        "No change went out in this stretch; 500 changes are loaded, from 22 Mar 2026 to 23 May 2026."
    )
    assert found.too_close() == {}


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


def test_incidents_stand_in_their_quarter_and_where_satisfaction_is_compared(asked: Question) -> None:
    """Counted in the files: 22 of Google's began from January to March 2022. One of several products is of each."""
    winter = [each.incident_id.partition(":")[0] for each in touched.incidents(replace(asked, period=quarter(2022, 1)))]
    assert (winter.count("google_cloud"), winter.count("aws_status")) == (22, 7)
    spring = replace(asked, period=quarter(2022, 4))
    happened = incident_window.incidents(asked.facts, Scope(), spring.period)
    assert len(happened) == incident_window.MOST
    of_one = incident_window.incidents(asked.facts, Scope.of({"product": ["Google Cloud SQL"]}), spring.period)
    names = [str(each.product) for each in of_one]
    assert "Google Cloud SQL" in names
    assert any(", Google Cloud SQL" in name or "Google Cloud SQL, " in name for name in names)
    assert all("Google Cloud SQL" in name.split(", ") for name in names)


def test_problems_stand_in_the_ledger_with_their_tickets_and_their_fixes(asked: Question) -> None:
    """Six of the 85 problems came twice; no account is told, so that no stage is."""
    whole = question.Question(asked.facts, Scope(), asked.period)
    ledger = chronic.ledger(whole, Basis(signals.priors()))
    assert ledger.extent == chronic.Extent(6, 0, 0)
    rows = ledger.rows
    assert {row.evidence for row in rows} == {"problem"}
    assert (rows[0].issue_key, rows[0].tickets, rows[0].occurrences) == ("problem Problem ID  2", 28, 2)
    assert sum(stages.standing(whole).accounts.values()) == 0
    (held,) = durability.durability(whole)
    assert (held.name, held.n, held.returned) == ("No fix told, last resolve", 91, 1)
    (back,) = came_back.returned(whole, Broken(held.place, None))
    assert back.ticket_id is not None


def test_a_change_that_tickets_name_stands_on_the_page_the_story_and_the_ticket(asked: Question) -> None:
    march = replace(asked, period=Period(date(2016, 3, 1), date(2016, 4, 1), Grain.MONTH, "UTC"))
    found = {each.word: each for each in named_changes.named(asked.facts, Scope(), march.window)}
    assert (found["CHG0000132"].causes, found["CHG0000132"].solves) == (1, 2)
    listed = named_changes.tickets_of(asked.facts, Scope(), found["CHG0000132"], march.window)
    assert "servicenow:INC0000388" in listed["ticket_id"].tolist()
    story = issue_story.story(question.Question(asked.facts, Scope(), asked.period), "problem Problem ID  17")
    assert story is not None
    assert story.named == ("CHG0000132 (said to have caused 1 ticket, raised to solve 2 tickets)",)
    assert {row["ticket_id"] for row in story.tickets} == {"servicenow:INC0000388", "servicenow:INC0002325"}
    line = timeline.timeline(asked.facts, "servicenow:INC0000388")
    assert line is not None
    named = [line.ticket[name] for name in ("problem_key", "change_key", "caused_by")]
    assert named == ["Problem ID  17", "CHG0000132", "CHG0000132"]


def test_the_topics_of_a_real_desk_are_judged(asked: Question) -> None:
    found = clusters.week(asked)
    assert found is not None
    assert found.weeks == 8
    assert all(each.grown.seen >= 3 for each in found.told)
