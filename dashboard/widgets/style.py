"""The look, in one place: what Streamlit's own theme cannot say. Colours follow the theme through ``light-dark``."""

from __future__ import annotations

import streamlit as st

from dashboard import charts

_NAMES = ("ink", "muted", "grid", "accent", "meets", "misses", "close")

_RULES = """
.stMainBlockContainer { padding-top: 2.1rem; padding-bottom: 2rem; max-width: 1500px; padding-left: 2.4rem; padding-right: 2.4rem; }
.stApp header[data-testid="stHeader"] { background: transparent; pointer-events: none; }
.stApp header[data-testid="stHeader"] > * { pointer-events: auto; }
.kpi-page h1 { font-size: 1.55rem; line-height: 1.2; margin: 0; padding: 0; font-weight: 600; }
.kpi-page .question { color: var(--kpi-muted); margin: .1rem 0 0; }
.kpi-page .scope { color: var(--kpi-muted); font-size: .87rem; margin: .15rem 0 0; }
.kpi-page .scope b { color: var(--kpi-ink); font-weight: 600; }
.kpi-sentence { font-size: 1.13rem; line-height: 1.42; margin: 0; max-width: 78rem; }
.kpi-h2 { font-size: 1.08rem; font-weight: 600; margin: .9rem 0 0; }
.kpi-note { color: var(--kpi-muted); font-size: .87rem; margin: 0; max-width: 62rem; }
.kpi-card { font-variant-numeric: tabular-nums; line-height: 1.32; }
.kpi-card .top { display: flex; justify-content: space-between; gap: .5rem; align-items: baseline; }
.kpi-card .label { font-weight: 600; font-size: .93rem; }
.kpi-card .status { font-size: .85rem; white-space: nowrap; font-weight: 600; }
.kpi-card .figure { display: flex; justify-content: space-between; gap: .5rem; align-items: baseline; flex-wrap: wrap; }
.kpi-card .value { font-size: 1.85rem; font-weight: 600; letter-spacing: -.01em; line-height: 1.25; }
.kpi-card .small { font-size: .82rem; color: var(--kpi-muted); }
.kpi-card .change { font-size: .85rem; margin-top: .1rem; }
.kpi-card .real { font-weight: 600; }
.kpi-card .badge { font-size: .74rem; font-weight: 600; border: 1px solid currentColor; border-radius: 3px; padding: 0 .3rem;
  color: var(--kpi-close); margin-left: .35rem; }
.kpi-card .missing { font-size: .87rem; margin: .35rem 0 0; }
.kpi-meets { color: var(--kpi-meets); } .kpi-misses { color: var(--kpi-misses); } .kpi-close { color: var(--kpi-close); }
.kpi-few, .kpi-none { color: var(--kpi-muted); }
.kpi-list { margin: .3rem 0 0; padding: 0; list-style: none; font-size: .88rem; line-height: 1.35; }
.kpi-list li { margin: 0 0 .35rem !important; padding: 0; }
.kpi-agenda { display: grid; grid-template-columns: 1fr 1fr; gap: 1.2rem; }
.kpi-list b { font-weight: 600; }
.kpi-foot { border-top: 1px solid var(--kpi-grid); padding-top: .5rem; color: var(--kpi-muted); font-size: .85rem; margin: 0; }
.kpi-def { max-width: 62rem; line-height: 1.45; }
.kpi-def dl { display: grid; grid-template-columns: 9.5rem 1fr; gap: .15rem 1rem; margin: .25rem 0 0; font-size: .93rem; }
.kpi-def dt { color: var(--kpi-muted); } .kpi-def dd { margin: 0; }
.kpi-quote { border-left: 3px solid var(--kpi-grid); padding: .1rem 0 .1rem .8rem; margin: 0 0 .6rem; max-width: 62rem; }
.kpi-quote p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; } .kpi-quote small { color: var(--kpi-muted); }
.kpi-steps { max-width: 46rem; line-height: 1.5; }
.kpi-steps pre { background: var(--kpi-grid); padding: .6rem .8rem; border-radius: 6px; overflow-x: auto; font-size: .87rem; margin: .3rem 0 .9rem; }
.kpi-steps h2 { font-size: 1.3rem; margin: 0 0 .3rem; padding: 0; } .kpi-steps p { margin: 0; }
.st-key-headlines [data-testid="stVerticalBlock"] { gap: .25rem; }
.st-key-headlines [data-testid="stPageLink"] a { padding: 0; min-height: 0; font-size: .85rem; text-decoration: underline; }
[data-testid="stMain"] [data-testid="stPageLink"] a { text-decoration: underline; padding-left: 0; }
a:focus-visible, button:focus-visible { outline: 2px solid var(--kpi-accent); outline-offset: 2px; }
@media (max-width: 640px) {
  .stMainBlockContainer { padding: 3.4rem 1rem 2rem; }
  .kpi-agenda { grid-template-columns: 1fr; }
  .kpi-def dl { grid-template-columns: 1fr; } .kpi-def dd { margin-bottom: .35rem; }
}
@media print {
  section[data-testid="stSidebar"], header[data-testid="stHeader"], [data-testid="stDownloadButton"],
  [data-testid="stPageLink"] { display: none !important; }
  .stMainBlockContainer { padding: 0; }
}
"""


def apply() -> None:
    """Put the rules on the page; called once a run, before anything is drawn."""
    colours = "".join(
        f"--kpi-{name}: light-dark({getattr(charts.LIGHT, name)}, {getattr(charts.DARK, name)});" for name in _NAMES
    )
    st.html(f"<style>.stApp {{ {colours} }} {_RULES}</style>")


def dark() -> bool:
    """Whether the visitor sees the dark theme."""
    return st.context.theme.type == "dark"
