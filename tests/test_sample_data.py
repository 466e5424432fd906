"""The sample data: small, the same on every run, and saying what ``answers.toml`` says it says."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
import tomllib
import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import sample_data
from sample_data import generate

DUBLIN = ZoneInfo("Europe/Dublin")
EXPORTS = sample_data.EXPORTS


@pytest.fixture(scope="session")
def answers() -> dict[str, Any]:
    return tomllib.loads(sample_data.ANSWERS.read_text(encoding="utf-8"))


def pages(archive: str, key: str) -> list[dict[str, Any]]:
    """All records of an archive of API pages."""
    records = []
    with zipfile.ZipFile(EXPORTS / archive) as opened:
        for name in opened.namelist():
            records += json.loads(opened.read(name))[key]
    return records


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file, gzipped or not."""
    content = (EXPORTS / name).read_bytes()
    text = (gzip.decompress(content) if name.endswith(".gz") else content).decode()
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="session")
def tickets() -> list[dict[str, Any]]:
    return pages("04_zendesk_tickets.zip", "tickets")


@pytest.fixture(scope="session")
def audits() -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for audit in pages("05_zendesk_ticket_audits.zip", "audits"):
        found.setdefault(audit["ticket_id"], []).append(audit)
    return found


@pytest.fixture(scope="session")
def counted(tickets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tickets that count: not deleted, not merged, not by a tester of the company's own domain."""
    users = json.loads(gzip.decompress((EXPORTS / "01_zendesk_users.json.gz").read_bytes()))["users"]
    testers = {user["id"] for user in users if user["email"].endswith("@quillmark.example")}
    return [
        ticket
        for ticket in tickets
        if ticket["status"] != "deleted"
        and "closed_by_merge" not in ticket["tags"]
        and ticket["requester_id"] not in testers
    ]


def month(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(DUBLIN).strftime("%Y-%m")


def changes(audit: dict[str, Any], field: str) -> list[tuple[Any, Any]]:
    return [
        (event["previous_value"], event["value"])
        for event in audit["events"]
        if event["type"] == "Change" and event["field_name"] == field
    ]


def test_all_of_it_is_small() -> None:
    files = [path for path in Path(sample_data.__file__).parent.rglob("*") if "__pycache__" not in path.parts]
    assert sum(path.stat().st_size for path in files if path.is_file()) < 6_000_000


def test_generating_again_gives_the_same(tmp_path: Path) -> None:
    made = generate.everything()
    archives = {name.split("/")[0] for name in made if "/" in name}
    kept: dict[str, str] = {"answers.toml": sample_data.ANSWERS.read_text(encoding="utf-8")}
    for path in EXPORTS.iterdir():
        if path.name in archives:
            with zipfile.ZipFile(path) as opened:
                kept |= {f"{path.name}/{name}": opened.read(name).decode() for name in opened.namelist()}
        else:
            content = path.read_bytes()
            kept[path.name] = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    assert sorted(made) == sorted(kept)
    assert [name for name in made if made[name] != kept[name]] == []
    generate.write(tmp_path / "one", made)
    generate.write(tmp_path / "two", made)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_everything_lies_in_the_eighteen_months(
    tickets: list[dict[str, Any]], audits: dict[int, list[dict[str, Any]]]
) -> None:
    assert min(ticket["created_at"] for ticket in tickets) >= "2024-05-01T00:00:00Z"
    assert max(ticket["created_at"] for ticket in tickets) < "2025-11-10T00:00:00Z"
    assert max(audit["created_at"] for history in audits.values() for audit in history) == "2025-11-10T00:02:00Z"


def test_each_history_ends_in_the_state_of_its_ticket(
    tickets: list[dict[str, Any]], audits: dict[int, list[dict[str, Any]]]
) -> None:
    assert {ticket["id"] for ticket in tickets} == set(audits)
    for ticket in tickets:
        history = audits[ticket["id"]]
        assert [audit["created_at"] for audit in history] == sorted(audit["created_at"] for audit in history)
        status, group, owner = "new", None, None
        for event in (event for audit in history for event in audit["events"]):
            if event.get("field_name") == "status":
                assert event.get("previous_value", status) == status
                status = event["value"]
            elif event.get("field_name") == "group_id":
                group = event["value"]
            elif event.get("field_name") == "assignee_id":
                owner = event["value"]
        state = tuple(str(ticket[name]) for name in ("status", "group_id", "assignee_id"))
        assert state == (status, str(group), str(owner))


def test_population(
    tickets: list[dict[str, Any]],
    counted: list[dict[str, Any]],
    audits: dict[int, list[dict[str, Any]]],
    answers: dict[str, Any],
) -> None:
    told = answers["population"]
    assert len(tickets) == told["zendesk_tickets"]
    assert sum(len(history) for history in audits.values()) == told["zendesk_audits"]
    assert sum(ticket["status"] == "deleted" for ticket in tickets) == told["deleted"]
    assert sum("closed_by_merge" in ticket["tags"] for ticket in tickets) == told["merged"]
    assert len(counted) == told["counted"]
    log = rows("07_servicenow_incident_event_log.csv.gz")
    assert len(log) == told["servicenow_rows"]
    assert len({row["number"] for row in log}) == told["servicenow_incidents"]


def test_created_and_resolved_a_month(
    counted: list[dict[str, Any]], audits: dict[int, list[dict[str, Any]]], answers: dict[str, Any]
) -> None:
    created = Counter(month(ticket["created_at"]) for ticket in counted)
    resolved: Counter[str] = Counter()
    for ticket in counted:
        history = audits[ticket["id"]]
        ends = {word: [a["created_at"] for a in history if word in [n for _, n in changes(a, "status")]]
                for word in ("solved", "closed")}  # fmt: skip
        # A solve stands until there is a newer one, also while the ticket is open again.
        if ends["solved"] or ends["closed"]:
            resolved[month((ends["solved"] or ends["closed"])[-1])] += 1
    for name, row in answers["zendesk"]["months"].items():
        assert (created[name], resolved[name]) == (row["created"], row["resolved"]), name


def test_chronic_issues_are_linked_and_bunched(
    tickets: list[dict[str, Any]], audits: dict[int, list[dict[str, Any]]], answers: dict[str, Any]
) -> None:
    by_id = {ticket["id"]: ticket for ticket in tickets}
    for issue in answers["chronic_issues"]:
        linked = sorted(
            by_id[number]["created_at"]
            for number, history in audits.items()
            if any(f"/{issue['key']}" in event.get("body", "") for audit in history for event in audit["events"])
        )
        assert len(linked) == issue["tickets"]
        for one in issue["occurrences"]:
            inside = [at for at in linked if one["started"] <= at <= one["last_created"]]
            assert len(inside) == one["tickets"]
            moments = [datetime.fromisoformat(at) for at in inside]
            assert all((b - a).total_seconds() < 86_400 for a, b in itertools.pairwise(moments))


def test_surveys(counted: list[dict[str, Any]], answers: dict[str, Any]) -> None:
    numbers = {str(ticket["id"]) for ticket in counted}
    newest: dict[str, dict[str, str]] = {}
    for row in rows("11_csat_surveys.csv.gz"):
        if (
            row["Score"].isdigit()
            and row["Ticket"] in numbers
            and row["Answered"] >= newest.get(row["Ticket"], row)["Answered"]
        ):
            newest[row["Ticket"]] = row
    told = Counter(month(row["Answered"]) for row in newest.values())
    positive = Counter(month(row["Answered"]) for row in newest.values() if row["Score"] in "45")
    for name, expected in answers["csat"].items():
        assert (positive[name], told[name]) == (expected["positive"], expected["answers"]), name


def test_nps_dips_by_eight_points(answers: dict[str, Any]) -> None:
    newest: dict[tuple[str, str], tuple[datetime, int]] = {}
    for row in rows("12_nps_surveys.csv.gz"):
        score = row["How likely are you to recommend us?"]
        if score.isdigit():
            at = datetime.strptime(row["Answered"], "%d/%m/%Y %H:%M").replace(tzinfo=UTC)
            key = (f"{at.year}-Q{(at.month + 2) // 3}", row["Person"])
            newest[key] = max(newest.get(key, (at, int(score))), (at, int(score)))
    for name, expected in answers["nps"].items():
        scores = [score for (quarter, _), (_, score) in newest.items() if quarter == name]
        promoters, detractors = sum(score >= 9 for score in scores), sum(score <= 6 for score in scores)
        assert (len(scores), promoters, detractors) == (
            expected["answers"], expected["promoters"], expected["detractors"],
        ), name  # fmt: skip
    # 348 promoters and 84 detractors of 600 against 378 and 66 of 600
    assert pytest.approx(answers["nps_dip"]["points"]) == (348 - 84) / 600 * 100 - (378 - 66) / 600 * 100


def test_bad_deployments_are_in_the_log(answers: dict[str, Any]) -> None:
    log = {row["Change"]: row for row in rows("10_deployments.csv")}
    for bad in answers["bad_deployments"]:
        row = log[bad["change"]]
        assert (row["Product"], row["Deployed"], row["Outcome"]) == (bad["product"], bad["deployed"], "rolled back")


def test_demo_files_are_all_of_them() -> None:
    assert {path.name for path in sample_data.demo_files()} == {path.name for path in EXPORTS.iterdir()}
    assert sample_data.demo_settings().name == "supportkpi.toml"


def test_prepare_leaves_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "supportkpi.toml").write_text("# mine\n", encoding="utf-8")
    sample_data.prepare(tmp_path)
    assert (tmp_path / "supportkpi.toml").read_text(encoding="utf-8") == "# mine\n"
    assert len(list((tmp_path / "mappings").glob("*.toml"))) == len(sample_data.demo_mappings())
