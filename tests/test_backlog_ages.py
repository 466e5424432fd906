"""What stood open at the end of a period: ages, bands and owners as they were then, on both engines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import ENGINES, World, period

from dashboard.backlog_ages import BANDS, NOT_KNOWN, _owner_at, band, open_work
from dashboard.scope import Period, Scope

DAY = 1440.0


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def waiting(world: World, created: str, ended: str | None = None, opened: str | None = None, **more: object) -> None:
    """A ticket with one stretch of being open, from its creation unless told otherwise."""
    name = f"ticket:{len(world.rows['ticket']) + 1}"
    moment = datetime.fromisoformat
    world.add("ticket", ticket_id=name, created_at=moment(created), **more)
    world.add("open_spell", ticket_id=name, opened_at=moment(opened or created), ended_at=ended and moment(ended))


def handed(world: World, ticket: int, when: str, old: str | None, new: str | None, place: int = 1) -> None:
    world.add("ticket_event", ticket_id=f"ticket:{ticket}", kind="owner", sequence=place, old_value=old,
              new_value=new, occurred_at=datetime.fromisoformat(when))  # fmt: skip


def ids(found: Sequence[object]) -> list[str]:
    return [str(getattr(each, "ticket_id", "")) for each in found]


def test_ages_are_those_of_the_last_moment_oldest_first(world: World) -> None:
    waiting(world, "2025-01-30")
    waiting(world, "2025-01-01", ended="2025-02-10")  # solved since, and still open on 31 January
    waiting(world, "2025-01-05", ended="2025-01-20")  # solved by then
    waiting(world, "2025-02-01")  # the first moment after
    waiting(world, "2024-12-01", opened="2025-01-25")  # reopened: as old as it is since creation
    waiting(world, "2025-01-02", excluded_because="spam")
    found = open_work(world.facts(), Scope(), period("2025-01"))
    assert ids(found.tickets) == ["ticket:5", "ticket:2", "ticket:1"]
    assert [age / DAY for age in found.ages] == [62, 31, 2]
    assert (found.median_age, found.oldest_age) == (31 * DAY, 62 * DAY)
    assert found.n == world.read("backlog", "2025-01").n


def test_a_stretch_that_ends_at_midnight_counts_in_the_day_before(world: World) -> None:
    """Open at 24:00 in the zone: 23:00 UTC of the day is midnight in Paris."""
    waiting(world, "2025-01-30", ended="2025-01-31T23:00")
    waiting(world, "2025-01-30", ended="2025-01-31T22:59")
    asked = Period(date(2025, 1, 1), date(2025, 2, 1), period("2025-01").grain, "Europe/Paris")
    found = open_work(world.facts(), Scope(), asked)
    assert ids(found.tickets) == ["ticket:1"]
    assert found.ages == [47 * 60]


def test_no_age_goes_beyond_what_the_data_tell(world: World) -> None:
    waiting(world, "2025-01-10", observed_until=datetime(2025, 1, 15))
    (found,) = open_work(world.facts(), Scope(), period("2025-01")).tickets
    assert found.age == 5 * DAY
    (ever,) = open_work(world.facts(), Scope(), period("all")).tickets
    assert ever.age == 5 * DAY


def test_the_edge_of_a_band_belongs_to_the_older_one() -> None:
    edges = {0: "0–1 days", 0.999: "0–1 days", 1: "1–3 days", 3: "3–7 days", 7: "7–14 days", 14: "14–30 days"}
    assert {days: band(days * DAY) for days in edges} == edges
    assert band(30 * DAY) == band(900 * DAY) == "30 days or more"


@given(st.lists(st.floats(0, 60 * DAY), max_size=30))
def test_bands_agree_with_counting_by_hand(ages: list[float]) -> None:
    lines = [0, 1, 3, 7, 14, 30, float("inf")]
    by_hand = [sum(low * DAY <= age < high * DAY for age in ages) for low, high in pairwise(lines)]
    assert [sum(band(age) == name for age in ages) for name in BANDS] == by_hand


def test_a_ticket_without_creation_is_told_apart(world: World) -> None:
    waiting(world, "2025-01-10")
    world.add("open_spell", ticket_id="nobody:1", opened_at=datetime(2025, 1, 3), ended_at=None)
    found = open_work(world.facts(), Scope(), period("2025-01"))
    assert dict(found.bands()) == dict.fromkeys(BANDS, 0) | {"14–30 days": 1, NOT_KNOWN: 1}
    assert sum(count for _, count in found.bands()) == found.n == 2


def test_the_owner_is_the_one_it_had_then(world: World) -> None:
    """Taken, dropped and taken by another later: what the history says of the moment, not the newest owner."""
    for owner in ("Ann", "Ann", None, "Ann", None):
        waiting(world, "2025-01-01", owner=owner)
    handed(world, 1, "2025-02-05", None, "Ann")  # nobody's in January
    handed(world, 2, "2025-01-03", None, "Ben")
    handed(world, 2, "2025-02-03", "Ben", "Ann", 2)  # Ben's in January
    handed(world, 3, "2025-01-03", None, "Ben")
    handed(world, 3, "2025-01-31", "Ben", None, 2)  # dropped
    waiting(world, "2025-01-01", source="mailbox")  # no owners in this export
    january = open_work(world.facts(), Scope(), period("2025-01"))
    owners = {each.ticket_id[-1]: each.owner for each in january.tickets}
    assert owners == {"1": None, "2": "Ben", "3": None, "4": "Ann", "5": None, "6": None}
    assert (january.unowned, january.told) == (3, 5)
    february = open_work(world.facts(), Scope(), period("2025-02"))
    assert (february.unowned, february.n) == (2, 6)  # 3 and 5


def test_who_took_it_at_the_very_end_had_it_in_the_next_period(world: World) -> None:
    waiting(world, "2025-01-01", owner="Ann")
    handed(world, 1, "2025-01-20", "Cy", "Ben")
    handed(world, 1, "2025-02-01", "Ben", "Ann", 2)
    world.add("ticket_event", ticket_id="ticket:1", kind="status", sequence=3, occurred_at=datetime(2025, 1, 25),
              old_value="open", new_value="pending")  # fmt: skip
    assert [open_work(world.facts(), Scope(), period(when)).tickets[0].owner for when in ("2025-01", "2025-02")] == [
        *("Ben", "Ann")
    ]


def test_changes_at_no_known_moment_and_all_of_time_leave_the_newest_owner(world: World) -> None:
    waiting(world, "2025-01-01", owner="Ann")
    handed(world, 1, "2025-01-20", None, "Ben")
    assert open_work(world.facts(), Scope(), period("all")).tickets[0].owner == "Ann"
    undated = {"occurred_at": None, "old_value": "Cy", "new_value": "Di"}
    late = {"occurred_at": datetime(2025, 2, 2), "old_value": "Ben", "new_value": "Ann"}
    end = datetime(2025, 2, 1)
    assert [_owner_at("Ann", changes, end) for changes in ([], [undated], [undated, late], [late])] == [
        *("Ann", "Ann", "Ben", "Ben")
    ]
    assert _owner_at("", [], end) is None


def test_the_oldest_come_first_and_those_of_no_age_last(world: World) -> None:
    waiting(world, "2025-01-20")
    waiting(world, "2025-01-10")
    waiting(
        world, "2025-02-03", observed_until=datetime(2025, 2, 1)
    )  # created after its data end: no age below nothing
    world.add("open_spell", ticket_id="nobody:1", opened_at=datetime(2025, 1, 3), ended_at=None)
    found = open_work(world.facts(), Scope(), period("2025-02")).tickets
    assert [each.ticket_id[-1] for each in found][:2] == ["2", "1"]
    assert [each.age for each in found][2:] == [0.0, None]


def test_where_no_owner_is_told_none_is_missing(world: World) -> None:
    waiting(world, "2025-01-01")
    found = open_work(world.facts(), Scope(), period("2025-01"))
    assert (found.n, found.told, found.unowned) == (1, 0, None)


def test_filters_and_groups(world: World) -> None:
    for team in ("A", "A", "B", None):
        waiting(world, "2025-01-01", team=team, priority="high" if team == "B" else "low")
    found = open_work(world.facts(), Scope(), period("2025-01"))
    assert list(found.by("team")) == ["A", "B", None]  # most tickets first
    assert {name: part.n for name, part in found.by("team").items()} == {"A": 2, "B": 1, None: 1}
    assert {name: part.n for name, part in found.by("priority").items()} == {"low": 3, "high": 1}
    assert open_work(world.facts(), Scope.of({"team": ["B"]}), period("2025-01")).n == 1
