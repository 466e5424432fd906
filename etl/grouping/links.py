"""What came back: bursts whose centres are alike are bursts of one issue, however long apart."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from etl.grouping.bursts import Tickets
from etl.grouping.clusters import NONE, Edges, Named, groups
from etl.grouping.rules import BURST_ACCOUNTS, BURST_TICKETS, LINK, OTHER_CODES, QUIET_DAYS
from etl.grouping.vectors import Floats, Integers, alike, distinct

#: Centres compared in one go: bounds what the products of all pairs take.
AT_ONCE = 250


def qualified(tickets: Tickets, group: Integers) -> Integers:
    """The numbers of the groups that are bursts: enough tickets, of more than one account."""
    rows = np.flatnonzero(group != NONE)
    names, place = np.unique(group[rows], return_inverse=True)
    sizes = np.bincount(place, minlength=len(names))
    once, *_ = distinct(place, tickets.account[rows])
    accounts = np.bincount(once, minlength=len(names))
    return np.asarray(names[(sizes >= BURST_TICKETS) & (accounts >= BURST_ACCOUNTS)], dtype=np.int64)


def sums(vectors: sparse.csr_matrix, row: Integers, burst: Integers, count: int) -> sparse.csr_matrix:
    """The vectors of the tickets of each burst added up; ``row`` is a ticket's row in ``vectors``."""
    ones = np.ones(len(row), dtype=np.float32)
    members = sparse.csr_matrix((ones, (burst, row)), shape=(count, vectors.shape[0]))
    return sparse.csr_matrix(members @ vectors)


def centres(vectors: sparse.csr_matrix, row: Integers, burst: Integers, count: int) -> sparse.csr_matrix:
    """The mean direction of the tickets of each burst."""
    return directions(sums(vectors, row, burst, count))


def directions(added: sparse.csr_matrix) -> sparse.csr_matrix:
    """Sums made to length 1."""
    from sklearn.preprocessing import normalize

    return sparse.csr_matrix(normalize(added))


def issues(centre: sparse.csr_matrix, named: Named) -> Integers:
    """An issue number for each burst."""
    return grouped(centre, named, edges(centre, named, centre.shape[0]))


def edges(centre: sparse.csr_matrix, named: Named, count: int) -> Edges:
    """Bursts that are alike and not at odds about names: of each of the first ``count`` with those after it."""
    # Some at a time against those from there on: a pair need not be looked at from both of its ends.
    starts = range(0, count, AT_ONCE)
    parts = [alike(centre[start : min(start + AT_ONCE, count)], centre[start:], LINK) for start in starts]
    none = np.empty(0, dtype=np.int64)
    first, second = (
        np.concatenate([none, *(part[each] + start for start, part in zip(starts, parts, strict=True))])
        for each in (0, 1)
    )
    found = Edges(first, second, np.concatenate([np.empty(0), *(part[2] for part in parts)]))
    return found.keep((first != second) & ~named.differ(first, second))


def with_names(found: Edges, named: Named) -> Edges:
    """And those that name the same."""
    first, second = _same_name(named)
    return found.and_these(Edges(first, second, np.ones(len(first))))


def grouped(centre: sparse.csr_matrix, named: Named, found: Edges) -> Integers:
    """An issue number for each burst, by which are alike."""
    return groups(centre, named, with_names(found, named), LINK, OTHER_CODES)


def _same_name(named: Named) -> tuple[Integers, Integers]:
    firsts, seconds = [], []
    for what in (named.record, named.code):
        rows = np.flatnonzero(what != NONE)
        rows = rows[np.argsort(what[rows], kind="stable")]
        keep = what[rows[:-1]] == what[rows[1:]]
        firsts.append(rows[:-1][keep])
        seconds.append(rows[1:][keep])
    return np.concatenate(firsts), np.concatenate(seconds)


def numbers(issue: Integers, day: Floats, burst: Integers) -> Integers:
    """The how-many-eth burst of its issue each ticket is in, counted from 1: bursts less than QUIET_DAYS apart are one.

    NONE for tickets without a burst.
    """
    found = np.full(len(issue), NONE, dtype=np.int64)
    rows = np.flatnonzero(burst != NONE)
    names, place = np.unique(burst[rows], return_inverse=True)
    first = np.full(len(names), np.inf)
    last = np.full(len(names), -np.inf)
    np.minimum.at(first, place, day[rows])
    np.maximum.at(last, place, day[rows])
    of = np.empty(len(names), dtype=np.int64)
    of[place] = issue[rows]
    number = np.empty(len(names), dtype=np.int64)
    previous, current, ended = NONE, 0, -np.inf
    for each in np.lexsort((first, of)).tolist():
        if of[each] != previous:
            previous, current, ended = of[each], 1, last[each]
        else:
            current += int(first[each] - ended >= QUIET_DAYS)
            ended = max(ended, last[each])
        number[each] = current
    found[rows] = number[place]
    return found
