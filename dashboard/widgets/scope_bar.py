"""Scope and period: chosen in the sidebar, kept in the link, so that a pasted link shows the same page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import streamlit as st

from dashboard import wording
from dashboard.ask import choices, default_grain, grain_of
from dashboard.kpis.options import CHOICES, DEFAULTS, Choice, Options
from dashboard.readings import Horizon
from dashboard.scope import DIMENSIONS, Grain, Period, Scope
from etl.settings import Reporting

GRAINS = (Grain.WEEK, Grain.MONTH, Grain.QUARTER)
#: Shown closed at first: useful, but not what most look for.
LESS_USED = ("category", "region", "account", "source", "escalated")
#: The period this session wrote into the link last; another one there came from outside.
_MEMORY = "_period_in_link"


def label(name: str) -> str:
    """A dimension as a word."""
    return name.replace("_", " ").capitalize()


def scope(values: Mapping[str, list[str]]) -> Scope:
    """The filters of the sidebar. Values of the link that no ticket has are ignored, and said."""
    unknown = [
        f"{name} '{value}'"
        for name in DIMENSIONS
        for value in st.query_params.get_all(name)
        if value and value not in values.get(name, [])
    ]
    _ignore(*unknown)
    chosen = {name: _filter(name, values[name]) for name in values if name not in LESS_USED}
    rest = [name for name in values if name in LESS_USED]
    if rest:
        with st.expander("More filters", expanded=any(st.session_state.get(name) for name in rest)):
            chosen |= {name: _filter(name, values[name]) for name in rest}
    return Scope.of({name: picked for name, picked in chosen.items() if picked})


def _filter(name: str, values: list[str]) -> list[str]:
    return st.multiselect(label(name), values, key=name, bind="query-params", placeholder="All")


def period(horizon: Horizon, reporting: Reporting, newest: Callable[[Mapping[str, Period]], str]) -> Period | None:
    """Grain and period. Until a visitor chooses, the ``newest`` worth opening with is shown and follows new loads."""
    zone, week_start = reporting.timezone, reporting.week_start
    fallback = default_grain(horizon, datetime.now(UTC).date())
    _take_link(horizon, reporting)
    grain = st.segmented_control(
        "Period",
        GRAINS,
        default=None if "grain" in st.session_state else fallback,
        key="grain",
        format_func=lambda grain: str(grain).capitalize(),
        required=True,
    )
    found = choices(horizon, Grain(grain or fallback), zone, week_start)
    if not found:
        return None
    codes = list(found)
    latest = newest(found)
    if st.session_state.get("period") not in codes or st.session_state.get("period") == st.session_state.get("_latest"):
        st.session_state["period"] = latest
    st.session_state["_latest"] = latest
    picked = st.selectbox(
        "Which", codes, key="period", format_func=lambda name: _period_label(found[name]), label_visibility="collapsed"
    )
    st.session_state[_MEMORY] = picked
    if st.query_params.get("period") != picked:
        st.query_params["period"] = picked
    return found[picked]


def _take_link(horizon: Horizon, reporting: Reporting) -> None:
    """Follow a period in the link that this session did not write there: a pasted link, or Back.

    One it did write is followed too where the choice itself was forgotten, as happens when a page opens another.
    """
    asked = st.query_params.get("period")
    if asked is None or (asked == st.session_state.get(_MEMORY) and "period" in st.session_state):
        return
    grain = grain_of(asked)
    known = choices(horizon, grain, reporting.timezone, reporting.week_start) if grain else {}
    if grain is None or asked not in known:
        _ignore(f"period '{asked}'")
        return
    st.session_state["grain"] = grain
    st.session_state["period"] = asked
    st.session_state["_latest"] = None


def _period_label(period: Period) -> str:
    name = wording.period(period)
    return name if period.whole else f"{name} (so far)"


#: How the three clocks stand on the switch.
_CLOCKS = {"calendar": "Calendar", "business": "Business", "active": "Active"}


def counted(options: Options, has_schedules: bool) -> Options:
    """How it is counted: the clock, offered where business minutes were loaded, and every other choice."""
    shown = [name for name in CHOICES if name != "clock" or has_schedules]
    if has_schedules:
        options = options.but("clock", _clock())
    groups: dict[str, list[str]] = {}
    for name in shown:
        if name != "clock":
            groups.setdefault(CHOICES[name].group, []).append(name)
    with st.expander("How it is counted", expanded=False):
        for group, names in groups.items():
            st.html(f'<p class="kpi-note">{group}</p>')
            for name in names:
                options = options.but(name, str(_choice(name, CHOICES[name])))
    return options


def _clock() -> str:
    _follow_link("clock", CHOICES["clock"])
    picked = st.segmented_control(
        CHOICES["clock"].label,
        list(_CLOCKS),
        default=None if "clock" in st.session_state else "calendar",
        key="clock",
        required=True,
        format_func=_CLOCKS.__getitem__,
        help="Calendar time is what the customer lives through. Business time counts office hours only; active time "
        "is business time in which the customer was not the one to act.",
    )
    return _into_link("clock", picked or "calendar")


def _follow_link(name: str, choice: Choice) -> None:
    """Take a word of the link that this session did not write there: a pasted link, or Back.

    Streamlit's own binding would put the words shown into the link, and not those that scripts and files use.
    """
    asked = st.query_params.get(name)
    if asked is None or asked == st.session_state.get(f"_{name}_in_link"):
        return
    if asked in choice.words:
        st.session_state[name] = asked
    else:
        _ignore(f"{name} '{asked}'")


def _into_link(name: str, picked: str) -> str:
    """Write a choice into the link while it differs from the default."""
    st.session_state[f"_{name}_in_link"] = picked
    if picked == getattr(DEFAULTS, name):
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != picked:
        st.query_params[name] = picked
    return picked


def _choice(name: str, choice: Choice) -> str | int:
    """One option as a widget that stands in the link while it differs from the default."""
    default, why = getattr(DEFAULTS, name), f"{choice.decides[:1].upper()}{choice.decides[1:]}."
    if choice.numbers is not None:
        number = st.number_input(
            choice.label,
            min_value=choice.numbers[0],
            max_value=choice.numbers[-1],
            value=default,
            key=name,
            bind="query-params",
            help=why,
        )
        return int(number or default)
    _follow_link(name, choice)
    picked = st.selectbox(
        choice.label,
        list(choice.words),
        key=name,
        format_func=lambda word: choice.words[word][:1].upper() + choice.words[word][1:],
        help=why,
    )
    return _into_link(name, picked or str(default))


def _ignore(*asked: str) -> None:
    st.session_state["_unknown"] = [*st.session_state.get("_unknown", []), *asked]


def ignored() -> list[str]:
    """What the link asked for and nobody knows; said once."""
    return list(st.session_state.pop("_unknown", []))
