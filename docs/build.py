"""Write anew what is made from the code: ``docs/kpis.md``, the transcript in ``README.md``, the golden files.

Run it with ``make docs``; ``tests/test_docs.py`` fails while something here is out of date.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from importlib.metadata import version
from pathlib import Path

from dashboard import wording
from dashboard.kpis import FAMILIES, catalogue
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.options import CHOICES, Choice

ROOT = Path(__file__).parent.parent
#: A block of the README that shows commands and what they print.
TRANSCRIPT = re.compile(r"(?<=```console\n)(.*?)(?=```)", re.DOTALL)


def kpis_page() -> str:
    """``docs/kpis.md``: the catalogue, a section a KPI, and the options."""
    known = list(catalogue().values())
    parts = [
        "# KPIs\n",
        "Made from the definitions in `dashboard/kpis/` by `make docs`; change it there. Each number comes with n,\n"
        "its interval, the clock that dates it, and the tickets behind it (`supportkpi tickets KPI`).\n",
    ]
    for family in dict.fromkeys(kpi.family for kpi in known):
        parts.append(f"## {FAMILIES[family]}\n")
        parts += [section(kpi) for kpi in known if kpi.family == family]
    parts.append("## Options\n")
    parts.append("Given as `--option NAME=VALUE`; what was chosen is written into every export.\n")
    parts.append(
        "\n".join(f"- `{name}`: {allowed(choice)}; {choice.decides}." for name, choice in CHOICES.items()) + "\n"
    )
    return "\n".join(parts)


def allowed(choice: Choice) -> str:
    """What an option takes, the default first where it is a word."""
    if choice.numbers is not None:
        return f"{choice.numbers[0]} to {choice.numbers[-1]}"
    return " or ".join(f"`{word}` ({told})" for word, told in choice.words.items())


def section(kpi: Kpi) -> str:
    """One KPI."""
    target = "none until you set one in `targets.toml`"
    if kpi.target is not None:
        target = f"{wording.target(kpi.target, kpi.unit)} ({kpi.target.because})"
    facts = {
        "Counts": kpi.counts,
        "Beware": kpi.beware,
        "Target": target + ".",
        "Dated by": f"{kpi.anchor}; {kpi.clock} clock.",
        "Judged from": f"{kpi.enough} {kpi.counted} on.",
        "Answered for by": f"{kpi.owner}.",
        "Needs": f"{kpi.needs}.",
        "Cut by": None if kpi.cuts is None else (", ".join(f"`{name}`" for name in kpi.cuts) or "nothing") + ".",
        "Grade": f"{kpi.grade}." if kpi.grade else None,
        "Options": ", ".join(f"`{name}`" for name in kpi.options) + "." if kpi.options else None,
    }
    lines = [f"- **{name}**: {text}" for name, text in facts.items() if text]
    return f"### {kpi.label} (`{kpi.name}`)\n\n{kpi.asks}\n\n" + "\n".join(lines) + "\n"


def transcript(block: str, home: Path) -> str:
    """A block with each ``$`` command run in the demo's home and its real output below it."""
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "\n".join(f"{command}\n{output(command, home)}" for command in commands)


def output(command: str, home: Path) -> str:
    """What a command prints."""
    words = shlex.split(command.removeprefix("$ "))[1:]
    script = "from dashboard.cli import main; main()"
    ran = subprocess.run(  # noqa: S603  (the commands stand in our own README)
        [sys.executable, "-c", script, "--home", str(home), *words],
        check=False,
        capture_output=True,
        text=True,
        cwd=home,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    printed = ran.stdout + ran.stderr
    return "\n".join(line.rstrip() for line in printed.splitlines()) + "\n"


def readme(home: Path) -> str:
    """``README.md`` with its transcripts true."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return TRANSCRIPT.sub(lambda found: transcript(found[1], home), text)


def golden_board(folder: Path) -> bytes:
    """The bytes of the golden board, with the version masked; ``folder`` then holds its home."""
    from dashboard.cli import main

    shutil.copytree(ROOT / "tests" / "golden" / "home", folder / "home")
    out = folder / "board.csv"
    for words in (
        ["load", str(ROOT / "tests/golden/exports")],
        ["export", "board", "--period", "2025-02", "--out", str(out)],
    ):
        try:
            main(["--home", str(folder / "home"), *words])
        except SystemExit as left:
            if left.code:
                raise
    return out.read_bytes().replace(f",{version('supportkpi')},".encode(), b",VERSION,")


def golden_meeting_files(home: Path) -> dict[str, str]:
    """What the files for a meeting say of the headlines of one week, by suffix."""
    from dashboard import journal
    from dashboard.commands.report import ask_of
    from dashboard.exports.report import WRITERS, Report
    from dashboard.reviews import contents
    from dashboard.rhythm import Rhythm
    from etl.settings import Home
    from tests.outlines import outline

    ask = ask_of(Home(home), Rhythm.WEEKLY, "2025-W08")
    found = contents.review(ask, Rhythm.WEEKLY, journal.open(Home(home)), date(2025, 3, 1))
    small = Report(found.title, contents.for_files(found).sections[:1])
    suffixes = (".xlsx", ".pptx", ".pdf")
    return {each: outline(each, WRITERS[each](small)).replace(version("supportkpi"), "VERSION") for each in suffixes}


def main() -> None:
    """Write everything."""
    (ROOT / "docs" / "kpis.md").write_text(kpis_page(), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "demo"
        output(f"$ supportkpi --home {shlex.quote(str(home))} demo --no-serve", ROOT)
        (ROOT / "README.md").write_text(readme(home), encoding="utf-8")
        golden = golden_board(Path(folder))
        (ROOT / "tests" / "golden" / "board-2025-02.csv").write_bytes(golden)
        for suffix, text in golden_meeting_files(Path(folder) / "home").items():
            (ROOT / "tests" / "golden" / f"weekly-2025-W08{suffix}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
