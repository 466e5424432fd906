"""The investigation tax in words, figures and bars: how much, in what, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape

import pandas as pd
import streamlit as st

from dashboard import charts, charts_tax, investigation, wording
from dashboard.analysis.tax.basis import Basis
from dashboard.analysis.tax.estimate import Grade, Minutes
from dashboard.analysis.tax.signals import SIGNALS, by_activity, of_activity
from dashboard.ask import Ask
from dashboard.auditing import Audit
from dashboard.charts_tax import Bar
from dashboard.investigation import HANDOFFS, POOLED, SYSTEM, Group, Seen
from dashboard.kpis.kpi import Unit
from dashboard.readings import Reading
from dashboard.scope import DIMENSIONS, Grain
from dashboard.widgets import doors, exhibit, frame, links, scope_bar, style

_SHOWN = 12
#: Below this many tickets minutes a ticket say nothing of a group.
_FEW = 10
#: Days of a mean month.
_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Tax:
    """What every panel of the page speaks of: the tickets, what was seen on them, and what a sighting takes."""

    ask: Ask
    reading: Reading
    seen: Seen
    basis: Basis
    audit: Audit | None = None

    @property
    def modelled(self) -> Minutes:
        """Counts times minutes: what all parts add up to."""
        return self.basis.total(self.seen.counts, self.seen.n)

    @property
    def minutes(self) -> Minutes:
        """The best total there is: audited where these very tickets were."""
        return self.modelled if self.audit is None else self.audit.minutes()

    @property
    def for_money(self) -> Minutes:
        """The total that money may be told of: an audit must be larger for it, and none is told against a small one."""
        return self.modelled if self.audit is None else self.audit.minutes(for_money=True)

    @property
    def when(self) -> str:
        return wording.period(self.reading.period)

    @property
    def grade(self) -> str:
        """``assumed minutes``: as it stands beside every part."""
        return f"{self.basis.grade} minutes"


def hours(minutes: float | None) -> str:
    """``412 h``, ``3.4 h``; a dash for none."""
    return "–" if minutes is None else f"{wording.number(minutes / 60)} h"


def hours_span(found: Minutes) -> str:
    """``260–640 h``."""
    if found.low is None or found.high is None:
        return ""
    joint = " to " if found.low < 0 else "–"
    return f"{wording.number(found.low / 60)}{joint}{wording.number(found.high / 60)} h"


def sentence(tax: Tax) -> str:
    """The answer of the page, with what it rests on."""
    found, now = tax.minutes, tax.reading
    so_far = "" if now.period.whole else " so far"
    text = (
        f"Rebuilding context took about {hours(found.value)} of agents' time in {tax.when}{so_far}: "
        f"{wording.value((found.value or 0) / max(found.n, 1), Unit.MINUTES_PER_TICKET)} over "
        f"{wording.quantity(found.n, 'tickets')}."
    )
    if found.grade is Grade.ASSUMED:
        return f"{text} The minutes are assumed, not measured: {hours_span(found)} as the assumptions go."
    tickets = f"{found.rests_on:,} tickets"
    on = f"an audit of {tickets}" if found.grade is Grade.AUDITED else f"{tickets} with time tracking"
    return f"{text} It rests on {on} (95 %: {hours_span(found)})."


def lower_bound(tax: Tax, lacking: list[tuple[str, int]]) -> None:
    """Say where the exports do not tell everything, so that the tax is at least this."""
    if lacking:
        told = "; ".join(f"{what} on {count:,}" for what, count in lacking)
        frame.note(f"At least this much: of {tax.seen.n:,} tickets the exports tell {told}.")
    if tax.audit is None:
        if tax.basis.reason:
            frame.note(f"Assumed and not calibrated: it {tax.basis.reason}.")
        return
    entry, ratio = tax.audit.entry, tax.audit.ratio or 0.0
    frame.note(
        f"Audited by {entry.who}, {entry.written_at:%-d %b %Y}: {wording.number(ratio)} times the minutes predicted. "
        f"Only totals are audited; the parts below rest on {tax.grade} and add up to {hours(tax.modelled.value)}."
    )
    if entry.tickets != tax.seen.n:
        frame.note(
            f"It speaks of the {entry.tickets:,} tickets there were when it was drawn; there are {tax.seen.n:,} now."
        )


def figures(tax: Tax, share: tuple[str, str], staff: tuple[str, str], delay: Reading) -> None:
    """Hours, minutes a ticket, share of handled time, full-time agents, cost; apart from them the customers' time."""
    found = tax.minutes
    dated = f"{found.n:,} tickets, resolved in {wording.short_period(tax.reading.period)}{_a_month(tax)}"
    per_ticket = wording.value((found.value or 0) / max(found.n, 1), Unit.MINUTES_PER_TICKET)
    cells: list[tuple[str, str, str, str]] = [
        (
            "Hours of rebuilding context",
            hours(found.value),
            f"{hours_span(found)}, {found.range_is} · {dated}",
            found.grade,
        ),
        ("A ticket", per_ticket, f"{_span_per_ticket(found)} · {wording.quantity(found.n, 'tickets')}", found.grade),
        ("Share of tracked time", *share, tax.basis.grade),
        ("Full-time agents", *staff, found.grade),
        ("Cost", *_cost(tax), tax.for_money.grade),
        ("Delay tax", *_delay(delay), ""),  # time on the clock rests on no minutes
    ]
    with st.container(key="headlines-tax"):
        grid = st.grid(len(cells), min_column_width=280, gap="small", border=True)
        for place, (label, value, below, grade) in enumerate(cells):
            with grid.cell():
                badge = f'<span class="badge">{escape(grade)}</span>' if grade and value != "–" else ""
                st.html(
                    f'<div class="kpi-card"><div class="label">{escape(label)}{badge}</div>'
                    f"<div>{_value_html(value)}</div>"
                    f'<div class="small">{escape(below)}</div></div>'
                )
                if place == 1:
                    links.tickets(tax.ask, tax.reading)
                if place == len(cells) - 1 and delay.value is not None:
                    links.tickets(tax.ask, delay)


def _delay(delay: Reading) -> tuple[str, str]:
    """The share of open time, in words that keep it from the hours of agents."""
    if delay.value is None:
        return "–", exhibit.nothing([delay])
    spread = wording.span(delay.low, delay.high, Unit.PERCENT)
    told = f"{spread}, 95 % interval · " if spread else ""
    return wording.value(delay.value, Unit.PERCENT), (
        f"{told}{wording.quantity(delay.n, 'tickets')} · of the time they were open, context was being rebuilt or "
        "waited to be. Time customers wait, not hours of work: never added to the others."
    )


def _a_month(tax: Tax) -> str:
    """What a period of another length comes to a month at that pace; of one that is over."""
    period, value = tax.reading.period, tax.minutes.value
    if period.grain is Grain.MONTH or not period.whole or period.start is None or period.end is None or value is None:
        return ""
    return f" · {hours(value * _MONTH / (period.end - period.start).days)} a month at that pace"


def _value_html(value: str) -> str:
    """A unit that is words stands smaller behind its number."""
    number, space, unit = value.partition(" ") if value.endswith("per ticket") else (value, "", "")
    return f'<span class="value">{escape(number)}<span class="unit">{escape(space + unit)}</span></span>'


def _span_per_ticket(found: Minutes) -> str:
    n = max(found.n, 1)
    if found.low is None or found.high is None:
        return ""
    return f"{wording.span(found.low / n, found.high / n, Unit.MINUTES_PER_TICKET)}, {found.range_is}"


def _cost(tax: Tax) -> tuple[str, str]:
    cost, found = tax.ask.settings.cost, tax.for_money
    if cost.per_agent_hour is None:
        return "–", "needs the cost of an agent's hour: per_agent_hour under [cost] in supportkpi.toml"
    if found.value is None:
        return "–", str(found.reason)
    rate = cost.per_agent_hour / 60
    words = f"{cost.currency} {wording.number((found.low or 0) * rate)}–{wording.number((found.high or 0) * rate)}"
    of = f"{words}, {found.range_is}, at {cost.currency} {wording.number(cost.per_agent_hour)} an hour"
    told = f"{of} and {found.grade} minutes · {wording.quantity(found.n, 'tickets')}"
    return f"{cost.currency} {wording.number(found.value * rate)}", told


def share(tax: Tax) -> tuple[str, str]:
    """Of the time that is tracked, how much rebuilt context; only where the minutes are fitted to it."""
    fit = tax.basis.fit
    if fit is None:
        return "–", "needs time tracking on 100 tickets; share of handled time is not assumed"
    spread = f"{wording.span(fit.share_low, fit.share_high, Unit.PERCENT)}, 95 % interval"
    return wording.value(fit.share, Unit.PERCENT), f"{spread} · {fit.n:,} tickets with time tracking"


def staff(tax: Tax) -> tuple[str, str]:
    """How many people scheduled full time that is; only where their hours are entered."""
    one = investigation.full_time(question(tax.ask))
    found = tax.minutes
    if one.value is None or found.value is None:
        return "–", f"needs hours and heads: {one.reason or 'nothing to divide by'}"
    spread = f"{wording.number((found.low or 0) / one.value)}–{wording.number((found.high or 0) / one.value)}"
    told = f"{spread}, {found.range_is}, of {hours(one.value)} scheduled a person"
    return wording.number(found.value / one.value), f"{told} · {wording.quantity(found.n, 'tickets')}"


def question(ask: Ask) -> investigation.Question:
    """What the visitor asks, as the tax's own queries take it."""
    return investigation.Question(ask.loaded, ask.scope, ask.period, ask.options)


def parts(tax: Tax) -> None:
    """By activity, and by signal in the table: every part of the whole."""
    by_signal = tax.basis.by_signal(tax.seen.counts)
    whole = sum(by_signal.values()) or 1.0
    activities = by_activity(by_signal)
    rows = [
        Bar(str(each), minutes / 60, f"{hours(minutes)} · {wording.value(minutes / whole, Unit.PERCENT)}")
        for each, minutes in sorted(activities.items(), key=lambda pair: -pair[1])
    ]
    title = f"Hours by activity, {tax.when}"
    told = "; ".join(f"{row.name} {row.words}" for row in rows)
    exhibit.drawing(
        title, charts_tax.bars(rows, style.dark()), f"{title}: {told}.", parts_table(tax, by_signal, whole),
        "tax-activity",
        f"{tax.grade.capitalize()}; n = {tax.seen.n:,}. What an export cannot show, such as a look at "
        "deployments, is in none of them. The table holds each signal.",
    )  # fmt: skip


def parts_table(tax: Tax, by_signal: Mapping[str, float], whole: float) -> pd.DataFrame:
    """A row a signal: how often it was seen, what it is taken to last, and what that makes."""
    means = tax.basis.means()
    return pd.DataFrame(
        [
            {
                "Activity": str(activity),
                "Signal": SIGNALS[name].label,
                "Class": str(SIGNALS[name].kind),
                "Seen": f"{tax.seen.counts.get(name, 0):,.0f}",
                "One is": SIGNALS[name].one,
                "Minutes each": wording.number(means[name]),
                "Hours": wording.number(by_signal[name] / 60),
                "Share": wording.value(by_signal[name] / whole, Unit.PERCENT),
            }
            for activity in by_activity(by_signal)
            for name in of_activity(activity)
        ]
    )


@st.fragment
def where(tax: Tax, there: list[str]) -> None:
    """Where it lies: hours of each group with minutes a ticket, and the way to its tickets."""
    frame.section("Where it lies", "Handoffs, topics, products and linked systems; never people.")
    name = st.segmented_control(
        "By", there, default=there[0], key="tax-by", required=True,
        format_func=lambda each: f"by {_cut_label(each)}", label_visibility="collapsed",
    )  # fmt: skip
    if name is None:
        return
    found = tax.ask.remembered(
        f"tax groups {name} {question(tax.ask)!r}", lambda: investigation.groups(question(tax.ask), name)
    )
    totals = [(each, tax.basis.total(each.seen.counts, each.seen.n)) for each in found]
    if name != HANDOFFS:
        totals.sort(key=lambda pair: (pair[0].label == POOLED, -(pair[1].value or 0)))
    whole = tax.modelled.value or 1.0
    rows = [_group_bar(tax, name, each, minutes) for each, minutes in totals[:_SHOWN]]
    title = f"Hours by {_cut_label(name)}, {tax.when}"
    of_links = " Of links alone: one ticket may lead to several systems." if name == SYSTEM else ""
    table = pd.DataFrame([_group_row(name, each, minutes, whole) for each, minutes in totals])
    more = f" The {_SHOWN} largest are drawn." if len(totals) > _SHOWN else ""
    pooled = f" {POOLED.capitalize()} stand together." if any(each.label == POOLED for each in found) else ""
    exhibit.drawing(
        title, charts_tax.bars(rows, style.dark()), f"{title}: {'; '.join(f'{r.name} {r.words}' for r in rows)}.",
        table, f"tax-{name}", f"{tax.grade.capitalize()}, with their range; all share it.{of_links}{more}{pooled}",
        _group_doors(tax, name, found),
    )  # fmt: skip


def _cut_label(name: str) -> str:
    words = {
        HANDOFFS: "number of handoffs",
        "category": "topic",
        "escalated": "escalation",
        SYSTEM: "linked system",
        "source": "help desk",
    }
    return words.get(name) or scope_bar.label(name).lower()


def _group_bar(tax: Tax, name: str, each: Group, minutes: Minutes) -> Bar:
    words = f"{hours(minutes.value)} · n = {minutes.n:,}"
    low, high = ((edge or 0) / 60 for edge in (minutes.low, minutes.high))
    return Bar(each.label, (minutes.value or 0) / 60, words, low, high, _code(tax, name, each))


def _code(tax: Tax, name: str, each: Group) -> str:
    group = () if name not in DIMENSIONS or len(each.names) != 1 else ((name, each.names[0]),)
    return charts.code_of(_reading(tax, group, each.seen.n)) if group else ""


def _reading(tax: Tax, group: tuple[tuple[str, str | None], ...], n: int) -> Reading:
    return replace(tax.reading, group=group, n=n)


def _group_doors(tax: Tax, name: str, found: list[Group]) -> doors.Doors:
    """Handoffs are no filter of the list of tickets; the KPI's own list is sorted by tax."""
    if name not in DIMENSIONS:
        return {}
    single = [each for each in found if len(each.names) == 1]
    return doors.of_readings(tax.ask, [_reading(tax, ((name, each.names[0]),), each.seen.n) for each in single])


def _group_row(name: str, each: Group, minutes: Minutes, whole: float) -> dict[str, object]:
    n = max(minutes.n, 1)
    return {
        _cut_label(name).capitalize(): each.label,
        "Hours": wording.number((minutes.value or 0) / 60),
        "Range": hours_span(minutes),
        "Share of all": wording.value((minutes.value or 0) / whole, Unit.PERCENT),
        "Minutes per ticket": "–" if minutes.n < _FEW else wording.number((minutes.value or 0) / n),
        "Tickets": minutes.n,
    }


def concentrated(tax: Tax) -> None:
    """How much of it the worst tenth of tickets holds."""
    found = tax.ask.concentration(investigation.KPI)
    if found.share is None:
        return
    share, spread = wording.value(found.share, Unit.PERCENT), wording.span(found.low, found.high, Unit.PERCENT)
    frame.note(
        f"The dearest tenth of tickets ({found.worst:,} of {found.n:,}) holds {share} of these hours "
        f"(95 %: {spread}, of assumed minutes). Their list begins with them."
    )
    links.tickets(tax.ask, tax.reading, "See the tickets, dearest first")
