"""Signals of context rebuilding: each seen in a small thread, and said to be missing where the feed is silent."""

from __future__ import annotations

from typing import Any

import history

NAMES = ("history", "note", "link", "escalation", "engineering_question", "customer_question", "pickup", "reopen")


def _signals(row: Any) -> dict[str, Any]:
    seen = {name: row[f"signal_{name}"] for name in (*NAMES, "resume")}
    return {name: count for name, count in {**seen, "words": row["words_reread"]}.items() if count}


def test_a_thread_with_every_signal() -> None:
    with history.desk() as desk:
        desk.put("person", original_id="eve", name="eve", role="agent", tier="engineering")
        desk.ticket(requester="kim", status="resolved")
        desk.event(0, "public_message", actor="kim", words=100)
        desk.event(1, "owner", "ana", actor="-1")
        desk.event(5, "private_note", actor="ana", words=10)  # note before the first answer
        desk.event(6, "public_message", actor="ana", words=30, is_question=True)  # question …
        desk.event(6, "status", "waiting_customer", actor="ana")  # … and the ticket waits
        desk.event(30, "link", "ENG-1", actor="ana")  # written up: a link …
        desk.event(31, "status", "waiting_other", actor="ana")  # … and on hold
        desk.event(60, "private_note", actor="eve", words=10)
        desk.event(70, "private_note", actor="ana", words=10)  # straight after the engineer: one round trip
        desk.event(80, "owner", "ben", actor="ana")
        desk.event(90, "private_note", actor="ben", words=10)  # pick-up: 100 + 10 + 30 + 10 + 10 words to read
        desk.event(95, "public_message", actor="ben", words=50)  # the answer
        desk.event(96, "private_note", actor="ben", words=10)  # after it: bookkeeping, no signal
        desk.event(97, "status", "resolved", actor="ben")
        desk.event(200, "status", "open", actor="kim")
        desk.event(210, "private_note", actor="ben", words=10)  # between the reopen and the next answer
        desk.event(210 + 25 * 60, "public_message", actor="ben", words=50)  # a day later
        desk.event(211 + 25 * 60, "status", "resolved", actor="ben")
        row = desk.build().ticket()
        assert _signals(row) == {
            "history": 1,
            "note": 2,
            "link": 1,
            "escalation": 1,
            "engineering_question": 1,
            "customer_question": 1,
            "pickup": 1,
            "reopen": 1,
            "resume": 1,
            "words": 160,
        }
        assert row["tax_feed"] is None


def test_assignments_alone_tell_nothing_of_context() -> None:
    with history.desk() as desk:
        desk.ticket()
        desk.event(1, "owner", "ana")
        row = desk.build().ticket()
        assert row["tax_feed"] == "needs messages: the export holds assignments only"
        assert row["signal_history"] is None
        assert _signals(row) == {}


def test_a_feed_without_notes_says_so_and_leaves_them_unknown() -> None:
    with history.desk() as desk:
        desk.ticket()
        desk.event(1, "public_message", actor="ana", words=5)
        desk.event(2, "owner", "ana")
        desk.event(3, "status", "open")
        desk.event(4, "link", "X-1")
        row = desk.build().ticket()
        assert row["tax_feed"] == "lower bound: no private notes"
        assert (row["signal_note"], row["signal_engineering_question"], row["signal_link"]) == (None, None, 1)


def test_no_note_is_lost_to_an_unknown_role_before_it() -> None:
    with history.desk() as desk:
        desk.ticket()
        for minute in range(5):
            desk.event(2 * minute, "private_note", actor=None)
            desk.event(2 * minute + 1, "private_note", actor="ana")
        desk.event(20, "public_message", actor="ana")
        row = desk.build().ticket()
        assert (row["private_notes"], row["signal_note"]) == (10, 5)


def test_a_round_trip_is_a_note_straight_after_an_engineers() -> None:
    with history.desk() as desk:
        desk.put("person", original_id="eve", name="eve", role="agent", tier="engineering")
        desk.ticket(requester="kim")
        desk.event(0, "public_message", actor="kim", words=50)
        for minute, actor in enumerate(("eve", "ana", "ana", "ana", "eve", "ana"), start=1):
            desk.event(minute, "private_note", actor=actor, words=5)
        # Two of ana's four notes follow eve directly; the other two are notes of their own.
        row = desk.build().ticket()
        assert (row["signal_engineering_question"], row["signal_note"]) == (2, 2)
