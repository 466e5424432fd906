"""Exports of a software company that does not exist, and where to find them."""

from __future__ import annotations

import shutil
from pathlib import Path

_HERE = Path(__file__).parent
EXPORTS = _HERE / "exports"
HOME = _HERE / "home"
ANSWERS = _HERE / "answers.toml"


def demo_files() -> list[Path]:
    """The exports in a good order to load: who there is first, then tickets, then what refers to them."""
    order = ("zendesk_users", "zendesk_groups", "zendesk_org", "zendesk_ticket_fields", "zendesk_tickets", "zendesk")

    def place(path: Path) -> tuple[int, str]:
        ranks = [rank for rank, start in enumerate(order) if path.name.startswith(start)]
        return (ranks[0] if ranks else len(order), path.name)

    return sorted((path for path in EXPORTS.iterdir() if path.is_file()), key=place)


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
