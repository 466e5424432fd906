"""Report: readings in order, under headings, and the writer that each file suffix stands for."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from dashboard.exports import to_csv, to_json, to_pdf, to_pptx, to_xlsx
from etl.errors import SupportKpiError, UsageError, nearest

if TYPE_CHECKING:
    from dashboard.readings import Reading
    from dashboard.story import Story
    from dashboard.verdict import Change


@dataclass(frozen=True)
class Line:
    """One reading, and beside it the one it is compared with. ``change`` is None where they may not be compared.

    ``story`` is the same KPI over time, where a format is to draw it; ``Line.of`` makes a line of a story.
    """

    reading: Reading
    before: Reading | None = None
    change: Change | None = None
    story: Story | None = None

    @classmethod
    def of(cls, story: Story) -> Line:
        """The chosen period of a story, with what it is compared with and its trend."""
        return cls(story.now, story.before, story.change, story)

    @property
    def trend(self) -> tuple[Reading, ...]:
        """The readings to be drawn, oldest first; empty where only the one period was read."""
        return self.story.past if self.story else ()

    @property
    def has_changed(self) -> bool:
        """Whether the period is more than the usual ups and downs, or, without a trend, than chance."""
        if self.story is not None:
            return self.story.has_changed
        return self.change is not None and bool(self.change.is_real)


Cell = str | float | int | None


@dataclass(frozen=True)
class Table:
    """What is no reading, as a table: work that lies still, actions, issues. Cells are plain words and numbers."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    def words(self) -> list[dict[str, str]]:
        """The rows as words, by column."""
        return [
            {name: "" if cell is None else f"{cell:,}" if isinstance(cell, int) else str(cell)
             for name, cell in zip(self.columns, row, strict=True)}
            for row in self.rows
        ]  # fmt: skip


@dataclass(frozen=True)
class Section:
    """Lines that belong together, under a heading, and what they come to, a sentence each.

    ``key`` names the section wherever it is spoken of later; ``minutes`` is its time in a meeting's agenda.
    """

    heading: str
    lines: tuple[Line, ...]
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    key: str = ""
    minutes: int | None = None


@dataclass(frozen=True)
class Report:
    """What every export format writes: a title and sections, in the order they are to be read."""

    title: str
    sections: tuple[Section, ...]

    def lines(self) -> Iterator[Line]:
        """Every line, in order, without the headings; a number that stands in several sections comes once."""
        seen = set()
        for line in (line for section in self.sections for line in section.lines):
            reading = line.reading
            key = (reading.kpi.name, reading.kpi.chosen, reading.scope, reading.period, reading.group)
            if key not in seen:
                seen.add(key)
                yield line


Writer = Callable[[Report], bytes]

#: The suffix of the file asked for → what writes it. A new format is one module and one line here.
WRITERS: dict[str, Writer] = {
    ".csv": to_csv.report,
    ".json": to_json.report,
    ".xlsx": to_xlsx.report,
    ".pptx": to_pptx.report,
    ".pdf": to_pdf.report,
}


def writer_for(path: Path, template: Path | None = None) -> Writer:
    """The writer of a file's suffix; raises UsageError that names the suffixes there are.

    ``template`` is a presentation whose look slides take; the other formats have none.
    """
    suffix = path.suffix.lower()
    if suffix not in WRITERS:
        raise UsageError(f"No export writes '{suffix or path.name}' files.", nearest(suffix, WRITERS), "")
    return to_pptx.on(template) if template is not None and suffix == ".pptx" else WRITERS[suffix]


def write(report: Report, path: Path, template: Path | None = None) -> Path:
    """Write a report to a file, whole or not at all; a file of that name is replaced. Returns the path."""
    content = writer_for(path, template)(report)
    with writing(path) as file:
        file.write(content)
    return path


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """A file to write to that takes its name only when it is whole."""
    scratch = ""
    try:
        handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w+b") as file:
            yield file
        Path(scratch).chmod(0o644)
        Path(scratch).replace(path)
    except OSError as error:
        raise SupportKpiError(
            f"{path} was not written.", f"{error.strerror}.", "Choose a folder that is there and that you may write to."
        ) from error
    finally:
        if scratch:
            Path(scratch).unlink(missing_ok=True)
