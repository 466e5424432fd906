"""Every specification runs on each engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from world import ENGINES, World


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """An empty world on one engine."""
    made = World(request.param, tmp_path)
    yield made
    made.close()
