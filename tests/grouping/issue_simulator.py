"""A made-up desk whose issues are known, to test what is claimed of grouping.

Methods B: 8 products of 20 issues; each comes back up to four times in episodes of a few days; people call things by
synonyms and mistype; three in ten tickets only look alike (one issue's thing with another's trouble). It shares the
idea of "issue" with the estimator: it proves that the method finds what was planted, not that a customer's subjects are
like these.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

THINGS = (
    "invoice bill statement", "login sign-in logon", "report analysis summary", "dashboard board overview",
    "export download extract", "import upload intake", "webhook callback hook", "calendar schedule planner",
    "mailbox inbox mail", "payment charge debit", "printer printout plotter", "backup archive snapshot",
    "password passphrase secret", "contract agreement deal", "search lookup finder", "chart graph diagram",
    "notification alert reminder", "attachment enclosure file", "template pattern form", "currency money exchange",
    "license permit key", "workspace project space", "comment remark annotation", "timesheet hours timecard",
    "warehouse stock inventory", "shipment parcel delivery", "voucher coupon discount", "survey questionnaire poll",
    "certificate credential token", "connector adapter bridge", "scanner reader barcode", "meeting conference call",
    "folder directory drawer", "customer client buyer", "supplier vendor merchant", "translation language wording",
    "signature autograph seal", "formula calculation equation", "filter selection facet", "tablet phone handset",
)  # fmt: skip
TROUBLES = (
    "empty blank void", "slow sluggish delayed", "duplicated doubled twice", "missing lost gone",
    "rejected refused declined", "frozen stuck hanging", "wrong incorrect false", "crashing failing dying",
    "scrambled garbled unreadable", "locked blocked barred", "expired outdated stale", "truncated shortened cut",
    "misaligned shifted skewed", "unsynced outofstep diverging", "looping repeating circling", "invisible hidden absent",
)  # fmt: skip
CIRCUMSTANCES = (
    "after update", "since monday", "on mobile", "for new users", "in the morning", "with safari browser",
    "for administrators", "when offline", "during month end", "in dark mode", "behind the proxy", "for guests",
)  # fmt: skip
PLACES = (
    "settings preferences options", "homepage startpage landing", "sidebar menu navigation", "wizard assistant guide",
    "editor composer writer", "mobile handheld app", "billing accounting ledger", "administration backoffice console",
    "profile userpage identity", "archive history past", "checkout basket cart", "integration plugin extension",
    "table grid list", "popup dialog overlay", "toolbar ribbon buttons", "sandbox testing staging",
)  # fmt: skip
AROUND = ("please help", "urgent", "we see", "our team reports", "again", "hello", "quick question", "any news on", "")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class World:
    """How hard the texts are: the chance of a typo in a word, and the share of tickets that name an error code.

    ``is_terse``: subjects name two things, not three.
    """

    name: str
    typos: float
    codes: float
    is_terse: bool = False


EASY = World("easy", typos=0.03, codes=0.3)
HARD = World("hard", typos=0.10, codes=0.0)
TERSE = World("terse", typos=0.10, codes=0.0, is_terse=True)


@dataclass(frozen=True)
class Ticket:
    """``issue`` and ``episode`` are the truth; None for a ticket that only looks alike."""

    product: int
    day: float
    solved: float
    account: int
    subject: str
    code: str | None
    issue: int | None
    episode: int | None


@dataclass(frozen=True)
class Issue:
    thing: str
    trouble: str
    place: str
    circumstance: str
    code: str


def simulate(world: World, seed: int, products: int = 8, issues: int = 20, days: int = 540) -> list[Ticket]:
    """All tickets, oldest first."""
    dice = Random(seed)
    tickets: list[Ticket] = []
    number = 0
    for product in range(products):
        things = dice.sample(THINGS, 12)
        known: list[Issue] = []
        mine: list[Ticket] = []
        pairs = [(thing, trouble) for thing in things for trouble in TROUBLES]
        for thing, trouble in dice.sample(pairs, issues):
            known.append(
                Issue(thing, trouble, dice.choice(PLACES), dice.choice(CIRCUMSTANCES), f"ERR_{product}{number:03d}")
            )
            mine += _life(dice, world, product, number, known[-1], days)
            number += 1
        tickets += mine + _alike(dice, world, product, known, len(mine) * 3 // 7, days)
    return sorted(tickets, key=lambda ticket: ticket.day)


def _life(dice: Random, world: World, product: int, number: int, issue: Issue, days: int) -> list[Ticket]:
    """One to four episodes, each of 4 to 14 tickets within three days, weeks apart; some accounts write again."""
    made: list[Ticket] = []
    day = dice.uniform(0, 120)
    for episode in range(1, dice.choice((1, 2, 3, 4)) + 1):
        if day > days - 5:
            break
        accounts = dice.sample(range(60), 12)
        for _ in range(dice.randint(4, 14)):
            at = day + min(dice.expovariate(1.2), 3.5)
            made.append(_ticket(dice, world, product, at, dice.choice(accounts), issue, number, episode))
        if dice.random() < 0.7:  # the fix did not hold for everybody
            again = dice.choice(made).account
            at = day + dice.uniform(6, 25)
            made.append(_ticket(dice, world, product, at, again, issue, number, None))
        day += dice.uniform(30, 150)
    return made


def _ticket(
    dice: Random, world: World, product: int, day: float, account: int, issue: Issue, number: int, episode: int | None
) -> Ticket:
    code = issue.code if dice.random() < world.codes else None
    subject = _subject(dice, world, issue)
    return Ticket(product, day, day + dice.uniform(0.1, 2.5), account, subject, code, number, episode)


def _alike(dice: Random, world: World, product: int, known: list[Issue], count: int, days: int) -> list[Ticket]:
    """Tickets of no issue: one issue's thing, or its trouble in its place, with the rest of others."""
    made = []
    for _ in range(count):
        one, other = (
            dice.choice(known),
            Issue(*(dice.choice(each) for each in (THINGS, TROUBLES, PLACES, CIRCUMSTANCES)), ""),
        )
        kept = dice.choice((("thing", "circumstance"), ("thing", "place"), ("trouble", "place")))
        mixed = replace(other, **{name: getattr(one, name) for name in kept})
        day = dice.uniform(0, days)
        subject = _subject(dice, world, mixed)
        made.append(Ticket(product, day, day + dice.uniform(0.1, 2.5), dice.randrange(60), subject, None, None, None))
    return made


def _subject(dice: Random, world: World, issue: Issue) -> str:
    """Mostly the usual word, now and then a synonym; words in one of three orders."""
    thing, trouble, place = (_called(dice, each) for each in (issue.thing, issue.trouble, issue.place))
    named = f"in {place}" if not world.is_terse else ""
    when = issue.circumstance if dice.random() < 0.7 else ""
    order = dice.choice(((thing, named, trouble, when), (trouble, thing, named, when), (thing, when, trouble, named)))
    text = " ".join((dice.choice(AROUND), *order)).split()
    return " ".join(_mistyped(dice, word) if dice.random() < world.typos else word for word in text)


def _called(dice: Random, names: str) -> str:
    first, *others = names.split()
    return first if dice.random() < 0.85 else dice.choice(others)


def _mistyped(dice: Random, word: str) -> str:
    place = dice.randrange(len(word))
    kind = dice.random()
    if kind < 0.34 or len(word) < 3:
        return word[:place] + dice.choice(LETTERS) + word[place:]
    if kind < 0.67:
        return word[:place] + word[place + 1 :]
    other = min(place + 1, len(word) - 1)
    letters = list(word)
    letters[place], letters[other] = letters[other], letters[place]
    return "".join(letters)
