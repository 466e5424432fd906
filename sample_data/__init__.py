"""Exports of a software company that does not exist, and where to find them."""

from __future__ import annotations

import shutil
from pathlib import Path

_HERE = Path(__file__).parent
EXPORTS = _HERE / "exports"
HOME = _HERE / "home"
ANSWERS = _HERE / "answers.toml"


def demo_files() -> list[Path]:
    """The exports in the order to load them, which is the order of their names: who there is, then what happened."""
    return sorted(path for path in EXPORTS.iterdir() if path.is_file())


def demo_settings() -> Path:
    """The ``supportkpi.toml`` of the demo home; its ``mappings`` folder stands beside it."""
    return HOME / "supportkpi.toml"


def demo_mappings() -> list[Path]:
    """The mapping files of the exports that no built-in source claims."""
    return sorted((HOME / "mappings").glob("*.toml"))


def prepare(home: Path) -> None:
    """Copy settings and mappings into a home folder; what is there already stays."""
    for source in (demo_settings(), *demo_mappings()):
        place = home / source.relative_to(HOME)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)
