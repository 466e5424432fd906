"""Homes to load into, and the small help desk that stands in for the real sources."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import desk
import duckdb
import pytest

from etl import load, recognise, snapshot
from etl.report import FileReport
from etl.settings import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def small_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the small desk claims files, and tickets are published as they are."""
    monkeypatch.setattr(recognise, "_modules", lambda: [recognise.Candidate(desk.NAME, desk.claim, desk.stage)])
    monkeypatch.setattr(snapshot, "_derive", lambda: desk.build)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file to load."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / "exports" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


@pytest.fixture
def take(home: Home, small_desk: None) -> Callable[..., FileReport]:
    """Load one file and return its report. Bare clocks are in UTC unless said otherwise."""

    def take_file(path: Path, **options: Any) -> FileReport:
        options.setdefault("timezone", "UTC")
        report = load.load(home, [path], **options)
        assert len(report.files) == 1
        return report.files[0]

    return take_file


@pytest.fixture
def published(home: Home) -> Callable[..., list[tuple[Any, ...]]]:
    """Ask the current snapshot."""

    def ask(question: str) -> list[tuple[Any, ...]]:
        current = home.current_snapshot()
        assert current is not None
        with duckdb.connect(str(current), read_only=True) as connection:
            return connection.execute(question).fetchall()

    return ask
