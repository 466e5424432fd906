"""The tickets of one product in, their issues out: bursts by block, the same over edges, bursts that came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etl.grouping import bursts, links, standing
from etl.grouping.blocks import Calendar, Memory, calendar, digest
from etl.grouping.bursts import Runs, Tickets, documents
from etl.grouping.clusters import NONE, Edges, Named
from etl.grouping.rules import LEAST_WORDS, OTHER_CODES
from etl.grouping.vectors import Floats, Integers, Marks, cosines, distinct, hashed, weighed


@dataclass(frozen=True)
class Names:
    """What the numbers of the tickets stand for: signatures, records, error codes.

    A mark is a hash of a name, so that a digest need not read the words of every ticket again. The last one is that of
    NONE.
    """

    texts: Sequence[str]
    records: Sequence[str]
    codes: Sequence[str]

    @cached_property
    def lengths(self) -> Integers:
        """How many words each text has; of none: 1."""
        return np.array([text.count(" ") + 1 for text in self.texts], dtype=np.int64)

    @cached_property
    def text_marks(self) -> Marks:
        return _marks(self.texts)

    @cached_property
    def record_marks(self) -> Marks:
        return _marks(self.records)

    @cached_property
    def code_marks(self) -> Marks:
        return _marks(self.codes)


def _marks(names: Sequence[str]) -> Marks:
    return np.append(hashed(names), np.uint64(0))


@dataclass(frozen=True)
class Pairs:
    """Tickets to compare, by their rows: one of an account, and an earlier one."""

    ticket: Integers
    earlier: Integers

    def __len__(self) -> int:
        return len(self.ticket)


@dataclass(frozen=True)
class Grouped:
    """For each ticket the number of its issue (NONE: its words tell of none), which burst of it, and how alike.

    ``likeness`` is the cosine with the centre of the issue. ``pairs`` is how alike each pair asked for is: the cosine
    of the words, or that of the one ticket with the centre of the other one's issue, whichever is higher.
    """

    issue: Integers
    number: Integers
    likeness: Floats
    pairs: Floats


NO_PAIRS = Pairs(*(np.empty(0, dtype=np.int64) for _ in range(2)))


def group(tickets: Tickets, names: Names, memory: Memory, pairs: Pairs = NO_PAIRS) -> Grouped:
    """Group the tickets of one product."""
    cut = calendar(tickets.day)
    grouped = _told_enough(tickets, names)
    found = bursts.runs(tickets.take(grouped), cut.part[grouped])
    of_run, scores = _by_blocks(tickets, found, names, memory, cut, pairs)
    burst = np.full(len(tickets), NONE, dtype=np.int64)
    burst[grouped] = of_run[found.of]
    kept = links.qualified(tickets, burst)
    burst = np.where(np.isin(burst, kept), np.searchsorted(kept, burst), NONE)
    issue, likeness, centred = _linked(tickets, names, memory, burst, pairs)
    # Which burst it is, before tickets are added that came with no burst.
    number = links.numbers(issue, tickets.day, burst)
    issue, likeness = _same_text(tickets, issue, likeness)
    one, other = issue[pairs.ticket], issue[pairs.earlier]
    scores = np.maximum(scores, centred)
    scores = np.where((one != NONE) & (other != NONE) & (one != other), scores * OTHER_CODES, scores)
    return Grouped(issue, number, likeness, scores)


def _told_enough(tickets: Tickets, names: Names) -> Integers:
    """Rows whose words are enough to be grouped by, or that name a record or a code."""
    is_named = (tickets.record != NONE) | (tickets.code != NONE)
    return np.flatnonzero(is_named | (names.lengths[tickets.text] >= LEAST_WORDS)) if len(tickets) else tickets.text


def _by_blocks(
    tickets: Tickets, found: Runs, names: Names, memory: Memory, cut: Calendar, pairs: Pairs
) -> tuple[Integers, Floats]:
    """A group number for each run, over all blocks, and the cosine of each pair."""
    firsts, seconds = [], []  # a run, and the group it has in a block
    scores = np.zeros(len(pairs))
    words = np.column_stack([tickets.text[pairs.ticket], tickets.text[pairs.earlier]])
    of_pair = cut.period(pairs.ticket)
    groups = 0
    for period, parts in cut.blocks():
        rows = np.flatnonzero(np.isin(found.part, parts))
        mine = np.flatnonzero(of_pair == period)
        if not len(rows) and not len(mine):
            continue
        label, scores[mine] = _one_block(period, found.take(rows), names, memory, words[mine])
        firsts.append(rows)
        seconds.append(label + groups)
        groups += int(label.max(initial=NONE)) + 1
    if not firsts:
        return np.empty(0, dtype=np.int64), scores
    run, member = np.concatenate(firsts), np.concatenate(seconds)
    # Two blocks know the runs near an edge: their groups are one.
    label = Edges(run, member + len(found), np.ones(len(run))).components(len(found) + groups)
    return np.unique(label[: len(found)], return_inverse=True)[1].astype(np.int64), scores


def _one_block(period: int, found: Runs, names: Names, memory: Memory, pairs: Integers) -> tuple[Integers, Floats]:
    """Groups of the runs of one block, and cosines of its pairs; remembered."""
    one, other, place, _ = distinct(pairs[:, 0], pairs[:, 1])
    asked = np.column_stack([one, other]).ravel()
    text, record, code = found.text, found.named.record, found.named.code
    marks = names.text_marks[text], names.record_marks[record], names.code_marks[code], names.text_marks[asked]
    key = digest("block", *marks, found.first, found.last, found.part - 2 * period)
    known = memory.get(key)
    if known is None:
        words = documents(names.texts, names.codes, text, code)
        known = memory.done(_grouped, found, words, [names.texts[each] for each in asked.tolist()])
        memory.put(key, known)
    label = np.frombuffer(known, dtype=np.int32, count=len(found)).astype(np.int64)
    scores = np.frombuffer(known, dtype=np.float32, offset=4 * len(found)).astype(np.float64)
    return label, scores[place]


def _grouped(found: Runs, texts: list[str], asked: list[str]) -> bytes:
    words, place = np.unique(np.array([*texts, *asked], dtype=object), return_inverse=True)
    vectors = weighed(words.tolist())
    rows, pairs = place[: len(texts)], place[len(texts) :]
    return _kept(bursts.bursts(found, vectors[rows]), cosines(vectors, pairs[0::2], pairs[1::2]))


def _kept(label: Integers, *scores: Floats) -> bytes:
    """What is found as it is remembered: whole numbers, then cosines."""
    return label.astype(np.int32).tobytes() + np.concatenate(scores).astype(np.float32).tobytes()


def _linked(
    tickets: Tickets, names: Names, memory: Memory, burst: Integers, pairs: Pairs
) -> tuple[Integers, Floats, Floats]:
    """The issue of each ticket of a burst, its cosine with the issue's centre, and those of pairs."""
    issue, likeness = np.full(len(tickets), NONE, dtype=np.int64), np.full(len(tickets), np.nan)
    centred = np.zeros(len(pairs))
    rows = np.flatnonzero(burst != NONE)
    if not len(rows):
        return issue, likeness, centred
    count = int(burst[rows].max()) + 1
    named = Named(*(_commonest(each[rows], burst[rows], count) for each in (tickets.record, tickets.code)))
    since = standing.edge(tickets.day)
    ended = standing.past(tickets.day[rows], burst[rows], since)
    # New bursts first, then those of the past.
    order = np.argsort(ended, kind="stable")
    named, is_old, recent = named.take(order), ended[burst[rows]], count - int(np.count_nonzero(ended))
    number = np.where(burst == NONE, NONE, np.argsort(order)[burst])
    beside = _beside(burst, pairs)
    _, one, other = beside
    asked_before = ended[burst[other]] & (tickets.day[one] < since)
    new = _part(tickets, number, rows[~is_old], beside, ~asked_before)
    old = _part(tickets, number - recent, rows[is_old], beside, asked_before)
    known = _remembered(tickets, names, memory, named, new, old)
    issue[rows] = np.frombuffer(known, dtype=np.int32, count=count)[number[rows]]
    scores = np.frombuffer(known, dtype=np.float32, offset=4 * count)
    for part in (new, old):
        likeness[part.rows], scores = np.split(scores, [len(part.rows)])
    for part in (new, old):
        here, scores = np.split(scores, [len(part.text)])
        centred[part.pair] = here[part.place]
    return issue, likeness, centred


@dataclass(frozen=True)
class _Part:
    """Tickets of bursts, new ones or those of the past, and what is held against bursts: by numbers.

    Of each pair asked about: which text with which burst.
    """

    rows: Integers
    burst: Integers
    text: Integers
    beside: Integers
    pair: Integers
    place: Integers

    def marks(self, tickets: Tickets, names: Names) -> tuple[NDArray[Any], ...]:
        """All that goes into a digest."""
        text, code = names.text_marks[tickets.text[self.rows]], names.code_marks[tickets.code[self.rows]]
        return text, code, self.burst, names.text_marks[self.text], self.beside

    def words(self, tickets: Tickets, names: Names) -> standing.Part:
        told = documents(names.texts, names.codes, tickets.text[self.rows], tickets.code[self.rows])
        return standing.Part(told, self.burst, [names.texts[each] for each in self.text.tolist()], self.beside)


def _part(
    tickets: Tickets,
    burst: Integers,
    rows: Integers,
    beside: tuple[Integers, Integers, Integers],
    which: NDArray[np.bool_],
) -> _Part:
    pair, one, other = (each[which] for each in beside)
    text, against, place, _ = distinct(tickets.text[one], burst[other])
    return _Part(rows, burst[rows], text, against, pair, place)


def _remembered(tickets: Tickets, names: Names, memory: Memory, named: Named, new: _Part, old: _Part) -> bytes:
    """The issue of each burst and the cosines asked for, as ``_link`` finds them; the past is remembered by itself."""
    record = names.record_marks[named.record]
    past = old.marks(tickets, names)
    before = None
    if len(old.rows):
        recent = len(record) - int(old.burst.max()) - 1
        key = digest("standing", *past, record[recent:])
        before = memory.get(key)
        if before is None:
            named_before = named.take(np.arange(recent, len(record)))
            before = memory.done(standing.found, old.words(tickets, names), named_before)
            memory.put(key, before)
    key = digest("links", *new.marks(tickets, names), *past, record)
    known = memory.get(key)
    if known is None:
        known = memory.done(_link, before, new.words(tickets, names), old.words(tickets, names), named)
        memory.put(key, known)
    return known


def _beside(burst: Integers, pairs: Pairs) -> tuple[Integers, Integers, Integers]:
    """Pairs of which one ticket is in a burst and the other in none: which pair, who is in none, who is in one."""
    after = np.flatnonzero((burst[pairs.earlier] != NONE) & (burst[pairs.ticket] == NONE))
    before = np.flatnonzero((burst[pairs.ticket] != NONE) & (burst[pairs.earlier] == NONE))
    one = np.concatenate([pairs.ticket[after], pairs.earlier[before]])
    other = np.concatenate([pairs.earlier[after], pairs.ticket[before]])
    return np.concatenate([after, before]), one, other


def _link(before: bytes | None, new: standing.Part, old: standing.Part, named: Named) -> bytes:
    """The issue of each burst; how alike each ticket of them is to its centre, and each text asked about to that of a
    burst's issue. Where nothing stands still yet, words weigh by all of these texts."""
    if before is not None:
        label, *scores = standing.continued(before, new, old, named)
        return _kept(label, *scores)
    words, rows, others = new.rows()
    vectors = weighed(words)
    label = links.issues(links.centres(vectors, rows, new.burst, len(named.record)), named)
    of = label[new.burst]
    centre = links.centres(vectors, rows, of, int(label.max()) + 1)
    return _kept(
        label, *(standing.held(centre, vectors, *asked) for asked in ((rows, of), (others, label[new.beside])))
    )


def _commonest(value: Integers, group: Integers, count: int) -> Integers:
    """The value most rows of each group have, NONE aside; of equals the lowest."""
    found = np.full(count, NONE, dtype=np.int64)
    rows = np.flatnonzero(value != NONE)
    of, named, _, times = distinct(group[rows], value[rows])
    order = np.lexsort((-named, times))  # the last written counts
    found[of[order]] = named[order]
    return found


def _same_text(tickets: Tickets, issue: Integers, likeness: Floats) -> tuple[Integers, Floats]:
    """Tickets outside every burst follow their own text: to the issue that has most tickets of it.

    What names a record or a code needs no such guess.
    """
    known = np.flatnonzero(issue != NONE)
    texts = int(tickets.text.max()) + 1 if len(tickets) else 0
    follow = _commonest(issue[known], tickets.text[known], texts)
    alike = np.zeros(texts)
    np.maximum.at(alike, tickets.text[known], np.nan_to_num(likeness[known]))
    free = (issue == NONE) & (tickets.record == NONE) & (tickets.code == NONE)
    rows = np.flatnonzero(free & (follow[tickets.text] != NONE)) if texts else np.empty(0, dtype=np.int64)
    issue, likeness = issue.copy(), likeness.copy()
    issue[rows] = follow[tickets.text[rows]]
    likeness[rows] = alike[tickets.text[rows]]
    return issue, likeness
