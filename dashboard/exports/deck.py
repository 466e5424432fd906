"""The paper of a presentation: our own plain one, or the company's, and where on it text may stand."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboard.exports.cells import plain
from etl.errors import UsageError

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide, SlideLayout

#: English Metric Units in an inch: what positions on a slide are counted in.
INCH = 914_400
_TEMPLATE, _SLIDES = b"presentationml.template.main+xml", b"presentationml.presentation.main+xml"


@dataclass(frozen=True)
class Box:
    """A place on a slide, in English Metric Units."""

    left: int
    top: int
    width: int
    height: int

    def part(self, left: float, top: float, width: float, height: float) -> Box:
        """A part of it, given in shares of its width and height."""
        return Box(
            self.left + round(left * self.width),
            self.top + round(top * self.height),
            round(width * self.width),
            round(height * self.height),
        )

    def __iter__(self) -> Any:
        return iter((self.left, self.top, self.width, self.height))


class Deck:
    """A presentation without slides yet. ``is_own``: our colours hold; on a company's template all of its own do."""

    def __init__(self, template: Path | None = None) -> None:
        self.is_own = template is None
        self.slides = _own() if template is None else _opened(template)
        layouts = list(self.slides.slide_layouts)
        self.first = layouts[0]
        self.inner = min(layouts, key=_others)
        if _title_of(self.inner) is None:
            raise UsageError(
                f"{template} cannot be used as a template.",
                "None of its layouts has a title.",
                "Choose a template with a layout such as Title Only.",
            )

    @property
    def body(self) -> Box:
        """The room below the title and above the foot."""
        width, height = int(self.slides.slide_width or 0), int(self.slides.slide_height or 0)
        title = _title_of(self.inner)
        left, span = int(title.left or 0), int(title.width or 0)
        if not 0 < span <= width:
            left, span = width // 20, width - width // 10
        top = int((title.top or 0) + (title.height or 0)) + INCH // 6
        # A layout may write its title in the middle or at the foot; then what lies below the upper fifth is ours.
        top = top if title.height and top < height * 0.45 else height // 5
        return Box(left, top, span, int(height * 0.94) - top)

    def add(self, title: str, is_first: bool = False) -> Slide:
        """A new slide with its title; placeholders nobody fills are taken off."""
        from pptx.enum.text import PP_ALIGN
        from pptx.util import Pt

        slide = self.slides.slides.add_slide(self.first if is_first else self.inner)
        if slide.shapes.title is not None:
            slide.shapes.title.text_frame.text = plain(title)
            if self.is_own:
                slide.shapes.title.text_frame.margin_left = 0
                paragraph = slide.shapes.title.text_frame.paragraphs[0]
                paragraph.alignment = PP_ALIGN.LEFT
                paragraph.font.size, paragraph.font.bold = Pt(36 if is_first else 24), True
            elif len(title) > 40:
                slide.shapes.title.text_frame.paragraphs[0].font.size = Pt(28)  # a whole sentence, on two lines at most
        for shape in list(slide.placeholders):
            if not is_first and shape != slide.shapes.title:
                shape._element.getparent().remove(shape._element)
        return slide

    def write(self) -> bytes:
        """The file."""
        buffer = io.BytesIO()
        self.slides.save(buffer)
        return buffer.getvalue()


def _title_of(layout: SlideLayout) -> Any:
    from pptx.enum.shapes import PP_PLACEHOLDER

    titles = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
    return next((shape for shape in layout.placeholders if shape.placeholder_format.type in titles), None)


def _others(layout: SlideLayout) -> tuple[bool, int]:
    """Least for the layout with a title and nothing else to fill."""
    from pptx.enum.shapes import PP_PLACEHOLDER

    foot = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)
    others = [shape for shape in layout.placeholders if shape.placeholder_format.type not in foot]
    return _title_of(layout) is None, len(others)


def _own() -> Presentation:
    """The library's empty presentation, made 16 : 9, with the two layouts that are used."""
    from pptx import Presentation
    from pptx.util import Inches

    made = Presentation()
    wider = Inches(13.333) / int(made.slide_width or 1)
    made.slide_width = Inches(13.333)
    for place in (made.slide_master, *made.slide_layouts):
        for shape in place.shapes:
            if shape.left is not None and shape._element.xpath(".//a:off"):
                shape.left, shape.width = round(shape.left * wider), round(shape.width * wider)
    kept = {"Title Slide", "Title Only"}
    for layout in list(made.slide_layouts):
        if layout.name not in kept:
            made.slide_layouts.remove(layout)
    for layout in made.slide_layouts:
        title = _title_of(layout)
        if layout.name == "Title Only":
            title.left, title.top, title.width, title.height = Inches(0.6), Inches(0.35), Inches(12.1), Inches(0.95)
        else:
            title.left, title.top, title.width, title.height = Inches(0.6), Inches(2.2), Inches(12.1), Inches(1.4)
            for shape in layout.placeholders:
                if shape.placeholder_format.idx == 1:
                    shape.left, shape.top, shape.width = Inches(0.6), Inches(3.7), Inches(12.1)
    return made


def _opened(template: Path) -> Presentation:
    """A company's own file, .pptx or .potx, without the slides in it; raises UsageError where it is none."""
    from pptx import Presentation

    try:
        made = Presentation(io.BytesIO(_as_slides(template.read_bytes())))
    except OSError as error:
        raise UsageError(f"{template} was not read.", f"{error.strerror}.", "Name a .pptx or .potx file.") from error
    except Exception as error:  # the library raises whatever it meets: KeyError, BadZipFile, XMLSyntaxError
        raise UsageError(
            f"{template} cannot be used as a template.",
            "It is no PowerPoint file.",
            "Save it from PowerPoint as .pptx or .potx, without a password.",
        ) from error
    for entry in list(made.slides._sldIdLst):
        made.part.drop_rel(entry.rId)
        made.slides._sldIdLst.remove(entry)
    if not len(made.slide_layouts):
        raise UsageError(f"{template} cannot be used as a template.", "It has no layouts.", "Choose another one.")
    return made


def _as_slides(content: bytes) -> bytes:
    """A template as a presentation: the two differ in one word of the list of contents."""
    name = "[Content_Types].xml"
    with zipfile.ZipFile(io.BytesIO(content)) as given:
        if _TEMPLATE not in given.read(name):
            return content
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
            for each in given.namelist():
                read = given.read(each)
                made.writestr(each, read.replace(_TEMPLATE, _SLIDES) if each == name else read)
    return out.getvalue()
