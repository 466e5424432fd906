"""Damaged exports: whatever happens to a file, a load answers in words, keeps every good row and counts every bad one.

Every specimen of every source is damaged in two seeded ways; ``KPI_FUZZ=50`` damages each in all five, 50 times over.
"""

from __future__ import annotations

import csv
import functools
import importlib
import io
import os
import random
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from specimens import INPUTS, Staged, called, memory, stage, zone_of

from etl.errors import FileRefusedError, SupportKpiError
from etl.load import load
from etl.settings import Home
from etl.staging import BY_NAME, RawTable, Stage

ROUNDS = int(os.environ.get("KPI_FUZZ", "0"))
TABLES = [path for path in INPUTS if path.suffix in (".csv", ".tsv")]
#: One file of each kind a source: the encoding is undone before a source sees anything of it.
TEXTS = {
    (path.parent, path.suffix): path
    for path in reversed(INPUTS)
    if path.suffix in (".csv", ".tsv", ".json", ".ndjson", ".jsonl")
}
NASTY = ("=1+1", "<script>alert(1)</script>", "@SUM(A1)", "\x00", "'; drop table ticket; --", "\ufeff", "🙂" * 40, "\\")

Damage = Callable[[bytes, random.Random], bytes]


def flipped(content: bytes, dice: random.Random) -> bytes:
    """Some bytes are others."""
    changed = bytearray(content)
    for _ in range(max(1, len(content) // 400)):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def cut(content: bytes, dice: random.Random) -> bytes:
    """Lines, or the end of the file, are gone."""
    lines = content.splitlines(keepends=True)
    if len(lines) < 3 or dice.random() < 0.3:
        return content[: dice.randrange(1, len(content))]
    first = dice.randrange(1, len(lines))
    return b"".join(lines[:first] + lines[first + dice.randrange(1, 3) :])


def doubled(content: bytes, dice: random.Random) -> bytes:
    """A stretch of the file is there twice."""
    first = dice.randrange(len(content))
    return content[: first + 200] + content[first:]


def mixed(content: bytes, dice: random.Random) -> bytes:
    """One half in another encoding."""
    half = content.find(b"\n", len(content) // 2) + 1
    words = ("caf\xe9 na\xefve " * dice.randrange(1, 4)).encode("latin-1")
    return content[:half] + words + content[half:].decode("utf-8", "replace").encode("cp1252", "replace")


def nasty(content: bytes, dice: random.Random) -> bytes:
    """Formulas, HTML, SQL and worse in the middle of the text."""
    changed = content
    for _ in range(3):
        place = dice.randrange(len(changed))
        changed = changed[:place] + dice.choice(NASTY).encode() + changed[place:]
    return changed


DAMAGES: tuple[Damage, ...] = (flipped, cut, doubled, mixed, nasty)


def source_of(path: Path) -> Any:
    return importlib.import_module(f"etl.sources.{path.parent.name}")


def refusal_of(path: Path, source: Any, scratch: Path, zone: str) -> FileRefusedError | None:
    """Any other error than a refusal is a fault of ours, and leaves the test with its traceback.

    A table whose columns are no longer those of its source is not given to it.
    """

    def put(raw: RawTable, into: Stage) -> None:
        if source.claim(raw).accepted:
            source.stage(raw, into)

    try:
        stage(path, SimpleNamespace(stage=put), memory(), 1, scratch, zone)
    except FileRefusedError as error:
        return error
    return None


def damages_of(path: Path) -> tuple[Damage, ...]:
    """Neighbours among the specimens are damaged otherwise, so that every source meets every damage."""
    place = INPUTS.index(path)
    return DAMAGES if ROUNDS else (DAMAGES[place % 5], DAMAGES[(place + 2) % 5])


@pytest.mark.parametrize(
    ("path", "damage"),
    [pytest.param(path, each, id=f"{called(path)}-{each.__name__}") for path in INPUTS for each in damages_of(path)],
)
def test_a_damaged_file_is_staged_or_refused_in_words(path: Path, damage: Damage, tmp_path: Path) -> None:
    dice = random.Random(f"{called(path)} {damage.__name__}")
    source = source_of(path)
    for number in range(ROUNDS or 1):
        broken = tmp_path / f"{number}{path.suffix}"
        broken.write_bytes(damage(path.read_bytes(), dice))
        refusal = refusal_of(broken, source, tmp_path / f"scratch {number}", zone_of(path.parent))
        if refusal is not None:
            assert refusal.title.endswith((".", "?"))
            assert refusal.next_step or refusal.detail


@pytest.mark.parametrize("folder", sorted({path.parent for path in INPUTS}), ids=lambda folder: folder.name)
def test_every_row_of_a_damaged_load_is_accounted_for(folder: Path, tmp_path: Path) -> None:
    """Through the whole house: recognised or not, what is read is accepted or quarantined, and facts are published."""
    dice = random.Random(folder.name)
    broken = []
    for path in (each for each in INPUTS if each.parent == folder):
        target = tmp_path / path.name
        target.write_bytes(dice.choice(DAMAGES)(path.read_bytes(), dice))
        broken.append(target)
    report = load(Home(tmp_path / "home"), broken, timezone=zone_of(folder))
    assert len(report.files) >= len(broken)
    for file in report.files:
        assert file.rows_read == file.rows_accepted + file.rows_quarantined
        assert sum(file.by_reason.values()) == file.rows_quarantined
        assert file.status == "loaded" or (file.error is not None and file.error.next_step)
        assert file.error is None or "could not be understood" not in file.error.title


def facts_of(staged: Staged, *, without: tuple[str, ...] = ()) -> Counter[Any]:
    """Every fact, whatever its row number."""
    left_out = {"row", "load_id", *without}
    return Counter(
        (name, tuple(sorted((key, str(value)) for key, value in row.items() if key not in left_out)))
        for name in BY_NAME
        for row in staged.facts(name)
    )


@functools.cache
def untouched(path: Path) -> Counter[Any]:
    """The facts of a specimen as it is."""
    with tempfile.TemporaryDirectory() as scratch:
        return facts_of(stage(path, source_of(path), memory(), 1, Path(scratch) / "one", zone_of(path.parent)))


def rewritten(path: Path, change: Callable[[list[list[str]]], list[list[str]]]) -> bytes:
    """A table written anew after a change of its cells, with the marks and signs of the file."""
    content = path.read_bytes().decode("utf-8-sig")
    delimiter = delimiter_of(path)
    rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter))
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(change(rows))
    return text.getvalue().encode()


def delimiter_of(path: Path) -> str:
    first = path.read_text(encoding="utf-8-sig").splitlines()[0]
    return max(",;\t", key=first.count)


def header_of(path: Path) -> list[str]:
    return next(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=delimiter_of(path)))


def has_one_header(path: Path) -> bool:
    text = io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")
    rows = list(csv.reader(text, delimiter=delimiter_of(path)))
    return bool(rows) and len({len(row) for row in rows if row}) == 1


@pytest.mark.parametrize("path", [path for path in TABLES if has_one_header(path)], ids=called)
def test_the_order_of_columns_means_nothing(path: Path, tmp_path: Path) -> None:
    source = source_of(path)
    dice = random.Random(path.name)
    header = header_of(path)
    if len(set(header)) < len(header):
        pytest.skip("columns of one name are told apart by their order")
    order = dice.sample(range(len(header)), len(header))
    swapped = tmp_path / path.name
    swapped.write_bytes(rewritten(path, lambda rows: [[row[n] for n in order] if row else row for row in rows]))
    zone = zone_of(path.parent)
    after = stage(swapped, source, memory(), 1, tmp_path / "two", zone)
    assert facts_of(after) == untouched(path)


@pytest.mark.parametrize("encoding", ["utf-16"])
@pytest.mark.parametrize("path", TEXTS.values(), ids=called)
def test_the_encoding_means_nothing(path: Path, encoding: str, tmp_path: Path) -> None:
    source = source_of(path)
    other = tmp_path / path.name
    other.write_bytes(path.read_bytes().decode("utf-8-sig").encode(encoding))
    zone = zone_of(path.parent)
    after = stage(other, source, memory(), 1, tmp_path / "two", zone)
    assert facts_of(after) == untouched(path)


@pytest.mark.parametrize("path", [path for path in TABLES if has_one_header(path)], ids=called)
def test_a_row_that_is_no_record_takes_no_other_with_it(path: Path, tmp_path: Path) -> None:
    """A line with too many cells in the middle of a table: it is refused alone."""
    source = source_of(path)
    broken = tmp_path / path.name
    lines = rewritten(path, lambda rows: [*rows[:2], ["x"] * (len(rows[0]) + 3), *rows[2:]])
    broken.write_bytes(lines)
    zone = zone_of(path.parent)
    try:
        after = stage(broken, source, memory(), 1, tmp_path / "two", zone)
    except SupportKpiError as error:
        pytest.fail(f"the whole file was refused: {error.title}")
    assert facts_of(after) == untouched(path)
