"""Exports that are not part of the project, unpacked into a folder of the test; skipped where they are not there."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

ARCHIVE = Path(__file__).parents[3] / "shared" / "data" / "real_exports.zip"


def unpacked(name: str, folder: Path) -> Path:
    """The export of that name; skips the test with the reason where there is none."""
    if not ARCHIVE.is_file():
        pytest.skip(f"{ARCHIVE.name} is not part of the project and is not beside it")
    with zipfile.ZipFile(ARCHIVE) as archive:
        return Path(archive.extract(name, folder))
