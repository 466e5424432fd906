"""The lives of made-up tickets: what people do, what it looks like as events, and which signal each act plants.

An act plants its signal because of what it is (a note while looking for the cause, a pick-up, a question to the
customer), not because a rule was run over the events. Only "resume" is a matter of times: a touch more than a day after
the one before, unless a reopen or an engineer came between.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from etl.vocabulary import Signal

START = datetime(2026, 3, 2, 9)
HOUR = 60.0
DAY = 24 * HOUR
SYSTEMS = {
    "jira": "https://acme.atlassian.net/browse/CORE-{}",
    "github": "https://github.com/acme/core/issues/{}",
    "linear": "https://linear.app/acme/issue/OPS-{}",
}
AGENTS = tuple(f"agent {n}" for n in range(1, 25))
ENGINEERS = tuple(f"engineer {n}" for n in range(1, 5))
MACROS = ("macro thanks", "macro details")


class Event(NamedTuple):
    """One event, with the names of the loader's partial facts."""

    original_id: str
    sequence: int
    occurred_at: datetime
    kind: str
    actor: str
    actor_role: str
    new_value: str | None = None
    words: int | None = None
    is_question: bool | None = None
    text_hash: str | None = None


class Action(NamedTuple):
    """One sighting of a signal: by whom, the how-many-eth owner they were, and the external system if it is a link."""

    ticket: int
    signal: Signal
    quantity: int
    agent: str
    owner_number: int
    system: str | None = None

    @property
    def is_rework(self) -> bool:
        return self.owner_number > 1


class Answer(NamedTuple):
    ticket: int
    agent: str
    words: int


@dataclass
class Life:
    """Where one ticket stands."""

    ticket: int
    now: float  # minutes since START
    owners: list[str]  # those who touched it, in the order of their first touch
    holder: str = ""
    words: int = 0
    last_touch: float | None = None
    is_fresh: bool = True  # a reopen or an engineer came since the last touch


@dataclass
class Desk:
    """Everything that was done, gathered while tickets are lived."""

    dice: Random
    handoffs: float
    agents: tuple[str, ...] = AGENTS
    told: list[Event] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    recurrence: list[int] = field(default_factory=list)
    links: int = 0
    seen: dict[int, int] = field(default_factory=dict)

    def live(self, ticket: int) -> None:
        """One ticket from its creation to its close."""
        issue = int(self.dice.paretovariate(0.6)) if self._by_chance(0.3) else -ticket
        self.seen[issue] = self.seen.get(issue, 0) + 1
        self.recurrence.append(self.seen[issue])
        life = Life(ticket, now=self.dice.randrange(90 * 1440) * 1.0, owners=[])
        self._tell(life, "created", "customer", "customer")
        self._tell(life, "status", "customer", "customer", new_value="new")
        self._message(life, "customer", "customer", self.dice.randrange(30, 200))
        self._route(life)
        if self._by_chance(0.03):
            self._message(life, "help bot", "bot", 60, text_hash="bot answer")
            self._tell(life, "status", "help bot", "bot", new_value="resolved")
            return
        self._wait(life, HOUR)
        self._work(life)
        self._finish(life)
        while self._by_chance(0.12):
            self._reopen(life)
        self._wait(life, 4 * DAY)
        self._tell(life, "status", "closer", "bot", new_value="closed")

    def _work(self, life: Life) -> None:
        """From the first touch to just before the answer."""
        if self._by_chance(0.3):
            macro = self.dice.choice(MACROS)
            self._touch(life)
            self._message(life, life.holder, "agent", 45, text_hash=macro)
            self._wait(life, 30)
        elif self._by_chance(0.3):
            self._touch(life)
            self._message(life, life.holder, "agent", 8)  # "I am looking into it": too short to be an answer
        self._investigate(life, 1.2)
        while self._by_chance(self.handoffs):
            self._hand_off(life)
            self._investigate(life, 0.8)
        if self._by_chance(0.2):
            self._escalate(life)

    def _investigate(self, life: Life, notes: float) -> None:
        for _ in range(self._poisson(notes)):
            self._wait(life, 40)
            self._touch(life)
            self._note(life)
            self._plant(life, Signal.NOTE)
            if self._by_chance(0.25):
                self._link(life)
        while self._by_chance(0.25):
            self._ask_customer(life)

    def _ask_customer(self, life: Life) -> None:
        self._wait(life, 30)
        self._touch(life)
        self._message(life, life.holder, "agent", self.dice.randrange(20, 60), is_question=True)
        self._tell(life, "status", life.holder, "agent", new_value="waiting_customer")
        self._plant(life, Signal.CUSTOMER_QUESTION)
        self._wait(life, 14 * HOUR)
        self._message(life, "customer", "customer", self.dice.randrange(10, 80))
        self._tell(life, "status", "customer", "customer", new_value="open")
        self._wait(life, 2 * HOUR)

    def _hand_off(self, life: Life) -> None:
        """To somebody new; now and then the routing robot names another first who never touches it."""
        others = [agent for agent in self.agents if agent not in life.owners and agent != life.holder]
        if len(life.owners) == 0 or len(others) < 2:
            return
        chosen, passed_by = self.dice.sample(others, 2)
        self._tell(life, "owner", life.holder, "agent", new_value=chosen)
        if self._by_chance(0.2):
            self._wait(life, 20)
            self._tell(life, "owner", "router", "bot", new_value=passed_by)
            self._wait(life, 20)
            self._tell(life, "owner", "router", "bot", new_value=chosen)
        life.holder = chosen
        self._wait(life, 5 * HOUR)
        to_read = life.words
        self._touch(life)
        self._plant(life, Signal.PICKUP)
        self._plant(life, Signal.WORDS_REREAD, to_read)
        if self._by_chance(0.6):
            self._note(life)  # a pick-up note: part of the pick-up
        else:
            self._message(life, life.holder, "agent", 9)

    def _escalate(self, life: Life) -> None:
        """Written up for engineering; each note of an engineer is a question that support answers."""
        # A link of the investigation must not lie within the ten minutes in which a hold makes it a write-up.
        self._wait(life, 30, at_least=11)
        self._touch(life)
        self._link(life)
        self._tell(life, "status", life.holder, "agent", new_value="waiting_other")
        self._plant(life, Signal.ESCALATION)
        engineer = self.dice.choice(ENGINEERS)
        while self._by_chance(0.4):
            self._wait(life, 10 * HOUR)
            self._note(life, engineer, "engineering")
            life.is_fresh = True
            self._wait(life, 3 * HOUR)
            self._touch(life)
            self._note(life)
            self._plant(life, Signal.ENGINEERING_QUESTION)
        self._wait(life, 20 * HOUR)
        self._tell(life, "status", engineer, "engineering", new_value="open")
        life.is_fresh = True

    def _finish(self, life: Life) -> None:
        """The answer, the solve, and what is written down after it: bookkeeping, which is no signal."""
        self._wait(life, HOUR)
        self._touch(life)
        words = self.dice.randrange(25, 160)
        self._message(life, life.holder, "agent", words)
        self.answers.append(Answer(life.ticket, life.holder, words))
        self._tell(life, "status", life.holder, "agent", new_value="resolved")
        if self._by_chance(0.3):
            self._touch(life)
            self._note(life)

    def _reopen(self, life: Life) -> None:
        self._wait(life, 2 * DAY, at_least=15)
        self._message(life, "customer", "customer", self.dice.randrange(10, 80))
        self._tell(life, "status", "customer", "customer", new_value="open")
        self._plant(life, Signal.REOPEN)
        life.is_fresh = True
        self._wait(life, 3 * HOUR)
        if self._by_chance(self.handoffs):
            self._hand_off(life)
        self._investigate(life, 0.8)
        self._finish(life)

    def _route(self, life: Life) -> None:
        """The robot's assignments before anybody looks: the last one is the first owner."""
        self._tell(life, "team", "router", "bot", new_value="front line")
        for _ in range(1 + int(self._by_chance(0.25)) + int(self._by_chance(0.1))):
            life.holder = self.dice.choice(self.agents)
            self._tell(life, "owner", "router", "bot", new_value=life.holder)
            self._wait(life, 10)

    def _touch(self, life: Life) -> None:
        """A person acts; called before the event is told, at the same moment."""
        if life.holder not in life.owners:
            life.owners.append(life.holder)
        if life.last_touch is None:
            self._plant(life, Signal.HISTORY)
        elif life.now - life.last_touch > DAY and not life.is_fresh:
            self._plant(life, Signal.RESUME)
        life.last_touch, life.is_fresh = life.now, False

    def _plant(self, life: Life, signal: Signal, quantity: int = 1, system: str | None = None) -> None:
        owner_number = life.owners.index(life.holder) + 1
        self.actions.append(Action(life.ticket, signal, quantity, life.holder, owner_number, system))

    def _link(self, life: Life) -> None:
        self.links += 1
        system = self.dice.choice(tuple(SYSTEMS))
        self._tell(life, "link", life.holder, "agent", new_value=SYSTEMS[system].format(self.links))
        self._plant(life, Signal.LINK, system=system)

    def _note(self, life: Life, actor: str | None = None, role: str = "agent") -> None:
        words = self.dice.randrange(8, 60)
        self._tell(life, "private_note", actor or life.holder, role, words=words)
        life.words += words

    def _message(
        self,
        life: Life,
        actor: str,
        role: str,
        words: int,
        is_question: bool | None = None,
        text_hash: str | None = None,
    ) -> None:
        own = text_hash or f"{life.ticket}-{len(self.told)}"
        self._tell(life, "public_message", actor, role, words=words, is_question=is_question or False, text_hash=own)
        life.words += words

    def _tell(self, life: Life, kind: str, actor: str, role: str, **values: object) -> None:
        moment = START + timedelta(microseconds=round(life.now * 60e6))
        self.told.append(Event(str(life.ticket), len(self.told), moment, kind, actor, role, **values))  # type: ignore[arg-type]

    def _wait(self, life: Life, mean: float, at_least: float = 0.5) -> None:
        life.now += at_least + self.dice.expovariate(1 / mean)

    def _by_chance(self, chance: float) -> bool:
        return self.dice.random() < chance

    def _poisson(self, mean: float) -> int:
        """By Knuth's product of uniforms; means here are near 1."""
        number, product = 0, self.dice.random()
        while product > math.exp(-mean):
            number, product = number + 1, product * self.dice.random()
        return number
