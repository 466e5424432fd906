"""One ticket: its timeline, every clock that ran on it, and how each KPI counts it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboard import lanes, wording
from dashboard.ask import Ask
from dashboard.kpis.kpi import Kpi
from dashboard.scope import Grain, Period, next_start, start_of
from dashboard.standing import COUNTED, OUT, YOUNG, Standing
from dashboard.timeline import Timeline
from dashboard.widgets import escalation_ticket, exhibit, frame, issue_story, links, style, tax_ledger

TITLE = "Ticket"
ICON = ":material/timeline:"
ORDER = 91
QUESTION = "Why does this ticket have these numbers?"
HIDDEN = True

_OUTCOMES = {COUNTED: "✓ counted", YOUNG: "… too young to judge"}


def render(ask: Ask) -> None:
    """Header, timeline, how it is counted, its events."""
    _ = ask.loaded  # nothing loaded: the frame says what to load
    name = st.query_params.get("ticket", "")
    line = ask.ticket(name) if name else None
    if line is None:
        _unknown(ask, name)
        return
    standings = ask.standings(name)
    frame.heading(str(line.ticket["subject"] or name), QUESTION, ask)
    _back(ask)
    st.html(_header(line, ask.period.timezone))
    frame.sentence(_sentence(line, standings))
    _picture(line, ask.period.timezone)
    _counted(ask, standings)
    issue_story.of_ticket(ask, name)
    escalation_ticket.panel(ask, name)
    tax_ledger.panel(ask, name, line.ticket["tax_feed"])
    _events(line, ask.period.timezone)
    frame.foot(ask)


def _unknown(ask: Ask, name: str) -> None:
    """No ticket named, or one that is not here: what to do next."""
    frame.heading("No such ticket" if name else TITLE, QUESTION)
    if name:
        frame.sentence(f"No ticket loaded here is called '{name}'.")
        frame.note("A load that was taken back takes its tickets along; a link to one of them then leads nowhere.")
    else:
        frame.sentence("The link names no ticket.")
    frame.note("Open a number, and from its list the ticket you want.")
    links.to("tickets", "Choose a number", links.standing(ask))


def _back(ask: Ask) -> None:
    """The list this ticket was reached from, with its filters."""
    if "kpi" in st.query_params:
        came_from = {name: st.query_params.get_all(name) for name in links.CAME_FROM if name in st.query_params}
        links.to("tickets", "Back to the list of tickets", {**links.standing(ask), **came_from})
    else:
        links.to("tickets", "Choose another number", links.standing(ask))


def _header(line: Timeline, timezone: str) -> str:
    """What the help desk says of it, each with its name."""
    row = line.ticket
    told = {
        "Ticket": row["ticket_id"],
        "Number in the help desk": row["original_id"],
        "Status": row["status"] and wording.ticket_status(row["status"]),
        "Priority": row["priority"],
        "Team": row["team"],
        "Owner": row["owner"],
        "Product": row["product"],
        "Account": row["account"],
        "Problem or engineering record": row["problem_key"],
        "Change raised to solve it": row["change_key"],
        "Change said to have caused it": row["caused_by"],
        "Created": _local(row["created_at"], timezone),
        "Resolved": _local(row["resolved_at"], timezone),
        "Left out of every KPI": row["excluded_because"],
    }
    cells = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(str(value).replace('_', ' '))}</dd></div>"
        for name, value in told.items()
        if value is not None
    )
    return f'<dl class="kpi-facts">{cells}</dl>'


def _local(moment: datetime | None, timezone: str) -> str | None:
    if moment is None:
        return None
    local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone))
    return f"{local.day} {local:%b %Y %H:%M}"


def _sentence(line: Timeline, standings: list[Standing]) -> str:
    """What became of it, and how many KPIs count it."""
    parts = [
        f"{clock.label} after {wording.duration(clock.calendar)}"
        for clock in line.clocks
        if clock.calendar is not None and (clock.label != "First resolution" or not line.is_done)
    ]
    if not line.is_done and line.ticket["open_days"] is not None:
        parts.append(f"open for {wording.duration(line.ticket['open_days'] * 1440)}")
    told = "; ".join([parts[0], *(part[:1].lower() + part[1:] for part in parts[1:])]) + "." if parts else ""
    known = {standing.kpi.name for standing in standings}
    counted = {standing.kpi.name for standing in standings if standing.outcome == COUNTED}
    return f"{told} {len(counted)} of {len(known)} KPIs count it.".strip()


def _picture(line: Timeline, timezone: str) -> None:
    exhibit.heading(
        "What was so, what happened, and which clocks ran",
        f"Times are {timezone}. Messages by who wrote them: ● customer, ■ agent, ◆ engineering, ✕ bot. "
        "Calendar time runs around the clock, business time in opening hours, active time leaves out the customer's "
        "turn. Drag across to look closer, double-click to see all.",
    )
    if not line.clocks and not line.stretches and not line.marks:
        frame.note("The export tells neither when it was created nor of any event.")
        return
    figure = lanes.figure(line, timezone, style.dark())
    st.plotly_chart(figure, key="chart-ticket", theme=None, config=lanes.CONFIG, alt=lanes.describe(line))


def _counted(ask: Ask, standings: list[Standing]) -> None:
    """One row a KPI and row of it: counted or not, by which clock, in which period, and why not."""
    exhibit.heading(
        "How each KPI counts this ticket",
        "Worked out from the definitions themselves, under the options chosen. 'Here' is the period and filters above.",
    )
    week_start = ask.settings.reporting.week_start
    rows = [_row(standing, ask.period, week_start) for standing in standings]
    exhibit.show(pd.DataFrame(rows), "standings", height=min(35 * len(rows) + 38, 640))
    exhibit.download(pd.DataFrame(rows), "how-it-is-counted.csv", "standings", "Download this table as CSV")
    counted = {
        standing.kpi.label: standing for standing in standings if standing.outcome == COUNTED and standing.dated_at
    }
    if counted:
        with st.popover("See it among the other tickets of a number"):
            picked = st.selectbox("KPI", list(counted), key="standing-kpi")
            if picked in counted:
                _among(ask, counted[picked], week_start)


def _among(ask: Ask, standing: Standing, week_start: str) -> None:
    if standing.dated_at is None:
        return
    period = _holding(standing.dated_at, ask.period, week_start)
    label = f"{standing.kpi.label}, {wording.period(period)}"
    links.to("tickets", label, links.query(ask, standing.kpi, period=period))


def _row(standing: Standing, asked: Period, week_start: str) -> dict[str, object]:
    about = standing.about
    which = _local(about, asked.timezone) if isinstance(about, datetime) else about and str(about).replace("_", " ")
    fallen = _falls_in(standing, asked, week_start) if standing.outcome != OUT else ""
    return {
        "KPI": f"{standing.kpi.label} ({which})" if which else standing.kpi.label,
        "Counts it": _OUTCOMES.get(standing.outcome, "– left out"),
        "Here": "yes" if standing.in_period else "no",
        "Value": _value(standing.value, standing.kpi),
        "Counts towards": standing.counts_towards or "",
        "Falls in": f"{standing.kpi.anchor}: {fallen}" if fallen else "",
        "Why": standing.why,
    }


def _value(value: object, kpi: Kpi) -> str:
    if isinstance(value, int | float):
        return wording.value(float(value), kpi.unit)
    return "" if value is None else str(value)


def _falls_in(standing: Standing, asked: Period, week_start: str) -> str:
    """The period of its date; of a stock, the periods at whose end it was there."""
    if standing.dated_at is None:
        return "no period"
    first = _holding(standing.dated_at, asked, week_start)
    if not standing.is_stock:
        return wording.period(first)
    if standing.leaves_at is None:
        return f"{wording.period(first)} and every one since"
    last = _holding(standing.leaves_at, asked, week_start).previous()
    if last is None or last.start is None or first.start is None or last.start < first.start:
        return f"gone before the end of {wording.period(first)}"
    return wording.period(first) if last == first else f"{wording.period(first)} to {wording.period(last)}"


def _holding(moment: datetime, asked: Period, week_start: str) -> Period:
    """The week, month or quarter a moment lies in, by the calendar of the reports."""
    grain = Grain.MONTH if asked.grain is Grain.ALL else asked.grain
    day = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(asked.timezone)).date()
    start = start_of(day, grain, week_start)
    return Period(start, next_start(start, grain), grain, asked.timezone)


def _events(line: Timeline, timezone: str) -> None:
    exhibit.heading("Every event", "As the export tells them; of messages who wrote and how long, never the text.")
    if not line.events:
        frame.note("The export holds no history of this ticket: only what it was when it was exported.")
        return
    table = pd.DataFrame(list(_told(line, timezone)))
    table = table.dropna(axis="columns", how="all")
    exhibit.show(table, "events", height=min(35 * len(table) + 38, 560))
    exhibit.download(
        table, f"{str(line.ticket['ticket_id']).replace(':', '-')}-events.csv", "events", "Download the events as CSV"
    )


def _told(line: Timeline, timezone: str) -> Iterator[dict[str, object]]:
    for event in line.events:
        yield {
            f"Time ({timezone})": _stamp(event["occurred_at"], timezone),
            "Event": str(event["kind"]).replace("_", " "),
            "By": event["actor_role"],
            "From": event["old_value"],
            "To": event["new_value"],
            "In the help desk's words": event["original_value"],
            "Words": None if event["words"] is None else str(event["words"]),
        }


def _stamp(moment: datetime | None, timezone: str) -> str | None:
    """To the second, and so that text sorts as time does."""
    if moment is None:
        return None
    return f"{moment.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M:%S}"
