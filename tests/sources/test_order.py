"""The order in which the files of a home are loaded means nothing for its facts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest
from specimens import FOLDERS, INPUTS, called, zone_of

from etl import tables
from etl.load import load
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


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_order_of_files_means_nothing(folder: Path, tmp_path: Path) -> None:
    paths = [path for path in INPUTS if path.parent == folder and called(path) not in CONTRADICT]
    there, back = Home(tmp_path / "there"), Home(tmp_path / "back")
    load(there, paths, timezone=zone_of(folder))
    load(back, list(reversed(paths)), timezone=zone_of(folder))
    expected = facts_of(there)
    for name, rows in facts_of(back).items():
        assert rows - expected[name] == expected[name] - rows == Counter(), name
