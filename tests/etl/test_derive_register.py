"""What incidents, sessions, agents' days and escalations are measured by."""

from __future__ import annotations

import history
from history import at
from pytest import approx  # noqa: PT013


def test_an_incident_is_measured_between_its_clocks_and_never_backwards() -> None:
    with history.desk() as desk:
        desk.put("incident", original_id="1", started_at=at(0), detected_at=at(4), engaged_at=at(20),
                 resolved_at=at(60), postmortem_at=at(60 + 3000))  # fmt: skip
        desk.put("incident", original_id="2", started_at=at(0), detected_at=at(-1), resolved_at=at(60))
        one, two = desk.build().all("incident")
        assert (one["detection_minutes"], one["engagement_minutes"], one["postmortem_minutes"]) == (4, 16, 3000)
        assert (two["detection_minutes"], two["engagement_minutes"], two["postmortem_minutes"]) == (None, None, None)
        assert two["minutes_observed"] == 3000  # the other's postmortem is the newest moment told


def test_a_session_is_followed_by_the_same_persons_ticket_or_session() -> None:
    with history.desk() as desk:
        desk.ticket("1", requester="kim", created_at=at(120), updated_at=at(days=9))
        desk.ticket("2", requester="lee", created_at=at(5))
        desk.ticket("3", requester="sue", created_at=at(-60))
        for number, who, start, end in (
            ("a", "kim", 0, 60),
            ("b", "lee", 0, 10),
            ("c", "sue", 0, None),
            ("d", "kim", 90, 95),
        ):
            told = {"original_id": number, "requester": who, "source": "templates", "started_at": at(start)}
            desk.put("self_service", **told, ended_at=None if end is None else at(end))
        desk.put("self_service", original_id="e", source="templates", started_at=at(0))
        a, b, c, d, e = desk.build().all("self_service")
        assert (a["hours_to_ticket"], a["hours_to_next_contact"]) == (
            1,
            0.5,
        )  # 12:00 − 11:00; the next session at 11:30
        assert (b["hours_to_ticket"], b["hours_to_next_contact"]) == (0, 0)  # opened in its midst
        assert (c["hours_to_ticket"], c["hours_to_next_contact"]) == (None, None)
        assert d["hours_to_ticket"] == approx(25 / 60)
        assert (e["hours_to_ticket"], e["hours_observed"]) == (None, 9 * 24)


def test_the_persons_number_of_two_help_desks_is_nobodys() -> None:
    with history.desk() as desk:
        desk.ticket("1", requester="12", created_at=at(5))
        desk.ticket("1", requester="12", created_at=at(5), source="other")
        desk.put("self_service", original_id="a", requester="12", source="templates", started_at=at(0))
        (session,) = desk.build().all("self_service")
        assert session["hours_to_ticket"] is None


def test_an_agents_day_counts_what_they_wrote_and_what_of_theirs_was_resolved() -> None:
    with history.desk() as desk:
        desk.put("person", original_id="7", name="Ana", role="agent", team="5")
        desk.put("team", original_id="5", name="Billing")
        desk.ticket("1", owner="7", status="resolved", resolved_at=at(30))
        desk.event(5, "public_message", actor="7")
        desk.event(20, "public_message", actor="7")
        desk.event(25, "public_message", actor="kim", actor_role="customer")
        # Half past midnight: in Dublin's winter that is the next day.
        desk.event(60 * 15.5, "public_message", actor="7")
        first, second = desk.build(reporting={"timezone": "Europe/Dublin"}).all("agent_day")
        assert (first["agent"], first["team"], first["public_replies"], first["resolved"]) == ("Ana", "Billing", 2, 1)
        assert (second["public_replies"], second["resolved"]) == (1, 0)
        assert first["worked_at"] == at(180)  # noon


def test_engineering_is_timed_from_the_escalation() -> None:
    with history.desk() as desk:
        desk.ticket("1")
        desk.event(1, "public_message", actor="9", actor_role="engineering")
        desk.event(10, "link", "QM-1", actor="7", actor_role="agent")
        desk.event(70, "private_note", actor="9", actor_role="engineering")
        desk.ticket("2", problem_key="QM-2")
        desk.event(10, "link", "QM-2", number="2")
        desk.put("engineering_issue", original_id="QM-2", created_at=at(0), first_action_at=at(25))
        desk.ticket("3")
        desk.event(10, "link", "QM-3", number="3")
        found = desk.build().tickets()
        assert [found[number]["engineering_minutes"] for number in "123"] == [60, 15, None]
