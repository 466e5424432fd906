"""What is behind each mark of what keeps coming back: a list holds as many rows as its bar or point says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from world import ENGINES, World, period

from dashboard import came_back, charts_durability, charts_tax, durability, kpis, stages
from dashboard.answer_parts import GROUPS, AnswerPart
from dashboard.came_back import AtStage, Broken
from dashboard.charts_tax import Bar
from dashboard.durability import Answered, Held
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.options import Options
from dashboard.kpis.survival import Curve
from dashboard.parts import part_of
from dashboard.question import Question
from dashboard.readings import tickets
from dashboard.scope import Scope

START, END = datetime(2025, 1, 1, 12), datetime(2025, 4, 1)


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def asked(world: World, where: dict[str, list[str]] | None = None, **options: Any) -> Question:
    """Of March 2025."""
    return Question(world.facts(), Scope.of(where or {}), period("2025-03"), Options(**options))


def came(world: World, day: float, key: str, account: str | None, depth: int, **told: Any) -> str:
    """A ticket of an issue, so many days after START: the account's how-many-eth occurrence."""
    name, moment = f"t{len(world.rows['ticket'])}", START + timedelta(days=day)
    world.add("ticket", ticket_id=name, created_at=moment, account=account, **told)
    world.add(
        "issue_ticket", ticket_id=name, issue_key=key, created_at=moment, account=account,
        occurrence_number=depth, account_occurrence=depth,
    )  # fmt: skip
    return name


def accounts(world: World) -> None:
    """A stands at its second occurrence of L, B and D at their third and fourth of K, C at its first."""
    for key in ("K", "L", "M"):
        world.add("issue", issue_key=key, evidence="problem", label=key.lower())
    for account, key, depth in (("A", "K", 1), ("A", "L", 2), ("B", "K", 3), ("C", "K", 1), ("D", "K", 4)):
        for number in range(1, depth + 1):
            came(world, number, key, account, number, team="One" if account == "A" else "Two")
    came(world, 9, "M", "C", 1, team="Two")  # as deep as K, with as many tickets, and newer
    came(world, 3, "K", "E", 1, excluded_because="spam")
    came(world, 95, "K", "F", 1)  # in April
    came(world, 1, "alone", "G", 1)  # of no issue
    world.add("account", account="B", annual_revenue=7.0)
    world.add("account", account="D", annual_revenue=5.0, renewal_at=datetime(2025, 12, 1))
    world.add("account", account="D", annual_revenue=4.0)  # told by a second system: one account


def test_the_list_behind_a_stage_holds_each_account_once(world: World) -> None:
    accounts(world)
    question = asked(world)
    shown = stages.standing(question).accounts
    behind = {stage: came_back.accounts(question, AtStage(stage)) for stage in (1, 2, 3)}
    assert {stage: len(rows) for stage, rows in behind.items()} == shown == {1: 1, 2: 1, 3: 2}
    told = {stage: [(each.account, each.issue_key, each.deepest) for each in rows] for stage, rows in behind.items()}
    assert told == {1: [("C", "M", 1)], 2: [("A", "L", 2)], 3: [("D", "K", 4), ("B", "K", 3)]}
    assert (behind[3][0].annual_revenue, behind[3][0].tickets) == (5.0, 4)
    assert [each.account for each in came_back.accounts(question, AtStage(3), limit=1)] == ["D"]


def test_the_list_behind_a_stage_holds_the_filters(world: World) -> None:
    accounts(world)
    question = asked(world, {"team": ["One"]})
    assert stages.standing(question).accounts == {1: 0, 2: 1, 3: 0}
    assert [len(came_back.accounts(question, AtStage(stage))) for stage in (1, 2, 3)] == [0, 1, 0]


def fixed(world: World, back: float | None, watched: float, **told: Any) -> None:
    usual = {"kind": "hotfix", "evidence": "change", "fixed_at": START, "issue_key": "K"}
    world.add("fix", days_to_return=back, days_observed=watched, **(usual | told))


def test_the_list_behind_a_point_of_the_curve_holds_the_fixes_broken_by_then(world: World) -> None:
    world.add("issue", issue_key="K", evidence="problem", label="printing")
    world.add("ticket", ticket_id="back", subject="again", account="A")
    fixed(world, 7.0, 100.0, returned_ticket_id="back")
    fixed(world, 7.01, 100.0)
    fixed(world, 30.0, 30.0)
    fixed(world, 2.0, 5.0, issue_key="of a ticket alone")  # younger than a week, and broken
    fixed(world, None, 100.0)
    fixed(world, 50.0, 50.0, fixed_at=END - timedelta(seconds=1))
    fixed(world, 1.0, 50.0, fixed_at=END)  # in April
    fixed(world, 1.0, 50.0, kind="root cause")
    fixed(world, 1.0, None)  # nobody knows how long it was watched
    question = asked(world)
    (root, hot) = durability.durability(question)
    assert (hot.n, hot.returned, hot.back) == (6, 5, {7: 2, 30: 4, 90: 5})
    for days, count in (*hot.back.items(), (None, hot.returned)):
        assert len(came_back.returned(question, Broken(hot.place, days))) == count
    assert len(came_back.returned(question, Broken(root.place, 7))) == root.back[7] == 1
    first, second = came_back.returned(question, Broken(hot.place, 7))
    assert (first.days_to_return, first.label, first.ticket_id) == (2.0, None, None)
    assert (second.label, second.ticket_id, second.subject, second.account) == ("printing", "back", "again", "A")


def test_points_of_the_curve_say_and_carry_what_is_behind_them(world: World) -> None:
    for back in (5.0, 9.0, None, None):
        fixed(world, back, 40.0)
    (hot,) = durability.durability(asked(world))
    (marked,) = [trace for trace in charts_durability.held([hot]).data if trace.mode == "markers"]
    assert list(marked.x) == [7, 30, 40.0]
    assert list(marked.y) == [75.0, 50.0, 50.0]
    assert list(marked.customdata) == ["fixes/hotfix/7", "fixes/hotfix/30", "fixes/hotfix/ever"]
    assert [came_back.of_code(code) for code in marked.customdata] == [Broken(1, 7), Broken(1, 30), Broken(1, None)]
    assert [text.rpartition("; ")[2] for text in marked.hovertext] == [
        "1 of 4 did not hold 7 days", "2 of 4 did not hold 30 days", "2 of 4 did not hold to this day",
    ]  # fmt: skip


def test_the_name_of_a_line_stands_where_the_line_itself_is_not() -> None:
    """A line that ends early has its name beside it, one at the edge below it, and above it near the ground."""

    def ended(watched: float, left: float) -> Held:
        curve = Curve(*(np.array([one]) for one in (1.0, left, left, left)))
        return Held(0, "Hotfix", 9, 1, curve, watched, {}, dict.fromkeys(durability.MARKS, 0))

    figure = charts_durability.held([ended(40.0, 0.5), ended(100.0, 0.5), ended(90.0, 0.1)])
    placed = [(each.xanchor, each.yanchor) for each in figure.layout.annotations if each.text == "Hotfix (n = 9)"]
    assert placed == [("left", "bottom"), ("right", "top"), ("right", "bottom")]


@pytest.mark.parametrize("code", ["", "stage/4", "stage/0", "fixes/hotfix/8", "fixes/none/7", "fixes/hotfix"])
def test_a_word_that_is_no_code_is_nothing(code: str) -> None:
    assert came_back.of_code(code) is None


def behind(question: Question, kpi: Kpi, each: Answered) -> list[str]:
    part = part_of(each.part.code)
    assert part == each.part
    rows = tickets(question.facts, kpi, question.scope, period("all"), options=question.options, part=part)
    return sorted(rows["survey_id"])


def rate(world: World, ticket_id: str | None, score: float, answered: datetime = START, **told: Any) -> None:
    world.add("survey", kind="csat", ticket_id=ticket_id, answered_at=answered, score_share=score, score=score, **told)


@pytest.mark.parametrize("dated_by", ["definition", "created"])
def test_the_list_behind_a_bar_of_ratings_holds_the_answers_it_counts(world: World, dated_by: str) -> None:
    world.add("issue", issue_key="K", evidence="problem")
    for number, depth in enumerate((1, 1, 2, 3, 5, 1, 2)):
        name = came(world, number, "K", "A", depth, resolution_minutes=float(number), team="One" if number else "Two")
        rate(world, name, float(number % 2), survey_id=f"s{number}")
    rate(world, came(world, 1, "K", "A", 1), 1.0)  # not solved
    rate(world, came(world, 1, "alone", "A", 1, resolution_minutes=1.0), 1.0)  # of no issue
    rate(world, came(world, -400, "K", "A", 1, resolution_minutes=1.0), 1.0, START - timedelta(days=400))
    rate(world, "t0", 1.0, is_latest_on_ticket=False)
    question = asked(world, dated_by=dated_by)
    found = durability.ratings(question)
    lists = [behind(question, found.kpi, each) for each in (*found.by_occurrence, *found.by_time)]
    assert lists == [["s0", "s1", "s5"], ["s2", "s6"], ["s3", "s4"], ["s0", "s1", "s2"], ["s3", "s4"], ["s5", "s6"]]
    assert [len(rows) for rows in lists] == [each.found.n for each in (*found.by_occurrence, *found.by_time)]
    some = asked(world, {"team": ["One"]}, dated_by=dated_by)
    first = durability.ratings(some).by_occurrence[0]
    assert (first.found.n, behind(some, found.kpi, first)) == (2, ["s1", "s5"])


def test_the_list_behind_a_bar_of_nps_holds_the_answers_it_counts(world: World) -> None:
    world.add("issue", issue_key="K", evidence="problem")
    for number, depth in enumerate((1, 2, 3), 1):
        came(world, 20 * number, "K", "A", depth)
    came(world, 0, "alone", "B", 1)
    for name, account, day in (
        ("before", "A", 19), ("once", "A", 20), ("twice", "A", 41), ("three", "A", 61), ("other", "B", 61),
        ("nobody", None, 61), ("old", "A", -400),
    ):  # fmt: skip
        world.add(
            "survey", survey_id=name, kind="nps", account=account, answered_at=START + timedelta(days=day),
            score=9.0, scale_low=0.0, scale_high=10.0,
        )  # fmt: skip
    question = asked(world)
    kpi, found, _ = durability.recommending(question)
    lists = [behind(question, kpi, each) for each in found]
    assert lists == [["before", "other"], ["once"], ["twice"], ["three"]]
    assert [len(rows) for rows in lists] == [each.found.n for each in found]


@pytest.mark.parametrize("of", GROUPS)
@pytest.mark.parametrize("end", [None, END])
def test_a_code_stands_for_its_group_of_answers(of: str, end: datetime | None) -> None:
    for place in GROUPS[of]:
        part = AnswerPart(of, place, end)
        assert part_of(part.code) == part
        assert ("of the year up to 1 Apr 2025 00:00 (UTC)" in part.words) == (end is not None)


@pytest.mark.parametrize("code", [
    "answers", "answers/met/4/", "answers/third/0/", "answers/none/1/", "answers/met/1/today", "answers/met/1",
    "answers/met/1/2025-04-01T00:00+02:00",
])  # fmt: skip
def test_a_word_that_is_no_code_is_no_group_of_answers(code: str) -> None:
    assert part_of(code) is None


def test_a_group_of_answers_is_none_of_tickets(world: World) -> None:
    world.add("ticket", created_at=START)
    world.add("survey", kind="nps", account="A", answered_at=START)
    created = kpis.catalogue()["tickets_created"]
    part = AnswerPart("met", 0, END)
    assert tickets(world.facts(), created, Scope(), period("all"), part=part).empty


def test_a_bar_below_zero_goes_to_the_left_with_room_for_its_range() -> None:
    figure = charts_tax.bars([Bar("a", -20.0, "−20", -45.0, 5.0), Bar("b", 30.0, "30", 10.0, 50.0)])
    low, high = figure.layout.xaxis.range
    assert low < -45.0
    assert high > 50.0
    assert list(figure.data[0].x) == [-20.0, 30.0]
    assert [shape.x0 for shape in figure.layout.shapes] == [0]
    plain = charts_tax.bars([Bar("b", 30.0, "30", 10.0, 50.0)])
    assert tuple(plain.layout.xaxis.range) == (0.0, 100.0)
    assert not plain.layout.shapes
