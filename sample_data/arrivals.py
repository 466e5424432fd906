"""Every Zendesk ticket of eighteen months: when customers write, about what, and what kind of ticket it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sample_data import planted, topics
from sample_data.clock import DAY, END, FIRST_DAY, LAST_DAY, START
from sample_data.company import Account, Contact, accounts, contacts
from sample_data.dice import Dice
from sample_data.lives import Life, close_later
from sample_data.planted import Change, Issue
from sample_data.work import Desk

_ZONES = {region: ZoneInfo(zone) for region, zone in (
    ("EMEA", "Europe/Dublin"), ("Americas", "America/New_York"), ("APAC", "Asia/Singapore"))}  # fmt: skip
_HOURS = [1, 0.5, 0.4, 0.3, 0.4, 0.8, 2, 6, 14, 22, 23, 20, 14, 17, 20, 18, 14, 9, 5, 4, 3, 3, 2, 1.5]
_WEEKDAYS = (1.22, 1.10, 1.04, 1.0, 0.86, 0.16, 0.13)
_TICKETS_A_WEEKDAY = 20.5  # at the start; two per cent more each month
_CHANNELS = (("email", 0.52), ("web", 0.25), ("chat", 0.12), ("voice", 0.07), ("native_messaging", 0.03), ("api", 0.01))
_PRIORITIES = (("urgent", 0.04), ("high", 0.15), ("normal", 0.61), ("low", 0.20))
_KINDS = (
    ("bot", 0.050),
    ("outbound", 0.024),
    ("closed", 0.007),
    ("spam", 0.018),
    ("deleted", 0.008),
    ("test", 0.009),
    ("normal", 0.884),
)


@dataclass
class World:
    """Everything that happened."""

    companies: tuple[Account, ...]
    people: tuple[Contact, ...]
    lives: list[Life]
    issues: tuple[Issue, ...]
    changes: list[Change]
    bad: list[Change]
    stories: dict[str, Life]


class Arrivals:
    """Makes the ordinary tickets."""

    def __init__(self, dice: Dice, companies: Sequence[Account], people: Sequence[Contact]) -> None:
        self.dice, self.desk = dice, Desk(dice)
        self.weights = [(company, company.weight) for company in companies]
        self.at_account = {company: [p for p in people if p.account is company] for company in companies}
        self.testers = [person for person in people if person.account is None]
        self.by_topic = [(topic, topic.weight) for topic in topics.TOPICS]

    def everything(self) -> list[Life]:
        """Ordinary tickets of every day, with those that follow from them."""
        made: list[Life] = []
        day = FIRST_DAY
        while day <= LAST_DAY:
            growth = 1.02 ** ((day - FIRST_DAY).days / 30.44)
            expected = _TICKETS_A_WEEKDAY * growth * _WEEKDAYS[day.weekday()] * self._season(day.month, day.day)
            for _ in range(int(self.dice.skewed(expected, 0.12) + self.dice.share())):
                made += self.one(datetime(day.year, day.month, day.day))  # noqa: DTZ001
            day += timedelta(days=1)
        return made

    @staticmethod
    def _season(month: int, day: int) -> float:
        if (month == 12 and day > 22) or (month == 1 and day < 3):
            return 0.45
        return 0.92 if month in (7, 8) else 1.0

    def _moment(self, day: datetime, region: str) -> int:
        hour = self.dice.weighted([(hour, weight) for hour, weight in enumerate(_HOURS)])
        there = (day + timedelta(hours=hour, seconds=self.dice.whole(0, 3599))).replace(tzinfo=_ZONES[region])
        return int(there.timestamp())

    def one(self, day: datetime) -> list[Life]:
        """A ticket on a day, and whatever follows from it: a duplicate, or the same person again days later."""
        dice = self.dice
        company = dice.weighted(self.weights)
        created = self._moment(day, company.region)
        if not START <= created < END:
            return []
        kind = dice.weighted(_KINDS)
        contact = dice.pick(self.testers if kind == "test" else self.at_account[company])
        life = self._open(contact, dice.weighted(self.by_topic), created, kind)
        self._live(life)
        made = [life]
        if kind == "normal" and dice.chance(0.012):
            made += self._duplicate(life)
        if kind == "normal" and life.status in ("solved", "closed") and dice.chance(0.034):
            solved = max(s.at for s in life.steps if any(c[2] == "solved" for c in s.changes))
            evening = datetime.fromtimestamp(solved, _ZONES["EMEA"])
            that_day = datetime(evening.year, evening.month, evening.day)  # noqa: DTZ001
            again = self._moment(that_day + timedelta(days=dice.whole(1, 6)), company.region)
            if solved < again < min(END, solved + int(6.9 * DAY)):
                follow = self._open(contact, life.topic, again, "normal")
                self._live(follow)
                made.append(follow)
        return made

    def _open(self, contact: Contact, topic: topics.Topic, created: int, kind: str) -> Life:
        dice = self.dice
        channel = dice.weighted(_CHANNELS)
        if kind == "bot":
            channel = dice.pick(("chat", "native_messaging", "web"))
        title = "Win a cruise, click here" if kind == "spam" else topics.subject(dice, topic)
        if kind == "test":
            title = "Test ticket, please ignore"
        return Life(contact, topic, title, created, dice.weighted(_PRIORITIES), channel, kind)

    def _live(self, life: Life) -> None:
        dice, desk = self.dice, self.desk
        team = desk.route(life)
        if life.kind == "outbound":
            agent = desk.someone(team, life.created)
            life.channel = "web"
            life.created = team.office.after(life.created, 3)
            life.title = f"Planned maintenance of {life.topic.product} for your workspace"
            life.begin(topics.answer(dice, life.topic), team, agent.id)
            life.act(life.now + 20, agent.id, status="pending", owner=agent)
            life.act(life.now + dice.whole(2, 40) * 3600, life.contact.id, say=topics.THANKS[0], status="open")
            life.act(desk.wait(life, 40), agent.id, status="solved")
            close_later(life)
            return
        life.begin(topics.story(dice, life.title), team)
        if life.kind in ("spam", "deleted"):
            agent = desk.someone(team, life.created)
            life.act(desk.wait(life, 25), agent.id, status="deleted")
        elif life.kind == "bot":
            desk.by_bot(life)
        elif life.kind == "closed":
            agent = desk.take(life)
            life.act(desk.wait(life, 200), agent.id, say=topics.answer(dice, life.topic), status="closed")
        else:
            desk.solve(life)

    def _duplicate(self, life: Life) -> list[Life]:
        """The same person writes twice; the second ticket is merged into the first."""
        touched = next((step for step in life.steps[1:] if step.author > 0 and step.author != life.contact.id), None)
        if touched is None or touched.at - life.created < 900 or touched.at >= END - 600:
            return []
        second = self._open(life.contact, life.topic, life.created + self.dice.whole(300, 800), "merged")
        second.begin(topics.story(self.dice, second.title), self.desk.route(second))
        second.merged_into = life
        second.tags.append("closed_by_merge")
        second.act(touched.at + 45, touched.author, note="{merged}", status="closed", via="merge")
        return [second]


def build(dice: Dice) -> World:
    """Everything, in the order it was created, numbered as Zendesk would."""
    companies = accounts(dice)
    people = contacts(dice, companies)
    customers = [person for person in people if person.account is not None]
    issues = planted.chronic_issues()
    arrivals = Arrivals(dice, companies, people)
    lives = arrivals.everything()
    for issue in issues:
        lives += planted.occur(dice, arrivals.desk, issue, customers)
    all_changes, bad = planted.changes(dice, issues)
    for number, change in enumerate(bad):
        lives += planted.surge(dice, arrivals.desk, change, number, customers)
    stories = planted.stories(dice, arrivals.desk, customers)
    lives = sorted((life for life in (*lives, *stories.values()) if life.created < END), key=lambda life: life.created)
    for number, life in enumerate(lives, 20_001):
        life.number = number
        life.cut()
    return World(companies, people, lives, issues, all_changes, bad, stories)
