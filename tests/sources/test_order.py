"""The order in which the files of a home are loaded means nothing for its facts, and loading them again nothing either."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from specimens import FOLDERS, INPUTS, called, zone_of

from etl import tables
from etl.load import load
from etl.report import LoadReport
from etl.settings import Home

#: What a load says of itself depends on its turn.
OF_LOADS = {"load", "quarantine", "unmapped_word", "drift"}
#: Specimens that tell a record of another specimen otherwise and carry no clock of its change, so that nothing but the
#: load says which is newer: PagerDuty's analytics call an incident, and date who took it, otherwise than its list does.
CONTRADICT = {"pagerduty/analytics.json"}


def facts_of(home: Home) -> dict[str, Counter[Any]]:
    with duckdb.connect(str(home.current_snapshot()), read_only=True) as facts:
        found = {}
        for table in tables.facts.sorted_tables:
            if table.name in OF_LOADS:
                continue
            names = ", ".join(f'"{column.name}"' for column in table.columns if column.name != "load_id")
            found[table.name] = Counter(facts.execute(f"select {names} from {table.name}").fetchall())
        return found


@dataclass
class Loaded:
    """The files of a folder in a home, in the order of their names."""

    folder: Path
    paths: list[Path]
    home: Home
    report: LoadReport


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def there(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    folder: Path = request.param
    paths = [path for path in INPUTS if path.parent == folder and called(path) not in CONTRADICT]
    home = Home(tmp_path_factory.mktemp("there"))
    return Loaded(folder, paths, home, load(home, paths, timezone=zone_of(folder)))


def test_the_order_of_files_means_nothing(there: Loaded, tmp_path: Path) -> None:
    back = Home(tmp_path / "back")
    load(back, list(reversed(there.paths)), timezone=zone_of(there.folder))
    expected = facts_of(there.home)
    for name, rows in facts_of(back).items():
        assert rows - expected[name] == expected[name] - rows == Counter(), name


def test_loading_again_changes_nothing(there: Loaded) -> None:
    first = there.report
    assert {report.status for report in first.files} == {"loaded"}
    assert all(report.rows_read == report.rows_accepted + report.rows_quarantined for report in first.files)
    again = load(there.home, there.paths, timezone=zone_of(there.folder))
    assert {report.status for report in again.files} == {"unchanged"}
    assert again.snapshot == first.snapshot
