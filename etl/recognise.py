"""Whose file is this? Sources and mapping files look at the columns; exactly one may claim a table.

``claims`` weighs every candidate, best first; ``choose`` takes the one that is right or says why none is. What the
command line, the load report and the pages say of a file's origin is made of the same ``Weighed``.
"""

from __future__ import annotations

import difflib
import hashlib
import importlib
import pkgutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from etl import sources
from etl.errors import FileRefusedError, UsageError, nearest
from etl.mapping import FileOptions, Mapping
from etl.settings import Home, read_toml
from etl.staging import Claim, RawTable, Stage

#: How many near misses are shown; of a file that was taken, those that found this share of their columns.
NEAR = 3
NEARLY = 0.5


@dataclass(frozen=True)
class Candidate:
    """A source module or a mapping file: how it claims a table, how it stages it, how it wants files read.

    ``version`` changes with the content of a mapping file, so that a changed mapping reads its files anew.
    """

    name: str
    claim: Callable[[RawTable], Claim]
    stage: Callable[[RawTable, Stage], None]
    version: str = ""
    options: FileOptions = field(default_factory=FileOptions)
    timezone: str | None = None
    is_mapping: bool = False


def candidates(home: Home, source: str | None = None, mapping: Path | None = None) -> list[Candidate]:
    """Everyone who may claim a file. ``mapping`` stands alone; ``source`` names one of the others.

    Raises UsageError for a name nobody has, with the nearest one.
    """
    if mapping is not None:
        return [_of_mapping(mapping)]
    everyone = [*_modules(), *(_of_mapping(path) for path in sorted(home.mappings.glob("*.toml")))]
    if source is None:
        return everyone
    chosen = [each for each in everyone if each.name == source]
    if not chosen:
        raise UsageError(f"There is no source '{source}'.", nearest(source, [each.name for each in everyone]))
    return chosen


def _modules() -> list[Candidate]:
    found = []
    for info in pkgutil.iter_modules(sources.__path__):
        module = importlib.import_module(f"{sources.__name__}.{info.name}")
        if hasattr(module, "NAME"):
            found.append(Candidate(module.NAME, module.claim, module.stage))
    return found


def _of_mapping(path: Path) -> Candidate:
    from etl import translate

    if not path.is_file():
        raise UsageError(f"There is no mapping file {path}.", next_step="Check the path.")
    mapping = read_toml(path, Mapping)
    return Candidate(
        name=mapping.name,
        claim=lambda raw: translate.claim_mapping(mapping, raw),
        stage=lambda raw, into: translate.stage_mapping(mapping, raw, into),
        version=hashlib.sha256(path.read_bytes()).hexdigest()[:16],
        options=mapping.file,
        timezone=mapping.clock.timezone,
        is_mapping=True,
    )


@dataclass(frozen=True)
class Weighed:
    """What one candidate says of one table: the columns that prove it, those it needs and the table has not.

    ``spelt`` gives, for a missing column, the header of the table that looks like it: ``{"Ticket ID": "Ticket Id"}``.
    """

    candidate: Candidate
    matched: tuple[str, ...]
    missing: tuple[str, ...]
    spelt: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.candidate.name

    @property
    def accepted(self) -> bool:
        return bool(self.matched) and not self.missing

    @property
    def nearness(self) -> float:
        """The share of the columns it looks for that are there, 0 to 1."""
        return len(self.matched) / max(1, len(self.matched) + len(self.missing))

    @property
    def lacks(self) -> str:
        """What it misses, in words: ``'Ticket ID' ('Ticket Id' is there), 'Opened'``."""
        return _some([self._lack(name) for name in self.missing], most=4)

    def _lack(self, name: str) -> str:
        return f"'{name}' ('{self.spelt[name]}' is there)" if name in self.spelt else f"'{name}'"

    def knows_more_than(self, other: Weighed) -> bool:
        """Whether it recognises every column the other does, and at least one besides."""
        return set(self.matched) > set(other.matched)


def claims(raw: RawTable, everyone: Sequence[Candidate]) -> list[Weighed]:
    """Every candidate that knows a column of this table, the best first: those that claim it, then the nearest."""
    weighed = [_weigh(each, raw) for each in everyone]
    known = [each for each in weighed if each.matched]
    return sorted(known, key=lambda each: (not each.accepted, -each.nearness, -len(each.matched), each.name))


def _weigh(candidate: Candidate, raw: RawTable) -> Weighed:
    found = candidate.claim(raw)
    spelt = {} if not found.matched else spellings(found.missing, set(raw.columns) - set(found.matched))
    return Weighed(candidate, found.matched, found.missing, spelt)


def spellings(missing: Iterable[str], there: Iterable[str]) -> dict[str, str]:
    """For each missing column the header that looks like it: the same letters and digits, or nearly.

    >>> spellings(["Ticket ID", "Opened"], ["Ticket Id", "Team"])
    {'Ticket ID': 'Ticket Id'}
    """
    bare = {_bare(name): name for name in sorted(there)}
    close = {name: difflib.get_close_matches(_bare(name), bare, n=1, cutoff=0.8) for name in missing}
    return {name: bare[found[0]] for name, found in close.items() if found and _bare(name)}


def _bare(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def chosen(weighed: Sequence[Weighed]) -> Weighed | None:
    """The one that claims a table, of its ``claims``; None where nobody does or two have equal right.

    Of two that claim it, the one counts that recognises all the other does and more.
    """
    accepted = sorted((each for each in weighed if each.accepted), key=lambda each: -len(each.matched))
    if not accepted or not all(accepted[0].knows_more_than(other) for other in accepted[1:]):
        return None
    return accepted[0]


def choose(raw: RawTable, everyone: Sequence[Candidate]) -> Candidate:
    """The one candidate that claims the table.

    Raises FileRefusedError where nobody claims the table, or two have equal right; the columns that decided are
    named.
    """
    weighed = claims(raw, everyone)
    winner = chosen(weighed)
    if winner is None:
        raise refusal(raw, everyone, weighed)
    return winner.candidate


def refusal(raw: RawTable, everyone: Sequence[Candidate], weighed: Sequence[Weighed]) -> FileRefusedError:
    """Why nobody gets this table: two claim it, or the nearest few each lack something."""
    accepted = sorted((each for each in weighed if each.accepted), key=lambda each: -len(each.matched))
    if accepted:
        return _tie(raw, accepted[0], next(each for each in accepted[1:] if not accepted[0].knows_more_than(each)))
    if len(everyone) == 1 and everyone[0].is_mapping:
        return _mapping_misfit(raw, _weigh(everyone[0], raw))
    near = [f"{each.name} knows {len(each.matched)} of them and also needs {each.lacks}." for each in weighed[:NEAR]]
    detail = " ".join([f"It has: {_some(raw.columns)}.", *near])
    draft = f"Draft a mapping for it: supportkpi map {raw.file_name}"
    return FileRefusedError(f"Nobody recognises the columns of {_called(raw)}.", detail, draft)


def _mapping_misfit(raw: RawTable, weighed: Weighed) -> FileRefusedError:
    missing = ", ".join(f"'{name}'" for name in weighed.missing)
    return FileRefusedError(
        f"{_called(raw)} lacks a column that the mapping '{weighed.name}' names: {missing}.",
        nearest(weighed.missing[0], raw.columns) if weighed.missing else "",
        "Mend the mapping.",
    )


def _tie(raw: RawTable, first: Weighed, second: Weighed) -> FileRefusedError:
    only_first = sorted(set(first.matched) - set(second.matched))
    only_second = sorted(set(second.matched) - set(first.matched))
    return FileRefusedError(
        f"{_called(raw)} could be from {first.name} or from {second.name}.",
        f"Only {first.name} knows: {_some(only_first) or 'nothing more'}."
        f" Only {second.name} knows: {_some(only_second) or 'nothing more'}.",
        f"Say which: --source {first.name} or --source {second.name}.",
    )


def _called(raw: RawTable) -> str:
    return f"{raw.file_name} ('{raw.envelope}')" if raw.envelope else raw.file_name


def _some(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
