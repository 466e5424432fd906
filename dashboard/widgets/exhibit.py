"""A chart with a title that says what it shows, the table behind it, and its CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Literal

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import charts, charts_trend, findings, wording
from dashboard.ask import Ask
from dashboard.exports.cells import cell
from dashboard.readings import Reading
from dashboard.story import Story
from dashboard.widgets import doors, style


def trend(
    ask: Ask,
    title: str,
    lines: Mapping[str, Story | Sequence[Reading]],
    key: str,
    note: str = "",
    height: int = 260,
) -> None:
    """One or a few KPIs of one unit over the complete periods, the running one hollow, with limits, signals and marks.

    Each point leads to its tickets. A story brings its history and marks; readings alone are weighed by themselves.
    """
    stories = {label: line if isinstance(line, Story) else Story.alone(line) for label, line in lines.items() if line}
    past = [reading for story in stories.values() for reading in story.past]
    heading(title, note)
    if not any(reading.value is not None for reading in past):
        st.html(f'<p class="kpi-note">{escape(nothing(past))}</p>')
        return
    behind_points = doors.of_readings(ask, [reading for reading in reversed(past) if reading.value is not None])
    figure = charts_trend.trend(stories, style.dark(), height)
    doors.plot(figure, key, charts_trend.describe(title, stories), behind_points)
    told = "".join(f'<p class="kpi-note">{escape(line)}</p>' for line in trend_words(stories))
    st.html(told or "<p></p>")
    _behind_trend(stories, key, behind_points)


def trend_words(stories: Mapping[str, Story]) -> list[str]:
    """What stands below a trend: its behaviour, what is marked, where the running period ends, a target with a day."""
    lines = []
    for label, story in stories.items():
        name = f"{label[:1].upper()}{label[1:]}: " if len(stories) > 1 else ""
        told = (findings.behaviour(story.weighed, story.past), findings.ending_words(story), findings.met_words(story))
        lines.append(name + " ".join(part for part in told if part))
    marks = findings.marked(next(iter(stories.values())))
    return [line for line in (*lines, marks) if line]


def trend_table(stories: Mapping[str, Story]) -> pd.DataFrame:
    """Each reading drawn with its limits and, where it is one, its signal by name."""
    rows = []
    for story in stories.values():
        for reading, row in zip(story.past, table(story.past).to_dict("records"), strict=True):
            low, high = story.weighed.limits(reading)
            signal = story.weighed.signal(reading)
            row["Limits of normal variation"] = wording.span(low, high, reading.kpi.unit)
            grain = reading.period.grain
            row["Signal"] = "" if signal is None else findings.rule_words(signal.rule, signal.is_high, grain)
            rows.append(row)
    return pd.DataFrame(rows)


def marks_table(stories: Mapping[str, Story]) -> pd.DataFrame:
    """What is marked, a row each."""
    found = sorted({mark for story in stories.values() for mark in story.markers})
    return pd.DataFrame([{"Day": mark.day, "What": str(mark.kind), "Name": mark.text} for mark in found])


def _behind_trend(stories: Mapping[str, Story], key: str, behind_points: doors.Doors) -> None:
    """The table of the line with the way to its tickets, then that of its marks."""
    with st.expander(_closed(behind_points)):
        doors.choose(behind_points, key)
        frame = trend_table(stories)
        show(frame, key)
        download(frame, f"{key}.csv", key)
        marks = marks_table(stories)
        if len(marks):
            st.html('<p class="kpi-note">Marked on this chart</p>')
            show(marks, f"{key}-marks", height=220)
            download(marks, f"{key}-marks.csv", f"{key}-marks")


def dots(
    title: str,
    groups: Sequence[Reading],
    key: str,
    note: str = "",
    shown: int = 15,
    ways: doors.Doors | None = None,
) -> None:
    """One KPI by group with intervals; where there are more groups than ``shown``, those with most rows are drawn."""
    kept = {id(reading) for reading in sorted(groups, key=lambda reading: -reading.n)[:shown]}
    drawn = [reading for reading in groups if id(reading) in kept]
    heading(title, note)
    if not any(reading.value is not None for reading in groups):
        st.html(f'<p class="kpi-note">{escape(nothing(groups))}</p>')
        return
    doors.plot(charts.dots(drawn, style.dark()), key, charts.describe(title, list(groups)), ways)
    behind(table(groups), key, ways)


def drawing(
    title: str,
    figure: go.Figure,
    alt: str,
    frame: pd.DataFrame,
    key: str,
    note: str = "",
    ways: doors.Doors | None = None,
) -> None:
    """A chart of something else than readings: title, picture with its words, the table and the CSV behind it."""
    heading(title, note)
    doors.plot(figure, key, alt, ways)
    behind(frame, key, ways)


def heading(title: str, note: str = "") -> None:
    """The title of a chart, and a line on how to read it."""
    below = f'<p class="kpi-note">{escape(note)}</p>' if note else ""
    st.html(f'<h3 class="kpi-h2">{escape(title)}</h3>{below}')


def nothing(readings: Sequence[Reading]) -> str:
    """Why there is no reading, as a sentence; the reason itself names the feed that is missing."""
    if not readings:
        return "No group has anything to count in this period."
    reason = (readings[-1].reason or "nothing to count in this period").rstrip(".")
    return f"{reason[:1].upper()}{reason[1:]}."


def table(readings: Sequence[Reading]) -> pd.DataFrame:
    """Readings as words and counts, a row each."""
    rows = []
    for reading in readings:
        unit = reading.kpi.unit
        row: dict[str, object] = {"KPI": reading.kpi.label, "Period": wording.period(reading.period)}
        if reading.group:
            row[" · ".join(name.replace("_", " ").capitalize() for name, _ in reading.group)] = charts.group_name(
                reading
            )
        beyond = reading.value is None and reading.beyond is not None
        row["Value"] = wording.over(reading.beyond or 0, unit) if beyond else wording.value(reading.value, unit)
        row["95 % interval"] = wording.interval(reading)
        row["n"] = reading.n
        row["Status"] = wording.status(reading) if reading.period.whole else "so far"
        rows.append(row)
    return pd.DataFrame(rows)


def behind(frame: pd.DataFrame, key: str, ways: doors.Doors | None = None) -> None:
    """The table behind a chart, closed at first, with its CSV and the way to the tickets of each part."""
    with st.expander(_closed(ways)):
        doors.choose(ways, key)
        show(frame, key)
        download(frame, f"{key}.csv", key)


def _closed(ways: doors.Doors | None) -> str:
    return "As a table, and what is behind each point" if ways else "As a table"


def show(frame: pd.DataFrame, key: str, height: int | Literal["auto"] = "auto") -> None:
    """A table that sorts and searches; its cells are drawn as text, never as markup."""
    st.dataframe(_plain(frame), hide_index=True, width="stretch", height=height, key=f"table-{key}")


def choose(frame: pd.DataFrame, key: str, height: int | Literal["auto"] = "auto") -> int | None:
    """A table as ``show`` draws it, of which one row can be ticked: the place of that row, once.

    The choice is forgotten as it is told, so that coming back to the page does not open the same row again.
    """
    count = st.session_state.setdefault(f"chosen-{key}", 0)
    picked = st.dataframe(
        _plain(frame),
        hide_index=True,
        width="stretch",
        height=height,
        key=f"table-{key}-{count}",
        on_select="rerun",
        selection_mode="single-row",
    )
    rows = picked["selection"]["rows"]
    if not rows:
        return None
    st.session_state[f"chosen-{key}"] = count + 1
    return int(rows[0])


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    texts = frame.select_dtypes(["object", "string"]).astype(object)
    plain = frame.assign(**texts.where(texts.notna(), ""))
    if "status" in plain:
        plain["status"] = plain["status"].map(wording.ticket_status)
    return plain.rename(columns=_in_words)


def _in_words(name: object) -> str:
    """A column as people say it: ``counts_towards`` is ``Counts towards``."""
    words = str(name).replace("_", " ")
    return words[:1].upper() + words[1:]


def download(frame: pd.DataFrame, name: str, key: str, label: str = "Download CSV") -> None:
    """The table as CSV; it is written when the button is pressed."""
    download_made(label, name, "text/csv", lambda: csv(frame), key)


def download_made(label: str, name: str, mime: str, make: Callable[[], bytes], key: str) -> None:
    """A file that is made when the button is pressed."""
    st.download_button(
        label,
        data=make,
        file_name=name,
        mime=mime,
        key=f"csv-{key}",
        on_click="ignore",
        icon=":material/download:",
    )


def csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 with a byte order mark, so that Excel reads accents; nothing in it can run as a formula."""
    plain = frame.astype(object).where(frame.notna(), None)
    text = pd.DataFrame({cell(name): plain[name].map(cell) for name in plain.columns})
    return text.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")
