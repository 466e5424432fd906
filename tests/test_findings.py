"""What is said of a trend: signals by name, stability, the end of the running period, what to talk about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from types import SimpleNamespace

import numpy as np
import pytest
from told import month, reading, story

from dashboard import agenda, charts_trend, findings
from dashboard.analysis import forecast
from dashboard.analysis.behaviour import Method, Rule
from dashboard.analysis.outlook import Word
from dashboard.analysis.weighing import value_of, weigh
from dashboard.markers import Kind, Marker
from dashboard.story import Story
from dashboard.widgets import exhibit

#: A share that goes up and down around 0.70 by two points: 280 ± 8 of 400.
CALM = [0.68, 0.72] * 12


def test_a_calm_trend_is_said_to_be_stable() -> None:
    told = story("fcr", CALM)
    assert findings.behaviour(told.weighed, told.past) == "Stable: nothing beyond normal variation in 13 months."
    assert findings.standing(told).words == "+4.0 points on Nov 2024, within normal variation"
    assert not told.has_changed
    assert agenda.sentence([told]) == "Nothing moved beyond normal variation."


def test_a_planted_shift_is_a_signal_with_its_name_everywhere() -> None:
    told = story("fcr", [*CALM, 0.50])
    assert told.signal is not None
    assert (told.signal.rule, told.signal.is_high) == (Rule.BEYOND, False)
    words = "Signals: Jan 2025 below the lower limit (worse)."
    assert findings.behaviour(told.weighed, told.past) == words
    assert findings.standing(told).words == "Signal, worse: below the lower limit · −22.0 points on Dec 2024"
    assert words in charts_trend.describe("FCR", {"FCR": told})  # for those who do not see the ring
    assert list(exhibit.trend_table({"FCR": told})["Signal"])[-1] == "below the lower limit"
    figure = charts_trend.trend({"FCR": told})
    (rings,) = [trace for trace in figure.data if trace.marker.symbol == "circle-open"]
    assert list(rings.x) == ["2025-01-01"]
    assert "beyond limits" in [note.text for note in figure.layout.annotations]
    assert agenda.sentence([told]) == "Beyond normal variation: First-contact resolution (worse)."


def test_a_higher_figure_is_worse_where_lower_is_better() -> None:
    told = story("mttr", [600.0, 640.0] * 12 + [1100.0])
    assert findings.standing(told).kind == "worse"
    assert findings.standing(replace(told)).arrow == "▲"
    assert findings.standing(story("tickets_created", [300.0, 320.0] * 12 + [600.0])).kind == "changed"


def test_more_than_chance_and_yet_within_the_limits_says_both() -> None:
    """With 40,000 tickets two points are no chance; every other month they come and go."""
    told = story("fcr", CALM, n=40_000)
    assert told.change is not None
    assert told.change.is_real
    assert not told.has_changed
    assert findings.standing(told).words.endswith("more than chance but within its usual limits")


def test_a_short_trend_has_no_limits_and_says_so() -> None:
    told = story("fcr", [0.70, 0.70, 0.71, 0.80], n=2000)
    assert findings.behaviour(told.weighed, told.past) == (
        "Too few complete periods for limits: 4 months of at least 8."
    )
    assert told.has_changed  # all that can be said: more than chance against the month before
    assert findings.standing(told).words == "+9.0 points on Mar 2023: more than chance, better"


def test_a_trend_of_few_rows_says_what_it_lacks() -> None:
    told = story("fcr", CALM, n=20)
    assert findings.behaviour(told.weighed, told.past) == (
        "Too few complete periods with 30 tickets for limits: 0 months of at least 8."
    )


def test_provisional_limits_are_called_so() -> None:
    told = story("fcr", CALM[:9])
    assert "provisional: they rest on 9 months" in findings.behaviour(told.weighed, told.past)


def test_limits_rest_on_the_months_before_those_drawn() -> None:
    told = story("fcr", [*CALM[:20], *CALM[:13]])
    assert len(told.history) == 20
    assert told.weighed.behaviour.baseline == 20


def test_headlines_follow_three_rules_and_other_charts_one() -> None:
    run = [*CALM, *[0.71] * 8]
    assert story("fcr", run).signal is not None
    assert story("fcr", run).weighed.behaviour.rules == tuple(Rule)
    assert story("reopen_rate", run).weighed.behaviour.rules == (Rule.BEYOND,)
    assert story("reopen_rate", run).signal is None


def test_a_month_of_few_rows_is_no_signal() -> None:
    few = [*(reading("fcr", value, 400, month(place)) for place, value in enumerate(CALM))]
    few.append(reading("fcr", 0.1, 20, month(len(CALM))))
    assert weigh(few).behaviour.is_stable


def test_a_month_too_young_to_judge_is_weighed_by_nobody() -> None:
    found = [reading("fcr", value, 400, month(place)) for place, value in enumerate(CALM)]
    found.append(reading("fcr", 0.1, 60, month(len(CALM)), immature=300))
    weighed = weigh(found)
    assert weighed.behaviour.is_stable
    assert weighed.limits(found[-1]) == (None, None)


def test_limits_begin_anew_on_a_day_that_was_noted() -> None:
    """24 months around 70 %, then 8 around 40 %: a fall, or another trend that is as calm as the first."""
    found = [reading("fcr", value, 400, month(place)) for place, value in enumerate([*CALM, *[0.38, 0.42] * 4])]
    fallen, anew = weigh(found), weigh(found, [date(2025, 1, 1)])
    assert fallen.signal(found[-1]) is not None
    assert not any(anew.signal(each) for each in found)
    assert (fallen.behaviour.centre, anew.behaviour.centre) == (pytest.approx(0.70), pytest.approx(0.40))
    assert anew.limits(found[23]) == fallen.limits(found[23])
    words = "Stable: nothing beyond normal variation in 32 months. The limits begin anew on 1 Jan 2025."
    assert findings.behaviour(anew, found) == f"{words} The limits are provisional: they rest on 8 months."
    later = weigh(found, [date(2025, 2, 1)])
    assert findings.behaviour(later, found) == (
        "Too few complete periods since 1 Feb 2025 for limits: 7 months of at least 8."
    )
    assert later.limits(found[-1]) == (None, None)
    assert later.signal(found[23]) is None
    assert later.signal(found[24]) is not None  # January is held to what was before


def test_a_month_cut_by_such_a_day_is_of_neither_side() -> None:
    found = [reading("fcr", value, 400, month(place)) for place, value in enumerate([*CALM, 0.55, *[0.38, 0.42] * 4])]
    weighed = weigh(found, [date(2025, 1, 20)])
    assert [len(stretch.past) for stretch in weighed.stretches] == [24, 1, 8]
    assert weighed.limits(found[24]) == (None, None)
    assert not any(weighed.signal(each) for each in found)


def test_what_begins_anew_is_drawn_and_foretold_from_its_own_months() -> None:
    values = [*CALM[:12], *[0.38, 0.42] * 6]
    found = [reading("fcr", value, 400, month(place)) for place, value in enumerate(values)]
    found.append(reading("fcr", 0.40, 80, month(24, whole=False)))
    mine = Marker(date(2024, 1, 1), Kind.NOTE, "New definition", "fcr", begins_anew=True)
    others = [replace(mine, kpi="csat"), replace(mine, day=date(2024, 6, 1), begins_anew=False)]
    told = Story.of(found[23].period, found, month(6).start, notes=[mine, *others])
    assert told.anew == (date(2024, 1, 1),)
    means = [next(iter(line.y)) for line in charts_trend.trend({"FCR": told}).data if line.line.width == 0.6]
    assert means == [pytest.approx(70), pytest.approx(40)]
    assert told.ending is not None
    assert told.ending.value == pytest.approx(0.40, abs=0.02)
    # The fall itself is no part of what is usual now: without it the range is that of twelve calm months.
    assert told.ending == forecast.ending_of(found[-1], found[12:24])
    assert told.ending != forecast.ending_of(found[-1], found[:24])


def test_a_day_is_foretold_from_where_the_limits_begin_anew() -> None:
    values = [*CALM[:12], *[0.38, 0.42] * 6]
    found = [reading("fcr", value, 400, month(place)) for place, value in enumerate(values)]
    dated = SimpleNamespace(above=0.5, below=None, by=date(2025, 3, 31))
    found[-1] = replace(found[-1], target=dated)  # type: ignore[arg-type]
    note = Marker(date(2024, 1, 1), Kind.NOTE, "New definition", "fcr", begins_anew=True)
    told = Story.of(found[-1].period, found, notes=[note])
    assert findings.met(told) == forecast.by_date(found[12:], dated.by, above=0.5)
    assert findings.met(told) != forecast.by_date(found, dated.by, above=0.5)


def test_only_a_whole_month_that_was_weighed_has_limits_and_signals() -> None:
    found = [reading("fcr", value, 400, month(place)) for place, value in enumerate([*CALM, 0.5])]
    weighed, last = weigh(found), found[-1]
    assert weighed.signal(last) is not None
    assert None not in weighed.limits(last)
    for other in (replace(last, verdict="so far"), replace(last, period=month(40))):
        assert (weighed.signal(other), weighed.limits(other)) == (None, (None, None))
    assert weighed.limits(replace(last, value=None)) == (None, None)


@pytest.mark.parametrize(
    ("name", "low", "high", "bounds"),
    [
        ("fcr", 0.1, 0.9, (0, 1)),
        ("nps", -90, 90, (-100, 100)),
        ("mttr", 10, 900, (0, 455 + 2.66 * 890)),
        ("investigation_tax", 10, 900, (0, 455 + 2.66 * 890)),
        ("tickets_created", 10, 900, (0, 455 + 2.66 * 890)),
    ],
)
def test_no_limit_lies_where_no_value_can(name: str, low: float, high: float, bounds: tuple[float, float]) -> None:
    found = [reading(name, value, 400, month(place)) for place, value in enumerate([low, high] * 6)]
    assert weigh(found).limits(found[0]) == pytest.approx(bounds)


def test_nothing_to_weigh_has_no_past_and_an_empty_month_is_a_count_like_any() -> None:
    assert (weigh([]).past, weigh([]).behaviour.centre) == ((), None)
    found = [reading("tickets_created", value, 1, month(place)) for place, value in enumerate([0, 2] * 6)]
    assert (weigh(found).behaviour.centre, weigh(found).behaviour.baseline) == (1, 12)


def test_as_many_too_young_as_judged_still_say_something() -> None:
    told = reading("fcr", 0.5, 60, month(0), immature=60)
    assert (value_of(told), value_of(replace(told, immature=61))) == (0.5, None)


def test_alike_neighbours_are_told() -> None:
    slow = [0.70 + 0.05 * np.sin(place / 3) for place in range(24)]
    told = story("fcr", slow)
    assert told.weighed.behaviour.method is Method.DEVIATION
    assert "Neighbouring months resemble each other" in findings.behaviour(told.weighed, told.past)


def test_a_page_says_how_many_signals_chance_alone_makes() -> None:
    stories = [story("fcr", [*CALM[:20], *CALM[:13]]) for _ in range(10)]
    assert findings.false_alarms(stories) == (
        "10 trends with limits on this page: 0.3 signals in a period are to be expected by chance alone."
    )
    assert findings.false_alarms([story("fcr", CALM[:4])]) == ""


def test_the_running_month_is_in_no_limit_and_its_end_is_foretold() -> None:
    told = story("fcr", CALM, running=0.2)
    assert told.weighed.past[-1].period == month(23)
    assert told.ending is not None
    assert told.ending.value == pytest.approx(0.2 * 0.2 + 0.8 * 0.70, abs=0.03)  # a fifth has come, the rest as usual
    assert findings.ending_words(told).startswith("Jan 2025 is likely to end at ")
    assert "80 % range" in findings.ending_words(told)
    figure = charts_trend.trend({"FCR": told})
    (diamond,) = [trace for trace in figure.data if trace.marker.symbol == "diamond-open"]
    assert list(diamond.x) == ["2025-01-01"]


def test_a_running_count_ends_as_the_part_of_a_month_that_is_left() -> None:
    """31 March days; at the end of the 10th 100 tickets have come, and 21/31 of about 310 are to come: 310."""
    past = [reading("tickets_created", 310, 310, month(place)) for place in range(24)]
    running = reading("tickets_created", 100, 100, month(26, whole=False), as_of=datetime(2025, 3, 11))
    found = forecast.ending_of(running, past)
    assert found is not None
    assert found.value == pytest.approx(100 + 310 * 21 / 31, abs=2)


def test_medians_and_stocks_are_not_foretold() -> None:
    for name in ("mttr_median", "backlog"):
        assert story(name, [50.0] * 24, running=20.0).ending is None


def test_four_in_five_endings_lie_in_their_range() -> None:
    """Truth known: each month's tickets are solved at the first contact with a chance that wanders a little."""
    dice = np.random.default_rng(12)
    held = 0
    for _ in range(150):
        chances = 0.7 + np.cumsum(dice.normal(0, 0.004, 25))
        values = dice.binomial(400, chances[:24]) / 400
        so_far, rest = dice.binomial(80, chances[24]), dice.binomial(320, chances[24])
        past = [reading("fcr", value, 400, month(place)) for place, value in enumerate(values)]
        found = forecast.ending_of(reading("fcr", so_far / 80, 80, month(24, whole=False)), past)
        assert found is not None
        held += found.low <= (so_far + rest) / 400 <= found.high
    assert 0.65 <= held / 150 <= 0.95


def test_words_for_a_day_keep_what_they_promise() -> None:
    """Methods, E6: what is called likely came true far more often than not, and unlikely far less."""
    dice = np.random.default_rng(13)
    kept: dict[Word, list[bool]] = {word: [] for word in Word}
    for _ in range(250):
        chances = 0.70 + np.cumsum(dice.normal(0, 0.008, 27))
        values = dice.binomial(600, np.clip(chances, 0.01, 0.99)) / 600
        past = [reading("fcr", value, 600, month(place)) for place, value in enumerate(values[:24])]
        met = forecast.by_date(past, date(2025, 3, 31), above=0.70)
        assert met is not None
        kept[met.word].append(bool(values[26] > 0.70))
    assert np.mean(kept[Word.LIKELY]) > 0.75
    assert np.mean(kept[Word.UNLIKELY]) < 0.25
    assert 0.2 < np.mean(kept[Word.OPEN]) < 0.8


def test_a_day_that_has_passed_is_not_foretold() -> None:
    past = [reading("fcr", value, 400, month(place)) for place, value in enumerate(CALM)]
    assert forecast.by_date(past, date(2024, 12, 1), above=0.5) is None
    assert forecast.by_date(past[:6], date(2025, 12, 1), above=0.5) is None
    assert forecast.by_date(past, date(2025, 2, 28)) is None


def test_between_two_lines_is_a_target_too() -> None:
    past = [reading("fcr", value, 400, month(place)) for place, value in enumerate(CALM)]
    found = [forecast.by_date(past, date(2025, 3, 31), above=low, below=low + 0.3) for low in (0.55, 0.1)]
    assert [each.word for each in found if each] == [Word.LIKELY, Word.UNLIKELY]


def test_a_target_with_a_day_is_told_in_three_words() -> None:
    told = story("fcr", CALM)
    dated = SimpleNamespace(above=0.5, below=None, by=date(2025, 3, 31))
    now = replace(told.now, target=dated)  # type: ignore[arg-type]
    told = Story(now, (*told.past[:-1], now), told.history)
    assert findings.met_words(told).startswith("Target by 31 Mar 2025: likely; then at ")
    assert findings.met_words(story("fcr", CALM)) == ""  # a target without a day


# what to talk about


def test_what_misses_and_got_worse_comes_before_what_only_misses() -> None:
    worse = story("fcr", [*CALM, 0.50])
    missed = story("escalation_rate", [0.18, 0.22] * 12)
    better = story("mttr", [600.0, 640.0] * 12 + [200.0])
    calm = story("csat", [0.95, 0.97] * 12)
    told = [calm, better, missed, worse]
    assert [item.story for item in agenda.decisions(told)] == [worse, missed]
    assert [item.words for item in agenda.decisions(told)] == [
        "50 %, misses its target above 70 %, and worse than usual",
        "22 %, misses its target below 10 %",
    ]
    assert [(item.story, item.kind) for item in agenda.changed(told)] == [(worse, "worse"), (better, "better")]


def test_worse_than_usual_needs_a_decision_where_no_target_protects_it() -> None:
    (item,) = agenda.decisions([story("repeat_incident_rate", [0.18, 0.22] * 12 + [0.5])])
    assert item.words == "50 %, worse than usual; no target"


def test_no_more_than_three_of_each() -> None:
    many = [story("fcr", [*CALM, 0.50]) for _ in range(5)]
    assert (len(agenda.changed(many)), len(agenda.decisions(many))) == (3, 3)


def test_a_month_so_far_is_neither_a_change_nor_a_decision() -> None:
    told = story("fcr", [*CALM], running=0.1)
    running = Story.of(month(24), told.past, None)
    assert agenda.changed([running]) == []
    assert agenda.decisions([running]) == []
    assert findings.standing(running).words.startswith("So far: not compared, not judged. Likely to end at")
    assert agenda.sentence([running]) == ""
