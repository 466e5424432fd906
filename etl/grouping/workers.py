"""Who does the work of grouping: this process, or with many tickets two others, an area for each at a time.

What is remembered is looked up here, by one thread for each process; only what has to be found anew is handed over.
scikit-learn and what is written in Python hold the interpreter, so that threads alone would wait for each other.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context, parent_process
from typing import Any, TypeVar

from etl.grouping.blocks import Memory

Job = TypeVar("Job")
Result = TypeVar("Result")

#: Processes beside this one (default: the loader is made for two processors, and each takes some 400 MB).
PROCESSES = 2
#: Tickets from which on they are worth their start of some seconds.
MANY_TICKETS = 200_000


def side_by_side(work: Callable[[Job], Result], jobs: Iterable[Job], memory: Memory, tickets: int) -> Iterator[Result]:
    """The results of ``work``, which asks ``memory``, in the order of the jobs."""
    if tickets < MANY_TICKETS:
        yield from map(work, jobs)
        return
    others = _Others()
    memory.done = others.done
    try:
        with ThreadPoolExecutor(PROCESSES) as threads:
            yield from threads.map(work, jobs)
    finally:
        others.end()


class _Others:
    """Processes that are started when the first piece of work comes: often nothing is new."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def done(self, work: Callable[..., bytes], *given: Any) -> bytes:
        with self._lock:
            if self._pool is None:
                # Not forked: a copy of this process would hold DuckDB's locks, but not its threads.
                self._pool = ProcessPoolExecutor(PROCESSES, get_context("spawn"), initializer=_leave_with_parent)
        return self._pool.submit(work, *given).result()

    def end(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


def _leave_with_parent() -> None:
    """A load that is killed leaves no process behind."""
    parent = parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
