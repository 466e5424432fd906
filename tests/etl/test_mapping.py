"""What a mapping may say, and what is said of one that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.errors import UsageError
from etl.mapping import Mapping, known_columns, read_mapping

GOOD = """
name = "desk"
shape = "ticket"
[columns]
original_id = "Id"
created_at = "Opened"
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "desk.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_one_column_name_is_a_list_of_one(tmp_path: Path) -> None:
    assert read_mapping(written(tmp_path, GOOD)).columns["original_id"] == ("Id",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace("[columns]", "[colums]"), r"Nobody knows 'colums'. Did you mean 'columns'\?"),
        (GOOD.replace("created_at", "creatd_at"), r"no column 'creatd_at' for us. Did you mean 'created_at'\?"),
        (GOOD.replace("original_id", "subject"), r"needs 'original_id' under \[columns\]"),
        (GOOD.replace('"ticket"', '"tickets"'), "'shape'"),
        (GOOD + '[clock]\ntimezone = "Dublin"\n', "'Dublin' is not a time zone"),
        (GOOD + '[clock]\nformats = ["%d/%m/%Q"]\n', "'%d/%m/%Q' is not a date format"),
        (GOOD + '[words.status]\nDone = "finished"\n', r"'words.status.Done'"),
        (
            GOOD.replace("ticket", "survey").replace("original_id", "score").replace("created_at", "comment"),
            r"\[survey\]",
        ),
        (GOOD + "[columns]\n", "not valid TOML"),
        (GOOD + 'status = "State"\noriginal_status = "State"\n', "original_status"),
    ],
)
def test_a_wrong_mapping_is_refused_with_the_nearest_right_word(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told) as caught:
        read_mapping(written(tmp_path, text))
    assert "desk.toml" in str(caught.value)


def test_a_mapping_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no mapping file"):
        read_mapping(tmp_path / "none.toml")


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[2] / "docs" / "mappings").glob("*.toml")), ids=lambda path: path.stem
)
def test_the_mappings_in_the_documents_are_valid(path: Path) -> None:
    assert read_mapping(path).name == path.stem


def test_what_the_translation_fills_itself_cannot_be_mapped() -> None:
    assert "original_status" not in known_columns("ticket")
    assert "higher_is_better" not in known_columns("survey")
    assert {"activity", "occurred_at", "status"} <= known_columns("event")


def test_a_survey_must_declare_its_scale() -> None:
    with pytest.raises(ValueError, match="higher_is_better"):
        Mapping.model_validate({"name": "s", "shape": "survey", "columns": {"score": "Q"}})
