"""``supportkpi map FILE``: a mapping drafted from a file, for a person to confirm. Guesses are marked with ``# ?``."""

from __future__ import annotations

import json
import re
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, func, select
from sqlalchemy.pool import StaticPool

from etl import dates, expressions, files
from etl.draft_words import EVENT, SURVEY, TICKET, guess, headers_of, simple
from etl.errors import FileRefusedError
from etl.mapping import FileOptions, Mapping, Shape, known_columns
from etl.staging import RawTable

_NULLS = ("?", "NA", "N/A", "n/a", "NULL", "null", "None", "-", "NaN", "nan")
#: Of a column of words at most this many are listed; a column with more is no column of words.
_MOST_WORDS = 60
#: A column holds dates where this share of its cells can be read as one; the others will be refused row by row.
_ENOUGH = 0.8
_WORD_COLUMNS = ("status", "priority", "channel", "ticket_type")


@dataclass
class _Draft:
    """What was found in the file so far."""

    raw: RawTable
    connection: Connection
    shape: Shape = "ticket"
    columns: dict[str, str] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    formats: dict[str, list[str] | None] = field(default_factory=dict)
    nulls: list[str] = field(default_factory=list)

    def cell(self, header: str) -> Any:
        return expressions.cell([expressions.trimmed(self.raw.table.c[header])], self.nulls)

    def ask(self, *chosen: Any) -> Any:
        return self.connection.execute(select(*chosen).select_from(self.raw.table)).one()

    def words(self, header: str) -> list[tuple[str, int]]:
        """The distinct words of a column, the most frequent first; none where there are too many to be words."""
        word = self.cell(header).label("word")
        inner = select(word).select_from(self.raw.table).subquery()
        counted = select(inner.c.word, func.count()).where(inner.c.word.is_not(None)).group_by(inner.c.word)
        rows = self.connection.execute(counted.order_by(func.count().desc(), inner.c.word).limit(_MOST_WORDS + 1))
        found = [(str(word), int(count)) for word, count in rows]
        return found if len(found) <= _MOST_WORDS else []


def draft(path: Path, options: FileOptions | None = None) -> str:
    """A commented mapping (TOML) for a file: columns by their headers, dates by trying, words with a best guess.

    Raises FileRefusedError where the file cannot be read.
    """
    connection = create_engine("duckdb:///:memory:", poolclass=StaticPool).connect()
    with connection, tempfile.TemporaryDirectory() as folder:
        for source in files.open_inputs([path], Path(folder)):
            raw = max(files.read(source, connection, options), key=lambda table: table.rows)
            return drafted(raw, connection, path.name)
    raise FileRefusedError(f"{path.name} holds no file to read.", next_step="Give one export.")


def drafted(raw: RawTable, connection: Connection, name: str) -> str:
    """The same for a table that is read already; ``name`` is what its file is called."""
    if raw.kind == "json":
        raw = files.flatten(raw, raw.columns, connection)
    found = _Draft(raw, connection)
    _look(found)
    text = _write(found, name)
    Mapping.model_validate(tomllib.loads(text))
    return text


def _look(found: _Draft) -> None:
    seen = {each for header in found.raw.columns for each in _null_words(found, header)}
    found.nulls = [word for word in _NULLS if word in seen]
    found.shape = _shape(found)
    known = {"ticket": TICKET, "event": EVENT | TICKET, "survey": SURVEY}[found.shape]
    taken: set[str] = set()
    for name in known:
        if found.shape == "event" and name == "updated_at":
            continue
        header = _header(found, known, name, taken)
        if header is not None:
            found.columns[name] = header
            if not (found.shape == "event" and name == "actor"):
                taken.add(header)
    _fill_needed(found)


def _null_words(found: _Draft, header: str) -> list[str]:
    text = found.raw.table.c[header]
    counts = found.ask(*(func.count().filter(text == word) for word in _NULLS))
    return [word for word, count in zip(_NULLS, counts, strict=True) if count]


def _shape(found: _Draft) -> Shape:
    """An answer has a score and no state; a log names its records more than once."""
    simples = {simple(header) for header in found.raw.columns}
    if simples & set(headers_of(SURVEY, "score")) and not simples & set(headers_of(TICKET, "status")):
        return "survey"
    header = _header(found, TICKET, "original_id", set())
    if header is None:
        return "ticket"
    text = found.cell(header)
    total, distinct = found.ask(func.count(text), func.count(text.distinct()))
    has_moment = _header(found, EVENT, "occurred_at", set()) is not None
    return "event" if total and distinct < 0.8 * total and has_moment else "ticket"


def _header(found: _Draft, known: dict[str, str], name: str, taken: set[str]) -> str | None:
    """The header that fits best and whose cells can be what they should be."""
    usual = headers_of(known, name)
    fitting = [header for header in found.raw.columns if header not in taken and simple(header) in usual]
    for header in sorted(fitting, key=lambda each: usual.index(simple(each))):
        if not name.endswith("_at") or _formats(found, header) is not None:
            return header
    return None


def _formats(found: _Draft, header: str) -> list[str] | None:
    if header not in found.formats:
        found.formats[header] = dates.formats_of(found.connection, found.cell(header), _ENOUGH)
    return found.formats[header]


def _fill_needed(found: _Draft) -> None:
    """What a shape cannot do without is guessed from the cells, with a question mark."""
    rest = [header for header in found.raw.columns if header not in found.columns.values()]
    if found.shape != "survey" and "original_id" not in found.columns:
        found.columns["original_id"] = (rest or list(found.raw.columns))[0]
        found.doubtful.add("original_id")
    if found.shape == "ticket" and "created_at" not in found.columns:
        clock = next((header for header in rest if _formats(found, header) is not None), None)
        if clock is not None:
            found.columns["created_at"] = clock
            found.doubtful.add("created_at")


def _write(found: _Draft, called: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", called.split(".", maxsplit=1)[0].lower()).strip("_") or "export"
    rows = {"ticket": "one row a ticket", "event": "one row an update; several rows make a ticket"}
    lines = [
        f"# Drafted from {called}. Read it through: what is marked with '# ?' is a guess.",
        f"#   supportkpi load {called} --mapping {name}.toml",
        "",
        f'name = "{name}"',
        f'shape = "{found.shape}"  # {rows.get(found.shape, "one row an answer")}',
    ]
    if found.nulls:
        lines.append(f"nulls = [{', '.join(_quoted(word) for word in found.nulls)}]  # cells that mean: empty")
    lines += ["", *_clock(found), "", "[columns]", *_columns(found), "", *_constants(found)]
    if found.shape == "survey":
        lines += _survey(found)
    else:
        for column in _WORD_COLUMNS:
            lines += _words(found, column)
        lines += _activities(found)
    return "\n".join(lines).rstrip() + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _clock(found: _Draft) -> list[str]:
    lines = ["[clock]", '# timezone = "Europe/Dublin"  # ? the zone of clocks that carry none; UTC where not declared']
    used = [found.formats.get(header) for name, header in found.columns.items() if name.endswith("_at")]
    written = [styles for styles in used if styles]
    if not written:
        return [*lines, "# formats = []  # the dates are ISO 8601 or epochs"]
    # One column with a 25th in it tells for all of them which of day and month comes first.
    common = [style for style in written[0] if all(style in styles for styles in written)]
    chosen = common[:1] or list(dict.fromkeys(styles[0] for styles in written))
    if any(styles == [] for styles in used):
        chosen += ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d"]
    lines.append(f"formats = [{', '.join(_quoted(style) for style in chosen)}]")
    if any(map(dates.is_day_first, common)) and any(map(dates.is_month_first, common)):
        other = next(style for style in common if dates.is_month_first(style))
        lines.append(f"# ? No date tells whether the day or the month comes first. Month first: {_quoted(other)}")
    return lines


def _columns(found: _Draft) -> list[str]:
    lines = [
        f"{name} = {_quoted(header)}{'  # ?' if name in found.doubtful else ''}"
        for name, header in found.columns.items()
    ]
    spare = [header for header in found.raw.columns if header not in found.columns.values()]
    if spare:
        lines.append(f"# Not used: {', '.join(_quoted(header) for header in spare)}")
    unused = sorted(known_columns(found.shape) - set(found.columns))
    if unused:
        lines.append(f"# May be given too: {', '.join(unused)}")
    return lines


def _constants(found: _Draft) -> list[str]:
    if found.shape == "event" and "actor" in found.columns:
        return ["[constants]", 'actor_role = "agent"  # ? whoever acts, save the requester', ""]
    if found.shape == "survey" and "answered_at" not in found.columns:
        return ["# The answers have no date. If you know it:", "# [constants]", '# answered_at = "2024-06-01"', ""]
    return []


def _words(found: _Draft, column: str) -> list[str]:
    words = found.words(found.columns[column]) if column in found.columns else []
    if not words:
        return []
    lines = [f"[words.{column}]"]
    for word, count in words:
        ours, is_safe = guess(column, word)
        mark = "" if is_safe else "  # ?"
        start = "" if ours else "# "
        lines.append(f"{start}{_quoted(word)} = {_quoted(ours or '…')}{mark or f'  # {count:,} rows'}")
    return [*lines, ""]


def _activities(found: _Draft) -> list[str]:
    words = found.words(found.columns["activity"]) if "activity" in found.columns else []
    if not words:
        return []
    lines = [
        "# What an activity means. One that means nothing belongs into: ignored_activities = [...] above.",
        "[activities]",
    ]
    for word, count in words:
        ours, _ = guess("status", word)
        start = "" if ours else "# "
        value = f'{{ event = "status", value = {_quoted(ours or "…")} }}'
        lines.append(f"{start}{_quoted(word)} = {value}  # ? {count:,} rows")
    return [*lines, ""]


def _survey(found: _Draft) -> list[str]:
    header = found.columns["score"]
    number = expressions.number(found.cell(header))
    low, high = found.ask(func.min(number), func.max(number))
    kind = "nps" if "nps" in simple(header) or (high or 0) > 5 else "csat"
    lowest, highest = (0, 10) if (high or 0) > 5 else (min(int(low or 1), 1), 5)
    lines = [
        "# All of this must be right: nothing is assumed of a scale.",
        "[survey]",
        f'kind = "{kind}"  # ? csat, nps or ces',
        f"lowest = {lowest}  # ? the lowest score one can give; the file holds {low if low is not None else 'none'}",
        f"highest = {highest}  # ? the highest; the file holds {high if high is not None else 'none'}",
        "higher_is_better = true  # ?",
    ]
    spoken = [word for word, _ in found.words(header) if not re.fullmatch(r"[+-]?\d+([.,]\d+)?", word)]
    if spoken:
        listed = ", ".join(f"{_quoted(word)} = …" for word in spoken)
        lines.append(f"# words = {{ {listed} }}  # ? scores written as words; see also unanswered = [], not_sent = []")
    return lines
