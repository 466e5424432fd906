"""How support works a ticket: the usual ways a life can go, and how likely each is."""

from __future__ import annotations

from sample_data import topics
from sample_data.clock import DAY, DUBLIN, NEW_YORK
from sample_data.company import (
    AUTOMATION,
    BILLING,
    BOT_ID,
    BY_NAME,
    ENGINEERING,
    TIER1_DUBLIN,
    TIER1_NEW_YORK,
    TIER2,
    Agent,
    Team,
    people_of,
)
from sample_data.dice import Dice
from sample_data.lives import Life, close_later, nightly

#: Working minutes until an agent takes it, by priority: half are faster.
FIRST_TOUCH = {"urgent": 5, "high": 16, "normal": 38, "low": 75}
#: How much faster than usual people work on it.
HASTE = {"urgent": 0.4, "high": 0.75, "normal": 1.0, "low": 1.0}


class Desk:
    """Works tickets."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self._next_key = 3000
        self._keys: list[tuple[str, str, int]] = []  # engineering record, topic, when it was linked last

    def new_key(self) -> str:
        """A fresh engineering record."""
        self._next_key += self.dice.whole(1, 4)
        return f"QM-{self._next_key}"

    def key_for(self, life: Life) -> str:
        """Three in ten times the topic's last engineering record comes up again within two months, else a new one."""
        recent = [key for key, topic, at in self._keys if topic == life.topic.name and 0 < life.now - at < 60 * DAY]
        key = recent[-1] if recent and self.dice.chance(0.3) else self.new_key()
        self._keys.append((key, life.topic.name, life.now))
        return key

    def route(self, life: Life) -> Team:
        """Billing for Ledger; else whichever office is open, by region when both are, else the next to open."""
        if life.topic.first_team is BILLING:
            return BILLING
        at = life.created
        here, there = DUBLIN.is_open(at), NEW_YORK.is_open(at)
        if here and there:
            account = life.contact.account
            return TIER1_NEW_YORK if account is not None and account.region == "Americas" else TIER1_DUBLIN
        if not here and not there:
            return TIER1_DUBLIN if DUBLIN.after(at, 0) <= NEW_YORK.after(at, 0) else TIER1_NEW_YORK
        return TIER1_DUBLIN if here else TIER1_NEW_YORK

    def someone(self, team: Team, at: int, other_than: Agent | None = None) -> Agent:
        """A person of a team; the later hired take a little more of the queue."""
        return self.dice.pick([agent for agent in people_of(team, at) if agent is not other_than])

    def wait(self, life: Life, median: float, spread: float = 0.9, team: Team | None = None) -> int:
        """An instant some working minutes on, in the office of the team that has it."""
        office = (team or life.team or TIER1_DUBLIN).office
        return office.after(life.now, HASTE[life.priority] * self.dice.skewed(median, spread))

    def take(self, life: Life, agent: Agent | None = None) -> Agent:
        """First touch: someone takes it, now and then with a stock reply or a note to self."""
        dice, team = self.dice, life.team
        assert team is not None  # noqa: S101
        at = team.office.after(life.now, dice.skewed(FIRST_TOUCH[life.priority], 0.75))
        agent = agent or self.someone(team, at)
        if dice.chance(0.03):
            life.act(at, agent.id, say=topics.MACROS[0], status="open", owner=agent)
        else:
            life.act(at, agent.id, status="open", owner=agent)
        return agent

    def answer(self, life: Life, agent: Agent, median: float = 12, status: str = "solved") -> None:
        """A substantive public reply, usually with the solve."""
        life.act(self.wait(life, median, 0.8), agent.id, say=topics.answer(self.dice, life.topic), status=status)

    def note(self, life: Life, agent: Agent, kind: str = "note", median: float = 9) -> None:
        """A private note of what was looked up."""
        life.act(self.wait(life, median, 0.7), agent.id, note=topics.line(self.dice, kind))

    def ask(self, life: Life, agent: Agent) -> bool:
        """A question to the customer and pending; False when no answer came and the automation solved it."""
        dice = self.dice
        life.act(self.wait(life, 10), agent.id, say=topics.line(dice, "question"), status="pending")
        if dice.chance(0.10):
            life.act(nightly(life.now + 7 * DAY), AUTOMATION, status="solved", via="rule")
            return False
        back = life.now + round(dice.skewed(7.0, 1.1) * 3600)
        life.act(
            min(back, life.now + 6 * DAY), life.contact.id, say=topics.line(dice, "answer_back"), status="open",
            via=life.channel,
        )  # fmt: skip
        return True

    def reassure(self, life: Life, agent: Agent) -> None:
        """Before it goes to others the customer mostly hears so, in words that are the same for everybody."""
        if self.dice.chance(0.9) and not any(step.public and step.author == agent.id for step in life.steps):
            life.act(self.wait(life, 8), agent.id, say=topics.MACROS[1])

    def hand_over(self, life: Life, agent: Agent, to: Team) -> Agent:
        """The ticket waits in another team's queue until someone there takes it; two in three with a note."""
        dice = self.dice
        self.reassure(life, agent)
        note = topics.line(dice, "write_up") if dice.chance(0.67) else None
        life.act(self.wait(life, 8), agent.id, note=note, team=to, owner=None)
        taker = self.someone(to, life.now, agent)
        if to is TIER2 and life.topic.hero and BY_NAME[life.topic.hero].team is TIER2 and dice.chance(0.8):
            taker = BY_NAME[life.topic.hero]
        life.act(self.wait(life, 35, 1.0), taker.id, owner=taker)
        return taker

    def rounds_with_engineering(self, life: Life, agent: Agent, rounds: int, key: str) -> None:
        """Support asks, engineering answers, support tells the customer or asks again."""
        dice, home = self.dice, life.team
        self.reassure(life, agent)
        for number in range(rounds):
            engineer = self.someone(ENGINEERING, life.now)
            text = topics.line(dice, "write_up")
            life.act(
                self.wait(life, 15), agent.id, note=text, link=key if number == 0 else None, status="hold",
                team=ENGINEERING, owner=None,
            )  # fmt: skip
            slow = 300 if dice.chance(0.94) else 6000
            life.act(self.wait(life, slow / (1 + number), 0.9), engineer.id, owner=engineer)
            life.act(self.wait(life, 25), engineer.id, note=topics.line(dice, "engineering"))
            life.act(life.now + dice.whole(30, 300), engineer.id, status="open", team=home, owner=agent)
            if dice.chance(0.5):
                self.note(life, agent, median=30)

    def park(self, life: Life, agent: Agent) -> None:
        """The mend has to wait for a later release: weeks, sometimes months, on hold."""
        later = "This is planned for one of the next releases, I will keep the ticket on hold and write when it is out."
        life.act(self.wait(life, 60), agent.id, say=f"{later} Until then {self.dice.pick(life.topic.remedies)}.",
                 status="hold")  # fmt: skip
        life.act(life.now + round(self.dice.skewed(45, 0.8) * DAY), agent.id, note="It is out now.", status="open")
        if not agent.works(life.now):
            assert life.team is not None  # noqa: S101
            agent = self.someone(life.team, life.now)
            life.act(life.now + 900, agent.id, owner=agent)

    def solve(self, life: Life, hardness: float = 1.0) -> None:
        """The whole of an ordinary ticket from the queue to the last close."""
        dice = self.dice
        hero = BY_NAME[life.topic.hero] if life.topic.hero else None
        mine = hero if hero and hero.team is life.team and dice.chance(0.76) else None
        agent = self.take(life, mine)
        hard = life.topic.hard * hardness * {"urgent": 2.0, "high": 1.3}.get(life.priority, 0.9)
        if dice.chance(0.30):
            self.note(life, agent)
        if hero and hero.team is TIER2 and dice.chance(0.80):
            agent = self.hand_over(life, agent, TIER2)
            self.answer(life, agent, 60)
        elif dice.chance(0.019 * hard):
            if dice.chance(0.5):
                agent = self.hand_over(life, agent, TIER2)
                self.note(life, agent, median=20)
            rounds = dice.weighted(((1, 0.62), (2, 0.27), (3, 0.11)))
            self.rounds_with_engineering(life, agent, rounds, self.key_for(life))
            if dice.chance(0.16):
                self.park(life, agent)
            self.answer(life, agent, 25)
        elif dice.chance(0.045 * hard):
            agent = self.hand_over(life, agent, TIER2)
            self.note(life, agent, median=15)
            if dice.chance(0.35) and not self.ask(life, agent):
                close_later(life)
                return
            self.answer(life, agent, 150)
        elif dice.chance(0.115):
            for _ in range(1 if dice.chance(0.75) else 2):
                if not self.ask(life, agent):
                    close_later(life)
                    return
                if dice.chance(0.15):
                    agent = self.reassign(life, agent)
            self.answer(life, agent, 40)
        else:
            self.plain(life, agent)
        self.afterwards(life, agent)

    def plain(self, life: Life, agent: Agent) -> None:
        """One good answer; some change hands at the end of a shift or need a second message."""
        if self.dice.chance(0.025):
            agent = self.reassign(life, agent)
        if self.dice.chance(0.035):
            self.answer(life, agent, 15, status="pending")
            back = life.now + round(self.dice.skewed(4, 1) * 3600)
            life.act(back, life.contact.id, say=topics.BACK_AGAIN[3], status="open", via=life.channel)
        self.answer(life, agent, 14)

    def reassign(self, life: Life, agent: Agent) -> Agent:
        """A colleague of the same team takes over."""
        assert life.team is not None  # noqa: S101
        colleague = self.someone(life.team, life.now, agent)
        life.act(self.wait(life, 30), agent.id, owner=colleague)
        return colleague

    def afterwards(self, life: Life, agent: Agent) -> None:
        """Some come back, some say thanks, and after four days the automation closes it."""
        dice = self.dice
        if dice.chance(0.054):
            at = life.now + round(dice.between(0.03, 3.8) * DAY)
            life.act(at, life.contact.id, say=dice.pick(topics.BACK_AGAIN), status="open", via=life.channel)
            if dice.chance(0.5):
                self.note(life, agent, median=25)
            if not agent.works(life.now) and life.team is not None:
                agent = self.someone(life.team, life.now)
                life.act(self.wait(life, 20), agent.id, owner=agent)
            self.answer(life, agent, 45)
        elif dice.chance(0.014):
            at = life.now + round(dice.skewed(1.5, 0.8) * 3600)
            office = life.team.office if life.team else DUBLIN
            life.act(
                office.after(at, 0), life.contact.id, say=dice.pick(topics.THANKS), status="open", via=life.channel
            )
            life.act(life.now + dice.whole(60, 480), agent.id, status="solved")
        close_later(life)

    def by_bot(self, life: Life) -> None:
        """The assistant answers within a minute or two and the customer leaves it at that."""
        text = topics.answer(self.dice, life.topic)
        life.act(life.now + self.dice.whole(15, 110), BOT_ID, say=text, status="solved")
        close_later(life)
