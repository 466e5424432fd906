"""A real NPS survey with bytes of two code pages in one file, read by a mapping file alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from exports import unpacked

from etl.load import load
from etl.report import FileReport
from etl.settings import Home

pytestmark = pytest.mark.real_data
MAPPING = Path(__file__).parents[2] / "docs" / "mappings" / "french_nps.toml"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("french") / "home")


@pytest.fixture(scope="module")
def report(home: Home, tmp_path_factory: pytest.TempPathFactory) -> FileReport:
    path = unpacked("nps_french_retail_mixed_encoding.csv", tmp_path_factory.mktemp("export"))
    (file,) = load(home, [path], mapping=MAPPING).files
    return file


@pytest.fixture(scope="module")
def work(home: Home, report: FileReport) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home.work_file), read_only=True) as connection:
        yield connection


def test_answers_without_a_score_are_refused_by_that_name(report: FileReport) -> None:
    assert (report.rows_read, report.rows_accepted) == (13_954, 13_612)
    assert report.by_reason == {"no score": 342}


def test_the_net_promoter_score(work: duckdb.DuckDBPyConnection) -> None:
    question = """
        select count(*) filter (score >= 9), count(*) filter (score in (7, 8)), count(*) filter (score <= 6), count(*)
        from loaded_survey
    """
    got = work.execute(question).fetchone()
    assert got == (8_465, 3_953, 1_194, 13_612)
    assert pytest.approx(53.42, abs=0.005) == 100 * (8_465 - 1_194) / 13_612


@pytest.mark.parametrize(
    "words",
    [
        "Il y a très peu de caisse ouverte et le délai d'attente est particulièrement long!!!!",  # Latin-1 alone
        "ramène demain au magasin pour échange. C'est la deuxième fois",  # the é is CP850, the è Latin-1
    ],
)
def test_accents_of_both_systems_are_right(work: duckdb.DuckDBPyConnection, words: str) -> None:
    question = "select count(*) from loaded_survey where contains(comment, ?)"
    assert work.execute(question, [words]).fetchone() == (1,)


def test_no_control_character_is_left(work: duckdb.DuckDBPyConnection) -> None:
    question = r"select count(*) from loaded_survey where regexp_matches(comment, '[\x{80}-\x{9f}\x{fffd}]')"
    assert work.execute(question).fetchone() == (0,)
