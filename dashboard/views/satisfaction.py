"""Satisfaction: whether trust is rising or falling, and with whom."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from html import escape

import pandas as pd
import streamlit as st

from dashboard import charts, wording
from dashboard.ask import Ask, Story
from dashboard.widgets import (
    alternatives,
    around_incident,
    compare,
    exhibit,
    figures,
    frame,
    links,
    page_files,
    style,
    why,
)

TITLE = "Satisfaction"
ICON = ":material/sentiment_satisfied:"
ORDER = 40
QUESTION = "Is trust rising or falling, and with whom?"

_KPIS = ("csat", "csat_response_rate", "nps", "ces", "ces_high_effort")
#: Whether those who are unhappy heard from us: as the help desk shows it, and as people say.
_LOOP = ("unhappy_followed_up", "detractors_contacted")
_PARTS = {"promoter": "Promoters (9–10)", "passive": "Passives (7–8)", "detractor": "Detractors (0–6)"}
#: How many comments stand on the page; the rest are one link away.
_COMMENTS = 8


def render(ask: Ask) -> None:
    """Five figures, trends, the NPS split, groups, and what unhappy customers wrote."""
    stories = ask.stories([*_KPIS, *_LOOP])
    frame.heading(TITLE, QUESTION, ask)
    frame.sentence(figures.sentence([stories["csat"], stories["nps"]]))
    figures.row(ask, [stories[name] for name in _KPIS], key="satisfaction")
    left, right = st.columns(2, gap="medium")
    with left:
        exhibit.trend(ask, "CSAT: share of satisfied answers", {"CSAT": stories["csat"]}, "csat")
    with right:
        exhibit.trend(ask, "CSAT response rate", {"response rate": stories["csat_response_rate"]}, "csat-response")
    frame.note(
        "Only customers who answer are heard: when the response rate moves, CSAT may move without anyone happier."
    )
    left, right = st.columns(2, gap="medium")
    with left:
        exhibit.trend(ask, "NPS", {"NPS": stories["nps"]}, "nps")
    with right:
        _split(stories["nps"])
    why.panel(ask, _KPIS, "satisfaction")
    alternatives.panel(ask, ("csat", "nps"), "satisfaction")
    compare.by_group(ask, ("csat", "nps"), ("account_tier", "product", "channel", "team"), "satisfaction")
    around_incident.panel(ask, ("csat", "nps"), "satisfaction")
    _comments(ask, stories["csat"])
    _loop(ask, stories)
    page_files.offer(ask, TITLE, stories.values())
    frame.foot(ask, stories.values())


def _split(nps: Story) -> None:
    """Promoters, passives and detractors: the same score can hide very different crowds."""
    if nps.now.value is None:
        return
    parts = [(_PARTS[name], count) for name, count in nps.now.parts]
    exhibit.heading("Promoters, passives and detractors")
    text = "; ".join(f"{name}: {count:,}" for name, count in parts)
    st.plotly_chart(
        charts.shares(parts, style.dark()), key="chart-nps-split", theme=None, config=charts.CONFIG, alt=text
    )
    exhibit.behind(pd.DataFrame(parts, columns=["Group", "Answers"]), "nps-split")


def _comments(ask: Ask, csat: Story) -> None:
    """What customers wrote with a low score, as they wrote it."""
    frame.section("Comments behind low scores")
    found = ask.low_scores(csat.now.kpi, _COMMENTS) if csat.now.n else None
    if not found or not found.total:
        frame.note("No low score in this period came with a comment.")
        return
    st.html("".join(_quote(row) for row in found.first))
    if found.total > _COMMENTS:
        frame.note(f"{_COMMENTS} of {found.total:,} comments. The rest stand in the list of answers.")
    links.tickets(ask, csat.now)


def _loop(ask: Ask, stories: Mapping[str, Story]) -> None:
    """Whether those who are unhappy hear from us again."""
    frame.section(
        "After an unhappy answer",
        "Those nobody wrote to stand first in the list. Calls outside the help desk are a figure that is entered.",
    )
    figures.row(ask, [stories[name] for name in _LOOP], key="loop")


def _quote(row: Mapping[Hashable, object]) -> str:
    about = " · ".join(str(row[name]) for name in ("ticket_id", "team", "product") if isinstance(row.get(name), str))
    return (
        f'<div class="kpi-quote"><p>{escape(str(row["comment"])[:600])}</p>'
        f"<small>score {_score(row.get('score'))} · {escape(about)}</small></div>"
    )


def _score(score: object) -> str:
    return wording.number(score) if isinstance(score, float) else "unknown"
