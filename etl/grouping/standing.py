"""What stands still of a product while a quarter lasts: the weights of words, and the bursts of the quarters before.

Weights that rest on all texts change with every ticket, and every likeness with them. So the texts of past quarters
give the weights once there are enough of them, and what came back in those quarters is remembered under a digest of
all that it was found from. A load then weighs only the words of what is new. Whoever remembers nothing finds the past
first and goes on from there in the same way: no result depends on which loads there were.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from etl.grouping import links, rules
from etl.grouping.clusters import Edges, Named
from etl.grouping.vectors import Features, Floats, Integers, Marks, Vocabulary, cosines_to, distinct, vocabulary


def edge(day: Floats) -> float:
    """The day before which nothing changes: what ended by then is out of reach of the quarter of the newest ticket."""
    newest = np.floor(day.max()).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    quarter = (newest // 3 * 3).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return float(quarter) - rules.NEAR_DAYS


def past(day: Floats, burst: Integers, since: float) -> NDArray[np.bool_]:
    """Which bursts ended before; none where they have too few tickets to weigh words by."""
    last = np.full(int(burst.max()) + 1, -np.inf)
    np.maximum.at(last, burst, day)
    ended = last < since
    return np.asarray(ended & (np.count_nonzero(ended[burst]) >= rules.STANDING_TICKETS))


@dataclass(frozen=True)
class Part:
    """Tickets by their words and the burst of each, and texts that are held against a burst."""

    texts: list[str]
    burst: Integers
    asked: list[str]
    beside: Integers

    def rows(self) -> tuple[list[str], Integers, Integers]:
        """The distinct texts, and which of them each ticket and each question has."""
        words, place = np.unique(np.array([*self.texts, *self.asked], dtype=object), return_inverse=True)
        return words.tolist(), place[: len(self.texts)], place[len(self.texts) :]


@dataclass(frozen=True)
class Standing:
    """The past as it is remembered.

    Words and pieces of words by hash, and how many of the texts have each. ``data``, ``indices`` and ``indptr`` are the
    sums of the vectors of each burst, of which the centre of any issue can be made. ``first``, ``second`` and ``value``
    are bursts that are alike, ``label`` is the issue of each burst, ``alike`` and ``held`` are the cosines of its
    tickets and of what was asked about it with the centre of that issue.
    """

    documents: Integers
    word_marks: Marks
    word_counts: NDArray[np.int32]
    piece_marks: Marks
    piece_counts: NDArray[np.int32]
    data: NDArray[np.float32]
    indices: NDArray[np.int32]
    indptr: NDArray[np.int32]
    first: NDArray[np.int32]
    second: NDArray[np.int32]
    value: NDArray[np.float32]
    label: NDArray[np.int32]
    alike: NDArray[np.float32]
    held: NDArray[np.float32]

    def vocabulary(self) -> Vocabulary:
        words, width = len(self.word_marks), len(self.word_marks) + len(self.piece_marks)
        return Vocabulary(
            int(self.documents[0]),
            Features(self.word_marks, self.word_counts.astype(np.int64), np.arange(words)),
            Features(self.piece_marks, self.piece_counts.astype(np.int64), np.arange(words, width)),
        )

    def sums(self, width: int) -> sparse.csr_matrix:
        """One row a burst, as wide as what they are held against."""
        return sparse.csr_matrix((self.data, self.indices, self.indptr), shape=(len(self.label), width))

    def kept(self) -> bytes:
        out = io.BytesIO()
        np.savez(out, **{each.name: getattr(self, each.name) for each in fields(self)})
        return out.getvalue()

    @classmethod
    def of(cls, kept: bytes) -> Standing:
        with np.load(io.BytesIO(kept), allow_pickle=False) as told:
            return cls(**{each.name: told[each.name] for each in fields(cls)})


def found(part: Part, named: Named) -> bytes:
    """What is to be remembered of the past, from nothing but the past."""
    words, rows, others = part.rows()
    known = vocabulary([words[each] for each in np.unique(rows).tolist()])
    vectors, _ = known.read(words)
    sums = links.sums(vectors, rows, part.burst, len(named.record))
    sums.sort_indices()
    centre = links.directions(sums)
    alike = links.edges(centre, named, len(named.record))
    label = links.grouped(centre, named, alike)
    issue = links.directions(links.sums(sums, np.arange(len(label)), label, int(label.max()) + 1))
    return Standing(
        np.array([known.documents]),
        known.words.marks, known.words.counts.astype(np.int32),
        known.pieces.marks, known.pieces.counts.astype(np.int32),
        sums.data.astype(np.float32), sums.indices.astype(np.int32), sums.indptr.astype(np.int32),
        alike.first.astype(np.int32), alike.second.astype(np.int32), alike.value.astype(np.float32),
        label.astype(np.int32),
        held(issue, vectors, rows, label[part.burst]).astype(np.float32),
        held(issue, vectors, others, label[part.beside]).astype(np.float32),
    ).kept()  # fmt: skip


def continued(kept: bytes, new: Part, old: Part, named: Named) -> tuple[Integers, Floats, Floats]:
    """The past and what came since: the issue of each burst, and the cosines of tickets and of questions.

    Bursts are numbered new ones first, then those of the past; so are tickets and questions. ``new`` may ask about any
    burst, ``old`` counts those of the past alone.
    """
    before = Standing.of(kept)
    words, rows, _ = Part(new.texts, new.burst, [], new.beside).rows()
    vectors, known = before.vocabulary().read(words)
    count = len(named.record) - len(before.label)
    sums = sparse.vstack([links.sums(vectors, rows, new.burst, count), before.sums(known.width)], format="csr")
    label = labelled(sums, count, before, named)
    changed = differing(label, count, before.label.astype(np.int64))
    issue = links.directions(links.sums(sums, np.arange(len(label)), label, int(label.max()) + 1))
    # Only what is new, or belongs to an issue that is no longer what it was, is held against a centre again.
    again, asked = (np.flatnonzero(changed[label[count + of]]) for of in (old.burst, old.beside))
    tickets = np.concatenate([new.burst, count + old.burst[again]])
    about = np.concatenate([new.beside, count + old.beside[asked]])
    part = Part(
        [*new.texts, *_taken(old.texts, again)], label[tickets], [*new.asked, *_taken(old.asked, asked)], label[about]
    )
    words, rows, others = part.rows()
    vectors, known = known.read(words)
    issue = sparse.csr_matrix((issue.data, issue.indices, issue.indptr), shape=(issue.shape[0], known.width))
    alike, about_them = held(issue, vectors, rows, part.burst), held(issue, vectors, others, part.beside)
    return (
        label,
        _both(alike, len(new.texts), before.alike, again),
        _both(about_them, len(new.asked), before.held, asked),
    )


def labelled(sums: sparse.csr_matrix, count: int, before: Standing, named: Named) -> Integers:
    """An issue number for each burst; whom no new burst is near, directly or by others, stays as it was."""
    centre = links.directions(sums)
    first, second = (each.astype(np.int64) + count for each in (before.first, before.second))
    known = Edges(first, second, before.value.astype(np.float64))
    alike = links.edges(centre, named, count).and_these(known)
    component = links.with_names(alike, named).components(len(named.record))
    touched = np.isin(component, component[:count])
    rows, place = np.flatnonzero(touched), np.cumsum(touched) - 1
    here = alike.keep(touched[alike.first] & touched[alike.second])
    here = Edges(place[here.first], place[here.second], here.value)
    label = np.concatenate([np.zeros(count, dtype=np.int64), before.label + len(rows)])
    label[rows] = links.grouped(centre[rows], named.take(rows), here) if len(rows) else label[rows]
    return np.asarray(np.unique(label, return_inverse=True)[1], dtype=np.int64)


def differing(label: Integers, count: int, before: Integers) -> NDArray[np.bool_]:
    """Which issues are made of other bursts than an issue of the past was."""
    sizes, were = np.bincount(label), np.bincount(before)
    now, was, _, times = distinct(label[count:], before)
    same = np.zeros(len(sizes), dtype=bool)
    same[now] = (times == sizes[now]) & (times == were[was])
    return ~same


def held(issue: sparse.csr_matrix, vectors: sparse.csr_matrix, row: Integers, of: Integers) -> Floats:
    """The cosine of texts with the centres of issues, each pair of them once."""
    one, centre, where, _ = distinct(row, of)
    return cosines_to(issue, vectors, one, centre)[where]


def _taken(texts: Sequence[str], rows: Integers) -> list[str]:
    return [texts[each] for each in rows.tolist()]


def _both(found: Floats, new: int, remembered: NDArray[np.float32], again: Integers) -> Floats:
    """What is new, then what was remembered, where it was not found again."""
    old = remembered.astype(np.float64)
    old[again] = found[new:]
    return np.concatenate([found[:new], old])
