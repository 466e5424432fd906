"""Tables of our own, for what no system exports in one known form: their headers, what each means, and an example.

One place: the source ``templates`` reads by it, ``supportkpi template`` prints from it, ``docs/templates.md`` is
written from it (``python -m etl.template_kinds``).
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from etl.errors import UsageError, nearest


@dataclass(frozen=True)
class Header:
    """One column: its header, what it means (with its unit), an example, the column of ours it fills.

    ``is_needed``: the file must have it. ``ours`` is a column of the loaded table, or a metric where the row holds
    several figures.
    """

    name: str
    meaning: str
    example: str
    ours: str
    is_needed: bool = True
    unit: str = ""


@dataclass(frozen=True)
class Template:
    """One kind of table. ``shape`` is the fact it becomes; ``is_dated``: its clocks are days, the same everywhere."""

    kind: str
    shape: str
    about: str
    headers: tuple[Header, ...]
    is_dated: bool = False
    more: str = ""

    @property
    def needed(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.headers if each.is_needed)

    @property
    def example(self) -> dict[str, str]:
        return {each.name: each.example for each in self.headers}


def _may(name: str, meaning: str, example: str, ours: str, unit: str = "") -> Header:
    return Header(name, meaning, example, ours, is_needed=False, unit=unit)


_MONTH = Header("Month", "the month, as `2026-03`, or any day of it", "2026-03", "period_start")

TEMPLATES = (
    Template(
        "roster",
        "person",
        "The agents: who they are in the help desk, and what only a roster knows. One row an agent.",
        (
            Header("Agent", "name as the help desk shows it, or the pseudonym it uses", "Wren", "name"),
            _may("Number", "the help desk's number of the agent, where it has one", "380000000001", "original_id"),
            Header("Team", "team or group, as the help desk calls it", "Tier 1 Dublin", "team"),
            Header("Tier", "bot, tier1, tier2, tier3 or engineering", "tier1", "tier"),
            _may("Role", "agent, engineering or bot; agent where empty", "agent", "role"),
            Header("Started on", "first day at work", "2024-09-02", "started_at"),
            Header("Left on", "last day at work; empty for those who are here", "2026-01-31", "left_at"),
            Header("Cost per hour", "loaded cost of an hour, in the currency of your settings", "34", "cost_per_hour"),
            _may("Schedule", "name of the schedule the agent works by", "dublin", "schedule"),
            _may("Languages", "languages served, with commas", "English, German", "languages"),
            _may("Skills", "skills, with commas", "billing, api", "skills"),
        ),
        is_dated=True,
        more="A row completes the agent of that number, or the one agent of that name, in each help desk loaded.",
    ),
    Template(
        "accounts",
        "account",
        "The customers' companies, as sales or success know them. One row an account.",
        (
            Header("Account", "name as the help desk shows it", "Larkspur Retail", "name"),
            _may("Number", "what tickets carry for it, where that is a number", "370000000001", "original_id"),
            Header("Tier", "tier or plan, in your own words", "Enterprise", "tier"),
            _may("Region", "region, in your own words", "EMEA", "region"),
            Header("Annual recurring revenue", "a year's revenue, in the currency of your settings", "221000",
                   "annual_revenue"),
            Header("Renewal date", "the day the contract runs out", "2026-09-30", "renewal_at"),
            Header("Health", "health, in your own words", "green", "health"),
        ),
        is_dated=True,
    ),
    Template(
        "worklogs",
        "worklog",
        "Time that was measured: from a timer, a timesheet or a sample. One row an entry.",
        (
            Header("Ticket", "the help desk's number of the ticket", "4711", "ticket_original_id"),
            Header("Agent", "who worked", "Wren", "agent"),
            Header("Activity", "what was done, in your own words", "investigating", "activity"),
            Header("Minutes", "minutes worked", "25", "minutes"),
            Header("Worked at", "when, to the minute if you can", "2026-03-02 10:15", "occurred_at"),
        ),
    ),
    Template(
        "reviews",
        "review",
        "Quality reviews of tickets. One row a category of a review.",
        (
            _may("Review", "your own number of the review, one a row", "QA-118/tone", "original_id"),
            Header("Ticket", "the help desk's number of the ticket", "4711", "ticket_original_id"),
            Header("Category", "what was looked at", "Tone", "category"),
            Header("Score", "the score given", "4", "score"),
            Header("Worst score", "the worst the scale allows", "1", "scale_low"),
            Header("Best score", "the best the scale allows", "5", "scale_high"),
            Header("Reviewed at", "when it was reviewed", "2026-03-05 14:00", "reviewed_at"),
        ),
        more="Without `Review` a row is told by ticket, category and time.",
    ),
    Template(
        "articles",
        "article",
        "Knowledge articles with their totals. One row an article, as of today.",
        (
            Header("Article", "number or address of the article", "KB-0042", "original_id"),
            Header("Title", "title", "Reset a password", "title"),
            _may("Product", "product it is about", "Gate", "product"),
            _may("Category", "category or section", "Sign-in", "category"),
            _may("Language", "language", "English", "language"),
            _may("Address", "web address", "https://help.example/kb-0042", "url"),
            Header("Published on", "day of the first publication", "2025-06-01", "created_at"),
            Header("Updated on", "day of the last change", "2026-02-11", "updated_at"),
            Header("Views", "views, all told", "1240", "views"),
            Header("Helpful votes", "votes for it, all told", "96", "votes_up"),
            Header("Unhelpful votes", "votes against it, all told", "18", "votes_down"),
        ),
        is_dated=True,
    ),
    Template(
        "article-votes",
        "article_vote",
        "Votes on articles, one row a vote, where your help centre tells them apart.",
        (
            _may("Vote", "number of the vote", "V-90017", "original_id"),
            Header("Article", "number or address of the article", "KB-0042", "article"),
            Header("Helpful", "yes or no", "yes", "is_helpful"),
            Header("Voted at", "when", "2026-03-04 09:12", "voted_at"),
        ),
        more="Without `Vote` a vote is told by article, answer and time; several alike are several votes.",
    ),
    Template(
        "sessions",
        "self_service",
        "Visits that began without a person: bot, help centre, portal. One row a session.",
        (
            Header("Session", "number of the session", "S-77120", "original_id"),
            Header("Session kind", "bot, help centre, portal …, in your own words", "bot", "kind"),
            Header("Topic", "what it was about", "password", "topic"),
            _may("Requester", "the help desk's number of the customer; no names, no addresses", "5520", "requester"),
            _may("Account", "account", "Larkspur Retail", "account"),
            Header("Started at", "when it began", "2026-03-02 18:40", "started_at"),
            _may("Ended at", "when it ended", "2026-03-02 18:47", "ended_at"),
            Header("Outcome", "resolved, handed over or abandoned", "handed over", "outcome"),
            Header("Ticket", "number of the ticket it was handed over to; else empty", "4711", "ticket_original_id"),
        ),
    ),
    Template(
        "people",
        "figure",
        "Headcount and HR figures. One row a month, and a team where you tell them apart.",
        (
            _MONTH,
            _may("Team", "team; empty for the whole department", "Tier 1 Dublin", "segment"),
            Header("Headcount", "people employed at the end of the month", "24", "headcount", unit="people"),
            Header("Leavers", "people who left in the month", "1", "leavers", unit="people"),
            _may("Joiners", "people who began in the month", "2", "joiners", "people"),
            _may("eNPS", "employee net promoter score, -100 to 100", "31", "enps", "points"),
            _may("eNPS answers", "answers it stands on", "19", "enps_answers", "answers"),
            _may("Promotions", "people promoted in the month", "1", "promotions", "people"),
            _may("Ramp days", "mean days from start to full load, of those who reached it", "62", "ramp_days", "days"),
            _may("Training hours", "hours of training, all told", "85", "training_hours", "hours"),
            _may("Absence days", "days of sickness, all told", "9", "absence_days", "days"),
        ),
        is_dated=True,
        more="Each filled cell becomes a figure of its own; an empty one is not known, and is not zero.",
    ),
    Template(
        "figures",
        "figure",
        "Monthly figures no system exports: cost, retention, availability … One row a figure.",
        (
            _MONTH,
            Header("Metric", "its name; `Support cost` and `support_cost` are the same", "support_cost", "metric"),
            Header("Value", "the value; `12.5` or `12,5`, without thousands' marks", "184000", "value"),
            Header("Unit", "EUR, %, hours …; a share is given in %", "EUR", "unit"),
            _may("Segment", "region, product, team …; empty for the whole", "EMEA", "segment"),
            _may("Until", "last day, where the period is no month; `Month` is its first", "", "period_end"),
            _may("Note", "source or remark", "finance close", "note"),
        ),
        is_dated=True,
    ),
)  # fmt: skip


def template(kind: str) -> Template:
    """The template of that name. Raises UsageError with the nearest one."""
    found = [each for each in TEMPLATES if each.kind == kind]
    if not found:
        raise UsageError(f"There is no template '{kind}'.", nearest(kind, [each.kind for each in TEMPLATES]))
    return found[0]


def empty_table(kind: str) -> str:
    """The template as CSV: its headers and one example row, which is left out where it is still there at loading."""
    chosen = template(kind)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([chosen.example.keys(), chosen.example.values()])
    return text.getvalue()


def page() -> str:
    """``docs/templates.md``."""
    lines = [
        "# Templates",
        "",
        "For what no system exports in one known form: a table with these headers, as CSV or XLSX, is recognised and",
        "loaded like any export. `supportkpi template KIND > file.csv` prints one with an example row; fill in rows",
        "below it. The example row itself is left out at loading.",
        "",
        "- A table is known by its headers, spelt as here. Those marked *may be left out* need not be there; other",
        "  columns do no harm.",
        "- Days are written `2026-03-31`, instants `2026-03-31 14:05`. Another way of writing them is understood where",
        "  the file leaves no doubt which number is the day. Instants without an offset are in the zone you load with.",
        "- Decimals with a point or a comma, no marks between thousands. An empty cell is not known; it is never zero.",
    ]
    for each in TEMPLATES:
        lines += ["", f"## {each.kind}", "", each.about, *([each.more] if each.more else []), ""]
        lines += ["| Header | Meaning | Example |", "|---|---|---|"]
        for header in each.headers:
            mark = "" if header.is_needed else " *(may be left out)*"
            lines.append(f"| `{header.name}`{mark} | {header.meaning} | {header.example} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
