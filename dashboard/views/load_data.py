"""Load data: drop a file, see what was understood of it, correct that, load it, take it back."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import available_timezones

import pandas as pd
import streamlit as st

from dashboard import loading, mapping_text, wording
from dashboard.ask import Ask
from dashboard.loading import Job, Reading, Upload
from dashboard.widgets import exhibit, frame, links, mapping_editor, previewed
from etl.errors import SupportKpiError
from etl.settings import Home

TITLE = "Load data"
ICON = ":material/upload_file:"
ORDER = 70
QUESTION = "What is in my export, and is all of it understood?"
HIDDEN = loading.is_read_only()
#: It is drawn where nothing that is loaded can be asked for, too: here that is mended.
WITHOUT_FACTS = True

_KEPT, _SEEN, _JOB, _ROUND = "_uploads", "_previews", "_load", "_round"
_STEPS = {"reading": "Reading", "understanding": "Understanding", "checking": "Checking", "publishing": "Publishing"}
_INTRODUCTION = (
    "Drop exports of your help desk: CSV, XLSX, JSON, zipped or not. Each is shown as it would be understood; "
    "nothing is loaded before you say so, and nothing leaves this machine."
)


@dataclass
class Plan:
    """A dropped file, how it will be read, and what must be said before it can be."""

    upload: Upload
    how: Reading
    missing: list[str] = field(default_factory=list)


def render(ask: Ask) -> None:
    """The running load or its report; the files that wait; what is loaded."""
    home = Home()
    frame.heading(TITLE, QUESTION)
    if loading.is_read_only():
        frame.note("This dashboard is served for reading only. Load with `supportkpi load` on its machine.")
        return
    job: Job | None = st.session_state.get(_JOB)
    if job is not None and job.state == "running":
        _progress()
        return
    if job is not None:
        _report(job)
    else:
        frame.sentence(_INTRODUCTION)
    uploads = _drop(home)
    if uploads:
        st.session_state.pop(_JOB, None)
    plans = [_file(home, upload) for upload in uploads]
    _load(home, plans)
    _loads(home, ask)


def _drop(home: Home) -> list[Upload]:
    """The files that wait, kept under names of our own; what is taken off the list is removed."""
    kept: dict[str, Upload] = st.session_state.setdefault(_KEPT, {})
    dropped = st.file_uploader(
        "Files to load",
        accept_multiple_files=True,
        key=f"drop {st.session_state.get(_ROUND, 0)}",
        help="They are kept in the home folder until they are loaded or taken off this list.",
    )
    there = {each.file_id for each in dropped}
    for identifier in [each for each in kept if each not in there]:
        loading.discard(kept.pop(identifier))
    for each in dropped:
        if each.file_id not in kept:
            try:
                kept[each.file_id] = loading.keep(home, each.name, each.getbuffer())
            except SupportKpiError as error:
                frame.fault(error)
    return [kept[each.file_id] for each in dropped if each.file_id in kept]


def _previewed(home: Home, upload: Upload, how: Reading, draft: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a load would make of it, asked once for each way of reading."""
    seen: dict[str, dict[str, Any]] = st.session_state.setdefault(_SEEN, {})
    key = f"{upload.path} {how} {mapping_text.to_toml(draft) if draft else ''}"
    if key not in seen:
        with st.spinner("Looking at the file …"):
            # Drawing is where Streamlit ends a run that a newer choice has overtaken; the process ends with it.
            waiting = st.empty()
            seen[key] = loading.preview(home, upload, how, dict(draft) if draft else None, lambda: _alive(waiting))
    return seen[key]


def _alive(waiting: Any) -> None:
    waiting.empty()


def _file(home: Home, upload: Upload) -> Plan:
    """One dropped file: its tables, and what is still to be said."""
    key = upload.folder.name
    said = {name: st.session_state.get(f"{key} {name}") for name in ("source", "zone", "order")}
    plan = Plan(upload, Reading(said["source"], None, said["zone"], said["order"]))
    with st.container(border=True, key=f"file-{key}"):
        frame.section(upload.label)
        try:
            found = _previewed(home, upload, plan.how)
            tables = [(file, table) for file in found["files"] for table in file["tables"]]
            for file in found["files"]:
                if file["error"]:
                    frame.fault(loading.fault(file["error"]))
                    plan.missing.append("nothing can be taken from it; take it off the list")
            for place, (_file_seen, table) in enumerate(tables):
                _table(home, plan, found, table, f"{key} {place}", is_alone=len(tables) == 1)
        except SupportKpiError as error:
            frame.fault(error)
            plan.missing.append("it could not be looked at")
    return plan


def _table(home: Home, plan: Plan, found: Mapping[str, Any], table: dict[str, Any], key: str, is_alone: bool) -> None:
    if not is_alone:
        frame.section(table["name"])
    previewed.claims(table)
    accepted = [each["source"] for each in table["claims"] if each["accepted"]]
    if table["chosen"] is None and len(accepted) > 1:
        st.selectbox(
            "Read it as", accepted, index=None, format_func=previewed.called, key=f"{plan.upload.folder.name} source"
        )
        plan.missing.append("say which source it is from")
        return
    if (table["error"] or {}).get("needs") == "date_order" or plan.how.date_order:
        _order(plan, table)
    if table["error"] is not None:
        if not plan.missing:
            frame.fault(loading.fault(table["error"]))
            plan.missing.append("it is not understood")
        return
    mapping: dict[str, Any] | None = None
    if table["draft"] is not None and not is_alone:
        plan.missing.append(f"{table['name']} needs a mapping: drop it by itself to make one")
    elif table["draft"] is not None:
        mapping = dict(table["draft"]["mapping"])
    elif table["is_mapping"]:
        mapping = _saved(home, str(table["chosen"]))
    is_corrected = table["draft"] is None and mapping is not None and is_alone and st.toggle(
        "Correct this mapping", key=f"{key} correct"
    )  # fmt: skip
    if mapping is not None and is_alone and (table["draft"] is not None or is_corrected):
        _corrected(home, plan, found, table, mapping, key)
        return
    _zone(plan, table)
    _understood(table, mapping, key)


def _understood(table: Mapping[str, Any], mapping: Mapping[str, Any] | None, key: str) -> None:
    if table["error"] is not None:
        frame.fault(loading.fault(table["error"]))
        return
    frame.sentence(previewed.taken(table))
    previewed.rows(table, mapping, key)
    previewed.refused(table, key)
    previewed.unknown(table, key)
    previewed.notes(table)


def _order(plan: Plan, table: Mapping[str, Any]) -> None:
    """Ask which comes first, day or month, where no date of the file tells."""
    words = {"day-first": "The day", "month-first": "The month"}
    st.segmented_control(
        "Which comes first in its dates? No date in the file tells.",
        list(words),
        format_func=words.__getitem__,
        key=f"{plan.upload.folder.name} order",
        help=mapping_editor.plain((table["error"] or {}).get("title", "")) or None,
    )
    if not plan.how.date_order:
        plan.missing.append("say whether the day or the month comes first")


def _zone(plan: Plan, table: Mapping[str, Any]) -> str | None:
    """Ask for the zone where clocks carry none and nobody declared it; never assumed."""
    asked = st.session_state.get(f"{plan.upload.folder.name} zone")
    if table["zone"] == "unneeded":
        return None
    if table["zone"] == "declared" and asked is None:
        frame.note(f"Its times carry no zone; they are read as {table['timezone']}, as declared.")
        return str(table["timezone"])
    picked = st.selectbox(
        "Its times carry no zone. Which one are they in?",
        sorted(available_timezones()),
        index=None,
        placeholder="Type a city, such as Dublin",
        key=f"{plan.upload.folder.name} zone",
        width=420,
    )
    if picked is None:
        plan.missing.append("choose the time zone of its clocks")
    return picked


def _saved(home: Home, name: str) -> dict[str, Any] | None:
    """A mapping kept in the home, as its file holds it."""
    for path in sorted(home.mappings.glob("*.toml")):
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        if values.get("name") == name:
            return values
    return None


def _corrected(
    home: Home, plan: Plan, found: Mapping[str, Any], table: dict[str, Any], base: dict[str, Any], key: str
) -> None:
    """The editor, the preview of what it holds, and the button that keeps it."""
    is_draft = table["draft"] is not None
    edited = mapping_editor.edit(key, base, table, found, is_draft)
    mapping = edited.mapping
    zone = _zone(plan, table) or base.get("clock", {}).get("timezone")
    if zone is not None:
        mapping["clock"] = {**mapping.get("clock", {}), "timezone": zone}
    if edited.missing:
        frame.note(f"Still to do: {'; '.join(edited.missing)}.")
        plan.missing += edited.missing
        return
    after = _previewed(home, plan.upload, Reading(), mapping)
    tables = [each for file in after["files"] for each in file["tables"]]
    if tables:
        table = {**tables[0], "draft": table["draft"], "columns": table["columns"]}
    _understood(table, mapping, key)
    _keep(home, plan, mapping, key, str(base["name"]) if not is_draft else None)


def _keep(home: Home, plan: Plan, mapping: dict[str, Any], key: str, old: str | None) -> None:
    """Name the mapping and save it; a mapping that is saved as it stands is how its file will be read."""
    content = mapping_text.to_toml({**mapping, "name": ""})
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    with left:
        name = st.text_input(
            "Name of this mapping",
            value=old or mapping_text.suggested_name(plan.upload.label),
            key=f"{key} name",
            max_chars=40,
            help="Small letters, digits and dashes. It is kept in the home folder and tried on every file from now on.",
        )
    with right:
        pressed = st.button("Save the mapping", key=f"{key} save", type="secondary", icon=":material/save:")
    if pressed:
        mine = st.session_state.get(f"{key} saved", ("", ""))[0]
        try:
            path = loading.save_mapping(home, name, mapping, replace=name in (old, mine))
        except SupportKpiError as error:
            frame.fault(error)
        else:
            st.session_state[f"{key} saved"] = (name, content, path)
    saved = st.session_state.get(f"{key} saved")
    if saved is not None and saved[1] == content:
        plan.how = Reading(None, saved[2], None)
        frame.note(f"Saved as “{saved[0]}”. Files with these columns are recognised by it from now on.")
    else:
        plan.missing.append("save the mapping")


def _load(home: Home, plans: list[Plan]) -> None:
    """The button that loads, or what stands in its way."""
    if not plans:
        return
    for plan in plans:
        if plan.missing:
            frame.note(f"{plan.upload.label}: {'; '.join(dict.fromkeys(plan.missing))}.")
    is_busy = loading.is_busy(home)
    if is_busy:
        frame.note("Somebody else is loading into this home. Wait until that has ended, then press Load again.")
    is_ready = not any(plan.missing for plan in plans)
    label = f"Load {wording.quantity(len(plans), 'files')}"
    if not st.button(label, type="primary", disabled=not is_ready, icon=":material/download:", key="load"):
        return
    if is_busy:
        return
    parts: dict[Reading, list[Upload]] = {}
    for plan in plans:
        parts.setdefault(plan.how, []).append(plan.upload)
    st.session_state[_JOB] = Job(home, list(parts.items())).start()
    # The job removes the files; the page begins with an empty list.
    st.session_state[_KEPT] = {}
    st.session_state[_SEEN] = {}
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    st.rerun()


@st.fragment(run_every=0.7)
def _progress() -> None:
    """Where the running load is; this page may be left meanwhile."""
    job: Job | None = st.session_state.get(_JOB)
    if job is None or job.state != "running":
        st.rerun()
        return
    step, _, name = job.step.partition(" ")
    frame.sentence("Your files are being loaded. You may leave this page; the load goes on.")
    st.progress(min(max(job.fraction, 0.0), 1.0), text=mapping_editor.plain(f"{_STEPS.get(step, 'Starting')} {name}"))


def _report(job: Job) -> None:
    """What a load did, file by file."""
    if job.error is not None:
        frame.fault(job.error)
    good = [file for file in job.files if file["status"] != "refused"]
    if job.files:
        rows = wording.quantity(sum(file["rows_accepted"] for file in good), "rows")
        of_all = f"{len(good)} of {wording.quantity(len(job.files), 'files')} loaded"
        frame.sentence(
            f"{of_all}: {rows} taken, and every figure counts them now." if good else f"{of_all}. Nothing has changed."
        )
    for file in job.files:
        _file_report(file)
    if good:
        links.to("overview", "Open the Overview")
        links.to("data_quality", "See what is missing, and which numbers it touches")


def _file_report(file: Mapping[str, Any]) -> None:
    """One file: rows taken and refused, reasons, unknown words, notes."""
    if file["error"] is not None:
        frame.fault(loading.fault(file["error"]))
        return
    read = f"{file['name']}: {file['rows_accepted']:,} of {file['rows_read']:,} rows taken"
    again = " (nothing new: this file was loaded before)" if file["status"] == "unchanged" else ""
    frame.section(f"{read}, as {previewed.called(file['source'] or '')}{again}")
    for reason, count in list(file["by_reason"].items())[:8]:
        frame.note(f"{wording.quantity(count, 'rows')} kept apart: {reason}")
    for word in file["unmapped"][:8]:
        became = f"treated as {word['treated_as']}" if word["treated_as"] else "left empty"
        rows = wording.quantity(word["rows"], "rows")
        frame.note(f"{word['column']} “{word['word']}” means nothing yet: {rows}, {became}")
    for sentence in file["notes"][:8]:
        frame.note(sentence)


def _loads(home: Home, ask: Ask) -> None:
    """What stands loaded, and the way back."""
    frame.section("What is loaded", "Every figure stands on these. Taking one back brings what it had replaced back.")
    if ask.facts is None or ask.quality().loads.empty:
        frame.note("Nothing is loaded yet.")
        return
    loads = ask.quality().loads.sort_values("load_id", ascending=False)
    names = ["load_id", "loaded_at", "source", "file_name", "mapping", "rows_read", "rows_accepted", "rows_quarantined"]
    exhibit.show(loads[names], "loaded", height=min(38 + 35 * len(loads), 300))
    numbers = dict(zip(loads["load_id"].astype(int), loads["file_name"].astype(str), strict=True))
    picked = st.selectbox(
        "Take back",
        list(numbers),
        index=None,
        format_func=lambda number: f"{number} · {numbers[number]}",
        placeholder="Choose a load",
        key="taken back",
        width=420,
    )
    if picked is not None and st.button("Take it back …", key="take back", icon=":material/undo:"):
        _confirm(home, int(picked), numbers[int(picked)], loads)


@st.dialog("Take this load back?")
def _confirm(home: Home, number: int, name: str, loads: pd.DataFrame) -> None:
    """Ask once more; then it is gone."""
    rows = int(loads.loc[loads["load_id"] == number, "rows_accepted"].iloc[0])
    frame.note(f"Load {number}, {name}: its {rows:,} rows leave every figure. The file itself is yours to load again.")
    if st.button("Take it back", type="primary", key="confirmed"):
        try:
            with st.spinner("Building the facts anew …"):
                loading.unload(home, number)
        except SupportKpiError as error:
            frame.fault(error)
            return
        st.rerun()
