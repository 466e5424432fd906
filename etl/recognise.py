"""Whose file is this? Sources and mapping files look at the columns; exactly one may claim a table."""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from etl import sources
from etl.errors import FileRefusedError, UsageError, nearest
from etl.mapping import FileOptions, Mapping
from etl.settings import Home, read_toml
from etl.staging import Claim, RawTable, Stage


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


def choose(raw: RawTable, everyone: Sequence[Candidate]) -> Candidate:
    """The one whose claim is accepted; among several, the one that recognises strictly more columns.

    Raises FileRefusedError where nobody claims the table, or two claim it equally.
    """
    claims = [(each, each.claim(raw)) for each in everyone]
    accepted = sorted((pair for pair in claims if pair[1].accepted), key=lambda pair: -len(pair[1].matched))
    if not accepted:
        raise _unknown(raw, claims)
    if len(accepted) > 1 and len(accepted[0][1].matched) == len(accepted[1][1].matched):
        raise _tie(raw, accepted[0][1], accepted[1][1])
    return accepted[0][0]


def _unknown(raw: RawTable, claims: Sequence[tuple[Candidate, Claim]]) -> FileRefusedError:
    """Name the source that comes closest and the columns it misses."""
    title = f"Nobody recognises the columns of {_called(raw)}."
    near = [claim for _, claim in claims if claim.matched]
    if len(claims) == 1 and claims[0][0].is_mapping:
        return _mapping_misfit(raw, claims[0][1])
    if not near:
        detail = f"It has: {_some(raw.columns)}."
    else:
        best = max(near, key=lambda claim: len(claim.matched) / (len(claim.matched) + len(claim.missing)))
        detail = f"The nearest source is {best.source}; it also needs: {_some(best.missing)}."
    return FileRefusedError(title, detail, f"Draft a mapping for it: supportkpi map {raw.file_name}")


def _mapping_misfit(raw: RawTable, claim: Claim) -> FileRefusedError:
    missing = ", ".join(f"'{name}'" for name in claim.missing)
    return FileRefusedError(
        f"{_called(raw)} lacks a column that the mapping '{claim.source}' names: {missing}.",
        nearest(claim.missing[0], raw.columns) if claim.missing else "",
        "Mend the mapping.",
    )


def _tie(raw: RawTable, first: Claim, second: Claim) -> FileRefusedError:
    only_first = sorted(set(first.matched) - set(second.matched))
    only_second = sorted(set(second.matched) - set(first.matched))
    return FileRefusedError(
        f"{_called(raw)} could be from {first.source} or from {second.source}.",
        f"Only {first.source} knows: {_some(only_first) or 'nothing more'}."
        f" Only {second.source} knows: {_some(only_second) or 'nothing more'}.",
        f"Say which: --source {first.source} or --source {second.source}.",
    )


def _called(raw: RawTable) -> str:
    return f"{raw.file_name} ('{raw.envelope}')" if raw.envelope else raw.file_name


def _some(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
