"""Tickets of a product, cut by the calendar into blocks that fit into memory, and what is remembered of each.

A block is a period and the last NEAR_DAYS of the one before, so that a burst over the edge is seen whole by one of the
two and the runs both know join their groups. What came out of a block is kept under a digest of all that went in: a
block nobody touched is not grouped again, and what is remembered can never differ from what would be found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etl.grouping.rules import BLOCK_TICKETS, NEAR_DAYS
from etl.grouping.vectors import Floats, Integers

#: Months a block may span, longest first; a product with fewer tickets than one block holds is not cut at all.
SPANS = (12, 3, 1)
#: Part of the digest: what was found by other rules is found again.
VERSION = b"3"


def here(work: Callable[..., bytes], *given: Any) -> bytes:
    """Do it in this process."""
    return work(*given)


@dataclass
class Memory:
    """Results by digest: those known from before, and those asked for now (which are all that is kept).

    ``done`` is who does what is not known yet: this process, or another (``etl.grouping.workers``).
    """

    before: MutableMapping[str, bytes] = field(default_factory=dict)
    now: dict[str, bytes] = field(default_factory=dict)
    done: Callable[..., bytes] = here

    def get(self, digest: str) -> bytes | None:
        """What is known under a digest."""
        known = self.now.get(digest, self.before.get(digest))
        if known is not None:
            self.now[digest] = known
        return known

    def put(self, digest: str, result: bytes) -> None:
        self.now[digest] = result


def digest(kind: str, *columns: NDArray[Any]) -> str:
    """A name for what goes into a block."""
    made = hashlib.blake2b(VERSION + kind.encode(), digest_size=16)
    for column in columns:
        made.update(f"\0{column.dtype} {column.size}\0".encode())
        made.update(np.ascontiguousarray(column).data)
    return made.hexdigest()


@dataclass(frozen=True)
class Calendar:
    """How the tickets of a product are cut: the part of each, and whether there is more than one block.

    Parts come in pairs: the body of a period has an even number, its last NEAR_DAYS the odd one after it.
    """

    part: Integers

    def blocks(self) -> Iterator[tuple[int, Integers]]:
        """Each period with the parts its block is made of."""
        for period in np.unique(self.part // 2).tolist():
            yield period, np.array([2 * period - 1, 2 * period, 2 * period + 1])

    def period(self, rows: Integers) -> Integers:
        return self.part[rows] // 2


def calendar(day: Floats) -> Calendar:
    """Cut by the longest span whose blocks are small enough."""
    if len(day) <= BLOCK_TICKETS:
        return Calendar(np.zeros(len(day), dtype=np.int64))
    months = np.floor(day).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    span = next((each for each in SPANS if len(day) / len(np.unique(months // each)) <= BLOCK_TICKETS), SPANS[-1])
    period = months // span
    ends = ((period + 1) * span).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return Calendar(2 * period + (day >= ends - NEAR_DAYS))
