"""One ticket: its lanes from a table of events, and how each KPI counts it, never otherwise than the reading does."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from test_oracle import asked, filters, options, rows
from world import ENGINES, World, period

from dashboard import kpis, lanes, readings
from dashboard.engine import Facts
from dashboard.kpis.options import Options
from dashboard.scope import Period, Scope
from dashboard.standing import COUNTED, OUT, YOUNG, Standing, standings
from dashboard.timeline import Timeline, timeline
from etl.load import load
from etl.settings import Home
from etl.tables import ticket

SOURCES = Path(__file__).parent / "sources"

EVENTS = """
ticket_id sequence occurred_at         kind           actor_role old_value new_value
t         1        2025-01-06T09:00    created        customer   -         -
t         2        2025-01-06T09:00    public_message customer   -         -
t         3        2025-01-06T09:00    team           customer   -         Billing
t         4        2025-01-06T10:00    owner          agent      -         Ann
t         5        2025-01-06T10:00    status         agent      new       waiting_customer
t         6        2025-01-06T10:00    public_message agent      -         -
t         7        2025-01-06T12:00    status         customer   waiting_customer open
t         8        2025-01-06T13:00    private_note   agent      -         -
t         9        2025-01-06T13:00    link           agent      -         QM-1
t         10       2025-01-06T13:00    status         agent      open      waiting_other
t         11       2025-01-06T17:00    status         agent      waiting_other resolved
t         12       2025-01-07T09:00    status         customer   resolved  open
t         13       2025-01-07T09:00    owner          agent      Ann       -
t         14       2025-01-07T09:30    owner          agent      -         Bob
t         15       2025-01-07T10:00    status         agent      open      resolved
t         16       2025-01-09T10:00    status         bot        resolved  closed
"""
TICKET = """
ticket_id subject created_at       first_reply_at   first_resolved_at resolved_at      status unowned_minutes
t         Bill    2025-01-06T09:00 2025-01-06T10:00 2025-01-06T17:00  2025-01-07T10:00 closed 90
"""


def planted(world: World) -> Timeline:
    world.table(
        "ticket",
        TICKET,
        first_reply_minutes="60",
        first_reply_business_minutes="60",
        first_reply_active_minutes="-",
        resolution_minutes="1500",
        with_us_minutes="90",
    )
    world.table("ticket_event", EVENTS)
    found = timeline(world.facts(), "t")
    assert found is not None
    return found


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    made = World(request.param, tmp_path)
    yield made
    made.close()


def test_the_lanes_of_a_planted_ticket(world: World) -> None:
    found = planted(world)

    def lane(name: str) -> list[tuple[str | None, float]]:
        return [(stretch.value, stretch.minutes) for stretch in found.stretches if stretch.lane == name]

    assert lane("status") == [
        ("new", 60), ("waiting_customer", 120), ("open", 60), ("waiting_other", 240), ("resolved", 16 * 60),
        ("open", 60), ("resolved", 48 * 60),
    ]  # fmt: skip
    assert lane("team") == [("Billing", 73 * 60)]
    assert lane("owner") == [(None, 60), ("Ann", 23 * 60), (None, 30), ("Bob", 48 * 60 + 30)]
    # Unowned 60 + 30, with us 60 + 30: the buckets of the facts; the lane ends with the last resolve.
    assert lane("turn") == [
        ("unowned", 60), ("with customer", 120), ("with us", 60), ("with others", 240), ("done", 16 * 60),
        ("unowned", 30), ("with us", 30),
    ]  # fmt: skip
    assert [(mark.what, mark.by) for mark in found.marks] == [
        ("message", "customer"), ("message", "agent"), ("private note", "agent"), ("link QM-1", "agent"),
        ("reopened", "customer"),
    ]  # fmt: skip
    assert [(clock.label, clock.calendar, clock.business, clock.active) for clock in found.clocks] == [
        ("First reply", 60, 60, None),
        ("First resolution", None, None, None),
        ("Resolution", 1500, None, None),
    ]
    assert lanes.lane_names(found) == [
        "First reply", "First resolution", "Resolution", "Status", "Whose turn", "Team", "Owner", "Messages",
        "Private notes", "Escalations, links, reopens",
    ]  # fmt: skip
    assert lanes.figure(found, "Europe/Dublin").data


def test_without_history_there_is_what_it_was_when_exported(world: World) -> None:
    world.table("ticket", "ticket_id created_at status owner\nt 2025-01-06 open Ann", observed_until="2025-01-08")
    found = timeline(world.facts(), "t")
    assert found is not None
    assert [(stretch.lane, stretch.value, stretch.minutes) for stretch in found.stretches] == [
        ("status", "open", 2880), ("owner", "Ann", 2880),
    ]  # fmt: skip
    assert found.marks == found.clocks == ()
    assert timeline(world.facts(), "nobody") is None


def test_the_turns_drawn_add_up_to_the_buckets_of_the_facts(tmp_path: Path) -> None:
    """What ``turn.sql`` derives and what the picture draws are two writings of one rule; here they meet."""
    home = Home(tmp_path / "home")
    report = load(home, [SOURCES / "zendesk" / name for name in ("users.json", "tickets.json", "audits.json")])
    assert report.exit_code == 0, report
    facts = Facts.open(home)
    wanted = select(ticket).where(ticket.c.with_us_minutes.is_not(None))
    buckets = {
        "with us": "with_us",
        "unowned": "unowned",
        "with customer": "with_customer",
        "with others": "with_other",
    }
    told = facts.rows(wanted)
    assert len(told) >= 2
    for row in told:
        found = timeline(facts, row["ticket_id"])
        assert found is not None
        drawn = dict.fromkeys(buckets, 0.0)
        for stretch in found.stretches:
            if stretch.lane == "turn" and stretch.value in drawn:
                drawn[stretch.value] += stretch.minutes
        assert drawn == pytest.approx({name: row[f"{prefix}_minutes"] or 0 for name, prefix in buckets.items()})


def standing(world: World, name: str, ticket_id: str, when: str = "all", **chosen: Any) -> Standing:
    (found,) = standings(world.facts(), kpis.named([name]), ticket_id, period(when), options=Options(**chosen))
    return found


def test_why_a_ticket_is_left_out(world: World) -> None:
    world.table(
        "ticket",
        """
        ticket_id created_at first_resolved_at resolved_at public_replies days_observed is_bot_only is_outbound excluded_because
        good      2025-01-01 2025-01-02        2025-01-02  1              30            no          no          -
        young     2025-01-01 2025-01-02        2025-01-02  1              3             no          no          -
        bot       2025-01-01 2025-01-02        2025-01-02  1              30            yes         no          -
        both      2025-01-01 2025-01-02        2025-01-02  1              30            yes         yes         -
        open      2025-01-01 -                 -           1              -             no          no          -
        spam      2025-01-01 2025-01-02        2025-01-02  1              30            no          no          spam
        """,
    )
    assert standing(world, "fcr", "good", "2025-01").outcome == COUNTED
    assert (standing(world, "fcr", "good", "2025-01").counts_towards, standing(world, "fcr", "good").why) == ("yes", "")
    assert standing(world, "fcr", "good", "2025-01").in_period
    assert not standing(world, "fcr", "good", "2025-02").in_period
    young = standing(world, "fcr", "young", "2025-01")
    assert (young.outcome, young.why, young.counts_towards) == (YOUNG, "days observed: 3", None)
    assert standing(world, "fcr", "young", window_days=2).outcome == COUNTED
    assert standing(world, "fcr", "bot").why == "no person answered it"
    assert standing(world, "fcr", "both").why == "an agent started it; no person answered it"
    assert standing(world, "fcr", "open").why == "first resolved not known; days observed not known"
    assert standing(world, "fcr", "spam").why == "left out of every KPI: spam"
    assert standing(world, "csat", "good") == Standing(
        kpis.catalogue()["csat"], OUT, "no answers of this ticket", False, None, None, None
    )
    assert standings(world.facts(), kpis.named(["fcr"]), "nobody", period("all")) == []


def test_a_ticket_with_several_clocks_has_a_row_for_each(world: World) -> None:
    world.add("ticket", ticket_id="t")
    for clock, met, day in (("first_reply", True, 2), ("resolution", False, 9), ("resolution", None, 20)):
        world.add("sla_clock", ticket_id="t", clock=clock, is_met=met, dated_at=datetime(2025, 1, day))
    found = standings(world.facts(), kpis.named(["sla_compliance"]), "t", period("2025-01-06/2025-01-13"))
    assert [(each.about, each.outcome, each.counts_towards, each.in_period) for each in found] == [
        ("first_reply", COUNTED, "yes", False),
        ("resolution", COUNTED, "no", True),
        ("resolution", OUT, None, False),
    ]


@pytest.mark.parametrize("engine", ENGINES)
@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(rows=rows, asked=asked, filters=filters, options=options, place=st.integers(0, 5))
def test_a_ticket_is_counted_exactly_where_the_list_behind_the_number_holds_it(
    engine: str,
    rows: dict[str, list[dict[str, Any]]],
    asked: tuple[Period, ...],
    filters: dict[str, list[str]],
    options: Options,
    place: int,
) -> None:
    with TemporaryDirectory() as folder:
        world = World(engine, Path(folder))
        for table, some in rows.items():
            for row in some:
                world.add(table, **row)
        scope, when = Scope.of(filters), asked[place % len(asked)]
        known = [
            kpi for kpi in kpis.catalogue().values() if kpi.drill is not None and set(filters) <= set(kpi.dimensions)
        ]
        facts = world.facts()
        behind = {
            kpi.name: list(readings.tickets(facts, kpi, scope, when, options=options)["ticket_id"]) for kpi in known
        }
        for row in world.rows["ticket"][:6]:
            name = row["ticket_id"]
            found = standings(facts, known, name, when, scope, options)
            for kpi in known:
                here = [each for each in found if each.kpi.name == kpi.name and each.in_period]
                told = [(each.outcome, each.why, each.dated_at) for each in found if each.kpi.name == kpi.name]
                assert len(here) == behind[kpi.name].count(name), (kpi.name, name, when, told, row)
        world.close()
