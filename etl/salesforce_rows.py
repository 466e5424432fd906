"""What Salesforce's forms share: fields by name from CSV and JSON alike, 18-character ids, truths, closed states."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import case, func, literal, select

from etl.expressions import tidy
from etl.files import flatten
from etl.rearranged import Cell, rearranged
from etl.salesforce_words import STATUS
from etl.staging import RawTable, Stage

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def fields(raw: RawTable, into: Stage, names: Sequence[str]) -> RawTable:
    """A table with exactly these columns, empty where the file has none of that name.

    Data exports are CSV and queries JSON; both call a field by its API name (``Owner.Name`` through a relation).
    """
    if raw.kind == "json":
        return flatten(raw, names, into.connection)
    return rearranged(raw, into, {name: _trimmed(raw, name) for name in names})


def _trimmed(raw: RawTable, name: str) -> Cell:
    return func.nullif(func.trim(raw.table.c[name]), "") if name in raw.columns else literal(None)


def eighteen(number: Cell) -> Cell:
    """An id of 15 characters with the three that make it safe where case is not told apart; others as they are.

    Reports show 15 characters and exports 18 of the same id. The three spell, for each five characters, which of
    them are capitals.
    """
    signs = []
    for start in (1, 6, 11):
        capitals = [
            case((func.regexp_matches(func.substr(number, start + place, 1), "[A-Z]"), 2**place), else_=0)
            for place in range(5)
        ]
        sum_of = capitals[0] + capitals[1] + capitals[2] + capitals[3] + capitals[4]
        signs.append(func.substr(literal(_LETTERS), sum_of + 1, 1))
    is_short = func.regexp_full_match(number, "[A-Za-z0-9]{15}")
    return case((is_short, func.concat(number, *signs)), else_=number)


def is_true(text: Cell) -> Cell:
    """Whether a cell says yes; never NULL."""
    said: Cell = func.coalesce(func.lower(text).in_(("true", "1", "yes")), False)
    return said


def closed_words(rows: RawTable, into: Stage, status: Cell, is_closed: Cell) -> list[str]:
    """States of an org's own under which every case of this file is closed; the report says so."""
    said = func.coalesce(tidy(status), "").label("said")
    query = select(func.min(status)).select_from(rows.table).where(status.is_not(None)).group_by(said)
    found = into.connection.execute(query.having(func.bool_and(is_closed))).scalars().all()
    declared = {word.strip().lower() for word in into.settings.loading.status}
    own = sorted(word for word in found if " ".join(word.lower().split()) not in {*STATUS, *declared})
    if own:
        into.warnings.append(f"Read as resolved, as all their cases are closed: {', '.join(own)}.")
    return own


def is_user(number: Cell) -> Cell:
    """Whether an id is a person's."""
    return func.starts_with(number, "005")


def is_queue(number: Cell) -> Cell:
    """Whether an id is a queue's (or another group's)."""
    return func.starts_with(number, "00G")
