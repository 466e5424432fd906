"""A page or a review as files for a meeting: slides, paper, a workbook and the board's rows, with the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import streamlit as st

from dashboard import wording
from dashboard.ask import Ask, code
from dashboard.exports.report import WRITERS, Line, Report, Section
from dashboard.story import Story
from dashboard.widgets import exhibit, frame

_FORMATS = {
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}


def offer(ask: Ask, title: str, stories: Iterable[Story]) -> None:
    """The figures of a page with their lines; nothing is written before a button is pressed."""
    told = tuple(stories)
    frame.section("For the meeting", "The figures above with their lines, intervals and definitions, as files.")
    name = f"{title.lower().replace(' ', '-')}-{code(ask.period)}"
    with st.container(horizontal=True):
        buttons(name, "page", lambda: of_page(ask, title, told))


def of_page(ask: Ask, title: str, stories: Iterable[Story]) -> Report:
    """What the files of a page hold: one section, each figure with its line."""
    lines = tuple(Line.of(story) for story in stories)
    return Report(f"{title}: {wording.period(ask.period)}", (Section(title, lines),))


def buttons(name: str, key: str, make: Callable[[], Report]) -> None:
    """One button a format; ``name`` is that of the files, without their suffix."""
    for suffix, mime in _FORMATS.items():
        write = partial(_written, make, suffix)
        exhibit.download_made(suffix.upper(), f"{name}.{suffix}", mime, write, f"{key}-{suffix}")


def _written(make: Callable[[], Report], suffix: str) -> bytes:
    return WRITERS[f".{suffix}"](make())
