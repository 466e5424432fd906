"""Why a KPI moved, asked of facts: the parts add up to the whole, for every kind of value that is a mean of rows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
import told
from world import ENGINES, World, period

from dashboard import charts_why, kpis, readings, why_words
from dashboard.analysis.why import Why, adds_up, why
from dashboard.ask import Ask
from dashboard.kpis.options import Options
from dashboard.readings import Reading
from dashboard.scope import Scope
from etl.settings import Settings

SIGNALS = ("history", "note", "link", "escalation", "engineering_question", "customer_question", "pickup", "reopen")


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    built.add("ticket", created_at=datetime(2024, 1, 1))
    yield built
    built.close()


def crowd(world: World, rows: int = 300, seed: int = 3) -> None:
    """Two months of tickets and answers; in the second, more of them in Platform, and Platform slower."""
    chance = random.Random(seed)
    for month in (2, 3):
        for number in range(rows):
            team = (
                "Platform" if chance.random() < (0.2 if month == 2 else 0.5) else chance.choice(("Billing", None, "A"))
            )
            day = datetime(2025, month, 1 + number % 28)
            slow = 3000 if team == "Platform" and month == 3 else 600
            world.add(
                "ticket", ticket_id=f"t{month}-{number}", team=team, created_at=day, resolved_at=day, first_resolved_at=day,
                resolution_minutes=chance.expovariate(1 / slow), public_replies=chance.choice((1, 1, 3)),
                escalated=chance.choice(("yes", "no", "no")), open_days=None,
                **{f"signal_{name}": chance.randrange(3) for name in SIGNALS}, signal_resume=0, words_reread=20,
            )  # fmt: skip
            world.add(
                "survey", kind="nps", ticket_id=f"t{month}-{number}", score=float(chance.randrange(11)), score_share=0.5,
                scale_low=0.0, scale_high=10.0, answered_at=day,
            )  # fmt: skip


def asked(world: World, name: str, dimension: str = "team") -> Why:
    facts = world.facts()
    ask = Ask(facts, None, Settings(), Scope(), period("2025-03"), Options(), {})
    return ask.why(name, dimension)


@pytest.mark.parametrize("name", ["mttr", "fcr", "escalation_rate", "nps", "investigation_tax"])
def test_the_parts_add_up_to_the_difference_of_the_readings(world: World, name: str) -> None:
    crowd(world)
    found = asked(world, name)
    assert found.movement is not None, found.reason
    assert found.before is not None
    difference = (found.now.value or 0) - (found.before.value or 0)
    scale = max(1.0, abs(found.now.value or 0))
    assert abs(sum(part.mix + part.rate for part in found.movement.parts) - difference) <= 1e-9 * scale
    assert abs(sum(step.size for step in charts_why.steps(found.movement)) - difference) <= 1e-9 * scale
    assert {part.name for part in found.movement.parts} == {"Platform", "Billing", "A", "(none)"}


def test_the_planted_driver_is_found_and_said(world: World) -> None:
    """Platform went from 600 to 3,000 minutes; the others stayed."""
    crowd(world)
    found = asked(world, "mttr")
    assert found.movement is not None
    real = {part.name: part.is_real for part in found.movement.parts}
    assert real["Platform"]
    assert not real["Billing"]
    platform = next(part for part in found.movement.parts if part.name == "Platform")
    assert platform.total / found.movement.difference > 0.8
    text = why_words.sentence(found)
    assert text.startswith("Mean time to resolve rose by ")
    assert "Of the parts, Platform for +" in text
    assert "Billing" not in text


def test_the_table_ends_with_the_sum(world: World) -> None:
    crowd(world)
    found = asked(world, "mttr")
    rows = why_words.rows(found)
    assert rows[-1]["Team"] == "All"
    assert rows[-1]["n now"] == found.now.n == 300
    assert [row["Real"] for row in rows if row["Team"] == "Platform"] == ["yes"]


def test_the_waterfall_starts_at_nothing_and_ends_with_the_whole(world: World) -> None:
    crowd(world)
    found = asked(world, "fcr")
    assert found.movement is not None
    (bars,) = charts_why.waterfall(found, found.movement).data
    ends = [base + size for base, size in zip(bars.base, bars.x, strict=True)]
    assert bars.base[0] == 0
    assert bars.base[-1] == 0
    assert ends[-2] == pytest.approx(bars.x[-1])
    assert bars.x[-1] == pytest.approx(100 * found.movement.difference)


@pytest.mark.parametrize("name", ["mttr_median", "mttr_p90", "first_reply_time", "backlog", "tickets_created"])
def test_what_does_not_add_up_is_refused(world: World, name: str) -> None:
    crowd(world, rows=40)
    found = asked(world, name)
    assert found.movement is None
    assert "cannot be split exactly" in why_words.sentence(found)
    assert why_words.rows(found) == []


def test_assumed_minutes_are_split_and_never_called_real(world: World) -> None:
    crowd(world)
    found = asked(world, "investigation_tax")
    assert found.movement is not None
    assert {part.is_real for part in found.movement.parts} == {None}
    assert "assumed minutes are not tested" in why_words.sentence(found)


def test_nothing_is_split_against_a_part_period(world: World) -> None:
    crowd(world, rows=40)
    facts = world.facts()
    march, february = period("2025-03"), period("2025-02")
    now, before = readings.read(facts, kpis.named(["mttr"]), Scope(), [march, february])
    began = date(2025, 2, 10)
    none = "There is no earlier complete period to compare with."
    assert why(now, replace(before, data_from=began), [], "team").reason == none
    assert why(now, None, [], "team").reason == none
    running = replace(now, period=replace(march, whole=False))
    assert why(running, before, [], "team").reason == "This period is not over: nothing is compared with it."


def of_team(whole: Reading, n: int, team: str | None) -> Reading:
    return replace(whole, n=n, group=(("team", team),))


def test_rows_in_two_groups_and_values_that_are_missing_are_not_split() -> None:
    now, before = told.reading("fcr", 0.8, 100, told.month(1)), told.reading("fcr", 0.7, 200, told.month(0))
    groups = [of_team(now, 60, "A"), of_team(now, 40, None), of_team(before, 150, "A"), of_team(before, 50, None)]
    split = why(now, before, groups, "team")
    assert split.reason is None
    assert split.movement is not None
    assert {part.name: (part.before.n, part.after.n) for part in split.movement.parts} == {
        "A": (150, 60),
        "(none)": (50, 40),
    }
    assert None not in {part.is_real for part in split.movement.parts}
    assumed = [replace(each, kpi=replace(each.kpi, grade="assumed")) for each in (now, before, *groups)]
    unreal = why(assumed[0], assumed[1], assumed[2:], "team").movement
    assert unreal is not None
    assert {part.is_real for part in unreal.parts} == {None}
    twice = "A row that stands in two groups cannot be split exactly."
    for place in range(4):  # one row too many in any group of either period
        doubled = [replace(each, n=each.n + (at == place)) for at, each in enumerate(groups)]
        assert why(now, before, doubled, "team").reason == twice
    none = "One of the two periods has no reading."
    assert why(replace(now, value=None), before, groups, "team").reason == none
    assert why(now, replace(before, value=None), groups, "team").reason == none
    assert why(replace(now, verdict="so far"), before, groups, "team").reason == (
        "This period is not over: nothing is compared with it."
    )
    nothing = [replace(each, n=0) for each in (now, before)]
    assert why(*nothing, [], "team").reason == "One of the two periods holds nothing."


def test_small_groups_are_told_together(world: World) -> None:
    crowd(world, rows=60)
    for month in (2, 3):
        for team in ("tiny", "small"):
            day = datetime(2025, month, 3)
            world.add("ticket", team=team, created_at=day, resolved_at=day, resolution_minutes=5.0)
    found = asked(world, "mttr")
    names = {part.name for part in found.movement.parts} if found.movement else set()
    assert "others" in names
    assert not {"tiny", "small"} & names


def test_every_share_and_mean_of_the_catalogue_adds_up() -> None:
    told = {name for name, kpi in kpis.catalogue().items() if adds_up(kpi)}
    assert {"csat", "nps", "mttr", "fcr", "sla_compliance", "investigation_tax"} <= told
    assert not told & {"mttr_median", "mttr_p90", "first_reply_time", "backlog", "tickets_created"}
