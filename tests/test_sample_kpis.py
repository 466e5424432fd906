"""Load the sample data and ask the KPIs for the facts planted in it (``sample_data/answers.toml``)."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import ColumnElement, Table, func, or_, select

import sample_data
from dashboard import changes, chronic, clusters, escalation_loop, kpis, readings, thread
from dashboard.analysis.changes.judged import Rung
from dashboard.analysis.tax import signals
from dashboard.analysis.tax.basis import Basis
from dashboard.engine import Facts
from dashboard.escalation_parts import ROUNDS
from dashboard.kpis.population import counted_escalations, escalations
from dashboard.question import Question
from dashboard.readings import Reading
from dashboard.scope import Grain, Period, Scope, next_start
from etl.fact_columns import CARRIED, carried
from etl.settings import Home
from etl.tables import (
    account,
    agent,
    change,
    escalation,
    fix,
    handoff,
    issue_ticket,
    load,
    occurrence,
    quarantine,
    queue_stay,
    survey,
    ticket,
    unmapped_word,
)

DUBLIN = "Europe/Dublin"
EVER = Period(None, None, Grain.ALL, DUBLIN)


@pytest.fixture(scope="session")
def answers() -> dict[str, Any]:
    return tomllib.loads(sample_data.ANSWERS.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def facts(demo_home: Home) -> Facts:
    """The sample data, of which every file was taken in, every row and every word."""
    opened = Facts.open(demo_home)
    loaded = {row["file_name"]: row["rows_quarantined"] for row in opened.rows(select(load))}
    assert loaded == dict.fromkeys(names_of(sample_data.demo_files()), 0)
    assert opened.rows(select(quarantine)) == opened.rows(select(unmapped_word)) == []
    return opened


def names_of(paths: list[Path]) -> list[str]:
    """The files as a load calls them: those in an archive under its name."""
    return [
        name
        for path in paths
        for name in (
            [f"{path.name}/{each}" for each in ZipFile(path).namelist()]
            if path.suffix == ".zip"
            else [path.name.removesuffix(".gz")]
        )
    ]


def period(name: str) -> Period:
    """``2025-03`` or ``2025-Q1`` as a Dublin period."""
    year, rest = name.split("-")
    grain = Grain.QUARTER if rest.startswith("Q") else Grain.MONTH
    start = date(int(year), 3 * int(rest[1]) - 2 if grain is Grain.QUARTER else int(rest), 1)
    return Period(start, next_start(start, grain), grain, DUBLIN)


def read(facts: Facts, kpi: str, names: list[str], source: str | None = None) -> dict[str, Reading]:
    scope = Scope.of({"source": [source]}) if source else Scope()
    found = readings.read(facts, kpis.named([kpi]), scope, [period(name) for name in names])
    return dict(zip(names, found, strict=True))


def count(facts: Facts, *conditions: ColumnElement[bool], source: str = "zendesk") -> int:
    rows = facts.rows(select(func.count().label("rows")).where(ticket.c.source == source, *conditions))
    return int(rows[0]["rows"])


COUNTED = ticket.c.excluded_because.is_(None)


def test_the_last_complete_week_is_45(facts: Facts) -> None:
    horizon = readings.horizon(facts, DUBLIN)
    assert (horizon.data_from, horizon.until) == (date(2024, 5, 1), date(2025, 11, 10))


@pytest.mark.parametrize("source", ["zendesk", "servicenow"])
@pytest.mark.parametrize("kpi", ["created", "resolved"])
def test_tickets_a_month(facts: Facts, answers: dict[str, Any], source: str, kpi: str) -> None:
    months = answers[source]["months"]
    found = read(facts, f"tickets_{kpi}", list(months), source)
    assert {name: reading.n for name, reading in found.items()} == {name: row[kpi] for name, row in months.items()}


def test_population(facts: Facts, answers: dict[str, Any]) -> None:
    told = answers["population"]
    assert count(facts, ticket.c.excluded_because == "deleted") == told["deleted"]
    assert count(facts, ticket.c.excluded_because.startswith("merged")) == told["merged"]
    assert count(facts, ticket.c.excluded_because.startswith("test")) == told["test"]
    assert count(facts, COUNTED) == told["counted"]
    assert count(facts, source="servicenow") == told["servicenow_incidents"]


def test_kinds_of_tickets(facts: Facts, answers: dict[str, Any]) -> None:
    totals = answers["zendesk"]["totals"]
    assert count(facts, COUNTED, ticket.c.is_bot_only) == totals["bot_only"]
    assert count(facts, COUNTED, ticket.c.is_outbound) == totals["outbound"]
    assert count(facts, COUNTED, ticket.c.is_closed_without_resolve) == totals["closed_without_solve"]
    assert count(facts, COUNTED, ticket.c.escalated == "yes") == totals["escalated"]
    assert count(facts, COUNTED, ticket.c.days_to_reopen <= 14) == totals["reopened_within_14_days"]
    assert count(facts, COUNTED, ticket.c.open_days.is_not(None)) == totals["open_at_the_end"]
    desk = answers["servicenow"]
    assert count(facts, ticket.c.escalated == "yes", source="servicenow") == desk["escalated"]
    assert count(facts, ticket.c.reopens > 0, source="servicenow") == desk["reopened"]
    assert count(facts, ticket.c.is_closed_without_resolve, source="servicenow") == desk["closed_without_resolve"]


def test_time_to_resolve(facts: Facts, answers: dict[str, Any]) -> None:
    told = answers["zendesk"]["resolution"]
    mean = read(facts, "mttr", [told["month"]], "zendesk")[told["month"]]
    assert mean.n == told["tickets"]
    assert mean.value == pytest.approx(told["mean_minutes"], abs=1e-3)
    median = read(facts, "mttr_median", [told["month"]], "zendesk")[told["month"]]
    assert median.value == pytest.approx(told["median_minutes"], abs=1e-3)


def test_csat(facts: Facts, answers: dict[str, Any]) -> None:
    for name, reading in read(facts, "csat", list(answers["csat"])).items():
        told = answers["csat"][name]
        assert reading.n == told["answers"], name
        assert reading.value == pytest.approx(told["positive"] / told["answers"]), name


def test_nps_and_its_dip(facts: Facts, answers: dict[str, Any]) -> None:
    found = read(facts, "nps", list(answers["nps"]))
    for name, reading in found.items():
        told = answers["nps"][name]
        assert reading.n == told["answers"], name
        assert reading.value == pytest.approx(told["score"], abs=1e-3), name
    dip = answers["nps_dip"]
    now, before = found[dip["quarter"]].value, found[dip["before"]].value
    assert now is not None
    assert before is not None
    assert now - before == pytest.approx(dip["points"])


def test_occurrences_of_chronic_issues(facts: Facts, answers: dict[str, Any]) -> None:
    for issue in answers["chronic_issues"]:
        mine = occurrence.c.issue_key == f"problem {issue['key']}"
        found = facts.rows(select(occurrence).where(mine).order_by(occurrence.c.number))
        assert len(found) == len(issue["occurrences"])
        for row, told in zip(found, issue["occurrences"], strict=True):
            assert (row["tickets"], row["accounts"]) == (told["tickets"], told["accounts"])
            assert row["started_at"] == datetime.fromisoformat(told["started"]).replace(tzinfo=None)
            since = told["days_since_previous"]
            assert row["days_since_previous"] == (None if since == "none" else pytest.approx(since, abs=1e-5))


def test_chronic_issues_stand_in_the_ledger_with_their_dates_accounts_and_hotfixes(
    facts: Facts, answers: dict[str, Any]
) -> None:
    whole = Question(facts, Scope(), Period(None, None, Grain.ALL, DUBLIN))
    ledger = {row.issue_key: row for row in chronic.ledger(whole, Basis(signals.priors()), limit=3).rows}
    assert set(ledger) == {f"problem {issue['key']}" for issue in answers["chronic_issues"]}
    for issue in answers["chronic_issues"]:
        row, told = ledger[f"problem {issue['key']}"], issue["occurrences"]
        assert (row.tickets, row.occurrences, row.product) == (issue["tickets"], len(told), issue["product"])
        assert (row.first_at, row.last_at) == (moment(told[0]["started"]), moment(told[-1]["last_created"]))
        fixed = facts.rows(select(fix).where(fix.c.issue_key == row.issue_key).order_by(fix.c.fixed_at))
        assert [each["fixed_at"] for each in fixed] == [moment(each["hotfix"]) for each in told]
        assert {(each["kind"], each["evidence"]) for each in fixed} == {("hotfix", "change")}
        for each, hotfix, following in zip(fixed, told, [*told[1:], None], strict=True):
            days = None
            if following is not None:
                days = (moment(following["started"]) - moment(hotfix["hotfix"])).total_seconds() / 86400
            assert each["days_to_return"] == (None if days is None else pytest.approx(days))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)


def test_stories(facts: Facts, answers: dict[str, Any]) -> None:
    four = answers["tickets"]["four_owners"]
    rows = facts.rows(select(ticket.c.owners).where(ticket.c.original_id == str(four["ticket"])))
    assert rows == [{"owners": four["owners"]}]


def test_bad_deployments(facts: Facts, answers: dict[str, Any]) -> None:
    for told in answers["bad_deployments"]:
        (row,) = facts.rows(select(change).where(change.c.change_id == f"deployments:{told['change']}"))
        assert row["product"] == told["product"]
        assert row["deployed_at"] == datetime.fromisoformat(told["deployed"]).replace(tzinfo=None)


def test_people_and_accounts_meet_the_tickets(facts: Facts, answers: dict[str, Any]) -> None:
    for held in answers["held_by_one"]:
        mine = (COUNTED, ticket.c.category == held["topic"], ticket.c.owner == held["person"])
        assert count(facts, *mine, ticket.c.resolved_at.is_not(None)) == held["solved"]
        assert facts.rows(select(agent.c.cost_per_hour).where(agent.c.agent == held["person"]))[0]["cost_per_hour"]
    assert count(facts, COUNTED, ticket.c.account_tier.is_(None)) == 0
    assert facts.rows(select(func.count().label("n")).where(account.c.annual_revenue.is_(None)))[0]["n"] == 0


def test_every_signal_of_context_rebuilding_is_there(facts: Facts) -> None:
    names = [column.name for column in ticket.c if column.name.startswith("signal_")]
    (row,) = facts.rows(select(*(func.sum(ticket.c[name]).label(name) for name in names)))
    assert {name: (row[name] or 0) > 100 for name in names} == dict.fromkeys(names, True)


def test_the_register_reads_what_was_planted(facts: Facts, answers: dict[str, Any]) -> None:
    told = answers["register"]
    month = period(told["month"])

    def one(name: str, when: Period = month) -> Reading:
        (found,) = readings.read(facts, kpis.named([name]), Scope(), [when])
        return found

    whole = Period(None, None, Grain.ALL, DUBLIN)
    assert one("sev1_incidents", whole).value == told["sev1_incidents"]
    assert one("detection_to_engage", whole).value == pytest.approx(told["sev1_engaged_median_minutes"])
    kept = one("postmortem_in_time", whole)
    assert (kept.n, kept.events) == (told["postmortems_judged"], told["postmortems_in_time"])
    assert (one("qa_score").n, one("qa_score").value) == (told["reviews"], pytest.approx(told["qa_score"], abs=1e-6))
    assert (one("kb_helpfulness").n, one("kb_helpfulness").events) == (told["votes"], told["helpful_votes"])
    assumed, confirmed = one("self_service_resolution"), one("self_service_confirmed")
    assert (assumed.n, assumed.events) == (told["sessions"], told["sessions_without_a_ticket"])
    assert confirmed.events == told["of_which_confirmed"]
    assert one("cost_per_ticket").value == pytest.approx(told["support_cost"] / told["resolved_on_both_desks"])
    stayed = 1 - told["leavers_of_twelve_months"] / told["mean_headcount"]
    assert one("agent_retention").value == pytest.approx(stayed, abs=1e-6)


def test_rounds_with_engineering_are_as_many_as_were_planted(facts: Facts, answers: dict[str, Any]) -> None:
    """The generator counts moves into and out of engineering's team; tickets only linked and put on hold are told apart."""
    told = answers["tickets"]
    moved = select(escalation.c.ticket_id, escalation.c.rounds).select_from(escalations).where(counted_escalations)
    rows = facts.rows(moved.where(ticket.c.source == "zendesk", escalation.c.turn_evidence == "team"))
    rounds = {int(row["ticket_id"].removeprefix("zendesk:")): row["rounds"] for row in rows if row["rounds"]}
    assert Counter(rounds.values()) == {int(name): n for name, n in told["engineering_rounds"].items()}
    assert sorted(number for number, n in rounds.items() if n == 3) == told["with_three_rounds"]
    assert rounds[told["three_rounds"]["ticket"]] == told["three_rounds"]["rounds"] == 3
    # One trip of the chronic issues each, by their link and the wait after it.
    waited = facts.rows(moved.where(ticket.c.source == "zendesk", escalation.c.turn_evidence == "status"))
    linked = sum(issue["tickets"] for issue in answers["chronic_issues"])
    assert 0 < len(waited) <= linked
    assert {row["rounds"] for row in waited} == {1}


def test_three_rounds_are_read_by_the_kpi_too(facts: Facts, answers: dict[str, Any]) -> None:
    whole = Period(None, None, Grain.ALL, DUBLIN)
    (found,) = readings.read(facts, kpis.named(["three_rounds"]), Scope.of({"source": ["zendesk"]}), [whole])
    names = [f"zendesk:{number}" for number in answers["tickets"]["with_three_rounds"]]
    resolved = count(
        facts, ticket.c.ticket_id.in_(names), ticket.c.resolved_at.is_not(None), ticket.c.open_days.is_(None)
    )
    assert (len(names), resolved) == (25, 24)  # one is open still: it is in no period of resolved tickets
    assert found.events == resolved
    parts = escalation_loop.parts(Question(facts, Scope(), whole), "rounds_per_escalation", ROUNDS)
    assert parts[-1][1] == found.events


def test_every_kpi_has_a_reading_or_names_what_it_needs(facts: Facts) -> None:
    """The steps of a major case, meetings, sprints and effort are told by nobody here: their KPIs say so."""
    quarter = period("2025-Q3")
    found = readings.read(facts, list(kpis.catalogue().values()), Scope(), [quarter])
    silent = {reading.kpi.name for reading in found if reading.value is None}
    assert silent == {
        *("assessment_time", "war_room_time", "executive_contact_time", "update_gap", "follow_up_time"),
        *("feature_freeze_time", "reliability_reviews", "detractors_contacted", "executive_reviews", "onsite_visits"),
        *("time_to_proficiency", "ces", "ces_high_effort", "hierarchical_escalations"),
        # Nobody in the sample tells a customer a cause.
        *("unproven_claims", "unproven_claims_returned", "proven_claims_returned"),
    }
    needs = (
        *("needs the figure", "needs effort answers", "needs the help desk's own escalations to management"),
        "no",
    )
    assert all(str(reading.reason).startswith(needs) for reading in found if reading.value is None)


def test_handoffs_one_by_one_are_those_each_ticket_counts(facts: Facts) -> None:
    rows = facts.rows(select(handoff.c.ticket_id, func.count().label("n")).group_by(handoff.c.ticket_id))
    found = {row["ticket_id"]: row["n"] for row in rows}
    counted = facts.rows(select(ticket.c.ticket_id, ticket.c.handoffs).where(ticket.c.handoffs > 0))
    assert found == {row["ticket_id"]: row["handoffs"] for row in counted}


@pytest.mark.parametrize("fact", [handoff, escalation, issue_ticket, occurrence, fix, survey], ids=str)
def test_facts_carry_what_their_ticket_is_filtered_by(facts: Facts, fact: Table) -> None:
    other = or_(*(carried(fact, name).is_distinct_from(ticket.c[name]) for name in CARRIED))
    of = fact.c.first_ticket_id if "first_ticket_id" in fact.c else fact.c.ticket_id
    joined = fact.join(ticket, ticket.c.ticket_id == of)
    (row,) = facts.rows(select(func.count().label("n"), func.count().filter(other).label("other")).select_from(joined))
    assert row["n"] > 100
    assert row["other"] == 0


def test_a_ticket_of_an_issue_knows_whether_it_is_open(facts: Facts) -> None:
    joined = issue_ticket.join(ticket, ticket.c.ticket_id == issue_ticket.c.ticket_id)
    by_ticket, carried = ticket.c.open_days.is_not(None), issue_ticket.c.is_open
    other = carried.is_distinct_from(by_ticket)
    counted = (func.count().filter(carried).label("open"), func.count().filter(other).label("other"))
    (row,) = facts.rows(select(*counted).select_from(joined))
    assert row["open"] > 0
    assert row["other"] == 0


def test_an_account_reaches_each_stage_of_an_issue_once_with_its_first_ticket(facts: Facts) -> None:
    rows = facts.rows(select(issue_ticket))
    told = [row for row in rows if row["account_occurrence"] is not None]
    told.sort(key=lambda row: (row["created_at"], row["ticket_id"]))
    first: dict[tuple[Any, ...], str] = {}
    for row in told:
        first.setdefault((row["issue_key"], row["account"], row["account_occurrence"]), row["ticket_id"])
    reached = {row["ticket_id"]: row["stage_reached"] for row in rows if row["stage_reached"] is not None}
    assert reached == {ticket_id: stage for (_, _, stage), ticket_id in first.items()}
    assert max(reached.values()) >= 3


def test_a_ticket_knows_how_long_its_issue_had_been_away(facts: Facts) -> None:
    away = occurrence.c.days_since_previous
    joined = ticket.outerjoin(occurrence, occurrence.c.occurrence_id == ticket.c.occurrence_id)
    other = ticket.c.days_since_occurrence.is_distinct_from(away)
    counted = select(func.count(away).label("n"), func.count().filter(other).label("other")).select_from(joined)
    (row,) = facts.rows(counted)
    assert row["n"] > 100
    assert row["other"] == 0


def test_every_stay_follows_the_one_before_and_begins_with_the_ticket(facts: Facts) -> None:
    stays = facts.rows(select(queue_stay).order_by(queue_stay.c.ticket_id, queue_stay.c.number))
    assert all(row["left_at"] is None or row["left_at"] >= row["entered_at"] for row in stays)
    for one, following in pairwise(stays):
        if one["ticket_id"] == following["ticket_id"]:
            assert following["number"] == one["number"] + 1
            assert following["came_from"] == one["team"]
            assert one["left_at"] is not None
            assert one["left_at"] <= following["entered_at"]
    firsts = [row["ticket_id"] for row in stays if row["is_first"]]
    assert len(firsts) == len(set(firsts)) == len({row["ticket_id"] for row in stays})


def test_the_ticket_of_four_owners_and_the_unowned_one_are_listed(facts: Facts, answers: dict[str, Any]) -> None:
    everything = Question(facts, Scope(), Period(None, None, Grain.ALL, DUBLIN))
    four, unowned = answers["tickets"]["four_owners"], answers["tickets"]["unowned"]
    _, most = thread.hardest(everything, "four_owners", "people", 4, 1000)
    listed = dict(zip(most["ticket_id"], most["people"], strict=True))
    assert listed[f"zendesk:{four['ticket']}"] == four["owners"]
    _, longest = thread.hardest(everything, "unowned_long", "unowned_minutes", 240.0001, 10_000)
    minutes = dict(zip(longest["ticket_id"], longest["unowned_minutes"], strict=True))
    assert minutes[f"zendesk:{unowned['ticket']}"] == unowned["minutes"]


def _whole(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)


@pytest.mark.parametrize("quarter", [None, date(2025, 1, 1), date(2025, 7, 1)])
def test_the_bad_deployments_stand_first_among_all_changes(
    facts: Facts, answers: dict[str, Any], quarter: date | None
) -> None:
    """Product, moment and topics are those planted, the tickets told are the extra ones, and taking it back helped."""
    period = EVER if quarter is None else Period(quarter, next_start(quarter, Grain.QUARTER), Grain.QUARTER, DUBLIN)
    asked = changes.Question(facts, Scope(), period)
    every = changes.everything(asked)
    assert every is not None
    found = changes.review(asked, every)
    strong = [each for each in found.sets if each.rung is Rung.STRONG]
    planted = {
        f"deployments:{bad['change']}": bad
        for bad in answers["bad_deployments"]
        if quarter is None or period.start <= _whole(bad["deployed"]).date() < period.end  # type: ignore[operator]
    }
    assert [each.rung for each in found.sets[: len(planted)]] == [Rung.STRONG] * len(planted)
    assert {each.changes[0].change_id for each in strong} == set(planted)
    for each in strong:
        bad, rises = planted[each.changes[0].change_id], each.rises
        assert each.changes[0].moment == _whole(bad["deployed"])
        assert {rise.test.key.product for rise in rises} == {bad["product"]}
        assert len({rise.test.key.cluster for rise in rises if rise.test.key.cluster}) == 2
        assert each.leading is not None
        assert each.leading.test.is_back
        card = changes.card(asked, each.leading.test)
        beyond = card.tickets - each.leading.test.best.expected
        assert beyond == pytest.approx(bad["extra_tickets"], rel=0.35)
        assert card.accounts == each.leading.test.best.seen


def test_each_return_after_eight_quiet_weeks_is_told_in_its_week(facts: Facts, answers: dict[str, Any]) -> None:
    """Occurrences of chronic issues; where the one before lies in the weeks compared with, it may hide the next."""
    told = 0
    for issue in answers["chronic_issues"]:
        for returned in issue["occurrences"]:
            since = returned["days_since_previous"]
            found = clusters.week(changes.Question(facts, Scope(), _week(_whole(returned["started"]).date())))
            assert found is not None
            if found.weeks < 8 or (since != "none" and since < 63):
                continue
            (grown,) = [each for each in found.told if each.cluster.issue_key == f"problem {issue['key']}"]
            assert 1 < grown.grown.seen <= returned["accounts"]
            told += 1
    assert told == 10  # 3, 3 and 4 of the three issues


def _week(day: date) -> Period:
    start = day - timedelta(days=day.weekday())
    return Period(start, start + timedelta(days=7), Grain.WEEK, DUBLIN)


def test_quiet_weeks_are_told_of_nothing(facts: Facts, answers: dict[str, Any]) -> None:
    """Weeks from August 2024 on in which nothing was planted: at most one in twenty raises an alarm."""
    planted = {
        _week(_whole(moment).date()).start
        for moment in [
            *(bad[name] for bad in answers["bad_deployments"] for name in ("deployed", "last_extra_ticket")),
            *(each[name] for issue in answers["chronic_issues"] for each in issue["occurrences"]
              for name in ("started", "last_created")),
        ]
    }  # fmt: skip
    weeks = [_week(date(2024, 8, 5) + timedelta(weeks=n)) for n in range(66)]
    quiet = [week for week in weeks if week.start not in planted]
    alarms = [week for week in quiet if (found := clusters.week(changes.Question(facts, Scope(), week))) and found.told]
    assert len(quiet) > 40
    assert len(alarms) <= len(quiet) / 20
