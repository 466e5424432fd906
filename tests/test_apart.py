"""Events, tickets and customers of solving, reopening and coming back are three numbers, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from world import ENGINES, World, period

from dashboard.apart import Apart, apart
from dashboard.kpis.options import Options
from dashboard.scope import Scope


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def status(world: World, ticket: str, when: str, old: str | None, new: str | None) -> None:
    world.add("ticket_event", ticket_id=ticket, kind="status", sequence=1, old_value=old, new_value=new,
              occurred_at=datetime.fromisoformat(when))  # fmt: skip


def counted(world: World, scope: Scope | None = None, options: Options | None = None) -> dict[str, tuple[int, ...]]:
    found = apart(world.facts(), scope or Scope(), period("2025-01"), options or Options())
    return {each.what: (each.events, each.tickets, each.customers, each.unknown) for each in found}


def test_a_ticket_solved_twice_is_two_events_and_one_ticket_of_one_customer(world: World) -> None:
    world.table("ticket", """
        ticket_id  requester  team
        t1         ann        A
        t2         ann        A
        t3         bo         B
        t4         -          B
    """)  # fmt: skip
    status(world, "t1", "2025-01-02", "open", "resolved")
    status(world, "t1", "2025-01-03", "resolved", "open")
    status(world, "t1", "2025-01-04", "open", "resolved")
    status(world, "t1", "2025-01-09", "resolved", "closed")  # no solve: it was done
    status(world, "t2", "2025-01-05", None, "closed")
    status(world, "t3", "2025-01-06", "new", "resolved")
    status(world, "t3", "2025-02-01", "resolved", "open")  # the first moment of the next month
    status(world, "t4", "2025-01-07", "open", "resolved")
    status(world, "t4", "2025-01-08", "resolved", None)  # nobody knows into what
    assert counted(world) == {"Solved": (5, 4, 2, 1), "Reopened": (1, 1, 1, 0)}
    assert counted(world, Scope.of({"team": ["B"]})) == {"Solved": (2, 2, 1, 1), "Reopened": (0, 0, 0, 0)}


def test_customers_of_two_help_desks_with_one_number_are_two(world: World) -> None:
    world.add("ticket", ticket_id="a", source="one", requester="7")
    world.add("ticket", ticket_id="b", source="other", requester="7")
    for name in ("a", "b"):
        status(world, name, "2025-01-02", "open", "resolved")
    assert counted(world)["Solved"] == (2, 2, 2, 0)


def test_what_is_left_out_of_every_kpi_is_left_out_here(world: World) -> None:
    world.add("ticket", ticket_id="a", requester="7", excluded_because="spam")
    status(world, "a", "2025-01-02", "open", "resolved")
    assert counted(world) == {}


def test_without_a_history_nothing_is_said_of_it(world: World) -> None:
    world.add("ticket", ticket_id="a", requester="7", resolved_at=datetime(2025, 1, 2))
    assert counted(world) == {}


def test_coming_back_follows_the_rule_of_repeat_contact(world: World) -> None:
    """Ann came back after 3 days and after 6, Bo after 9; a month later is no return of these days."""
    world.table("ticket", """
        ticket_id  requester  first_resolved_at  days_to_next_contact
        t1         ann        2025-01-02         3
        t2         ann        2025-01-08         6
        t3         bo         2025-01-09         9
        t4         cy         2025-01-10         -
    """)  # fmt: skip
    assert counted(world)["Came back"] == (2, 2, 1, 0)
    assert counted(world, options=Options(window_days=14))["Came back"] == (3, 3, 2, 0)
    rate = world.read("repeat_contact_rate", "2025-01")
    assert (rate.n, rate.value) == (4, 0.5)


def test_only_a_change_between_done_and_not_done_is_one(world: World) -> None:
    world.table("ticket", "ticket_id requester\nt1 ann\nt2 bo\nt3 cy")
    status(world, "t1", "2025-01-02", "open", "pending")  # neither was nor is done
    status(world, "t2", "2025-01-03", "resolved", "closed")  # done before and after
    status(world, "t3", "2025-01-04", "closed", "open")
    status(world, "t2", "2025-01-06", "closed", "pending")
    world.add("ticket_event", ticket_id="t1", kind="owner", sequence=2, old_value="open", new_value="resolved",
              occurred_at=datetime(2025, 1, 5))  # fmt: skip
    assert counted(world) == {"Solved": (0, 0, 0, 0), "Reopened": (2, 2, 2, 0)}


def test_coming_back_leaves_out_what_repeat_contact_leaves_out(world: World) -> None:
    world.table("ticket", """
        ticket_id  requester  team  first_resolved_at  days_to_next_contact  days_observed  excluded_because
        t1         ann        A     2025-01-02         3                     400            -
        t2         bo         B     2025-01-02         3                     400            -
        t3         cy         A     2025-02-01         3                     400            -
        t4         di         A     2025-01-02         3                     400            spam
        t5         -          A     2025-01-02         3                     400            -
        t6         ed         A     2025-01-02         3                     6              -
        t7         flo        A     2025-01-02         8                     400            -
    """)  # fmt: skip
    # Without the next month (t3), spam (t4), nobody (t5), what is too young (t6) and what came later than seven days (t7).
    assert counted(world) == {"Came back": (2, 2, 2, 0)}
    assert counted(world, Scope.of({"team": ["B"]})) == {"Came back": (1, 1, 1, 0)}
    assert counted(world, Scope.of({"team": ["C"]})) == {}


def test_each_line_says_how_it_is_counted(world: World) -> None:
    world.add("ticket", ticket_id="a", requester="7")
    status(world, "a", "2025-01-02", "open", "resolved")
    for each in apart(world.facts(), Scope(), period("2025-01")):
        assert isinstance(each, Apart)
        assert each.rule.endswith(".")
