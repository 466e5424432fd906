"""New and growing issues and topics: a planted spike tops the list, random weeks raise no more alarms than the rate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from world import ENGINES, World, period

from dashboard import changes, clusters
from dashboard.analysis.growing import RATE, grown
from dashboard.changes import Question
from dashboard.scope import Scope

#: The Monday after the week looked at.
END = datetime(2025, 3, 10)
FIRST = END - timedelta(weeks=10)


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def asked(world: World, where: dict[str, list[str]] | None = None) -> Question:
    return Question(world.facts(), Scope.of(where or {}), period("2025-03-03/2025-03-10"))


def ticket(world: World, moment: datetime, topic: str, issue: str | None = None, product: str = "Atlas") -> None:
    n = len(world.rows["ticket"])
    world.add(
        "ticket", ticket_id=f"t{n}", account=f"acme {n}", created_at=moment, product=product, category=topic,
        observed_until=END,
    )  # fmt: skip
    if issue is not None:
        world.add("issue_ticket", ticket_id=f"t{n}", issue_key=issue, created_at=moment)


def usual(world: World) -> None:
    """Two accounts a week write about each of three topics; one issue has one a week."""
    world.add("issue", issue_key="old", label="The old one", product="Atlas", topic="Login", evidence="problem")
    for week in range(10):
        begin = FIRST + timedelta(weeks=week, hours=10)
        for topic in ("Login", "Export", "Mail"):
            ticket(world, begin, topic)
            ticket(world, begin + timedelta(days=2), topic, "old" if topic == "Login" else None)


def test_a_spike_two_days_after_a_change_tops_the_list(world: World) -> None:
    usual(world)
    world.add("issue", issue_key="new", label="Blank page", product="Atlas", topic="Export", evidence="error code")
    for n in range(9):
        ticket(world, END - timedelta(days=3, hours=n), "Export", "new")
    made = {"product": "Atlas", "title": "Release 7"}
    world.add("change", change_id="d:7", deployed_at=END - timedelta(days=5), **made)
    world.add("change", change_id="d:6", deployed_at=END - timedelta(days=30), **made)
    world.add("change", change_id="d:5", deployed_at=END - timedelta(days=5), product="Relay")
    every = changes.everything(asked(world))
    assert every is not None
    found = clusters.week(asked(world), list(every.changes.values()))
    assert found is not None
    assert (found.start, found.end, found.weeks) == (END - timedelta(days=7), END, 8)
    top = found.told[0]
    assert (top.cluster.words, top.grown.seen, top.grown.is_new, top.tickets) == ("Blank page", 9, True, 9)
    assert [each.change_id for each in top.coincides] == ["d:7"]
    # The topic grows with it: 11 accounts where 16 wrote in eight weeks; (16 + ½) / 8 are expected.
    topic = next(each for each in found.found if each.cluster.words == "Atlas · Export")
    assert (topic.grown.seen, topic.grown.before, topic.grown.expected) == (11, (2,) * 8, 16.5 / 8)
    assert not {"The old one", "Atlas · Login", "Atlas · Mail"} & {each.cluster.words for each in found.told}


def test_nothing_is_told_of_a_usual_week(world: World) -> None:
    usual(world)
    found = clusters.week(asked(world))
    assert found is not None
    assert len(found.found) == 4
    assert not found.told


def test_many_tickets_of_one_account_are_no_growth(world: World) -> None:
    usual(world)
    for n in range(9):
        ticket(world, END - timedelta(days=3, hours=n), "Export")
        world.rows["ticket"][-1]["account"] = "loud"
    found = clusters.week(asked(world))
    assert found is not None
    assert not found.told


def test_fewer_than_four_weeks_before_tell_nothing(world: World) -> None:
    for day in range(30):
        ticket(world, END - timedelta(days=day, hours=1), "Login")
    found = clusters.week(asked(world))
    assert found is not None
    assert (found.weeks, found.found) == (3, ())


def test_without_tickets_there_is_no_week(world: World) -> None:
    assert clusters.week(asked(world)) is None


def test_a_filter_leaves_other_products_out(world: World) -> None:
    usual(world)
    ticket(world, END - timedelta(days=1), "Payments", product="Relay")
    found = clusters.week(asked(world, {"product": ["Relay"]}))
    assert found is not None
    assert {each.cluster.words for each in found.found} == {"Relay · Payments"}


def test_the_tickets_of_a_cluster(world: World) -> None:
    usual(world)
    every = clusters.week(asked(world))
    assert every is not None
    for each in every.found:
        listed = clusters.tickets(asked(world), each.cluster, every.start, every.end)
        assert len(listed) == each.tickets


def test_workarounds_that_several_accounts_live_with(world: World) -> None:
    for n, (key, ended) in enumerate((("A", "workaround"), ("A", "workaround"), ("B", "workaround"), ("C", "fix"))):
        world.add("ticket", ticket_id=f"t{n}", account=f"acme {n}", created_at=END, problem_key=key)
        world.add("escalation", ticket_id=f"t{n}", ended=ended)
    found = clusters.workarounds(asked(world))
    assert found is not None
    assert [(each.issue_key, each.accounts, each.tickets) for each in found] == [("A", 2, 2)]


def test_where_no_record_tells_how_it_ended_workarounds_are_not_told(world: World) -> None:
    world.add("ticket", ticket_id="t", created_at=END, problem_key="A")
    world.add("escalation", ticket_id="t")
    assert clusters.workarounds(asked(world)) is None


@pytest.mark.parametrize(("variation", "typical"), [(0.01, 1.0), (0.15, 1.0), (0.15, 5.0), (0.3, 3.0)])
def test_random_weeks_raise_no_more_alarms_than_the_rate(variation: float, typical: float) -> None:
    """300 weeks of 50 clusters in which nothing grows; two standard errors of such a share are .025."""
    alarms = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        rates = typical * rng.lognormal(0, 1, 50)
        counts = rng.poisson(rates[:, None] * rng.gamma(1 / variation, variation, (50, 9)))
        alarms += any(each.is_told for each in grown(counts[:, 8].tolist(), counts[:, :8].tolist()))
    assert alarms / 300 <= RATE + 0.025


def test_a_week_of_three_times_as_many_accounts_is_found() -> None:
    """Among fifty usual clusters one of ten accounts a week has thirty: it is told, and first."""
    found = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        counts = rng.poisson(rng.lognormal(0, 1, 50)[:, None] * np.ones((50, 9)))
        counts[7] = [*rng.poisson(10, 8), 30]
        told = [each for each in grown(counts[:, 8].tolist(), counts[:, :8].tolist()) if each.is_told]
        found += bool(told) and told[0].place == 7
    assert found >= 30


def test_guards_of_growth() -> None:
    """Two accounts where nobody wrote before are few; half as many again of very many are no growth."""
    few = grown([2], [[0] * 8])[0]
    much = grown([1_400], [[1_000] * 8])[0]
    assert not few.is_told
    assert (much.q < RATE, much.is_told) == (True, False)
