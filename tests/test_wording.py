"""How numbers are written."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard import kpis, wording
from dashboard.kpis.kpi import Unit
from dashboard.scope import Grain, Period
from dashboard.verdict import Change, Verdict


@pytest.mark.parametrize(
    ("x", "unit", "words"),
    [
        (0.8241, Unit.PERCENT, "82.4 %"),
        (1.0, Unit.PERCENT, "100 %"),
        (0.9995, Unit.PERCENT, "99.95 %"),
        (0.99999, Unit.PERCENT, "over 99.99 %"),
        (0.0001, Unit.PERCENT, "under 0.1 %"),
        (0.0, Unit.PERCENT, "0 %"),
        (320, Unit.MINUTES, "5 h 20 min"),
        (97 * 60, Unit.MINUTES, "4 d 1 h"),
        (51 * 60, Unit.MINUTES, "51 h"),
        (1439.6, Unit.MINUTES, "24 h"),
        (59.6, Unit.MINUTES, "1 h"),
        (59.996 / 60, Unit.MINUTES, "1 min"),
        (4.5, Unit.MINUTES, "4 min 30 s"),
        (0, Unit.MINUTES, "0 s"),
        (53, Unit.POINTS, "53 points"),
        (-8.04, Unit.POINTS, "−8.04 points"),
        (1, Unit.POINTS, "1 point"),
        (1_212, Unit.COUNT, "1,212"),
        (16.205, Unit.MINUTES_PER_TICKET, "16.2 min per ticket"),
        (None, Unit.PERCENT, "–"),
        (float("nan"), Unit.PERCENT, "–"),
    ],
)
def test_a_value_with_its_unit(x: float | None, unit: Unit, words: str) -> None:
    assert wording.value(x, unit) == words


@pytest.mark.parametrize(
    ("low", "high", "unit", "words"),
    [
        (0.716, 0.765, Unit.PERCENT, "71.6–76.5 %"),
        (0.98, 1.0, Unit.PERCENT, "98–100 %"),
        (0.99999, 1.0, Unit.PERCENT, "over 99.99 to 100 %"),
        (41.5, 64.1, Unit.POINTS, "41.5–64.1 points"),
        (-8, 3, Unit.POINTS, "−8 to 3 points"),
        (250, 420, Unit.MINUTES, "4 h 10 min – 7 h"),
        (8.06, 26.7, Unit.MINUTES_PER_TICKET, "8.06–26.7 min per ticket"),
        (28.6, 54.5, Unit.COUNT, "28.6–54.5"),
        (None, 54.5, Unit.COUNT, ""),
    ],
)
def test_an_interval_with_one_unit(low: float | None, high: float | None, unit: Unit, words: str) -> None:
    assert wording.span(low, high, unit) == words


def test_a_status_is_a_shape_and_a_word() -> None:
    assert [wording.mark(verdict) for verdict in Verdict] == [
        *(
            "✓ meets",
            "✕ misses",
            "≈ too close to call",
            "… not enough data",
            "– no target",
            "– no reading",
            "○ so far",
            "→ not due yet",
        )
    ]


@pytest.mark.parametrize(
    ("start", "end", "grain", "long", "short"),
    [
        (date(2025, 11, 3), date(2025, 11, 10), Grain.WEEK, "3–9 Nov 2025 (week 45)", "week 45"),
        (date(2025, 12, 29), date(2026, 1, 5), Grain.WEEK, "29 Dec 2025 – 4 Jan 2026 (week 1)", "week 1"),
        (date(2025, 11, 2), date(2025, 11, 9), Grain.WEEK, "2–8 Nov 2025 (week 45)", "week 45"),  # from Sunday
        (date(2025, 11, 3), date(2025, 11, 5), Grain.WEEK, "3–4 Nov 2025", "3–4 Nov 2025"),
        (date(2016, 3, 1), date(2016, 4, 1), Grain.MONTH, "Mar 2016", "Mar 2016"),
        (date(2016, 3, 1), date(2016, 3, 15), Grain.MONTH, "1–14 Mar 2016", "1–14 Mar 2016"),
        (date(2015, 10, 1), date(2016, 1, 1), Grain.QUARTER, "Q4 2015", "Q4 2015"),
        (date(2016, 3, 1), date(2016, 3, 2), Grain.DAY, "1 Mar 2016", "1 Mar"),
        (None, None, Grain.ALL, "all of time", "all of time"),
    ],
)
def test_a_period_as_people_say_it(start: date | None, end: date | None, grain: Grain, long: str, short: str) -> None:
    period = Period(start, end, grain)
    assert (wording.period(period), wording.short_period(period)) == (long, short)


def test_a_change_in_words() -> None:
    fcr, mttr, backlog = kpis.named(["fcr", "mttr", "backlog"])
    small, large = Change(0.019, -0.01, 0.05, False), Change(-300.0, -400, -200, True)
    assert wording.change(small, fcr, Grain.WEEK) == "+1.9 points on the week before, within chance"
    assert wording.change(large, mttr, Grain.MONTH) == "−5 h on the month before, better"
    assert wording.change(Change(12.0), backlog, Grain.QUARTER) == "+12 on the quarter before"
    assert wording.change(None, fcr, Grain.WEEK) == ""


def test_one_of_a_thing() -> None:
    assert wording.quantity(1, "tickets") == "1 ticket"
    assert wording.quantity(1, "surveys sent") == "1 survey sent"
    assert wording.quantity(1_212, "target clocks") == "1,212 target clocks"


def test_the_sentence_of_the_page() -> None:
    from test_verdict import reading, week

    def judged(name: str, k: int, n: int, verdict: Verdict) -> object:
        from dataclasses import replace

        return replace(reading(k, n, week(45), name), verdict=verdict)

    met = judged("fcr", 898, 1212, Verdict.MEETS)
    missed = judged("escalation_rate", 123, 1000, Verdict.MISSES)
    close, few = judged("csat", 95, 100, Verdict.TOO_CLOSE), judged("reopen_rate", 0, 9, Verdict.NOT_ENOUGH)
    assert wording.headline_sentence([met, missed, close, few]) == (  # type: ignore[list-item]
        "First-contact resolution met its target: 74.1 % of 1,212 tickets. "
        "Escalation rate did not meet its target: 12.3 % of 1,000 tickets. "
        "CSAT is too close to call; Reopen rate has not enough data to say."
    )
    so_far = judged("fcr", 1, 2, Verdict.SO_FAR)
    assert wording.headline_sentence([so_far]).startswith("This period is not over")  # type: ignore[list-item]
    assert wording.headline_sentence([]) == "There is nothing to read in this period."


def test_points_differ_by_tenths_at_most() -> None:
    told = [wording.difference(x, Unit.POINTS) for x in (-0.218, 16.74, 2.0, 0.0)]
    assert told == ["−0.2 points", "+16.7 points", "+2 points", "±0 points"]
