"""A merge names its survivor: messages move there, whichever file comes first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl.load import load
from etl.settings import Home

HERE = Path(__file__).parent
WAREHOUSE = HERE.parent / "zendesk_warehouse"


def published(home: Home, statement: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home.current_snapshot()), read_only=True) as facts:
        return facts.execute(statement).fetchall()


MERGED = "select original_id, merged_into from ticket where excluded_because like 'merged%' order by original_id"


@pytest.mark.parametrize("names", [("tickets", "merges"), ("merges", "tickets")], ids=str)
def test_the_messages_of_a_merged_ticket_move_to_its_survivor(names: tuple[str, str], tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    tickets = json.loads((HERE / "tickets.json").read_text(encoding="utf-8"))["tickets"]
    tagged = ["closed_by_merge"]
    others = {109: ("closed", tagged), 110: ("closed", []), 111: ("open", tagged)}  # 108 is in no page of tickets
    more = [tickets[1] | {"id": number, "status": status, "tags": tags} for number, (status, tags) in others.items()]
    (tmp_path / "tickets.json").write_text(json.dumps({"tickets": [*tickets, *more]}), encoding="utf-8")
    (tmp_path / "merges.json").write_bytes((HERE / "merges.json").read_bytes())
    for name in names:
        load(home, [tmp_path / f"{name}.json"])
    assert published(home, MERGED) == [("104", "zendesk:101"), ("108", "zendesk:101"), ("109", "zendesk:102")]
    said = (
        "select ticket_id, occurred_at::text, actor_role from ticket_event where kind = 'public_message' order by all"
    )
    assert published(home, said) == [
        ("zendesk:101", "2024-03-05 12:01:00", "customer"),  # written on 104
        ("zendesk:102", "2024-03-06 09:00:00", "bot"),  # the notice on 109: no reply
        ("zendesk:110", "2024-03-06 10:00:00", "agent"),  # quotes a notice, and was never merged
        ("zendesk:111", "2024-03-06 11:00:00", "agent"),  # a follow-up that inherited the tag
    ]


@pytest.mark.parametrize("told", ["audit", "sentence"])
def test_either_side_alone_names_the_survivor(told: str, tmp_path: Path) -> None:
    """The number in the merged ticket's own audit, or the sentence in it; without the tag neither counts."""
    audits = json.loads((HERE / "merges.json").read_text(encoding="utf-8"))["audits"]
    merged = next(audit for audit in audits if audit["id"] == 8301)
    if told == "audit":
        merged["events"][0] |= {"body": "See the other one.", "plain_body": "See the other one."}
    else:
        merged["via"] = {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}}
    for folder, is_tagged in (("tagged", True), ("untagged", False)):
        home = Home(tmp_path / folder)
        events = merged["events"] if is_tagged else merged["events"][:2]
        audit = merged | {"ticket_id": 106, "events": events}
        (path := tmp_path / f"{folder}.json").write_text(json.dumps({"audits": [audit]}), encoding="utf-8")
        load(home, [path, HERE / "tickets.json"])
        found = dict(published(home, MERGED))
        assert found.get("106") == ("zendesk:101" if is_tagged else None)
        assert ("106" in found) is is_tagged


def test_a_copy_in_a_warehouse_names_it_by_a_list_or_by_a_sentence_with_the_tag(tmp_path: Path) -> None:
    home = Home(tmp_path / "listed")
    load(home, [WAREHOUSE / "ticket.csv"])
    assert published(home, MERGED) == [("106", "zendesk:105"), ("107", "zendesk:105")]
    rows = (WAREHOUSE / "ticket.csv").read_text(encoding="utf-8").replace('"[106, 107]"', "[]")
    (bare := tmp_path / "ticket.csv").write_text(rows, encoding="utf-8")
    for order in (1, -1):
        home = Home(tmp_path / f"said {order}")
        for path in [bare, WAREHOUSE / "comments.csv", WAREHOUSE / "tags.csv"][::order]:
            load(home, [path], timezone="UTC")
        assert published(home, MERGED) == [("106", "zendesk:105")]
