"""Occurrences of issues, and surveys: which tickets are the same problem, which answers count."""

from __future__ import annotations

from typing import Any

import history
import pytest
from history import at


def _occurrences(desk: history.Desk) -> list[tuple[Any, ...]]:
    rows = sorted(desk.build().all("occurrence"), key=lambda row: (row["issue_key"], row["number"]))
    return [(r["evidence"], r["number"], r["tickets"], r["accounts"], r["days_since_previous"]) for r in rows]


def test_an_outage_is_one_occurrence_and_its_return_another() -> None:
    with history.desk() as desk:
        for number in range(5):
            desk.ticket(
                str(number),
                problem_key="PRB1",
                account=f"a{number % 2}",
                created_at=at(days=0.9 * number),  # gaps under 24 hours: one occurrence over 3.6 days
                resolved_at=at(days=5),
                status="resolved",
            )
        desk.ticket("9", problem_key="PRB1", created_at=at(days=15))
        assert _occurrences(desk) == [("problem", 1, 5, 2, None), ("problem", 2, 1, 0, 10)]


def test_codes_and_alike_subjects_are_evidence_and_the_rest_stands_alone() -> None:
    with history.desk() as desk:
        desk.ticket("1", product="Cloud", subject="Upload fails with ERR_QUOTA")
        desk.ticket("2", product="Cloud", subject="again: ERR_QUOTA, please help", created_at=at(days=3))
        desk.ticket("3", product="Cloud", subject="Printer 12 is on fire")
        desk.ticket("4", product="Cloud", subject="PRINTER is on fire!", created_at=at(days=3))
        desk.ticket("5", product="Cloud", subject="Hello")
        desk.ticket("6", product="Cloud", subject="Hello")  # too short to be the same
        desk.ticket("7", product="Cloud", subject="Printer is on fire", ticket_type="question")
        desk.ticket("8", product="Cloud", subject="Printer is on fire", status="spam")
        found = [(evidence, number, tickets) for evidence, number, tickets, *_ in _occurrences(desk)]
        assert sorted(found) == [
            ("error code", 1, 1),
            ("error code", 2, 1),
            ("single", 1, 1),
            ("single", 1, 1),
            ("subject (suggested)", 1, 1),
            ("subject (suggested)", 2, 1),
        ]


def test_a_source_that_cannot_tell_has_no_occurrences() -> None:
    with history.desk() as desk:
        desk.ticket("1")
        published = desk.build()
        assert (published.all("occurrence"), published.ticket()["occurrence_id"]) == ([], None)


def test_every_ticket_of_an_occurrence_names_it() -> None:
    with history.desk() as desk:
        desk.ticket("1", problem_key="PRB1")
        published = desk.build()
        assert published.ticket()["occurrence_id"] == published.all("occurrence")[0]["occurrence_id"]


FIVE = {"kind": "csat", "scale_low": 1, "scale_high": 5, "higher_is_better": True}


@pytest.mark.parametrize(("higher_is_better", "share"), [(True, 0.75), (False, 0.25), (None, None)])
def test_share_runs_from_the_worst_answer_to_the_best(higher_is_better: bool | None, share: float | None) -> None:
    with history.desk() as desk:
        desk.put("survey", **{**FIVE, "score": 4, "higher_is_better": higher_is_better})
        assert [s["score_share"] for s in desk.build().all("survey")] == [share]


def test_the_newest_answer_on_a_ticket_and_of_a_person_in_a_quarter() -> None:
    with history.desk() as desk:
        desk.ticket("1", account="acme")
        answers = [("a", 1, at(days=1)), ("b", 5, at(days=2)), ("c", 3, at(days=40)), ("d", None, None)]
        for survey_id, score, answered_at in answers:
            ticket = "1" if survey_id in "abd" else "nowhere"
            told = {"survey_id": survey_id, "score": score, "answered_at": answered_at, "respondent": "kim"}
            desk.put("survey", **FIVE, ticket_original_id=ticket, **told)
        rows = {s["survey_id"]: s for s in desk.build().all("survey")}
        # 2 March + 40 days is the second quarter.
        assert {k: (r["is_latest_on_ticket"], r["is_latest_in_quarter"]) for k, r in rows.items()} == {
            "desk:a": (False, False),
            "desk:b": (True, True),
            "desk:c": (True, True),
            "desk:d": (False, False),
        }
        assert (rows["desk:a"]["ticket_id"], rows["desk:a"]["account"]) == ("desk:1", "acme")
        assert rows["desk:c"]["ticket_id"] is None


def test_a_survey_finds_its_ticket_in_another_source_only_if_there_is_one() -> None:
    with history.desk() as desk:
        desk.ticket("1")
        desk.ticket("2")
        desk.ticket("2", source="other")
        for number in ("1", "2"):
            desk.put("survey", **FIVE, source="forms", survey_id=number, ticket_original_id=number, score=5)
        assert [s["ticket_id"] for s in desk.build().all("survey")] == ["desk:1", None]


def test_a_survey_knows_why_its_ticket_is_left_out() -> None:
    with history.desk() as desk:
        desk.ticket("1")
        desk.ticket("2", status="deleted")
        for number in ("1", "2", "nowhere"):
            desk.put("survey", **FIVE, survey_id=number, ticket_original_id=number, score=5)
        found = {s["survey_id"]: s["excluded_because"] for s in desk.build().all("survey")}
        assert found == {"desk:1": None, "desk:2": "deleted", "desk:nowhere": None}


def test_a_survey_tells_its_own_account_and_source_apart_from_those_of_its_ticket() -> None:
    with history.desk() as desk:
        desk.ticket("1", account="acme")
        told = {"source": "forms", "account": "other", "score": 5}
        for number in ("1", "nowhere"):
            desk.put("survey", **FIVE, **told, survey_id=number, ticket_original_id=number)
        found = [
            (s["source"], s["account"], s["ticket_source"], s["ticket_account"]) for s in desk.build().all("survey")
        ]
        assert found == [("forms", "other", "desk", "acme"), ("forms", "other", None, None)]


def test_answers_without_a_number_count_once_over_loads_and_twice_within_one() -> None:
    with history.desk() as desk:
        for load_id in (1, 2):
            for _ in range(2):
                desk.put("survey", **FIVE, score=5, answered_at=at(), load_id=load_id)
        assert [s["load_id"] for s in desk.build().all("survey")] == [2, 2]


def test_what_we_said_next_to_whoever_answered() -> None:
    """Kim rates ticket 1 low at minute 60; we write on it at 30 and 90, and on Kim's ticket 2 at 80: 20 minutes."""
    with history.desk() as desk:
        for number, requester in (("1", "kim"), ("2", "kim"), ("3", "lee")):
            desk.ticket(number, requester=requester, updated_at=at(600))
        for minutes, role, number in ((30, "agent", "1"), (60, "agent", "1"), (70, "bot", "1"), (75, "agent", "3"),
                                      (80, "agent", "2"), (90, "agent", "1")):  # fmt: skip
            desk.event(minutes, "public_message", number=number, actor="x", actor_role=role)
        desk.event(65, "private_note", number="1", actor="x", actor_role="agent")
        told = {**FIVE, "source": "forms", "score": 2, "answered_at": at(60)}
        desk.put("survey", **told, survey_id="about 1", ticket_original_id="1")
        desk.put("survey", **told, survey_id="kim", respondent="kim")
        desk.put("survey", **told, survey_id="lee", respondent="lee", ticket_original_id="3")
        desk.put("survey", **{**told, "answered_at": at(95)}, survey_id="late", respondent="kim")
        desk.put("survey", **told, survey_id="stranger", respondent="max")
        desk.put("survey", **{**told, "score": None}, survey_id="mute", ticket_original_id="1")
        rows = {s["survey_id"]: (s["hours_to_follow_up"], s["hours_observed"]) for s in desk.build().all("survey")}
    assert rows == {
        "forms:about 1": (pytest.approx(20 / 60), 9),
        "forms:kim": (pytest.approx(20 / 60), 9),
        "forms:lee": (pytest.approx(15 / 60), 9),
        "forms:late": (None, pytest.approx((600 - 95) / 60)),
        "forms:stranger": (None, None),
        "forms:mute": (None, None),
    }


def test_who_wrote_to_two_help_desks_is_nobody_we_know_and_no_messages_are_no_silence() -> None:
    with history.desk() as desk:
        for source in ("desk", "other"):
            desk.ticket("1", source=source, requester="kim", updated_at=at(600))
        desk.ticket("9", source="mute", requester="pat", updated_at=at(600))
        desk.event(30, "public_message", actor="x", actor_role="agent")
        told = {**FIVE, "source": "forms", "score": 2, "answered_at": at(60)}
        desk.put("survey", **told, survey_id="kim", respondent="kim")
        desk.put("survey", **told, survey_id="pat", respondent="pat")
        rows = [(s["hours_to_follow_up"], s["hours_observed"]) for s in desk.build().all("survey")]
    assert rows == [(None, None), (None, None)]


def test_an_account_number_is_named_by_the_one_list_that_has_it() -> None:
    with history.desk() as desk:
        desk.ticket("1")
        for source, number, name in (("desk", "37", "Acme"), ("desk", "38", "Bolt"), ("other", "38", "Crate")):
            desk.put("account", source=source, original_id=number, name=name)
        for number in ("37", "38", "39"):
            desk.put("survey", **FIVE, source="forms", survey_id=number, account=number, score=5)
        assert [s["account"] for s in desk.build().all("survey")] == ["Acme", "38", "39"]
