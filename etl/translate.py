"""Mapping → SELECTs: the rows of one file become partial facts in a ``Stage``.

Rows are typed and judged one by one (``etl.typed``), then the rules of their shape apply: duplicates and
superseded rows for records (``etl.translate_records``), the order of an event log (``etl.translate_events``), scale
and direction for surveys (``etl.translate_surveys``). Each row read is kept or refused with one reason.
"""

from __future__ import annotations

from etl import translate_events, translate_records, translate_surveys
from etl.errors import FileRefusedError, nearest
from etl.mapping import Mapping
from etl.staging import Claim, RawTable, Stage


def claim_mapping(mapping: Mapping, raw: RawTable) -> Claim:
    """Say whether a file has every column the mapping needs (all but its ``optional`` ones) and its ``proof``."""
    there = set(raw.columns)
    matched: list[str] = []
    missing: list[str] = []
    for name, candidates in mapping.columns.items():
        found = [column for column in candidates if column in there]
        matched += found
        if not found and name not in mapping.optional and name not in mapping.constants:
            missing.append(candidates[0])
    matched += [column for column in mapping.proof if column in there]
    missing += [column for column in mapping.proof if column not in there]
    return Claim(mapping.label, tuple(dict.fromkeys(matched)), tuple(dict.fromkeys(missing)))


def require_columns(mapping: Mapping, raw: RawTable) -> None:
    """Raise FileRefusedError where the mapping names a column the file has not, naming the nearest one."""
    missing = claim_mapping(mapping, raw).missing
    if not missing:
        return
    first, more = missing[0], len(missing) - 1
    others = f" {more} more of its columns are missing too." if more else ""
    raise FileRefusedError(
        f"{raw.file_name} has no column '{first}', which the mapping '{mapping.name}' names.",
        f"{nearest(first, raw.columns)}{others}",
        "Mend the mapping, or list our name for that column under 'optional'.",
    )


def stage_mapping(mapping: Mapping, raw: RawTable, into: Stage) -> None:
    """Put the facts of a file into the stage as a mapping says.

    Raises FileRefusedError where the file lacks a column the mapping needs.
    """
    require_columns(mapping, raw)
    if raw.kind == "json":
        from etl import files

        raw = files.flatten(raw, json_paths(mapping), into.connection)
    if mapping.shape == "event":
        translate_events.stage(mapping, raw, into)
    elif mapping.shape == "survey":
        translate_surveys.stage(mapping, raw, into)
    else:
        translate_records.stage(mapping, raw, into)


def json_paths(mapping: Mapping) -> list[str]:
    """Every path a mapping looks at, once."""
    return list(dict.fromkeys(path for candidates in mapping.columns.values() for path in candidates))
