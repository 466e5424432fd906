"""Why a value moved: the parts by hand, and that they always add up."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.analysis.movement import OTHERS, Part, Segment, movement


def test_more_of_the_slow_ones_is_mix_and_nothing_else() -> None:
    """Mail 50 of 100 rows → 80 of 100, each channel as good as before: 0.5·0.9 + 0.5·0.5 = 0.70 → 0.8·0.5 + 0.2·0.9 = 0.58."""
    moved = movement(
        {"mail": Segment(50, 0.5), "chat": Segment(50, 0.9)}, {"mail": Segment(80, 0.5), "chat": Segment(20, 0.9)}
    )
    assert moved is not None
    assert (moved.before, moved.after) == (pytest.approx(0.70), pytest.approx(0.58))
    assert moved.mix == pytest.approx(-0.12)
    assert moved.rate == 0


def test_a_mix_is_real_when_the_shares_moved_by_more_than_chance() -> None:
    """Apart from the middle (0.64): mail −0.14, chat +0.26. Variance (0.0436 − 0.06²)/100 + (0.0292 − 0.06²)/100."""
    before = {"mail": Segment(50, 0.5), "chat": Segment(50, 0.9)}
    moved = movement(before, {"mail": Segment(80, 0.5), "chat": Segment(20, 0.9)})
    assert moved is not None
    assert moved.mix_error == pytest.approx((0.0004 + 0.000256) ** 0.5)
    assert moved.mix_is_real
    assert moved.mix_bounds == pytest.approx((-0.12 - 1.96 * 0.025612, -0.12 + 1.96 * 0.025612), abs=1e-5)
    assert all(part.mix_is_real for part in moved.parts)
    little = movement(before, {"mail": Segment(55, 0.5), "chat": Segment(45, 0.9)})
    assert little is not None
    assert not little.mix_is_real
    assert not any(part.mix_is_real for part in little.parts)


def test_a_mix_called_real_is_chance_in_one_of_twenty() -> None:
    dice = np.random.default_rng(2)
    called = 0
    for _ in range(400):
        first, second = (dice.multinomial(300, (0.5, 0.3, 0.2)) for _ in range(2))
        sides = [
            {name: Segment(int(n), value) for name, n, value in zip("abc", side, (0.2, 0.5, 0.9), strict=True)}
            for side in (first, second)
        ]
        moved = movement(*sides)
        called += moved is not None and moved.mix_is_real
    assert 0.02 <= called / 400 <= 0.08


def test_the_same_mix_is_rate_and_nothing_else() -> None:
    """Only mail got worse: half of all rows, 0.9 → 0.7, so −0.1 of the whole."""
    moved = movement(
        {"mail": Segment(50, 0.9), "chat": Segment(50, 0.9)}, {"mail": Segment(60, 0.7), "chat": Segment(60, 0.9)}
    )
    assert moved is not None
    (mail, chat) = moved.parts
    assert (mail.name, mail.rate, mail.mix) == ("mail", pytest.approx(-0.1), 0)
    assert chat.total == 0


def test_a_segment_that_came_is_mix() -> None:
    moved = movement({"mail": Segment(100, 0.5)}, {"mail": Segment(100, 0.5), "chat": Segment(100, 1.0)})
    assert moved is not None
    assert moved.difference == pytest.approx(0.25)
    assert moved.mix == pytest.approx(0.25)


def test_small_segments_are_told_together() -> None:
    before = {"a": Segment(100, 0.5), "b": Segment(10, 0.2), "c": Segment(5, 0.8)}
    moved = movement(before, before)
    assert moved is not None
    (others,) = [part for part in moved.parts if part.name == OTHERS]
    assert (len(moved.parts), others.before.n) == (2, 15)
    assert others.before.value == pytest.approx((10 * 0.2 + 5 * 0.8) / 15)
    gone = movement(before, {"a": Segment(100, 0.5), "b": Segment(0, None)})
    assert gone is not None
    assert {part.name: part.after for part in gone.parts} == {"a": Segment(100, 0.5), OTHERS: Segment(0, None)}


def test_a_rate_is_real_when_its_interval_excludes_nothing() -> None:
    before = {"a": Segment(100, 0.5, 0.4, 0.6), "b": Segment(100, 0.5, 0.4, 0.6)}
    after = {"a": Segment(100, 0.9, 0.85, 0.95), "b": Segment(100, 0.55, 0.45, 0.65)}
    moved = movement(before, after)
    assert moved is not None
    assert {part.name: part.is_real for part in moved.parts} == {"a": True, "b": False}


@pytest.mark.parametrize(
    ("low", "high", "is_real"),
    [(0.1, 0.2, True), (-0.2, -0.1, True), (0.0, 0.2, False), (-0.2, 0.0, False), (None, 0.2, None), (0.1, None, None)],
)
def test_a_part_is_real_beyond_zero_and_untold_without_a_bound(
    low: float | None, high: float | None, is_real: bool | None
) -> None:
    part = Part("mail", 0.25, -0.05, Segment(1, None), Segment(1, None), low, high)
    assert part.is_real is is_real
    assert part.total == pytest.approx(0.20)


def test_what_comes_to_nothing_is_never_called_real() -> None:
    part = Part("mail", 1e-13, 0.0, Segment(1, None), Segment(1, None))
    assert not part.mix_is_real  # no chance in it either, and yet only rounding
    assert replace(part, mix=1e-11).mix_is_real
    assert [replace(part, mix=1.0, mix_error=error).mix_is_real for error in (0.51, 0.511)] == [True, False]


def test_segments_of_thirty_rows_in_either_period_keep_their_names() -> None:
    def names(*rows: tuple[int, int]) -> set[str]:
        sides = [{name: Segment(row[side], 0.5) for name, row in zip("abc", rows, strict=True)} for side in (0, 1)]
        moved = movement(*sides)
        assert moved is not None
        return {part.name for part in moved.parts}

    assert names((100, 100), (29, 29), (29, 29)) == {"a", OTHERS}
    assert names((100, 100), (29, 29), (30, 29)) == {"a", "b", "c"}  # a single small one is told by its name
    assert names((100, 100), (29, 30), (29, 30)) == {"a", "b", "c"}


def test_nothing_against_something_is_no_movement() -> None:
    assert movement({}, {"a": Segment(40, 0.5)}) is None
    assert movement({"a": Segment(40, 0.5)}, {}) is None


def test_the_mix_of_a_segment_is_told_against_the_whole_and_the_largest_part_first() -> None:
    """The middle is (0.70 + 0.58)/2 = 0.64: mail 0.3 · (0.5 − 0.64) = −0.042, chat −0.3 · (0.9 − 0.64) = −0.078."""
    moved = movement(
        {"mail": Segment(50, 0.5), "chat": Segment(50, 0.9)}, {"mail": Segment(80, 0.5), "chat": Segment(20, 0.9)}
    )
    assert moved is not None
    assert [(part.name, part.mix) for part in moved.parts] == [
        ("chat", pytest.approx(-0.078)),
        ("mail", pytest.approx(-0.042)),
    ]
    # 0.26 · √((0.5 · 0.5 + 0.2 · 0.8)/100): chance in the share of chat alone, in both periods.
    assert moved.parts[0].mix_error == pytest.approx(0.26 * (0.41 / 100) ** 0.5)


def test_a_segment_that_came_or_went_has_the_value_of_the_period_it_was_there() -> None:
    """Middle 0.625: mail −0.125, chat 0.375; one period is mail alone, of the other (0.078125 − 0.125²)/200."""
    alone, both = {"mail": Segment(100, 0.5)}, {"mail": Segment(100, 0.5), "chat": Segment(100, 1.0)}
    for before, after, sign in ((alone, both, 1), (both, alone, -1)):
        moved = movement(before, after)
        assert moved is not None
        assert moved.mix_error == pytest.approx(((0.078125 - 0.125**2) / 200) ** 0.5)
        # chat: half of all rows, 0.375 from the middle, and nothing of it is rate.
        assert [(part.mix, part.rate) for part in moved.parts if part.name == "chat"] == [
            (pytest.approx(sign * 0.5 * 0.375), 0)
        ]


def test_a_segment_without_a_value_in_either_period_moves_nothing() -> None:
    silent = {"a": Segment(100, 0.5), "silent": Segment(100, None)}
    moved = movement(silent, {"a": Segment(100, 0.7), "silent": Segment(100, None)})
    assert moved is not None
    assert [part.total for part in moved.parts if part.name == "silent"] == [0]


def test_the_bounds_of_a_rate_are_movers_weighed_by_the_share() -> None:
    """0.9 (0.85–0.95) after 0.5 (0.4–0.7), half of all rows: 0.4 − √(0.05² + 0.2²) to 0.4 + √(0.05² + 0.1²), halved."""
    before = {"a": Segment(100, 0.5, 0.4, 0.7), "b": Segment(100, 0.5, 0.4, 0.6)}
    after = {"a": Segment(100, 0.9, 0.85, 0.95), "b": Segment(100, 0.5, None, 0.6)}
    moved = movement(before, after)
    assert moved is not None
    bounds = {part.name: (part.low, part.high) for part in moved.parts}
    assert bounds["a"] == pytest.approx(((0.4 - 0.0425**0.5) / 2, (0.4 + 0.0125**0.5) / 2))
    assert bounds["b"] == (None, None)


sides = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.builds(Segment, st.integers(1, 500), st.floats(-1000, 1000)),
    min_size=1,
)


@given(sides, sides)
def test_the_parts_add_up(before: dict[str, Segment], after: dict[str, Segment]) -> None:
    moved = movement(before, after)
    assert moved is not None
    scale = max(1.0, *(abs(each.value or 0) for each in (*before.values(), *after.values())))
    assert abs(moved.mix + moved.rate - moved.difference) <= 1e-9 * scale
    for side, whole in ((before, moved.before), (after, moved.after)):
        rows = sum(each.n for each in side.values())
        assert abs(sum(each.n * (each.value or 0) for each in side.values()) / rows - whole) <= 1e-9 * scale
