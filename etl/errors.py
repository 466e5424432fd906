"""One root error: what happened, where, and what to do next."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Literal


class SupportKpiError(Exception):
    """An error a person can act on.

    ``title`` says what happened in a few words, ``detail`` where (file, line, column) in one sentence, and
    ``next_step`` what to do about it. ``exit_code`` is what the command line returns.
    """

    exit_code = 1

    def __init__(self, title: str, detail: str = "", next_step: str = "") -> None:
        super().__init__(" ".join(part for part in (title, detail, next_step) if part))
        self.title = title
        self.detail = detail
        self.next_step = next_step


class UsageError(SupportKpiError):
    """The question itself is wrong: an unknown KPI, a bad date, a key nobody knows."""

    exit_code = 2


class FileRefusedError(SupportKpiError):
    """A file nothing could be taken from; it is refused whole and the reason is reported."""


class AnswerNeededError(FileRefusedError):
    """A file that can be read once a person has said one thing about it; ``needs`` is which."""

    needs: Literal["timezone", "date_order"]


class ZoneNeededError(AnswerNeededError):
    """Clocks of a file say no zone, and nobody has declared one."""

    needs = "timezone"


class DateOrderNeededError(AnswerNeededError):
    """Dates of a file can be read day first or month first, and it matters."""

    needs = "date_order"


class NoFactsError(SupportKpiError):
    """There is nothing to read yet."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `` Did you mean 'x'?`` for the closest known word, or the list of known words."""
    choices = sorted(known)
    close = difflib.get_close_matches(word, choices, n=1, cutoff=0.5)
    if close:
        return f"Did you mean '{close[0]}'?"
    return f"Known: {', '.join(choices)}."
