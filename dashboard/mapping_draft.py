"""A mapping while a person corrects it: what may be chosen, and what follows from the choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: What one row of a file may be.
SHAPES = {
    "ticket": "a ticket",
    "event": "a change or message; several rows make a ticket",
    "survey": "an answer to a survey",
    "change": "a change or deployment",
    "incident": "an incident",
    "account": "a customer account",
    "person": "a person",
    "team": "a team",
    "worklog": "time worked on a ticket",
}
#: The columns asked for first, by shape; the others stand behind "More columns".
FIRST = {
    "ticket": (
        "original_id", "created_at", "status", "resolved_at", "first_reply_at", "closed_at", "priority", "channel",
        "team", "owner", "requester", "account", "category", "product", "subject",
    ),
    "event": (
        "original_id", "occurred_at", "activity", "status", "actor", "team", "owner", "created_at", "priority",
        "requester", "category", "subject",
    ),
    "survey": (
        "score", "answered_at", "comment", "ticket_original_id", "respondent", "account", "survey_id", "sent_at",
    ),
}  # fmt: skip
_LABELS = {
    "original_id": "Number or key",
    "occurred_at": "When it happened",
    "created_at": "Created",
    "resolved_at": "Solved",
    "closed_at": "Closed",
    "updated_at": "Last changed",
    "first_reply_at": "First reply",
    "first_resolved_at": "First solved",
    "answered_at": "Answered",
    "sent_at": "Sent",
    "ticket_original_id": "Ticket number",
    "team": "Team or group",
    "owner": "Owner (agent)",
    "requester": "Customer (requester)",
    "original_status": "Status, their word",
    "original_priority": "Priority, their word",
    "original_channel": "Channel, their word",
    "original_type": "Type, their word",
    "original_score": "Score, their word",
}
#: Columns whose cells are words with a meaning of ours.
WORD_COLUMNS = ("status", "priority", "channel", "ticket_type", "role")
#: Read beside declared formats where another column of the same file is written in ISO 8601.
_ISO = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d")

#: What a word of an activity column may mean, as people say it, and as a mapping says it.
HAPPENINGS: dict[str, dict[str, str] | None] = {
    "nothing of interest": None,
    "created": {"event": "created"},
    **{
        f"status becomes {status.replace('_', ' ')}": {"event": "status", "value": status}
        for status in ("new", "open", "waiting_customer", "waiting_other", "resolved", "closed", "deleted", "spam")
    },
    "message to the customer": {"event": "public_message", "role": "agent"},
    "message of the customer": {"event": "public_message", "role": "customer"},
    "internal note": {"event": "private_note"},
    "new owner": {"event": "owner"},
    "new team": {"event": "team"},
    "new priority": {"event": "priority"},
    "escalated": {"event": "escalation", "value": "functional"},
    "linked to a record": {"event": "link"},
}


def label(name: str) -> str:
    """A column of ours as people call it."""
    plain = name.removeprefix("vendor_").replace("_", " ")
    words = _LABELS.get(name, plain[:1].upper() + plain[1:])
    return f"{words} (as the help desk measured it)" if name.startswith("vendor_") else words


@dataclass(frozen=True)
class Clock:
    """How the dates of the chosen columns are written. ``styles`` are strptime formats; none: ISO 8601.

    ``is_either``: they can be read day first or month first, and nothing in the file tells which. ``unread`` are
    columns that hold no dates.
    """

    styles: tuple[str, ...]
    is_either: bool
    unread: tuple[str, ...]


def clock_of(columns: Mapping[str, str], seen: Sequence[Mapping[str, Any]], day_first: bool | None = None) -> Clock:
    """The formats that fit the date columns of a mapping, by what the preview found in each column."""
    by_name = {column["name"]: column for column in seen}
    dated = {their for ours, their in columns.items() if ours.endswith("_at") and their in by_name}
    found = {name: by_name[name]["formats"] for name in sorted(dated)}
    unread = tuple(name for name, styles in found.items() if styles is None and by_name[name]["filled"])
    written = [styles for styles in found.values() if styles]
    # One column with a 25th in it tells for all of them which of day and month comes first.
    common = [style for style in written[0] if all(style in styles for styles in written)] if written else []
    is_either = any(style.startswith("%d") for style in common) and any(style.startswith("%m") for style in common)
    if is_either and day_first is not None:
        common = [style for style in common if style.startswith("%d" if day_first else "%m")]
    chosen = common[:1] or list(dict.fromkeys(styles[0] for styles in written))
    if chosen and any(styles == [] for styles in found.values()):
        chosen += list(_ISO)
    return Clock(tuple(chosen), is_either, unread)


def same_clocks(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Whether two mappings read the same columns as dates."""
    dated = [{name: header(each, name) for name in each if name.endswith("_at")} for each in (first, second)]
    return dated[0] == dated[1]


def header(columns: Mapping[str, Any], name: str) -> str | None:
    """The column of the file a mapping names for one of ours; of several the first."""
    named = columns.get(name)
    if isinstance(named, list):
        return str(named[0]) if named else None
    return None if named is None else str(named)


def words_of(seen: Sequence[Mapping[str, Any]], their: str | None) -> list[dict[str, Any]]:
    """The words of a column of the file, the most frequent first."""
    return next((list(column["words"]) for column in seen if column["name"] == their), [])


def guessed(draft: Mapping[str, Any], name: str, word: Mapping[str, Any], known: Sequence[str]) -> str | None:
    """What a word means by the draft, by itself, or by a guess; None where nobody knows."""
    drafted = draft.get("words", {}).get(name, {})
    text = str(word["word"])
    if text in drafted:
        return str(drafted[text])
    itself = text.strip().lower().replace(" ", "_")
    return itself if itself in known else word.get("guesses", {}).get(name)


def needed_but_absent(shape: str, columns: Mapping[str, str], shapes: Sequence[Mapping[str, Any]]) -> list[str]:
    """The columns of ours a shape cannot do without that nobody has chosen yet; a ticket also needs its creation."""
    needed = next((list(each["needed"]) for each in shapes if each["name"] == shape), [])
    more = ["created_at"] if shape == "ticket" else []
    return [name for name in (*needed, *more) if name not in columns]
