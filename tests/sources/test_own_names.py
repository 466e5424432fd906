"""Numbers of a help desk's own and the lists that name them: which came first means nothing, and each can be taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from etl.load import load, unload
from etl.settings import Home

CASE = "5005g00001AbCdEAAV"
TYPE = "557g00000000001AAA"


class Case(NamedTuple):
    """Records that use numbers, a list that names them, another that names them otherwise, and what is made of each."""

    records: dict[str, str]
    names: str
    renamed: str
    query: str
    bare: list[tuple[Any, ...]]
    named: list[tuple[Any, ...]]
    otherwise: list[tuple[Any, ...]]
    #: Words nobody mapped in the records: without names, with them, and with the others.
    unknown: tuple[list[str], list[str], list[str]]
    suffix: str = "json"


def zammad_ticket(number: int, state: int) -> dict[str, Any]:
    return {
        "id": number, "number": f"6400{number}", "title": "t", "customer_id": 40, "created_at": "2026-03-02T10:00:00Z",
        "updated_at": "2026-03-02T11:00:00Z", "state_id": state, "group_id": 2, "owner_id": 1, "article_count": 1,
    }  # fmt: skip


def zammad_states(*named: tuple[int, str]) -> str:
    return json.dumps([
        {"id": number, "name": name, "state_type_id": 4, "default_create": False, "created_at": "2025-01-01T00:00:00Z"}
        for number, name in named
    ])  # fmt: skip


ZAMMAD = Case(
    {"tickets": json.dumps([zammad_ticket(1, 2), zammad_ticket(2, 6), zammad_ticket(3, 9)])},
    zammad_states((2, "open"), (6, "pending close"), (9, "at the workshop")),
    zammad_states((2, "at the workshop"), (6, "closed"), (9, "pending close")),
    "select original_id, status, original_status from ticket order by 1",
    [("1", "open", "2"), ("2", None, "6"), ("3", None, "9")],
    [("1", "open", "open"), ("2", "waiting_customer", "pending close"), ("3", None, "at the workshop")],
    [("1", None, "at the workshop"), ("2", "resolved", "closed"), ("3", "waiting_customer", "pending close")],
    (["6", "9"], ["at the workshop"], []),
)


def hubspot_ticket() -> dict[str, Any]:
    properties = {"subject": "Help", "hs_pipeline_stage": "4", "createdate": "2024-04-01T09:00:00Z",
                  "closed_date": None, "hs_lastmodifieddate": "2024-04-01T13:00:00Z"}  # fmt: skip
    told = [("1", "09:00"), ("4", "10:00"), ("3", "11:00"), ("4", "12:00")]
    stages = [{"value": each, "timestamp": f"2024-04-01T{at}:00Z", "sourceType": "CRM_UI"} for each, at in told]
    history = {"propertiesWithHistory": {"hs_pipeline_stage": stages}}
    return {"id": "1", "properties": properties, "createdAt": "2024-04-01T09:00:00Z", "archived": False} | history


def hubspot_pipeline(*stages: tuple[str, str]) -> str:
    told = [{"id": number, "label": label, "metadata": {"ticketState": "OPEN"}} for number, label in stages]
    return json.dumps({"results": [{"id": "0", "label": "Support", "displayOrder": 0, "stages": told}]})


_HUBSPOT_UNKNOWN = ["1", "3", "4"]
HUBSPOT = Case(
    {"tickets": json.dumps({"results": [hubspot_ticket()]})},
    hubspot_pipeline(("1", "New"), ("3", "Waiting on us"), ("4", "Closed")),
    hubspot_pipeline(("1", "New"), ("3", "Closed"), ("4", "Parked")),
    "select t.status, t.reopens, e.old_value, e.new_value, e.original_value from ticket t join ticket_event e "
    "using (ticket_id) where e.kind = 'status' order by e.sequence",
    [(None, 0, None, None, each) for each in ("1", "4", "3", "4")],
    [
        ("resolved", 1, None, "new", "New"),
        ("resolved", 1, "new", "resolved", "Closed"),
        ("resolved", 1, "resolved", "open", "Waiting on us"),
        ("resolved", 1, "open", "resolved", "Closed"),
    ],
    [
        # A state without a meaning leaves the last one known.
        ("resolved", 0, None, "new", "New"),
        ("resolved", 0, "new", None, "Parked"),
        ("resolved", 0, None, "resolved", "Closed"),
        ("resolved", 0, "resolved", None, "Parked"),
    ],
    (sorted([*_HUBSPOT_UNKNOWN, "4"]), [], ["Parked", "Parked"]),
)


def zendesk_ticket() -> dict[str, Any]:
    own = [{"id": 901, "value": "portal"}, {"id": 902, "value": "access"}, {"id": 903, "value": None}]
    return {
        "id": 1, "status": "open", "created_at": "2024-05-01T09:00:00Z", "updated_at": "2024-05-01T09:00:00Z",
        "requester_id": 5, "submitter_id": 5, "via": {"channel": "web"}, "subject": "s", "custom_fields": own,
    }  # fmt: skip


def zendesk_fields(*named: tuple[int, str, dict[str, str]]) -> str:
    return json.dumps({"ticket_fields": [
        {"id": number, "type": "tagger", "title": title, "raw_title": title,
         "custom_field_options": [{"value": value, "name": name} for value, name in options.items()]}
        for number, title, options in named
    ]})  # fmt: skip


ZENDESK = Case(
    {"tickets": json.dumps({"tickets": [zendesk_ticket()]})},
    zendesk_fields((901, "Product", {"portal": "Customer portal"}), (902, "Topic", {})),
    zendesk_fields((901, "Colour", {}), (902, "Product", {"access": "Access"})),
    "select product, category from ticket",
    [(None, None)],
    [("Customer portal", "access")],
    [("Access", None)],
    ([], [], []),
)

SALESFORCE = Case(
    {
        "Case": "Id,CaseNumber,Status,CreatedDate,IsClosed,Origin,OwnerId\n"
        f"{CASE},00001001,New,2024-05-13T08:00:00Z,false,Web,0055g00000000001AA\n",
        "CaseMilestone": "Id,CaseId,MilestoneTypeId,StartDate,TargetDate,CompletionDate,IsCompleted,IsViolated\n"
        f"1,{CASE},{TYPE},2024-05-13T08:00:00Z,2024-05-13T10:00:00Z,2024-05-13T09:00:00Z,true,false\n",
    },
    f"Id,Name,RecurrenceType\n{TYPE},First Response,none\n",
    f"Id,Name,RecurrenceType\n{TYPE},Weekly call,none\n",
    "select clock, is_met from sla_clock",
    [],
    [("first_reply", True)],
    [],
    ([TYPE], [], ["Weekly call"]),
    suffix="csv",
)

CASES = {"zammad": ZAMMAD, "hubspot": HUBSPOT, "zendesk": ZENDESK, "salesforce": SALESFORCE}


class Desk:
    """A home, and the files of a case to be loaded into it."""

    def __init__(self, case: Case, folder: Path) -> None:
        self.case, self.folder, self.home = case, folder, Home(folder / "home")
        texts = {**case.records, "names": case.names, "renamed": case.renamed}
        self.paths = {name: folder / f"{name}.{case.suffix}" for name in texts}
        for name, path in self.paths.items():
            path.write_text(texts[name], encoding="utf-8")

    def load(self, *names: str) -> list[int]:
        """Load files; ``records`` are all those that use numbers. Returns the numbers of the loads."""
        listed = [each for name in names for each in (self.case.records if name == "records" else [name])]
        reports = load(self.home, [self.paths[each] for each in listed], timezone="UTC").files
        assert {report.status for report in reports} <= {"loaded", "unchanged"}, reports
        assert sum(report.rows_quarantined for report in reports) == 0
        return [report.load_id for report in reports if report.load_id is not None]

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        snapshot = self.home.current_snapshot()
        assert snapshot is not None
        with duckdb.connect(str(snapshot), read_only=True) as facts:
            return facts.execute(query).fetchall()

    def facts(self) -> list[tuple[Any, ...]]:
        return self.ask(self.case.query)

    def unknown(self) -> list[str]:
        """Words of the records nobody mapped, as published and as a load of the same files reports them again."""
        published = "select word from unmapped_word where \"column\" <> 'name' order by word"
        words = [word for (word,) in self.ask(published)]
        again = load(self.home, [self.paths[each] for each in self.case.records], timezone="UTC").files
        assert {report.status for report in again} == {"unchanged"}
        assert sorted(each.word for report in again for each in report.unmapped) == words
        return words


@pytest.fixture(params=CASES, ids=str)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    return Desk(CASES[request.param], tmp_path)


def test_names_may_come_before_their_records(desk: Desk) -> None:
    desk.load("names", "records")
    assert desk.facts() == desk.case.named
    assert desk.unknown() == desk.case.unknown[1]


def test_names_may_come_after_their_records_and_mend_what_was_not_known(desk: Desk) -> None:
    desk.load("records")
    assert desk.facts() == desk.case.bare
    assert desk.unknown() == desk.case.unknown[0]
    desk.load("names")
    assert desk.facts() == desk.case.named
    assert desk.unknown() == desk.case.unknown[1]


def test_the_newest_names_count_for_records_loaded_before_and_after(desk: Desk) -> None:
    desk.load("names", "records", "renamed")
    assert desk.facts() == desk.case.otherwise
    assert desk.unknown() == desk.case.unknown[2]


@pytest.mark.parametrize("order", [("names", "records"), ("records", "names")], ids=" ".join)
def test_names_can_be_taken_back(desk: Desk, order: tuple[str, ...]) -> None:
    numbers = {name: desk.load(name) for name in order}
    unload(desk.home, numbers["names"][0])
    assert desk.facts() == desk.case.bare
    assert desk.unknown() == desk.case.unknown[0]
    desk.load("names")
    assert desk.facts() == desk.case.named


@pytest.mark.parametrize("order", [("names", "records"), ("records", "names")], ids=" ".join)
def test_records_can_be_taken_back_and_nothing_stays_of_them(desk: Desk, order: tuple[str, ...]) -> None:
    numbers = {name: desk.load(name) for name in order}
    for number in numbers["records"]:
        unload(desk.home, number)
    for table in ("ticket", "ticket_event", "sla_clock"):
        assert desk.ask(f"select * from {table}") == []
    desk.load("records")
    assert desk.facts() == desk.case.named


def test_loading_again_changes_nothing(desk: Desk) -> None:
    first = desk.load("records", "names")
    before = desk.home.current_snapshot()
    assert desk.load("names", "records") == [first[-1], *first[:-1]]
    assert desk.home.current_snapshot() == before


@pytest.mark.parametrize("order", [("escalated", "vip"), ("vip", "escalated")], ids=" ".join)
def test_whether_an_account_uses_escalation_tags_any_page_may_tell(tmp_path: Path, order: tuple[str, ...]) -> None:
    home = Home(tmp_path / "home")
    header = "Id,Status,Created at,Via,Tags,Reopens\n"
    for number, tag in enumerate(order):
        path = tmp_path / f"{tag}.csv"
        path.write_text(f"{header}{tag},Open,2024-05-01 09:00,Mail,{tag},0\n", encoding="utf-8")
        load(home, [path], timezone="UTC")
        if (number, tag) == (0, "vip"):
            assert escalated(home) == [("vip", None)]
    assert escalated(home) == [("escalated", "yes"), ("vip", "no")]


def escalated(home: Home) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home.current_snapshot()), read_only=True) as facts:
        return facts.execute("select original_id, escalated from ticket order by 1").fetchall()
