"""The look, in one place: what Streamlit's own theme cannot say. Colours follow the theme through ``light-dark``."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.palette import DARK, LIGHT

_NAMES = ("ink", "muted", "grid", "accent", "meets", "misses", "close")

_RULES = Path(__file__).with_name("style.css").read_text(encoding="utf-8")


def apply() -> None:
    """Put the rules on the page; called once a run, before anything is drawn."""
    colours = "".join(f"--kpi-{name}: light-dark({getattr(LIGHT, name)}, {getattr(DARK, name)});" for name in _NAMES)
    st.html(f"<style>.stApp {{ {colours} }} {_RULES}</style>")


def dark() -> bool:
    """Whether the visitor sees the dark theme."""
    return st.context.theme.type == "dark"


def without_chrome() -> None:
    """One section for the room: no menu, no header, larger letters."""
    hidden = '[data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stExpandSidebarButton"]'
    larger = ".st-key-presented { font-size: 1.2rem; } .st-key-presented .kpi-sentence { font-size: 1.55rem; }"
    st.html(f"<style>{hidden} {{ display: none !important; }} {larger}</style>")
