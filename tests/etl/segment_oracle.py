"""What a ticket was doing at a moment, in plain Python that never saw the SQL: every rule asked anew each minute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

TURN = {"new": "us", "open": "us", "waiting_customer": "customer", "waiting_other": "other"}
DONE = ("resolved", "closed")


class Told(NamedTuple):
    """One event of one ticket; ``minute`` after its creation."""

    minute: int
    kind: str
    value: str | None = None
    actor: str | None = None
    role: str | None = None
    words: int | None = None
    is_question: bool | None = None


def state_at(history: Sequence[Told], minute: int) -> str:
    """The state from ``minute`` on, all events of that minute told."""
    so_far = [place for place, event in enumerate(history) if event.minute <= minute]
    turn = next((_turn(history[p].value) for p in reversed(so_far) if history[p].kind == "status"), "us")
    if turn != "us":
        return {"done": "done", "customer": "waiting_customer", "other": "waiting_other"}[turn]
    acts = [p for p in so_far if _is_act(history[p])]
    if not acts:
        return "first_queue"
    handed = [h for h in (_handoff(history, p) for p in so_far) if h is not None and h[0] > acts[0]]
    unowned = [p for p in so_far if history[p].kind == "owner" and history[p].value is None]
    if handed and handed[-1][0] > max(unowned, default=-1):
        place, owner = handed[-1]
        if not any(p > place and history[p].actor == owner for p in acts):
            return "handoff_queue"
    causes = [place for place, _ in handed] + [p for p in so_far if _is_reopen(history, p)]
    answers = [p for p in so_far if _is_answer(history, p)]
    if max(causes, default=-1) > max(answers, default=-1):
        return "reinvestigation"
    return "working" if answers else "first_investigation"


def _turn(status: str | None) -> str:
    return "done" if status in DONE else TURN[str(status)]


def _is_act(event: Told) -> bool:
    return event.role in ("agent", "engineering") and event.kind not in ("created", "owner", "team")


def _handoff(history: Sequence[Told], place: int) -> tuple[float, str] | None:
    """Where a change from one owner to another counts from, and the new owner."""
    event = history[place]
    before = [e.value for e in history[:place] if e.kind == "owner" and e.value is not None]
    if event.kind != "owner" or event.value is None or not before or before[-1] == event.value:
        return None
    at_once = [p for p, e in enumerate(history) if e.minute == event.minute and _is_act(e) and e.actor == event.value]
    return min(place, min(at_once, default=place) - 0.5), event.value


def _is_reopen(history: Sequence[Told], place: int) -> bool:
    before = [e.value for e in history[:place] if e.kind == "status"]
    return history[place].kind == "status" and history[place].value in TURN and bool(before) and before[-1] in DONE


def _is_answer(history: Sequence[Told], place: int) -> bool:
    event = history[place]
    if event.kind != "public_message" or not _is_act(event) or (event.words is not None and event.words < 20):
        return False
    within_the_hour = [e.value for e in history if e.kind == "status" and 0 <= e.minute - event.minute <= 60]
    waits = bool(within_the_hour) and within_the_hour[0] == "waiting_customer"
    return not (event.role == "agent" and event.is_question and waits)
