"""Who and what there is: the people, teams, accounts and contacts of Quillmark, a company that does not exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sample_data.clock import DUBLIN, NEW_YORK, Office, seconds
from sample_data.dice import Dice

DOMAIN = "quillmark.example"
JIRA = f"https://jira.{DOMAIN}/browse/"
AUTOMATION = -1  # Zendesk's author number for its own rules
BOT_ID, BOT = 390_000_000_099, "Quill Assistant"


@dataclass(frozen=True)
class Team:
    """A Zendesk group."""

    id: int
    name: str
    tier: str
    schedule: str
    office: Office


TIER1_DUBLIN = Team(360_000_000_001, "Tier 1 Dublin", "tier1", "dublin", DUBLIN)
TIER1_NEW_YORK = Team(360_000_000_002, "Tier 1 New York", "tier1", "new_york", NEW_YORK)
BILLING = Team(360_000_000_003, "Billing", "tier1", "dublin", DUBLIN)
TIER2 = Team(360_000_000_004, "Tier 2", "tier2", "dublin", DUBLIN)
ENGINEERING = Team(360_000_000_005, "Engineering", "engineering", "dublin", DUBLIN)
TEAMS = (TIER1_DUBLIN, TIER1_NEW_YORK, BILLING, TIER2, ENGINEERING)


@dataclass(frozen=True)
class Agent:
    """Someone who works tickets; names are pseudonyms."""

    id: int
    name: str
    team: Team
    role: str
    cost_per_hour: int
    starts: int
    leaves: int | None = None

    def works(self, at: int) -> bool:
        """Whether they are employed at this instant."""
        return self.starts <= at and (self.leaves is None or at < self.leaves)


_EARLY = seconds("2022-01-10 00:00")
#: team, pseudonyms, cost per hour, and who joined or left in the time shown.
_ROSTER: tuple[tuple[Team, str, int], ...] = (
    (TIER1_DUBLIN, "Wren Finch Heron Plover Dunlin Siskin Linnet", 34),
    (TIER1_NEW_YORK, "Cedar Aspen Maple Rowan Laurel Hazel", 41),
    (BILLING, "Teal Swift Merlin", 36),
    (TIER2, "Osprey Kestrel Falcon Harrier Goshawk", 52),
    (ENGINEERING, "Flint Onyx Jasper Slate Agate", 78),
)
_JOINED = {
    "Siskin": "2024-09-02",
    "Linnet": "2025-04-07",
    "Laurel": "2024-11-04",
    "Hazel": "2025-06-02",
    "Goshawk": "2025-01-13",
}
_LEFT = {"Dunlin": "2025-02-28", "Maple": "2025-08-29", "Agate": "2025-05-30"}


def _agents() -> tuple[Agent, ...]:
    found: list[Agent] = []
    for team, names, cost in _ROSTER:
        for name in names.split():
            starts = seconds(_JOINED[name]) if name in _JOINED else _EARLY
            leaves = seconds(_LEFT[name]) if name in _LEFT else None
            role = "engineering" if team is ENGINEERING else "agent"
            found.append(Agent(380_000_000_001 + len(found), name, team, role, cost, starts, leaves))
    return tuple(found)


AGENTS = _agents()
BY_NAME = {agent.name: agent for agent in AGENTS}


def people_of(team: Team, at: int) -> list[Agent]:
    """Who of a team works there at an instant."""
    return [agent for agent in AGENTS if agent.team is team and agent.works(at)]


@dataclass(frozen=True)
class Account:
    """A customer company: a Zendesk organization."""

    id: int
    name: str
    domain: str
    tier: str
    region: str
    health: str
    annual_revenue: int
    renewal: date
    weight: float


@dataclass(frozen=True)
class Contact:
    """A person at an account, or at Quillmark itself (account None)."""

    id: int
    name: str
    email: str
    account: Account | None


_WORDS = [
    "Larkspur",
    "Bramble",
    "Cobalt",
    "Juniper",
    "Marigold",
    "Saffron",
    "Thistle",
    "Umber",
    "Verbena",
    "Willow",
    "Clover",
    "Foxglove",
    "Heather",
    "Indigo",
    "Sorrel",
    "Tamarisk",
    "Yarrow",
    "Zinnia",
    "Aster",
    "Basil",
]
_TRADES = ("Freight", "Clinics", "Retail", "Energy", "Studios", "Foods", "Academy", "Hotels", "Machines", "Insurance")
_FIRST = [
    "Ada",
    "Ben",
    "Cleo",
    "Dov",
    "Edda",
    "Finn",
    "Gia",
    "Hugo",
    "Ines",
    "Jon",
    "Kaya",
    "Lars",
    "Mina",
    "Noel",
    "Olga",
    "Pia",
    "Quim",
    "Rosa",
    "Sven",
    "Tess",
    "Una",
    "Vito",
]
_LAST = [
    "Abbot",
    "Birch",
    "Crane",
    "Dale",
    "Elm",
    "Frost",
    "Glen",
    "Hart",
    "Isle",
    "Jarvis",
    "Kerr",
    "Lowe",
    "Marsh",
    "North",
    "Orme",
    "Pike",
    "Reed",
    "Stone",
]


def accounts(dice: Dice, count: int = 92) -> tuple[Account, ...]:
    """The customer companies: few large, many small, in three regions."""
    found = []
    for number in range(count):
        tier = "Enterprise" if number < 14 else "Growth" if number < 48 else "Starter"
        low, high, weight = {"Enterprise": (90, 420, 6.0), "Growth": (24, 90, 2.2), "Starter": (3, 24, 0.9)}[tier]
        name = f"{_WORDS[number % len(_WORDS)]}-{number + 1:02d} {dice.pick(_TRADES)}"
        found.append(
            Account(
                id=370_000_000_001 + number,
                name=name,
                domain=f"{name.split(maxsplit=1)[0].lower()}.example",
                tier=tier,
                region=dice.weighted((("EMEA", 0.54), ("Americas", 0.38), ("APAC", 0.08))),
                health=dice.weighted((("green", 0.68), ("yellow", 0.22), ("red", 0.10))),
                annual_revenue=dice.whole(low, high) * 1000,
                renewal=date(2025 + dice.whole(0, 1), dice.whole(1, 12), dice.whole(1, 28)),
                weight=weight * dice.between(0.6, 1.4),
            )
        )
    return tuple(found)


def contacts(dice: Dice, companies: tuple[Account, ...]) -> tuple[Contact, ...]:
    """Five to sixteen people at each account, and four testers of our own."""
    found: list[Contact] = []
    for company in companies:
        for _ in range(dice.whole(5, 8) * (2 if company.tier == "Enterprise" else 1)):
            first, last = dice.pick(_FIRST), dice.pick(_LAST)
            email = f"{first}.{last}{len(found)}@{company.domain}".lower()
            found.append(Contact(395_000_000_001 + len(found), f"{first} {last}", email, company))
    for first in ("Release", "Monitor", "Demo", "Quality"):
        email = f"{first}.check@{DOMAIN}".lower()
        found.append(Contact(395_000_000_001 + len(found), f"{first} Check", email, None))
    return tuple(found)
