"""The choices a reader may make about how a KPI is counted. The definition shown always follows them.

``CHOICES`` is the one place: sidebar, link, command line, exports and documents are made from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace

from etl.errors import UsageError, nearest


@dataclass(frozen=True)
class Choice:
    """One option: what it decides, and what may be chosen, each value with the words that say it on a page.

    ``words`` maps each value to its words, the default first; or it is a range, and ``phrase`` holds ``{}``.
    """

    label: str
    group: str
    decides: str
    words: Mapping[str, str] = field(default_factory=dict)
    numbers: range | None = None
    phrase: str = "{}"

    def told(self, value: str | int) -> str:
        """A value in words, as it stands under a number."""
        return self.phrase.format(self.words.get(str(value), value))

    def value_of(self, name: str, word: str) -> str | int:
        """What was typed, if it may be chosen; raises UsageError that says what may."""
        if self.numbers is not None:
            if word.isascii() and word.isdigit() and int(word) in self.numbers:
                return int(word)
            known = f"a whole number from {self.numbers[0]} to {self.numbers[-1]}"
        else:
            if word in self.words:
                return word
            known = " or ".join(self.words)
        raise UsageError(f"'{word}' is no value for the option '{name}'.", f"It takes {known}: {self.decides}.", "")


ALL, FIRST, STAY, ASKED = "Every figure", "First contact", "Staying solved", "Surveys"
SPEED, SLA = "Durations", "Promises"

CHOICES: dict[str, Choice] = {
    "clock": Choice(
        "Clock",
        ALL,
        "durations run around the clock, in opening hours only, or in opening hours less the customer's turn to act",
        {
            "calendar": "calendar time",
            "business": "business hours",
            "active": "business hours less waiting on the customer",
        },
    ),
    "dated_by": Choice(
        "Date anchor",
        ALL,
        "a ticket belongs to the period of the moment its definition names, or of one moment for the whole page",
        {
            "definition": "each figure by its own date",
            "created": "by created date",
            "first_resolved": "by first resolved date",
            "resolved": "by last resolved date",
        },
    ),
    "bot_handled": Choice(
        "Tickets only a bot answered",
        ALL,
        "tickets resolved without one public message by a person are left out of times and first contact, or counted",
        {"exclude": "bot-only tickets left out", "include": "bot-only tickets counted"},
    ),
    "closed_without_resolve": Choice(
        "Closed without a resolve",
        SPEED,
        "a ticket closed without ever being resolved counts at its close, or is left out of resolution times",
        {"include": "closes without a resolve counted", "exclude": "closes without a resolve left out"},
    ),
    "resolve": Choice(
        "Resolution ends with",
        SPEED,
        "a resolution time ends with the last resolve, or with the first one whatever came after",
        {"last": "to the last resolve", "first": "to the first resolve"},
    ),
    "ticket_kind": Choice(
        "Resolution times of",
        SPEED,
        "resolution times are of all tickets, or of incidents alone, as service desks report them",
        {"all": "all kinds of tickets", "incident": "incidents only"},
    ),
    "within_days": Choice(
        "Resolved within, days",
        SPEED,
        "days after its creation in which a ticket must be resolved to count as resolved in time",
        numbers=range(1, 91),
        phrase="resolved within {} days",
    ),
    "fcr_rule": Choice(
        "First contact means",
        FIRST,
        "whose definition of first-contact resolution counts",
        {
            "net": "FCR net of returns",
            "zendesk": "FCR as Zendesk's one-touch",
            "fivetran": "FCR as Fivetran's warehouse model",
            "intercom": "FCR as Intercom's one teammate",
            "freshservice": "FCR as Freshservice's no further message",
            "zoho": "FCR as Zoho's one response",
            "gladly": "FCR as Gladly's no repeat contact",
        },
    ),
    "window_days": Choice(
        "Return window, days",
        FIRST,
        "days in which a further contact undoes a first-contact resolution, or is a repeat contact",
        numbers=range(1, 31),
        phrase="returns watched for {} days",
    ),
    "auto_closed": Choice(
        "Resolved for want of an answer",
        FIRST,
        "tickets a rule resolved because the customer was silent are left out of first contact, or counted",
        {"exclude": "auto-closed tickets left out", "include": "auto-closed tickets counted"},
    ),
    "reopen_rule": Choice(
        "Reopens counted as",
        STAY,
        "a ticket counts once if it was reopened within the window, once whenever it was, or with every reopen",
        {
            "window": "reopened within the window",
            "any": "reopened at any time",
            "events": "every reopen counted",
        },
    ),
    "reopen_days": Choice(
        "Reopen window, days",
        STAY,
        "days after the first resolve in which a reopen counts",
        numbers=range(1, 91),
        phrase="reopens within {} days",
    ),
    "escalation_among": Choice(
        "Escalations among",
        STAY,
        "escalations are divided by created tickets that are resolved or older than a week, or by resolved ones alone",
        {"created": "among resolved and older open tickets", "resolved": "among resolved tickets only"},
    ),
    "repeat_days": Choice(
        "Repeat incident, days",
        STAY,
        "days within which an issue that comes back is a repeat",
        numbers=range(1, 366),
        phrase="repeats within {} days",
    ),
    "sla_clock": Choice(
        "Target clocks",
        SLA,
        "which target clocks count towards SLA compliance",
        {
            "all": "every target clock",
            "first_reply": "first-reply targets only",
            "next_reply": "next-reply targets only",
            "resolution": "resolution targets only",
        },
    ),
    "sla_cycle": Choice(
        "Cycles of a target clock",
        SLA,
        "every run of a target clock counts, or only the last one of each ticket, as Jira's reports do",
        {"every": "every cycle of a clock", "last": "the last cycle of a clock only"},
    ),
    "csat_rule": Choice(
        "CSAT is",
        ASKED,
        "CSAT is the share of satisfied answers, of top answers alone, or the mean answer on its scale",
        {
            "satisfied": "CSAT as satisfied answers",
            "top": "CSAT as top answers only",
            "mean": "CSAT as the mean answer",
        },
    ),
    "csat_answer": Choice(
        "Of several ratings",
        ASKED,
        "of several ratings of one ticket the latest counts, or the first",
        {"latest": "the latest rating of a ticket", "first": "the first rating of a ticket"},
    ),
    "nps_rule": Choice(
        "NPS is asked of",
        ASKED,
        "NPS counts the latest answer of a person in a quarter, or every answer given about a ticket",
        {
            "relational": "NPS of one answer a person and quarter",
            "transactional": "NPS of every answer about a ticket",
        },
    ),
    "ces_scale": Choice(
        "Effort scales where",
        ASKED,
        "effort is read from scales on which low is easy, or from those on which high is; the two are never mixed",
        {"low_is_easy": "scales on which low is easy", "high_is_easy": "scales on which high is easy"},
    ),
}


@dataclass(frozen=True)
class Options:
    """How to count, where the field does not agree. The defaults are those of the definitions.

    ``minutes`` are the user's own low, likely and high minutes of investigation signals, from the settings.
    """

    clock: str = "calendar"
    dated_by: str = "definition"
    bot_handled: str = "exclude"
    closed_without_resolve: str = "include"
    resolve: str = "last"
    ticket_kind: str = "all"
    within_days: int = 7
    fcr_rule: str = "net"
    window_days: int = 7
    auto_closed: str = "exclude"
    reopen_rule: str = "window"
    reopen_days: int = 14
    escalation_among: str = "created"
    repeat_days: int = 90
    sla_clock: str = "all"
    sla_cycle: str = "every"
    csat_rule: str = "satisfied"
    csat_answer: str = "latest"
    nps_rule: str = "relational"
    ces_scale: str = "low_is_easy"
    minutes: tuple[tuple[str, float, float, float], ...] = ()

    @classmethod
    def parse(cls, pairs: Iterable[str]) -> Options:
        """Read NAME=VALUE pairs; raises UsageError naming the nearest right name or the values allowed.

        >>> Options.parse(["clock=business", "window_days=14"]).window_days
        14
        """
        chosen = cls()
        for pair in pairs:
            name, _, word = (part.strip() for part in pair.partition("="))
            chosen = chosen.but(name, word)
        return chosen

    def but(self, name: str, word: str) -> Options:
        """The same with one option chosen otherwise; raises UsageError for a name or a word nobody knows."""
        if name not in CHOICES:
            raise UsageError(f"There is no option '{name}'.", nearest(name, CHOICES), "")
        return replace(self, **{name: CHOICES[name].value_of(name, word)})  # type: ignore[arg-type]

    def deviations(self) -> dict[str, str | int]:
        """The options that differ from the defaults, with what was chosen."""
        given = ((each.name, getattr(self, each.name), each.default) for each in fields(self))
        return {name: value for name, value, usual in given if name in CHOICES and value != usual}

    def as_pairs(self) -> list[str]:
        """The choices that differ from the defaults, as NAME=VALUE."""
        return [f"{name}={value}" for name, value in self.deviations().items()]

    def as_query(self) -> dict[str, str]:
        """The choices that differ from the defaults, as URL parameters."""
        return {name: str(value) for name, value in self.deviations().items()}

    def in_words(self) -> str:
        """The choices that differ from the defaults, as people say them; empty where there are none.

        >>> Options(clock="business", fcr_rule="zendesk").in_words()
        "business hours; FCR as Zendesk's one-touch"
        """
        return "; ".join(CHOICES[name].told(value) for name, value in self.deviations().items())


DEFAULTS = Options()
