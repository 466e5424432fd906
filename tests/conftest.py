"""Homes that many tests read: loaded once, through the front door, and never written to."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
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


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The sample data as ``supportkpi demo`` leaves it; nobody may write to it.

    Half a minute of loading: all processes of a test run share one, and who comes first makes it.
    """
    ours = tmp_path_factory.getbasetemp()
    shared = ours.parent if "PYTEST_XDIST_WORKER" in os.environ else ours
    home, done = Home(shared / "demo"), shared / "demo.done"
    words = ["-c", "from dashboard.cli import main; main()", "--home", str(home.folder), "demo", "--no-serve"]
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            subprocess.run([sys.executable, *words], check=True, capture_output=True, cwd=Path(__file__).parent.parent)
            done.touch()
    return home
