"""Everything people write that is a text with a few fields: one table for all kinds, one class a kind.

A kind is a subclass of ``Body`` with a ``kind`` of its own; declaring it is all there is to do, the table stays as it
is. A field that is added later needs a default, so that what was written before can still be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from dashboard.journal.records import Entry


class Body(BaseModel):
    """What an entry of a kind says. ``kind`` is its name in the table and never changes."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)
    kind: ClassVar[str]


Kind = TypeVar("Kind", bound=Body)


@dataclass(frozen=True, kw_only=True)
class Written(Entry, Generic[Kind]):
    """An entry and what it says. ``about``: the KPI, issue or review it speaks of; '' where it stands alone."""

    about: str
    body: Kind
    begun: int  # the number of the entry's first version, the same in all of them
