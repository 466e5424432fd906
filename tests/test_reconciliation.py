"""The help desk's figures beside ours: what agrees, what differs, and why."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from world import ENGINES, World, period

from dashboard import reconciliation, vendor_definitions
from dashboard.difference_reasons import MEANS, Case, Reason, reason_of
from dashboard.exports import reconciled
from dashboard.exports.cells import FORMULA_STARTS
from dashboard.reconciliation import Comparison, against, amount, compare, given, there
from dashboard.scope import Scope
from dashboard.vendor_definitions import DEFINITIONS, Definition, Schedules, named, schedules_named, vendor_of
from etl.errors import UsageError
from etl.tables import ticket
from etl.vocabulary import VendorFigure


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (Case(100, 160, is_merged=True), Reason.MERGE),
        (Case(100, 101.5, tolerance=1, rounding=2), Reason.ROUNDING),
        (Case(100, 400, tolerance=1, other_clock=100.4), Reason.CLOCK),
        (Case(100, 403, tolerance=1, other_clock=102), Reason.UNKNOWN),
        (Case(100, 403, tolerance=1, other_schedules=100.4), Reason.SCHEDULE),
        (Case(100, 403, tolerance=1, other_schedules=102), Reason.UNKNOWN),
        (Case(100, 400, tolerance=1, other_rule=100, reopens=1), Reason.REOPEN),
        (Case(100, 400, tolerance=1, other_rule=100), Reason.ZONE),  # never reopened; 300 minutes are five hours
        (Case(2, 1, is_count=True, other_rule=2, reopens=1), Reason.REOPEN),
        (Case(100, 160.4, tolerance=1), Reason.ZONE),
        (Case(500, 170, tolerance=1), Reason.ZONE),  # 5 h 30 min: India
        (Case(100, 163, tolerance=1), Reason.UNKNOWN),
        (Case(60, 0, is_count=True), Reason.UNKNOWN),  # sixty replies are no hour
        (Case(100, 163, tolerance=1, has_history=False), Reason.HISTORY),
        (Case(100, None), Reason.HISTORY),
        (Case(100, None, is_left_out=True), Reason.LEFT_OUT),
        (Case(2, 1, is_count=True, is_about_replies=True, bot_messages=1), Reason.BOT),
        (Case(3, 1, is_count=True, is_about_replies=True, bot_messages=1), Reason.UNKNOWN),
        (Case(5, None, is_about_replies=True, bot_messages=1), Reason.BOT),
        (Case(5, 60.5, is_about_replies=True, bot_messages=1), Reason.BOT),
        (Case(5, 61.5, bot_messages=1), Reason.UNKNOWN),  # a bot resolves nothing later
    ],
)
def test_a_difference_has_a_reason(case: Case, reason: Reason) -> None:
    assert reason_of(case) == reason
    assert MEANS[reason]


def definition(name: str, vendor: str = "zendesk") -> Definition:
    (found,) = named(vendor, name)
    return found


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    made = World(request.param, tmp_path)
    made.rows["vendor_figure"], made.rows["ticket_event"] = [], []
    yield made
    made.close()


def add(world: World, number: int, theirs: float | None, figure: str = "resolution_minutes", **ours: Any) -> None:
    key = f"zendesk:{number}"
    world.add("ticket", **{"ticket_id": key, "source": "zendesk", "resolved_at": datetime(2026, 5, 10), **ours})
    if theirs is not None:
        world.rows["vendor_figure"].append({"ticket_id": key, "figure": figure, "value": theirs, "load_id": 1})
    world.rows["ticket_event"].append(
        {"ticket_id": key, "sequence": 1, "kind": "status", "occurred_at": datetime(2026, 5, 10), "load_id": 1}
    )


def compared(world: World, name: str = "full_resolution_time", when: str = "all") -> Comparison:
    return compare(world.facts(), definition(name), Scope(), period(when))


def test_agreeing_differing_and_one_sided_tickets_are_counted(world: World) -> None:
    add(world, 1, 100, resolution_minutes=100.7)
    add(world, 2, 200, resolution_minutes=500.0, resolution_last_schedule_minutes=200.4)
    add(world, 3, 300, resolution_minutes=None)
    add(world, 4, None, resolution_minutes=50.0)
    add(world, 5, 400, resolution_minutes=460.0)
    add(world, 6, 10, resolution_minutes=95.0, merged_into="zendesk:5", excluded_because="merged into another ticket")
    found = compared(world)
    assert (found.compared, found.agree, found.differ) == (4, 1, 3)
    assert (found.only_theirs, found.only_ours) == (1, 1)
    assert found.theirs.mean == (100 + 200 + 400 + 10) / 4
    assert found.theirs.median == (100 + 200) / 2
    assert found.difference("total") == pytest.approx((100.7 + 500 + 460 + 95) - (100 + 200 + 400 + 10))
    told = dict(zip(found.tickets["ticket_id"], found.tickets["reason"], strict=True))
    assert told == {
        "zendesk:2": "clock",
        "zendesk:6": "merge",
        "zendesk:5": "merge",  # it absorbed 6
        "zendesk:3": "missing history",
    }
    assert found.reasons == {Reason.MERGE: 2, Reason.CLOCK: 1, Reason.HISTORY: 1}
    assert next(iter(found.tickets["ticket_id"])) == "zendesk:2"  # the largest difference first


def test_waits_are_sums_of_whose_turn_it_was(world: World) -> None:
    add(world, 1, 60, "requester_wait_minutes", with_us_minutes=30.2, unowned_minutes=10.0, with_other_minutes=20.0)
    world.rows["vendor_figure"].append(
        {"ticket_id": "zendesk:1", "figure": "agent_wait_minutes", "value": 7, "load_id": 1}
    )
    world.rows["ticket"][0]["with_customer_minutes"] = 7.9
    assert compared(world, "requester_wait_time").agree == 1
    assert compared(world, "agent_wait_time").agree == 1


def test_zendesks_business_minutes_are_those_of_the_last_schedule_and_ours_can_be_chosen(world: World) -> None:
    minutes = {"resolution_minutes": 3000.0, "resolution_business_minutes": 900.0}
    add(world, 1, 480, "resolution_business_minutes", resolution_last_schedule_minutes=480.4, **minutes)
    add(world, 2, 900, "resolution_business_minutes", resolution_last_schedule_minutes=480.4, **minutes)
    found = compared(world, "full_resolution_time_business")
    assert (found.compared, found.agree, found.reasons) == (2, 1, {Reason.SCHEDULE: 1})
    assert found.definition.full_label == "Full resolution time, business hours, last schedule only"
    every = compare(world.facts(), found.definition.under(Schedules.EVERY), Scope(), period("all"))
    assert (every.agree, every.ours.mean, every.reasons) == (1, 900, {Reason.SCHEDULE: 1})
    assert every.definition.full_label == "Full resolution time, business hours"
    assert found.definition.under(None) == found.definition


def test_waits_in_business_hours_are_sums_under_the_last_schedule(world: World) -> None:
    parts = {"with_us_last_schedule_minutes": 30.2, "unowned_last_schedule_minutes": 10.0}
    ours = {**parts, "with_other_last_schedule_minutes": 20.0, "with_customer_last_schedule_minutes": 7.0}
    add(world, 1, 60, "requester_wait_business_minutes", with_us_business_minutes=500.0, **ours)
    more = {"agent_wait_business_minutes": 7, "on_hold_business_minutes": 20}
    world.rows["vendor_figure"] += [
        {"ticket_id": "zendesk:1", "figure": figure, "value": value, "load_id": 1} for figure, value in more.items()
    ]
    for name in ("requester_wait_time", "agent_wait_time", "on_hold_time"):
        assert compared(world, f"{name}_business").agree == 1


def test_business_minutes_told_as_around_the_clock_are_known_by_the_vendors_own_schedules(
    world: World,
) -> None:
    ours = {"resolution_business_minutes": 900.0, "resolution_last_schedule_minutes": 480.0}
    add(world, 1, 480, resolution_minutes=3001.0, **ours)
    assert compared(world).reasons == {Reason.CLOCK: 1}


def test_only_zendesk_counts_under_the_last_schedule_and_counts_know_none() -> None:
    counted_so = {each.vendor for each in DEFINITIONS if each.schedules is Schedules.LAST}
    assert counted_so == {"zendesk"}
    assert all(bool(each.other_schedules) == each.is_business for each in DEFINITIONS)
    assert schedules_named(None) is None
    assert schedules_named("last") is Schedules.LAST
    with pytest.raises(UsageError, match="no rule of schedules 'first'"):
        schedules_named("first")


def test_reopens_are_compared_with_every_move_back(world: World) -> None:
    add(world, 1, 2, "reopens", status_reopens=2, reopens=1)
    add(world, 2, 1, "reopens", status_reopens=2, reopens=1)
    found = compared(world, "reopens")
    assert (found.compared, found.agree) == (2, 1)
    assert found.reasons == {Reason.REOPEN: 1}


def test_scope_and_period_limit_what_is_compared(world: World) -> None:
    add(world, 1, 100, resolution_minutes=100.0, team="Billing")
    add(world, 2, 100, resolution_minutes=100.0, team="Other", resolved_at=datetime(2026, 6, 1))
    assert compared(world, when="2026-05").compared == 1
    scoped = compare(world.facts(), definition("full_resolution_time"), Scope.of({"team": ["Other"]}), period("all"))
    assert scoped.compared == 1


def test_only_definitions_with_figures_are_there_and_others_have_a_plain_one(world: World) -> None:
    add(world, 1, 100, resolution_minutes=100.0)
    add(world, 2, 3, "on_hold_minutes", source="our-desk", ticket_id="our-desk:2")
    facts = world.facts()
    # The figure of ticket 2 hangs on another key than its ticket's: it is nobody's.
    assert given(facts) == (("zendesk", "resolution_minutes", 1),)
    assert [each.name for each in there(facts)] == ["full_resolution_time"]


def test_a_desk_of_ones_own_is_compared_with_our_own_measurement(world: World) -> None:
    world.add("ticket", ticket_id="mine:1", source="mine", with_other_minutes=5.0)
    world.rows["vendor_figure"].append({"ticket_id": "mine:1", "figure": "on_hold_minutes", "value": 5, "load_id": 1})
    (found,) = there(world.facts())
    assert (found.vendor, found.figure) == ("any", VendorFigure.ON_HOLD)
    assert compare(world.facts(), found, Scope(), period("all")).agree == 1


def test_a_figure_of_their_report_is_set_beside_ours(world: World) -> None:
    add(world, 1, 90, "first_reply_business_minutes", first_reply_last_schedule_minutes=90.0, first_reply_minutes=300.0,
        created_at=datetime(2026, 5, 1))  # fmt: skip
    add(world, 2, 30, "first_reply_business_minutes", first_reply_last_schedule_minutes=30.0, first_reply_minutes=60.0,
        created_at=datetime(2026, 5, 1), excluded_because="spam")  # fmt: skip
    found = against(world.facts(), definition("first_reply_time_business"), 61.0, "mean", Scope(), period("2026-05"))
    assert [(value, n) for _, value, n in found.lines] == [((90 + 30) / 2, 2), (300.0, 1), ((90 + 30) / 2, 2)]
    assert found.ours == 60
    assert list(found.tickets["ticket_id"]) == ["zendesk:1", "zendesk:2"]
    with pytest.raises(UsageError):
        against(world.facts(), definition("reopens"), 1, "mode", Scope(), period("all"))


def test_the_csv_holds_no_formula(world: World) -> None:
    add(world, 1, 100, resolution_minutes=500.0, subject="=cmd|' /C calc'!A0", team="@x")
    rows = list(csv.DictReader(io.StringIO(reconciled.tickets_csv([compared(world)]).decode("utf-8-sig"))))
    assert rows[0]["definition"] == "full_resolution_time"
    assert not [text for text in rows[0].values() if text.startswith(FORMULA_STARTS)]
    record = reconciled.record(compared(world))
    assert tuple(record) == reconciled.COLUMNS


@pytest.mark.parametrize("each", DEFINITIONS, ids=lambda each: f"{each.vendor} {each.name}")
def test_every_definition_stands_on_columns_and_says_what_it_counts(each: Definition) -> None:
    assert all(column.table is ticket for column in each.columns)
    assert each.columns
    assert each.counts.endswith(".")
    assert each.told
    assert each.vendor in vendor_definitions.VENDORS
    assert bool(each.other_clock) != each.is_count
    assert named(each.vendor, each.name) == [each]


def test_every_figure_has_a_definition_for_any_desk() -> None:
    assert {each.figure for each in DEFINITIONS if each.vendor == "any"} == set(VendorFigure)
    assert vendor_of("zendesk") == "zendesk"
    assert vendor_of("zendeskish") == "any"


@pytest.mark.parametrize(
    ("text", "minutes"), [("191.5", 191.5), ("3,2h", 192.0), ("1d 2h", 1560.0), ("26:00:30", 1560.5), ("90s", 1.5)]
)
def test_figures_are_read_as_people_write_them(text: str, minutes: float) -> None:
    assert amount(text) == pytest.approx(minutes)


@pytest.mark.parametrize("text", ["", "about 3", "3 apples", "=1+1", "1:99"])
def test_what_is_no_figure_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        amount(text)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean 'zendesk'"):
        named("zendsk")
    with pytest.raises(UsageError, match="Did you mean 'full_resolution_time'"):
        named("zendesk", "ful_resolution_time")


def test_of_very_many_differences_the_largest_are_listed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciliation, "MOST", 2)
    for number in range(1, 5):
        add(world, number, 1000, resolution_minutes=1000.0 + 100 * number)
    found = compared(world)
    assert found.is_cut
    assert list(found.tickets["ticket_id"]) == ["zendesk:4", "zendesk:3"]
