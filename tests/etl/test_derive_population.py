"""The population rules: flags and links on facts, never a dropped row."""

import history
from history import at


def test_messages_of_a_merged_ticket_belong_to_the_last_of_the_chain() -> None:
    with history.desk() as desk:
        desk.ticket("1", requester="kim", status="resolved", resolved_at=at(300))
        desk.ticket("2", requester="kim", status="merged", merged_into="3")
        desk.ticket("3", requester="kim", status="merged", merged_into="1")
        desk.event(0, "public_message", actor="kim", actor_role="customer")
        desk.event(5, "public_message", number="2", actor="kim", actor_role="customer")
        desk.event(20, "public_message", number="2", actor="ann", actor_role="agent")
        desk.event(30, "private_note", number="3", actor="ann", actor_role="agent")
        desk.event(90, "public_message", actor="ann", actor_role="agent")
        tickets = desk.build().tickets()
        first = tickets["1"]
        assert (first["public_replies"], first["customer_messages"], first["private_notes"]) == (2, 2, 1)
        assert first["first_reply_minutes"] == 20  # the answer given on the ticket that was merged in
        assert [tickets[str(n)]["merged_into"] for n in (1, 2, 3)] == [None, "desk:1", "desk:1"]
        assert tickets["2"]["excluded_because"] == "merged into another ticket"


def test_what_a_note_says_of_a_merge_counts_where_the_ticket_is_known_to_be_merged() -> None:
    """1 survives; of the others each is told in another way. 5 is a follow-up that inherited the tag; 6 quotes a notice."""
    with history.desk() as desk:
        desk.ticket("1", requester="kim")
        desk.ticket("2", status="merged", noted_merge="1")
        for number, status in (("3", "closed"), ("4", "closed"), ("5", "open"), ("6", "closed"), ("7", "closed")):
            desk.ticket(number, status=status)
        desk.ticket("3", part="tags", is_merged=True)
        desk.ticket("3", part="merge note", noted_merge="1")
        desk.ticket("4", part="merge note", noted_merge="6", is_merged=True)
        desk.ticket("4", part="merge", merged_into="1")  # told outright: what a note says does not matter
        desk.ticket("5", part="merge note", noted_merge="1", is_merged=True)
        desk.ticket("6", part="merge note", noted_merge="1")
        desk.ticket("7", part="tags", is_merged=True)  # into which, nobody says
        tickets = desk.build().tickets().values()
        assert [t["merged_into"] for t in tickets] == [None, "desk:1", "desk:1", "desk:1", None, None, None]
        assert [t["excluded_because"] is not None for t in tickets] == [False, True, True, True, False, False, True]


def test_a_note_of_a_merge_alone_makes_no_ticket() -> None:
    with history.desk() as desk:
        desk.ticket("1", requester="kim")
        desk.put("ticket", part="merge note", original_id="2", noted_merge="1", is_merged=True)
        assert list(desk.build().tickets()) == ["1"]


def test_the_help_desks_own_notice_of_a_merge_answers_nobody() -> None:
    with history.desk() as desk:
        desk.ticket("1", requester="kim")
        desk.ticket("2", requester="kim", status="merged", merged_into="1")
        desk.event(0, "public_message", actor="kim")
        desk.event(5, "public_message", number="2", actor="ann", original_value="merge notice")
        desk.event(9, "public_message", actor="ann")
        desk.ticket("3", requester="kim")
        desk.event(
            0, "public_message", number="3", actor="kim", original_value="merge notice"
        )  # quotes one, was never merged
        tickets = desk.build().tickets()
        assert (tickets["1"]["public_replies"], tickets["1"]["first_reply_minutes"]) == (1, 9)
        assert tickets["3"]["customer_messages"] == 1


def test_a_ring_of_merges_moves_nothing() -> None:
    with history.desk() as desk:
        desk.ticket("1", status="merged", merged_into="2")
        desk.ticket("2", status="merged", merged_into="1")
        desk.event(0, "public_message", actor="kim", actor_role="customer")
        tickets = desk.build().tickets()
        assert [t["merged_into"] for t in tickets.values()] == [None, None]
        assert tickets["1"]["customer_messages"] == 1


def test_an_answer_before_this_ticket_began_is_no_first_reply() -> None:
    with history.desk() as desk:
        desk.ticket("1", created_at=at(60), requester="kim")
        desk.ticket("2", created_at=at(0), requester="kim", status="merged", merged_into="1")
        desk.event(0, "public_message", number="2", actor="kim", actor_role="customer")
        desk.event(10, "public_message", number="2", actor="ann", actor_role="agent")
        desk.event(60, "public_message", actor="kim", actor_role="customer")
        row = desk.build().tickets()["1"]
        assert (row["public_replies"], row["first_reply_at"], row["is_outbound"]) == (1, None, False)


def test_resolved_by_a_rule_while_waiting_for_the_customer_is_unconfirmed() -> None:
    """1: rule out of waiting; 2: an agent out of waiting; 3: rule out of open; 4: rule, but a person solved it first."""
    with history.desk() as desk:
        for number, waits, role in (("1", True, "bot"), ("2", True, "agent"), ("3", False, "bot")):
            desk.ticket(number, status="resolved")
            desk.event(0, "status", "open", number=number)
            if waits:
                desk.event(10, "status", "waiting_customer", number=number, actor_role="agent")
            desk.event(60, "status", "resolved", number=number, actor_role=role, actor="x")
        desk.ticket("4", status="closed")
        for minute, status, role in ((0, "waiting_customer", "agent"), (5, "resolved", "agent"), (90, "closed", "bot")):
            desk.event(minute, "status", status, number="4", actor_role=role, actor="x")
        flags = [t["is_auto_closed"] for t in desk.build().tickets().values()]
        assert flags == [True, False, False, False]


def test_tags_and_the_vendors_own_word_make_the_same_flags() -> None:
    with history.desk() as desk:
        desk.ticket("1", status="closed", tags="billing,No_Response")
        desk.ticket("2", status="closed", is_auto_closed=True)
        desk.ticket("3", tags="sandbox,billing")
        desk.ticket("4", is_test=True)
        desk.ticket("5", tags="sandboxed")
        published = desk.build(people={"auto_closed_tags": ["no_response"], "test_tags": ["Sandbox"]})
        tickets = published.tickets().values()
        assert [t["is_auto_closed"] for t in tickets] == [True, True, False, False, False]
        test = "test or internal requester"
        assert [t["excluded_because"] for t in tickets] == [None, None, test, test, None]
