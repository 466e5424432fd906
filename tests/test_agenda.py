"""What is said of a change and what needs a decision: each word where its rule stands, and not one step beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from test_findings import CALM
from told import month, reading, story

from dashboard import agenda, findings
from dashboard.analysis.weighing import Weighed, weigh
from dashboard.markers import Kind, Marker
from dashboard.story import Story


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (story("fcr", [*CALM, 0.5], drawn=1), "Signal, worse: below the lower limit"),  # nothing before it is drawn
        (story("fcr", CALM, drawn=1), "No earlier complete period to compare with."),
        (story("fcr", [*CALM, 0.72]), "as in Dec 2024, within normal variation"),
        (story("fcr", [0.70, 0.80], n=29), "+10.3 points on Jan 2023, too few to compare"),
        (story("fcr", [0.70, 0.80], n=30), "+10.0 points on Jan 2023, within chance"),
        (story("investigation_tax", [10, 12]), "+2 min per ticket on Jan 2023, assumed minutes are not tested"),
        (story("enps", [10, 12]), "+2 points on Jan 2023, entered figures are not tested"),
        (story("backlog", [10, 12]), "+2 on Jan 2023"),
        (story("fcr", [0.81, 0.70], n=2000), "−11.0 points on Jan 2023: more than chance, worse"),
        (story("fcr", [*CALM, *[0.71] * 8]), "Signal, better: eight months in a row above the mean · as in Jul 2025"),
        (story("fcr", [*CALM, *[0.69] * 8]), "Signal, worse: eight months in a row below the mean · as in Jul 2025"),
    ],
)
def test_a_change_in_words(told: Story, words: str) -> None:
    assert findings.standing(told).words == words


def test_the_arrow_shows_the_way_it_went() -> None:
    falls, rises = story("fcr", [0.81, 0.70], n=2000), story("fcr", [0.70, 0.81], n=2000)
    assert [findings.standing(each).arrow for each in (falls, rises)] == ["▼", "▲"]


def test_neighbouring_signals_are_one_stretch_and_the_running_month_is_none() -> None:
    told = story("fcr", [*CALM, 0.5, 0.5])
    assert findings.behaviour(told.weighed, told.past) == (
        "Signals: Jan 2025 to Feb 2025 below the lower limit (worse)."
    )
    running = story("fcr", CALM, running=0.1)
    assert findings.behaviour(running.weighed, running.past).endswith("in 13 months.")
    assert findings.behaviour(weigh([]), []) == ""


def test_too_few_periods_say_what_there_are_too_few_of() -> None:
    few = "Too few complete periods with 30 tickets for limits: 0 months of at least 8."
    for months, words in ((8, few), (7, "Too few complete periods for limits: 0 months of at least 8.")):
        told = story("fcr", CALM[:months], n=20)
        assert findings.behaviour(told.weighed, told.past) == words


def test_no_end_is_told_without_a_running_month() -> None:
    assert findings.ending_words(story("fcr", CALM)) == ""
    assert findings.ending_words(story("fcr", CALM[:4], running=0.5)) == ""  # too few months to foretell from


def test_one_calm_chart_is_expected_to_cry_wolf_less_than_once_in_ten_pages() -> None:
    assert "less than 0.1 signals" in findings.false_alarms([story("fcr", CALM)])


def test_what_happened_is_counted_by_kind_and_nothing_is_not_told() -> None:
    told = story("fcr", CALM)
    assert findings.marked(told) == ""
    marks = [Marker(date(2024, 5, 1), kind, "x") for kind in (Kind.RELEASE, Kind.RELEASE, Kind.INCIDENT)]
    words = findings.marked(replace(told, markers=tuple(marks)))
    assert words.startswith("Marked: ")
    assert sorted(words.removeprefix("Marked: ").rstrip(".").split(", ")) == ["▾ 2 releases", "◆ 1 incident"]


def dated(values: list[float], above: float, later: tuple[float, ...] = (), verdict: str = "meets") -> Story:
    """A target to stay above, due in March 2025; ``later`` are months after the chosen one."""
    target = SimpleNamespace(above=above, below=None, by=date(2025, 3, 31))
    told = story("fcr", [*values, *later])
    now = replace(told.past[len(told.past) - len(later) - 1], target=target, verdict=verdict)  # type: ignore[arg-type]
    past = tuple(now if each.period == now.period else each for each in told.past)
    return Story(now, past, told.history)


def test_a_day_is_foretold_from_the_months_up_to_the_one_read() -> None:
    # Read in December 2024 with target above 60 %; that it fell to 10 % in January is not known yet.
    assert findings.met_words(dated(CALM, 0.6)) == findings.met_words(dated(CALM, 0.6, later=(0.1,)))
    assert "likely" in findings.met_words(dated(CALM, 0.6, later=(0.1,)))


def test_a_day_that_will_be_missed_needs_a_decision_and_one_that_will_be_kept_needs_none() -> None:
    (item,) = agenda.decisions([dated(CALM, 0.9)])
    assert item.words.startswith("72 %. Target by 31 Mar 2025: unlikely; then at ")
    assert agenda.decisions([dated(CALM, 0.5)]) == []


def test_worse_than_usual_is_no_matter_while_the_target_is_safely_met() -> None:
    falls = story("csat", [*[0.989, 0.991] * 12, 0.98], n=40_000)
    assert (falls.has_changed, findings.standing(falls).kind, falls.now.verdict) == (True, "worse", "meets")
    assert agenda.decisions([falls]) == []
    unsure = replace(falls.now, verdict="too close to call")
    told = Story(unsure, (*falls.past[:-1], unsure), falls.history)
    assert [item.words for item in agenda.decisions([told])] == ["98 %, worse than usual; too close to call"]


def test_better_than_usual_and_still_below_the_target_is_only_a_miss() -> None:
    rises = story("fcr", [0.40, 0.44] * 12 + [0.60])
    assert [item.words for item in agenda.decisions([rises])] == ["60 %, misses its target above 70 %"]


def test_the_worse_come_first_then_what_is_neither_then_the_better() -> None:
    worse = story("fcr", [*CALM, 0.5])
    neither = story("tickets_created", [300.0, 320.0] * 12 + [600.0])
    better = story("mttr", [600.0, 640.0] * 12 + [200.0])
    assert [(item.words, item.kind) for item in agenda.changed([better, neither, worse])] == [
        ("▼ 50 %, worse: below the lower limit", "worse"),
        ("▲ 600, changed: above the upper limit", "changed"),
        ("▼ 3 h 20 min, better: below the lower limit", "better"),
    ]
    short = story("fcr", [0.70, 0.80], n=2000)  # no limits: the change itself is told
    assert [item.words for item in agenda.changed([short])] == ["▲ +10.0 points, better"]


def test_a_short_trend_has_nothing_to_say_of_normal_variation() -> None:
    assert agenda.sentence([story("fcr", CALM[:4])]) == ""
    empty = Story.alone([reading("fcr", 0.5, 400, month(0))])
    assert isinstance(empty.weighed, Weighed)
    assert agenda.sentence([empty]) == ""
