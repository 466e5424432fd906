"""The command line is a contract: words in, exit code and output out."""

from __future__ import annotations

import csv
import gc
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dashboard import cli, engine, kpis
from dashboard.commands import running
from etl.settings import Home

GOLDEN = Path(__file__).parent / "golden"


class Answer(NamedTuple):
    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Answer]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def one(*words: object, home: Home | None = None) -> Answer:
        with pytest.raises(SystemExit) as left:
            cli.main([*(["--home", str(home.folder)] if home else []), *map(str, words)])
        captured = capsys.readouterr()
        engine._engine.cache_clear()  # each command is a process of its own: what it opened ends with it
        gc.collect()
        return Answer(int(left.value.code or 0), captured.out, captured.err)

    return one


@pytest.fixture
def empty(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


KEYS = "kpi label period_start period_end group n value low high unit direction target verdict definition as_of reason"


def test_read_as_json_has_every_key_of_the_contract(run: Run, golden_home: Home) -> None:
    found = run("read", "csat", "mttr", "--format", "json", home=golden_home)
    assert found.code == 0
    readings = found.json()
    assert [reading["kpi"] for reading in readings] == ["csat", "mttr"]
    assert set(KEYS.split()) <= set(readings[0])
    csat = readings[0]
    # 116 ratings sent, of which every third (i % 3 == 0) went unanswered: 76 answers; four of them 2 stars.
    assert (csat["n"], csat["value"], csat["unit"]) == (76, pytest.approx(72 / 76), "fraction")
    assert (csat["group"], csat["target"], csat["direction"]) == ({}, 0.95, "up")
    assert (csat["period_start"], csat["period_end"]) == ("2025-01-06", "2025-03-03")
    assert csat["as_of"] == "2025-03-02T06:00:00Z"


def test_a_reading_that_is_none_says_why(run: Run, golden_home: Home) -> None:
    (nps,) = run("read", "nps", "--format", "json", home=golden_home).json()
    assert nps["value"] is None
    assert "NPS" in nps["reason"]
    assert nps["interval"] is None


def test_grain_group_and_filter(run: Run, golden_home: Home) -> None:
    words = (
        "--from",
        "2025-02-01",
        "--to",
        "2025-03-01",
        "--grain",
        "week",
        "--by",
        "team",
        "--where",
        "priority=high",
    )
    found = run("read", "mttr", *words, "--format", "csv", home=golden_home)
    rows = list(csv.DictReader(io.StringIO(found.out)))
    assert {row["team"] for row in rows} == {"'=Billing"}  # every fourth ticket is high, and those are all of Billing
    assert [row["period_start"] for row in rows] == [
        "2025-02-01",
        "2025-02-03",
        "2025-02-10",
        "2025-02-17",
        "2025-02-24",
    ]
    assert rows[0]["complete"] == "false"  # Saturday and Sunday only
    assert rows[0]["filters"] == "priority: high"


def test_an_option_changes_the_count_and_is_written_beside_it(run: Run, golden_home: Home) -> None:
    words = ("read", "reopen_rate", "--option", "reopen_days=30", "--format", "json")
    (reading,) = run(*words, home=golden_home).json()
    assert reading["filters"] == "reopen_days=30"
    assert "30 days" in reading["definition"]


def test_the_table_says_it_in_words(run: Run, golden_home: Home) -> None:
    found = run("read", "csat", home=golden_home)
    assert "94.7 %" in found.out
    assert "≈ too close to call" in found.out


def test_tickets_are_those_behind_the_reading(run: Run, golden_home: Home) -> None:
    dates = ("--from", "2025-02-01", "--to", "2025-02-08")
    (reading,) = run("read", "mttr", *dates, "--format", "json", home=golden_home).json()
    tickets = run("tickets", "mttr", *dates, "--format", "json", home=golden_home).json()
    assert len(tickets) == reading["n"]
    assert sum(ticket["value"] for ticket in tickets) / len(tickets) == pytest.approx(reading["value"])
    assert all(ticket["resolved_at"].endswith("Z") for ticket in tickets)


def test_kpis_lists_all_of_them(run: Run) -> None:
    listed = run("kpis", "--format", "json").json()
    assert [kpi["kpi"] for kpi in listed] == list(kpis.catalogue())
    assert all(kpi["owner"] and kpi["needs"] for kpi in listed)
    csat = next(kpi for kpi in listed if kpi["kpi"] == "csat")
    assert (csat["target_above"], csat["because"]) == (0.95, "role sheet, VP of Customer Support")
    assert "knowledge management" in run("kpis").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("read cast", "Did you mean 'csat'?"),
        ("read csat --where team=Integration", "Did you mean 'Integrations'?"),
        ("read csat --where team", "--where NAME=VALUE"),
        ("read csat --by regon", "Did you mean 'region'?"),
        ("read csat --option clok=business", "Did you mean 'clock'?"),
        ("read csat --from 2025-13-01", "2016-03-01"),
        ("read csat --from 2025-02-01 --to 2025-02-01", "the day after the last one"),
        ("read csat --grain year", "quarter"),
        ("read", "Missing argument"),
        ("raed csat", "raed"),
        ("tickets csat --limit 0", "limit"),
        ("export board --period 2025 --out b.csv", "2016-Q1"),
        ("export board --period 2025-02 --out b.xyz", ".csv"),
        ("load nowhere.csv", "nowhere.csv"),
        ("load --source zendsk tests", "Did you mean 'zendesk'?"),
        ("load --timezone Dublin tests", "Europe/Dublin"),
        ("unload 99", "There are: 1, 2."),
    ],
)
def test_a_wrong_question_is_two_and_names_what_would_be_right(
    run: Run, golden_home: Home, words: str, said: str
) -> None:
    found = run(*words.split(), home=golden_home)
    assert found.code == 2
    assert said in found.err
    assert "Traceback" not in found.err
    assert found.out == ""


def test_a_dimension_nobody_loaded_says_which_feed_brings_it(run: Run, golden_home: Home) -> None:
    for words in (("--by", "account_tier"), ("--where", "account_tier=gold")):
        found = run("read", "csat", *words, home=golden_home)
        assert found.code == 1
        assert "organisations with their tier" in found.err


@pytest.mark.parametrize("words", ["read csat", "tickets csat", "export board --period 2025-02 --out b.csv", "check"])
def test_before_the_first_load_everything_says_what_to_do(run: Run, empty: Home, words: str) -> None:
    found = run(*words.split(), home=empty)
    assert found.code == 1
    assert "supportkpi load FILE" in found.out + found.err


def test_load_then_loads_then_unload(run: Run, empty: Home) -> None:
    shutil.copytree(GOLDEN / "home", empty.folder)
    first = run("load", GOLDEN / "exports", "--json", home=empty)
    assert first.code == 0
    by_name = {file["name"].rpartition("/")[2]: file for file in first.json()["files"]}
    desk = by_name["desk.csv"]
    assert (desk["rows_read"], desk["rows_accepted"], desk["rows_quarantined"]) == (122, 121, 1)
    assert sum(desk["by_reason"].values()) == 1
    assert [word["word"] for word in desk["unmapped"]] == ["Whenever"]

    again = run("load", GOLDEN / "exports", home=empty)
    assert again.code == 0
    assert "unchanged" in again.out

    listed = run("loads", "--format", "json", home=empty).json()
    assert [each["load_id"] for each in listed] == [1, 2]
    ratings = next(each["load_id"] for each in listed if "ratings" in each["file_name"])
    assert run("unload", ratings, home=empty).code == 0
    (csat,) = run("read", "csat", "--format", "json", home=empty).json()
    assert csat["value"] is None
    assert "desk" in run("loads", home=empty).out


def test_a_program_that_starts_a_load_reads_its_steps_line_by_line(run: Run, empty: Home) -> None:
    shutil.copytree(GOLDEN / "home", empty.folder)
    found = run("load", GOLDEN / "exports", "--progress", "json", home=empty)
    *steps, last = [json.loads(line) for line in found.out.splitlines()]
    assert [(each["event"], each["file"], each["step"], each.get("rows")) for each in steps] == [
        ("step", "desk.csv", "reading", None),
        ("step", "desk.csv", "understanding", 122),
        ("step", "desk.csv", "checking", 122),
        ("step", "ratings.csv", "reading", None),
        ("step", "ratings.csv", "understanding", 116),
        ("step", "ratings.csv", "checking", 116),
        ("step", "", "publishing", None),
    ]
    fractions = [each["fraction"] for each in steps]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[3], fractions[-1]) == (0.0, 0.45, 0.9)
    assert last["event"] == "report"
    assert [each["status"] for each in last["report"]["files"]] == ["loaded", "loaded"]


BARE = "Number,Subject,State,Urgency,Team,Customer,Opened,Solved\n1,x,Open,1,A,b,03/04/2025 09:00,\n"


@pytest.fixture
def bare(empty: Home, tmp_path: Path) -> Path:
    """A ticket whose clock says no zone and whose date can be read two ways, and a home that declares neither."""
    shutil.copytree(GOLDEN / "home", empty.folder)
    (empty.folder / "supportkpi.toml").write_text('[reporting]\ntimezone = "Europe/Dublin"\n')
    path = tmp_path / "bare.csv"
    path.write_text(BARE)
    mapping = empty.mappings / "desk.toml"
    mapping.write_text("\n".join(line for line in mapping.read_text().splitlines() if not line.startswith("formats")))
    return path


def test_what_a_file_does_not_tell_is_refused_where_nobody_can_be_asked(run: Run, empty: Home, bare: Path) -> None:
    found = run("load", bare, "--json", home=empty)
    assert found.code == 1
    assert found.json()["files"][0]["error"]["needs"] == "date_order"
    found = run("load", bare, "--json", "--date-order", "day-first", home=empty)
    assert found.json()["files"][0]["error"]["needs"] == "timezone"
    found = run("load", bare, "--json", "--date-order", "day-first", "--timezone", "UTC", home=empty)
    assert found.code == 0


def test_what_a_file_does_not_tell_is_asked_at_a_terminal(
    run: Run, empty: Home, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["month-first", "Dublin", "Europe/Dublin"])
    asked: list[tuple[str, str | None]] = []

    def prompt(question: str, *, default: str | None, err: bool) -> str:
        asked.append((question, default))
        return next(answers)

    monkeypatch.setattr("dashboard.commands.loading.at_terminal", lambda: True)
    monkeypatch.setattr("typer.prompt", prompt)
    found = run("load", bare, home=empty)
    assert found.code == 0, found.out + found.err
    zone = "Whose clocks are they? Time zone"
    assert asked == [("day-first or month-first", None), (zone, "Europe/Dublin"), (zone, "Europe/Dublin")]
    assert "Did you mean 'Europe/Dublin'?" in found.err
    assert run("loads", "--format", "json", home=empty).json()[0]["timezone"] == "Europe/Dublin"


def test_explain_says_whose_a_file_is_and_loads_nothing(run: Run, empty: Home, tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / "home", empty.folder)
    found = run("load", "--explain", GOLDEN / "exports" / "desk.csv", home=empty)
    assert found.code == 0
    assert "desk.csv: desk, by Number" in found.out
    odd = tmp_path / "odd.csv"
    odd.write_text("Number,Subject,State\n1,x,Open\n")
    found = run("load", "--explain", "--json", odd, home=empty)
    assert found.code == 1
    (file,) = found.json()
    assert "Nobody recognises the columns" in file["error"]["title"]
    assert not empty.work_file.exists()


def test_a_refused_file_is_one_and_the_good_one_beside_it_stays(run: Run, empty: Home, tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / "home", empty.folder)
    fake = tmp_path / "report.csv"
    fake.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj")
    found = run("load", GOLDEN / "exports" / "desk.csv", fake, home=empty)
    assert found.code == 1
    assert "1 of 2 files loaded" in found.out
    (reading,) = run("read", "tickets_created", "--format", "json", home=empty).json()
    assert reading["value"] == 121


def test_check_passes_on_sound_facts_and_fails_on_a_wrong_target(run: Run, golden_home: Home, tmp_path: Path) -> None:
    found = run("check", "--format", "json", home=golden_home)
    assert found.code == 0
    assert all(finding["passed"] for finding in found.json())

    folder = tmp_path / "home"
    shutil.copytree(golden_home.folder, folder)
    (folder / "targets.toml").write_text("[csta]\nabove = 0.9\n")
    found = run("check", home=Home(folder))
    assert found.code == 1
    assert "Did you mean 'csat'?" in found.out


def test_init_writes_both_files_once_and_they_are_valid(run: Run, empty: Home) -> None:
    assert run("init", home=empty).code == 0
    assert run("check", home=empty).out.count("✓") == 3  # settings, targets, mappings; no facts yet
    empty.targets_file.write_text("# mine\n")
    assert "left as it is" in run("init", home=empty).out
    assert empty.targets_file.read_text() == "# mine\n"


@pytest.mark.parametrize("name", running.STARTERS)
def test_every_line_that_init_leaves_switched_off_is_right_when_switched_on(run: Run, empty: Home, name: str) -> None:
    run("init", home=empty)
    place = empty.folder / name
    lines = place.read_text(encoding="utf-8").splitlines()
    place.write_text("\n".join(line.removeprefix("# ") if _is_setting(line) else line for line in lines))
    found = run("check", home=empty)
    assert "✕" not in found.out.replace("snapshot", "").partition("There is nothing")[0].rpartition("\n")[0], found.out


def _is_setting(line: str) -> bool:
    text = line.removeprefix("# ")
    return line.startswith("# ") and (text.startswith(("[", '"')) or " = " in text.partition('"')[0])


def test_home_may_stand_anywhere_and_in_the_environment(
    run: Run, golden_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(golden_home.folder)
    assert run("loads", "--home", folder).code == 0
    assert run("loads", f"--home={folder}", "--format", "json").json()
    monkeypatch.setenv("SUPPORTKPI_HOME", folder)
    assert "desk" in run("loads").out


def test_version_and_help_start_without_the_heavy_libraries() -> None:
    script = (
        "import sys\nfrom dashboard import cli\n"
        "try:\n    cli.main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'pandas', 'duckdb', 'streamlit', 'plotly', 'scipy', 'sqlalchemy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)


def test_an_error_of_ours_shows_no_traceback_and_asks_for_a_report(
    run: Run, golden_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("something")

    monkeypatch.setattr("dashboard.readings.read", broken)
    found = run("read", "csat", home=golden_home)
    assert found.code == 1
    assert "SUPPORTKPI_DEBUG=1" in found.err
    assert "Traceback" not in found.err


def test_serve_says_when_the_port_is_taken(run: Run, golden_home: Home) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = run("serve", "--port", port, home=golden_home)
    assert found.code == 1
    assert f"--port {port + 1}" in found.err


def test_serve_starts_the_dashboard_on_the_home_asked_for(
    run: Run, golden_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Any] = []
    monkeypatch.setattr("os.execve", lambda *words: started.append(words))
    monkeypatch.setattr("subprocess.call", lambda *words, **_: 0)
    run("serve", "--port", 8599, home=golden_home)
    command, environment = started[0][1], started[0][2]
    assert "--server.address=127.0.0.1" in command
    assert "--server.port=8599" in command
    assert "--browser.gatherUsageStats=false" in command
    assert environment["SUPPORTKPI_HOME"] == str(golden_home.folder.resolve())


UNDATED = """
name = "slips"
shape = "survey"
[columns]
survey_id = "slip"
score = "stars"
[survey]
kind = "csat"
lowest = 1
highest = 5
higher_is_better = true
"""


def test_answers_without_a_date_are_read_over_all_time_and_in_no_month(run: Run, empty: Home, tmp_path: Path) -> None:
    slips, mapping = tmp_path / "slips.csv", tmp_path / "slips.toml"
    slips.write_text("slip,stars\n1,5\n2,4\n3,1\n")
    mapping.write_text(UNDATED)
    assert run("load", slips, "--mapping", mapping, home=empty).code == 0
    (csat,) = run("read", "csat", "--format", "json", home=empty).json()
    assert (csat["n"], csat["value"], csat["as_of"]) == (3, pytest.approx((1 + 1 + 0) / 3), None)
    months = run("read", "csat", "--grain", "month", home=empty)
    assert months.code == 1
    assert "Nothing that is loaded has a date." in months.err
