"""What people say of issues: the one evidence that outranks records, error codes and text.

The pages write into the journal; a command hands all that stands there to ``keep``, which replaces what the work file
held before. The derivation applies the words in their order, the later over the earlier.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Connection, delete, insert, select

from etl import snapshot, work
from etl.settings import Home, Settings, read_toml
from etl.work import issue_word

IssueWordKind = Literal["confirm", "split", "merge", "rename", "link"]


class IssueWord(BaseModel):
    """One thing a person said of issues, by the keys and ticket ids that the facts show.

    - ``confirm``: the tickets are of the first issue, whatever the evidence; without tickets: all that are in it and
      were created before ``said_at``.
    - ``split``: the tickets are not of the first issue; with ``name`` they are one issue of that name, else each stands
      alone.
    - ``merge``: two or more issues are one, under the first key.
    - ``rename``: the first issue is called ``name``.
    - ``link``: the first issue is that of the problem or engineering record ``problem_key``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: IssueWordKind
    issue_keys: tuple[str, ...] = Field(min_length=1)
    ticket_ids: tuple[str, ...] = ()
    name: str | None = None
    problem_key: str | None = None
    said_by: str
    said_at: datetime

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        """Each kind brings what it speaks of."""
        if self.kind == "split" and not self.ticket_ids:
            raise ValueError("a split names the tickets that are not of the issue")
        if self.kind == "merge" and len(set(self.issue_keys)) < 2:
            raise ValueError("a merge names two issues at least")
        if self.kind == "rename" and not (self.name or "").strip():
            raise ValueError("a rename brings a name")
        if self.kind == "link" and not (self.problem_key or "").strip():
            raise ValueError("a link names a problem or engineering record")
        return self

    def at(self) -> datetime:
        """When it was said, naive and in UTC as all facts are."""
        return self.said_at.astimezone(UTC).replace(tzinfo=None) if self.said_at.tzinfo else self.said_at


def keep(home: Home, words: Sequence[IssueWord]) -> Path | None:
    """Make ``words``, in this order, all that people have said of issues, and publish facts that follow them.

    Everything said before is replaced, in one transaction: a process that is killed leaves the old words or the new
    ones, and the next load (or ``supportkpi`` run that publishes what is behind) mends the rest. The same words again
    change nothing. Returns the snapshot that stands then; None, and nothing kept, where nothing was
    ever loaded: there is no issue to speak of. Raises BusyError while a load is running.
    """
    settings = read_toml(home.settings_file, Settings)
    with work.opened(home) as connection:
        if not connection.execute(select(work.state.c.last_load_id)).scalar_one():
            return None
        if kept(connection) != [word.model_copy(update={"said_at": word.at()}) for word in words]:
            _replace(connection, words)
            work.changed(connection)
            connection.commit()
        connection.rollback()
        if snapshot.is_stale(home, connection, settings):
            snapshot.publish(home, connection, settings)
    return home.current_snapshot()


def kept(connection: Connection) -> list[IssueWord]:
    """The words the work file holds, in their order; moments are naive UTC."""
    rows = connection.execute(select(issue_word).order_by(issue_word.c.position)).mappings()
    return [
        IssueWord(
            kind=row["kind"],
            issue_keys=json.loads(row["issue_keys"]),
            ticket_ids=json.loads(row["ticket_ids"]),
            name=row["name"],
            problem_key=row["problem_key"],
            said_by=row["said_by"],
            said_at=row["said_at"],
        )
        for row in rows
    ]


def _replace(connection: Connection, words: Sequence[IssueWord]) -> None:
    connection.execute(delete(issue_word))
    rows = [
        {
            "position": position,
            "kind": word.kind,
            "issue_keys": json.dumps(word.issue_keys),
            "ticket_ids": json.dumps(word.ticket_ids),
            "name": word.name,
            "problem_key": word.problem_key,
            "said_by": word.said_by,
            "said_at": word.at(),
        }
        for position, word in enumerate(words, 1)
    ]
    if rows:
        connection.execute(insert(issue_word), rows)
