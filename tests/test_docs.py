"""Prose is code: what is not documented, or documented wrongly, fails."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from dashboard import cli
from dashboard.exports.records import BOARD_COLUMNS, flat_columns
from dashboard.kpis.options import CHOICES
from dashboard.scope import DIMENSIONS
from docs import build
from etl.settings import Home

ROOT = Path(__file__).parent.parent
COMMANDS = (ROOT / "docs" / "command_line.md").read_text(encoding="utf-8")


def commands() -> list[tuple[str, list[str]]]:
    """Each command's name with its options, as typer knows them."""
    found = []
    for name, command in typer.main.get_command(cli.app).commands.items():  # type: ignore[attr-defined]
        for inner, one in getattr(command, "commands", {"": command}).items():
            options = [
                opt for p in one.params if not getattr(p, "hidden", False) for opt in p.opts if opt.startswith("--")
            ]
            found.append((f"{name} {inner}".strip(), options))
    return found


@pytest.mark.parametrize(("name", "options"), commands(), ids=[name for name, _ in commands()])
def test_every_command_and_option_is_documented(name: str, options: list[str]) -> None:
    section = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", COMMANDS, re.DOTALL | re.MULTILINE)
    assert section is not None, f"docs/command_line.md has no section '{name}'"
    for option in options:
        if option != "--help":
            assert option in section[1], f"{name} {option}"


def test_no_command_is_documented_that_is_not_there() -> None:
    assert set(re.findall(r"^## (.+)$", COMMANDS, re.MULTILINE)) == {name for name, _ in commands()}


def test_every_key_dimension_and_option_is_documented() -> None:
    for name in (*flat_columns(), *BOARD_COLUMNS, *DIMENSIONS):
        assert f"`{name}`" in COMMANDS, name
    for name in CHOICES:
        assert f"`{name}`" in build.kpis_page()


def test_the_page_of_kpis_is_up_to_date() -> None:
    assert (ROOT / "docs" / "kpis.md").read_text(encoding="utf-8") == build.kpis_page(), "run make docs"


def test_every_link_in_the_documents_leads_somewhere() -> None:
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_module_the_architecture_names_is_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for name in re.findall(r"`((?:etl|dashboard|sample_data|docs|tests|benchmarks)/[\w/.]+)`", text):
        assert (ROOT / name).exists(), name


def test_the_readme_shows_what_the_commands_print(demo_home: Home) -> None:
    assert (ROOT / "README.md").read_text(encoding="utf-8") == build.readme(demo_home.folder), "run make docs"
