"""The past of a product is weighed and compared once a quarter, and never answers other than if it were done again."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from grouping import score
from grouping.issue_simulator import EASY, HARD, Ticket, World, simulate
from scipy import sparse

from etl.grouping import blocks, links, rules, standing
from etl.grouping.blocks import Memory
from etl.grouping.clusters import NONE, Named
from etl.grouping.vectors import cosines_to, vocabulary, weighed

#: Days since 1970 at which a week ends, around the first of October.
WEEKS = (255, 262, 269, 276, 283)


def _day(year: int, month: int, day: int) -> float:
    return float((date(year, month, day) - date(1970, 1, 1)).days)


@pytest.mark.parametrize(
    ("newest", "since"),
    [((2026, 11, 29), (2026, 9, 26)), ((2026, 10, 1), (2026, 9, 26)), ((2026, 9, 30), (2026, 6, 26))],
)
def test_nothing_changes_that_ended_five_days_before_the_quarter(
    newest: tuple[int, int, int], since: tuple[int, int, int]
) -> None:
    assert standing.edge(np.array([3.0, _day(*newest) + 0.9])) == _day(*since)


def test_few_tickets_of_the_past_are_too_few_to_weigh_words_by(monkeypatch: pytest.MonkeyPatch) -> None:
    day, burst = np.array([1.0, 2.0, 7.0, 8.0, 12.0]), np.array([1, 1, 0, 0, 2])
    monkeypatch.setattr(rules, "STANDING_TICKETS", 4)
    assert standing.past(day, burst, 10.0).tolist() == [True, True, False]
    # The second ticket of burst 0 came on the very day: two tickets are left, of four wanted.
    assert standing.past(day, burst, 8.0).tolist() == [False, False, False]


def test_words_weigh_by_the_past_and_unknown_ones_as_of_no_text() -> None:
    known = vocabulary(["alpha beta", "alpha gamma"])
    found, grown = known.read(["alpha delta"])
    # Of 2 texts 2 have alpha: ln(3/3) + 1; none has delta, or both in a row: ln(3/1) + 1. Pieces have other columns.
    columns = set(known.words.place) | set(range(known.width, known.width + 2))
    row = dict(zip(found.indices.tolist(), found.data.tolist(), strict=True))
    of_words = sorted(value for column, value in row.items() if column in columns)
    assert [value / of_words[0] for value in of_words] == pytest.approx([1, math.log(3) + 1, math.log(3) + 1])
    assert sum(value**2 for value in of_words) == pytest.approx(0.5)
    again, _ = grown.read(["delta alpha", "alpha delta"])
    assert cosines_to(found, again[:, : grown.width], np.array([1]), np.array([0])) == pytest.approx([1.0])


def test_of_the_same_texts_standing_weights_are_those_of_a_block() -> None:
    texts = sorted(
        {*score.signatures([each.subject for each in simulate(EASY, 1, products=1)]), "a ¤err_1", "x ¤err_1"}
    )
    found, grown = vocabulary(texts).read(texts)
    assert grown.width == found.shape[1]
    plain = weighed(texts)
    np.testing.assert_allclose((found @ found.T).toarray(), (plain @ plain.T).toarray(), atol=2e-6)


def _desk(world: World) -> tuple[list[str], np.ndarray, Named, int]:
    """Texts and bursts of a product, bursts after day 300 first; how many these are; codes where the issue has one."""
    told = [each for each in simulate(world, 4, products=1, issues=25) if each.episode is not None]
    first = {(each.issue, each.episode): each.day for each in reversed(told)}
    order = sorted(first, key=lambda name: (first[name] < 300, first[name]))
    burst = np.array([order.index((each.issue, each.episode)) for each in told])
    code = np.array([NONE if world.codes == 0 or issue % 3 else issue for issue, _ in order])
    named = Named(np.full(len(order), NONE), code)
    return [each.subject.lower() for each in told], burst, named, sum(day >= 300 for day in first.values())


@pytest.mark.parametrize("world", [EASY, HARD], ids=lambda world: world.name)
def test_what_is_remembered_saves_work_and_changes_nothing(world: World) -> None:
    """Against the plain way: every text weighed by the past, every centre against every other."""
    texts, burst, named, recent = _desk(world)
    is_new = burst < recent
    # One asks about the first burst, the last about the last, in words the bursts do not have.
    asked = ["login page is white", *texts[:40], "shop window broken into", "broken window of a shop"]
    beside = np.append(np.arange(len(asked) - 2) % len(named.code), [len(named.code) - 1] * 2)
    now = beside < recent
    take = lambda which: [text for text, mine in zip(texts, which, strict=True) if mine]  # noqa: E731
    ask = lambda which: [text for text, mine in zip(asked, which, strict=True) if mine]  # noqa: E731
    new = standing.Part(take(is_new), burst[is_new], ask(now), beside[now])
    old = standing.Part(take(~is_new), burst[~is_new] - recent, ask(~now), beside[~now] - recent)
    before = standing.found(old, named.take(np.arange(recent, len(named.code))))
    label, alike, held = standing.continued(before, new, old, named)

    vectors, _ = vocabulary(sorted(set(old.texts))).read([*new.texts, *old.texts, *new.asked, *old.asked])
    of = np.concatenate([burst[is_new], burst[~is_new]])
    rows = np.arange(len(of))
    plain = links.issues(links.centres(vectors, rows, of, len(named.code)), named)
    once = len({*zip(label.tolist(), plain.tolist(), strict=True)})
    assert once == len(set(plain.tolist())) == len(set(label.tolist()))
    assert 5 < once < len(named.code) - 5, "some came back, some did not"
    centre = links.centres(vectors, rows, plain[of], int(plain.max()) + 1)
    np.testing.assert_allclose(alike, cosines_to(centre, vectors, rows, plain[of]), atol=2e-6)
    about = plain[np.concatenate([beside[now], beside[~now]])]
    np.testing.assert_allclose(held, cosines_to(centre, vectors, len(of) + np.arange(len(asked)), about), atol=2e-6)
    # Some issues of the past are what they were, others have a new burst.
    assert (
        0 < np.count_nonzero(standing.Standing.of(before).alike == alike[np.count_nonzero(is_new) :]) < len(old.texts)
    )


def test_who_is_near_by_others_only_is_looked_at_again() -> None:
    """A new burst is like one of the past (.9) that is like another (.75), to which it is not (.5): .625 on average."""
    new, near, far = (0.9, -0.265, 0.346), (1.0, 0.0, 0.0), (0.75, 0.661, 0.0)
    none = np.empty(0, dtype=np.int32)
    few = np.empty(0, dtype=np.float32)
    marks = np.empty(0, dtype=np.uint64)
    before = standing.Standing(
        none, marks, none, marks, none, few, none, none,
        np.array([0], dtype=np.int32), np.array([1], dtype=np.int32), np.array([0.75], dtype=np.float32),
        np.array([0, 0], dtype=np.int32), few, few,
    )  # fmt: skip
    nothing = np.full(3, NONE)
    sums = sparse.csr_matrix(np.array([new, near, far]))
    assert standing.labelled(sums, 1, before, Named(nothing, nothing)).tolist() == [0, 0, 0]


def test_an_issue_is_what_it_was_if_it_has_the_bursts_it_had() -> None:
    """Bursts of the past had issues 0, 0, 1, 2, 2, 3, 3 and have, after a new one: joined; whole; in two parts; whole."""
    now = np.array([0, 0, 0, 1, 2, 3, 4, 4])
    assert standing.differing(now, 1, np.array([0, 0, 1, 2, 2, 3, 3])).tolist() == [True, False, True, True, False]


def _upto(tickets: list[Ticket], day: float) -> list[Ticket]:
    return [ticket for ticket in tickets if ticket.day < day]


def test_week_by_week_over_the_edge_of_a_quarter_is_as_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "STANDING_TICKETS", 50)
    monkeypatch.setattr(blocks, "BLOCK_TICKETS", 60)
    weighed_anew: list[int] = []
    inner = standing.found

    def counted(*given: object) -> bytes:
        weighed_anew.append(1)
        return inner(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(standing, "found", counted)
    tickets = simulate(HARD, 6, products=1, issues=40, days=330)
    memory, anew = Memory(), []
    for week in WEEKS:
        known = _upto(tickets, week)
        memory = Memory(dict(memory.now))
        weighed_anew.clear()
        after = score.found(known, memory)[0].grouped
        anew.append(len(weighed_anew))
        fresh = Memory()
        plain = score.found(known, fresh)[0].grouped
        for name in ("issue", "number", "likeness", "pairs"):
            assert np.array_equal(getattr(after, name), getattr(plain, name), equal_nan=name == "likeness"), name
        assert memory.now == fresh.now
    # Once for what was there, and once when October began: the third quarter is past by then.
    assert anew == [1, 0, 0, 1, 0]
