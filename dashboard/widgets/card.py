"""A headline: value, status in word, shape and colour, target, interval, n, change, and the line of thirteen."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import charts, charts_trend, findings, wording
from dashboard.ask import Ask, Story
from dashboard.kpis.kpi import Unit
from dashboard.readings import Reading
from dashboard.verdict import Verdict
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


def target_html(reading: Reading) -> str:
    """The target, kept on one line where it is short enough for a card."""
    words = target_words(reading)
    return f'<span class="small{" nowrap" if len(words) < 36 else ""}">{escape(words)}</span>'


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


#: The class of a standing that is more than the usual; the words say which way is good.
KIND_CLASS = {"better": "meets", "worse": "misses", "changed": "close"}


def change_words(story: Story) -> str:
    """How the period stands to its trend and to the one before: a signal, more than chance, or nothing."""
    found = findings.standing(story)
    if not found.kind:
        return f'<span class="small">{escape(found.words)}</span>'
    return f'<span class="real kpi-{KIND_CLASS[found.kind]}">{found.arrow} {escape(found.words)}</span>'


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
        f'<div class="top">{status(now)}{target_html(now)}</div>'
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
    """Thirteen complete periods; the target as a dashed line, signals ringed, the running period hollow."""
    kpi = story.now.kpi
    st.plotly_chart(
        charts_trend.spark(story, style.dark(), height=88),
        key=f"spark-{kpi.name}",
        theme=None,
        config=charts.CONFIG,
        alt=charts_trend.describe(kpi.label, {kpi.label: story}),
    )
