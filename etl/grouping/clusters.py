"""Average-link groups of texts: neighbours make components, each is cut where its parts are no longer alike on average.

Methods B: components alone chain everything together (ARI .03), the cut takes the chains apart. Who names different
records or error codes is never in one group, however alike the words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

from etl.grouping.rules import MOST_AT_ONCE
from etl.grouping.vectors import Floats, Integers

#: No record, no code.
NONE = -1


@dataclass(frozen=True)
class Named:
    """What each row names beside its words: the number of a record and of an error code, or NONE."""

    record: Integers
    code: Integers

    def take(self, rows: Integers) -> Named:
        return Named(self.record[rows], self.code[rows])

    def same(self, first: Integers, second: Integers) -> NDArray[np.bool_]:
        """Pairs that name the same record, or the same code and no other record."""
        by_record = (self.record[first] != NONE) & (self.record[first] == self.record[second])
        by_code = (self.code[first] != NONE) & (self.code[first] == self.code[second])
        return np.asarray(by_record | (by_code & ~self._others(self.record, first, second)))

    def differ(self, first: Integers, second: Integers) -> NDArray[np.bool_]:
        """Pairs that name different records, or different codes and not the same record."""
        by_record = (self.record[first] != NONE) & (self.record[first] == self.record[second])
        codes = self._others(self.code, first, second) & ~by_record
        return np.asarray(self._others(self.record, first, second) | codes)

    @staticmethod
    def _others(named: Integers, first: Integers, second: Integers) -> NDArray[np.bool_]:
        return np.asarray((named[first] != NONE) & (named[second] != NONE) & (named[first] != named[second]))


@dataclass(frozen=True)
class Edges:
    """Pairs of rows and how alike they are."""

    first: Integers
    second: Integers
    value: Floats

    def keep(self, which: NDArray[np.bool_] | Integers) -> Edges:
        return Edges(self.first[which], self.second[which], self.value[which])

    def and_these(self, others: Edges) -> Edges:
        return Edges(
            np.concatenate([self.first, others.first]),
            np.concatenate([self.second, others.second]),
            np.concatenate([self.value, others.value]),
        )

    def components(self, rows: int) -> Integers:
        ones = np.ones(len(self.first), dtype=np.int8)
        graph = sparse.coo_matrix((ones, (self.first, self.second)), shape=(rows, rows))
        return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def groups(vectors: sparse.csr_matrix, named: Named, edges: Edges, threshold: float, other_codes: float) -> Integers:
    """A group number for each row, counted from 0; ``other_codes`` is what unlike codes leave of a cosine."""
    rows = vectors.shape[0]
    found = np.full(rows, NONE, dtype=np.int64)
    following = 0
    for members in _pieces(rows, edges, threshold) if rows else []:
        cut = _cut(vectors, named, members, threshold, other_codes)
        found[members] = cut + following
        following += int(cut.max()) + 1
    return found


def _pieces(rows: int, edges: Edges, threshold: float) -> list[Integers]:
    """The components as lists of rows; one that is too large to agglomerate is taken apart at a higher threshold."""
    waiting, done = [(np.arange(rows, dtype=np.int64), edges, threshold)], []
    while waiting:
        members, here, level = waiting.pop()
        place = np.full(rows, NONE, dtype=np.int64)
        place[members] = np.arange(len(members))
        label = Edges(place[here.first], place[here.second], here.value).components(len(members))
        order = np.argsort(label, kind="stable")
        for part in np.split(members[order], np.flatnonzero(np.diff(label[order])) + 1):
            if len(part) <= MOST_AT_ONCE or level > 1:
                done.append(part)
                continue
            inside = np.zeros(rows, dtype=bool)
            inside[part] = True
            level_up = level + 0.05
            waiting.append(
                (part, here.keep(inside[here.first] & inside[here.second] & (here.value >= level_up)), level_up)
            )
    return sorted(done, key=lambda part: int(part[0]))


def _cut(vectors: sparse.csr_matrix, named: Named, members: Integers, threshold: float, other_codes: float) -> Integers:
    """Average link inside one component, at ``threshold``."""
    if len(members) == 1:
        return np.zeros(1, dtype=np.int64)
    here = named.take(members)
    likeness = _likeness(vectors[members], here, other_codes)
    distance = squareform(np.clip(1 - likeness, 0, None), checks=False)
    cut = fcluster(linkage(distance, "average"), t=1 - threshold, criterion="distance").astype(np.int64) - 1
    return _apart(cut, here, likeness)


def _likeness(vectors: sparse.csr_matrix, named: Named, other_codes: float) -> Floats:
    """Cosines of all pairs, 1 where they name the same, and what is left where they name different things."""
    likeness = np.asarray((vectors @ vectors.T).toarray(), dtype=np.float64)
    if (named.record != NONE).any() or (named.code != NONE).any():
        first, second = np.triu_indices(len(likeness), 1)
        same, differ = named.same(first, second), named.differ(first, second)
        values = likeness[first, second]
        values = np.where(same, 1.0, np.where(differ, values * other_codes, values))
        likeness[first, second] = likeness[second, first] = values
    np.fill_diagonal(likeness, 1.0)
    return likeness


def _apart(cut: Integers, named: Named, likeness: Floats) -> Integers:
    """Groups in which two records, or two codes without a record, stand are split: one group each.

    Rows that name nothing go to the part they are most alike on average.
    """
    found, following = cut.copy(), int(cut.max()) + 1
    what = np.where(named.record != NONE, named.record * 2, np.where(named.code != NONE, named.code * 2 + 1, NONE))
    for group in np.unique(cut):
        rows = np.flatnonzero(cut == group)
        names = np.unique(what[rows][what[rows] != NONE])
        if len(names) < 2 or not _disagree(rows, named):
            continue
        parts = [rows[what[rows] == name] for name in names]
        free = rows[what[rows] == NONE]
        nearest = (
            np.argmax([likeness[np.ix_(free, part)].mean(axis=1) for part in parts], axis=0) if len(free) else free
        )
        for number, part in enumerate(parts):
            found[np.concatenate([part, free[nearest == number]])] = following
            following += 1
    return np.unique(found, return_inverse=True)[1].astype(np.int64)


def _disagree(rows: Integers, named: Named) -> bool:
    first, second = np.triu_indices(len(rows), 1)
    return bool(named.differ(rows[first], rows[second]).any())
