"""Report: readings in order, under headings, and the writer that each file suffix stands for."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from dashboard.exports import to_csv, to_json
from etl.errors import SupportKpiError, UsageError, nearest

if TYPE_CHECKING:
    from dashboard.readings import Reading
    from dashboard.verdict import Change


@dataclass(frozen=True)
class Line:
    """One reading, and beside it the one it is compared with. ``change`` is None where they may not be compared."""

    reading: Reading
    before: Reading | None = None
    change: Change | None = None


@dataclass(frozen=True)
class Section:
    """Lines that belong together, under a heading."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Report:
    """What every export format writes: a title and sections, in the order they are to be read."""

    title: str
    sections: tuple[Section, ...]

    def lines(self) -> Iterator[Line]:
        """Every line, in order, without the headings."""
        for section in self.sections:
            yield from section.lines


Writer = Callable[[Report], bytes]

#: The suffix of the file asked for → what writes it. A new format is one module and one line here.
WRITERS: dict[str, Writer] = {".csv": to_csv.report, ".json": to_json.report}


def writer_for(path: Path) -> Writer:
    """The writer of a file's suffix; raises UsageError that names the suffixes there are."""
    suffix = path.suffix.lower()
    if suffix not in WRITERS:
        raise UsageError(f"No export writes '{suffix or path.name}' files.", nearest(suffix, WRITERS), "")
    return WRITERS[suffix]


def write(report: Report, path: Path) -> Path:
    """Write a report to a file, whole or not at all; a file of that name is replaced. Returns the path."""
    content = writer_for(path)(report)
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
