"""Who is staff: also those who left, whatever the newest list of users calls them.

Fault of the best public peer: agents who left are customers, and their replies are missing from the first replies.
"""

from __future__ import annotations

from collections.abc import Callable

import history
import pytest
from history import at


def _thread(desk: history.Desk) -> None:
    """Kim asks; 7 answers after ten minutes. Nobody but the lists can say who 7 is."""
    desk.ticket("1", requester="kim")
    desk.event(0, "public_message", actor="kim")
    desk.event(10, "public_message", actor="7")


def _listed(desk: history.Desk, role: str, name: str | None = None, *, load: int = 1) -> None:
    desk.put("person", original_id="7", role=role, name=name, load_id=load)


def _agent_in_an_older_list(desk: history.Desk) -> None:
    _listed(desk, "agent", "Ana")


def _roster_with_the_day_of_leaving(desk: history.Desk) -> None:
    desk.put("person", original_id="7", name="Ana", left_at=at(days=90))


def _wrote_a_private_note(desk: history.Desk) -> None:
    desk.event(500, "private_note", actor="7")


def _owned_a_ticket_once(desk: history.Desk) -> None:
    desk.event(3, "owner", "7")
    desk.event(4, "owner", "8", old_value="7")


def _owns_a_ticket(desk: history.Desk) -> None:
    desk.ticket("2", owner="7")


SIGNS = [
    _agent_in_an_older_list,
    _roster_with_the_day_of_leaving,
    _wrote_a_private_note,
    _owned_a_ticket_once,
    _owns_a_ticket,
]


@pytest.mark.parametrize("sign", SIGNS)
def test_an_agent_who_left_is_no_customer(sign: Callable[[history.Desk], None]) -> None:
    with history.desk() as desk:
        _thread(desk)
        sign(desk)
        _listed(desk, "customer", "@example.com", load=2)
        published = desk.build()
        row = published.ticket()
        assert (row["first_reply_minutes"], row["public_replies"], row["customer_messages"]) == (10, 1, 1)
        shown = next(e["actor"] for e in published.all("ticket_event") if e["occurred_at"] == at(10))
        assert shown == ("Ana" if sign in SIGNS[:2] else "7")  # what a customer's row calls them is never shown


def test_a_customer_who_never_was_staff_stays_one() -> None:
    with history.desk() as desk:
        _thread(desk)
        _listed(desk, "customer", "@example.com")
        row = desk.build().ticket()
        assert (row["first_reply_minutes"], row["public_replies"], row["customer_messages"]) == (None, 0, 2)


def test_an_agent_of_former_days_who_asks_is_the_customer_there() -> None:
    with history.desk() as desk:
        _thread(desk)
        _agent_in_an_older_list(desk)
        _listed(desk, "customer", load=2)
        desk.ticket("2", requester="7")
        desk.event(0, "public_message", actor="7", number="2")
        row = desk.build().ticket("2")
        assert (row["public_replies"], row["customer_messages"], row["is_outbound"]) == (0, 1, False)


def test_the_role_told_with_the_message_counts_before_any_list() -> None:
    with history.desk() as desk:
        desk.ticket("1", requester="kim")
        _agent_in_an_older_list(desk)
        desk.event(10, "public_message", actor="7", actor_role="customer")
        assert desk.build().ticket()["customer_messages"] == 1


def test_the_unhappiest_answer_is_the_lowest_share_whatever_the_scale() -> None:
    """Fault of the best public peer: the direction of CSAT swapped."""
    scales = [(1, 5, True, 1), (1, 5, False, 5), (0, 10, True, 0), (1, 7, False, 7)]
    with history.desk() as desk:
        for number, (low, high, higher_is_better, worst) in enumerate(scales):
            scale = {"scale_low": low, "scale_high": high, "higher_is_better": higher_is_better, "kind": "csat"}
            best = low + high - worst
            desk.put("survey", survey_id=f"{number} worst", score=worst, answered_at=at(number), **scale)
            desk.put("survey", survey_id=f"{number} best", score=best, answered_at=at(number), **scale)
        shares = {row["survey_id"]: row["score_share"] for row in desk.build().all("survey")}
        assert {share for key, share in shares.items() if "worst" in key} == {0}
        assert {share for key, share in shares.items() if "best" in key} == {1}
