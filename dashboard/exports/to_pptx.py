"""PPTX: one idea a slide, its title says what it shows; charts and tables are native and can be edited.

On a company's template everything takes that template's colours and letters; a status is a word with a shape anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from dashboard.exports.cells import plain
from dashboard.palette import LIGHT
from dashboard.verdict import Verdict

if TYPE_CHECKING:
    from dashboard.exports.deck import Box, Deck
    from dashboard.exports.report import Line, Report, Section, Table
    from dashboard.exports.trends import Trend

T = TypeVar("T")
#: What a slide holds of a table before it goes on on the next one.
ROWS = 9
#: How many sentences a slide holds.
SENTENCES = 6
#: What a file is said to be made on where the data tell of no day.
_NEVER = datetime(1980, 1, 1)  # noqa: DTZ001
#: "Light style 1, accent 1" of every PowerPoint: lines above, below and under the header, in the theme's colour.
_LIGHT_STYLE = "{3B4B98B0-60AC-42C2-AFA5-B58CD77FA1E5}"
_COLOURS = {Verdict.MEETS: LIGHT.meets, Verdict.MISSES: LIGHT.misses, Verdict.TOO_CLOSE: LIGHT.close}


def report(given: Report, template: Path | None = None) -> bytes:
    """A report as a presentation, the same bytes for the same facts."""
    from dashboard.exports.deck import Deck
    from dashboard.exports.zipped import steady

    slides = _Slides(Deck(template), given)
    slides.opening()
    for section in given.sections:
        slides.section(section)
    slides.unmeasured()
    when = next((line.reading.as_of for line in given.lines() if line.reading.as_of), None) or _NEVER
    properties = slides.deck.slides.core_properties
    properties.title, properties.author, properties.last_modified_by = plain(given.title), "supportkpi", "supportkpi"
    return steady(slides.deck.write(), when)


def on(template: Path) -> Callable[[Report], bytes]:
    """The writer that takes the look of a company's own file; raises UsageError at once where it is none."""
    from dashboard.exports.deck import Deck

    Deck(template)
    return lambda given: report(given, template)


class _Slides:
    """One report becoming slides."""

    def __init__(self, deck: Deck, given: Report) -> None:
        self.deck, self.given = deck, given

    def opening(self) -> None:
        """The title, the period, and how fresh the data are."""
        from dashboard.exports import told

        slide = self.deck.add(self.given.title, is_first=True)
        below = [shape for shape in slide.placeholders if shape != slide.shapes.title]
        words = [told.scope(self.given), told.freshness(self.given)]
        if below:
            below[0].text_frame.text = "\n".join(plain(each) for each in words)
            self._left(below[0].text_frame, 18)
            for shape in below[1:]:
                shape._element.getparent().remove(shape._element)
        else:
            self._text(slide, self.deck.body, [(each, 18, False, None) for each in words])

    def section(self, section: Section) -> None:
        """What a section comes to, its readings as a table, then each trend on a slide of its own."""
        from dashboard.exports import told, trends

        for place, sentences in enumerate(_pieces(section.sentences, SENTENCES)):
            slide = self._new(section.heading + _part(place, len(section.sentences), SENTENCES))
            self._text(slide, self.deck.body.part(0, 0.02, 1, 0.9), [(each, 20, False, None) for each in sentences])
            self._notes(slide, _definitions(section.lines))
        measured = told.shown(section)
        for place, some in enumerate(_pieces(measured)):
            slide = self._new(f"{section.heading}: {told.tally(measured)}{_part(place, len(measured), ROWS)}")
            self._table(slide, told.COLUMNS, [told.row(line) for line in some], f"{section.heading}, as a table")
            self._notes(slide, _definitions(some))
        for table in section.tables:
            self._grid(section, table)
        for line in section.lines:
            trend = trends.of(line)
            if trend is not None:
                self._trend(line, trend)

    def _grid(self, section: Section, table: Table) -> None:
        """A table of what is no reading, on as many slides as it takes; wide words get the wider columns."""
        rows = table.words()
        columns = {
            name: min(40, max(len(name), *(len(row[name]) for row in rows))) if rows else len(name)
            for name in table.columns
        }
        for place, some in enumerate(_pieces(rows, ROWS)):
            slide = self._new(f"{section.heading}: {table.title}{_part(place, len(rows), ROWS)}")
            self._table(slide, columns, some, table.title)
            self._notes(slide, [table.note] if table.note else [])

    def unmeasured(self) -> None:
        """What has no reading, and what would fill it: said, not left out."""
        from dashboard.exports import told

        lines = [line for line in self.given.lines() if not told.is_read(line)]
        columns = {"KPI": 38, "Why there is no reading": 62}
        for place, some in enumerate(_pieces(lines, ROWS + 2)):
            more = _part(place, len(lines), ROWS + 2)
            slide = self._new(f"Not measured: {len(lines)} of {sum(1 for _ in self.given.lines())} KPIs{more}")
            rows = [
                {"KPI": line.reading.kpi.label, "Why there is no reading": line.reading.reason or ""} for line in some
            ]
            self._table(slide, columns, rows, "KPIs without a reading, and why")
            self._notes(slide, _definitions(some))

    def _new(self, title: str) -> Any:
        """A slide with its title, and the scope at its foot."""
        from dashboard.exports import told

        slide = self.deck.add(title)
        body = self.deck.body
        foot = type(body)(body.left, body.top + body.height, body.width, 300_000)
        number = len(self.deck.slides.slides)
        self._text(slide, foot, [(f"{told.scope(self.given)} · {number}", 11, False, LIGHT.muted)])
        return slide

    def _trend(self, line: Line, trend: Trend) -> None:
        """One KPI over time: value and evidence at the left, the native chart at the right."""
        from dashboard.exports import slide_chart, told

        slide, body = self._new(told.headline(line)), self.deck.body
        status = _COLOURS.get(Verdict(line.reading.verdict))
        words: list[tuple[str, int, bool, str | None]] = [(told.value(line.reading), 36, True, None)]
        for name, text in told.evidence(line).items():
            words.append((text, 20, True, status) if name == "Status" else (f"{name}: {text}", 14, False, None))
        self._text(slide, body.part(0, 0.02, 0.29, 0.96), words)
        chart = slide_chart.add(slide, body.part(0.3, 0, 0.7, 0.86), line, trend, self.deck.is_own)
        _describe(chart, told.described(line, trend))
        self._text(slide, body.part(0.3, 0.87, 0.7, 0.13), [(told.behaviour(line), 12, False, LIGHT.muted)])
        self._notes(slide, [f"{line.reading.kpi.label}.", *told.caveats(line), f"Chart: {told.described(line, trend)}"])

    def _table(self, slide: Any, columns: dict[str, int], rows: Sequence[dict[str, str]], name: str) -> None:
        """A native table: the first row is its header, numbers stand at the right."""
        from pptx.enum.text import PP_ALIGN

        from dashboard.exports import told

        body = self.deck.body
        height = min(body.height, round((len(rows) + 1) * body.height / (ROWS + 1)))
        frame = slide.shapes.add_table(len(rows) + 1, len(columns), body.left, body.top, body.width, height)
        _describe(frame, name)
        table, whole = frame.table, sum(columns.values())
        frame._element.graphic.graphicData.tbl[0][-1].text = _LIGHT_STYLE
        table.horz_banding = False
        for place, (heading, width) in enumerate(columns.items()):
            table.columns[place].width = round(body.width * width / whole)
            for at, words in enumerate([heading, *(row[heading] for row in rows)]):
                cell = table.cell(at, place)
                cell.text = plain(words)
                cell.margin_left = cell.margin_right = 60_000
                paragraph = cell.text_frame.paragraphs[0]
                self._letters(paragraph.font, 13, at == 0 or heading == "Status", None)
                if heading in told.NUMBERS:
                    paragraph.alignment = PP_ALIGN.RIGHT

    def _text(self, slide: Any, box: Box, words: Iterable[tuple[str, int, bool, str | None]]) -> None:
        """Paragraphs of text: words, size in points, whether bold, and their colour on our own paper."""
        frame = slide.shapes.add_textbox(*box).text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = 0
        for place, (text, size, bold, colour) in enumerate(words):
            paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
            paragraph.text = plain(text)
            paragraph.space_after = (size // 2) * 12_700
            self._letters(paragraph.font, size, bold, colour)

    def _letters(self, font: Any, size: int, bold: bool, colour: str | None) -> None:
        from pptx.dml.color import RGBColor
        from pptx.util import Pt

        font.size, font.bold = Pt(size), bold
        if colour is not None and self.deck.is_own:
            font.color.rgb = RGBColor.from_string(colour.removeprefix("#"))

    def _left(self, frame: Any, size: int) -> None:
        """Placeholder text of our own paper at the left, as its title is."""
        from pptx.enum.text import PP_ALIGN

        if not self.deck.is_own:
            return
        frame.margin_left = 0
        for paragraph in frame.paragraphs:
            paragraph.alignment = PP_ALIGN.LEFT
            self._letters(paragraph.font, size, False, LIGHT.muted)

    def _notes(self, slide: Any, sentences: Iterable[str]) -> None:
        """What whoever speaks needs: definitions and cautions."""
        slide.notes_slide.notes_text_frame.text = "\n".join(plain(sentence) for sentence in sentences)


def _describe(frame: Any, words: str) -> None:
    """The text that stands in for a chart or table."""
    frame._element.nvGraphicFramePr.cNvPr.set("descr", plain(words))


def _definitions(lines: Iterable[Line]) -> list[str]:
    return [f"{line.reading.kpi.label}: {line.reading.kpi.counts} {line.reading.kpi.beware}" for line in lines]


def _pieces(every: Sequence[T], size: int = ROWS) -> Iterable[Sequence[T]]:
    return (every[start : start + size] for start in range(0, len(every), size))


def _part(place: int, count: int, size: int) -> str:
    """Which of how many slides this is, behind its title; nothing where there is one."""
    return f" ({place + 1} of {-(-count // size)})" if count > size else ""
