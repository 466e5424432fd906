"""Issues by words alike, repeats beside them, and what people say of issues: by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import history
import pytest
from history import at
from sqlalchemy import insert

from etl.issue_words import IssueWord, _replace
from etl.work import kept_issue

RUSH = ("printer on fire in office", "printer in office on fire", "office printer is on fire")


def _rush(desk: history.Desk, day: float = 0, first: int = 1, words: tuple[str, ...] = RUSH, **others: Any) -> None:
    for place, subject in enumerate(words):
        told = {"subject": subject, "product": "Cloud", "account": f"a{place}", "created_at": at(60 * place, days=day)}
        desk.ticket(str(first + place), **{**told, **others})


def _say(desk: history.Desk, *words: IssueWord) -> None:
    """As ``etl.issue_words.keep`` leaves them."""

    _replace(desk.connection, words)


def _word(kind: Any, *keys: str, tickets: tuple[str, ...] = (), day: float = 50, **others: Any) -> IssueWord:
    ids = tuple(f"desk:{number}" for number in tickets)
    return IssueWord(kind=kind, issue_keys=keys, ticket_ids=ids, said_by="Ana", said_at=at(days=day), **others)


def _tickets(published: history.Published) -> dict[str, Mapping[str, Any]]:
    return {row["ticket_id"].removeprefix("desk:"): row for row in published.all("issue_ticket")}


def _keys(published: history.Published) -> dict[str, tuple[str, str]]:
    return {number: (row["issue_key"], row["evidence"]) for number, row in _tickets(published).items()}


def test_a_rush_in_other_words_is_one_issue_named_by_what_was_said_first() -> None:
    with history.desk() as desk:
        _rush(desk)
        (issue,) = (published := desk.build()).all("issue")
        found = _tickets(published)
    assert (issue["issue_key"], issue["evidence"]) == (f"subject Cloud: {RUSH[0]}", "subject (suggested)")
    assert (issue["tickets"], issue["accounts"], issue["occurrences"], issue["confirmed_by"]) == (3, 3, 1, None)
    assert all(0.5 < row["confidence"] < 1 for row in found.values())


def test_words_are_not_compared_over_products_and_within_a_topic_where_there_are_none() -> None:
    with history.desk() as desk:
        for place, (subject, product) in enumerate(zip(RUSH, ("Cloud", "Desk", "Mail"), strict=True)):
            desk.ticket(str(place), subject=subject, product=product, account=f"a{place}")
        assert desk.build().all("issue") == []
    with history.desk() as desk:
        _rush(desk, product=None, category="Print")
        assert [row["issue_key"] for row in desk.build().all("issue")] == [f"subject Print: {RUSH[0]}"]


def test_words_lead_to_the_one_record_of_a_rush_and_say_so() -> None:
    with history.desk() as desk:
        _rush(desk)
        desk.ticket("9", subject=RUSH[0], product="Cloud", account="z", created_at=at(90), problem_key="PRB1")
        published = desk.build()
        assert _keys(published) == {
            **dict.fromkeys(("1", "2", "3"), ("problem PRB1", "subject (suggested)")), "9": ("problem PRB1", "problem"),
        }  # fmt: skip
        (issue,) = published.all("issue")
        assert (issue["evidence"], issue["problem_key"], issue["tickets"]) == ("problem", "PRB1", 4)


def test_a_merged_ticket_hands_its_record_to_the_one_it_became() -> None:
    with history.desk() as desk:
        desk.ticket("1", subject="no sound at all")
        desk.ticket("2", subject="nothing to hear", merged_into="1", status="merged", problem_key="PRB1")
        desk.ticket("3", subject="the sound is gone", merged_into="1", status="merged", problem_key="PRB1")
        assert _keys(desk.build()) == {"1": ("problem PRB1", "problem")}
    with history.desk() as desk:  # two records: nobody knows which
        desk.ticket("1", subject="no sound at all")
        desk.ticket("2", subject="nothing to hear", merged_into="1", status="merged", problem_key="PRB1")
        desk.ticket("3", subject="the sound is gone", merged_into="1", status="merged", problem_key="PRB2")
        assert _keys(desk.build()) == {}


def test_an_issue_keeps_its_key_while_it_keeps_half_its_tickets() -> None:
    """Three of four tickets shared (Jaccard 3/4): the old key. One of five: the name its words give it."""
    for before, key in ((("1", "2", "3"), "subject Cloud: old name"), (("1", "77", "78"), f"subject Cloud: {RUSH[0]}")):
        with history.desk() as desk:
            rows = [{"ticket_id": f"desk:{number}", "issue_key": "subject Cloud: old name"} for number in before]
            desk.connection.execute(insert(kept_issue), rows)
            _rush(desk)
            desk.ticket("77", subject="quite another matter here", product="Mail")
            desk.ticket("78", subject="and one more of them", product="Mail")
            desk.ticket("4", subject=RUSH[0], product="Cloud", account="z", created_at=at(days=1))
            assert {k for k, _ in _keys(desk.build()).values()} == {key}


def test_a_second_build_gives_the_same_keys_and_two_issues_never_one() -> None:
    with history.desk() as desk:
        _rush(desk)
        first = _keys(desk.build())
        desk.connection.commit()
        desk.connection.exec_driver_sql("detach facts")
        desk.connection.exec_driver_sql("attach ':memory:' as facts")
        # As many again, of other words and the old name: the newcomers do not take the key.
        _rush(desk, day=1, first=10, words=("login page stays white", "white login page again", "login page is white"))
        second = _keys(desk.build())
    assert {number: second[number] for number in first} == first
    assert len({key for key, _ in second.values()}) == 2


def test_an_account_that_writes_again_in_other_words_repeats_without_an_issue() -> None:
    """Ticket 2 comes three days after 1 was solved, 3 while 2 is open, 4 beyond 90 days, 5 is another account's."""
    with history.desk() as desk:
        told = {"product": "Cloud", "account": "a"}
        desk.ticket("1", subject="export of invoices fails", resolved_at=at(days=1), status="resolved", **told)
        desk.ticket("2", subject="invoices export fails again", created_at=at(days=4), **told)
        desk.ticket("3", subject="export of my invoices fails", created_at=at(days=5), **told)
        desk.ticket("4", subject="export of all invoices fails", created_at=at(days=96), **told)
        desk.ticket("5", subject="export of any invoices fails", created_at=at(days=50), product="Cloud", account="b")
        desk.ticket("6", subject="who may see the salaries", created_at=at(days=4), **told)
        published = desk.build()
        found = _tickets(published)
        pairs = {row["ticket_id"]: row for row in published.all("issue_pair")}
    assert set(found) == {"2", "3"}
    assert (found["2"]["repeat_of"], found["2"]["days_since_solved"], found["2"]["is_duplicate"]) == (
        "desk:1",
        3,
        False,
    )
    assert (found["2"]["repeat_evidence"], found["2"]["evidence"]) == ("subject (suggested)", "single")
    assert 0.33 <= found["2"]["repeat_confidence"] < 1
    # Alike to one that is open and to one that was solved: a repeat of the solved one.
    assert (found["3"]["repeat_of"], found["3"]["is_duplicate"]) == ("desk:1", False)
    assert set(pairs) == {"desk:2", "desk:3", "desk:6"}
    assert pairs["desk:6"]["evidence"] is None
    assert pairs["desk:6"]["score"] < 0.33


def test_beside_an_open_one_alike_is_a_duplicate() -> None:
    with history.desk() as desk:
        told = {"product": "Cloud", "account": "a"}
        desk.ticket("1", subject="export of invoices fails", **told)
        desk.ticket("2", subject="invoices export fails again", created_at=at(days=1), **told)
        found = _tickets(desk.build())
    assert [(n, row["repeat_of"], row["is_duplicate"]) for n, row in found.items()] == [("2", None, True)]


@pytest.mark.parametrize("key", ["problem_key", "code"])
def test_other_records_and_codes_are_no_repeat(key: str) -> None:
    with history.desk() as desk:
        for number, name in (("1", "A-101"), ("2", "A-202")):
            told = {"problem_key": name} if key == "problem_key" else {}
            subject = "export of invoices fails" + (f" ERR_{name[-3:]}" if key == "code" else "")
            desk.ticket(number, subject=subject, product="Cloud", account="a", resolved_at=at(days=int(number) - 0.5),
                        created_at=at(days=int(number) - 1), status="resolved", **told)  # fmt: skip
        published = desk.build()
        assert all(row["repeat_of"] is None for row in published.all("issue_ticket"))
        assert [row["evidence"] for row in published.all("issue_pair")] == [None]


KEY = f"subject Cloud: {RUSH[0]}"


def test_confirmed_tickets_are_of_the_issue_whatever_the_evidence() -> None:
    with history.desk() as desk:
        _rush(desk)
        desk.ticket("7", subject="where is my money gone", product="Mail")
        desk.ticket("8", problem_key="PRB9")
        _say(desk, _word("confirm", KEY, tickets=("1", "7", "8")))
        published = desk.build()
        found = _tickets(published)
        (issue,) = published.all("issue")
    assert {n: (row["issue_key"], row["evidence"], row["confirmed_by"]) for n, row in found.items()} == {
        "1": (KEY, "person", "Ana"),
        "2": (KEY, "subject (suggested)", None),
        "3": (KEY, "subject (suggested)", None),
        "7": (KEY, "person", "Ana"),
        "8": (KEY, "problem", "Ana"),
    }
    assert (found["7"]["confidence"], found["7"]["confirmed_at"]) == (1.0, at(days=50))
    assert (issue["confirmed_by"], issue["confirmed_at"], issue["tickets"]) == ("Ana", at(days=50), 5)


def test_a_whole_issue_is_confirmed_as_it_stood_and_what_joins_later_is_a_guess() -> None:
    with history.desk() as desk:
        _rush(desk)
        desk.ticket("9", subject=RUSH[0], product="Cloud", account="z", created_at=at(days=60))
        _say(desk, _word("confirm", KEY, day=50))
        found = _keys(desk.build())
    assert found == {**dict.fromkeys(("1", "2", "3"), (KEY, "person")), "9": (KEY, "subject (suggested)")}


def test_split_tickets_stand_alone_or_are_an_issue_of_their_own() -> None:
    for name, expected in ((None, {}), ("Toner", {"1": ("person Toner", "person"), "2": ("person Toner", "person")})):
        with history.desk() as desk:
            _rush(desk)
            desk.ticket("4", subject=RUSH[0], product="Cloud", account="z")
            _say(desk, _word("split", KEY, tickets=("1", "2"), name=name))
            published = desk.build()
            assert _keys(published) == {**expected, **dict.fromkeys("34", (KEY, "subject (suggested)"))}
            assert {row["label"] for row in published.all("issue")} >= ({name} if name else set())


def test_split_tickets_are_no_repeat_of_the_issue_they_left() -> None:
    with history.desk() as desk:
        _rush(desk, account="a", resolved_at=at(600), status="resolved")
        _rush(desk, day=0.01, first=5, words=(RUSH[0],), account="b")
        desk.ticket("9", subject=RUSH[1], product="Cloud", account="a", created_at=at(days=20))
        assert _tickets(desk.build())["9"]["repeat_of"] == "desk:3"
    with history.desk() as desk:
        _rush(desk, account="a", resolved_at=at(600), status="resolved")
        _rush(desk, day=0.01, first=5, words=(RUSH[0],), account="b")
        desk.ticket("9", subject=RUSH[1], product="Cloud", account="a", created_at=at(days=20))
        _say(desk, _word("split", KEY, tickets=("9",)))
        assert "9" not in _tickets(desk.build())


def test_merged_issues_are_one_and_a_link_makes_it_that_of_a_record() -> None:
    with history.desk() as desk:
        _rush(desk)
        _rush(desk, first=4, words=("login page stays white", "white login page again", "login page is white"))
        desk.ticket("9", problem_key="PRB1", product="Mail")
        other = "subject Cloud: login page stays white"
        _say(
            desk,
            _word("rename", other, name="White pages"),
            _word("merge", KEY, other),
            _word("link", KEY, problem_key="PRB1"),
            _word("confirm", "gone"),  # an issue that is not there any more: nothing happens
        )
        published = desk.build()
        (issue,) = published.all("issue")
        found = _keys(published)
    assert found == {**dict.fromkeys("123456", ("problem PRB1", "person")), "9": ("problem PRB1", "problem")}
    assert (issue["label"], issue["problem_key"], issue["evidence"]) == ("White pages", "PRB1", "problem")
    assert (issue["confirmed_by"], issue["tickets"]) == ("Ana", 7)


def test_the_later_word_counts() -> None:
    with history.desk() as desk:
        _rush(desk)
        _say(
            desk,
            _word("split", KEY, tickets=("1",)),
            _word("confirm", KEY, tickets=("1",)),
            _word("rename", KEY, name="Fire"),
            _word("rename", KEY, name="Smoke"),
        )
        published = desk.build()
        assert _keys(published)["1"] == (KEY, "person")
        assert [row["label"] for row in published.all("issue")] == ["Smoke"]


@pytest.mark.parametrize(
    "lacking",
    [
        {"kind": "split", "issue_keys": ("a",)},
        {"kind": "merge", "issue_keys": ("a", "a")},
        {"kind": "rename", "issue_keys": ("a",), "name": " "},
        {"kind": "link", "issue_keys": ("a",)},
        {"kind": "confirm", "issue_keys": ()},
    ],
)
def test_a_word_that_says_nothing_is_refused(lacking: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        IssueWord(**lacking, said_by="Ana", said_at=at())
