"""What Zendesk's own habits ask for, beyond the contract of every source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from etl import files
from etl.settings import Loading, People, Settings
from etl.sources import zendesk
from etl.staging import BY_NAME, Stage, loaded, refused, unmapped
from tests.sources.test_sources import memory

HERE = Path(__file__).parent


class Desk:
    """Stages files one after another, as loads 1, 2, 3 … of one home."""

    def __init__(self, folder: Path, settings: Settings | None = None) -> None:
        self.folder, self.settings = folder, settings or Settings()
        self.connection = memory()
        self.loads = 0
        self.warnings: list[str] = []

    def text(self, content: str, name: str = "export.csv", zone: str = "UTC") -> None:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        self.file(path, zone)

    def records(self, name: str, records: list[dict[str, Any]]) -> None:
        self.text(json.dumps({name: records}), f"{name}.json")

    def file(self, path: Path, zone: str = "UTC") -> None:
        self.loads += 1
        for each in files.open_inputs([path], self.folder / "scratch"):
            for raw in files.read(each, self.connection):
                assert zendesk.claim(raw).accepted
                into = Stage(self.connection, self.loads, zone, self.settings)
                zendesk.stage(raw, into)
                self.warnings += into.warnings
        self.connection.commit()

    def facts(self, fact: str, *names: str) -> list[tuple[Any, ...]]:
        table = BY_NAME[fact]
        order = [table.c[name] for name in ("load_id", "row", "sequence") if name in table.columns]
        return [tuple(row) for row in self.connection.execute(select(*(table.c[n] for n in names)).order_by(*order))]

    def refusals(self) -> list[tuple[Any, ...]]:
        query = select(refused.c.row, refused.c.column, refused.c.value, refused.c.reason).order_by(refused.c.row)
        return [tuple(row) for row in self.connection.execute(query)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def scores(*values: str) -> str:
    rows = [f"{n},Solved,2024-05-01 09:00,2024-05-02 09:00,Mail,{value}" for n, value in enumerate(values, start=1)]
    return "\n".join(["Id,Status,Created at,Solved at,Via,Satisfaction Score", *rows]) + "\n"


def test_numbers_from_1_to_5_are_read_on_that_scale(desk: Desk) -> None:
    desk.text(scores("5", "1", "Offered", "Not Offered"))
    assert desk.facts("survey", "survey_id", "score", "scale_low", "scale_high") == [
        ("ticket:1", 5, 1, 5),
        ("ticket:2", 1, 1, 5),
        ("ticket:3", None, 1, 5),
    ]
    assert desk.refusals() == []


def test_numbers_beside_words_have_no_known_scale(desk: Desk) -> None:
    desk.text(scores("Good", "4", "Bad"))
    assert desk.facts("survey", "survey_id", "score") == [("ticket:1", 1), ("ticket:3", 0)]
    why = "the scale of this score is not known: the file also rates by words"
    assert desk.refusals() == [(2, "Satisfaction Score", "4", why)]
    assert len(desk.facts("ticket", "original_id")) == 3  # the ticket itself stays


def test_a_number_above_5_makes_the_scale_unknown(desk: Desk) -> None:
    desk.text(scores("4", "9"))
    assert desk.facts("survey", "survey_id") == []
    assert [row[:3] for row in desk.refusals()] == [(1, "Satisfaction Score", "4"), (2, "Satisfaction Score", "9")]


def test_any_subset_of_columns_in_any_order(desk: Desk) -> None:
    desk.text("Via,Assignee stations,Created at,Status,Id\nChat,3,2024-05-01 09:00,Hold,7\n")
    assert desk.facts("ticket", "original_id", "status", "channel", "vendor_owner_changes") == [
        ("7", "waiting_other", "chat", 2)  # three stations are two changes
    ]


def test_export_without_numbers_is_not_claimed_and_says_why(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("Status,Created at,Via,Group stations\nOpen,2024-05-01 09:00,Mail,1\n", encoding="utf-8")
    (each,) = files.open_inputs([path], tmp_path / "scratch")
    (raw,) = files.read(each, memory())
    claim = zendesk.claim(raw)
    assert (claim.accepted, claim.missing) == (False, ("Id",))


def test_the_report_of_tags_is_kept_beside_the_tickets(desk: Desk) -> None:
    header = "Id,Status,Created at,Via,Tags,Reopens\n"
    desk.text(header + "1,Open,2024-05-01 09:00,Mail,not_escalated vip,0\n", "one.csv")
    desk.text(header + "2,Open,2024-05-01 09:00,Mail,escalated,0\n", "two.csv")
    assert desk.facts("ticket", "vendor_escalated", "tags") == [(False, "not_escalated,vip"), (True, "escalated")]
    assert desk.facts("field", "kind", "meaning") == [("tag", None), ("tag", "escalated")]


def test_own_fields_that_are_no_choice_are_not_kept(desk: Desk) -> None:
    ticket = json.loads((HERE / "tickets.json").read_text(encoding="utf-8"))["tickets"][0]
    fields = [
        {"id": 1, "value": "long " * 40},
        {"id": 2, "value": None},
        {"value": "x"},
        {"id": 3, "value": "portal"},
        "no",
    ]
    desk.records("tickets", [ticket | {"id": 1, "custom_fields": fields}, ticket | {"id": 2, "custom_fields": "odd"}])
    assert desk.facts("ticket", "original_id", "own_fields") == [("1", '[{"id":3,"value":"portal"}]'), ("2", None)]


def test_without_a_column_of_tags_no_ticket_says_whether_it_was_escalated(desk: Desk) -> None:
    desk.text("Id,Status,Created at,Via,Reopens\n1,Open,2024-05-01 09:00,Mail,0\n")
    assert desk.facts("ticket", "vendor_escalated") == [(None,)]


def test_lines_of_json_without_envelope(desk: Desk) -> None:
    records = json.loads((HERE / "tickets.json").read_text(encoding="utf-8"))["tickets"]
    desk.text("\n".join(json.dumps(record) for record in records[:3]), "whatever.ndjson")
    assert desk.facts("ticket", "original_id", "status") == [
        ("101", "closed"),
        ("102", "open"),
        ("103", "deleted"),
    ]


def test_a_broken_line_of_json_is_refused_alone(desk: Desk) -> None:
    for name in ("tickets", "audits", "users"):
        records = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))[name][:2]
        whole = [json.dumps(record) for record in records]
        desk.text("\n".join([*whole, whole[1][:200]]) + "\n", f"{name}.ndjson")
    assert len(desk.facts("ticket", "original_id")) == 2
    assert len(desk.facts("person", "original_id")) == 2
    lines = desk.connection.execute(select(files.refused_line.c.line, files.refused_line.c.reason)).all()
    assert len(lines) + len(desk.refusals()) == 3


def test_no_word_of_a_comment_is_kept(desk: Desk) -> None:
    secret = "Zanzibar"
    event = {"id": 1, "type": "Comment", "body": f"My password is {secret}", "public": True, "author_id": 5}
    audit = {
        "id": 9,
        "ticket_id": 3,
        "created_at": "2024-05-01T09:00:00Z",
        "author_id": 5,
        "events": [event],
        "via": {},
    }
    desk.records("audits", [audit | {"via": {"channel": "web"}}])
    told = [str(row) for table in loaded.sorted_tables for row in desk.connection.execute(select(table))]
    assert told
    assert not any(secret.lower() in row.lower() for row in told)
    assert desk.facts("event", "kind", "words", "is_question") == [("public_message", 4, False)]


def comment(number: int, author: int, body: str, public: bool) -> dict[str, Any]:
    event = {"id": number, "type": "Comment", "body": body, "public": public, "author_id": author}
    return {
        "id": number,
        "ticket_id": 3,
        "created_at": f"2024-05-01T09:00:{number:02}Z",
        "author_id": author,
        "events": [event],
        "via": {"channel": "web"},
    }


def test_links_are_those_of_staff(desk: Desk) -> None:
    issue = "https://github.com/ours/app/issues/7"
    desk.records(
        "audits",
        [
            comment(1, 5, f"Is it {issue}? My order is AB-77.", True),  # a customer
            comment(2, 8, "Like APP-12 and (https://ours.atlassian.net/browse/APP-12), in UTF-8.", False),
            comment(3, 8, f"We track it as {issue}, for order AB-77.", True),
        ],
    )
    links = [row for row in desk.facts("event", "kind", "actor", "new_value") if row[0] == "link"]
    assert links == [("link", "8", "APP-12"), ("link", "8", issue)]


def test_the_same_text_has_the_same_hash_whatever_its_spacing(desk: Desk) -> None:
    desk.records("audits", [comment(1, 5, "Please  restart\n\nit", True), comment(2, 6, "please restart it ", True)])
    (first,), (second,) = desk.facts("event", "text_hash")
    assert first == second is not None


def test_events_of_one_second_keep_the_order_of_their_audits(desk: Desk) -> None:
    pair = [comment(number, 5, f"Word {number}", True) | {"created_at": "2024-05-01T09:00:00Z"} for number in (2, 1)]
    for audit, number in zip(pair, (41_000_000_000_002, 41_000_000_000_001), strict=True):
        audit["id"] = number
    desk.records("audits", pair)
    later, earlier = (row[0] for row in desk.facts("event", "sequence"))
    assert earlier < later


def test_ratings_keep_their_dates_when_tickets_come_later(desk: Desk) -> None:
    desk.file(HERE / "satisfaction_ratings.json")
    desk.file(HERE / "tickets.json")
    told = desk.facts("survey", "survey_id", "sent_at", "answered_at")
    assert told[:3] == told[3:]


def test_ratings_of_tickets_alone_are_dated_at_their_update(desk: Desk) -> None:
    desk.file(HERE / "tickets.json")
    dates = {str(row[0]): str(row[1]) for row in desk.facts("survey", "survey_id", "answered_at")}
    assert dates == {"ticket:101": "2024-03-08 12:00:00", "ticket:102": "2024-03-06 08:00:00", "ticket:105": "None"}
    assert any("Load satisfaction_ratings" in warning for warning in desk.warnings)


def test_settings_give_a_word_its_meaning_in_tickets_and_audits(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Settings(loading=Loading(status={"Waiting for Godot": "waiting_other"})))
    desk.file(HERE / "audits.json")
    events = desk.facts("event", "kind", "new_value", "original_value")
    assert ("status", "waiting_other", "waiting for godot") in events
    assert desk.connection.execute(select(unmapped)).all() == []


def test_test_requesters_are_known_by_name_address_or_domain(tmp_path: Path) -> None:
    people = People(test_requesters=("Boole George", "@Acme.example", "curie@gamma.example"))
    desk = Desk(tmp_path, Settings(people=people))
    desk.file(HERE / "export.csv", "UTC")
    told = [row[0] for row in desk.facts("ticket", "requester")][:5]
    assert told == ["@Acme.example", "Boole George", "@Acme.example", "curie@gamma.example", "9004"]


def test_metrics_inside_tickets(desk: Desk) -> None:
    ticket = json.loads((HERE / "tickets.json").read_text(encoding="utf-8"))["tickets"][0]
    metrics = json.loads((HERE / "ticket_metrics.json").read_text(encoding="utf-8"))["ticket_metrics"][0]
    desk.records("tickets", [ticket | {"metric_set": metrics}])
    told = desk.facts("ticket", "original_id", "part", "vendor_first_reply_minutes", "vendor_owner_changes")
    assert told == [("101", "ticket", None, None), ("101", "metrics", 5, 1)]
