"""What every page has: title and question, scope in words, empty state, a fault said plainly, the foot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from html import escape

import streamlit as st

from dashboard import findings, wording
from dashboard.ask import Ask
from dashboard.story import Story
from dashboard.widgets import links
from etl.errors import SupportKpiError

_EMPTY = """
<div class="kpi-steps"><h2>Nothing is loaded yet</h2>
<p>This page answers its question as soon as one export of your help desk is loaded. Nothing
leaves this machine.</p>
<h3 class="kpi-h2">See it with sample data</h3>
<pre>make demo</pre>
<h3 class="kpi-h2">Load your own export</h3>
<p>Drop it on the page <b>Load data</b>: exports of common help desks are recognised by themselves, zipped or not;
for any other file a mapping is drafted, which you correct from drop-downs. Survey answers come in the same way.</p>
<p>Or on the command line:</p>
<pre>supportkpi load ~/exports/tickets.csv</pre>
<p class="kpi-note">Then reload this page. No restart is needed.</p></div>
"""


def heading(title: str, question: str, ask: Ask | None = None) -> None:
    """Title, the one question of the page, and what it is asked of."""
    scope = ""
    if ask is not None and ask.facts is not None:
        limits = escape(ask.scope.words()) or "all tickets"
        so_far = "" if ask.period.whole else " so far, not complete"
        clock = f" · {escape(str(ask.options.clock))} clock"
        chosen = ask.options.in_words()
        counted = f'<p class="scope">Counted: {escape(chosen)}.</p>' if chosen else ""
        scope = (
            f'<p class="scope"><b>{escape(wording.period(ask.period))}</b>{so_far} · {limits}'
            f"{clock} · {escape(ask.period.timezone)}</p>{counted}{_stopped(ask)}"
        )
    st.html(f'<div class="kpi-page"><h1>{escape(title)}</h1><p class="question">{escape(question)}</p>{scope}</div>')


def _stopped(ask: Ask) -> str:
    """What to know of a period in which an export has no new tickets any more: it resolves only what took long."""
    end = ask.period.instants()[1]
    told = [
        f"{row['source']} holds no ticket opened after {row['last_opened']:%-d %b %Y}"
        for row in ask.quality().stops.to_dict("records")
        if end is not None and row["last_opened"] < end - timedelta(days=1)
    ]
    if not told:
        return ""
    words = f"{'; '.join(told)}: what was resolved since had been open for long, so times of this period mislead."
    return f'<p class="kpi-note" role="note">{escape(words)}</p>'


def sentence(text: str) -> None:
    """The answer in one plain sentence."""
    st.html(f'<p class="kpi-sentence">{escape(text)}</p>')


def section(title: str, note: str = "") -> None:
    """A heading inside a page, with one line of explanation where needed."""
    below = f'<p class="kpi-note">{escape(note)}</p>' if note else ""
    st.html(f'<h2 class="kpi-h2">{escape(title)}</h2>{below}')


def note(text: str) -> None:
    """A quiet line."""
    st.html(f'<p class="kpi-note">{escape(text)}</p>')


def empty() -> None:
    """What to load and how."""
    st.html(_EMPTY)
    links.to("load_data", "Load an export now")


def fault(error: SupportKpiError) -> None:
    """A fault as a title, a sentence and the next step; never a stack trace."""
    parts = "".join(f"<p>{escape(part)}</p>" for part in (error.detail, error.next_step) if part)
    st.html(f'<div class="kpi-steps" role="alert"><h2>{escape(error.title)}</h2>{parts}</div>')


def foot(ask: Ask, stories: Iterable[Story] = ()) -> None:
    """Freshness and data quality in one line, with the way to more; how many signals chance alone would make."""
    if ask.facts is None or ask.horizon is None:
        return
    loads = ask.quality().loads
    refused = int(loads["rows_quarantined"].fillna(0).sum()) if len(loads) else 0
    read = int(loads["rows_read"].fillna(0).sum()) if len(loads) else 0
    as_of = ask.horizon.as_of
    newest = f"Data up to {as_of:%-d %b %Y %H:%M} UTC" if as_of else "No dated facts"
    taken = f"{read - refused:,} of {read:,} rows accepted, {refused:,} quarantined" if read else "no rows read"
    alarms = findings.false_alarms(list(stories))
    chance = f'<p class="kpi-note">{escape(alarms)}</p>' if alarms else ""
    st.html(f'{chance}<p class="kpi-foot">{newest} · {wording.quantity(len(loads), "loads")} · {taken}</p>')
    links.to("data_quality", "What is missing, and which KPIs it touches")
