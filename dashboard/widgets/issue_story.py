"""One issue: what is known of it, its way over all systems, and its tickets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC
from html import escape
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboard import charts_issue, issue_story, stages, wording
from dashboard.ask import Ask
from dashboard.issue_story import Has, Moment, Story
from dashboard.named_changes import Row
from dashboard.widgets import doors, exhibit, frame, links, repeats, style

_ENDINGS = {
    "open": "It is open.",
    "accepted": "Its record ended without a fix: it was accepted.",
    "fixed and held": "Its newest fix has held so far",
    "returned after fix": "It came back after its newest fix",
}


def header(story: Story, timezone: str) -> None:
    """What it is known by, each with its name."""
    row = story.issue
    told = {
        "Key": row["issue_key"],
        "Known by": known_by(row, timezone),
        "Record": row["problem_key"],
        "Product": row["product"],
        "Topic": row["topic"],
        "Occurrences": row["occurrences"],
        "Tickets": row["tickets"],
        "Accounts": row["accounts"],
        "First": repeats.day(row["first_at"], timezone),
        "Last": repeats.day(row["last_at"], timezone),
        "Newest fix": repeats.fix_words(story.fix),
        "Changes its tickets name": "; ".join(story.named),
    }
    cells = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(str(value))}</dd></div>" for name, value in told.items() if value
    )
    st.html(f'<dl class="kpi-facts">{cells}</dl>')


def known_by(row: Row, timezone: str) -> str:
    """``✓ confirmed by Ana on 2026-03-02``, or what the grouping rests on."""
    words = repeats.badge(row["evidence"], row["confirmed_by"])
    return f"{words} on {repeats.day(row['confirmed_at'], timezone)}" if row["confirmed_by"] else words


def sentence(story: Story) -> str:
    """How often it came, how deep an account has met it, how it ended, and how long nobody had it."""
    row = story.issue
    deepest = max((each["account_occurrence"] or 0 for each in story.tickets), default=0)
    parts = [
        f"It came {_times(row['occurrences'])}, with {wording.quantity(row['tickets'], 'tickets')} of "
        f"{wording.quantity(row['accounts'], 'accounts') if row['accounts'] else 'no account that is known'}."
    ]
    if deepest >= 2:
        parts.append(f"One account has met it {_times(deepest)}: {stages.stage(deepest)}.")
    end = _ENDINGS[story.ending]
    if still := sum(1 for each in story.tickets if each["open_days"] is not None):
        end = f"It is open: {wording.quantity(still, 'tickets')} of it {'is' if still == 1 else 'are'}."
    if story.fix is not None and story.ending in ("fixed and held", "returned after fix"):
        days = story.fix.days_watched if story.fix.days_to_return is None else story.fix.days_to_return
        joint = "for" if story.fix.days_to_return is None else "after"
        end = f"{end} {joint} {wording.duration(days * 1440)}."
    parts.append(end)
    unowned = sum(each.minutes for each in story.stretches if each.by in (Has.NOBODY, Has.UNOWNED))
    if unowned and story.stretches:
        whole = sum(each.minutes for each in story.stretches if each.by is not Has.OVER)
        parts.append(f"For {wording.duration(unowned)} of {wording.duration(whole)} nobody had it.")
    return " ".join(parts)


def _times(number: int) -> str:
    return {1: "once", 2: "twice", 3: "three times"}.get(number, f"{number} times")


def picture(ask: Ask, story: Story, timezone: str) -> None:
    """The line of time, and behind it every happening and every stretch with a CSV each."""
    exhibit.heading(
        "From its first ticket to now",
        f"Times are {timezone}. Incidents stand here because they were of the same product at the time, changes "
        "because their title holds the record's number or its tickets name them: neither is proof that they caused it.",
    )
    figure = charts_issue.figure(story, timezone, style.dark())
    names = ((f"{row['ticket_id']} {row['subject'] or ''}".strip(), row["ticket_id"]) for row in story.tickets[::-1])
    ways = doors.of_tickets(ask, names)
    doors.plot(figure, "issue", charts_issue.describe(story), ways)
    exhibit.behind(moment_table(story.moments, timezone), "issue-moments", ways)
    exhibit.heading(
        "Who had it",
        "Engineering while its record was open or every open ticket waited for others, else support while a ticket was "
        "open. Stretches without a holder are where it was left.",
    )
    exhibit.show(sums_table(story), "issue-sums")
    exhibit.behind(stretch_table(story, timezone), "issue-stretches")


def moment_table(moments: Sequence[Moment], timezone: str) -> pd.DataFrame:
    """A row a happening, oldest first."""
    zone = ZoneInfo(timezone)
    return pd.DataFrame(
        [
            {
                f"Time ({timezone})": f"{each.happened_at.replace(tzinfo=UTC).astimezone(zone):%Y-%m-%d %H:%M}",
                "What": each.kind,
                "Of": each.what,
                "Ticket": each.ticket_id or "",
            }
            for each in moments
        ]
    )


def stretch_table(story: Story, timezone: str) -> pd.DataFrame:
    """A row a stretch, oldest first."""
    zone = ZoneInfo(timezone)
    return pd.DataFrame(
        [
            {
                f"From ({timezone})": f"{each.starts_at.replace(tzinfo=UTC).astimezone(zone):%Y-%m-%d %H:%M}",
                f"To ({timezone})": f"{each.ends_at.replace(tzinfo=UTC).astimezone(zone):%Y-%m-%d %H:%M}",
                "Who had it": str(each.by),
                "Team": each.team or "",
                "For": wording.duration(each.minutes),
            }
            for each in story.stretches
        ]
    )


def sums_table(story: Story) -> pd.DataFrame:
    """A row a holder."""
    minutes: dict[Has, list[float]] = defaultdict(list)
    teams = {each.by: each.team for each in story.stretches}
    for each in story.stretches:
        minutes[each.by].append(each.minutes)
    return pd.DataFrame(
        [
            {
                "Who had it": str(has),
                "Team": teams.get(has) or "",
                "Time": wording.duration(sum(minutes[has])),
                "Stretches": len(minutes[has]),
                "Longest": wording.duration(max(minutes[has])),
            }
            for has in Has
            if has in minutes
        ]
    )


def tickets(ask: Ask, story: Story) -> None:
    """Its tickets, newest first; a ticked row opens its ticket."""
    found = story.tickets[::-1]
    many = story.issue["tickets"] - len(found)
    exhibit.heading(
        "Its tickets", f"The newest {len(found):,} are shown." if many > 0 else "Tick a row for its timeline."
    )
    table = ticket_table(story, ask.period.timezone)
    place = exhibit.choose(table, "issue-tickets")
    exhibit.download(table, "issue-tickets.csv", "issue-tickets")
    if place is not None:
        links.go("ticket", links.ticket(ask, str(found[place]["ticket_id"])))


def ticket_table(story: Story, timezone: str) -> pd.DataFrame:
    """A row a ticket, newest first, with its repeat flag."""
    return pd.DataFrame(
        [
            {
                "Ticket": row["ticket_id"],
                "Subject": row["subject"] or "",
                "Created": repeats.day(row["created_at"], timezone),
                "Occurrence": row["occurrence_number"],
                "Account": row["account"] or "",
                "For the account": row["account_occurrence"],
                "Repeats": row["repeat_of"] or ("a duplicate" if row["is_duplicate"] else ""),
                "Known by": repeats.badge(row["evidence"], row["confirmed_by"]),
                "Confidence": None if row["confidence"] is None else round(row["confidence"], 2),
                "Team": row["team"] or "",
            }
            for row in story.tickets[::-1]
        ]
    )


def of_ticket(ask: Ask, ticket_id: str) -> None:
    """The repeat flag of one ticket: by which rule, how sure, who confirmed it; and the way to the issue."""
    row = issue_story.of_ticket(ask.loaded, ticket_id)
    if row is None:
        return
    exhibit.heading("Has it been here before")
    frame.note(flag_words(row))
    links.to("issue", "Open the issue's story", repeats.story_link(ask, str(row["issue_key"])))


def flag_words(row: dict[str, object]) -> str:
    """What is known of it, in one or two sentences."""
    name = row["label"] or row["issue_key"]
    sure = f", confidence {float(str(row['confidence'])):.2f}" if row["confidence"] is not None else ""
    known = repeats.badge(str(row["evidence"]), None if row["confirmed_by"] is None else str(row["confirmed_by"]))
    parts = [f"Of the issue '{name}' (known by: {known}{sure}), occurrence {row['occurrence_number']}."]
    if row["repeat_of"]:
        parts.append(
            f"A repeat incident: the account was told {row['repeat_of']} was solved "
            f"{wording.duration(float(str(row['days_since_solved'])) * 1440)} before."
        )
    elif row["is_duplicate"]:
        parts.append("A duplicate: an earlier ticket of the account on it was still open.")
    if row["account_occurrence"] is not None:
        number = int(str(row["account_occurrence"]))
        parts.append(f"For its account it is the {_nth(number)} occurrence: {stages.stage(number)}.")
    return " ".join(parts)


def _nth(number: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(number, f"{number}th")
