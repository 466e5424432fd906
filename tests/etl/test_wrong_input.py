"""Wrong input: one clear message each, the good rows of the same file kept, nothing half-loaded."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from etl import archives, load
from etl.report import FileReport
from etl.settings import Home

HEADER = "id,status,created,resolved\n"
GOOD = "1,open,2024-03-01T09:00:00Z,\n"
GOOD2 = "2,closed,2024-03-01T10:00:00Z,2024-03-02T10:00:00Z\n"

QUARANTINE = 'select line, "column", value, reason from quarantine order by line'


def refusal(report: FileReport) -> str:
    assert report.status == "refused"
    assert report.error is not None
    return report.error.sentence


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.csv", b"", "empty.csv is empty. Export it again."),
        ("blank.csv", b"\n\n  \n", "blank.csv is empty. Export it again."),
        (
            "header.csv",
            HEADER.encode(),
            "header.csv holds a header and no rows. Columns: id, status, created, resolved. Export it again.",
        ),
        (
            "report.csv",
            b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
            "report.csv is a PDF, not a table. Export it as CSV, TSV, XLSX, JSON, NDJSON, Parquet or XES, plain or in a zip or gzip.",
        ),
        (
            "login.csv",
            b"<!DOCTYPE html><html><body>Sign in",
            "login.csv is a web page or XML, not a table. "
            "Export it as CSV, TSV, XLSX, JSON, NDJSON, Parquet or XES, plain or in a zip or gzip.",
        ),
        (
            "noise.csv",
            bytes(range(1, 256)) * 4,
            "noise.csv is not text. Export it as CSV, TSV, XLSX, JSON, NDJSON, Parquet or XES, plain or in a zip or gzip.",
        ),
        ("page.json", b'{"result": []}', "page.json holds no records. Export it again."),
        ("list.json", b"[]", "list.json holds no records. Export it again."),
        (
            "broken.json",
            b'{"tickets": [\n {"id": 1},\n {"id": 2,,}\n]}',
            "broken.json is not valid JSON. Line 3, column 11: Expecting property name enclosed in double quotes. "
            "Nothing was taken from it. Export it again.",
        ),
        (
            "cut.json",
            b'{"tickets": [{"id": 1}, {"id": 2',
            "cut.json is not valid JSON. Line 1, column 33: Expecting ',' delimiter. "
            "Nothing was taken from it. Export it again.",
        ),
        (
            "unknown.csv",
            b"colour,weight\nred,3\n",
            "Nobody recognises the columns of unknown.csv. It has: colour, weight. "
            "Draft a mapping for it: supportkpi map unknown.csv",
        ),
        (
            "nearly.csv",
            b"id,status,created\n1,open,2024-03-01\n",
            "Nobody recognises the columns of nearly.csv. It has: id, status, created. "
            "desk knows 3 of them and also needs 'resolved'. "
            "Draft a mapping for it: supportkpi map nearly.csv",
        ),
    ],
)
def test_a_file_nothing_can_be_taken_from(home: Home, take, write, name, content, sentence):
    assert refusal(take(write(name, content))) == sentence
    assert load.loads(home) == []


def test_an_empty_folder(home: Home, take, tmp_path):
    (tmp_path / "nothing").mkdir()
    assert refusal(take(tmp_path / "nothing")) == "nothing is a folder with no file in it. Put exports there."


def zipped(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_a_zip_that_was_cut_off_is_refused_whole(take, write):
    whole = zipped(one=(HEADER + GOOD).encode(), two=(HEADER + GOOD2).encode())
    assert refusal(take(write("cut.zip", whole[: len(whole) // 2]))) == (
        "cut.zip cannot be unpacked. The file ends too early: it was cut off on its way. "
        "Nothing was taken from it. Fetch or pack it again."
    )


def test_a_zip_with_a_damaged_member_is_refused_whole(take, write):
    whole = bytearray(zipped(one=(HEADER + GOOD * 50).encode()))
    whole[45] ^= 0xFF
    assert refusal(take(write("bad.zip", bytes(whole)))).startswith("bad.zip cannot be unpacked.")


def test_a_gzip_that_was_cut_off(take, write):
    whole = gzip.compress((HEADER + GOOD).encode())
    assert refusal(take(write("cut.csv.gz", whole[:-12]))).startswith(
        "cut.csv.gz cannot be unpacked. The file ends too early"
    )


def test_an_archive_in_an_archive(take, write):
    outer = zipped(inner=zipped(one=(HEADER + GOOD).encode()))
    assert refusal(take(write("outer.zip", outer))) == (
        "outer.zip/inner is an archive inside an archive. Unpack it and load what is inside."
    )


def test_a_zip_bomb(take, write, monkeypatch):
    monkeypatch.setattr(archives, "_FREE_RATIO_BYTES", 1_000)
    assert refusal(take(write("bomb.zip", zipped(zeros=b"0" * 5_000_000)))) == (
        "bomb.zip unpacks to 5 MB out of 0.0 MB. That is more than an export does. "
        "If you trust it, unpack it yourself and load the folder."
    )


def test_a_member_name_is_never_a_path(home: Home, take, write, tmp_path):
    packed = zipped(**{"../../evil.csv": (HEADER + GOOD).encode()})
    assert take(write("sly.zip", packed)).status == "loaded"
    assert not list(tmp_path.rglob("evil.csv"))


def test_ragged_rows_are_quarantined_with_their_lines(take, write, published):
    report = take(write("ragged.csv", HEADER + GOOD + "7,open\n" + GOOD2 + "8,open,2024-03-01,,,x\n"))
    assert (report.status, report.rows_read, report.rows_accepted) == ("loaded", 4, 2)
    assert published(QUARANTINE) == [
        (3, None, "7,open", "2 cells where the header has 4"),
        (5, None, "8,open,2024-03-01,,,x", "6 cells where the header has 4"),
    ]


def test_an_open_quotation_mark_costs_one_line(take, write, published):
    report = take(write("quote.csv", HEADER + GOOD + '7,"open,2024-03-01,\n' + GOOD2))
    assert (report.rows_read, report.rows_accepted, report.rows_quarantined) == (3, 2, 1)
    assert report.by_reason == {"quotation mark that is never closed": 1}
    assert published(QUARANTINE) == [(3, None, '7,"open,2024-03-01,', "quotation mark that is never closed")]
    assert published("select original_id from ticket order by 1") == [("1",), ("2",)]


def test_lines_of_refused_rows_count_line_breaks_inside_cells(take, write, published):
    long_cell = '7,"two\nlines",2024-03-01T09:00:00Z,\n'
    take(write("lines.csv", HEADER + long_cell + "8,open,yesterday,\n" + GOOD))
    assert published(QUARANTINE) == [(4, "created", "yesterday", "not a date")]


def test_repeated_column_names_are_numbered_and_told(take, write):
    report = take(write("twice.csv", "id,status,Status,created,resolved\n1,open,Offen,2024-03-01T09:00:00Z,\n"))
    assert report.status == "loaded"
    assert report.notes == ["Column names that repeat were numbered: 'Status' → 'Status (2)'."]


def test_rows_with_nul_are_quarantined(take, write, published):
    report = take(write("nul.csv", HEADER + GOOD + "7,op\0en,2024-03-01,\n" + GOOD2))
    assert (report.rows_read, report.rows_accepted) == (3, 2)
    assert published("select line, reason from quarantine") == [(3, "holds a NUL character")]


def test_a_cell_of_a_megabyte(take, write):
    report = take(write("long.csv", f"{HEADER}{GOOD}7,{'x' * 1024**2},2024-03-01T09:00:00Z,\n"))
    assert (report.rows_read, report.rows_accepted) == (2, 2)


def test_impossible_clocks_are_quarantined(take, write, published):
    rows = (
        "7,open,1900-01-01T00:00:00Z,\n"
        "8,open,2999-12-31T00:00:00Z,\n"
        "9,closed,2024-03-02T00:00:00Z,2024-03-01T00:00:00Z\n"
    )
    report = take(write("clocks.csv", HEADER + rows + GOOD))
    assert (report.rows_read, report.rows_accepted, report.rows_quarantined) == (4, 1, 3)
    assert published("select line, reason from quarantine order by 1") == [
        (2, "a date before 1990"),
        (3, "a date in the future"),
        (4, "resolved before created"),
    ]
    assert published("select original_id from ticket") == [("1",)]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends(take, write, ending):
    assert take(write("ends.csv", (HEADER + GOOD + GOOD2).replace("\n", ending))).rows_accepted == 2


def test_mixed_line_ends(take, write):
    mixed = HEADER.replace("\n", "\r\n") + GOOD + GOOD2.replace("\n", "\r\n")
    assert take(write("mixed.csv", mixed)).rows_accepted == 2


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("encoding", "notes"),
    [
        ("utf-8", []),
        ("utf-8-sig", []),
        ("utf-16", ["Not in UTF-8: read as utf-16."]),
        ("utf-16-le", ["Not in UTF-8: read as utf-16-le."]),
        ("utf-16-be", ["Not in UTF-8: read as utf-16-be."]),
        ("cp1252", ["Not in UTF-8: read as cp1252."]),
    ],
)
def test_encodings_and_delimiters(take, write, published, encoding, notes, delimiter):
    content = (HEADER + "1,gelöst,2024-03-01T09:00:00Z,\n").replace(",", delimiter)
    report = take(write("text.csv", content.encode(encoding)))
    assert (report.status, report.notes) == ("loaded", notes)
    assert published("select status from ticket") == [("gelöst",)]


def test_bytes_that_windows_has_no_character_for_are_latin_1(take, write):
    report = take(write("old.csv", (HEADER + GOOD).encode() + b"2,gel\xf6st\x81,2024-03-01T09:00:00Z,\n"))
    assert report.notes == ["Not in UTF-8: read as latin-1."]


def test_json_in_its_shapes(take, write, published):
    record = '{"id": 1234567890123456789, "status": "open", "created": "2024-03-01T09:00:00Z", "resolved": null}'
    for number, content in enumerate(
        [f"[{record}]", f'{{"count": 1, "tickets": [{record}]}}', f"{record}\n{record}\n"]
    ):
        report = take(write(f"shape{number}.json", content))
        assert (report.status, report.notes) == ("loaded", [])
        assert published("select distinct original_id from ticket") == [("1234567890123456789",)]


def test_json_with_a_byte_order_mark(take, write):
    record = '[{"id": 1, "status": "open", "created": "2024-03-01T09:00:00Z", "resolved": null}]'
    assert take(write("marked.json", b"\xef\xbb\xbf" + record.encode())).rows_accepted == 1


def test_a_file_of_which_no_row_is_good_leaves_exit_code_1(home: Home, small_desk, write):
    report = load.load(home, [write("ragged.csv", HEADER + "1,open\n2\n")])
    assert (report.files[0].rows_read, report.files[0].rows_accepted, report.exit_code) == (2, 0, 1)


def test_a_broken_line_of_ndjson_is_quarantined(take, write, published):
    record = '{"id": "1", "status": "open", "created": "2024-03-01T09:00:00Z", "resolved": null}\n'
    report = take(write("lines.ndjson", record + '{"id": "2",\n' + "[3]\n" + record.replace('"1"', '"4"')))
    assert (report.rows_read, report.rows_accepted) == (4, 2)
    assert published("select line, value, reason from quarantine order by 1") == [
        (2, '{"id": "2",', "not valid JSON"),
        (3, "[3]", "not a JSON object"),
    ]


def test_a_workbook(take, tmp_path, published):
    import datetime

    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["id", "status", "created", "resolved"])
    sheet.append([17, "open", datetime.datetime(2024, 3, 1, 9, 0), None])
    sheet.append([])
    sheet.append(["two\nlines", "open", "soon", None])
    sheet.append([18, "open", "later", None])
    book.save(tmp_path / "book.xlsx")
    report = take(tmp_path / "book.xlsx")
    assert (report.rows_read, report.rows_accepted) == (3, 1)
    assert published("select original_id, created_at::varchar from ticket") == [("17", "2024-03-01 09:00:00")]
    assert published("select line, value from quarantine order by 1") == [(4, "soon"), (5, "later")]


def test_two_sources_that_know_as_many_columns_are_a_tie(home: Home, small_desk, write, monkeypatch):
    import desk

    from etl import recognise

    twins = [recognise.Candidate(name, desk.claim, desk.stage) for name in ("desk", "other")]
    claims = [
        lambda raw: desk.Claim("desk", ("id", "status")),
        lambda raw: desk.Claim("other", ("id", "created")),
    ]
    twins = [recognise.Candidate(t.name, c, t.stage) for t, c in zip(twins, claims, strict=True)]
    monkeypatch.setattr(recognise, "_modules", lambda: twins)
    report = load.load(home, [write("tie.csv", HEADER + GOOD)]).files[0]
    assert refusal(report) == (
        "tie.csv could be from desk or from other. Only desk knows: status. Only other knows: created. "
        "Say which: --source desk or --source other."
    )
    assert load.load(home, [write("tie.csv", HEADER + GOOD)], source="other").files[0].source == "other"
