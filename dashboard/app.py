"""The frame: finds the pages, takes one snapshot a run, hands each page its question, and says faults plainly."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, TypeVar

import streamlit as st

# Streamlit puts this folder first on the path; what is imported must be the package, from wherever it is started.
T = TypeVar("T")
_ICON = str(Path(__file__).with_name("icon.svg"))
_ROOT = str(Path(__file__).resolve().parent.parent)
if _ROOT not in sys.path:
    sys.path.insert(0, _ROOT)

from dashboard import initiative_record, journal, readings, settings, views  # noqa: E402
from dashboard.ask import Ask, dimensions_of, newest_telling  # noqa: E402
from dashboard.engine import Facts  # noqa: E402
from dashboard.kpis.options import Options  # noqa: E402
from dashboard.markers import Kind, Marker  # noqa: E402
from dashboard.scope import Grain, Period, Scope  # noqa: E402
from dashboard.widgets import frame, links, saved_views, scope_bar, style  # noqa: E402
from etl.errors import NoFactsError, SupportKpiError  # noqa: E402
from etl.settings import Home, Settings, load_settings  # noqa: E402


@st.cache_resource(max_entries=2, show_spinner=False)
def facts_of(folder: str, snapshot: str) -> Facts:  # noqa: ARG001 - the snapshot's name is what makes the key new
    """One open snapshot for all visitors; the one before stays until their runs are over."""
    return Facts.open(Home(folder))


# Answers are frozen, and tables are only read: they are shared between runs, not copied by pickling.
@st.cache_resource(max_entries=256, show_spinner=False)
def remembered(snapshot: str, key: str, _make: Callable[[], Any]) -> Any:  # noqa: ARG001
    """What was worked out for a snapshot; a new load has a new name, so nothing old is ever shown."""
    return _make()


def remember(snapshot: str, key: str, make: Callable[[], T]) -> T:
    """The memory a page is handed."""
    found: T = remembered(snapshot, key, make)
    return found


def current_facts(home: Home) -> Facts | None:
    """The snapshot that counts for this whole run, or None before the first load."""
    snapshot = home.current_snapshot()
    if snapshot is None:
        return None
    try:
        return facts_of(str(home.folder.resolve()), snapshot.name)
    except NoFactsError:
        return None


def ask_of(home: Home) -> Ask:
    """Draw the sidebar and gather the visitor's question."""
    chosen = load_settings(home)
    targets = settings.targets(home)
    facts = current_facts(home)
    zone = chosen.reporting.timezone
    options = Options(minutes=minutes_of(chosen))
    nothing = Period(None, None, Grain.ALL, zone)
    if facts is None:
        return Ask(None, None, chosen, Scope(), nothing, options, targets)
    horizon = remember(facts.name, f"horizon {zone}", lambda: readings.horizon(facts, zone))
    with st.sidebar:
        period = scope_bar.period(horizon, chosen.reporting, partial(newest_of, facts)) or nothing
        scope = scope_bar.scope(remember(facts.name, "dimensions", lambda: dimensions_of(facts)))
        options = scope_bar.counted(options, has_schedules=bool(chosen.schedules))
    return Ask(facts, horizon, chosen, scope, period, options, targets, remember, notes_of(home))


def notes_of(home: Home) -> tuple[Marker, ...]:
    """What people wrote that is marked on charts: their notes, and the days of initiatives."""
    book = journal.open(home)
    noted = [Marker(note.day, Kind.NOTE, note.text, note.kpi, note.begins_anew) for note in book.markers()]
    return (*noted, *initiative_record.marks(book))


def newest_of(facts: Facts, found: Mapping[str, Period]) -> str:
    """The period to open with, worked out once a snapshot."""
    name: str = remember(facts.name, f"newest {next(iter(found))}", lambda: newest_telling(facts, found))
    return name


def minutes_of(chosen: Settings) -> tuple[tuple[str, float, float, float], ...]:
    """The user's own minutes of investigation signals, as options hold them."""
    given = sorted(chosen.investigation_minutes.items())
    return tuple((name, minutes.low, minutes.likely, minutes.high) for name, minutes in given)


def found_views() -> list[ModuleType]:
    """Every page of ``dashboard.views``, in its own order; nothing is registered."""
    modules = [import_module(f"{views.__name__}.{module.name}") for module in iter_modules(views.__path__)]
    return sorted(modules, key=lambda view: view.ORDER)


def asked(home: Home) -> Ask | SupportKpiError:
    """The visitor's question, or why there is none."""
    try:
        return ask_of(home)
    except SupportKpiError as error:
        return error


def without_facts(home: Home) -> Ask:
    """The question of a page that is there to bring facts: what is loaded holds nothing that could be asked for."""
    chosen = load_settings(home)
    nothing = Period(None, None, Grain.ALL, chosen.reporting.timezone)
    return Ask(current_facts(home), None, chosen, Scope(), nothing, Options(), {}, remember)


@st.cache_resource(show_spinner=False)
def settled() -> None:
    """Once a process, when all is imported: what stands in memory stays, and is not looked through for garbage again.

    Else some run waits a tenth of a second for that now and then.
    """
    gc.collect()
    gc.freeze()


def show(view: ModuleType, question: Ask | SupportKpiError) -> None:
    """Draw one page; whatever is wrong is said in its place."""
    settled()
    try:
        if isinstance(question, NoFactsError) and getattr(view, "WITHOUT_FACTS", False):
            question = without_facts(Home())
        if isinstance(question, SupportKpiError):
            raise question
        unknown = scope_bar.ignored()
        view.render(question)
        if unknown:
            st.toast(f"The link asked for {', '.join(unknown)}, which is not in the data. It was ignored.")
    except NoFactsError as error:
        frame.heading(view.TITLE, view.QUESTION)
        if current_facts(Home()) is None:
            frame.empty()
        else:
            frame.fault(error)
    except SupportKpiError as error:
        frame.fault(error)


def main() -> None:
    """One run of the script."""
    st.set_page_config(page_title="supportkpi", page_icon=_ICON, layout="wide")
    style.apply()
    # Drawn here and not in a page: Streamlit forgets what was chosen in a page when another one opens.
    links.came_back()
    question = asked(Home())
    pages = {}
    for view in found_views():
        name = view.__name__.rpartition(".")[2]
        pages[name] = st.Page(
            partial(show, view, question),
            title=view.TITLE,
            icon=view.ICON,
            url_path=name,
            default=name == "overview",
            visibility="hidden" if getattr(view, "HIDDEN", False) else "visible",
        )
    st.session_state[links.PAGES] = pages
    opened = st.navigation(list(pages.values()), expanded=True)  # every page is one click away, whatever their number
    if isinstance(question, Ask) and question.facts is not None:
        with st.sidebar:
            saved_views.panel(question, opened.url_path or "overview", pages)
    opened.run()


if __name__ == "__main__":
    main()
