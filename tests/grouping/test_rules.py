"""The rules of grouping by hand: small desks whose answer can be seen."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from etl.grouping import blocks, vectors
from etl.grouping import group as grouping
from etl.grouping.blocks import Memory, calendar
from etl.grouping.bursts import Tickets
from etl.grouping.clusters import NONE
from etl.grouping.group import Grouped, Names, Pairs, group
from etl.grouping.links import numbers
from etl.grouping.vectors import CODE_MARK, cosines, cosines_to, weighed

PRINTER = ("printer on fire in office", "printer in office on fire", "office printer is on fire")
LOGIN = ("login page stays white", "white login page again", "login page is white")


def _group(*rows: tuple[float, int, str], record: dict[int, int] | None = None, code: dict[int, int] | None = None,
           pairs: list[tuple[int, int]] | None = None) -> Grouped:  # fmt: skip
    """Rows are (day, account, text); records and codes by row."""
    texts, place = np.unique([text for *_, text in rows], return_inverse=True)

    def named(told: dict[int, int] | None) -> np.ndarray:
        return np.array([(told or {}).get(row, NONE) for row in range(len(rows))])

    tickets = Tickets(
        place.astype(np.int64), np.array([day for day, *_ in rows]), np.array([who for _, who, _ in rows]),
        named(record), named(code),
    )  # fmt: skip
    asked = Pairs(*np.array(pairs or [], dtype=np.int64).reshape(-1, 2).T)
    names = Names(texts.tolist(), ["R0", "R1"], ["E0", "E1"])
    return group(tickets, names, Memory(), asked)


def _rush(day: float, texts: tuple[str, ...] = PRINTER) -> list[tuple[float, int, str]]:
    return [(day + 0.1 * place, place, text) for place, text in enumerate(texts)]


def test_three_tickets_of_two_accounts_are_a_burst_and_fewer_are_none() -> None:
    assert _group(*_rush(0)).issue.tolist() == [0, 0, 0]
    assert _group(*_rush(0)[:2]).issue.tolist() == [NONE] * 2
    assert _group(*[(day, 7, text) for day, _, text in _rush(0)]).issue.tolist() == [NONE] * 3


def test_days_apart_are_no_rush() -> None:
    """Two days apart each: a burst. Six days apart: none, however alike."""
    near = [(2.0 * place, place, text) for place, text in enumerate(PRINTER)]
    far = [(6.0 * place, place, text) for place, text in enumerate(PRINTER)]
    assert _group(*near).issue.tolist() == [0, 0, 0]
    assert _group(*far).issue.tolist() == [NONE] * 3


def test_other_words_are_another_issue_and_the_same_words_later_the_same() -> None:
    found = _group(*_rush(0), *_rush(0, LOGIN), *_rush(40))
    assert found.issue.tolist() == [found.issue[0]] * 3 + [found.issue[3]] * 3 + [found.issue[0]] * 3
    assert found.issue[0] != found.issue[3]
    assert found.number.tolist() == [1] * 6 + [2] * 3


def test_a_ticket_alone_follows_its_own_words_into_the_issue_and_no_burst() -> None:
    found = _group(*_rush(0), (90.0, 9, PRINTER[1]), (90.0, 9, "something else entirely here"))
    assert found.issue.tolist() == [0, 0, 0, 0, NONE]
    assert found.number.tolist() == [1, 1, 1, NONE, NONE]


def test_other_records_and_codes_forbid_the_same_issue_however_alike() -> None:
    same = [(0.1 * place, place, PRINTER[0]) for place in range(6)]
    for which in ("record", "code"):
        found = _group(*same, **{which: {0: 0, 1: 0, 2: 0, 3: 1, 4: 1, 5: 1}}).issue
        assert found.tolist() == [found[0]] * 3 + [found[3]] * 3
        assert found[0] != found[3]


def test_the_same_record_or_code_joins_whatever_the_words() -> None:
    rows = [(0.0, 0, PRINTER[0]), (0.1, 1, LOGIN[0]), (0.2, 2, "colours of chart are swapped")]
    for which in ("record", "code"):
        assert _group(*rows, **{which: dict.fromkeys(range(3), 0)}).issue.tolist() == [0, 0, 0]
    assert _group(*rows).issue.tolist() == [NONE] * 3


def test_a_record_joins_bursts_whatever_the_words_and_other_codes_keep_them_apart() -> None:
    rows = [*_rush(0), *_rush(40, LOGIN)]
    assert _group(*rows, record=dict.fromkeys(range(6), 0)).issue.tolist() == [0] * 6
    again = [*_rush(0), *_rush(40)]
    found = _group(*again, code=dict.fromkeys((0, 1, 2), 0) | dict.fromkeys((3, 4, 5), 1)).issue
    assert found[0] != found[3]


def test_short_subjects_are_not_grouped_but_compared_within_an_account() -> None:
    rows = [(0.1 * place, place, "need help") for place in range(4)]
    found = _group(*rows, (1.0, 0, "need help"), pairs=[(4, 0)])
    assert found.issue.tolist() == [NONE] * 5
    assert found.pairs.tolist() == [1.0]


def test_a_ticket_is_held_against_the_centre_of_an_issue_and_two_issues_against_each_other(monkeypatch) -> None:
    """ "smoke in printer of office" has few words of the first ticket, but more of all three together."""
    words = "office smoke again and fire"
    rows = [*_rush(0), (9.0, 0, words), (9.0, 8, words)]
    alone = _group(*[(day + 20 * place, who, text) for place, (day, who, text) in enumerate(rows)], pairs=[(3, 1)])
    beside = _group(*rows, pairs=[(3, 1)])
    assert alone.issue[1] == NONE
    assert beside.pairs[0] > alone.pairs[0] > 0
    apart = _group(*_rush(0), *_rush(0, LOGIN), pairs=[(3, 0), (1, 0)]).pairs
    assert apart[1] > 0.4
    white = ("printer login page white", "login page printer white", "white printer login page")
    kept = _group(*_rush(0), *_rush(0, white), pairs=[(3, 0)])
    monkeypatch.setattr(grouping, "OTHER_CODES", 1.0)
    plain = _group(*_rush(0), *_rush(0, white), pairs=[(3, 0)])
    assert kept.issue[0] != kept.issue[3]
    assert 0 < kept.pairs[0] == pytest.approx(0.3 * plain.pairs[0])


def test_bursts_less_than_three_days_apart_are_one() -> None:
    """Days 0-1, 3.9 and 7: 2.9 days of quiet are none, 3.1 begin the second."""
    found = numbers(np.zeros(4, dtype=np.int64), np.array([0.0, 1.0, 3.9, 7.0]), np.array([0, 0, 1, 2]))
    assert found.tolist() == [1, 1, 1, 2]


def test_a_product_is_cut_by_months_and_a_burst_over_the_edge_stays_one(monkeypatch) -> None:
    """31 January and 2 February 1970 are days 30 and 32; blocks of one ticket are cut by months."""
    rows = [(29.9, 0, PRINTER[0]), (30.5, 1, PRINTER[1]), (31.2, 2, PRINTER[2]), *_rush(100, LOGIN)]
    whole = _group(*rows)
    assert calendar(np.array([day for day, *_ in rows])).part.tolist() == [0] * 6
    monkeypatch.setattr(blocks, "BLOCK_TICKETS", 1)
    assert calendar(np.array([25.9, 26.0, 31.0, 100.0])).part.tolist() == [0, 1, 2, 6]
    cut = _group(*rows)
    assert cut.issue.tolist() == whole.issue.tolist() == [whole.issue[0]] * 3 + [whole.issue[3]] * 3


def test_vectors_are_those_of_scikit_learn() -> None:
    """Words 1-2 and char_wb 3-5, sublinear, each of length 1, both together of length 1."""
    texts = [*PRINTER, *LOGIN, "a bc def ghij klmno"]
    common = {"sublinear_tf": True, "lowercase": False}
    words = TfidfVectorizer(tokenizer=str.split, token_pattern=None, ngram_range=(1, 2), **common).fit_transform(texts)
    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), **common).fit_transform(texts)
    expected = (words @ words.T + pieces @ pieces.T).toarray() / 2
    vectors = weighed([*texts])
    assert np.allclose((vectors @ vectors.T).toarray(), expected, atol=1e-5)
    assert weighed(["", " "]).nnz == 0


def test_likeness_to_a_centre_is_the_product_of_both_vectors() -> None:
    texts = weighed([*PRINTER, *LOGIN])
    first, second = np.array([0, 5, 1, 0, 4]), np.array([3, 0, 3, 0, 5])
    expected = (texts @ texts.T).toarray()[first, second]
    assert cosines_to(texts, texts, first, second) == pytest.approx(expected, abs=1e-6)
    assert cosines(texts, first, second) == pytest.approx(expected, abs=1e-6)
    none = np.empty(0, dtype=np.int64)
    assert cosines_to(texts, texts, none, none).tolist() == []


def test_an_error_code_weighs_more_than_another_word(monkeypatch) -> None:
    """Who shares a word and names different codes is less alike the more a code weighs."""
    texts = [f"same {CODE_MARK}e", f"same {CODE_MARK}f"]
    heavy = (weighed(texts) @ weighed(texts).T).toarray()[0, 1]
    monkeypatch.setattr(vectors, "CODE_WEIGHT", 1.0)
    assert heavy < (weighed(texts) @ weighed(texts).T).toarray()[0, 1] - 0.01
