"""Which messages say why something happened, what counts as evidence, and a work file from before both."""

from __future__ import annotations

from pathlib import Path

import duckdb
import history
import pytest
from sqlalchemy import select

from etl.claims import ASSERTS_CAUSE
from etl.settings import Home
from etl.staging import loaded_event
from etl.work import opened

CLAIMS = (
    "the root cause was a full disk",
    "this was caused by yesterday's release",
    "it turned out that the certificate had expired",
    "we have found the bug",
    "i traced it back to your proxy",
    "the delay is due to the bank",
)
NO_CLAIMS = (
    "we suspect the release",
    "could you tell us the version?",
    "because you asked, here is the file",
    "the invoice is due to arrive",
    "we are looking for the cause",
)


@pytest.mark.parametrize(("said", "is_claim"), [(s, True) for s in CLAIMS] + [(s, False) for s in NO_CLAIMS])
def test_firm_words_claim_and_guesses_do_not(said: str, is_claim: bool) -> None:
    assert duckdb.execute("select regexp_matches(?, ?)", [said, ASSERTS_CAUSE]).fetchone() == (is_claim,)


def _claim(desk: history.Desk, **ticket: object) -> object:
    desk.ticket("1", status="resolved", resolved_at=history.at(100), **ticket)
    desk.event(0, "created", actor="cus", actor_role="customer")
    desk.event(0, "link", "QM-1", number="2")  # a feed that tells of links
    desk.ticket("2")
    desk.event(100, "status", "resolved", actor="ana", actor_role="agent")
    return {row["original_id"]: row for row in desk.build().all("ticket")}["1"]["claim"]


def _said(
    desk: history.Desk, minute: float, kind: str = "public_message", role: str = "agent", is_: bool = True
) -> None:
    desk.event(minute, kind, actor=role, actor_role=role, words=30, asserts_cause=is_)


def test_a_claim_has_evidence_where_a_link_or_a_record_was_there_by_the_resolve() -> None:
    with history.desk() as desk:
        _said(desk, 50)
        assert _claim(desk) == "unproven"
    with history.desk() as desk:
        _said(desk, 50)
        desk.event(60, "link", "QM-7", actor="ana", actor_role="agent")
        assert _claim(desk) == "proven"
    with history.desk() as desk:
        _said(desk, 50)
        assert _claim(desk, problem_key="PRB1") == "proven"
    with history.desk() as desk:
        _said(desk, 50)
        desk.event(101, "link", "QM-7", actor="ana", actor_role="agent")  # too late
        assert _claim(desk) == "unproven"


def test_only_what_a_person_of_ours_told_the_customer_by_the_resolve_is_a_claim() -> None:
    with history.desk() as desk:
        _said(desk, 10, role="customer")
        _said(desk, 20, kind="private_note")
        _said(desk, 30, role="bot")
        _said(desk, 40, is_=False)
        _said(desk, 101)
        assert _claim(desk) == "none"
    with history.desk() as desk:
        _said(desk, 100)  # in the very moment of the resolve
        assert _claim(desk) == "unproven"


def test_where_no_texts_or_no_links_are_told_nothing_is_known() -> None:
    with history.desk() as desk:
        desk.event(50, "public_message", actor="ana", actor_role="agent", words=30)
        assert _claim(desk) is None
    with history.desk() as desk:
        desk.ticket("1", status="resolved", resolved_at=history.at(100))
        _said(desk, 50)
        desk.event(100, "status", "resolved", actor="ana", actor_role="agent")
        assert desk.build().ticket()["claim"] is None


def test_a_work_file_from_before_a_column_gets_it_and_keeps_its_rows(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with opened(home) as connection:
        connection.exec_driver_sql(
            "insert into loaded_event (load_id, source, row, original_id) values (1, 'd', 1, '7')"
        )
        connection.exec_driver_sql("alter table loaded_event drop column asserts_cause")
        connection.commit()
    with opened(home) as connection:
        rows = connection.execute(select(loaded_event.c.original_id, loaded_event.c.asserts_cause)).all()
    assert [tuple(row) for row in rows] == [("7", None)]
