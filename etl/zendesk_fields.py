"""An account's own ticket fields: which of them stand for a product, a category, a region or an account's tier.

They are known by their names alone, so what was taken for what is said in the report of the load.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping as Dictionary
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select

from etl.files import flatten
from etl.staging import RawTable, Stage, loaded_field, loaded_ticket

SOURCE = "zendesk"

#: Names of fields by what they stand for, as patterns of the whole name in lower case; earlier ones are preferred.
LOOKS_LIKE = {
    "product": (r"products?( (name|area|line|family|module))?",),
    "category": (
        r"category",
        r"((ticket|issue|contact|request|case|support) )?(category|topic)",
        r"(issue|ticket|request|case|contact|inquiry) (type|reason)",
        r"about( field)?",
    ),
    "region": (r"((customer|account|sales|support) )?(region|territory)",),
    "tier": (r"((account|customer|organi[sz]ation|support) )?(tier|plan|segment)",),
}


def looking_like(named: Dictionary[str, str], looks: Dictionary[str, tuple[str, ...]]) -> dict[str, str]:
    """Our word → the first key of ``named`` whose name (in lower case) fits one of the patterns for that word.

    >>> looking_like({"1": "about", "2": "issue type"}, LOOKS_LIKE)
    {'category': '2'}
    """
    found: dict[str, str] = {}
    for ours, patterns in looks.items():
        fits = [key for pattern in patterns for key, name in named.items() if re.fullmatch(pattern, name)]
        if fits:
            found[ours] = fits[0]
    return found


def stage_fields(raw: RawTable, into: Stage) -> None:
    """Keep what the account calls its fields; tickets loaded after this are read by them."""
    flat = flatten(raw, ("id", "title", "custom_field_options"), into.connection)
    cell = flat.table.c
    is_nameless = or_(cell.id.is_(None), cell.title.is_(None))
    told = (literal("title").label("column"), cell.title.label("value"))
    reason = literal("a field without number or name").label("reason")
    into.refuse(select(cell["_row"].label("row"), *told, reason).where(is_nameless))
    rows = select(
        cell["_row"].label("row"),
        cell.id.label("original_id"),
        cell.title.label("name"),
        cell.custom_field_options.label("options"),
    )
    into.put("field", SOURCE, rows.where(~is_nameless))
    older = select(func.count()).select_from(loaded_ticket).where(loaded_ticket.c.source == SOURCE)
    count = into.connection.execute(older).scalar_one()
    if count:
        into.warnings.append(
            f"{count:,} tickets were loaded before their fields were named: to read the product or category of "
            "those, take their loads back and load them again."
        )


def field_cells(custom_fields: ColumnElement[Any], into: Stage) -> dict[str, ColumnElement[Any]]:
    """Product, category and region of tickets, out of the JSON list of their own fields, as far as fields are named."""
    newest = func.row_number().over(partition_by=loaded_field.c.original_id, order_by=loaded_field.c.load_id.desc())
    said = select(loaded_field, newest.label("place")).where(loaded_field.c.source == SOURCE).subquery()
    query = (
        select(said.c.original_id, said.c.name, said.c.options).where(said.c.place == 1).order_by(said.c.original_id)
    )
    rows = into.connection.execute(query).all()
    titles = {row.original_id: row.name for row in rows}
    options = {row.original_id: row.options for row in rows}
    found = looking_like({key: name.strip().lower() for key, name in titles.items()}, LOOKS_LIKE)
    found.pop("tier", None)  # an organization says that itself
    if found:
        taken = "; ".join(f"{titles[key]} as {ours}" for ours, key in found.items())
        into.warnings.append(f"Own fields read: {taken}.")
    return {ours: _named(_value(custom_fields, key), options[key]) for ours, key in found.items()}


def _value(custom_fields: ColumnElement[Any], field: str) -> ColumnElement[Any]:
    numbers = func.json_extract_string(custom_fields, "$[*].id")
    values = func.json_extract_string(custom_fields, "$[*].value")
    place = func.list_position(numbers, field)
    return case((and_(custom_fields.is_not(None), place > 0), func.list_extract(values, place)))


def _named(value: ColumnElement[Any], options: str | None) -> ColumnElement[Any]:
    """A drop-down's choice as people read it."""
    named = {str(each["value"]): str(each["name"]) for each in json.loads(options or "[]") if each.get("name")}
    return case(named, value=value, else_=value) if named else value
