"""The walls of the house, asked of the code itself."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("etl", "dashboard", "sample_data")


def modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def tracked() -> list[Path]:
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: which files belong to the project cannot be told")
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("package", ["dashboard.exports.report", "dashboard.exports.board", "dashboard.kpis"])
def test_reading_a_number_loads_neither_the_web_framework_nor_the_database(package: str) -> None:
    script = f"import sys, {package}; print(' '.join({{'streamlit', 'duckdb'}} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=ROOT)
    assert loaded.stdout.strip() == ""


def test_the_import_contracts_hold() -> None:
    ran = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_small_and_typed(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
    for function in functions(path):
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        assert length <= 60, f"{function.name} has {length} lines"
        assert function.returns is not None, f"{function.name} does not say what it returns"


def test_most_functions_are_short() -> None:
    lengths = sorted((f.end_lineno or f.lineno) - f.lineno + 1 for path in modules() for f in functions(path))
    assert lengths[len(lengths) // 2] <= 12
    assert lengths[int(len(lengths) * 0.9)] <= 30


def test_no_module_of_the_dashboard_hides_one_of_the_standard_library() -> None:
    """Streamlit puts the folder ``dashboard`` first on the path."""
    names = {path.stem for path in (ROOT / "dashboard").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert not names & sys.stdlib_module_names
    assert "pages" not in names  # claimed by Streamlit's older discovery


#: Hosts of package registries, and paths of somebody's machine: neither belongs into a repository.
#: Written in parts, so that this file holds none of them either.
FOREIGN = re.compile(
    rb"py" rb"pi\.org|python" rb"hosted|(?<![\w.])/(?:work|opt|root|home/[a-z]+|tmp/[a-z]+)/", re.IGNORECASE
)


def test_no_registry_host_and_no_path_of_a_machine_is_tracked() -> None:
    found = []
    for path in tracked():
        if path.suffix in {".gz", ".zip", ".png"}:
            continue
        found += [f"{path.relative_to(ROOT)}: {hit.group().decode()}" for hit in FOREIGN.finditer(path.read_bytes())]
    assert not found


def test_every_file_tracked_is_small() -> None:
    large = {str(path.relative_to(ROOT)): path.stat().st_size for path in tracked() if path.stat().st_size > 3_000_000}
    assert not large
    sample = sum(path.stat().st_size for path in tracked() if path.is_relative_to(ROOT / "sample_data"))
    assert sample < 6_000_000


def test_no_two_test_modules_have_one_name() -> None:
    """Test folders are no packages: pytest refuses the second module of a name, at the end of a long run."""
    names = [path.name for path in (ROOT / "tests").rglob("*.py") if path.name not in ("__init__.py", "conftest.py")]
    assert sorted({name for name in names if names.count(name) > 1}) == []
