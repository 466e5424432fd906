"""Office files are zips with a clock in them: this takes the clock out, so that the same facts give the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime

#: Entries of a zip carry a time; always the same.
_WHEN = (1980, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def steady(content: bytes, when: datetime) -> bytes:
    """The same file, made at ``when`` whatever the clock says; workbooks inside it too."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, _part(name, given.read(name), when))
    return out.getvalue()


def _part(name: str, content: bytes, when: datetime) -> bytes:
    if name.endswith(".xlsx"):
        return steady(content, when)
    if name == "docProps/core.xml":
        return _STAMP.sub(rb"\g<1>" + when.strftime("%Y-%m-%dT%H:%M:%SZ").encode() + rb"\g<2>", content)
    return content
