"""Data quality: what was loaded, what was refused and why, what is missing, and which KPIs that touches."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import feeds, kpis, wording
from dashboard.ask import Ask, fields_of
from dashboard.readings import Quality
from dashboard.widgets import exhibit, frame

TITLE = "Data quality"
ICON = ":material/fact_check:"
ORDER = 60
QUESTION = "What is missing, what was refused, and which numbers does it touch?"


def render(ask: Ask) -> None:
    """Loads, refusals, unmapped words, coverage, exclusions."""
    quality = ask.quality()
    frame.heading(TITLE, QUESTION)
    frame.sentence(_sentence(quality))
    _section("Loads", _loads(quality.loads), "loads", "Nothing was loaded.")
    _section(
        "Rows not taken, by reason",
        quality.quarantine,
        "quarantine",
        "Every row was taken.",
        "A refused row is kept with its file and line; mend it and load the file again.",
    )
    _section(
        "Words nobody has mapped",
        quality.unmapped_words,
        "words",
        "Every word was known.",
        "Say what they mean in supportkpi.toml or in the mapping, then load again.",
    )
    _section(
        "Columns that changed",
        _drift(quality.drift),
        "drift",
        "No export changed its columns since the one of its kind before.",
        "Against the load of the same kind before. What both told stays; a lost column is empty from the newer one on.",
    )
    _section(
        "Exports that stop",
        quality.stops,
        "stops",
        "Every help desk has new tickets as long as it tells of any.",
        "No ticket was opened after the first day, though things happened until the second: such an export was cut by "
        "opening day. Periods after it hold long tickets only, and their times mislead.",
    )
    _touched(ask)
    _section(
        "How full each field is",
        _coverage(quality.coverage),
        "coverage",
        "No tickets are loaded.",
        "Share of the tickets that count, by source; the fields that KPIs are counted from first, emptiest first. "
        "Some are empty by nature: a ticket never reopened has no days to a reopen.",
    )
    _section(
        "Tickets kept out of every KPI",
        _population(quality.population),
        "population",
        "No ticket is kept out.",
        "Deleted, spam, merged and test tickets are counted here and nowhere else.",
    )
    _section(
        "Tickets left out of some KPIs",
        quality.kinds,
        "kinds",
        "None is left out.",
        "These count as tickets; the last column says where they do not enter.",
    )


def _sentence(quality: Quality) -> str:
    read, refused = (int(quality.loads[name].fillna(0).sum()) for name in ("rows_read", "rows_quarantined"))
    if not read:
        return "No rows were read yet."
    words = f"{read - refused:,} of {read:,} rows from {wording.quantity(len(quality.loads), 'files')} were taken"
    kept = f"; {refused:,} were not, each with its reason below." if refused else "; none was refused."
    unknown = len(quality.unmapped_words)
    return words + kept + (f" Words nobody has mapped yet: {unknown:,}." if unknown else "")


def _section(title: str, rows: pd.DataFrame, key: str, otherwise: str, note: str = "") -> None:
    frame.section(title, note if len(rows) else "")
    if rows.empty:
        frame.note(otherwise)
        return
    shown = rows.dropna(axis="columns", how="all")
    exhibit.show(shown, key, height=min(38 + 35 * len(shown), 420))
    exhibit.download(shown, f"{key}.csv", key)


def _loads(loads: pd.DataFrame) -> pd.DataFrame:
    """The loads, newest first; the zone is the one given to clocks that carry none."""
    shown = loads.drop(columns=["sha256"], errors="ignore").sort_values("load_id", ascending=False)
    return shown.rename(columns={"timezone": "clocks_without_a_zone_read_as"})


def _drift(drift: pd.DataFrame) -> pd.DataFrame:
    """A row a changed column, with what it fed and the KPIs that lost it."""
    if drift.empty:
        return drift
    ours = drift["ours"].fillna("")
    fed = [name.replace("_", " ") for name in ours.str.replace(r"\b\w+\.", "", regex=True)]
    lost = drift["is_lost"].astype(bool)
    labels = [feeds.touched(name.split(", ")) if gone and name else [] for name, gone in zip(ours, lost, strict=True)]
    shown = drift[["load_id", "source", "column", "what", "now"]].rename(columns={"now": "probably_now"})
    return shown.assign(
        fed=fed, still_fed=["no" if gone else "" for gone in lost], touches=[", ".join(each) for each in labels]
    )


def _coverage(coverage: pd.DataFrame) -> pd.DataFrame:
    """A row a field, a column a source, emptiest first."""
    if coverage.empty:
        return coverage
    share = coverage["filled"] / coverage["rows"].where(coverage["rows"] > 0)
    wide = coverage.assign(share=share).pivot_table(index="column", columns="source", values="share", sort=False)
    wide = wide.loc[wide.mean(axis="columns").sort_values().index]
    words = wide.map(lambda part: "" if pd.isna(part) else f"{100 * part:.1f} %")
    shown = words.rename_axis(columns=None).reset_index().rename(columns={"column": "field"})
    touched: dict[str, list[str]] = {name: [] for name in shown["field"]}
    for kpi in kpis.catalogue().values():
        for name in fields_of(kpi) & touched.keys():
            touched[name].append(kpi.label)
    shown = shown.assign(touches=[", ".join(touched[name]) for name in shown["field"]])
    shown["field"] = [str(name).replace("_", " ") for name in shown["field"]]
    return shown.sort_values("touches", key=lambda names: names == "", kind="stable")


def _population(population: pd.DataFrame) -> pd.DataFrame:
    return population[population["excluded_because"].notna()]


def _touched(ask: Ask) -> None:
    """KPIs without a reading in the chosen period, and why."""
    frame.section("KPIs without a reading in the chosen period")
    silent = [reading for reading in ask.read(list(kpis.catalogue())) if reading.value is None]
    if not silent:
        frame.note("Every KPI has a reading.")
        return
    rows = [{"KPI": r.kpi.label, "Why": exhibit.nothing([r])} for r in silent]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
