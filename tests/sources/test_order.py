"""The order in which the files of a home are loaded means nothing for its facts, but where a file needs another's words."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest
from specimens import FOLDERS, INPUTS, zone_of

from etl import tables
from etl.load import load
from etl.settings import Home

#: What a load says of itself depends on its turn.
OF_LOADS = {"load", "quarantine", "unmapped_word", "drift"}
#: Files that are read with what an earlier one told, and refuse or report what they do not know (docs/known_limits.md).
NEEDS_ORDER = {"salesforce", "zammad", "zendesk"}
#: Folders whose specimens are several exports of the same records that contradict each other and carry no clock of their
#: change: the newer load wins, as it should.
CONTRADICT = {"chatwoot", "hubspot", "jira", "pagerduty"}


def facts_of(home: Home) -> dict[str, Counter[Any]]:
    with duckdb.connect(str(home.current_snapshot()), read_only=True) as facts:
        found = {}
        for table in tables.facts.sorted_tables:
            if table.name in OF_LOADS:
                continue
            names = ", ".join(f'"{column.name}"' for column in table.columns if column.name != "load_id")
            found[table.name] = Counter(facts.execute(f"select {names} from {table.name}").fetchall())
        return found


@pytest.mark.parametrize(
    "folder",
    [folder for folder in FOLDERS if folder.name not in NEEDS_ORDER | CONTRADICT],
    ids=lambda folder: folder.name,
)
def test_the_order_of_files_means_nothing(folder: Path, tmp_path: Path) -> None:
    paths = [path for path in INPUTS if path.parent == folder]
    there, back = Home(tmp_path / "there"), Home(tmp_path / "back")
    load(there, paths, timezone=zone_of(folder))
    load(back, list(reversed(paths)), timezone=zone_of(folder))
    expected = facts_of(there)
    for name, rows in facts_of(back).items():
        assert rows - expected[name] == expected[name] - rows == Counter(), name
