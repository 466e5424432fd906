"""A home in memory: files staged one after another by one source, as loads 1, 2, 3 …, and what came of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from specimens import memory
from sqlalchemy import select

from etl import files
from etl.settings import Loading, Settings
from etl.staging import BY_NAME, Stage, refused, unmapped
from etl.vocabulary import Status


class Desk:
    """Stages texts and records with ``source``; ``status`` is what ``supportkpi.toml`` says of vendor words."""

    def __init__(self, source: Any, folder: Path, status: dict[str, Status] | None = None) -> None:
        self.source, self.folder = source, folder
        self.settings = Settings(loading=Loading(status=status or {}))
        self.connection = memory()
        self.loads = 0
        self.warnings: list[str] = []

    def text(self, content: str, name: str = "export.csv", zone: str = "UTC") -> None:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        self.loads += 1
        for each in files.open_inputs([path], self.folder / "scratch"):
            for raw in files.read(each, self.connection):
                claim = self.source.claim(raw)
                assert claim.accepted, claim
                into = Stage(self.connection, self.loads, zone, self.settings)
                self.source.stage(raw, into)
                self.warnings += [*raw.notes, *into.warnings]

    def records(self, name: str, records: list[dict[str, Any]]) -> None:
        self.text(json.dumps({name: records}), f"{name}.json")

    def claim(self, content: str, name: str = "export.csv") -> Any:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        (each,) = files.open_inputs([path], self.folder / "scratch")
        (raw,) = files.read(each, self.connection)
        return self.source.claim(raw)

    def facts(self, fact: str, *names: str) -> list[tuple[Any, ...]]:
        """The chosen columns of every fact, in order of loads and rows, of events in their order."""
        table = BY_NAME[fact]
        order = [table.c[name] for name in ("load_id", "row", "sequence") if name in table.c]
        rows = self.connection.execute(select(*(table.c[name] for name in names)).order_by(*order))
        return [tuple(row) for row in rows]

    def refusals(self) -> list[tuple[Any, ...]]:
        query = select(refused.c.row, refused.c.column, refused.c.value, refused.c.reason).order_by(refused.c.row)
        return [tuple(row) for row in self.connection.execute(query)]

    def unknown(self) -> list[tuple[str, str]]:
        """Column and word of what nobody mapped."""
        query = select(unmapped.c.column, unmapped.c.word).order_by(unmapped.c.column, unmapped.c.word)
        return [(column, word) for column, word in self.connection.execute(query)]
