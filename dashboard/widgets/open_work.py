"""What is open now: figures, age bands, groups, and the oldest tickets with the way to each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

import pandas as pd
import streamlit as st

from dashboard import charts, charts_parts, wording
from dashboard.ask import Ask, Story
from dashboard.backlog_ages import OpenWork
from dashboard.kpis.kpi import Unit
from dashboard.parts import BANDS, AgeBand
from dashboard.readings import Reading
from dashboard.widgets import card, doors, exhibit, frame, links, style

#: Groups drawn; the table holds all.
_SHOWN = 12
_OLDEST = 10


def age(minutes: float | None) -> str:
    """An age in words; a dash where it is not known."""
    return "–" if minutes is None else wording.value(minutes, Unit.MINUTES)


def sentence(story: Story, work: OpenWork, weeks: Reading) -> str:
    """The answer of the page, from the same numbers as its figures."""
    now = story.now
    if now.value is None:
        return f"There is no backlog to read: {exhibit.nothing([now])}"
    if not work.n:
        return "Nothing stood open at the end of the period."
    when = f"at the end of {wording.period(now.period)}" if now.period.whole else "so far"
    parts = [f"{wording.quantity(work.n, 'tickets')} open {when}"]
    if weeks.value is not None:
        parts.append(f"{wording.value(weeks.value, weeks.kpi.unit)} of work at the pace of the last quarter")
    if work.oldest_age is not None:
        old = sum(each >= 30 * 1440 for each in work.ages)
        parts.append(f"half are older than {age(work.median_age)}, and {old:,} of them 30 days or more")
    text = "; ".join(parts) + "."
    if work.unowned is not None:
        text += f" {work.unowned:,} had no owner."
    return text


def figures(ask: Ask, story: Story, work: OpenWork, weeks: Story) -> None:
    """Backlog as a KPI with its change and drill; what is read off the open tickets beside it, each with its n."""
    now = story.now
    cells = [("Backlog", wording.value(now.value, now.kpi.unit), card.dated(now), card.change_words(story))]
    spread = weeks.now.reason or f"{wording.interval(weeks.now)} · {card.dated(weeks.now)}"
    cells.append(("Weeks of work", _weeks(weeks.now), spread, card.change_words(weeks)))
    known = f"{len(work.ages):,} open tickets, since creation"
    cells.append(("Median age of open tickets", age(work.median_age), known, ""))
    cells.append(("Oldest open ticket", age(work.oldest_age), known, ""))
    unowned = "–" if work.unowned is None else f"{work.unowned:,}"
    of = f"of {work.told:,} open tickets" if work.told else "no export loaded names owners"
    cells.append(("Open without an owner", unowned, of, ""))
    with st.container(key="headlines-backlog"):
        grid = st.grid(len(cells), min_column_width=190, gap="small", border=True)
        for place, (label, value, below, change) in enumerate(cells):
            with grid.cell():
                st.html(
                    f'<div class="kpi-card"><div class="label">{escape(label)}</div>'
                    f'<div><span class="value">{escape(value)}</span></div>'
                    f'<div class="small">{escape(below)}</div><div class="change">{change}</div></div>'
                )
                if place == 0:
                    links.tickets(ask, now)


def _weeks(reading: Reading) -> str:
    """The number alone: its unit is the label."""
    return wording.NOTHING if reading.value is None else wording.number(reading.value)


def bands(ask: Ask, story: Story, work: OpenWork, when: str) -> None:
    """How old what is open is."""
    rows = [(name, count, f"{count:,}  ({100 * count / work.n:.1f} %)") for name, count in work.bands()]
    table = pd.DataFrame([{"Age": name, "Open tickets": count, "Share": count / work.n} for name, count, _ in rows])
    table["Share"] = [wording.value(share, Unit.PERCENT) for share in table["Share"]]
    title = f"Open tickets by age, at the end of {when}"
    told = "; ".join(f"{name} {count:,}" for name, count, _ in rows)
    known = {BANDS[place]: AgeBand(place) for place in range(len(BANDS))}
    codes = [known[name].code if name in known else "" for name, _, _ in rows]
    exhibit.drawing(
        title, charts_parts.bars(rows, style.dark(), codes), f"{title}: {told}.", table, "backlog-ages",
        f"Since creation, around the clock; a band holds its lower edge and not its upper one. n = {work.n:,}.",
        doors.of_parts(ask, story.now.kpi, [(known[name], count) for name, count, _ in rows if name in known]),
    )  # fmt: skip


def group(ask: Ask, story: Story, work: OpenWork, name: str, when: str, order: Sequence[str] = ()) -> None:
    """How many are open in each team or of each priority, and the median age there."""
    found = work.by(name)
    if order:
        places = {value: place for place, value in enumerate(order)}
        found = dict(sorted(found.items(), key=lambda pair: places.get(pair[0] or "", len(places))))
    words = {value: value or "(none)" for value in found}
    rows = [(words[value], part.n, f"{part.n:,} · median {age(part.median_age)}") for value, part in found.items()]
    table = pd.DataFrame(
        [
            {
                name.capitalize(): words[value],
                "Open tickets": part.n,
                "Median age": age(part.median_age),
                "30 days or more": sum(each >= 30 * 1440 for each in part.ages),
                "Without an owner": "–" if part.unowned is None else f"{part.unowned:,}",
            }
            for value, part in found.items()
        ]
    )
    title = f"Open tickets by {name}, at the end of {when}"
    more = f" The first {_SHOWN} of {len(rows)} are drawn." if len(rows) > _SHOWN else ""
    told = "; ".join(f"{label} {count:,}" for label, count, _ in rows[:_SHOWN])
    readings = [replace(story.now, group=((name, value),), n=part.n) for value, part in found.items()]
    codes = [charts.code_of(reading) for reading in readings[:_SHOWN]]
    exhibit.drawing(
        title, charts_parts.bars(rows[:_SHOWN], style.dark(), codes), f"{title}: {told}.", table, f"backlog-{name}",
        f"With the median age of each.{more}", doors.of_readings(ask, readings),
    )  # fmt: skip


def flow(ask: Ask, created: Story, resolved: Story) -> None:
    """What came in and what went out, period by period."""
    title = "Tickets created and resolved"
    into, out = created.past, resolved.past
    rows = [
        {
            "Period": wording.period(one.period) + ("" if one.period.whole else " so far"),
            "Created": wording.value(one.value, Unit.COUNT),
            "Resolved": wording.value(other.value, Unit.COUNT),
            "Created minus resolved": ""
            if one.value is None or other.value is None
            else wording.difference(one.value - other.value, Unit.COUNT),
        }
        for one, other in zip(into, out, strict=True)
    ]
    exhibit.drawing(
        title,
        charts_parts.pairs(into, out, ("Created", "Resolved"), style.dark()),
        f"{charts.describe('Created', into)} {charts.describe('Resolved', out)}",
        pd.DataFrame(rows),
        "backlog-flow",
        "Each on its own clock. The gap is not exactly the backlog's growth: a reopened ticket comes back without "
        "being created.",
        doors.of_readings(ask, [*reversed(into), *reversed(out)]),
    )


def oldest(ask: Ask, work: OpenWork) -> None:
    """The ten oldest, each with the way to its timeline."""
    some = work.tickets[:_OLDEST]
    frame.section("The ten oldest open tickets" if len(some) == _OLDEST else "The oldest open tickets")
    frame.note(
        "Age and owner as they were at the end of the period, priority and team as the newest export has them. "
        "Tick a row to see its timeline, or follow its link."
    )
    rows = pd.DataFrame(
        [
            {
                "Ticket": each.ticket_id,
                "Subject": each.subject,
                "Age": age(each.age),
                "Priority": each.priority,
                "Team": each.team,
                "Owner": each.owner or ("(none)" if each.is_owner_told else "not told"),
                "Account": each.account,
            }
            for each in some
        ]
    )
    place = exhibit.choose(rows, "oldest")
    if place is not None:
        links.go("ticket", links.ticket(ask, some[place].ticket_id))
    exhibit.download(rows, "oldest-open-tickets.csv", "oldest")
    with st.container(horizontal=True):
        for each in some:
            links.to("ticket", each.ticket_id, links.ticket(ask, each.ticket_id))
