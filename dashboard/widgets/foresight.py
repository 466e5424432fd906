"""What grows this week, and the workarounds several accounts live with."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import change_words, changes, charts_foresight, clusters, wording
from dashboard.analysis import growing
from dashboard.arrived import Arrived
from dashboard.ask import Ask
from dashboard.changes import Everything, Question, Review
from dashboard.charts_foresight import Pair
from dashboard.clusters import Growth, Week
from dashboard.widgets import doors, exhibit, frame, links, style

#: Clusters drawn; the table holds all that were judged.
_DRAWN = 10
#: Rows of tickets listed; the file holds all.
_LISTED = 200


def question(ask: Ask) -> Question:
    """What the visitor asks, as the page's own queries take it."""
    return Question(ask.loaded, ask.scope, ask.period, ask.options)


def everything(ask: Ask) -> Everything | None:
    """All changes and series of the scope: of no period, so that another one costs nothing."""
    asked = question(ask)
    return ask.remembered(f"changes {(ask.scope, ask.period.timezone)!r}", lambda: changes.everything(asked))


def review(ask: Ask) -> Review | None:
    """The changes of the window; None where there is nothing to test."""
    every = everything(ask)
    if every is None:
        return None
    asked = question(ask)
    return ask.remembered(f"review {asked!r}", lambda: changes.review(asked, every))


def week(ask: Ask) -> Week | None:
    """The week and what grew in it."""
    asked, every = question(ask), everything(ask)
    told = list(every.changes.values()) if every else []
    return ask.remembered(f"clusters {asked!r}", lambda: clusters.week(asked, told))


def meaning() -> None:
    """What it means and what it does not, for a reader of no method."""
    frame.note(
        "It means: look here first. It does not say why: what comes together in time need not hang together, and what "
        "is not told may still be there, only too small to be seen among so few tickets."
    )


def growth(ask: Ask) -> None:
    """What is new or grows this week: a picture, the table of all, and the tickets of one."""
    found = week(ask)
    frame.section(
        "New and growing this week",
        "Accounts that wrote about each issue and topic in the last seven days of the period, against the weeks "
        f"before. With nothing growing, one week in {round(1 / growing.RATE)} may raise an alarm.",
    )
    if found is None or not any(each.grown.seen for each in found.found):
        frame.note(change_words.of_week(found, ask.period.timezone))
        return
    # Where nothing grows the busiest are drawn, so that a quiet week is seen to be one.
    busiest = sorted(found.found, key=lambda each: -each.grown.seen)
    drawn = (found.told or busiest)[:_DRAWN]
    title = f"Accounts that wrote from {change_words.days_to(found, ask.period.timezone)}, and what is usual"
    pairs = [
        Pair(each.cluster.words, each.grown.expected, each.grown.seen, each.grown.is_told, change_words.growth(each),
             _arrived(found, each).code)
        for each in drawn
    ]  # fmt: skip
    behind = ((f"{each.cluster.words}: {wording.quantity(each.tickets, 'tickets')}", each) for each in drawn)
    ways = doors.of_arrived(ask, ((name, _arrived(found, each)) for name, each in behind if each.tickets))
    words = "; ".join(f"{pair.name}: {pair.hover}" for pair in pairs)
    table = pd.DataFrame([_row(ask, each) for each in found.found if each.grown.seen or each.grown.is_told])
    suggested = any((each.cluster.evidence or "").endswith("(suggested)") for each in drawn)
    note = "An issue marked as suggested rests on alike words alone." if suggested else ""
    picture = charts_foresight.expected_and_seen(pairs, style.dark())
    exhibit.drawing(title, picture, f"{title}: {words}.", table, "growth", note, ways)
    _behind(ask, found)


def _arrived(found: Week, each: Growth) -> Arrived:
    named = each.cluster
    if named.issue_key is not None:
        return Arrived(found.start, found.end, issue_key=named.issue_key)
    return Arrived(found.start, found.end, named.product, named.topic)


def _row(ask: Ask, each: Growth) -> dict[str, object]:
    grown = each.grown
    return {
        "Issue or topic": each.cluster.words,
        "Is": "topic" if each.cluster.issue_key is None else f"issue: {each.cluster.evidence or 'grouped'}",
        "Product": each.cluster.product or "",
        "Found": "▲ new" if grown.is_told and grown.is_new else "▲ growing" if grown.is_told else "○ as usual",
        "Accounts": grown.seen,
        "Expected": round(grown.expected, 1),
        "Times": f"{change_words.growth_range(each)} (95 %)",
        "q": change_words.q(grown.q),
        "Tickets": each.tickets,
        "Weeks before, oldest first": ", ".join(map(str, grown.before)),
        "Coincides with": change_words.coincides(each.coincides, ask.period.timezone),
    }


def _behind(ask: Ask, found: Week) -> None:
    """The tickets of one cluster, and the changes it coincides with."""
    told = found.told or [each for each in found.found if each.grown.seen]
    if not told:
        return
    place = st.selectbox(
        "See the tickets of one issue or topic", range(len(told)), index=0 if found.told else None, key="growth-of",
        placeholder="Choose one", format_func=lambda at: f"{told[at].cluster.words}: {change_words.growth(told[at])}",
    )  # fmt: skip
    if place is None:
        return
    each = told[place]
    made = change_words.coincides(each.coincides, ask.period.timezone, change_words.NAMED)
    if made:
        frame.note(f"Coincides with changes of {each.cluster.product} in the week or the seven days before it: {made}.")
    else:
        frame.note("No change of its product is known in the week or the seven days before it.")
    listed(ask, clusters.tickets(question(ask), each.cluster, found.start, found.end), "growth-tickets")


def listed(ask: Ask, rows: pd.DataFrame, key: str) -> None:
    """Tickets, of which one that is ticked opens, with their CSV."""
    if rows.empty:
        frame.note("No ticket lies there.")
        return
    many = f"The first {_LISTED} of {len(rows):,} tickets; the file holds all. " if len(rows) > _LISTED else ""
    frame.note(f"{many}Times are UTC. Tick a row to see its timeline.")
    place = exhibit.choose(rows.head(_LISTED), key, height=min(360, 74 + 35 * min(len(rows), 8)))
    exhibit.download(rows, f"{key}.csv", key)
    if place is not None:
        links.go("ticket", links.ticket(ask, str(rows["ticket_id"].iloc[place])))


def workarounds(ask: Ask) -> None:
    """Issues that ended with a workaround and that several accounts live with."""
    asked = question(ask)
    found = ask.remembered(f"workarounds {asked.scope!r}", lambda: clusters.workarounds(asked))
    exhibit.heading(
        "Workarounds repeated across accounts",
        "Records of engineering's that ended with a workaround, and how many accounts wrote about them, of all time.",
    )
    if found is None:
        frame.note("Not told: no record of engineering's that tickets name says how it ended.")
        return
    if not found:
        frame.note("No workaround is known that more than one account lives with.")
        return
    table = pd.DataFrame(
        [
            {
                "Record": each.issue_key, "Title": each.title or "", "Product": each.product or "",
                "Accounts": each.accounts, "Tickets": each.tickets, "Newest ticket (UTC)": each.last_at,
            }
            for each in found
        ]
    )  # fmt: skip
    exhibit.show(table.head(_DRAWN), "workarounds")
    exhibit.download(table, "workarounds.csv", "workarounds")
