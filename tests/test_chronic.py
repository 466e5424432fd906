"""The chronic ledger, the accounts by stage and how long fixes hold: sums by hand on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from world import ENGINES, World, period

from dashboard import chronic, durability, stages
from dashboard.analysis.tax import signals
from dashboard.analysis.tax.basis import Basis
from dashboard.durability import Held
from dashboard.kpis.options import Options
from dashboard.kpis.statistic import Estimate
from dashboard.question import Question
from dashboard.scope import Scope
from dashboard.widgets import durability as drawn
from dashboard.widgets import repeats

BASIS = Basis(signals.priors())
START = datetime(2025, 1, 1, 12)


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def came(world: World, day: float, key: str = "K", **told: Any) -> str:
    """A ticket of an issue, so many days after START."""
    name, moment = f"t{len(world.rows['ticket'])}", START + timedelta(days=day)
    of_ticket = {
        each: told.pop(each)
        for each in ("team", "excluded_because", "open_days", "signal_note", "subject")
        if each in told
    }
    world.add("ticket", ticket_id=name, created_at=moment, account=told.get("account"), **of_ticket)
    world.add("issue_ticket", ticket_id=name, issue_key=key, created_at=moment, **told)
    return name


def asked(world: World, when: str = "2025-03", where: dict[str, list[str]] | None = None) -> Question:
    return Question(world.facts(), Scope.of(where or {}), period(when))


def known(world: World, *keys: str, **told: Any) -> None:
    for key in keys:
        world.add("issue", issue_key=key, **{"evidence": "problem", "label": key.lower(), **told})


def test_a_row_of_the_ledger_by_hand(world: World) -> None:
    known(world, "K", "ONCE", product="Cloud", topic="Login", problem_key="QM-1")
    came(world, 0, account="A", occurrence_number=1, account_occurrence=1, team="Infra", signal_note=2)
    came(world, 30, account="A", occurrence_number=2, account_occurrence=2, team="Infra")
    came(world, 30.1, account="B", occurrence_number=2, account_occurrence=1, team="Press", open_days=3.0)
    came(world, 30.2, account="B", occurrence_number=2, account_occurrence=1, excluded_because="spam")
    came(world, 89.5, account="C", occurrence_number=3, account_occurrence=1)  # the moment March is over
    came(world, 5, "ONCE", account="A", occurrence_number=1, account_occurrence=1)
    for name, revenue in (("A", 100.0), ("B", 50.0), ("C", 9.0)):
        world.add("account", account=name, annual_revenue=revenue)
    world.add("account", account="A", annual_revenue=90.0)  # told by a second system: one account
    for number, away in ((1, None), (2, 20.0)):
        moment = START + timedelta(days=30 * (number - 1))
        world.add("occurrence", issue_key="K", number=number, started_at=moment, days_since_previous=away)
    world.add("article", product="Cloud", category="Login")
    world.add("change", title="Release", product="Cloud", deployed_at=START + timedelta(days=29))
    (row,) = chronic.ledger(asked(world), BASIS).rows
    assert (row.issue_key, row.label, row.occurrences, row.tickets, row.accounts, row.open) == ("K", "k", 2, 3, 2, 1)
    assert (row.annual_revenue, row.deepest, row.days_between) == (150.0, 2, 20.0)
    assert (row.first_at, row.last_at) == (START, START + timedelta(days=30.1))
    assert row.minutes == pytest.approx(2 * BASIS.means()["note"])
    assert (row.owner, row.has_article, row.fix, row.csat_difference) == ("Infra", True, None, None)
    assert row.suspect.before == (("Release", 24.0),)
    assert chronic.ledger(asked(world), BASIS).extent == chronic.Extent(1, 0, 0)
    assert chronic.ledger(asked(world, "all"), BASIS).extent == chronic.Extent(1, 1, 0)


def test_issues_known_by_words_alone_are_counted_until_a_person_confirms_them(world: World) -> None:
    known(world, "SURE", "WORDS", "MORE", evidence="subject (suggested)")
    known(world, "RECORD")
    world.rows["issue"][0]["confirmed_by"] = "kim"
    for key in ("SURE", "WORDS", "MORE", "RECORD"):
        for number in (1, 2):
            came(world, 30 * number, key, occurrence_number=number)
    assert chronic.ledger(asked(world), BASIS, limit=1).extent == chronic.Extent(4, 0, 2)


def test_deepest_first_then_most_tickets_and_filters_hold(world: World) -> None:
    known(world, "FEW", "MANY", "DEEP")
    for key, deepest, tickets in (("FEW", 1, 2), ("MANY", 1, 3), ("DEEP", 2, 2)):
        for number in range(1, tickets + 1):
            came(world, number, key, account="A", occurrence_number=number, account_occurrence=deepest, team=key)
    assert [row.issue_key for row in chronic.ledger(asked(world), BASIS).rows] == ["DEEP", "MANY", "FEW"]
    assert [row.issue_key for row in chronic.ledger(asked(world), BASIS, limit=1).rows] == ["DEEP"]
    few = asked(world, where={"team": ["FEW"]})
    assert [row.issue_key for row in chronic.ledger(few, BASIS).rows] == ["FEW"]
    assert chronic.ledger(asked(world, "2024-12"), BASIS) == chronic.Ledger(chronic.Extent(0, 0, 0), ())


def test_a_return_after_the_period_is_not_known_in_it(world: World) -> None:
    fixed = datetime(2025, 3, 20)
    world.add("fix", issue_key="K", fixed_at=fixed, days_to_return=30.0, days_observed=100.0)
    world.add("fix", issue_key="K", fixed_at=datetime(2025, 3, 1), days_to_return=5.0, days_observed=119.0)
    found = chronic.fixes(asked(world), ["K"])["K"]
    assert (found.fixed_at, found.days_to_return, found.days_watched) == (fixed, None, 12.0)
    later = chronic.fixes(asked(world, "2025-04"), ["K"])["K"]
    assert (later.days_to_return, later.days_watched) == (30.0, 42.0)
    assert chronic.fixes(asked(world, "all"), ["K"])["K"].days_watched == 100.0


@pytest.mark.parametrize("anchor", ["definition", "created"])
def test_csat_of_an_issue_stands_against_tickets_of_no_issue(world: World, anchor: str) -> None:
    known(world, "K")
    names = [came(world, day, occurrence_number=1 + day, account_occurrence=1) for day in range(2)]
    for number in range(24):
        other = names[number % 2] if number < 12 else f"other{number}"
        if number >= 12:
            world.add("ticket", ticket_id=other, created_at=START)
        world.add(
            "survey", kind="csat", ticket_id=other, answered_at=START, score_share=float(number % 12 < (6 if number < 12 else 9)),
            higher_is_better=True, score=1.0, scale_low=0.0, scale_high=1.0,
        )  # fmt: skip
    (row,) = chronic.ledger(replace(asked(world), options=Options(dated_by=anchor)), BASIS).rows
    assert (row.csat.n, row.csat.value) == (12, 6 / 12)
    assert row.csat_difference is not None
    assert row.csat_difference.value == pytest.approx(6 / 12 - 9 / 12)
    assert row.csat_difference.low < -0.25 < row.csat_difference.high


def test_a_difference_needs_ten_answers_on_either_side() -> None:
    def of(n: int) -> Estimate:
        return Estimate(n, 0.5, 0.3, 0.7)

    assert chronic.apart(of(9), of(99)) is None
    assert chronic.apart(of(99), of(9)) is None
    assert chronic.apart(of(10), of(10)) is not None


def test_accounts_stand_where_their_deepest_issue_stands(world: World) -> None:
    known(world, "K", "L")
    for account, key, depth in (("A", "K", 1), ("A", "L", 2), ("B", "K", 3), ("C", "K", 1), ("D", "K", 4)):
        for number in range(1, depth + 1):
            came(world, number, key, account=account, occurrence_number=number, account_occurrence=number)
    came(world, 1, "K", occurrence_number=1)  # no account known
    came(world, 1, "alone", account="E", occurrence_number=1, account_occurrence=1)  # of no issue
    world.add("account", account="D", annual_revenue=5.0, renewal_at=datetime(2025, 12, 1))
    world.add("account", account="B", annual_revenue=7.0)
    found = stages.standing(asked(world))
    assert found.accounts == {1: 1, 2: 1, 3: 2}
    assert found.pairs == 3
    assert [(each.account, each.issue_key, each.deepest) for each in found.worst] == [
        ("D", "K", 4),
        ("B", "K", 3),
        ("A", "L", 2),
    ]
    assert (found.worst[0].annual_revenue, found.worst[0].renewal_at) == (5.0, datetime(2025, 12, 1))
    table = repeats.stage_table(found.worst, "UTC")
    assert list(table["Stage"]) == ["executive scrutiny", "executive scrutiny", "doubt"]
    assert list(table["Next one is"]) == ["one more", "one more", "executive scrutiny"]


def test_where_no_account_met_an_issue_twice_those_at_the_first_stage_are_counted_still(world: World) -> None:
    known(world, "K")
    for account in ("A", "B"):
        came(world, 0, account=account, occurrence_number=1, account_occurrence=1)
    assert stages.standing(asked(world)) == stages.Stages({1: 2, 2: 0, 3: 0}, 0, ())


def test_fixes_that_hold_by_kind_with_what_is_not_over_yet(world: World) -> None:
    for kind, evidence, back, watched in (
        ("hotfix", "change", 5.0, 100.0),  # broke the week
        ("hotfix", "change", 9.0, 100.0),  # broke the month, not the week
        ("hotfix", "change", None, 100.0),
        ("hotfix", "change", None, 20.0),  # too young for a month
        ("hotfix", "change", 2.0, 5.0),  # broken, and too young for a week
        ("not told", "last resolve", None, 50.0),
        ("not told", "engineering record", 40.0, 50.0),
    ):
        world.add("fix", kind=kind, evidence=evidence, days_to_return=back, days_observed=watched, fixed_at=START)
    world.add("fix", kind="hotfix", evidence="change", days_observed=10.0, fixed_at=datetime(2025, 4, 1))
    found = {group.name: group for group in durability.durability(asked(world))}
    assert list(found) == ["Hotfix", "Fix, kind not told", "No fix told, last resolve"]
    hot = found["Hotfix"]
    assert (hot.n, hot.returned, hot.watched) == (5, 3, 100.0)
    assert {days: (share.n, share.events) for days, share in hot.held.items()} == {7: (4, 3), 30: (3, 1), 90: (3, 1)}
    assert hot.back == {7: 2, 30: 3, 90: 3}  # days 2, 5 and 9, whether or not it was watched that long
    # 5 at risk at day 2, 4 at day 5, 3 at day 9: 4/5, 3/5, 2/5; the one censored at day 20 does not move it.
    assert hot.curve is not None
    shares = dict(zip(hot.curve.times, hot.curve.left, strict=True))
    assert (shares[5.0], shares[9.0], shares[20.0]) == pytest.approx((3 / 5, 2 / 5, 2 / 5))
    assert found["No fix told, last resolve"].curve is None
    assert list(drawn.held_table(list(found.values()))["Held 30 days"]) == ["33.3 %", "100 %", "100 %"]


def held(name: str, n: int, kept: int) -> Held:
    share = Estimate(n, kept / n, kept / n - 0.1, kept / n + 0.1)
    return Held(0, name, n, n - kept, None, 99.0, {7: share, 30: share, 90: share}, {})


def test_hotfix_against_root_cause_is_only_told_of_enough_of_both() -> None:
    hot, root = held("Hotfix", 20, 6), held("Root cause", 12, 11)
    assert drawn.between([hot]) == (
        "Hotfix against root cause: no root-cause fix is told by any change or record, so there is nothing to compare."
    )
    assert "too few to compare (20 and 9 fixes" in drawn.between([hot, held("Root cause", 9, 9)])
    assert "more than chance" in drawn.between([hot, root])
    assert "An association" in drawn.between([hot, root])


def test_answers_by_occurrence_and_by_time_to_resolve(world: World) -> None:
    known(world, "K")
    for number, (depth, minutes, score) in enumerate(
        [(1, 10.0, 1.0), (1, 20.0, 1.0), (2, 30.0, 0.0), (3, 40.0, 0.0), (5, 50.0, 1.0), (1, 60.0, 0.0)]
    ):
        name = came(world, number, account="A", account_occurrence=depth)
        world.rows["ticket"][-1]["resolution_minutes"] = minutes
        world.add(
            "survey", kind="csat", ticket_id=name, answered_at=datetime(2025, 3, 1), score_share=score, score=score,
            scale_low=0.0, scale_high=1.0, higher_is_better=True,
        )  # fmt: skip
    world.add("survey", kind="csat", ticket_id="t0", answered_at=datetime(2024, 3, 1), score_share=0.0, score=0.0)
    found = durability.ratings(asked(world))
    assert [(each.found.n, each.found.events) for each in found.by_occurrence] == [(3, 2), (1, 0), (2, 1)]
    assert [(each.found.n, each.found.events) for each in found.by_time] == [(2, 2), (2, 0), (2, 1)]
    assert (found.occurrence_gap, found.time_gap) == (None, None)
    assert drawn.weighed(None, None, found.kpi.unit).endswith("Which of the two weighs more cannot be said.")


def test_tickets_that_took_equally_long_are_parted_by_their_ids(world: World) -> None:
    """Of twelve alike, t0, t1, t10 and t11 are the fastest third; nobody but these was satisfied."""
    known(world, "K")
    for number in range(12):
        name = came(world, number, account="A", account_occurrence=1)
        world.rows["ticket"][-1]["resolution_minutes"] = 10.0
        world.add(
            "survey", kind="csat", ticket_id=name, answered_at=datetime(2025, 3, 1),
            score_share=float(name in ("t0", "t1", "t10", "t11")), score=1.0,
        )  # fmt: skip
    found = durability.ratings(asked(world))
    assert [(each.found.n, each.found.events) for each in found.by_time] == [(4, 4), (4, 0), (4, 0)]


def test_nps_by_what_the_account_had_met_by_the_day_it_answered(world: World) -> None:
    known(world, "K")
    came(world, 0, account="A", account_occurrence=1)
    came(world, 50, account="A", account_occurrence=2)
    came(world, 0, "alone", account="B", account_occurrence=1)  # of no issue
    for account, day, score in (("A", 10, 10.0), ("A", 60, 0.0), ("B", 60, 9.0), (None, 60, 0.0)):
        world.add("survey", kind="nps", account=account, answered_at=START + timedelta(days=day), score=score,
                  scale_low=0.0, scale_high=10.0, higher_is_better=True)  # fmt: skip
    _, found, _ = durability.recommending(asked(world))
    assert [(each.group, each.found.n, each.found.value) for each in found] == [
        ("never met one", 1, 100.0),
        ("first occurrence", 1, 100.0),
        ("second", 1, -100.0),
        ("third or later", 0, None),
    ]


def test_which_weighs_more_is_only_called_where_the_intervals_part() -> None:
    def gap(low: float, high: float) -> chronic.Difference:
        return chronic.Difference((low + high) / 2, low, high, 0.1)

    unit = drawn.Unit.PERCENT
    assert drawn.weighed(gap(-0.5, -0.3), gap(-0.1, 0.1), unit).endswith("go with returning more than with the other.")
    assert drawn.weighed(gap(-0.1, 0.1), gap(-0.5, -0.3), unit).endswith("go with waiting more than with the other.")
    assert drawn.weighed(gap(-0.3, 0), gap(-0.1, 0.1), unit).endswith("Which weighs more is too close to call.")


def test_flags_are_of_the_period_and_of_what_had_been_there_before(world: World) -> None:
    known(world, "K")
    came(world, 0, occurrence_number=2)  # January
    first = came(world, 60, occurrence_number=1)  # nothing before it
    again = came(world, 61, occurrence_number=2)
    beside = came(world, 62, occurrence_number=1, is_duplicate=True)
    repeated = came(world, 63, occurrence_number=1, repeat_of=first)
    rows = world.facts().rows(chronic.flags(asked(world)))
    assert [row["ticket_id"] for row in rows] == [repeated, beside, again]
    assert len(world.facts().rows(chronic.flags(asked(world), limit=1))) == 1


def test_words_of_the_ledger() -> None:
    fixed = chronic.Fixed(START, "hotfix", "change", None, 12.0)
    assert repeats.fix_words(fixed) == "hotfix (change)"
    assert repeats.held_words(fixed) == "held so far, 12 d"
    back = replace(fixed, days_to_return=9.0, kind="not told", evidence="engineering record")
    assert (repeats.fix_words(back), repeats.held_words(back)) == (
        "fix, kind not told (engineering record)",
        "✕ returned after 9 d",
    )
    assert repeats.fix_words(replace(fixed, evidence="last resolve")) == "none told; last ticket resolved"
    assert (repeats.fix_words(None), repeats.held_words(None)) == ("none on record", "open")
    assert repeats.badge("subject (suggested)", None) == "≈ suggested: words alike"
    assert repeats.badge("subject (suggested)", "Ana") == "✓ confirmed by Ana"
    assert [stages.stage(n) for n in (None, 0, 1, 2, 3, 7)] == [
        "", "", "concern", "doubt", "executive scrutiny", "executive scrutiny",
    ]  # fmt: skip


def test_a_file_that_ends_before_its_rows_do_says_so() -> None:
    assert repeats.download_words("issues", stages.MOST) == "Download CSV, all issues"
    assert repeats.download_words("issues", stages.MOST + 1) == "Download CSV, the first 500 issues"
