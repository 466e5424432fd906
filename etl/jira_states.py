"""A site's own states, read by the category Jira puts each of them into."""

from __future__ import annotations

from sqlalchemy import func, select

from etl import expressions
from etl.jira_words import CATEGORY, STATUS, WORDS
from etl.mapping import Words
from etl.rearranged import Cell
from etl.staging import RawTable, Stage
from etl.vocabulary import Status


def words_with_categories(raw: RawTable, into: Stage, status: Cell, category: Cell) -> Words:
    """Our words, and for states we do not know what their category says; the report tells which."""
    known = {expressions.plain(word) for word in (*STATUS, *into.settings.loading.status, *map(str, Status))}
    query = select(status.label("status"), func.max(category).label("category")).select_from(raw.table)
    found = into.connection.execute(query.where(status.is_not(None)).group_by(status).order_by(status)).all()
    read = {
        row.status: CATEGORY[expressions.plain(row.category)]
        for row in found
        if row.category and expressions.plain(row.category) in CATEGORY and expressions.plain(row.status) not in known
    }
    if read:
        told = "; ".join(f"'{word}' as {ours}" for word, ours in read.items())
        into.warnings.append(f"Read by their status category: {told}.")
    return WORDS.model_copy(update={"status": {**STATUS, **read}})
