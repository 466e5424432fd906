"""A trend as a chart of PowerPoint's own: its numbers are in the file and can be edited there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboard.exports import told, trends
from dashboard.exports.cells import plain
from dashboard.palette import LIGHT

if TYPE_CHECKING:
    from dashboard.exports.deck import Box
    from dashboard.exports.report import Line
    from dashboard.exports.trends import Trend

_NAMESPACES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)


def add(slide: Any, box: Box, line: Line, trend: Trend, is_own: bool) -> Any:
    """Put the chart on a slide; returns its frame. ``is_own``: our colours, else those of the slides' theme."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    data = CategoryChartData(number_format=trend.format)
    data.categories = [point.period for point in trend.points]
    for name, values in trend.series():
        data.add_series(name, values)
    frame = slide.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *box, data)
    chart = frame.chart
    _frame(chart, plain(told.drawn(trend)), trend, is_own)
    for series in chart.plots[0].series:
        _look(series, is_own)
    _whiskers(chart.plots[0].series[0], trend, is_own)
    _labels(chart.plots[0].series[0], line, trend)
    return frame


def _frame(chart: Any, title: str, trend: Trend, is_own: bool) -> None:
    """Title, legend and axes."""
    from pptx.enum.chart import XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
    from pptx.oxml import parse_xml
    from pptx.util import Pt

    chart.has_title, chart.font.size = True, Pt(12)
    chart.chart_title.text_frame.text = title
    chart.chart_title.text_frame.paragraphs[0].font.size = Pt(14)
    chart.chart_title.text_frame.paragraphs[0].font.bold = True
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    axis = chart.value_axis
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = trend.axis_format, False
    ticks = trend.ticks
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = ticks[0], ticks[-1], ticks[1] - ticks[0]
    grid = axis.major_gridlines.format.line
    grid.width = Pt(0.75)
    grid.fill.solid()
    fill = grid.fill._xPr.find("{*}solidFill")  # a colour that is partly seen through, which the library cannot say
    fill.getparent().replace(fill, parse_xml(_stroke(LIGHT.grid, 20, is_own)))
    axis.format.line.fill.background()
    # Values may lie below zero; the periods are named below the chart all the same.
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW


def _look(series: Any, is_own: bool) -> None:
    """How a line is drawn: each differs from the others by its stroke too, for paper without colour."""
    from pptx.enum.chart import XL_MARKER_STYLE
    from pptx.enum.dml import MSO_LINE, MSO_THEME_COLOR
    from pptx.util import Pt

    name, line = series.name, series.format.line
    is_main = name in (trends.VALUE, trends.SO_FAR)
    series.smooth = False
    _paint(line.color, is_main, is_own)
    if name == trends.VALUE:
        line.width, series.marker.style, series.marker.size = Pt(2.25), XL_MARKER_STYLE.CIRCLE, 7
        series.marker.format.fill.solid()
        _paint(series.marker.format.fill.fore_color, True, is_own)
        _paint(series.marker.format.line.color, True, is_own)
    elif name == trends.SO_FAR:
        line.width, line.dash_style = Pt(1.5), MSO_LINE.ROUND_DOT
        series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 8
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.theme_color = MSO_THEME_COLOR.BACKGROUND_1
        _paint(series.marker.format.line.color, True, is_own)
    else:
        is_target = name.startswith(trends.TARGET)
        line.width, line.dash_style = (Pt(1.5), MSO_LINE.DASH) if is_target else (Pt(1), MSO_LINE.ROUND_DOT)
        series.marker.style = XL_MARKER_STYLE.NONE


def _paint(colour: Any, is_main: bool, is_own: bool) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.dml import MSO_THEME_COLOR

    if is_own:
        colour.rgb = RGBColor.from_string((LIGHT.accent if is_main else LIGHT.muted).removeprefix("#"))
    else:
        colour.theme_color = MSO_THEME_COLOR.ACCENT_1 if is_main else MSO_THEME_COLOR.TEXT_1


def _whiskers(series: Any, trend: Trend, is_own: bool) -> None:
    """The interval of each complete period as error bars, which the library cannot write by itself."""
    from pptx.oxml import parse_xml

    up, down = trend.reaches()
    if not any(up) and not any(down):
        return
    bars = parse_xml(
        f'<c:errBars {_NAMESPACES}><c:errDir val="y"/><c:errBarType val="both"/><c:errValType val="cust"/>'
        f'<c:noEndCap val="0"/>{_numbers("plus", up)}{_numbers("minus", down)}'
        f'<c:spPr><a:ln w="9525">{_stroke(LIGHT.muted, 60, is_own)}</a:ln>'
        "</c:spPr></c:errBars>"
    )
    element = series._element
    element.find("{*}cat").addprevious(bars)


def _stroke(colour: str, percent: int, is_own: bool) -> str:
    """A colour of ours; on a company's template that of its letters, partly seen through, on light and dark alike."""
    ours = f'<a:srgbClr val="{colour.removeprefix("#")}"/>'
    theirs = f'<a:schemeClr val="tx1"><a:alpha val="{percent}000"/></a:schemeClr>'
    return f"<a:solidFill {_NAMESPACES}>{ours if is_own else theirs}</a:solidFill>"


def _numbers(name: str, values: list[float]) -> str:
    points = "".join(f'<c:pt idx="{place}"><c:v>{value!r}</c:v></c:pt>' for place, value in enumerate(values))
    return f'<c:{name}><c:numLit><c:ptCount val="{len(values)}"/>{points}</c:numLit></c:{name}>'


def _labels(series: Any, line: Line, trend: Trend) -> None:
    """The last complete value, and the first point of each signal by the name of its rule."""
    from pptx.enum.chart import XL_LABEL_POSITION
    from pptx.enum.dml import MSO_THEME_COLOR
    from pptx.util import Pt

    complete = [place for place, point in enumerate(trend.points) if point.value is not None]
    words = {place: trend.points[place].signal for place in complete if trend.points[place].signal}
    now = next((place for place in complete if trend.points[place].start == str(line.reading.period.start)), None)
    if now is not None:
        words[now] = " ".join(part for part in (told.value(line.reading), words.get(now, "")) if part)
    for place, text in words.items():
        label = series.points[place].data_label
        label.text_frame.text = text
        font = label.text_frame.paragraphs[0].runs[0].font
        font.size, font.bold, font.color.theme_color = Pt(13), True, MSO_THEME_COLOR.TEXT_1
        label.position = XL_LABEL_POSITION.ABOVE
