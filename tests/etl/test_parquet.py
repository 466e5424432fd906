"""Parquet files: exact text of every type, refused with a clear sentence where broken or locked, never a traceback."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import select

from etl import files, load
from etl.errors import FileRefusedError
from etl.report import LoadReport
from etl.settings import Home
from etl.staging import RawTable
from tests.specimens import memory

MAPPING = """
name = "parquet_desk"
shape = "ticket"
[columns]
original_id = "id"
status = "status"
created_at = "created"
[words.status]
open = "open"
"""

#: What a cell is in the file, as SQL → the text we read.
CELLS = {
    "9223372036854775807::bigint": "9223372036854775807",
    "1234567890123456789::ubigint": "1234567890123456789",
    "12.50::decimal(12, 2)": "12.50",
    "12345678901234567890.123456789::decimal(38, 9)": "12345678901234567890.123456789",
    "true": "true",
    "false": "false",
    "timestamp '2024-03-01 09:00:00.123456'": "2024-03-01 09:00:00.123456",
    "timestamp_ms '2024-03-01 09:00:00.5'": "2024-03-01 09:00:00.5",
    "timestamptz '2024-03-01 09:00:00.000001+02'": "2024-03-01T07:00:00.000001Z",
    "date '2024-02-29'": "2024-02-29",
    "360008426314.0::double": "360008426314",
    "0.1::double": "0.1",
    "'nan'::double": None,
    "null::bigint": None,
    "''": None,
    "'two\nlines, \"quoted\" é'": 'two\nlines, "quoted" é',
    "[1, 2]": "[1,2]",
    "{'minutes': 60, 'in_business_hours': true}": '{"minutes":60,"in_business_hours":true}',
    "map {'tier': 'gold'}": '{"tier":"gold"}',
    "'open'::enum('open', 'solved')": "open",
}


def write(path: Path, query: str, options: str = "") -> Path:
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"copy ({query}) to '{path}' (format parquet {options})")
    return path


def read(path: Path, temporary: Path) -> tuple[RawTable, list[tuple[object, ...]]]:
    connection = memory()
    (each,) = files.open_inputs([path], temporary)
    (raw,) = files.read(each, connection)
    rows = connection.execute(select(raw.table).order_by(raw.table.c["_row"])).all()
    return raw, [tuple(row) for row in rows]


@pytest.mark.parametrize(("sql", "text"), CELLS.items())
def test_every_type_comes_as_its_exact_text(sql: str, text: str | None, tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", f"select 1 as id, {sql} as cell")
    _, rows = read(path, tmp_path / "scratch")
    assert rows == [(1, "1", text)]


def test_rows_keep_their_order_and_number(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", "select 300000 - i as id from range(300000) t(i)", ", row_group_size 10000")
    raw, rows = read(path, tmp_path / "scratch")
    assert raw.rows == 300_000
    assert rows == [(place, str(300_001 - place)) for place in range(1, 300_001)]


def test_the_name_of_the_file_is_never_a_pattern(tmp_path: Path) -> None:
    """A star in a name would read every file of the folder; and the bytes tell the format, not the name."""
    write(tmp_path / "other.csv", "select 2 as id")
    path = write(tmp_path / "plain.csv", "select 1 as id").rename(tmp_path / "*.csv")
    assert read(path, tmp_path / "scratch")[1] == [(1, "1")]


def test_names_that_differ_in_case_are_numbered(tmp_path: Path) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = pyarrow.table([["1"], ["2"], ["3"]], names=["Id", "id", ""])
    parquet.write_table(table, tmp_path / "a.parquet")
    raw, rows = read(tmp_path / "a.parquet", tmp_path / "scratch")
    assert rows == [(1, "1", "2", "3")]
    assert len({name.lower() for name in raw.columns}) == 3
    assert all(raw.columns)


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[[Path], LoadReport]:
    mapping = tmp_path / "desk.toml"
    mapping.write_text(MAPPING, encoding="utf-8")

    def take(path: Path) -> LoadReport:
        return load.load(Home(tmp_path / "home"), [path], mapping=mapping)

    return take


TICKETS = "select * from (values (1, 'open', '2024-03-01T09:00:00Z'), (2, 'open', 'soon')) t(id, status, created)"


def test_a_refused_row_is_shown_with_its_number(tmp_path: Path, loaded: Callable[[Path], LoadReport]) -> None:
    (report,) = loaded(write(tmp_path / "tickets.parquet", TICKETS)).files
    assert (report.status, report.rows_accepted, report.rows_quarantined) == ("loaded", 1, 1)
    home = Home(tmp_path / "home")
    with duckdb.connect(str(home.current_snapshot()), read_only=True) as connection:
        found = connection.execute("select line, value from quarantine").fetchall()
    assert found == [(2, "soon")]


def test_folders_and_archives_of_parquet_files(tmp_path: Path, loaded: Callable[[Path], LoadReport]) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    first = write(folder / "a.parquet", "select 1 as id, 'open' as status, '2024-03-01T09:00:00Z' as created")
    second = write(folder / "b.parquet", "select 2 as id, 'open' as status, '2024-03-02T09:00:00Z' as created")
    report = loaded(folder)
    assert [each.status for each in report.files] == ["loaded", "loaded"]
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.write(first, "a.parquet")
        archive.write(second, "b.parquet")
    assert [each.status for each in loaded(tmp_path / "export.zip").files] == ["unchanged", "unchanged"]


def refusal(path: Path, temporary: Path) -> str:
    with pytest.raises(FileRefusedError) as caught:
        read(path, temporary)
    return str(caught.value)


def test_a_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", TICKETS)
    path.write_bytes(path.read_bytes()[:-20])
    assert refusal(path, tmp_path / "scratch").startswith("a.parquet is a Parquet file without its end.")


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", f"select * from ({TICKETS}) where id > 9")
    assert refusal(path, tmp_path / "scratch").startswith("a.parquet holds columns and no rows. Columns: id, status,")


@pytest.mark.parametrize("footer", ["true", "false"])
def test_an_encrypted_file_is_refused(footer: str, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    with duckdb.connect() as connection:
        connection.execute("pragma add_parquet_key('key', '0123456789abcdef')")
        connection.execute("set force_mbedtls_unsafe = true")
        options = "format parquet, encryption_config {footer_key: 'key'}"
        connection.execute(f"copy ({TICKETS}) to '{path}' ({options})")
    if footer == "false":  # what a footer in plain text leaves to the columns
        path.write_bytes(path.read_bytes()[:-4] + b"PAR1")
    assert refusal(path, tmp_path / "scratch").startswith("a.parquet is an encrypted Parquet file.")


def test_bytes_that_flipped_cost_a_sentence_and_no_traceback(tmp_path: Path) -> None:
    query = "select i as id, 'word ' || (i % 7) as status, [i] as list, now() as created from range(500) t(i)"
    whole = write(tmp_path / "a.parquet", query).read_bytes()
    chance = random.Random(7)
    for _ in range(60):
        content = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            content[chance.randrange(4, len(content))] = chance.randrange(256)
        (tmp_path / "b.parquet").write_bytes(content)
        said = sentence(tmp_path / "b.parquet", tmp_path / "scratch")
        assert said is None or said.startswith("b.parquet ")


def sentence(path: Path, temporary: Path) -> str | None:
    """Why a file was refused; None where it was read."""
    try:
        read(path, temporary)
    except FileRefusedError as error:
        return str(error)
    return None
