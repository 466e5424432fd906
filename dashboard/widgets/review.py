"""A review on the screen: its sections in meeting order, one at a time for the room, frozen ones as they were shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from html import escape

import pandas as pd
import streamlit as st

from dashboard import journal, loading, wording
from dashboard.ask import Ask
from dashboard.exports.cells import cell
from dashboard.exports.report import Report
from dashboard.journal import Written
from dashboard.reviews import contents, frozen
from dashboard.reviews.frozen import Figure, Frozen, Grid, Shown
from dashboard.rhythm import Rhythm
from dashboard.widgets import card, exhibit, frame, page_files, review_entries, review_links, style
from dashboard.widgets.review_links import Door
from etl.settings import Home

_PRESENT, _FROZEN, _SAID = "present", "frozen", "_review_said"
_COLUMNS = ("Value", "Status", "Target", "95 % interval", "n", "Change")


def page(ask: Ask, rhythm: Rhythm, title: str, question: str) -> None:
    """The live review, one section of it for the room, or a frozen one."""
    book = journal.open(Home())
    kept = {each.id: each for each in book.every_written(Frozen) if each.about.startswith(f"{rhythm}-")}
    chosen = st.query_params.get(_FROZEN, "")
    if chosen.isdigit() and int(chosen) in kept:
        _frozen(ask, rhythm, kept[int(chosen)], book)
        return
    asked = contents.ask_for(ask, rhythm)
    found = contents.review(asked, rhythm, book, _today())
    sections = frozen.shown(found)
    place = st.query_params.get(_PRESENT, "")
    if place.isdigit():
        _present(found.title, sections, min(int(place), len(sections) - 1), review_links.live(asked))
        return
    frame.heading(title, question, asked)
    if asked is not ask:
        frame.note(f"The newest complete {rhythm.grain}. Choose another {rhythm.grain} on the left.")
    _head(asked, rhythm, book, found)
    door = review_links.live(asked)
    for section in sections:
        _section(section, door)
        review_entries.forms(asked, rhythm, book, section)
    _kept(rhythm, [each for each in kept.values() if not each.removed])
    frame.foot(asked)


def _today() -> date:
    return datetime.now(UTC).date()


def _head(ask: Ask, rhythm: Rhythm, book: journal.Journal, found: Report) -> None:
    """The agenda with its time, the way into the room, the files, and freezing."""
    minutes = sum(section.minutes or 0 for section in found.sections)
    parts = " · ".join(f"{section.heading} {section.minutes}" for section in found.sections)
    frame.note(f"{minutes} minutes of {contents.TIME_BOX[rhythm]}: {parts}.")
    said = st.session_state.pop(_SAID, "")
    if said:
        st.html(f'<p class="kpi-note" role="status"><b class="kpi-meets">✓</b> {escape(said)}</p>')
    with st.container(horizontal=True):
        if st.button("Present", key="review-present", icon=":material/slideshow:"):
            st.query_params[_PRESENT] = "0"
            st.rerun()
        _files(contents.name_of(rhythm, ask), found)
        if not loading.is_read_only():
            _freeze(ask, rhythm, book, found)


def _files(name: str, found: Report) -> None:
    page_files.buttons(name, "review", lambda: contents.for_files(found))


def _freeze(ask: Ask, rhythm: Rhythm, book: journal.Journal, found: Report) -> None:
    with st.popover("Freeze", icon=":material/ac_unit:"):
        frame.note("Keeps the review as it is shown now: figures, definitions, filters, texts, actions and decisions.")
        who = review_entries.name("review-freeze")
        if st.button("Freeze this review", key="review-freeze-save"):
            with review_entries.told():
                frozen.freeze(book, ask, contents.name_of(rhythm, ask), found, who=who)
                review_entries.remember(who)
                st.session_state[_SAID] = "The review is frozen: it stands below and stays as it was shown."
                st.rerun()


def _section(section: Shown, door: Door) -> None:
    minutes = f' <span class="small">{section.minutes} min</span>' if section.minutes else ""
    st.html(f'<h2 class="kpi-h2">{escape(section.heading)}{minutes}</h2>')
    for words in section.sentences:
        frame.sentence(words)
    st.html(_figures(section.figures, door) + "".join(map(_grid, section.grids)) or "<p></p>")


def _figures(figures: Sequence[Figure], door: Door) -> str:
    """A table of readings: what really changed in bold, the rest greyed."""
    if not figures:
        return ""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in ("KPI", *_COLUMNS))
    return (
        f'<div class="kpi-scroll" tabindex="0"><table class="kpi-review"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(_row(figure, door(figure)) for figure in figures)}</tbody></table></div>"
    )


def _row(figure: Figure, address: str) -> str:
    kind = card.KIND_CLASS.get(figure.standing_kind, "")
    cells = []
    for name in _COLUMNS:
        words = escape(figure.words[name])
        if name == "Change":
            words = f"<b class='kpi-{kind}'>{escape(figure.standing)}</b>" if kind else escape(figure.standing)
        elif name == "Status":
            words = f'<span class="status">{words}</span>'
        elif name == "n" and address:
            label = f"{figure.words['KPI']}: the tickets, as of today's data"
            words = f'<a href="{escape(address)}" target="_self" title="{escape(label)}">{words}</a>'
        cells.append(f"<td>{words}</td>")
    usual = "" if figure.has_changed else ' class="usual"'
    return f'<tr{usual}><th scope="row">{escape(figure.words["KPI"])}</th>{"".join(cells)}</tr>'


def _grid(grid: Grid) -> str:
    head = "".join(f'<th scope="col">{escape(_heading(name))}</th>' for name in grid.columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{_plain(name, value)}</td>' for name, value in zip(grid.columns, row, strict=True))}</tr>"
        for row in grid.rows
    )
    note = f'<p class="kpi-note">{escape(grid.note)}</p>' if grid.note else ""
    return (
        f'<h3 class="kpi-h3">{escape(grid.title)}</h3>{note}<div class="kpi-scroll" tabindex="0">'
        f'<table class="kpi-review"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _heading(name: str) -> str:
    return name.replace("_", " ").capitalize() if name.islower() else name


def _plain(name: str, value: object) -> str:
    if value is None:
        return ""
    words = escape(f"{value:,}" if isinstance(value, int) else str(value))
    if name in ("Ticket", "ticket_id"):
        from urllib.parse import urlencode

        return f'<a href="ticket?{escape(urlencode({"ticket": str(value)}))}" target="_self">{words}</a>'
    return words


def _present(title: str, sections: Sequence[Shown], place: int, door: Door) -> None:
    """One section without menu or controls; next and previous by button or arrow key, Escape leads back."""
    style.without_chrome()
    section = sections[place]
    st.html(f'<div class="kpi-page"><p class="scope">{escape(title)} · {place + 1} of {len(sections)}</p></div>')
    with st.container(key="presented"):
        _section(section, door)
    with st.container(horizontal=True):
        if st.button("Previous", key="present-back", shortcut="Left", disabled=place == 0):
            _to(place - 1)
        if st.button("Next", key="present-next", shortcut="Right", disabled=place == len(sections) - 1):
            _to(place + 1)
        if st.button("Leave", key="present-leave", shortcut="Escape"):
            del st.query_params[_PRESENT]
            st.rerun()


def _to(place: int) -> None:
    st.query_params[_PRESENT] = str(place)
    st.rerun()


def _kept(rhythm: Rhythm, found: Sequence[Written[Frozen]]) -> None:
    """The frozen reviews of this rhythm, the newest first."""
    if not found:
        return
    frame.section("Frozen reviews", "As they were shown. Freezing again keeps the version before.")
    rows = "".join(
        f'<li><a href="{rhythm}?{_FROZEN}={each.id}" target="_self">{escape(each.body.title)}</a> '
        f'<span class="small">frozen by {escape(each.who)}, {each.written_at:%-d %b %Y %H:%M} UTC</span></li>'
        for each in sorted(found, key=lambda each: -each.id)
    )
    st.html(f'<ul class="kpi-list kpi-saved">{rows}</ul>')


def _frozen(ask: Ask, rhythm: Rhythm, kept: Written[Frozen], book: journal.Journal) -> None:
    """A review as it was shown, with today's data in a second place."""
    body = kept.body
    whole = "unchanged since" if body.is_whole else "CHANGED since: what is stored is not what was frozen"
    st.html(
        f'<div class="kpi-page"><h1>{escape(body.title)}</h1><p class="question">Frozen by {escape(kept.who)} on '
        f"{kept.written_at:%-d %b %Y %H:%M} UTC, {whole} (SHA-256 {escape(body.sha256[:12])}).</p>"
        f'<p class="scope">{escape(body.scope)} · {escape(body.options or "default definitions")} · data up to '
        f"{escape(body.as_of)} · {escape(body.snapshot)} · supportkpi {escape(body.product_version)}</p></div>"
    )
    with st.container(horizontal=True):
        if st.button("Back to the review of today", key="frozen-leave"):
            del st.query_params[_FROZEN]
            st.rerun()
        records = pd.DataFrame([figure.record for section in body.sections for figure in section.figures])
        if len(records):
            exhibit.download(records.map(cell), f"{kept.about}-frozen.csv", "frozen")
    door = review_links.of_frozen(ask, kept)
    if body.filters is None:
        frame.note("It was frozen before filters were kept for links: its figures lead to no tickets.")
    else:
        frame.note("Each n leads to the tickets of that period and those filters, as of today's data.")
    for section in body.sections:
        _section(section, door)
    _today_says(ask, rhythm, kept, book)


def _today_says(ask: Ask, rhythm: Rhythm, kept: Written[Frozen], book: journal.Journal) -> None:
    """Which of the figures today's data would tell otherwise, and why."""
    frame.section("What today's data would say")
    if ask.facts is None:
        frame.note("Nothing is loaded.")
        return
    asked = contents.of_name(kept.body.asked(ask), kept.about)
    by = "with the filters chosen now" if kept.body.filters is None else "by its own filters and options"
    now = frozen.shown(contents.review(asked, rhythm, book, _today()))
    found = frozen.differences(kept.body.sections, now)
    if not found:
        frame.note(f"The same: no figure of it reads otherwise today, {by}.")
        return
    rows = [{"KPI": each.label, "Frozen": each.then, "Today": each.now, "Why": each.why} for each in found]
    frame.note(f"{wording.quantity(len(rows), 'figures')} read otherwise today, {by}.")
    exhibit.show(pd.DataFrame(rows), "frozen-differences")
    exhibit.download(pd.DataFrame(rows), f"{kept.about}-restated.csv", "frozen-differences")
