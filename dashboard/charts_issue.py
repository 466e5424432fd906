"""One issue as lanes over one time axis: who had it in which stretch, and what happened in each system."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import plotly.graph_objects as go

from dashboard import charts, wording
from dashboard.issue_story import Has, Held, Moment, Story
from dashboard.palette import palette

WHO = "Who had it"
#: Lanes from the top, by the kind of what happened; each has a shape of its own.
LANES = {
    "ticket": ("Tickets", "circle"),
    "escalation": ("Escalations", "triangle-up"),
    "engineering record": ("Engineering's record", "diamond"),
    "change": ("Changes", "square"),
    "fix": ("Fixes", "star"),
    "incident": ("Incidents, same product", "x"),
    "survey": ("Answers", "cross"),
    "resolve": ("Resolved", "circle-open"),
}
_PATTERNS = {Has.SUPPORT: "", Has.ENGINEERING: ".", Has.NOBODY: "/", Has.UNOWNED: "x", Has.OVER: ""}


def figure(story: Story, timezone: str, dark: bool = False) -> go.Figure:
    """The whole issue: a bar a stretch with a pattern a holder, a mark a happening."""
    colours, zone = palette(dark), ZoneInfo(timezone)
    lanes = [kind for kind in LANES if any(moment.kind == kind for moment in story.moments)]
    names = [WHO, *(LANES[kind][0] for kind in lanes)]
    found = charts.blank(colours, 80 + 34 * len(names), margin={"l": 8, "r": 24, "t": 8, "b": 8})
    fills = {
        Has.SUPPORT: (colours.accent, colours.paper),
        Has.ENGINEERING: (colours.second, colours.paper),
        Has.NOBODY: (colours.paper, colours.muted),
        Has.UNOWNED: (colours.misses, colours.paper),
        Has.OVER: (colours.grid, colours.paper),
    }
    for has in Has:
        some = [each for each in story.stretches if each.by is has]
        if some:
            found.add_bar(
                base=[_local(each.starts_at, zone) for each in some],
                x=[max(each.minutes, 1) * 60_000 for each in some], y=[WHO] * len(some), orientation="h",
                marker={
                    "color": fills[has][0],
                    "pattern": {"shape": _PATTERNS[has], "fgcolor": fills[has][1], "bgcolor": fills[has][0], "size": 6},
                },
                hovertext=[charts.safe(stretch_words(each)) for each in some], hoverinfo="text", name=str(has),
            )  # fmt: skip
    for kind in lanes:
        _mark(found, [each for each in story.moments if each.kind == kind], zone, colours.ink)
    found.update_layout(barmode="overlay", bargap=0.3)
    found.update_xaxes(type="date", showgrid=True, nticks=8)
    found.update_yaxes(categoryorder="array", categoryarray=names[::-1], showgrid=False, ticklabelstandoff=6)
    return found


def _mark(found: go.Figure, moments: Sequence[Moment], zone: ZoneInfo, colour: str) -> None:
    name, symbol = LANES[moments[0].kind]
    found.add_scatter(
        x=[_local(each.happened_at, zone) for each in moments], y=[name] * len(moments), mode="markers",
        marker={"symbol": symbol, "size": 10, "color": colour, "opacity": 0.75},
        hovertext=[charts.safe(f"{_local(each.happened_at, zone):%-d %b %Y %H:%M}: {each.what}") for each in moments],
        hoverinfo="text", customdata=[each.ticket_id or "" for each in moments],
    )  # fmt: skip


def stretch_words(each: Held) -> str:
    """``Engineering (Platform), 2 d 3 h``."""
    text = str(each.by)
    return f"{text[:1].upper()}{text[1:]}{f' ({each.team})' if each.team else ''}, {wording.duration(each.minutes)}"


def describe(story: Story) -> str:
    """The chart in words."""
    counts = Counter(moment.kind for moment in story.moments)
    told = ", ".join(f"{name.lower()} {counts[kind]:,}" for kind, (name, _) in LANES.items() if counts[kind])
    minutes: Counter[Has] = Counter()
    for each in story.stretches:
        minutes[each.by] += round(each.minutes)
    held = "; ".join(f"{has}: {wording.duration(minutes[has])}" for has in Has if minutes[has])
    return f"The issue over time: {told}. Who had it: {held or 'not told'}."


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
