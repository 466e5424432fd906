"""What a life amounts to, told by walking its steps once. The product never sees this arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, field

from sample_data import company
from sample_data.clock import DAY
from sample_data.lives import Life, Step

_TIER = {team.id: {"tier1": 1, "tier2": 2, "engineering": 4}[team.tier] for team in company.TEAMS}
_AGENTS = {agent.id for agent in company.AGENTS}
#: A reopen that is solved again within ten minutes without a word to the customer is a "thanks".
_THANKS_SECONDS = 600


@dataclass
class Told:
    """The facts of one ticket."""

    excluded: str | None
    first_solved: int | None = None
    last_solved: int | None = None  # stands until there is a newer one
    is_open: bool = True  # at the end of the data
    minutes_to_solve: float | None = None
    first_reply: int | None = None
    public_replies: int = 0
    owners: list[int] = field(default_factory=list)
    teams: set[int] = field(default_factory=set)
    reopens: list[int] = field(default_factory=list)  # those that count
    escalated: bool = False
    bot_only: bool = False
    closed_without_solve: bool = False
    rounds: int = 0
    longest_unowned_minutes: float = 0.0
    solver: int | None = None


def excluded(life: Life) -> str | None:
    """Why it does not count: deleted (spam too), merged or test."""
    if life.status == "deleted":
        return "deleted"
    if life.kind == "merged" and life.status == "closed":
        return "merged"
    return "test" if life.contact.account is None else None


def tell(life: Life) -> Told:
    """Walk the steps of a ticket."""
    told = Told(excluded(life))
    solves: list[tuple[int, bool]] = []
    _walk(life, told, solves)
    done = life.status in ("solved", "closed")
    if solves:
        told.first_solved = solves[0][0]
    told.is_open = not done
    if done and not solves:
        closed = [step.at for step in life.steps if ("status", "closed") in _set(step)]
        told.first_solved, told.closed_without_solve = closed[-1], True
        solves = [(closed[-1], False)]
    if solves:
        told.last_solved = solves[-1][0]
        told.minutes_to_solve = (told.last_solved - life.created) / 60
        told.solver = told.owners[-1] if told.owners else None
    told.bot_only = done and not any(step.public and step.author in _AGENTS for step in life.steps)
    told.rounds = _rounds(life)
    told.longest_unowned_minutes = _unowned(life)
    return told


def _set(step: Step) -> list[tuple[str, object]]:
    return [(name, after) for name, _, after in step.changes]


def _walk(life: Life, told: Told, solves: list[tuple[int, bool]]) -> None:
    team = life.first_team.id if life.first_team else None
    told.teams = {team} if team else set()
    opened_again: int | None = None
    spoke = False
    for place, step in enumerate(life.steps):
        by_agent = step.author in _AGENTS
        if step.public and by_agent and place > 0:
            told.public_replies += 1
            spoke = True
            told.first_reply = told.first_reply or step.at
        if step.text and company.JIRA in step.text:
            told.escalated = True
        for name, before, after in step.changes:
            if name == "group_id" and isinstance(before, int) and isinstance(after, int):
                told.escalated = told.escalated or _TIER[after] > _TIER[before]
                told.teams.add(after)
            elif name == "assignee_id" and isinstance(after, int) and after not in told.owners[-1:]:
                told.owners.append(after)
            elif name == "status" and after == "solved":
                if opened_again is not None and (step.at - opened_again > _THANKS_SECONDS or spoke):
                    told.reopens.append(opened_again)
                solves.append((step.at, True))
                opened_again = None
            elif name == "status" and before == "solved" and after == "open":
                opened_again, spoke = step.at, False
    if opened_again is not None:
        told.reopens.append(opened_again)


def reopened_within(life: Life, told: Told, days: int) -> bool:
    """Whether it came back within so many days of its first solve."""
    assert life.steps  # noqa: S101
    return told.first_solved is not None and any(at - told.first_solved <= days * DAY for at in told.reopens)


def _rounds(life: Life) -> int:
    """How often the turn passed from support to engineering and back."""
    inside, rounds = False, 0
    for step in life.steps:
        for name, _, after in step.changes:
            if name == "group_id":
                if inside and after != company.ENGINEERING.id:
                    rounds += 1
                inside = after == company.ENGINEERING.id
    return rounds


def _unowned(life: Life) -> float:
    """The longest stretch in minutes that it was open and nobody's, ended by an owner."""
    since: int | None = life.created
    longest = 0.0
    for step in life.steps:
        for name, before, after in step.changes:
            if name == "assignee_id" and after is None:
                since = step.at
            elif name == "assignee_id" and before is None and since is not None:
                longest = max(longest, (step.at - since) / 60)
                since = None
    return longest
