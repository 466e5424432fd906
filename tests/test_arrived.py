"""Tickets of an issue or topic that began in a stretch: the list behind a point holds what the point counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from world import ENGINES, World, period

from dashboard import clusters, kpis
from dashboard.arrived import Arrived
from dashboard.changes import Question
from dashboard.charts_foresight import Pair, expected_and_seen
from dashboard.clusters import Cluster
from dashboard.parts import part_of
from dashboard.readings import tickets
from dashboard.scope import Scope

START, END = datetime(2025, 3, 3, 10), datetime(2025, 3, 10, 10)
HOUR = timedelta(hours=1)


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    told = (
        ("first", START, "Cloud", "Login", {}),
        ("last", END - HOUR, "Cloud", "Login", {}),
        ("before", START - HOUR, "Cloud", "Login", {}),
        ("after", END, "Cloud", "Login", {}),
        ("ours", START, "Cloud", "Login", {"is_outbound": True}),
        ("spam", START, "Cloud", "Login", {"excluded_because": "spam"}),
        ("topic", START, "Cloud", "Print/Scan", {}),
        ("product", START, "Desk", "Login", {}),
    )
    for name, created, product, topic, more in told:
        built.add("ticket", ticket_id=name, created_at=created, product=product, category=topic, **more)
    for name in ("first", "product"):
        built.add("issue_ticket", ticket_id=name, issue_key="problem A/1", created_at=START)
    yield built
    built.close()


@pytest.mark.parametrize(
    ("cluster", "expected"),
    [
        (Cluster("Cloud", "Login"), ["first", "last"]),
        (Cluster("Cloud", "Print/Scan"), ["topic"]),
        (Cluster("Cloud", None), ["first", "last", "topic"]),
        (Cluster(None, "Login"), ["first", "last", "product"]),
        (Cluster("Cloud", "Login", "problem A/1"), ["first", "product"]),
    ],
)
def test_the_list_behind_a_point_is_the_list_on_its_page(world: World, cluster: Cluster, expected: list[str]) -> None:
    if cluster.issue_key is not None:
        part = Arrived(START, END, issue_key=cluster.issue_key)
    else:
        part = Arrived(START, END, cluster.product, cluster.topic)
    facts, ever = world.facts(), period("all")
    found = tickets(facts, kpis.catalogue()["tickets_created"], Scope(), ever, part=part_of(part.code))
    assert sorted(found["ticket_id"]) == expected
    assert sorted(clusters.tickets(Question(facts, Scope(), ever), cluster, START, END)["ticket_id"]) == expected


@pytest.mark.parametrize(
    "part",
    [
        Arrived(START, END, "Cloud/Web", 'a "b" & é', None),
        Arrived(START + timedelta(microseconds=1), END, issue_key="subject Cloud: x/y"),
        Arrived(START, END),
    ],
)
def test_a_code_stands_for_its_part(part: Arrived) -> None:
    assert part_of(part.code) == part


@pytest.mark.parametrize("code", ["arrived", "arrived/a/b///", "arrived/2025-01-01/2025-01-02//", "gone/1/2///",
                                  "arrived/2025-01-01T00:00+02:00/2025-01-02///"])  # fmt: skip
def test_a_word_that_is_no_code_is_no_part(code: str) -> None:
    assert part_of(code) is None


def test_it_is_told_in_words() -> None:
    assert Arrived(START, END, "Cloud", "Login").words == "Cloud · Login, 3 Mar 2025 10:00 to 10 Mar 2025 10:00 (UTC)"
    assert Arrived(START, END, issue_key="problem A").words.startswith("problem A, 3 Mar")
    assert Arrived(START, END).words.startswith("any product, ")


def test_each_seen_point_carries_its_code_whether_it_rose_or_not() -> None:
    pairs = [Pair("a", 2.0, 9, True, "", "up"), Pair("b", 2.0, 2, False, "", "level")]
    codes = [code for trace in expected_and_seen(pairs).data for code in trace.customdata or ()]
    assert sorted(codes) == ["level", "up"]
