"""A mapping as the text of its TOML file: what the pages save and the loader reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from etl.errors import UsageError

#: What a mapping may be called: it names a file, so it holds nothing that could lead anywhere else.
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def valid_name(text: str) -> str:
    """The name, if it may be one; raises UsageError otherwise."""
    if not NAME.fullmatch(text):
        raise UsageError(
            "This is no name for a mapping.", "", "Use up to 40 small letters, digits and dashes, such as our-tracker."
        )
    return text


def suggested_name(label: str) -> str:
    """A name made of what a file is called.

    >>> suggested_name("../../Störungen März (2).csv")
    'st-rungen-m-rz-2'
    """
    stem = re.split(r"[/\\]", label)[-1].partition(".")[0].lower()
    return re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:40].strip("-") or "export"


def to_toml(values: Mapping[str, Any]) -> str:
    """Nested tables of text, numbers, flags and lists as TOML. Empty tables and None are left out.

    >>> print(to_toml({"name": "desk", "words": {"status": {"In Arbeit": "open"}}}), end="")
    "name" = "desk"
    <BLANKLINE>
    ["words"."status"]
    "In Arbeit" = "open"
    """
    return "\n".join(_lines(values, ())).strip("\n") + "\n"


def _lines(values: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    plain = {key: value for key, value in values.items() if value is not None and not isinstance(value, Mapping)}
    if plain and path:
        yield f"\n[{'.'.join(map(_text, path))}]"
    for key, value in plain.items():
        yield f"{_text(key)} = {_value(value)}"
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _lines(value, (*path, key))


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(each) for each in value)}]"
    return _text(str(value))


def _text(text: str) -> str:
    """A basic string: JSON's is one, save that TOML forbids DEL as it stands."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
