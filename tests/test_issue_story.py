"""One issue over all systems: what happened, who had it in which stretch, how it ended; on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from world import ENGINES, World, period

from dashboard import charts_issue, issue_story
from dashboard.chronic import Fixed
from dashboard.issue_story import Has, Story
from dashboard.question import Question
from dashboard.scope import Scope
from dashboard.widgets import issue_story as drawn

START = datetime(2025, 1, 6)


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def came(world: World, name: str, opened: float, ended: float | None, **told: Any) -> None:
    of_issue = {key: told.pop(key) for key in ("account", "account_occurrence", "repeat_of") if key in told}
    world.add(
        "ticket", ticket_id=name, created_at=day(opened), resolved_at=None if ended is None else day(ended),
        open_days=1.0 if ended is None else None, observed_until=day(20), **told,
    )  # fmt: skip
    world.add(
        "issue_ticket", ticket_id=name, issue_key="K", created_at=day(opened), occurrence_number=1, evidence="problem",
        **of_issue,
    )  # fmt: skip
    world.add("open_spell", ticket_id=name, opened_at=day(opened), ended_at=None if ended is None else day(ended))


def told(world: World) -> Story:
    world.add(
        "issue", issue_key="K", label="Login", evidence="problem", problem_key="QM-1", product="Cloud", tickets=2,
        occurrences=1, accounts=1,
    )  # fmt: skip
    found = issue_story.story(Question(world.facts(), Scope(), period("all")), "K")
    assert found is not None
    return found


def test_everything_that_happened_stands_on_one_line(world: World) -> None:
    came(world, "a", 0, 4, subject="Cannot log in", escalated_at=day(1), account="A", owner="x")
    world.add(
        "engineering_issue", issue_key="QM-1", title="Tokens", created_at=day(1), resolved_at=day(3), outcome="Fixed"
    )
    world.add("change", title="Hotfix for QM-1", deployed_at=day(3.5))
    world.add("change", title="Release", deployed_at=day(3.5))
    world.add("fix", issue_key="K", fixed_at=day(3), kind="hotfix", evidence="engineering record", days_observed=17.0)
    world.add("occurrence", issue_key="K", started_at=day(0), ended_at=day(4))
    for number, (product, began) in enumerate([("Web, Cloud", -1), ("Cloud", -1.1), ("Cloud", 4.1), ("Web", 1)]):
        world.add("incident", incident_id=str(number), product=product, title=f"down {number}", started_at=day(began))
    world.add("survey", kind="csat", ticket_id="a", answered_at=day(5), score=2.0, scale_high=5.0)
    world.add("survey", kind="csat", ticket_id="a", answered_at=day(5.5), score=None, scale_high=5.0)
    found = told(world)
    assert [(each.happened_at, each.kind, each.what) for each in found.moments] == [
        (day(-1), "incident", "incident of Web, Cloud began: down 0"),
        (day(0), "ticket", "occurrence 1, A: Cannot log in"),
        (day(1), "engineering record", "opened: QM-1 Tokens"),
        (day(1), "escalation", "first escalation of: Cannot log in"),
        (day(3), "engineering record", "ended as Fixed: QM-1 Tokens"),
        (day(3), "fix", "hotfix, told by its engineering record"),
        (day(3.5), "change", "Hotfix for QM-1 deployed"),
        (day(4), "resolve", "resolved: Cannot log in"),
        (day(5), "survey", "CSAT 2 of 5"),
    ]
    assert found.ending == "fixed and held"
    assert charts_issue.describe(found).startswith("The issue over time: tickets 1, escalations 1")
    assert len(charts_issue.figure(found, "UTC").data) >= 8


def test_who_had_it_and_the_stretches_nobody_had(world: World) -> None:
    came(world, "a", 0, 2, owner="x", team="Infra")
    came(world, "b", 1, 4, owner=None, team="Infra")
    world.add("segment", ticket_id="b", state="waiting_other", started_at=day(3), ended_at=day(4))
    world.add("engineering_issue", issue_key="QM-1", team="Platform", created_at=day(6), resolved_at=day(8))
    found = told(world)
    assert [(each.starts_at, each.ends_at, each.by, each.team) for each in found.stretches] == [
        (day(0), day(2), Has.SUPPORT, "Infra"),
        (day(2), day(3), Has.UNOWNED, None),  # only b is open, and nobody owns it
        (day(3), day(4), Has.ENGINEERING, "Platform"),  # b waits for others
        (day(4), day(6), Has.NOBODY, None),
        (day(6), day(8), Has.ENGINEERING, "Platform"),
        (day(8), day(20), Has.NOBODY, None),
    ]
    assert "For 15 d of 20 d nobody had it." in drawn.sentence(found)
    assert list(drawn.sums_table(found)["Stretches"]) == [1, 2, 2, 1]


def test_what_nobody_has_since_it_is_over_is_not_left_by_anybody(world: World) -> None:
    """Two days with support, one with nobody, two with support, and over since; without a fix it would be left."""
    came(world, "a", 0, 2, owner="x", team="Infra")
    came(world, "b", 3, 5, owner="x", team="Infra")
    world.add("fix", issue_key="K", fixed_at=day(5), kind="not told", evidence="last resolve", days_observed=15.0)
    found = told(world)
    assert [each.by for each in found.stretches] == [Has.SUPPORT, Has.NOBODY, Has.SUPPORT, Has.OVER]
    assert "For 24 h of 5 d nobody had it." in drawn.sentence(found)
    assert list(drawn.sums_table(found)["Who had it"])[-1] == "over: it has not come back so far"
    assert len(charts_issue.figure(found, "UTC").data) >= 3


def test_who_still_has_it_has_it_though_its_fix_held(world: World) -> None:
    came(world, "a", 0, 2, owner="x", team="Infra")
    world.add("engineering_issue", issue_key="QM-1", team="Platform", created_at=day(6))
    world.add("fix", issue_key="K", fixed_at=day(2), kind="not told", evidence="last resolve", days_observed=18.0)
    found = told(world)
    assert (found.ending, found.stretches[-1].by) == ("fixed and held", Has.ENGINEERING)


def test_a_stretch_of_minutes_is_part_of_the_one_before(world: World) -> None:
    came(world, "a", 0, 2, owner="x")
    came(world, "b", 2 + 14 / 1440, 3, owner="x")
    assert [(each.starts_at, each.by) for each in told(world).stretches] == [
        (day(0), Has.SUPPORT),
        (day(3), Has.NOBODY),
    ]


def _fixed(back: float | None) -> Fixed:
    return Fixed(START, "hotfix", "change", back, 30.0)


@pytest.mark.parametrize(
    ("open_days", "outcome", "fixed", "ending"),
    [
        (3.0, "Fixed", _fixed(None), "open"),
        (None, "Won't fix", _fixed(None), "accepted"),
        (None, "Fixed", _fixed(None), "fixed and held"),
        (None, "Fixed", _fixed(9.0), "returned after fix"),
        (None, None, None, "open"),
    ],
)
def test_how_it_ended(open_days: float | None, outcome: str | None, fixed: Fixed | None, ending: str) -> None:
    record = {"outcome": outcome, "resolved_at": START}
    assert issue_story.ending([{"open_days": open_days}], record, fixed) == ending


def test_a_record_is_not_accepted_before_it_has_ended() -> None:
    still = {"outcome": "Won't fix", "resolved_at": None}
    assert issue_story.ending([{"open_days": None}], still, _fixed(None)) == "fixed and held"


def test_an_issue_nobody_knows_has_no_story_and_others_of_its_product_come_first(world: World) -> None:
    question = Question(world.facts(), Scope(), period("all"))
    assert issue_story.story(question, "K") is None
    fresh = World(world.kind, world.folder)
    for key, product, tickets in (("K", "Cloud", 1), ("L", "Web", 99), ("M", "Cloud", 2), ("N", None, 5)):
        fresh.add("issue", issue_key=key, product=product, tickets=tickets, label=None if key == "N" else key.lower())
    assert issue_story.others(fresh.facts(), "K") == [("M", "m"), ("L", "l"), ("N", "N")]
    fresh.close()


def test_the_flag_of_a_ticket_says_rule_confidence_and_what_it_repeats(world: World) -> None:
    came(world, "a", 0, 1, account="A", account_occurrence=1)
    came(world, "b", 5, None, account="A", account_occurrence=2, repeat_of="a")
    world.rows["issue_ticket"][-1] |= {"days_since_solved": 4.0, "confidence": 1.0}
    told(world)
    row = issue_story.of_ticket(world.facts(), "b")
    assert row is not None
    assert drawn.flag_words(row) == (
        "Of the issue 'Login' (known by: linked record, confidence 1.00), occurrence 1. A repeat incident: the account was "
        "told a was solved 4 d before. For its account it is the second occurrence: doubt."
    )
    assert issue_story.of_ticket(world.facts(), "zzz") is None


def test_changes_its_tickets_name_stand_on_the_line_with_what_they_are_named_as(world: World) -> None:
    """CHG2 is in no list of changes: it is named, and on no line."""
    came(world, "a", 0, 4, source="desk", caused_by="CHG1", change_key="QM-1-fix")
    came(world, "b", 1, 4, source="desk", change_key="CHG2")
    world.add("change", change_id="itil:CHG1", title="Release", deployed_at=day(-1), rolled_back_at=day(2))
    world.add("change", change_id="itil:QM-1-fix", title="Hotfix for QM-1", deployed_at=day(3))
    found = told(world)
    assert [(each.happened_at, each.what) for each in found.moments if each.kind == "change"] == [
        (day(-1), "Release deployed, rolled back, said to have caused 1 ticket"),
        (day(3), "Hotfix for QM-1 deployed, raised to solve 1 ticket"),
    ]
    assert found.named == (
        "CHG1 (said to have caused 1 ticket)",
        "CHG2 (raised to solve 1 ticket)",
        "QM-1-fix (raised to solve 1 ticket)",
    )


def test_what_is_no_end_no_fix_and_no_name_is_not_told(world: World) -> None:
    """A ticket that is open again has no resolve, a last resolve is no fix, and a bare number names no change."""
    came(world, "a", 0, 4, source="desk")
    world.add("ticket", ticket_id="b", created_at=day(1), resolved_at=day(2), open_days=3.0, observed_until=day(20))
    world.add("issue_ticket", ticket_id="b", issue_key="K", created_at=day(1), occurrence_number=1, evidence="problem")
    world.add("fix", issue_key="K", fixed_at=day(4), kind="not told", evidence="last resolve", days_observed=16.0)
    world.add("change", change_id="deploy:1", title="Release 2019", deployed_at=day(3))
    world.add(
        "issue", issue_key="K", label="Login", evidence="problem", problem_key="2019", tickets=2, occurrences=1,
        accounts=0,
    )  # fmt: skip
    found = issue_story.story(Question(world.facts(), Scope(), period("all")), "K")
    assert found is not None
    assert [(each.happened_at, each.kind) for each in found.moments] == [
        (day(0), "ticket"),
        (day(1), "ticket"),
        (day(4), "resolve"),
    ]
    assert found.ending == "open"
    assert drawn.sentence(found).startswith("It came once, with 2 tickets of no account that is known.")
    assert drawn.known_by({"evidence": "problem", "confirmed_by": None, "confirmed_at": None}, "UTC") == "linked record"
    confirmed = {"evidence": "problem", "confirmed_by": "Ana", "confirmed_at": datetime(2025, 3, 1, 23, 30)}
    assert drawn.known_by(confirmed, "Europe/Dublin") == "✓ confirmed by Ana on 2025-03-01"
    assert drawn.known_by(confirmed, "Europe/Paris") == "✓ confirmed by Ana on 2025-03-02"


def test_of_two_open_tickets_both_must_wait_and_nothing_is_held_beyond_what_is_known(world: World) -> None:
    """a and b are open for ten days; a waits from day 1 on, b on days 3 to 5. The record ends after all that is known."""
    came(world, "a", 0, 10, owner="x", team="Billing")
    came(world, "b", 0, 10, owner="x", team="Billing")
    for name, start, end in (("a", 1, 10), ("b", 3, 5)):
        world.add("segment", ticket_id=name, started_at=day(start), ended_at=day(end), state="waiting_other")
    world.add("engineering_issue", issue_key="QM-1", created_at=day(15), resolved_at=day(90))
    assert [(each.starts_at, each.ends_at, each.by) for each in told(world).stretches] == [
        (day(0), day(3), Has.SUPPORT),
        (day(3), day(5), Has.ENGINEERING),
        (day(5), day(10), Has.SUPPORT),
        (day(10), day(15), Has.NOBODY),
        (day(15), day(20), Has.ENGINEERING),
    ]
