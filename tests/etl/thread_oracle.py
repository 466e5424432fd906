"""Handoffs, stays and lost stretches of one ticket, in plain Python that never saw the SQL. Minutes after its creation."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from segment_oracle import Told

DONE = ("resolved", "closed")
US = ("new", "open")
STAFF = ("agent", "engineering")


class Life(NamedTuple):
    """What a ticket began with, and all that was told of it in order."""

    owner: str | None
    team: str | None
    told: Sequence[Told]


class Change(NamedTuple):
    minute: int
    kind: str
    before: str | None  # held until then
    last: str | None  # the last name before, whoever holds it now
    after: str | None
    actor: str | None
    is_routing: bool


def is_act(event: Told) -> bool:
    return event.role in STAFF and event.kind not in ("owner", "team", "created")


def changes(life: Life, *kinds: str) -> list[Change]:
    held: dict[str, str | None] = {"owner": life.owner, "team": life.team}
    named, found = dict(held), []
    for e in life.told:
        if e.kind in held:
            if e.value != held[e.kind]:
                routing = e.minute <= 5 and e.role in ("bot", None)
                found.append(Change(e.minute, e.kind, held[e.kind], named[e.kind], e.value, e.actor, routing))
            held[e.kind], named[e.kind] = e.value, e.value or named[e.kind]
    return [each for each in found if each.kind in kinds]


def done_at(life: Life, minute: int) -> int | None:
    """When it was done from then on; at once where it was done before."""
    statuses = [(e.minute, e.value in DONE) for e in life.told if e.kind == "status"]
    before = [is_done for at, is_done in statuses if at < minute]
    if before and before[-1]:
        return minute
    return min((at for at, is_done in statuses if is_done and at >= minute), default=None)


def first(found: Sequence[tuple[int | None, str]], observed: int, since: int) -> tuple[int, str | None]:
    """The minutes to what came first, and what it was; of one minute the first of the list."""
    there = [(at, place, word) for place, (at, word) in enumerate(found) if at is not None]
    at, _, word = min(there, default=(max(observed, since), 0, None))
    return at - since, word


def handoffs(life: Life, observed: int) -> list[dict[str, Any]]:
    everything = changes(life, "owner", "team")
    found = []
    for minute in sorted({c.minute for c in everything}):
        here = [c for c in everything if c.minute == minute]
        if any(c.after and c.last and c.after != c.last and not c.is_routing for c in here):
            found.append(_handoff(life, minute, here, everything, observed))
    return found


def _handoff(life: Life, minute: int, here: list[Change], everything: list[Change], observed: int) -> dict[str, Any]:
    def named(kind: str, until: int, began: str | None) -> str | None:
        return ([began] + [c.after for c in everything if c.kind == kind and c.minute < until and c.after])[-1]

    def held(kind: str, began: str | None) -> str | None:
        return ([began] + [c.after for c in everything if c.kind == kind and c.minute <= minute])[-1]

    giver, receiver, mover = named("owner", minute, life.owner), held("owner", life.owner), here[0].actor

    def receives(e: Told) -> bool:
        if receiver is not None:
            return e.minute >= minute and e.actor == receiver
        return e.minute > minute + 10 or (e.minute >= minute and e.actor not in (giver, mover))

    later = [c.minute for c in everything if c.minute > minute and (c.kind == "team" or receiver is not None)]
    acted = min((e.minute for e in life.told if is_act(e) and receives(e)), default=None)
    answered = min(
        (e.minute for e in life.told if is_act(e) and e.kind == "public_message" and receives(e)), default=None
    )
    moved, done = min(later, default=None), done_at(life, minute)
    minutes, ended_by = first([(acted, "acted"), (moved, "moved"), (done, "done")], observed, minute)
    until = min((at for at in (answered, moved, done) if at is not None), default=10**9)
    notes = [e for e in life.told if e.kind == "private_note" and e.role in STAFF]
    owners = [c for c in here if c.kind == "owner"]
    return {
        "minute": minute,
        "from_owner": giver,
        "to_owner": receiver,
        "from_team": named("team", minute, life.team),
        "to_team": held("team", life.team),
        "owner_return": _return(life, "owner", life.owner, minute),
        "team_return": _return(life, "team", life.team, minute),
        "unowned_minutes": _unowned(owners, everything, minute),
        "minutes": minutes,
        "ended_by": ended_by,
        "has_note": any(abs(e.minute - minute) <= 60 for e in notes),
        "is_warm": any(
            -30 <= e.minute - minute <= 10
            and (e.words or 0) >= 15
            and e.actor in (giver, mover)
            and e.actor != receiver
            for e in notes
        ),
        "customer_repeats": sum(
            e.kind == "public_message" and e.role == "customer" and minute < e.minute < until for e in life.told
        ),
    }


def _unowned(owners: list[Change], everything: list[Change], minute: int) -> int | None:
    if not owners or owners[-1].after is None:
        return None
    if owners[0].before is not None:
        return 0
    return minute - max((c.minute for c in everything if c.kind == "owner" and c.minute < minute), default=0)


def _return(life: Life, kind: str, began: str | None, minute: int) -> str | None:
    chain = [] if began is None else [(-1, began)]
    for c in changes(life, kind):
        if c.after is not None and c.after != c.last:
            chain.append((c.minute, c.after))
    names = [name for _, name in chain]
    back = [
        "direct" if place >= 2 and names[place - 2] == name else "indirect"
        for place, (at, name) in enumerate(chain)
        if at == minute and name in names[:place]
    ]
    return min(back, default=None)


def stays(life: Life, observed: int) -> list[dict[str, Any]]:
    entries = [Change(0, "team", None, None, life.team, None, True)] if life.team else []
    entries += changes(life, "team")
    routed = list(takewhile(lambda c: c.is_routing, entries))
    named = [c for c in entries if c.after]
    found = []
    for c, following in zip(entries, [*entries, None][1:], strict=True):
        if c.after is None:
            continue
        touched = min(
            (e.minute for e in life.told if e.minute >= c.minute and _touches(e) and not _passes_on(e, c)),
            default=None,
        )
        ends = [(touched, "touched"), (following and following.minute, "moved"), (done_at(life, c.minute), "done")]
        minutes, ended_by = first(ends, observed, c.minute)
        is_first = c is routed[-1] if any(c is each for each in routed) else c is named[0]
        found.append(
            {"team": c.after, "came_from": c.before, "minutes": minutes, "ended_by": ended_by, "is_first": is_first}
        )
    return found


def _touches(e: Told) -> bool:
    return is_act(e) or (e.kind == "owner" and e.role in STAFF and e.actor == e.value)


def _passes_on(e: Told, c: Change) -> bool:
    return c.actor is not None and e.actor == c.actor and e.minute <= c.minute + 10


def quiet(life: Life, observed: int) -> list[tuple[int, int | None, int]]:
    """From when nothing happened in our turn to when something did, and as long as it could be watched."""
    moments = [(0, "new")]
    for e in life.told:
        if e.kind == "status":
            moments.append((e.minute, str(e.value)))
        elif e.role in ("customer", *STAFF):
            moments.append((e.minute, moments[-1][1]))
    return [
        (at, following and following[0], following[0] if following else observed)
        for (at, status), following in zip(moments, [*moments, None][1:], strict=True)
        if status in US
    ]
