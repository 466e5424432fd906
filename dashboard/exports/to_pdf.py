"""PDF: the report on A4, tagged for those who hear it, its letters inside, its statuses legible in black and white."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from html import escape
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboard.exports.cells import plain
from etl.errors import SupportKpiError

if TYPE_CHECKING:
    from dashboard.exports.report import Line, Report, Section, Table
    from dashboard.exports.trends import Trend


#: The agreed name for "build as if it were then": reproducible-builds.org.
_CLOCK = "SOURCE_DATE_EPOCH"


def report(given: Report) -> bytes:
    """A report as PDF/UA-1; raises SupportKpiError where the machine lacks the library that sets text."""
    weasyprint = _weasyprint()
    style = files("dashboard").joinpath("templates", "paper.css").read_text(encoding="utf-8")
    fonts = weasyprint.text.fonts.FontConfiguration()
    sheet = weasyprint.CSS(string=_letters() + style, font_config=fonts)
    document = weasyprint.HTML(string=page(given))
    with _no_clock():
        written: bytes = document.write_pdf(stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/ua-1")
    return written


@contextmanager
def _no_clock() -> Iterator[None]:
    """Letters cut out of a font are stamped with the time unless this says another: the same facts, the same bytes."""
    before = os.environ.get(_CLOCK)
    os.environ[_CLOCK] = before or "315532800"  # 1 January 1980, as in our other files
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_CLOCK, None)


def _weasyprint() -> Any:
    """The library; it needs Pango of the system, which no Python package brings."""
    try:
        import weasyprint
        import weasyprint.text.fonts
    except OSError as error:
        raise SupportKpiError(
            "PDF files cannot be written on this machine.",
            "The system library Pango is missing.",
            "Install it (Debian and Ubuntu: libpango-1.0-0 and libpangoft2-1.0-0; macOS: brew install pango), "
            "or choose another format.",
        ) from error
    return weasyprint


def _letters() -> str:
    """The letters of the pages, so that screen and paper look alike and no font need be installed."""
    spec = find_spec("streamlit")
    folder = Path(spec.origin).parent / "static" if spec and spec.origin else None
    found = sorted(folder.rglob("SourceSansVF-Upright*.woff2")) if folder else []
    if not found:
        return ""
    return f'@font-face {{ font-family: Paper; src: url("{found[0].as_uri()}"); }}\n'


def page(given: Report) -> str:
    """The report as HTML: everything from outside is escaped."""
    from dashboard.exports import told

    title, scope = _safe(given.title), _safe(told.scope(given))
    body = "".join(
        [
            f'<header><h1>{title}</h1><p class="scope">{scope}</p>',
            f'<p class="scope">{_safe(told.freshness(given))}</p></header>',
            *(part for section in given.sections for part in _section(section)),
            *_unmeasured(given),
            *_definitions(given),
        ]
    )
    head = f'<meta charset="utf-8"><title>{title}</title><meta name="author" content="supportkpi">'
    return (
        f'<!doctype html><html lang="en"><head>{head}</head><body><div class="foot">{scope}</div>{body}</body></html>'
    )


def _safe(text: str) -> str:
    return escape(plain(text))


def _section(section: Section) -> Iterator[str]:
    from dashboard.exports import told, trends

    measured = told.shown(section)
    if not measured and not section.sentences and not section.tables:
        return
    yield f"<h2>{_safe(section.heading)}</h2>"
    yield from (f'<p class="sentence">{_safe(sentence)}</p>' for sentence in section.sentences)
    if measured:
        yield _table(section, measured)
    yield from (_grid(table) for table in section.tables)
    for line in section.lines:
        trend = trends.of(line)
        if trend is not None:
            yield _chart(line, trend)


def _table(section: Section, lines: Iterable[Line]) -> str:
    from dashboard.exports import told

    head = "".join(f'<th scope="col" class="{_kind(name)}">{escape(name)}</th>' for name in told.COLUMNS)
    columns = "".join(f'<col style="width: {width}%">' for width in told.COLUMNS.values())
    rows = "".join(f"<tr>{_row(told.row(line))}</tr>" for line in lines)
    caption = f"<caption>{_safe(section.heading)}: {_safe(told.tally(list(lines)))}</caption>"
    return f"<table>{caption}<colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _grid(table: Table) -> str:
    """A table of what is no reading."""
    head = "".join(f'<th scope="col">{_safe(name)}</th>' for name in table.columns)
    rows = "".join(f"<tr>{''.join(f'<td>{_safe(words)}</td>' for words in row.values())}</tr>" for row in table.words())
    caption = f"<caption>{_safe(table.title)}{f': {_safe(table.note)}' if table.note else ''}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(words: dict[str, str]) -> str:
    first, *others = words.items()
    cells = "".join(f'<td class="{_kind(name)}">{_safe(text)}</td>' for name, text in others)
    return f'<th scope="row">{_safe(first[1])}</th>{cells}'


def _kind(name: str) -> str:
    from dashboard.exports import told

    return "number" if name in told.NUMBERS else "status" if name == "Status" else "words"


def _chart(line: Line, trend: Trend) -> str:
    """Title, picture with its words, and what it says; kept on one page."""
    from dashboard.exports import svg_chart, told

    picture = base64.b64encode(svg_chart.draw(line, trend).encode()).decode()
    alt = _safe(told.described(line, trend))
    evidence = " · ".join(f"{name}: {words}" for name, words in told.evidence(line).items())
    return (
        f'<section class="chart"><h3>{_safe(told.headline(line))}</h3><p class="evidence">{_safe(evidence)}</p>'
        f'<p class="axis">{_safe(told.drawn(trend))}</p>'
        f'<img src="data:image/svg+xml;base64,{picture}" alt="{alt}">'
        f'<p class="note">{_safe(told.behaviour(line))}</p></section>'
    )


def _unmeasured(given: Report) -> Iterator[str]:
    """What has no reading, and what would fill it: said, not left out."""
    from dashboard.exports import told

    lines = [line for line in given.lines() if not told.is_read(line)]
    if not lines:
        return
    rows = "".join(
        f'<tr><th scope="row">{_safe(line.reading.kpi.label)}</th><td>{_safe(line.reading.reason or "")}</td></tr>'
        for line in lines
    )
    head = '<tr><th scope="col">KPI</th><th scope="col">Why there is no reading</th></tr>'
    count = f"{len(lines)} of {sum(1 for _ in given.lines())} KPIs"
    columns = '<colgroup><col style="width: 36%"><col style="width: 64%"></colgroup>'
    yield f"<h2>Not measured</h2><table><caption>{count} have no reading</caption>{columns}"
    yield f"<thead>{head}</thead><tbody>{rows}</tbody></table>"


def _definitions(given: Report) -> Iterator[str]:
    """The appendix: each KPI that was read, by which rule, and what to be careful of."""
    from dashboard.exports import told

    lines = [line for line in given.lines() if told.is_read(line)]
    if lines:
        yield '<h2 class="appendix">Definitions</h2>'
    for line in lines:
        sentences = " ".join(_safe(sentence) for sentence in told.caveats(line))
        yield f'<div class="definition"><h3>{_safe(line.reading.kpi.label)}</h3><p>{sentences}</p></div>'
