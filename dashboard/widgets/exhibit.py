"""A chart with a title that says what it shows, the table behind it, and its CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Literal

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import charts, wording
from dashboard.exports.cells import cell
from dashboard.readings import Reading
from dashboard.widgets import style


def trend(title: str, lines: Mapping[str, Sequence[Reading]], key: str, note: str = "", height: int = 260) -> None:
    """One or a few KPIs of one unit over the complete periods, the running one hollow."""
    past = [reading for line in lines.values() for reading in line]
    _show(title, note, charts.trend(lines, style.dark(), height), past, key)


def dots(title: str, groups: Sequence[Reading], key: str, note: str = "", shown: int = 15) -> None:
    """One KPI by group with intervals; where there are more groups than ``shown``, those with most rows are drawn."""
    kept = {id(reading) for reading in sorted(groups, key=lambda reading: -reading.n)[:shown]}
    drawn = [reading for reading in groups if id(reading) in kept]
    _show(title, note, charts.dots(drawn, style.dark()), groups, key)


def _show(title: str, note: str, figure: go.Figure, readings: Sequence[Reading], key: str) -> None:
    heading(title, note)
    if not any(reading.value is not None for reading in readings):
        st.html(f'<p class="kpi-note">{escape(nothing(readings))}</p>')
        return
    st.plotly_chart(
        figure, key=f"chart-{key}", theme=None, config=charts.CONFIG, alt=charts.describe(title, list(readings))
    )
    behind(table(readings), key)


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
        row["Value"] = wording.value(reading.value, unit)
        row["95 % interval"] = wording.interval(reading)
        row["n"] = reading.n
        row["Status"] = wording.status(reading) if reading.period.whole else "so far"
        rows.append(row)
    return pd.DataFrame(rows)


def behind(frame: pd.DataFrame, key: str) -> None:
    """The table behind a chart, closed at first, with its CSV."""
    with st.expander("As a table"):
        show(frame, key)
        download(frame, f"{key}.csv", key)


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
    texts = frame.select_dtypes(["object", "string"]).columns
    plain = frame.assign(**{name: frame[name].astype(object).where(frame[name].notna(), "") for name in texts})
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
