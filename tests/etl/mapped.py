"""A file and a mapping in, the staged facts out: what ``etl.load`` does up to the facts, without the house."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from specimens import memory
from sqlalchemy import select
from sqlalchemy.engine import Connection

from etl import dates, files
from etl.mapping import Mapping
from etl.settings import Settings
from etl.staging import BY_NAME, RawTable, Stage, refused, unmapped
from etl.translate import stage_mapping


@dataclass
class Staged:
    """The facts of one file, in a database of its own."""

    connection: Connection
    stage: Stage
    rows: int
    raw: list[RawTable] = field(default_factory=list)

    def facts(self, fact: str, *names: str) -> list[Any]:
        """Facts by row, as tuples of some columns (or the one column)."""
        table = BY_NAME[fact]
        order = [table.c[name] for name in ("row", "original_id", "sequence") if name in table.columns]
        rows = self.connection.execute(select(*(table.c[name] for name in names)).order_by(*order)).all()
        return [row[0] if len(names) == 1 else tuple(row) for row in rows]

    @property
    def refusals(self) -> list[tuple[Any, ...]]:
        query = select(refused.c.row, refused.c.column, refused.c.value, refused.c.reason).order_by(refused.c.row)
        return [tuple(row) for row in self.connection.execute(query)]

    @property
    def unmapped(self) -> list[tuple[Any, ...]]:
        c = unmapped.c
        query = select(c.column, c.word, c.treated_as, c.rows).order_by(c.column, c.word)
        return [tuple(row) for row in self.connection.execute(query)]


def staged(content: str | Path, mapping: dict[str, Any] | Mapping, *, name: str = "export.csv", **stage: Any) -> Staged:
    """Stage a file (its text, or a path) through a mapping."""
    connection = memory()
    folder = Path(tempfile.mkdtemp())
    path = content if isinstance(content, Path) else folder / name
    if isinstance(content, str):
        path.write_text(content, encoding="utf-8")
    model = mapping if isinstance(mapping, Mapping) else Mapping.model_validate(mapping)
    into = Stage(connection, 1, stage.pop("timezone", "UTC"), stage.pop("settings", Settings()))
    into.is_zone_declared = stage.pop("declared", True)
    dates.declare(connection, stage.pop("order", None))
    got = Staged(connection, into, 0)
    for source in files.open_inputs([path], folder / "scratch"):
        for raw in files.read(source, connection, model.file):
            stage_mapping(model, raw, into)
            got.rows += raw.rows
            got.raw.append(raw)
    return got
