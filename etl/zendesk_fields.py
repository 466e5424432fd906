"""An account's own ticket fields: which of them stand for a product, a category, a region or an account's tier.

They are known by their names alone, so what was taken for what is said in the report of the load.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Dictionary

from sqlalchemy import Text, case, cast, func, literal, literal_column, or_, select

from etl.api_records import listed
from etl.files import flatten
from etl.naming import own_names
from etl.rearranged import Cell
from etl.staging import RawTable, Stage

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


#: Letters of the longest name a product, a category or a region may have.
_LONGEST = 100


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
    """Keep what the account calls its fields, and which of them are taken for what."""
    flat = flatten(raw, ("id", "title", "custom_field_options"), into.connection)
    cell = flat.table.c
    is_nameless = or_(cell.id.is_(None), cell.title.is_(None))
    told = (literal("title").label("column"), cell.title.label("value"))
    reason = literal("a field without number or name").label("reason")
    into.refuse(select(cell["_row"].label("row"), *told, reason).where(is_nameless))
    title = func.lower(func.trim(cell.title))
    fits = [
        (func.regexp_full_match(title, pattern), ours, place)
        for ours, patterns in LOOKS_LIKE.items()
        if ours != "tier"  # an organization says that itself
        for place, pattern in enumerate(patterns)
    ]
    rows = select(
        cell["_row"].label("row"),
        literal("field").label("kind"),
        cell.id.label("original_id"),
        cell.title.label("name"),
        case(*((fit, ours) for fit, ours, _ in fits)).label("meaning"),
        listed(cell.custom_field_options).label("options"),
        case(*((fit, place) for fit, _, place in fits)).label("preference"),
    )
    into.put("field", SOURCE, rows.where(~is_nameless))
    _tell(into)


def _tell(into: Stage) -> None:
    """Say which of the fields known by now stands for what."""
    n = own_names().subquery().c
    query = select(n.name, n.meaning).where(n.source == SOURCE, n.kind == "field", n.meaning.is_not(None))
    taken: dict[str, str] = {}
    for name, ours in into.connection.execute(query.order_by(n.preference, n.original_id)).all():
        taken.setdefault(ours, f"{name} as {ours}")
    if taken:
        into.warnings.append(f"Own fields read: {'; '.join(taken[ours] for ours in sorted(taken))}.")


def own_fields(custom_fields: Cell) -> Cell:
    """The filled ones of a ticket's own fields, as the JSON list they came in; NULL where there are none.

    What they are called may be told later. A text longer than the name of a choice is no choice, and is not kept.
    """
    is_choice: Cell = literal_column(
        f"lambda item: (item ->> '$.id') is not null and length(item ->> '$.value') between 1 and {_LONGEST}"
    )
    filled = func.list_filter(func.json_extract(listed(custom_fields), "$[*]"), is_choice)
    return case((func.len(filled) > 0, cast(func.to_json(filled), Text)))
