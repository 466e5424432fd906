"""Zendesk's business figures tie under the ticket's last schedule: from its files through the loader to `reconcile`."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from clock_oracle import Hours
from streamlit.testing.v1 import AppTest

from dashboard import cli
from etl.load import load
from etl.settings import Home

BEGAN, MOVED, SOLVED = datetime(2024, 3, 4, 8), datetime(2024, 3, 5, 10), datetime(2024, 3, 6, 11, 30)
DAY = 1440
OFFICES = {
    "71": Hours("71", "America/New_York", tuple((day * DAY + 480, day * DAY + 1080) for day in range(5))),
    "72": Hours("72", "Europe/Dublin", tuple((day * DAY + 540, day * DAY + 1020) for day in range(5))),
}


def walked(first: str, last: str) -> int:
    """Open minutes from the creation to the solve: under one schedule until the move, under another from then on."""
    instants = (BEGAN + timedelta(minutes=n) for n in range(int((SOLVED - BEGAN).total_seconds()) // 60))
    return sum(OFFICES[first if instant < MOVED else last].is_open(instant) for instant in instants)


def zulu(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """One ticket that came to New York and was solved by Dublin, as Zendesk measured it."""
    via = {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}}
    clocks = {"created_at": zulu(BEGAN), "updated_at": zulu(SOLVED)}
    people = {"requester_id": 5, "submitter_id": 5, "assignee_id": 4, "group_id": 2}
    ticket = {"id": 1, "subject": "Twice", "status": "solved", "via": via, "raw_subject": "Twice", **clocks, **people}
    times = {"calendar": int((SOLVED - BEGAN).total_seconds()) // 60, "business": walked("72", "72")}
    none = {"calendar": None, "business": None}
    names = ("reply", "first_resolution", "agent_wait", "requester_wait", "on_hold")
    metrics = {
        "id": 9, "ticket_id": 1, "group_stations": 1, "assignee_stations": 1, "solved_at": zulu(SOLVED), **clocks,
        "full_resolution_time_in_minutes": times, **{f"{name}_time_in_minutes": none for name in names},
    }  # fmt: skip
    rows = [
        f"{day * DAY + DAY + opens},{day * DAY + DAY + closes},{name},{zone}"  # Zendesk counts from Sunday
        for name, zone, opens, closes in (("71", "America/New_York", 480, 1080), ("72", "Europe/Dublin", 540, 1020))
        for day in range(5)
    ]
    header = "start_time,end_time,id,time_zone,start_time_utc"
    (tmp_path / "tickets.json").write_text(json.dumps({"tickets": [ticket]}), encoding="utf-8")
    (tmp_path / "metrics.json").write_text(json.dumps({"ticket_metrics": [metrics]}), encoding="utf-8")
    (tmp_path / "schedules.csv").write_text("\n".join([header, *(f"{row}," for row in rows)]) + "\n", encoding="utf-8")
    under = f"created_at,ticket_id,schedule_id\n{BEGAN},1,71\n{MOVED},1,72\n"
    (tmp_path / "ticket_schedules.csv").write_text(under, encoding="utf-8")
    made = Home(tmp_path / "home")
    report = load(made, sorted(tmp_path.glob("*.*")), timezone="UTC")
    assert {each.status for each in report.files} == {"loaded"}
    return made


def reconciled(home: Home, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    with pytest.raises(SystemExit) as left:
        cli.main(["--home", str(home.folder), "reconcile", "--vendor", "zendesk", "--format", "json", *words])
    said = capsys.readouterr()
    assert left.value.code in (0, None), said.err
    found: dict[str, Any] = next(
        each for each in json.loads(said.out) if each["definition"] == "full_resolution_time_business"
    )
    return found


def test_business_hours_tie_under_the_last_schedule_and_not_under_every_one(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    last, every = walked("72", "72"), walked("71", "72")
    assert last != every
    found = reconciled(home, capsys)
    assert (found["agree"], found["ours_mean"], found["reasons"]) == (1, last, "")
    assert found["label"] == "Full resolution time, business hours, last schedule only"
    assert reconciled(home, capsys, "--schedules", "last") == found
    found = reconciled(home, capsys, "--schedules", "every")
    assert (found["agree"], found["theirs_mean"], found["ours_mean"]) == (0, last, every)
    assert found["reasons"] == "schedule: 1"


def test_the_page_offers_both_rules(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPPORTKPI_HOME", str(home.folder))
    app = AppTest.from_string(_PAGE, default_timeout=120)
    app.session_state["reconciled"] = "All that is loaded"
    told = {}
    for rule in ("As the help desk counts", "Every schedule", "Last schedule only"):
        app.session_state["schedules"] = rule
        assert not app.run().exception
        rows = app.dataframe[0].value.set_index("Figure")["Agree"]
        told[rule] = {name: share for name, share in rows.items() if "business hours" in name}
    tied = {"Full resolution time, business hours, last schedule only": "100 %"}
    assert told["As the help desk counts"] == told["Last schedule only"] == tied
    assert told["Every schedule"] == {"Full resolution time, business hours": "0 %"}


_PAGE = """
from etl.settings import Home
import dashboard.app as app
import dashboard.views.reconciliation as page
app.show(page, app.asked(Home()))
"""


def test_a_rule_of_schedules_nobody_knows_is_refused(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["--home", str(home.folder), "reconcile", "--schedules", "first"])
    assert left.value.code == 2
    assert "no rule of schedules 'first'" in capsys.readouterr().err
