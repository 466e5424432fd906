"""A subject without what differs from ticket to ticket: its signature. One place, as SQL of DuckDB.

Two tickets with one signature are the same template. Only the subject is kept of what customers wrote; of a subject
that holds a whole mail, the part before the first quote or signature counts.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, func, literal

#: From here on a text is quoted from another, or is somebody's signature.
_REST = (
    r"(?is)\r?\n[ \t]*(>|--|__|-----|on .{1,200} wrote:|from:|sent from|(best|kind|warm)? ?regards|thanks|"
    r"mit freundlichen|viele grüße|cordialement|saludos).*$"
)
#: What is taken out in turn: prefixes of replies, addresses, all that holds a digit, all that is no letter.
_NOT_WORDS = (
    (r"^(\s*(re|aw|fw|fwd|wg|tr|sv|vs|antw|rv)\s*(\[\d+\])?\s*:)+", " "),
    (r"(https?://|www\.)\S+|\S+@\S+", " "),
    (r"\S*\d\S*", " "),
    (r"[^\p{L}\p{M}\s]", " "),
    (r"\s+", " "),
)
#: A code a program writes, and numbers of documents that only look like one.
_CODE = r"\b(ERR_[A-Z0-9_]+|[A-Z]{2,}-?\d{3,})\b"
_NO_CODE = r"^(INV|PO|SO|RMA|ORD|ORDER|INC|REQ|RITM|SCTASK|TASK|CASE|CHG|PRB|TICKET|SR|CS|REF|SN|ID|NO)-?\d"


def signature(subject: ColumnElement[Any]) -> ColumnElement[Any]:
    """The words of a subject in lower case, one space between them; empty where there are none."""
    text = func.lower(func.regexp_replace(subject, _REST, ""))
    for pattern, instead in _NOT_WORDS:
        text = func.regexp_replace(text, pattern, instead, "g")
    return func.trim(text)


def error_code(subject: ColumnElement[Any]) -> ColumnElement[Any]:
    """The first error code of a subject; NULL where there is none, or only the number of a document."""
    found = func.regexp_extract(subject, _CODE, 1)
    return case((func.regexp_matches(found, _NO_CODE), None), else_=func.nullif(found, literal("")))
