"""A small home with a help desk and its ratings, loaded once through the front door."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from etl.load import load
from etl.settings import Home

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="session")
def golden_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """122 tickets and 116 ratings of tests/golden; nobody may write to it."""
    folder = tmp_path_factory.mktemp("golden") / "home"
    shutil.copytree(GOLDEN / "home", folder)
    home = Home(folder)
    report = load(home, [GOLDEN / "exports"])
    assert report.exit_code == 0, report
    return home
