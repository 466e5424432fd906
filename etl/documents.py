"""JSON documents and lines of JSON → one record a line, and the paths those records have."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import ijson

from etl.errors import FileRefusedError

#: Records looked at to learn which paths there are.
SAMPLE = 200
LONGEST_LINE = 8 * 1024**2
#: Keys of an object that holds nothing but the lists of a page: ``_embedded.conversations``, ``data.payload``.
_WRAPPERS = ("_embedded", "data")


@dataclass(frozen=True)
class Records:
    """Records of one kind: the key they stood under, and a file with one of them a line."""

    envelope: str | None
    path: Path
    paths: tuple[str, ...]


def is_lines(path: Path, encoding: str, name: str) -> bool:
    """Whether a text that begins with a brace is one document or one a line."""
    if name.lower().endswith((".ndjson", ".jsonl")):
        return True
    with path.open(encoding=encoding, errors="replace") as file:
        first = file.readline(LONGEST_LINE).lstrip("\ufeff")
        second = file.readline(1024)
    if not first.lstrip().startswith("{") or not second.lstrip().startswith("{"):
        return False
    try:
        return isinstance(json.loads(first), dict)
    except json.JSONDecodeError:
        return False


def _open(path: Path) -> BinaryIO:
    """The bytes below the byte order mark."""
    file = path.open("rb")
    if file.read(3) != codecs.BOM_UTF8:
        file.seek(0)
    return file


def split(path: Path, name: str, temporary: Path, wanted: str | None = None) -> list[Records]:
    """Cut a document into records: a list, an object with lists of records under its keys, or one record.

    Streams; a document larger than memory is fine. Raises FileRefusedError with line and column.
    """
    try:
        envelopes = _envelopes(path)
        chosen = [key for key in envelopes if wanted is None or key == wanted]
        if wanted is not None and not chosen:
            raise FileRefusedError(
                f"{name} holds no records under '{wanted}'.",
                f"It holds: {', '.join(str(key) for key in envelopes)}.",
                "Mend 'records' in the mapping.",
            )
        return [_write(path, key, prefix, temporary) for key, prefix in envelopes.items() if key in chosen]
    except ijson.JSONError as error:
        raise _broken(path, name, error) from error


def _envelopes(path: Path) -> dict[str | None, str]:
    """The key of each list of records, and the prefix ijson finds its records by."""
    found: dict[str | None, str] = {}
    objects: list[str] = []
    has_id = has_list = False
    with _open(path) as file:
        opened = ""
        for prefix, event, _ in ijson.parse(file, use_float=True):
            if not prefix and not opened:
                opened = event
            if event == "start_map" and prefix and _depth(prefix) <= 1 and prefix not in objects:
                objects.append(prefix)
            has_list = has_list or (event == "start_array" and "." not in prefix)
            has_id = has_id or prefix == "id"
    if opened == "start_array":
        return {None: "item"}
    if opened != "start_map":
        return {}
    if not has_id:  # an object with an id of its own is a record, whatever lists it has
        lists = [each for each in objects if each.endswith(".item")]
        found = {_unwrapped(each).removesuffix(".item"): each for each in lists}
    if not found and not has_id and len(objects) == 1:
        return {objects[0]: objects[0]}
    is_empty_page = has_list and not objects and not has_id
    return found or ({} if is_empty_page else {None: ""})


def _unwrapped(prefix: str) -> str:
    """A list's prefix without the object that some APIs put all their lists into."""
    parts = prefix.split(".")
    return ".".join(parts[1:]) if len(parts) == 3 and parts[0] in _WRAPPERS and parts[2] == "item" else prefix


def _depth(prefix: str) -> int:
    return _unwrapped(prefix).count(".")


def _write(path: Path, key: str | None, prefix: str, temporary: Path) -> Records:
    target = temporary / uuid4().hex
    sample: list[dict[str, Any]] = []
    with _open(path) as source, target.open("w", encoding="utf-8", newline="") as copy:
        for record in ijson.items(source, prefix, use_float=True):
            if isinstance(record, dict) and len(sample) < SAMPLE:
                sample.append(record)
            copy.write(json.dumps(record, ensure_ascii=False))
            copy.write("\n")
    return Records(key, target, paths_of(sample))


def paths_of(records: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    """Every dotted path in the records, in the order met. Lists are leaves."""
    return tuple(dict.fromkeys(path for record in records for path in _leaves(record, "")))


def _leaves(record: dict[str, Any], prefix: str) -> Iterator[str]:
    for key, value in record.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def sample_of(path: Path) -> tuple[str, ...]:
    """The paths in the first records of a file with one record a line."""
    records = []
    with path.open(encoding="utf-8-sig") as file:
        for line in file:
            try:
                record = json.loads(line)
            except json.JSONDecodeError:
                continue
            if isinstance(record, dict):
                records.append(record)
            if len(records) == SAMPLE:
                break
    return paths_of(records)


def _broken(path: Path, name: str, error: Exception) -> FileRefusedError:
    """The standard library says where; it is asked only once the file is known to be broken."""
    try:
        json.loads(path.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as fault:
        where = f"Line {fault.lineno}, column {fault.colno}: {fault.msg}."
    else:
        where = f"{str(error).splitlines()[0].capitalize()}."
    return FileRefusedError(f"{name} is not valid JSON.", where, "Nothing was taken from it. Export it again.")
