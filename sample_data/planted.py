"""What is planted to be found: chronic issues, releases with two bad ones, and a few tickets with a story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sample_data import topics
from sample_data.clock import DAY, DUBLIN, END, NEW_YORK, START, iso, local, seconds
from sample_data.company import BY_NAME, TIER2, Contact
from sample_data.dice import Dice
from sample_data.lives import Life, close_later
from sample_data.work import Desk


@dataclass
class Change:
    """A release of one product."""

    at: int
    product: str
    title: str
    kind: str = "release"
    outcome: str = "successful"
    rolled_back_at: int | None = None
    id: str = ""


@dataclass
class Occurrence:
    """One return of a chronic issue: when its first ticket came, and when the hotfix went out."""

    started_at: int
    hotfix_at: int
    tickets: list[Life] = field(default_factory=list)


@dataclass
class Issue:
    """A problem that comes back under changing symptoms."""

    key: str
    name: str
    topic: str
    starts: tuple[str, ...]
    symptoms: tuple[str, ...]
    occurrences: list[Occurrence] = field(default_factory=list)


def chronic_issues() -> tuple[Issue, ...]:
    """The three: a configuration edge case, a database timeout, a flaky integration."""
    return (
        Issue(
            "QM-2041",
            "configuration edge case: two identity providers with one certificate",
            "Single sign-on",
            ("2024-08-06 08:20", "2024-10-08 07:40", "2024-12-10 09:10", "2025-02-18 08:30", "2025-07-15 07:35"),
            ("SSO login loop after saving provider settings", "SSO error: certificate not trusted",
             "Users sent back to the login page", "Second identity provider switched off by itself"),
        ),
        Issue(
            "QM-1987",
            "database timeout: report queries queue behind the nightly refresh",
            "Slow queries",
            ("2024-06-11 12:15", "2024-06-26 12:05", "2024-09-17 13:20", "2025-03-04 12:40", "2025-03-12 13:10",
             "2025-10-07 12:25"),
            ("Report stops with error DB-504", "Timeout when opening any report", "Dashboards empty, error DB-504",
             "Scheduled reports all failed over night"),
        ),
        Issue(
            "QM-2210",
            "third-party integration flake: the bank gateway drops the second page",
            "Bank connector",
            ("2024-11-05 09:30", "2025-01-14 08:50", "2025-03-25 09:15", "2025-05-20 08:10", "2025-09-23 08:40",
             "2025-10-28 09:20"),
            ("Half of the bookings missing since this morning", "Bank connector error GW-22",
             "Balance does not match the bank", "Connector says up to date but bookings are missing"),
        ),
    )  # fmt: skip


def _reported_at(dice: Dice, start: int, number: int) -> int:
    """When the n-th customer reports it: quickly at first, all within the working day and the next morning."""
    if number == 0:
        return start
    office = DUBLIN if dice.chance(0.6) else NEW_YORK
    return office.after(start, min(dice.skewed(35 * number**0.8, 0.5), 500))


def occur(dice: Dice, desk: Desk, issue: Issue, people: Sequence[Contact]) -> list[Life]:
    """All tickets of an issue; each is linked to the engineering record and solved after the hotfix."""
    made: list[Life] = []
    for order, moment in enumerate(issue.starts):
        start = seconds(moment)
        count = dice.whole(7, 15)
        times = sorted(_reported_at(dice, start, number) for number in range(count))
        occurrence = Occurrence(start, DUBLIN.after(times[-1], dice.between(60, 400)))
        for position, at in enumerate(times):
            title = dice.pick((issue.symptoms[order % 4], issue.symptoms[(order + 1) % 4]))
            life = Life(dice.pick(people), topics.BY_NAME[issue.topic], title, at, "high", "email", "chronic")
            life.issue = issue.key
            life.begin(topics.story(dice, title), desk.route(life))
            _work_known_issue(dice, desk, life, issue.key, occurrence.hotfix_at, position == 0)
            occurrence.tickets.append(life)
        issue.occurrences.append(occurrence)
        made += occurrence.tickets
    return made


def _work_known_issue(dice: Dice, desk: Desk, life: Life, key: str, hotfix_at: int, first: bool) -> None:
    agent = desk.take(life)
    note = "Same error in the worker log as before." if dice.chance(0.5) else "Looks like the known one, linked."
    life.act(desk.wait(life, 12), agent.id, note=note, link=key)
    if first:
        desk.rounds_with_engineering(life, agent, 1, key)
    waiting = (
        f"{dice.pick(('Hello,', 'Hi,', 'Good morning,'))} you are not alone with this: our engineers are working on "
        f"{life.topic.name.lower()} right now and I will write again as soon as a fix is out. "
        f"Reference {life.created % 9973}."
    )
    life.act(desk.wait(life, 10), agent.id, say=waiting, status="hold")
    life.act(max(hotfix_at, life.now) + dice.whole(600, 7200), agent.id, say=topics.answer(dice, life.topic),
             status="solved")  # fmt: skip
    close_later(life)


#: day and hour, product, extra tickets, topics hit, what customers write
BAD_RELEASES: tuple[tuple[str, str, int, tuple[str, ...], tuple[str, ...]], ...] = (
    ("2025-02-04 14:10", "Atlas", 46, ("Report export", "Dashboards"),
     ("Totals in report {n} doubled", "Chart {n} blank since yesterday", "Export without headers since the update")),
    ("2025-09-09 10:25", "Relay", 54, ("Webhooks", "API limits"),
     ("Webhooks signed with an unknown key", "API answers 500 since {n} minutes", "Events missing since the release")),
)  # fmt: skip


def surge(dice: Dice, desk: Desk, change: Change, number: int, people: Sequence[Contact]) -> list[Life]:
    """The extra tickets a bad release brings within its first three days."""
    _, _, extra, names, titles = BAD_RELEASES[number]
    made = []
    for _ in range(extra):
        office = DUBLIN if dice.chance(0.55) else NEW_YORK
        at = office.after(change.at, 12 + min(dice.skewed(240, 0.9), 1000))
        title = dice.pick(titles).replace("{n}", str(dice.whole(2, 60)))
        life = Life(dice.pick(people), topics.BY_NAME[dice.pick(names)], title, at, "high", "email", "surge")
        life.issue = change.id
        life.begin(topics.story(dice, title), desk.route(life))
        desk.solve(life, hardness=1.6)
        made.append(life)
    return made


def changes(dice: Dice, issues: Sequence[Issue]) -> tuple[list[Change], list[Change]]:
    """Every release of eighteen months and the two bad ones among them; numbered oldest first."""
    found = [
        Change(occurrence.hotfix_at, topics.BY_NAME[issue.topic].product, f"Hotfix for {issue.key}", "hotfix")
        for issue in issues
        for occurrence in issue.occurrences
    ]
    bad = [
        Change(seconds(moment), product, f"{product} release with new {word}", outcome="rolled back")
        for (moment, product, *_), word in zip(BAD_RELEASES, ("query planner", "delivery queue"), strict=True)
    ]
    for change in bad:
        change.rolled_back_at = change.at + dice.whole(26, 44) * 3600
    found += bad
    for place, product in enumerate(topics.PRODUCTS):
        day = START + place * DAY
        while day < END - DAY:
            at = day + dice.whole(9 * 60, 16 * 60) * 60
            near = any(abs(change.at - at) < 5 * DAY and change.product == product for change in bad)
            if local(at).weekday() < 4 and not near:
                kind = dice.weighted((("release", 0.75), ("configuration", 0.25)))
                outcome = "rolled back" if dice.chance(0.02) else "successful"
                change = Change(at, product, f"{product} {kind} of {iso(at)[:10]}", kind, outcome)
                change.rolled_back_at = at + dice.whole(20, 90) * 60 if outcome == "rolled back" else None
                found.append(change)
            day += dice.whole(5, 9) * DAY
    found.sort(key=lambda change: change.at)
    for number, change in enumerate(found, 1):
        change.id = f"DEP-{number:04d}"
    return found, bad


def stories(dice: Dice, desk: Desk, people: Sequence[Contact]) -> dict[str, Life]:
    """Tickets written by hand, each with one thing to find."""
    return {
        "four_owners": _four_owners(dice, desk, people[3]),
        "unowned": _unowned(dice, people[5]),
        "three_rounds": _three_rounds(dice, desk, people[8]),
    }


def _start(dice: Dice, topic: str, title: str, moment: str, contact: Contact) -> Life:
    life = Life(contact, topics.BY_NAME[topic], title, seconds(moment), "normal", "email", "story")
    life.begin(topics.story(dice, title), Desk(dice).route(life))
    return life


def _four_owners(dice: Dice, desk: Desk, contact: Contact) -> Life:
    life = _start(dice, "Data import", "Import fails at line 4711", "2025-05-06 08:05", contact)
    wren, finch, osprey, falcon = (BY_NAME[name] for name in ("Wren", "Finch", "Osprey", "Falcon"))
    life.act(life.now + 1800, wren.id, status="open", owner=wren)
    life.act(life.now + 600, wren.id, note=topics.line(dice, "note"))
    life.act(life.now + 3600, wren.id, owner=finch)
    life.act(life.now + 1200, finch.id, note=topics.line(dice, "note"))
    life.act(life.now + 5400, finch.id, note=topics.line(dice, "write_up"), team=TIER2, owner=osprey)
    life.act(life.now + 900, osprey.id, note=topics.line(dice, "note"))
    life.act(life.now + DAY, osprey.id, owner=falcon)
    life.act(life.now + 1800, falcon.id, note=topics.line(dice, "note"))
    desk.answer(life, falcon, 30)
    close_later(life)
    return life


def _unowned(dice: Dice, contact: Contact) -> Life:
    life = _start(dice, "Permissions", "Nobody can open the shared folder", "2025-06-10 08:00", contact)
    heron = BY_NAME["Heron"]
    life.act(life.created + 7 * 3600 + 900, heron.id, status="open", owner=heron)
    life.act(life.now + 1500, heron.id, say=topics.answer(dice, life.topic), status="solved")
    close_later(life)
    return life


def _three_rounds(dice: Dice, desk: Desk, contact: Contact) -> Life:
    life = _start(dice, "Webhooks", "Webhook signature does not match", "2025-04-01 09:00", contact)
    agent = BY_NAME["Plover"]
    life.act(life.now + 1500, agent.id, status="open", owner=agent)
    desk.rounds_with_engineering(life, agent, 3, desk.new_key())
    desk.answer(life, agent)
    close_later(life)
    return life
