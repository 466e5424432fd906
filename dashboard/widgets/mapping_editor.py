"""Correct a drafted mapping from drop-downs: what a row is, which column is which, what each word means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard import mapping_draft, wording
from dashboard.widgets import frame

#: Words of one column that are offered; the others stay unknown and are reported by the load.
_MOST_WORDS = 40
_NOT_THERE = "not in this file"
_UNKNOWN = "leave unknown"
_NOT_ANSWERED = "not answered"


@dataclass(frozen=True)
class Edited:
    """The mapping as it stands now, and what must still be said before it can be used."""

    mapping: dict[str, Any]
    missing: list[str]


def edit(
    key: str, base: Mapping[str, Any], table: Mapping[str, Any], preview: Mapping[str, Any], is_draft: bool
) -> Edited:
    """Draw the drop-downs and return the mapping they make; ``key`` keeps several editors of a page apart.

    ``base`` is a draft, or (``is_draft`` False) a mapping somebody has declared, whose way of writing dates stands as
    long as the same columns hold them.
    """
    seen = table["columns"]
    shapes = {each["name"]: each for each in preview["shapes"] if each["name"] in mapping_draft.SHAPES}
    shape = st.selectbox(
        "One row of this file is",
        list(shapes),
        index=list(shapes).index(base.get("shape", "ticket")),
        format_func=lambda name: mapping_draft.SHAPES[name],
        key=f"{key} shape",
        width=420,
    )
    columns = _columns(key, base, seen, shapes[shape])
    is_declared = not is_draft and mapping_draft.same_clocks(base.get("columns", {}), columns)
    day_first = None if is_declared else _day_first(key, columns, seen)
    clock = mapping_draft.clock_of(columns, seen, day_first)
    formats = {"formats": list(clock.styles)} if clock.styles else {}
    edited: dict[str, Any] = {
        **{name: value for name, value in base.items() if name in ("name", "nulls", "file", "constants", "proof")},
        "shape": shape,
        "columns": columns,
        "clock": dict(base.get("clock", {})) if is_declared else formats,
        "words": _all_words(key, base, columns, seen, preview["words"]),
    }
    if shape == "survey":
        edited |= _survey(key, base, columns, seen)
    if shape == "event" and "activity" in columns:
        edited |= _activities(key, base, columns, seen)
    if shape != "event" and "actor_role" in edited.get("constants", {}):
        edited["constants"] = {name: word for name, word in edited["constants"].items() if name != "actor_role"}
    absent = mapping_draft.needed_but_absent(shape, columns, list(shapes.values()))
    missing = [f"choose the column for “{mapping_draft.label(name)}”" for name in absent]
    if not is_declared:
        missing += [f"“{name}” holds no dates that can be read" for name in clock.unread]
        if clock.is_either and day_first is None:
            missing.append("say whether the day or the month comes first")
    return Edited(edited, missing)


def plain(text: object) -> str:
    r"""Any text as a label that is drawn as it stands: no markdown, no colour, no link, no line break.

    >>> print(plain("a *b*"))
    a \*b\*
    """
    escaped = re.sub(r"([^\w\s])", r"\\\1", " ".join(str(text).split())[:80], flags=re.ASCII)
    # Addresses become links without any markdown; an invisible joiner after their marks keeps them text.
    return re.sub(r"(:|@|www)", "\\1\u2060", escaped, flags=re.IGNORECASE)


def _columns(
    key: str, base: Mapping[str, Any], seen: Sequence[Mapping[str, Any]], shape: Mapping[str, Any]
) -> dict[str, str]:
    known = [name for name in shape["columns"] if not name.startswith("vendor_")]
    first = [name for name in mapping_draft.FIRST.get(shape["name"], known) if name in shape["columns"]]
    rest = [name for name in shape["columns"] if name not in first]
    frame.section("Which column is which?", "Ours on the left of each box, a column of the file in it with an example.")
    found = _boxes(key, first, base, seen)
    if rest:
        with st.expander(f"More columns ({len(rest)})", expanded=any(_named(base, name) for name in rest)):
            found |= _boxes(key, rest, base, seen)
    return found


def _named(base: Mapping[str, Any], name: str) -> str | None:
    return mapping_draft.header(base.get("columns", {}), name)


def _boxes(
    key: str, names: Sequence[str], base: Mapping[str, Any], seen: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    headers = [str(column["name"]) for column in seen]
    examples = {str(column["name"]): next(iter(column["examples"]), "empty") for column in seen}
    found: dict[str, str] = {}
    grid = st.grid(4, min_column_width=230, gap="small")
    for name in names:
        drafted = _named(base, name)
        with grid.cell():
            picked = st.selectbox(
                mapping_draft.label(name),
                [None, *headers],
                index=headers.index(drafted) + 1 if drafted in headers else 0,
                format_func=lambda each: _NOT_THERE if each is None else f"{each} · {examples[each][:40]}",
                key=f"{key} column {name}",
            )
        if picked is not None:
            found[name] = picked
    return found


def _day_first(key: str, columns: Mapping[str, str], seen: Sequence[Mapping[str, Any]]) -> bool | None:
    """Ask for the order of day and month where the file does not tell it."""
    if not mapping_draft.clock_of(columns, seen).is_either:
        return None
    dated = [their for ours, their in columns.items() if ours.endswith("_at")]
    example = next((column["examples"][0] for column in seen if column["name"] in dated and column["examples"]), "")
    told = st.segmented_control(
        "Which comes first in its dates? No date in the file tells.",
        ("The day", "The month"),
        key=f"{key} order",
        help=plain(f"Such as in {example}"),
    )
    return None if told is None else told == "The day"


def _all_words(
    key: str,
    base: Mapping[str, Any],
    columns: Mapping[str, str],
    seen: Sequence[Mapping[str, Any]],
    ours: Mapping[str, Sequence[str]],
) -> dict[str, dict[str, str]]:
    found = {}
    for name in mapping_draft.WORD_COLUMNS:
        words = mapping_draft.words_of(seen, columns.get(name))
        if words:
            title = f"What do the words of “{columns[name]}” mean as {mapping_draft.label(name).lower()}?"
            frame.section(title)
            found[name] = _words(f"{key} {name} {columns[name]}", name, base, words, ours[name])
    return {name: words for name, words in found.items() if words}


def _words(
    key: str, name: str, base: Mapping[str, Any], words: Sequence[Mapping[str, Any]], ours: Sequence[str]
) -> dict[str, str]:
    found: dict[str, str] = {}
    grid = st.grid(4, min_column_width=230, gap="small")
    for word in words[:_MOST_WORDS]:
        guess = mapping_draft.guessed(base, name, word, ours)
        choices: list[str | None] = [None, *ours]
        with grid.cell():
            picked = st.selectbox(
                f"{plain(word['word'])} · {wording.quantity(word['rows'], 'rows')}",
                choices,
                index=choices.index(guess) if guess in ours else 0,
                format_func=lambda each: _UNKNOWN if each is None else each.replace("_", " "),
                key=f"{key} word {word['word']}",
            )
        if picked is not None:
            found[str(word["word"])] = picked
    return found


def _activities(
    key: str, base: Mapping[str, Any], columns: Mapping[str, str], seen: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What each word of an activity column means."""
    words = mapping_draft.words_of(seen, columns["activity"])
    frame.section(f"What happened, when “{columns['activity']}” says …?")
    choices = list(mapping_draft.HAPPENINGS)
    drafted = base.get("activities", {})
    activities, ignored = {}, []
    grid = st.grid(3, min_column_width=260, gap="small")
    for word in words[:_MOST_WORDS]:
        means = drafted.get(word["word"])
        index = next((place for place, name in enumerate(choices) if mapping_draft.HAPPENINGS[name] == means), None)
        with grid.cell():
            picked = st.selectbox(
                f"{plain(word['word'])} · {wording.quantity(word['rows'], 'rows')}",
                [None, *choices],
                index=0 if means is None or index is None else index + 1,
                format_func=lambda each: _UNKNOWN if each is None else each,
                key=f"{key} activity {word['word']}",
            )
        if picked is None:
            continue
        meaning = mapping_draft.HAPPENINGS[picked]
        if meaning is None:
            ignored.append(word["word"])
        else:
            activities[str(word["word"])] = meaning
    return {"activities": activities, "ignored_activities": ignored}


def _survey(
    key: str, base: Mapping[str, Any], columns: Mapping[str, str], seen: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Kind, scale and direction of a survey, and its scores that are words."""
    drafted = base.get("survey", {})
    frame.section("What does the score mean?", "Nothing is assumed of a scale: all of this must be right.")
    kinds = {"csat": "CSAT, satisfaction", "nps": "NPS, 0 to 10", "ces": "CES, effort"}
    grid = st.grid(4, min_column_width=200, gap="small")
    with grid.cell():
        start = list(kinds).index(drafted.get("kind", "csat"))
        kind = st.selectbox("Survey", list(kinds), index=start, format_func=kinds.__getitem__, key=f"{key} kind")
    with grid.cell():
        lowest = st.number_input("Lowest score one can give", value=float(drafted.get("lowest", 1)), key=f"{key} low")
    with grid.cell():
        highest = st.number_input("Highest", value=float(drafted.get("highest", 5)), key=f"{key} high")
    with grid.cell():
        best = st.selectbox("Better is", ("higher", "lower"), key=f"{key} direction")
    survey: dict[str, Any] = {
        "kind": kind, "lowest": lowest, "highest": highest, "higher_is_better": best == "higher",
    }  # fmt: skip
    words = mapping_draft.words_of(seen, columns.get("score"))
    spoken = [word for word in words if not re.fullmatch(r"[+-]?\d+([.,]\d+)?", str(word["word"]))]
    scores: dict[str, float] = {}
    silent: list[str] = []
    steps = [lowest + step for step in range(int(min(highest - lowest, 10)) + 1)] if highest >= lowest else []
    grid = st.grid(4, min_column_width=200, gap="small")
    for word in spoken[:_MOST_WORDS]:
        with grid.cell():
            picked = st.selectbox(
                f"{plain(word['word'])} · {wording.quantity(word['rows'], 'rows')}",
                [None, _NOT_ANSWERED, *steps],
                format_func=lambda each: f"{each:g}" if isinstance(each, float) else each or _UNKNOWN,
                key=f"{key} score {word['word']}",
            )
        if isinstance(picked, float):
            scores[str(word["word"])] = picked
        elif picked is not None:
            silent.append(str(word["word"]))
    return {"survey": {**survey, "words": scores, "unanswered": silent}}
