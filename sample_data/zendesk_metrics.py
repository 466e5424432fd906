"""Zendesk's own measurements of each ticket (``/ticket_metrics``), worked out from its life the way Zendesk counts.

Whole minutes, rounded down. Replies are public comments of any agent after the one that opened the ticket, the
assistant's among them, since it holds an agent's seat. Waiting is summed by status: the requester waits while a ticket
is new, open or on hold, the agent while it is pending. The company has given Zendesk no office hours: no business time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sample_data import company
from sample_data.arrivals import World
from sample_data.clock import EXPORTED, iso, seconds
from sample_data.lives import Life
from sample_data.zendesk_files import HOST, text_of

_SEATS = {agent.id for agent in company.AGENTS} | {company.BOT_ID}
_DONE = ("solved", "closed", "deleted")
_RECORDS_A_PAGE = 6_000
_FIRST = seconds("2025-01-01 00:00")


def pages(world: World) -> Iterator[tuple[str, str]]:
    """The pages of ``/ticket_metrics.json`` for the tickets of 2025: file name and text."""
    lives = [life for life in world.lives if life.created >= _FIRST]
    for number, start in enumerate(range(0, len(lives), _RECORDS_A_PAGE), 1):
        records = [metrics(life) for life in lives[start : start + _RECORDS_A_PAGE]]
        yield f"ticket_metrics_{number}.json", text_of({"ticket_metrics": records, "next_page": None})


def metrics(life: Life) -> dict[str, Any]:
    """One record."""
    solves, closes = _at(life, "solved"), _at(life, "closed")
    done = solves or closes[:1]
    waits = _seconds_by_status(life)
    replies = [step.at for n, step in enumerate(life.steps) if n and step.public and step.author in _SEATS]
    return {
        "url": f"{HOST}/ticket_metrics/{life.number + 7_000_000}.json",
        "id": life.number + 7_000_000,
        "ticket_id": life.number,
        "created_at": iso(life.created),
        "updated_at": iso(life.now),
        "group_stations": (life.first_team is not None) + _moves(life, "group_id"),
        "assignee_stations": _moves(life, "assignee_id"),
        "reopens": _reopens(life),
        "replies": len(replies),
        "solved_at": iso(done[-1]) if done and life.status in _DONE else None,
        "latest_comment_added_at": iso(max(step.at for step in life.steps if step.text is not None)),
        "reply_time_in_minutes": _both(_since(life, replies[:1])),
        "first_resolution_time_in_minutes": _both(_since(life, done[:1])),
        "full_resolution_time_in_minutes": _both(_since(life, done[-1:])),
        "agent_wait_time_in_minutes": _both(waits["pending"] // 60),
        "requester_wait_time_in_minutes": _both((waits["new"] + waits["open"] + waits["hold"]) // 60),
        "on_hold_time_in_minutes": _both(waits["hold"] // 60),
    }


def _both(minutes: int | None) -> dict[str, int | None]:
    return {"calendar": minutes, "business": None}


def _since(life: Life, instants: list[int]) -> int | None:
    return (instants[0] - life.created) // 60 if instants else None


def _at(life: Life, status: str) -> list[int]:
    """The instants at which it took a status."""
    return [step.at for step in life.steps for name, _, after in step.changes if name == "status" and after == status]


def _moves(life: Life, field: str) -> int:
    """How often it was given to somebody."""
    return sum(name == field and after is not None for step in life.steps for name, _, after in step.changes)


def _reopens(life: Life) -> int:
    changes = [(before, after) for step in life.steps for name, before, after in step.changes if name == "status"]
    return sum(before == "solved" and after not in _DONE for before, after in changes)


def _seconds_by_status(life: Life) -> dict[str, int]:
    """Seconds in each status until it was solved last, or until the exports were drawn."""
    seconds = dict.fromkeys(("new", "open", "pending", "hold"), 0)
    status, since = "new", life.created
    for step in life.steps:
        for name, _, after in step.changes:
            if name == "status":
                if status in seconds:
                    seconds[status] += step.at - since
                status, since = str(after), step.at
    if status in seconds:
        seconds[status] += EXPORTED - since
    return seconds
