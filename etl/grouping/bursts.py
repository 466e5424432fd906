"""What came in a rush: texts alike within days of each other.

Not tickets are grouped but runs: all tickets of one text (and one record and code) that follow each other within
NEAR_DAYS. So an outage of a thousand equal mails is one row, and what took years is no rush.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from etl.grouping.clusters import NONE, Edges, Named, groups
from etl.grouping.rules import BURST, NEAR_DAYS, NEIGHBOURS
from etl.grouping.vectors import CODE_MARK, Floats, Integers, alike


@dataclass(frozen=True)
class Tickets:
    """Tickets of one product, one row each, in any order.

    ``text`` is the number of a signature (in the order of the alphabet, so that rows sort alike in every load),
    ``day`` the creation in days since 1970, ``account`` a number for whoever asked (never NONE: who is not known is a
    stranger with a number of its own), ``record`` and ``code`` numbers or NONE.
    """

    text: Integers
    day: Floats
    account: Integers
    record: Integers
    code: Integers

    def take(self, rows: Integers) -> Tickets:
        return Tickets(self.text[rows], self.day[rows], self.account[rows], self.record[rows], self.code[rows])

    def __len__(self) -> int:
        return len(self.text)


@dataclass(frozen=True)
class Runs:
    """Runs of tickets, and the run of each ticket. Sorted by text, record, code and time."""

    text: Integers
    first: Floats
    last: Floats
    named: Named
    part: Integers
    of: Integers

    def take(self, rows: Integers) -> Runs:
        """Some of the runs; whose tickets they are is not kept."""
        named = self.named.take(rows)
        return Runs(self.text[rows], self.first[rows], self.last[rows], named, self.part[rows], rows)

    def __len__(self) -> int:
        return len(self.text)


def runs(tickets: Tickets, part: Integers) -> Runs:
    """The runs of these tickets; none goes over the edge of a part of the calendar."""
    order = np.lexsort((tickets.day, tickets.code, tickets.record, tickets.text))
    here = tickets.take(order)
    if not len(here):
        none = here.text
        return Runs(none, here.day, here.day, Named(none, none), none, none)
    begins = np.ones(len(here), dtype=bool)
    same = (np.diff(here.text) == 0) & (np.diff(here.record) == 0) & (np.diff(here.code) == 0)
    same &= np.diff(part[order]) == 0
    begins[1:] = ~(same & (np.diff(here.day) <= NEAR_DAYS))
    starts = np.flatnonzero(begins)
    ends = np.append(starts[1:], len(here)) - 1
    of = np.empty(len(here), dtype=np.int64)
    of[order] = np.cumsum(begins) - 1
    named = Named(here.record[starts], here.code[starts])
    return Runs(here.text[starts], here.day[starts], here.day[ends], named, part[order][starts], of)


def documents(signatures: Sequence[str], codes: Sequence[str], text: Integers, code: Integers) -> list[str]:
    """The words of each row, its error code marked beside them."""
    return [
        signatures[each] if name == NONE else f"{signatures[each]} {CODE_MARK}{codes[name].lower()}"
        for each, name in zip(text.tolist(), code.tolist(), strict=True)
    ]


def bursts(found: Runs, vectors: sparse.csr_matrix) -> Integers:
    """A group number for each run: alike, close in time, and not at odds about records or codes."""
    edges = _alike(found, vectors).and_these(_by_name(found))
    return groups(vectors, found.named, edges, BURST, 0.0)


def _alike(found: Runs, vectors: sparse.csr_matrix) -> Edges:
    """The runs most alike among those near in time; some at a time, against those that may be near any of them."""
    order = np.argsort(found.first, kind="stable")
    parts = []
    for start in range(0, len(order), 200):
        rows = order[start : start + 200]
        least, most = found.first[rows].min() - NEAR_DAYS, found.last[rows].max() + NEAR_DAYS
        others = np.flatnonzero((found.first <= most) & (found.last >= least))
        first, second, value = alike(vectors[rows], vectors[others], BURST)
        edges = Edges(rows[first], others[second], value)
        edges = edges.keep((edges.first != edges.second) & _near(found, edges.first, edges.second))
        parts.append(_nearest(edges.keep(~found.named.differ(edges.first, edges.second))))
    none = np.empty(0, dtype=np.int64)
    return Edges(
        np.concatenate([none, *(part.first for part in parts)]),
        np.concatenate([none, *(part.second for part in parts)]),
        np.concatenate([np.empty(0), *(part.value for part in parts)]),
    )


def _near(found: Runs, first: Integers, second: Integers) -> NDArray[np.bool_]:
    apart = np.maximum(found.first[first] - found.last[second], found.first[second] - found.last[first])
    return np.asarray(apart <= NEAR_DAYS)


def _nearest(edges: Edges) -> Edges:
    """Of each row the NEIGHBOURS most alike."""
    order = np.lexsort((edges.second, -edges.value, edges.first))
    first = edges.first[order]
    rank = np.arange(len(first)) - np.searchsorted(first, first, side="left")
    return edges.keep(np.sort(order[rank < NEIGHBOURS]))


def _by_name(found: Runs) -> Edges:
    """Runs that name the same record or code and follow each other closely belong together whatever they say."""
    firsts, seconds = [], []
    for what in (found.named.record, found.named.code):
        rows = np.flatnonzero(what != NONE)
        rows = rows[np.lexsort((found.first[rows], what[rows]))]
        one, other = rows[:-1], rows[1:]
        keep = (what[one] == what[other]) & _near(found, one, other) & ~found.named.differ(one, other)
        firsts.append(one[keep])
        seconds.append(other[keep])
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    return Edges(first, second, np.ones(len(first)))
