"""The made-up desk through the engine, and what came out held against the truth."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from grouping.issue_simulator import Ticket
from sqlalchemy import ARRAY, Text, create_engine, func, literal, select

from etl.grouping import text
from etl.grouping.blocks import Memory
from etl.grouping.bursts import Tickets
from etl.grouping.clusters import NONE
from etl.grouping.group import Grouped, Names, Pairs, group
from etl.grouping.rules import BURST_ACCOUNTS, BURST_TICKETS, PAIR_DAYS, REPEAT


@dataclass(frozen=True)
class Share:
    """Of what was found, how much is right; of what there is, how much was found."""

    precision: float
    recall: float


def signatures(subjects: Sequence[str]) -> list[str]:
    """Subjects as the derivation cleans them."""
    told = func.unnest(literal(list(subjects), ARRAY(Text))).label("subject")
    with create_engine("duckdb:///:memory:").connect() as connection:
        return list(connection.execute(select(text.signature(select(told).subquery().c.subject))).scalars())


@dataclass(frozen=True)
class Found:
    """The engine's answer for one product, beside the tickets and the pairs it was asked about."""

    tickets: list[Ticket]
    grouped: Grouped
    pairs: list[tuple[int, int]]


def found(tickets: Sequence[Ticket], memory: Memory | None = None) -> list[Found]:
    """Group each product of the desk."""
    answers = []
    words = signatures([ticket.subject for ticket in tickets])
    for product in sorted({ticket.product for ticket in tickets}):
        rows = [(ticket, word) for ticket, word in zip(tickets, words, strict=True) if ticket.product == product]
        mine = [ticket for ticket, _ in rows]
        texts, place = np.unique([word for _, word in rows], return_inverse=True)
        codes = sorted({ticket.code for ticket in mine if ticket.code})
        asked = candidates(mine)
        given = Tickets(
            place.astype(np.int64),
            np.array([ticket.day for ticket in mine]),
            np.array([ticket.account for ticket in mine]),
            np.full(len(mine), NONE),
            np.array([codes.index(ticket.code) if ticket.code else NONE for ticket in mine]),
        )
        pairs = Pairs(*np.array(asked, dtype=np.int64).reshape(-1, 2).T)
        grouped = group(given, Names(texts.tolist(), [], codes), memory or Memory(), pairs)
        answers.append(Found(mine, grouped, asked))
    return answers


def candidates(tickets: Sequence[Ticket], days: float = PAIR_DAYS) -> list[tuple[int, int]]:
    """Pairs of one account, the later created after the earlier was solved, as rows (later, earlier)."""
    by_account: dict[int, list[int]] = defaultdict(list)
    for row, ticket in enumerate(tickets):
        by_account[ticket.account].append(row)
    return [
        (new, old)
        for rows in by_account.values()
        for new in rows
        for old in rows
        if 0 < tickets[new].day - tickets[old].solved <= days
    ]


def repeats(answers: Sequence[Found], days: float = 30) -> Share:
    """Tickets said to repeat an earlier one of their account, against those that do."""
    said, right, there = 0, 0, 0
    for answer in answers:
        flagged: dict[int, bool] = {}
        truly: set[int] = set()
        for (new, old), score in zip(answer.pairs, answer.grouped.pairs.tolist(), strict=True):
            a, b = answer.tickets[new], answer.tickets[old]
            if a.day - b.solved > days:
                continue
            is_same = a.issue is not None and a.issue == b.issue
            if is_same:
                truly.add(new)
            is_one = NONE != answer.grouped.issue[new] == answer.grouped.issue[old]
            matched = a.code == b.code if a.code and b.code else is_one or score >= REPEAT
            if matched:
                flagged[new] = flagged.get(new, False) or is_same
        said += len(flagged)
        right += sum(flagged.values())
        there += len(truly)
    return Share(right / said, right / there)


def bursts(answers: Sequence[Found]) -> dict[int, Share]:
    """Bursts by their number at least (1: all, 2: second or later …), against episodes by theirs.

    A burst is right when most of its tickets are of one episode, whose number is at least as high.
    """
    right: Counter[int] = Counter()
    said: Counter[int] = Counter()
    there: Counter[int] = Counter()
    hit: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for answer in answers:
        episodes = _episodes(answer.tickets)
        members: dict[tuple[int, int], list[Ticket]] = defaultdict(list)
        for ticket, issue, number in zip(
            answer.tickets, answer.grouped.issue.tolist(), answer.grouped.number.tolist(), strict=True
        ):
            if number != NONE:
                members[issue, number].append(ticket)
        for (_, number), tickets in members.items():
            (most, times), *_ = Counter(
                (ticket.issue, ticket.episode) if ticket.episode else None for ticket in tickets
            ).most_common(1)
            is_one = most is not None and times * 2 > len(tickets)
            true_number = most[1] if is_one and most else 0
            for least in (1, 2, 3):
                if number >= least:
                    said[least] += 1
                    right[least] += true_number >= least
                    if true_number >= least:
                        hit[least].add(most)
        for _, number in episodes:
            for least in (1, 2, 3):
                there[least] += number >= least
    return {least: Share(right[least] / said[least], len(hit[least]) / there[least]) for least in (1, 2, 3)}


def _episodes(tickets: Sequence[Ticket]) -> list[tuple[int, int]]:
    """Episodes with enough tickets and accounts to be bursts."""
    there: dict[tuple[int, int], list[int]] = defaultdict(list)
    for ticket in tickets:
        if ticket.issue is not None and ticket.episode is not None:
            there[ticket.issue, ticket.episode].append(ticket.account)
    return [key for key, who in there.items() if len(who) >= BURST_TICKETS and len(set(who)) >= BURST_ACCOUNTS]
