"""The choices a reader may make about how a KPI is counted. The definition shown always follows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from etl.errors import UsageError, nearest

#: The words an option accepts, or the smallest and largest whole number, and what it decides.
CHOICES: dict[str, tuple[tuple[str, ...] | range, str]] = {
    "clock": (("calendar", "business"), "durations run around the clock, or in opening hours only"),
    "closed_without_resolve": (
        ("include", "exclude"),
        "a ticket closed without ever being resolved counts at its close, or is left out of resolution times",
    ),
    "window_days": (range(1, 31), "days without a further contact before a first-contact resolution counts"),
    "reopen_days": (range(1, 91), "days after the first resolve in which a reopen counts"),
    "repeat_days": (range(1, 366), "days within which an issue that comes back is a repeat"),
}


@dataclass(frozen=True)
class Options:
    """How to count, where the field does not agree. The defaults are those of the definitions.

    ``minutes`` are the user's own low, likely and high minutes of investigation signals, from the settings.
    """

    clock: str = "calendar"
    closed_without_resolve: str = "include"
    window_days: int = 7
    reopen_days: int = 14
    repeat_days: int = 90
    minutes: tuple[tuple[str, float, float, float], ...] = ()

    @classmethod
    def parse(cls, pairs: Iterable[str]) -> Options:
        """Read NAME=VALUE pairs; raises UsageError naming the nearest right name or the values allowed.

        >>> Options.parse(["clock=business", "window_days=14"]).window_days
        14
        """
        chosen = cls()
        for pair in pairs:
            name, _, word = (part.strip() for part in pair.partition("="))
            chosen = replace(chosen, **{name: _value(name, word)})  # type: ignore[arg-type]
        return chosen

    def as_pairs(self) -> list[str]:
        """The choices that differ from the defaults, as NAME=VALUE."""
        given = ((field.name, getattr(self, field.name), field.default) for field in fields(self))
        return [f"{name}={value}" for name, value, usual in given if name in CHOICES and value != usual]


DEFAULTS = Options()


def _value(name: str, word: str) -> str | int:
    if name not in CHOICES:
        raise UsageError(f"There is no option '{name}'.", nearest(name, CHOICES), "")
    allowed, decides = CHOICES[name]
    if isinstance(allowed, range):
        if word.isascii() and word.isdigit() and int(word) in allowed:
            return int(word)
        known = f"a whole number from {allowed[0]} to {allowed[-1]}"
    else:
        if word in allowed:
            return word
        known = " or ".join(allowed)
    raise UsageError(f"'{word}' is no value for the option '{name}'.", f"It takes {known}: {decides}.", "")
