"""Whose file is this: one source or none, and the columns that decided."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import MetaData, Table

from etl import recognise
from etl.errors import FileRefusedError
from etl.recognise import Candidate, Weighed
from etl.staging import Claim, RawTable


def table(*columns: str) -> RawTable:
    return RawTable(Table("raw", MetaData()), columns, "export.csv", 1)


def knowing(name: str, *needed: str, optional: tuple[str, ...] = ()) -> Candidate:
    """A source that needs some columns and knows some more."""

    def claim(raw: RawTable) -> Claim:
        there = tuple(column for column in (*needed, *optional) if column in raw.columns)
        return Claim(name, there, tuple(column for column in needed if column not in raw.columns))

    def stage(raw: RawTable, into: Any) -> None:
        raise NotImplementedError

    return Candidate(name, claim, stage)


def refused(raw: RawTable, *everyone: Candidate) -> str:
    with pytest.raises(FileRefusedError) as caught:
        recognise.choose(raw, everyone)
    return str(caught.value)


def test_every_candidate_is_weighed_the_one_that_claims_first_then_the_nearest():
    everyone = [
        knowing("far", "a", "x", "y"),
        knowing("near", "a", "b", "x"),
        knowing("right", "a"),
        knowing("no", "z"),
    ]
    weighed = recognise.claims(table("a", "b", "c"), everyone)
    assert [(each.name, each.accepted, each.matched, each.missing) for each in weighed] == [
        ("right", True, ("a",), ()),
        ("near", False, ("a", "b"), ("x",)),
        ("far", False, ("a",), ("x", "y")),
    ]
    assert [round(each.nearness, 2) for each in weighed] == [1.0, 0.67, 0.33]
    assert recognise.choose(table("a", "b", "c"), everyone).name == "right"


def test_a_header_spelt_nearly_like_a_missing_column_is_named():
    desk = knowing("desk", "Ticket ID", "Opened", "Priority")
    (weighed,) = recognise.claims(table("ticket_id", "Opened on", "Priority"), [desk])
    assert weighed.spelt == {"Ticket ID": "ticket_id", "Opened": "Opened on"}
    assert weighed.lacks == "'Ticket ID' ('ticket_id' is there), 'Opened' ('Opened on' is there)"
    assert refused(table("ticket_id", "Opened on", "Priority"), desk, knowing("other", "Nothing")) == (
        "Nobody recognises the columns of export.csv. It has: ticket_id, Opened on, Priority. "
        "desk knows 1 of them and also needs 'Ticket ID' ('ticket_id' is there), 'Opened' ('Opened on' is there). "
        "Draft a mapping for it: supportkpi map export.csv"
    )


def test_at_most_three_near_misses_are_told():
    everyone = [knowing(name, "a", "missing") for name in ("one", "two", "three", "four")]
    said = refused(table("a"), *everyone)
    assert said.count("also needs 'missing'") == 3


def test_of_two_that_claim_it_the_one_counts_that_knows_all_the_other_does_and_more():
    small, large = knowing("small", "a"), knowing("large", "a", optional=("b",))
    assert recognise.choose(table("a", "b"), [small, large]).name == "large"
    assert refused(table("a"), small, large).startswith("export.csv could be from large or from small. Only large")


def test_knowing_more_columns_is_no_right_to_those_another_knows():
    """A file with the proofs of two sources is nobody's until a person says whose."""
    first, second = knowing("first", "a", "b", "c"), knowing("second", "d")
    assert refused(table("a", "b", "c", "d"), first, second) == (
        "export.csv could be from first or from second. Only first knows: a, b, c. Only second knows: d. "
        "Say which: --source first or --source second."
    )


def test_nobody_is_chosen_among_none():
    assert recognise.chosen([]) is None
    assert recognise.chosen([Weighed(knowing("x", "a"), ("a",), ("b",))]) is None
