"""Loads one after the other give what one load gives: what is remembered is never anything but what would be found."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
from grouping.issue_simulator import HARD, simulate
from grouping.score import found
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.grouping import blocks, rules, workers
from etl.grouping.blocks import Memory
from etl.grouping.bursts import Tickets
from etl.grouping.clusters import NONE
from etl.grouping.group import Grouped, Names, Pairs, group

WORDS = (
    "printer on fire in office", "printer in office on fire", "office printer is on fire", "login page stays white",
    "white login page again", "login page is white", "printer page is white", "need help",
)  # fmt: skip
#: Examples: each groups some blocks several times.
MANY = 10
#: (day, account, words, record, code)
Row = tuple[float, int, str, str | None, str | None]
rows = st.tuples(
    # January to May of 1970, half of them in a rush over the end of a month.
    st.one_of(st.integers(0, 1000).map(lambda n: n / 7), st.integers(0, 50).map(lambda n: 28 + n / 7)),
    st.integers(0, 4),
    st.sampled_from(WORDS),
    st.sampled_from((None, None, None, "R0", "R1")),
    st.sampled_from((None, None, None, "E0", "E1")),
)
loads = st.lists(st.lists(rows, max_size=10), min_size=2, max_size=3)


def _grouped(told: list[Row], memory: Memory) -> Grouped:
    """Numbered as the derivation does: what is not there has no number."""
    told = sorted(told, key=lambda row: (row[0], row[1:3], str(row)))
    names = [sorted({row[place] for row in told if row[place] is not None}) for place in (2, 3, 4)]
    text, record, code = (
        np.array([known.index(row[place]) if row[place] is not None else NONE for row in told], dtype=np.int64)
        for place, known in zip((2, 3, 4), names, strict=True)
    )
    day, account = np.array([row[0] for row in told], dtype=float), np.array([row[1] for row in told], dtype=np.int64)
    asked = [(b, a) for b in range(len(told)) for a in range(b) if told[a][1] == told[b][1]]
    pairs = Pairs(*np.array(asked, dtype=np.int64).reshape(-1, 2).T)
    return group(Tickets(text, day, account, record, code), Names(*names), memory, pairs)


def _same(one: Grouped, other: Grouped) -> None:
    for name in ("issue", "number", "likeness", "pairs"):
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=name == "likeness"), name


@settings(max_examples=MANY, deadline=None)
@given(loads, st.sampled_from((1, 3_000)), st.sampled_from((1, 3_000)))
def test_any_loads_in_any_order_give_what_one_load_of_all_gives(
    some: list[list[Row]], block: int, standing: int
) -> None:
    """Blocks of one ticket on average are months; what was remembered before is forgotten where it no longer holds."""
    with patch.object(blocks, "BLOCK_TICKETS", block), patch.object(rules, "STANDING_TICKETS", standing):
        memory, known = Memory(), []
        for load in some:
            known += load
            memory = Memory(dict(memory.now))
            after = _grouped(known, memory)
        fresh = Memory()
        _same(after, _grouped(known, fresh))
    assert memory.now == fresh.now


def _rush(
    day: float, words: tuple[str, ...] = WORDS[:3], *, record: str | None = None, code: str | None = None
) -> list[Row]:
    return [(day + place / 7, place, text, record, code) for place, text in enumerate(words)]


def _row(day: float, words: str, account: int = 2, record: str | None = None, code: str | None = None) -> Row:
    return (day, account, words, record, code)


LOGIN = WORDS[3:6]
SOUND = ("sound of phone is gone", "the phone sound is gone", "sound of the phone gone")
#: Desks that differ in one thing alone and are grouped differently for it; names sort alike in both.
DIFFERENT = {
    "when a ticket came": (_rush(0), [*_rush(0)[:2], _row(50, WORDS[2])]),
    "when the last of a text came": (
        [_row(0, WORDS[0]), _row(3, WORDS[0], 1), _row(7, WORDS[1])],
        [_row(0, WORDS[0]), _row(1, WORDS[0], 1), _row(7, WORDS[1])],
    ),
    "words": (_rush(0), [*_rush(0)[:2], _row(2 / 7, "login again is slow")]),
    "a record": (
        [*_rush(0, record="R0"), _row(1, WORDS[6], record="R0"), _row(60, "need help", record="R1")],
        [*_rush(0, record="R0"), _row(1, WORDS[6], record="R1"), _row(60, "need help", record="R1")],
    ),
    "a code": (
        [*_rush(0, code="E0"), _row(1, WORDS[6], code="E0"), _row(60, "need help", code="E1")],
        [*_rush(0, code="E0"), _row(1, WORDS[6], code="E1"), _row(60, "need help", code="E1")],
    ),
    "the record of what came back": (
        [*_rush(0, record="R0"), *_rush(40, LOGIN, record="R0")],
        [*_rush(0, record="R0"), *_rush(40, LOGIN, record="R1")],
    ),
    "the code of what came back": (
        [*_rush(0, code="E0"), *_rush(40, LOGIN, code="E0")],
        [*_rush(0, code="E0"), *_rush(40, LOGIN, code="E1")],
    ),
    "the words of what came back": ([*_rush(0), *_rush(40)], [*_rush(0), *_rush(40, SOUND)]),
    "what an account says in two words": (
        [_row(0, "need help"), _row(9, "need help")],
        [_row(0, "need help"), _row(9, "need money")],
    ),
    "what is held against an issue": (
        [*_rush(0), _row(50, "office smoke again and fire")],
        [*_rush(0), _row(50, "again smoke and snow")],
    ),
}


@pytest.mark.parametrize("later", [[], [(200, 1, "quite another matter", None, None)]], ids=["now", "of the past"])
@pytest.mark.parametrize(("told", "changed"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_what_changed_in_one_thing_is_not_taken_for_what_it_was(
    told: list[Row], changed: list[Row], later: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "STANDING_TICKETS", 1)
    told, changed = [*told, *later], [*changed, *later]
    memory = Memory()
    before, fresh = _grouped(told, memory), _grouped(changed, Memory())
    assert not (np.array_equal(before.issue, fresh.issue) and np.array_equal(before.pairs, fresh.pairs))
    _same(_grouped(changed, Memory(dict(memory.now))), fresh)


@pytest.mark.parametrize("later", [[], [(200, 1, "quite another matter", None, None)]], ids=["now", "of the past"])
def test_a_code_of_another_name_is_another_code(later: list[Row], monkeypatch: pytest.MonkeyPatch) -> None:
    """Names sort alike in both, so that their numbers are the same; but a name is a word of its ticket too."""
    monkeypatch.setattr(rules, "STANDING_TICKETS", 1)
    told, changed = ([*_rush(0, code=name), _row(50, "office smoke ¤e0"), *later] for name in ("E0", "E9"))
    memory = Memory()
    before, fresh = _grouped(told, memory), _grouped(changed, Memory())
    assert not np.array_equal(before.likeness, fresh.likeness, equal_nan=True) or not np.array_equal(
        before.pairs, fresh.pairs
    )
    _same(_grouped(changed, Memory(dict(memory.now))), fresh)


def test_other_processes_find_what_this_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two areas side by side, in the order they were given; what is known needs no process."""
    areas = [simulate(HARD, seed, products=1, issues=8, days=200) for seed in (1, 2)]
    alone = [found(area, Memory())[0].grouped for area in areas]
    monkeypatch.setattr(workers, "MANY_TICKETS", 0)
    memory = Memory()

    def work(number: int) -> Grouped:
        return found(areas[number], memory)[0].grouped

    for one, other in zip(alone, workers.side_by_side(work, range(2), memory, 1), strict=True):
        _same(one, other)
    monkeypatch.setattr(workers, "ProcessPoolExecutor", None)
    memory = Memory(dict(memory.now))
    for one, other in zip(alone, workers.side_by_side(work, range(2), memory, 1), strict=True):
        _same(one, other)
