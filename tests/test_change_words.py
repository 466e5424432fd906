"""What the page says of changes and weeks: fixed strings, n and interval with each, never a cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from dashboard import change_words
from dashboard.analysis.changes.clock import Clock
from dashboard.analysis.changes.deploy_days import DayEffect
from dashboard.analysis.changes.judged import Rung, sets
from dashboard.analysis.changes.linking import Comparison, Key, Linked, Made, Window
from dashboard.analysis.changes.placebo import Calibration
from dashboard.analysis.growing import grown
from dashboard.changes import Everything, Review, Told
from dashboard.clusters import Cluster, Growth, Week
from dashboard.widgets import change_review

AT = datetime(2025, 9, 9, 10, 25)
MADE = Made("deploy:1", "Relay", AT)
WINDOW = Window(24, 24, seen=36, expected=3.6, before=90, spread=0.05, p=1e-9)


def compared(made: Made = MADE, p: float = 1e-6, **more: object) -> Comparison:
    window = replace(WINDOW, **more)  # type: ignore[arg-type]
    return Comparison(made, Key("Relay"), (window, replace(window, hours=72, p=1.0)), p, p, was_high=False)


def review(*tests: Comparison, named: dict[str, int] | None = None, also: tuple[Made, ...] = ()) -> Review:
    made = {each.change.change_id: each.change for each in tests} | {each.change_id: each for each in also}
    linked = Linked(tests, {False: Calibration.of(np.arange(1, 4800) / 4800)}, frozenset(), ())
    told = {
        name: Told(name, f"Release {name[-1]}", "Relay", "release", None, None, None, each)
        for name, each in made.items()
    }
    every = Everything(told, linked, Clock.of(AT, AT + timedelta(days=3), "UTC"), {})
    found = sets(linked, list(made.values()), named)
    return Review(tuple(found), every, named or {}, (AT - timedelta(days=91), AT))


def words(found: Review) -> str:
    return change_words.finding(found.sets[0], found)


def test_a_strong_association_tells_both_numbers_and_the_ratio_with_its_interval() -> None:
    assert words(review(compared())) == (
        "Strong temporal association: 36 accounts wrote about Relay in the 24 hours after it, where 3.6 were expected, "
        "×10 (95 %: ×5.7 to ×18)."
    )


def test_no_rise_says_how_large_a_one_would_have_been_seen() -> None:
    """Expected 3.6: what is seen from ×3 or so is told; where hardly anything would be seen, that."""
    quiet = words(review(compared(p=0.5, seen=4)))
    assert quiet.startswith("No rise detected: 4 accounts wrote about Relay in the 24 hours after it, where 3.6 were")
    assert "a rise larger than ×" in quiet
    assert "would probably have been seen" in quiet
    blind = words(review(compared(p=0.5, seen=0, expected=0.001)))
    assert "hardly any rise would have been seen" in blind


def test_a_link_people_documented_comes_first() -> None:
    found = words(review(compared(), named={"deploy:1": 2}))
    assert found.startswith("Documented link: 2 tickets name it. ")


@pytest.mark.parametrize(
    ("is_back", "said"), [(True, "Reversal supports it"), (False, "Reversal does not support it"), (None, "")]
)
def test_what_taking_it_back_says(is_back: bool | None, said: str) -> None:
    found = words(review(replace(compared(), is_back=is_back)))
    assert (said in found) if said else ("Reversal" not in found)


def test_several_candidates_are_possible_links_and_counted() -> None:
    near = replace(MADE, change_id="deploy:2", moment=AT + timedelta(hours=3))
    found = review(compared(), also=(near,))
    assert found.sets[0].rung is Rung.POSSIBLE
    assert "2 changes within 72 hours of each other may be meant" in words(found)


def test_what_could_not_be_judged_is_not_told_as_no_rise() -> None:
    assert "Not enough data" in words(review(also=(MADE,)))
    assert change_words.of_changes(review(also=(MADE,)), "UTC") == "The one change of this stretch could not be judged."


def test_a_stretch_without_a_change_says_when_those_that_are_loaded_went_out() -> None:
    found = replace(review(also=(MADE, replace(MADE, change_id="deploy:2", moment=AT - timedelta(days=20)))), sets=())
    said = "No change went out in this stretch; 2 changes are loaded, from 20 Aug 2025 to 9 Sep 2025."
    assert change_words.of_changes(found, "UTC") == said
    assert found.too_close() == {}


def test_where_nothing_could_be_judged_each_change_has_a_card_and_a_row() -> None:
    """What tickets name comes first, then what was taken back, then the newest."""
    made = [
        replace(MADE, change_id=f"deploy:{n}", moment=AT - timedelta(hours=n), taken_back=AT if n == 3 else None)
        for n in range(1, 5)
    ]
    found = review(also=tuple(made), named={"deploy:4": 2})
    assert [name for _, name in change_review.cards(found)] == ["deploy:4", "deploy:3", "deploy:1", "deploy:2"]
    table = change_review.made_table(found, "UTC")
    assert list(table["Change"]) == ["deploy:1", "deploy:2", "deploy:3", "deploy:4"]
    assert list(table["Taken back"]) == ["", "", change_words.moment(AT, "UTC"), ""]
    assert list(table["Tickets that name it as cause"]) == [0, 0, 0, 2]


def test_candidates_are_those_within_72_hours_the_nearest_first() -> None:
    """A chain from 0 to 140 hours: of the change at 70 h those at 0, 60 and 140 h are near; of the first, two."""
    made = [replace(MADE, change_id=f"deploy:{n}", moment=AT - timedelta(hours=n)) for n in (0, 60, 70, 140)]
    found = review(also=tuple(made))
    (one,) = found.sets

    def near(name: str) -> list[str]:
        return [each.change_id for each in change_review.candidates(found, one, found.everything.changes[name])]

    assert near("deploy:70")[0] == "deploy:60"
    assert set(near("deploy:70")) == {"deploy:0", "deploy:60", "deploy:140"}
    assert near("deploy:0") == ["deploy:60", "deploy:70"]


def test_what_was_judged_has_one_card_a_set() -> None:
    near = replace(MADE, change_id="deploy:2", moment=AT + timedelta(hours=3))
    assert [name for _, name in change_review.cards(review(compared(), also=(near,)))] == ["deploy:1"]


def test_of_many_changes_the_first_are_named() -> None:
    told = list(
        review(also=tuple(replace(MADE, change_id=f"deploy:{n}") for n in range(1, 5))).everything.changes.values()
    )
    assert change_words.coincides(told, "UTC", 2).endswith("Release 2 (9 Sep 2025 10:25); and 2 more")
    assert "more" not in change_words.coincides(told, "UTC", 4)
    assert change_words.coincides(told, "UTC").count(";") == 3


def test_the_answer_of_the_page_names_how_many_and_the_surest() -> None:
    other = replace(MADE, change_id="deploy:2", moment=AT - timedelta(days=20))
    found = review(compared(), compared(other, p=0.6))
    assert change_words.of_changes(found, "UTC") == (
        "Of 2 changes since 10 Jun 2025 (those of a product within 72 hours taken as one) 1 was followed by a rise of "
        "tickets: Release 1 on 9 Sep 2025, 36 accounts on Relay where 3.6 were expected."
    )
    quiet = change_words.of_changes(review(compared(p=0.6), named={"deploy:1": 1}), "UTC")
    assert quiet.endswith("none was followed by a rise of tickets. Tickets name 1 change as what broke.")


def test_no_sentence_says_that_a_change_caused_anything() -> None:
    found = review(replace(compared(), is_back=True), named={"deploy:1": 1})
    said = [words(found), change_words.of_changes(found, "UTC"), *Rung]
    assert not [text for text in said if "cause" in text or "because of" in text or "due to" in text]
    assert "never said to have caused" in change_words.method(found)


def week(seen: int, before: list[int]) -> Week:
    clusters = [Cluster("Relay", "Webhooks"), *(Cluster("Relay", f"T{n}") for n in range(9))]
    judged = grown([seen, *[2] * 9], [before, *[[2] * 8] * 9])
    end = datetime(2025, 9, 15)
    found = tuple(Growth(clusters[each.place], each, each.seen) for each in judged)
    return Week(end - timedelta(days=7), end, 8, found)


def test_a_week_in_which_one_topic_is_new() -> None:
    assert change_words.of_week(week(9, [0] * 8), "UTC") == (
        "From 8 to 14 Sep 2025 one issue or topic grew: Relay · Webhooks (9 accounts, none in the 8 weeks before)."
    )
    assert "30 accounts where 2.1 are usual" in change_words.of_week(week(30, [2] * 8), "UTC")


def test_a_quiet_week_and_one_without_enough_before_it() -> None:
    assert "none of 10 issues and topics grew" in change_words.of_week(week(2, [2] * 8), "UTC")
    short = replace(week(2, [2] * 8), weeks=3, found=())
    assert "four weeks of data before them are needed, there are 3" in change_words.of_week(short, "UTC")
    assert change_words.of_week(None, "UTC") == "There is no week to look at."


def test_seven_days_that_do_not_end_at_midnight_are_told_with_the_hour() -> None:
    assert change_words.days_to(week(2, [2] * 8), "America/New_York") == "7 Sep 2025 20:00 to 14 Sep 2025 20:00"


def test_the_average_of_days_with_a_change() -> None:
    told = change_words.days("Relay", DayEffect(1.31, 1.1, 1.56, 40, 60))
    assert "On 40 days with a change or the day after, ×1.3 as many accounts wrote as on 60 other days" in told
    assert change_words.days(None, None).startswith("All tickets: ")
    assert "too few days with or without one" in change_words.days(None, None)
