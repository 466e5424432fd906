"""Every page renders on facts and on an empty home; scope, period and hostile text behave."""

from __future__ import annotations

import io
import os
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pandas as pd
import pytest
import told
from sqlalchemy import create_engine, select
from streamlit.testing.v1 import AppTest
from world import World

from dashboard import charts, kpis, views, wording
from dashboard.ask import choices, code, fields_of, grain_of, newest_telling, trend_periods
from dashboard.engine import Facts
from dashboard.exports.cells import FORMULA_STARTS
from dashboard.palette import DARK, LIGHT, Palette
from dashboard.readings import Horizon, read
from dashboard.scope import Grain, Period, Scope, latest_whole
from dashboard.widgets import exhibit
from etl.settings import Home
from etl.tables import ticket, worklog
from tests.browser import tiny_home

APP = Path(charts.__file__).with_name("app.py")
VIEWS = sorted(module.name for module in iter_modules(views.__path__))


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_home.build(tmp_path_factory.mktemp("home")).folder


@pytest.fixture
def at_home(home: Path) -> Iterator[None]:
    yield from _pointing_at(home)


@pytest.fixture
def at_empty(tmp_path: Path) -> Iterator[None]:
    yield from _pointing_at(tmp_path)


def _pointing_at(folder: Path) -> Iterator[None]:
    before = os.environ.get("SUPPORTKPI_HOME")
    os.environ["SUPPORTKPI_HOME"] = str(folder)
    yield
    os.environ.pop("SUPPORTKPI_HOME")
    if before is not None:
        os.environ["SUPPORTKPI_HOME"] = before


def page(view: str, **query: Any) -> AppTest:
    """Render one page as its link would, without the navigation that only a browser has."""
    app = AppTest.from_string(_ONE_PAGE.format(view=view), default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


_ONE_PAGE = """
from importlib import import_module
from etl.settings import Home
import dashboard.app as app
app.show(import_module("dashboard.views.{view}"), app.asked(Home()))
"""


def text_of(app: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in app.get("html"))


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.usefixtures("at_home")
def test_every_page_renders_on_facts(view: str) -> None:
    app = page(view)
    assert not app.exception
    assert "kpi-page" in text_of(app)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.usefixtures("at_empty")
def test_every_page_renders_on_an_empty_home(view: str) -> None:
    app = page(view)
    assert not app.exception
    words = text_of(app)
    assert ("Nothing is loaded yet" in words) != (view in ("definitions", "targets"))


@pytest.mark.usefixtures("at_home")
def test_the_frame_runs_with_navigation_and_links() -> None:
    app = AppTest.from_file(str(APP), default_timeout=120).run()
    assert not app.exception
    assert len(app.get("page_link")) == 6  # five figures with tickets (no NPS, no repeat incidents), and the foot


@pytest.mark.usefixtures("at_home")
def test_the_overview_shows_seven_cards_and_says_which_feed_is_missing() -> None:
    words = text_of(page("overview"))
    labels = [kpi.label for kpi in kpis.headlines()]
    assert len(labels) == 7
    assert [label for label in labels if f'<div class="label">{label}' not in words] == []
    assert f"Needs {kpis.catalogue()['nps'].needs}." in words  # the tiny home has no NPS answers
    assert "assumed" in words


@pytest.mark.usefixtures("at_home")
def test_the_overview_says_what_changed_what_to_decide_and_how_often_chance_cries() -> None:
    words = text_of(page("overview", period="2026-05"))
    for part in ("Really changed", "Needs a decision", "Why did it move?", "to be expected by chance alone"):
        assert part in words, part
    # tickets differ by nothing but chance in the tiny home
    assert "Nothing moved beyond normal variation." in words


@pytest.mark.parametrize("view", ["speed", "resolution", "satisfaction"])
@pytest.mark.usefixtures("at_home")
def test_every_trend_says_what_it_shows_and_every_page_of_kpis_why(view: str) -> None:
    words = text_of(page(view, period="2026-05"))
    assert "Stable: nothing beyond normal variation in 11 months." in words
    assert "Why did it move?" in words
    assert "to be expected by chance alone" in words


@pytest.mark.usefixtures("at_home")
def test_the_running_month_is_told_where_it_will_end_and_not_judged() -> None:
    words = text_of(page("overview", period="2026-06"))
    assert "So far: not compared, not judged. Likely to end at " in words
    assert "This period is not over: nothing is compared with it." in words
    assert words.count("This period is not over: nothing is judged yet.") == 2


@pytest.mark.usefixtures("at_home")
def test_the_slowest_tenth_stands_on_speed() -> None:
    assert "The slowest tenth of tickets (" in text_of(page("speed", period="2026-05"))


@pytest.mark.usefixtures("at_home")
def test_the_investigation_tax_says_what_it_rests_on() -> None:
    words = text_of(page("investigation_tax", period="2026-05"))
    for part in (
        "The minutes are assumed, not measured",
        "needs time tracking",  # no share of handled time without
        "needs hours and heads",  # no full-time agents
        "per_agent_hour under [cost]",  # no money
        "this is association, not cause",
    ):
        assert part in words, part


def test_an_export_of_assignments_alone_has_no_investigation_tax_and_says_what_it_takes(tmp_path: Path) -> None:
    home = tiny_home.build(tmp_path / "home", name="facts-assigned.duckdb", tickets=500)
    engine = create_engine(f"duckdb:///{home.current_snapshot()}")
    with engine.begin() as connection:
        signals = [column for column in ticket.c if column.name.startswith("signal_") or column.name == "words_reread"]
        connection.execute(ticket.update().values(dict.fromkeys(signals)))
    engine.dispose()
    for _ in _pointing_at(home.folder):
        app = page("investigation_tax", period="2026-05")
        assert not app.exception
        words = text_of(app)
        assert "There is no investigation tax to read" in words
        assert "messages in the ticket history" in words
        assert "hours of agents" not in words


def test_with_time_tracking_the_investigation_tax_is_calibrated(tmp_path: Path) -> None:
    """Two hundred tickets with a worklog: the minutes are fitted, and the share of tracked time has a value."""
    home = tiny_home.build(tmp_path / "home", name="facts-tracked.duckdb", tickets=1500)
    engine = create_engine(f"duckdb:///{home.current_snapshot()}")
    with engine.begin() as connection:
        counted = select(ticket.c.ticket_id).where(
            ticket.c.signal_history.is_not(None), ticket.c.resolved_at.is_not(None)
        )
        names = [name for (name,) in connection.execute(counted.order_by(ticket.c.ticket_id).limit(260))]
        rows = [{"ticket_id": name, "minutes": 10.0 + place % 40, "load_id": 1} for place, name in enumerate(names)]
        connection.execute(worklog.insert(), rows)
    engine.dispose()
    for _ in _pointing_at(home.folder):
        app = page("investigation_tax", period="2026-05")
        assert not app.exception
        words = text_of(app)
        for part in (
            "tickets with time tracking (95 %:",
            ">calibrated<",
            "times the minutes assumed",
            "Calibrated minutes",
        ):
            assert part in words, part
        assert "assumed, not measured" not in words


@pytest.mark.usefixtures("at_home")
def test_a_pasted_link_shows_the_same_page() -> None:
    app = page("overview", period="2026-W10", team="Billing")
    words = text_of(app)
    assert "2–8 Mar 2026 (week 10)" in words
    assert "team: Billing" in words
    assert app.query_params["period"] == "2026-W10"


@pytest.mark.usefixtures("at_home")
def test_unknown_values_of_a_link_are_ignored_and_said() -> None:
    app = page("overview", period="1999-13", team="Nobody")
    assert not app.exception
    assert "all tickets" in text_of(app)
    (note,) = app.toast
    assert "team 'Nobody'" in note.value
    assert "period '1999-13'" in note.value


@pytest.mark.usefixtures("at_home")
def test_text_from_customers_is_never_markup() -> None:
    for view in VIEWS:
        words = text_of(page(view, kpi="csat"))
        assert "<script>" not in words, view
        assert "<img" not in words, view
    assert "&lt;script&gt;" in text_of(page("satisfaction"))


@pytest.mark.usefixtures("at_home")
def test_the_tickets_behind_a_number_are_as_many_as_its_n() -> None:
    app = page("tickets", kpi="mttr", period="2026-04", group="team:Billing")
    (rows,) = app.dataframe
    assert f"Mean time to resolve: {len(rows.value):,} tickets, team: Billing" in text_of(app)
    assert set(rows.value["Team"]) == {"Billing"}


@pytest.mark.usefixtures("at_home")
def test_a_list_says_the_status_in_words_and_takes_no_part_where_no_ticket_stands() -> None:
    assert wording.ticket_status("waiting_other") == "waiting for others"
    told = exhibit._plain(pd.DataFrame({"status": ["open", "waiting_customer", None]}))
    assert list(told["Status"]) == ["open", "waiting for the customer", ""]
    asked = page("tickets", kpi="tickets_per_agent_day", period="2026-04", part="monday-09")
    assert "Monday" not in text_of(asked)


@pytest.mark.usefixtures("at_home")
def test_a_kpi_nobody_knows_is_answered_with_the_choice() -> None:
    app = page("tickets", kpi="<b>x</b>")
    assert not app.exception
    assert "which is no KPI here" in text_of(app)


def test_a_broken_settings_file_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "supportkpi.toml").write_text("[reporting]\ntimezon = 'UTC'\n", encoding="utf-8")
    for _ in _pointing_at(tmp_path):
        app = page("overview")
        assert not app.exception
        assert "Did you mean &#x27;timezone&#x27;?" in text_of(app)


def test_csv_cells_never_run_as_formulas() -> None:
    frame = pd.DataFrame({"=subject": ["=1+1", "@x", "-2", "plain", None], "n": [1, 2, -3, 4, 5]})
    content = exhibit.csv(frame)
    assert content.startswith(b"\xef\xbb\xbf")
    read = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    assert not [text for text in [*read.columns, *read.iloc[:, 0]] if text.startswith(FORMULA_STARTS)]
    assert list(read["n"]) == ["1", "2", "-3", "4", "5"]  # numbers stay numbers


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_colour_of_text_has_enough_contrast(colours: Palette) -> None:
    for name in ("ink", "muted", "accent", "second", "third", "target", "meets", "misses", "close"):
        assert contrast(getattr(colours, name), colours.paper) >= 4.5, name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_filled_button_and_links_have_enough_contrast(scheme: str) -> None:
    """White words on the primary colour; the colour itself beside the page's ground (WCAG 2.2, 1.4.3 and 1.4.11)."""
    theme = tomllib.loads((APP.parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"][scheme]
    assert contrast(theme["primaryColor"], "#ffffff") >= 4.5
    assert contrast(theme["primaryColor"], theme["backgroundColor"]) >= 3
    assert contrast(theme["linkColor"], theme["backgroundColor"]) >= 4.5


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2, relative luminance)."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("grain", [Grain.WEEK, Grain.MONTH, Grain.QUARTER])
@pytest.mark.parametrize("week_start", ["monday", "sunday"])
def test_the_code_of_a_period_is_its_own(grain: Grain, week_start: str) -> None:
    day = pd.Timestamp("2026-06-24").date()
    periods = latest_whole(day, grain, 60, "UTC", week_start)
    codes = [code(period) for period in periods]
    assert len(set(codes)) == 60
    assert {grain_of(text) for text in codes} == {grain}


def test_a_team_called_none_is_another_mark_than_no_team() -> None:
    one = told.reading("fcr", 0.7, 400, told.month(0))
    named, nobody = (replace(one, group=(("team", team),)) for team in ("None", None))
    assert charts.code_of(named) != charts.code_of(nobody)


def test_a_trend_is_thirteen_whole_periods_and_the_running_one() -> None:
    first, until = pd.Timestamp("2025-01-01").date(), pd.Timestamp("2026-06-24").date()
    horizon = Horizon(first, until, pd.Timestamp("2026-06-24 12:00").to_pydatetime())
    may = Period(pd.Timestamp("2026-05-01").date(), pd.Timestamp("2026-06-01").date(), Grain.MONTH)
    line = trend_periods(may, horizon)
    assert [code(period) for period in line] == [
        *(f"2025-{m:02d}" for m in range(5, 13)),
        *(f"2026-{m:02d}" for m in range(1, 7)),
    ]
    assert [period.whole for period in line] == [True] * 13 + [False]


def test_the_fields_of_a_kpi_are_read_off_its_definition() -> None:
    assert {"public_replies", "days_to_next_contact", "first_resolved_at"} <= fields_of(kpis.catalogue()["fcr"])
    assert "score" not in fields_of(kpis.catalogue()["csat"])  # a survey's field is not a ticket's


def test_a_running_period_that_can_only_look_like_a_collapse_is_not_drawn(home: Path) -> None:
    facts = Facts.open(Home(home))
    days = [pd.Timestamp(day).date() for day in ("2026-05-01", "2026-06-01", "2026-07-01")]
    may, june = (Period(*days[place : place + 2], Grain.MONTH, whole=place == 0) for place in (0, 1))
    drawn = {}
    for name in ("tickets_created", "backlog", "mttr"):
        line = read(facts, kpis.named([name]), Scope(), [may, june])
        drawn[name] = [reading.period for reading in charts.drawn(line)]
    assert drawn == {"tickets_created": [may], "backlog": [may, june], "mttr": [may, june]}


def test_labels_of_charts_hold_no_markup() -> None:
    assert charts.safe("<a href='x'>y</a>") == "&lt;a href='x'&gt;y&lt;/a&gt;"


def test_the_dashboard_opens_with_a_period_that_was_lived_in(tmp_path: Path) -> None:
    world = World("duckdb", tmp_path)
    for month, tickets in ((3, 400), (4, 41), (5, 39), (6, 31)):  # a tenth of the busiest month is 40
        for _ in range(tickets):
            world.add("ticket", resolved_at=datetime(2016, month, 10))
    found = choices(Horizon(date(2016, 1, 1), date(2016, 7, 9), None), Grain.MONTH, "UTC", "monday")
    assert newest_telling(world.facts(), found) == "2016-04"


@pytest.mark.parametrize(("of_april", "opens"), [(9, "2016-03"), (10, "2016-04")])
def test_it_opens_before_the_months_in_which_an_export_only_resolves(of_april: int, opens: str, tmp_path: Path) -> None:
    """100 tickets came in March: 40 were done at once, 30 in April, 30 in May, when none came any more."""
    world = World("duckdb", tmp_path)
    for place, (came, done) in enumerate([(3, 3)] * 40 + [(3, 4)] * 30 + [(3, 5)] * 30 + [(4, 5)] * of_april):
        created, resolved = datetime(2016, came, 10), datetime(2016, done, 11)
        world.add("ticket", ticket_id=f"t{place}", created_at=created, resolved_at=resolved)
    found = choices(Horizon(date(2016, 1, 1), date(2016, 6, 9), None), Grain.MONTH, "UTC", "monday")
    assert newest_telling(world.facts(), found) == opens


def test_without_such_a_period_it_opens_with_the_newest_complete_one(tmp_path: Path) -> None:
    world = World("duckdb", tmp_path)
    world.add("ticket", resolved_at=datetime(2016, 3, 10))
    found = choices(Horizon(date(2016, 1, 1), date(2016, 7, 9), None), Grain.MONTH, "UTC", "monday")
    assert newest_telling(world.facts(), found) == "2016-06"
