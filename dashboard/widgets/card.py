"""A headline: value, status in word, shape and colour, target, interval, n, change, and the line of thirteen."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import charts, wording
from dashboard.ask import Ask, Story
from dashboard.kpis.entered import ENTERED
from dashboard.kpis.kpi import Good, Unit
from dashboard.readings import Reading
from dashboard.verdict import Change, Verdict
from dashboard.widgets import exhibit, links, style

#: The class that gives a status its colour; the word and the shape come from ``wording.status``.
STATUS_CLASS = {Verdict.MEETS: "meets", Verdict.MISSES: "misses", Verdict.TOO_CLOSE: "close", Verdict.NOT_ENOUGH: "few"}


def status(reading: Reading) -> str:
    """The status as a shape and a word, coloured."""
    kind = STATUS_CLASS.get(Verdict(reading.verdict), "none")
    return f'<span class="status kpi-{kind}">{escape(wording.status(reading))}</span>'


def target_words(reading: Reading) -> str:
    """``target above 70 %``, or nothing."""
    return f"target {wording.target(reading.target, reading.kpi.unit)}" if reading.target else ""


def value_html(reading: Reading) -> str:
    """The value, largest on the card; a unit that is a word is set smaller behind it."""
    words = wording.value(reading.value, reading.kpi.unit)
    long = (*wording.ENDINGS, Unit.POINTS)
    number, space, unit = words.partition(" ") if reading.kpi.unit in long else (words, "", "")
    return f'<span class="value">{escape(number)}<span class="unit">{escape(space + unit)}</span></span>'


def spread_and_n(reading: Reading) -> str:
    """Interval · n."""
    return " · ".join(part for part in (wording.interval(reading), wording.counted(reading)) if part)


def evidence(reading: Reading) -> str:
    """Interval · n · date anchor."""
    return f"{spread_and_n(reading)} · {dated(reading)}"


def counted_by(reading: Reading) -> str:
    """The options this figure follows where they are not the default, as a line under it."""
    chosen = reading.kpi.chosen.in_words()
    return f'<div class="small">Counted: {escape(chosen)}</div>' if chosen else ""


def bare(reading: Reading) -> str:
    """What the value alone would say where the evidence says less; boards ask for it."""
    undecided = reading.verdict in (Verdict.TOO_CLOSE, Verdict.NOT_ENOUGH)
    return f" · the value alone {reading.point_verdict}" if undecided and reading.point_verdict else ""


def dated(reading: Reading) -> str:
    """``solved in week 45``: which clock put the rows in which period."""
    anchor, when = reading.kpi.anchor, wording.short_period(reading.period)
    return f"{anchor} of {when}" if anchor.endswith("the end") else f"{anchor} in {when}"


def direction(change: Change, good: Good) -> str:
    """Better, worse, or neither: the class of a change that is real."""
    if not change.is_real or good is Good.NEITHER or change.difference == 0:
        return "none"
    return "meets" if (change.difference > 0) == (good is Good.UP) else "misses"


def change_words(story: Story) -> str:
    """The change against the previous complete period, and whether it is more than chance."""
    if not story.now.period.whole:
        return '<span class="small">So far: not compared, not judged.</span>'
    change, before = story.change, story.before
    if change is None or before is None:
        return '<span class="small">No earlier complete period to compare with.</span>'
    size = wording.difference(change.difference, story.now.kpi.unit)
    against = wording.short_period(before.period)
    if change.is_real is None:
        few = min(story.now.n, before.n) < story.now.kpi.enough
        untested = {"assumed": ", assumed minutes are not tested", ENTERED: ", entered figures are not tested"}
        why = untested.get(story.now.kpi.grade or "", ", too few to compare" if few else "")
        return f'<span class="small">{escape(size)} on {escape(against)}{why}</span>'
    if not change.is_real:
        return f'<span class="small">{escape(size)} on {escape(against)}, within normal variation</span>'
    kind = direction(change, story.now.kpi.good)
    word = {"meets": "better", "misses": "worse", "none": "changed"}[kind]
    arrow = "▲" if change.difference > 0 else "▼"
    return f'<span class="real kpi-{kind}">{arrow} {escape(size)} on {escape(against)}: real, {word}</span>'


def headline(ask: Ask, story: Story) -> None:
    """Draw one card. A card without data stays and says what would fill it."""
    now = story.now
    badge = f'<span class="badge">{escape(now.kpi.grade)}</span>' if now.kpi.grade else ""
    label = f'<div class="label">{escape(now.kpi.label)}{badge}</div>'
    if now.value is None:
        st.html(f'<div class="kpi-card">{label}{status(now)}{_missing(now)}</div>')
        return
    st.html(
        f'<div class="kpi-card">{label}<div>{value_html(now)}</div>'
        f'<div class="top">{status(now)}<span class="small nowrap">{escape(target_words(now))}</span></div>'
        f'<div class="small">{escape(evidence(now) + bare(now))}</div>{counted_by(now)}'
        f'<div class="change">{change_words(story)}</div></div>'
    )
    spark(story)
    links.tickets(ask, now)


def _missing(reading: Reading) -> str:
    sentence = escape(exhibit.nothing([reading]))
    if reading.beyond is not None:
        over = escape(wording.over(reading.beyond, reading.kpi.unit))
        return f'<div class="value">{over}</div><p class="missing">{sentence}</p>'
    return f'<div class="value" aria-hidden="true">–</div><p class="missing">{sentence}</p>'


def spark(story: Story) -> None:
    """Thirteen complete periods; the target as a dashed line, the running period hollow."""
    kpi = story.now.kpi
    st.plotly_chart(
        charts.spark(story.past, style.dark(), height=88),
        key=f"spark-{kpi.name}",
        theme=None,
        config=charts.CONFIG,
        alt=charts.describe(kpi.label, story.past),
    )
