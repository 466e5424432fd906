"""A preview says what a load would make of a file, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl import preview as previews
from etl.errors import UsageError
from etl.preview_report import Preview, TablePreview
from etl.settings import Home

ODD = (
    "Vorgang;Gemeldet am;Erledigt am;Lage;Betreff\n"
    "A-1;25.02.2025 09:12;26.02.2025 10:00;erledigt;Drucker\n"
    "A-2;25.02.2025 10:12;;offen;<b>x</b>\n"
    "A-3;26.02.2025 10:12;26.02.2025 11:12;erledigt;=1+1\n"
    "A-4;27.02.2025 10:12;27.02.2025 09:12;erledigt;zu früh\n"
)
MAPPING = """
name = "desk"
shape = "ticket"
[clock]
formats = ["%d.%m.%Y %H:%M"]
timezone = "Europe/Berlin"
[columns]
original_id = "Vorgang"
created_at = "Gemeldet am"
resolved_at = "Erledigt am"
status = "Lage"
[words.status]
erledigt = "resolved"
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def looked_at(home: Home, content: str, name: str = "odd.csv", **how: object) -> Preview:
    path = home.folder.parent / name
    path.write_text(content, encoding="utf-8")
    return previews.preview(home, path, **how)  # type: ignore[arg-type]


def table_of(found: Preview) -> TablePreview:
    (file,) = found.files
    assert file.error is None
    (table,) = file.tables
    return table


def mapped(home: Home) -> Path:
    path = home.folder.parent / "desk.toml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


def test_a_file_nobody_knows_comes_with_a_draft(home: Home) -> None:
    found = looked_at(home, ODD)
    table = table_of(found)
    assert (table.chosen, table.zone, table.rows) == (None, "needed", 4)
    assert table.draft is not None
    assert table.draft.mapping["columns"] == {"original_id": "Vorgang", "created_at": "Gemeldet am"}
    assert "columns.created_at" in table.draft.doubtful
    lage = next(column for column in table.columns if column.name == "Lage")
    assert [(word.word, word.rows) for word in lage.words] == [("erledigt", 3), ("offen", 1)]
    gemeldet = next(column for column in table.columns if column.name == "Gemeldet am")
    assert gemeldet.formats == ["%d.%m.%Y %H:%M"]  # the 25th tells that the day comes first
    assert {"original_id"} == set(next(each for each in found.shapes if each.name == "ticket").needed)


def test_a_mapping_shows_ours_beside_theirs_and_what_is_refused(home: Home) -> None:
    table = table_of(looked_at(home, ODD, mapping=mapped(home)))
    assert (table.chosen, table.is_mapping, table.zone) == ("desk", True, "declared")
    first = table.seen[0]
    assert first.theirs["Gemeldet am"] == "25.02.2025 09:12"
    assert first.ours["created_at"] == "2025-02-25 08:12"  # Berlin is an hour ahead in February
    assert first.ours["status"] == "resolved"
    assert table.seen[3].refused == "resolved before created"
    assert table.by_reason == {"resolved before created": 1}
    assert [refusal.line for refusal in table.refusals] == [5]
    assert [(word.word, word.rows) for word in table.unmapped] == [("offen", 1)]
    assert table.facts == {"ticket": 3}
    assert table.columns == []  # who names a mapping knows the columns


def test_a_mapping_kept_in_the_home_claims_its_file(home: Home) -> None:
    home.mappings.mkdir(parents=True)
    mapped(home).rename(home.mappings / "desk.toml")
    table = table_of(looked_at(home, ODD))
    assert (table.chosen, table.draft) == ("desk", None)
    assert next(claim for claim in table.claims if claim.source == "desk").accepted


def test_two_mappings_with_equal_right_are_told_apart_by_a_person(home: Home) -> None:
    home.mappings.mkdir(parents=True)
    for name, ours in (("one", "subject"), ("two", "category")):
        content = MAPPING.replace('"desk"', f'"{name}"').replace('status = "Lage"', f'{ours} = "Betreff"')
        (home.mappings / f"{name}.toml").write_text(content, encoding="utf-8")
    table = table_of(looked_at(home, ODD))
    assert table.chosen is None
    assert sorted(claim.source for claim in table.claims if claim.accepted) == ["one", "two"]
    assert table.error is not None
    assert table_of(looked_at(home, ODD, source="one")).chosen == "one"


def test_an_export_of_a_known_help_desk_is_recognised(home: Home) -> None:
    table = table_of(
        looked_at(
            home,
            '{"tickets": [{"id": 1, "url": "https://x.example/1.json", "status": "solved", "subject": "a", '
            '"created_at": "2025-01-01T10:00:00Z", "updated_at": "2025-01-02T10:00:00Z", "requester_id": 5, '
            '"assignee_id": 6, "group_id": 7, "via": {"channel": "email"}, "generated_timestamp": 1735812000}]}',
            "tickets.json",
        )
    )
    assert (table.chosen, table.zone) == ("zendesk", "unneeded")
    assert table.seen[0].ours["status"] == "resolved"


def test_nothing_is_left_in_the_home(home: Home) -> None:
    looked_at(home, ODD)
    assert not home.folder.exists()


def test_of_a_large_file_the_first_rows_are_looked_at(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "MOST_ROWS", 2)
    table = table_of(looked_at(home, ODD, mapping=mapped(home)))
    assert (table.rows, table.is_part, table.facts) == (2, True, {"ticket": 2})
    monkeypatch.setattr(previews, "MOST_BYTES", 150)
    table = table_of(looked_at(home, ODD, mapping=mapped(home)))
    assert table.is_part
    assert table.by_reason == {}  # the copy ends with a whole line


def test_what_cannot_be_read_is_said(home: Home) -> None:
    (file,) = looked_at(home, "%PDF-1.4 nothing", "x.csv").files
    assert file.error is not None
    assert file.error.title == "x.csv is a PDF, not a table."


def test_a_zone_that_is_none_is_a_wrong_question(home: Home) -> None:
    with pytest.raises(UsageError):
        looked_at(home, ODD, timezone="Dublin")
