"""Rounds, trips and tiers of one ticket in plain Python that never saw the SQL: the history walked once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

RANK = {"front": 1, "second": 2, "engineers": 4}
TIER = {"front": "tier1", "second": "tier2", "engineers": "engineering"}
DONE = ("resolved", "closed")


class Told(NamedTuple):
    """One event; ``minute`` after the creation."""

    minute: int
    kind: str
    value: str | None = None
    role: str | None = None


@dataclass
class Life:
    """What the walk found."""

    sent: int = 0
    rounds: int = 0
    theirs: float = 0
    evidence: str | None = None
    is_theirs_now: bool = False
    stays: list[tuple[str, int, int]] = field(default_factory=list)  # tier, entered, left
    came: list[str] = field(default_factory=list)


def walk(history: Sequence[Told], ends: int, escalated: int | None) -> Life:
    """A ticket whose counted life ends at minute ``ends``; first escalated at minute ``escalated``, or never."""
    life = Life()
    teams = [(event.minute, event.value) for event in history if event.kind == "team"]
    _stay(life, teams, history, ends)
    if escalated is None:
        return life
    if any(team == "engineers" for _, team in teams):
        life.evidence = "team"
        _turns(life, [(minute, team == "engineers") for minute, team in teams], history, ends)
    elif any(event.kind == "link" for event in history):
        waits = [
            (e.minute, e.value == "waiting_other" and e.minute >= escalated - 10) for e in history if e.kind == "status"
        ]
        _turns(life, waits, history, ends)
        life.evidence = "status" if life.sent else None
    return life


def _turns(life: Life, sides: Sequence[tuple[int, bool]], history: Sequence[Told], ends: int) -> None:
    theirs, since = False, 0
    for minute, is_theirs in sides:
        if is_theirs and not theirs:
            life.sent += 1
            since = minute
        elif theirs and not is_theirs:
            life.rounds += 1
            life.theirs += _undone(history, since, min(minute, ends))
        theirs = is_theirs
    if theirs:
        life.theirs += _undone(history, since, ends)
    life.is_theirs_now = theirs and not _is_done(history, history[-1].minute)


def _undone(history: Sequence[Told], since: int, until: int) -> float:
    """Minutes between two moments in which the ticket did not stand resolved, asked minute by minute."""
    return sum(not _is_done(history, minute) for minute in range(since, until))


def _is_done(history: Sequence[Told], minute: int) -> bool:
    statuses = [event.value for event in history if event.kind == "status" and event.minute <= minute]
    return bool(statuses) and statuses[-1] in DONE


def _stay(life: Life, teams: Sequence[tuple[int, str | None]], history: Sequence[Told], ends: int) -> None:
    """The tier of each minute, and neighbours alike put together."""
    at = [next((team for minute, team in reversed(teams) if minute <= now), None) for now in range(ends)]
    runs: list[tuple[str | None, int, int]] = []
    for now, team in enumerate(at):
        tier = TIER.get(team or "")
        if runs and runs[-1][0] == tier:
            runs[-1] = (tier, runs[-1][1], now + 1)
        else:
            runs.append((tier, now, now + 1))
    life.stays = [(tier, entered, left) for tier, entered, left in runs if tier is not None]
    ranks = [next(rank for team, rank in RANK.items() if TIER[team] == tier) for tier, _, _ in life.stays]
    life.came = ["first"] * bool(ranks)
    for place, (before, now) in enumerate(pairwise(ranks), start=1):
        if now > before:
            life.came.append("up" if now > max(ranks[:place]) else "again")
        else:
            life.came.append("down" if now < before else "back")


def trips(history: Sequence[Told]) -> int:
    """Notes of support that are the first note of support after a note of engineering."""
    waiting, found = False, 0
    for event in history:
        if event.kind == "private_note" and event.role == "engineering":
            waiting = True
        elif event.kind == "private_note" and event.role == "agent":
            found += waiting
            waiting = False
    return found
