"""What a meeting file says, as text: what the golden files hold, whatever library writes the bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any


def outline(suffix: str, content: bytes) -> str:
    """The text of a file of that suffix, part by part."""
    return "\n".join({".xlsx": of_xlsx, ".pptx": of_pptx, ".pdf": of_pdf}[suffix](content)) + "\n"


def of_xlsx(content: bytes) -> Iterator[str]:
    from openpyxl import load_workbook

    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        yield f"# {sheet.title} · tables {sorted(table.ref for table in sheet.tables.values())} · frozen {sheet.freeze_panes}"
        for row in sheet.iter_rows():
            cells = [f"{cell.coordinate}={_short(cell.value)}" for cell in row if cell.value is not None]
            if cells:
                yield " | ".join(cells)
        for chart in sheet._charts:
            yield f"chart: {[series.val.numRef.f for series in chart.series]}"


def _short(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def of_pptx(content: bytes) -> Iterator[str]:
    from pptx import Presentation

    for number, slide in enumerate(Presentation(io.BytesIO(content)).slides, 1):
        yield f"# {number}"
        for shape in slide.shapes:
            yield from _shape(shape)
        if slide.has_notes_slide:
            yield from (f"notes: {line}" for line in slide.notes_slide.notes_text_frame.text.splitlines())


def _shape(shape: Any) -> Iterator[str]:
    if shape.has_text_frame:
        yield f"text: {' / '.join(shape.text_frame.text.splitlines())}"
    if shape.has_table:
        yield f"table: {described(shape)}"
        yield from (" | ".join(cell.text for cell in row.cells) for row in shape.table.rows)
    if shape.has_chart:
        yield f"chart: {described(shape)}"
        for series in shape.chart.plots[0].series:
            yield f"{series.name}: {[None if value is None else _short(value) for value in series.values]}"


def described(shape: Any) -> str:
    """The words that stand in for a chart or a table."""
    return str(shape._element.nvGraphicFramePr.cNvPr.get("descr", ""))


def of_pdf(content: bytes) -> Iterator[str]:
    from pypdf import PdfReader

    for number, page in enumerate(PdfReader(io.BytesIO(content)).pages, 1):
        yield f"# page {number}"
        yield " ".join(page.extract_text().split())
