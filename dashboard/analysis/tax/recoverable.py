"""What of the tax could be won back, by three levers. Methods A4: every minute keeps what it was, so levers are sums.

Levers overlap: a minute that two of them reach is won back once, Σ minutes · [1 − Π(1 − share)].
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: A repeat that does not happen still costs somebody a look: a quarter of its minutes stay (a default).
RESIDUAL = 0.25
#: Levers halve what they reach.
HALF = 0.5
_AT_HANDOFF = ("pickup", "words_reread")
_BY_LATER_OWNERS = ("note", "link", "customer_question")


@dataclass(frozen=True)
class Spent:
    """Minutes of one signal: by somebody other than the first owner or not, on a repeat of an issue or not.

    ``is_rework`` None: the facts do not tell who it was.
    """

    signal: str
    minutes: float
    is_rework: bool | None = None
    is_repeat: bool = False


@dataclass(frozen=True)
class Lever:
    """Minutes a lever would win back: at least ``floor``, and ``central`` where who did what is known."""

    name: str
    rule: str
    floor: float
    central: float | None


HANDOFFS, REPEATS, ROUNDS = "Half the handoffs", "No issue comes back", "Half the rounds with engineering"
TOGETHER = "All three together"


def levers(spent: Iterable[Spent]) -> list[Lever]:
    """The three levers, then all of them together."""
    every = list(spent)
    is_told = all(each.is_rework is not None for each in every)
    rules = {
        HANDOFFS: "half of pick-ups and of the words read again; central: also half of the notes, links and questions "
        "of later owners",
        REPEATS: "all minutes of tickets whose issue had come back, less a quarter for the look it still takes",
        ROUNDS: "half of the rounds of clarification with engineering",
    }
    found = [
        Lever(name, rule, _sum(every, name, False), _sum(every, name, True) if is_told else None)
        for name, rule in rules.items()
    ]
    floor, central = (sum(each.minutes * together(each, central) for each in every) for central in (False, True))
    return [*found, Lever(TOGETHER, "each minute won back once", floor, central if is_told else None)]


def _sum(spent: Iterable[Spent], lever: str, central: bool) -> float:
    return sum(each.minutes * share(each, lever, central) for each in spent)


def together(each: Spent, central: bool) -> float:
    """The share of a minute that all levers together win back; never above one."""
    left = 1.0
    for lever in (HANDOFFS, REPEATS, ROUNDS):
        left *= 1 - share(each, lever, central)
    return 1 - left


def share(each: Spent, lever: str, central: bool) -> float:
    """The share of a minute that one lever wins back."""
    if lever == HANDOFFS:
        again = central and bool(each.is_rework) and each.signal in _BY_LATER_OWNERS
        return HALF if each.signal in _AT_HANDOFF or again else 0.0
    if lever == REPEATS:
        return 1 - RESIDUAL if each.is_repeat else 0.0
    return HALF if each.signal == "engineering_question" else 0.0
