"""XLSX: words to read, trends as native charts over their numbers, the board's records, the definitions."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from dashboard.exports.cells import neutral, plain
from dashboard.exports.records import BOARD_COLUMNS, board_record
from dashboard.palette import LIGHT

if TYPE_CHECKING:
    from dashboard.exports.report import Line, Report, Section, Table
    from dashboard.exports.trends import Trend

SUMMARY, READINGS, DEFINITIONS = "Summary", "Readings", "Definitions"
#: What a file is said to be made on where the data tell of no day: the same facts give the same bytes.
_NEVER = datetime(1980, 1, 1)  # noqa: DTZ001  (a spreadsheet's own clock has no zone)
#: Columns of the records that hold days, and those whose format follows the unit of their row.
_DAYS = ("period_start", "period_end", "data_from")
_VALUES = ("value", "target", "interval_low", "interval_high", "previous_value", "change")
_DEFINED = {
    "kpi": 24, "label": 30, "family": 22, "asks": 40, "counts": 70, "beware": 60, "direction": 10, "target_words": 22,
    "because": 40, "owner": 24, "anchor": 16, "clock": 10, "enough": 9, "needs": 40,
}  # fmt: skip
#: The longest text a cell takes.
_LONGEST = 32_767
_CHART = {"width": 640, "height": 300}


def report(given: Report) -> bytes:
    """A report as a workbook that Excel and LibreOffice open as it is, the same bytes for the same facts."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        lines = list(given.lines())
        when = next((line.reading.as_of for line in lines if line.reading.as_of), None) or _NEVER
        book.set_properties({"title": plain(given.title), "created": when.replace(microsecond=0)})
        sheets = _Sheets(book)
        sheets.summary(given)
        for section in given.sections:
            sheets.trends(section)
        for section in given.sections:
            for table in section.tables:
                sheets.grid(section, table)
        sheets.readings(lines)
        sheets.definitions(lines)
    return buffer.getvalue()


class _Sheets:
    """One workbook in the making: its formats, and the names its sheets and tables have taken."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.heading = book.add_format({"bold": True, "font_size": 12})
        self.plain = book.add_format()
        self.header = book.add_format({"bold": True, "bottom": 1})
        self.muted = book.add_format({"font_color": LIGHT.muted})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.right = book.add_format({"align": "right"})
        self._numbers: dict[str, Any] = {}
        self._taken: set[str] = set()
        self._table = count(1)

    def number(self, written: str) -> Any:
        """A number format, made once."""
        if written not in self._numbers:
            self._numbers[written] = self.book.add_format({"num_format": written})
        return self._numbers[written]

    def sheet(self, name: str) -> Any:
        """A sheet under a name Excel takes: 31 characters, none of its marks, no name twice."""
        kept = "".join(" " if letter in "[]:*?/\\'" else letter for letter in plain(name)).strip()[:31] or "Sheet"
        tried = (kept if place == 1 else f"{kept[:27]} ({place})" for place in count(1))
        free = next(each for each in tried if each.lower() not in self._taken)
        self._taken.add(free.lower())
        sheet = self.book.add_worksheet(free)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.hide_gridlines(2)
        return sheet

    def table(self, sheet: Any, row: int, columns: Sequence[str], rows: int) -> None:
        """A native table over cells already written; one of no rows still has an empty one, as Excel asks."""
        headers = [{"header": name, "header_format": self.header} for name in columns]
        options = {"columns": headers, "name": f"Table{next(self._table)}", "style": "Table Style Light 1"}
        sheet.add_table(row, 0, row + max(rows, 1), len(columns) - 1, options)

    def text(self, sheet: Any, row: int, column: int, words: object, shape: Any = None) -> None:
        """A cell of text that is never run as a formula, here or in a CSV saved from here."""
        sheet.write_string(row, column, neutral(str(words))[:_LONGEST], shape)

    def summary(self, given: Report) -> None:
        """What a person reads first: title, the answer, and every reading in words."""
        from dashboard.exports import told

        sheet = self.sheet(SUMMARY)
        sheet.fit_to_pages(1, 0)
        columns = ("Section", *told.COLUMNS)
        for column, width in enumerate((44, 40, 20, 22, 28, 30, 9, 36)):
            sheet.set_column(column, column, width)
        self.text(sheet, 0, 0, given.title, self.title)
        self.text(sheet, 1, 0, told.scope(given), self.muted)
        self.text(sheet, 2, 0, told.freshness(given), self.muted)
        sentences = [sentence for section in given.sections for sentence in section.sentences]
        for row, sentence in enumerate(sentences, 4):
            self.text(sheet, row, 0, sentence)
        top = 5 + len(sentences)
        rows = [(section.heading, told.row(line)) for section in given.sections for line in section.lines]
        for row, (heading, words) in enumerate(rows, top + 1):
            self.text(sheet, row, 0, heading, self.plain)
            for column, name in enumerate(told.COLUMNS, 1):
                self.text(sheet, row, column, words[name], self.right if name in told.NUMBERS else self.plain)
        self.table(sheet, top, columns, len(rows))

    def grid(self, section: Section, table: Table) -> None:
        """A table of what is no reading, on a sheet of its own."""
        sheet = self.sheet(table.title)
        self.text(sheet, 0, 0, f"{section.heading}: {table.title}", self.title)
        self.text(sheet, 1, 0, table.note, self.muted)
        for row, cells in enumerate(table.rows, 4):
            for column, value in enumerate(cells):
                self._cell(sheet, row, column, value, "#,##0.##")
        self.table(sheet, 3, table.columns, len(table.rows))
        for column, name in enumerate(table.columns):
            longest = max((len(words[name]) for words in table.words()), default=0)
            sheet.set_column(column, column, min(60, max(12, len(name) + 4, longest)))

    def trends(self, section: Section) -> None:
        """The trends of a section below each other: a table of numbers, and the chart made of it beside."""
        from dashboard.exports import trends

        found = [(line, trend) for line in section.lines if (trend := trends.of(line)) is not None]
        if not found:
            return
        sheet = self.sheet(section.heading)
        sheet.set_print_scale(50)
        sheet.set_column(0, 12, 12)
        self.text(sheet, 0, 0, section.heading, self.title)
        row = 2
        breaks = []
        for place, (line, trend) in enumerate(found):
            breaks += [row] if place and place % 2 == 0 else []
            row = self._trend(sheet, row, line, trend)
        sheet.set_h_pagebreaks(breaks)

    def _trend(self, sheet: Any, row: int, line: Line, trend: Trend) -> int:
        """One trend from a row on; returns the first row below it."""
        from dashboard.exports import told

        series = trend.series()
        columns = [
            "Period",
            "First day",
            *(name for name, _ in series),
            "Low",
            "High",
            "Up to high",
            "Down to low",
            "n",
        ]
        up, down = trend.reaches()
        self.text(sheet, row, 0, told.drawn(trend), self.heading)
        top, shape = row + 1, self.number(trend.format)
        for place, point in enumerate(trend.points):
            here = top + 1 + place
            self.text(sheet, here, 0, point.period, self.plain)
            sheet.write_datetime(here, 1, datetime.fromisoformat(point.start), self.day)
            bounds = (point.low, point.high, up[place], down[place])
            for column, value in enumerate((*(values[place] for _, values in series), *bounds), 2):
                if value is not None:
                    sheet.write_number(here, column, value, shape)
            sheet.write_number(here, len(columns) - 1, point.n, self.number("#,##0"))
        self.table(sheet, top, columns, len(trend.points))
        chart = self._chart(sheet.get_name(), top + 1, trend)
        options = {"description": plain(told.described(line, trend)), "x_offset": 12}
        sheet.insert_chart(row, len(columns), chart, options)
        return top + max(len(trend.points) + 1, 16) + 2

    def _chart(self, sheet: str, first: int, trend: Trend) -> Any:
        from dashboard.exports import told, trends

        chart = self.book.add_chart({"type": "line"})
        last = first + len(trend.points) - 1
        for place, (name, _) in enumerate(trend.series()):
            column = 2 + place
            drawn = {
                "name": [sheet, first - 1, column],
                "categories": [sheet, first, 0, last, 0],
                "values": [sheet, first, column, last, column],
                **_look(name),
            }
            if name == trends.VALUE:
                drawn["y_error_bars"] = _whiskers(sheet, first, last, 4 + len(trend.series()))
            chart.add_series(drawn)
        chart.set_title({"name": plain(told.drawn(trend)), "name_font": {"size": 12, "bold": True}})
        ticks, grid = trend.ticks, {"visible": True, "line": {"color": LIGHT.grid}}
        scale = {"min": ticks[0], "max": ticks[-1], "major_unit": ticks[1] - ticks[0]}
        chart.set_y_axis({"num_format": trend.axis_format, "major_gridlines": grid, **scale})
        chart.set_x_axis({"label_position": "low"})
        chart.set_legend({"position": "bottom"})
        chart.show_blanks_as("gap")
        chart.set_size(_CHART)
        return chart

    def readings(self, lines: Sequence[Line]) -> None:
        """The board's records, one row a reading: the same cells as the CSV."""
        sheet = self.sheet(READINGS)
        for row, line in enumerate(lines, 1):
            record = board_record(line)
            values = "0.0%" if record["unit"] == "fraction" else "#,##0.0##"
            for column, name in enumerate(BOARD_COLUMNS):
                self._cell(sheet, row, column, _dated(name, record[name]), values if name in _VALUES else "#,##0")
        self.table(sheet, 0, BOARD_COLUMNS, len(lines))
        sheet.freeze_panes(1, 2)
        sheet.repeat_rows(0)
        sheet.set_column(0, len(BOARD_COLUMNS) - 1, 15)
        sheet.set_column(0, 1, 28)

    def _cell(self, sheet: Any, row: int, column: int, value: object, written: str) -> None:
        """A value as what it is: a day, a truth, a number, a text; nothing stays an empty cell."""
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, self.day)
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, self.number(written))
        elif value is not None:
            self.text(sheet, row, column, value)

    def definitions(self, lines: Iterable[Line]) -> None:
        """What each number is, by which rule, and what to be careful of: one row a KPI."""
        from dashboard.exports import listing

        known = {line.reading.kpi: listing.of(line.reading.kpi, line.reading.target) for line in lines}
        sheet = self.sheet(DEFINITIONS)
        for row, record in enumerate(known.values(), 1):
            self._definition(sheet, row, record)
        self.table(sheet, 0, tuple(_DEFINED), len(known))
        sheet.freeze_panes(1, 2)
        sheet.repeat_rows(0)
        for column, width in enumerate(_DEFINED.values()):
            sheet.set_column(column, column, width)

    def _definition(self, sheet: Any, row: int, record: Mapping[str, object]) -> None:
        # A height of its own: not every program makes a row as high as its longest text.
        lines = max(-(-len(str(record[name] or "")) // width) for name, width in _DEFINED.items())
        sheet.set_row(row, 15 * (lines + 1))
        for column, name in enumerate(_DEFINED):
            value = record[name]
            if isinstance(value, int):
                sheet.write_number(row, column, value, self.plain)
            elif value is not None:
                self.text(sheet, row, column, value, self.wrapped)


def _dated(name: str, value: object) -> object:
    return date.fromisoformat(value) if name in _DAYS and isinstance(value, str) else value


def _look(name: str) -> dict[str, Any]:
    """How a line is drawn: each differs from the others by its stroke too, for paper without colour."""
    from dashboard.exports import trends

    accent, grey = LIGHT.accent, LIGHT.muted
    if name == trends.VALUE:
        marker = {"type": "circle", "size": 6, "fill": {"color": accent}, "border": {"color": accent}}
        return {"line": {"color": accent, "width": 2.25}, "marker": marker}
    if name == trends.SO_FAR:
        marker = {"type": "circle", "size": 7, "fill": {"color": LIGHT.paper}, "border": {"color": accent}}
        return {"line": {"color": accent, "width": 1.5, "dash_type": "round_dot"}, "marker": marker}
    if name.startswith(trends.TARGET):
        return {"line": {"color": grey, "width": 1.25, "dash_type": "dash"}, "marker": {"type": "none"}}
    return {"line": {"color": grey, "width": 1, "dash_type": "round_dot"}, "marker": {"type": "none"}}


def _whiskers(sheet: str, first: int, last: int, column: int) -> dict[str, Any]:
    """The interval of each complete period, out of the two columns that hold how far it reaches."""
    from xlsxwriter.utility import xl_range_formula

    plus, minus = (f"={xl_range_formula(sheet, first, place, last, place)}" for place in (column, column + 1))
    line = {"color": LIGHT.muted, "width": 0.75}
    return {"type": "custom", "plus_values": plus, "minus_values": minus, "line": line}
