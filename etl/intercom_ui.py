"""Intercom's CSV exports: conversations, tickets, ratings. Any subset of the columns, in any order.

The workspace's time zone stands inside the names of the clocks: ``Conversation started at (America/New_York)``.
Durations are in seconds. What a ticket's own state is called may be renamed; its category may not, so the category
counts, unless ``supportkpi.toml`` says what a name of one's own means.
"""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Double, Text, case, cast, func, null, select, try_cast

from etl.errors import FileRefusedError
from etl.expressions import instant, plain, tidy
from etl.intercom_words import (
    FIN_OUTCOMES,
    SOURCE,
    STARTED_BY_CUSTOMER,
    STARTED_BY_US,
    WORDS,
)
from etl.mapping import Clock, Mapping, Survey
from etl.rearranged import Cell, first_of, our_word, rearranged, refuse_where, report_unknown
from etl.staging import Claim, RawTable, Stage
from etl.translate import stage_mapping
from etl.vocabulary import SurveyKind

_ZONED = re.compile(r"^(?P<name>.+?) ?\((?P<zone>[A-Za-z0-9_+\-/ .:]+)\)$")
#: What stands in brackets behind a duration, and is no zone.
_UNITS = ("seconds", "minutes", "hours", "days", "s")

_ID = "Conversation ID"
_STARTED, _TICKET_CREATED, _UPDATED = "Conversation started at", "Ticket created", "Updated at"

#: Our clock ← theirs, without the zone.
_CONVERSATION_CLOCKS = {
    "created_at": (_STARTED,),
    "updated_at": ("Conversation updated at",),
    "first_reply_at": ("First teammate reply at", "Teammate first replied at"),
    "first_resolved_at": ("Conversation first closed at", "First closed at"),
    "resolved_at": ("Conversation last closed at", "Last closed at"),
}
_TICKET_CLOCKS = {
    "created_at": (_TICKET_CREATED,),
    "updated_at": ("Conversation updated at", "Ticket updated at", "Ticket updated"),
    "first_resolved_at": ("Ticket first resolved",),
    "resolved_at": ("Ticket last resolved",),
}
_CONVERSATION_SECONDS = {
    "vendor_first_reply_minutes": "First response time (seconds)",
    "vendor_first_resolution_minutes": "Time to first close (seconds)",
    "vendor_resolution_minutes": "Time to last close (seconds)",
}
_TICKET_SECONDS = {"vendor_resolution_minutes": "Ticket time to resolve (seconds)"}
_COUNTS = {"vendor_reopens": "Conversation reopens"}


def zoned(columns: tuple[str, ...], name: str) -> str | None:
    """The column with this name and a zone behind it.

    >>> zoned(("Conversation ID", "Ticket created (America/Sao_Paulo)"), "Ticket created")
    'Ticket created (America/Sao_Paulo)'
    """
    for column in columns:
        parts = _ZONED.match(column)
        if parts and parts["name"] == name and parts["zone"] not in _UNITS:
            return column
    return None


def zone_of(raw: RawTable, columns: list[str]) -> str:
    """The one zone the names of these columns carry.

    Raises FileRefusedError for a zone nobody knows, and where there are several.
    """
    found: dict[str, str] = {}
    for column in columns:
        parts = _ZONED.match(column)
        zone = parts["zone"].strip() if parts else ""
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise FileRefusedError(
                f"{raw.file_name} names a time zone nobody knows: '{zone}'.",
                f"It stands in the column '{column}'; without it no clock of the file can be read.",
                "Put the zone's right name there, such as America/New_York, and load the file again.",
            ) from error
        found.setdefault(zone, column)
    if len(found) > 1:
        raise FileRefusedError(
            f"The clocks of {raw.file_name} are in several time zones: {', '.join(sorted(found))}.",
            "An export of Intercom has one, that of the workspace.",
            "Export it again.",
        )
    return next(iter(found))


#: The clock that tells one export from another, and the columns of which one more has to be there.
_FORMS = {
    "tickets": (_TICKET_CREATED, ("Current ticket state category", "Ticket time to resolve (seconds)", "Ticket title")),
    "conversations": (_STARTED, ("Current conversation state", "Conversation source", "Started by")),
    "ratings": (_UPDATED, ("Conversation rating",)),
}


def form_of(raw: RawTable) -> tuple[str, Claim]:
    """Which export this is, or comes closest to, and what proves it."""
    nearest = ("conversations", Claim(SOURCE, ()))
    for form, (clock, others) in _FORMS.items():
        column = zoned(raw.columns, clock)
        told = tuple(name for name in (_ID, *others) if name in raw.columns)
        matched = (*told, *((column,) if column else ()))
        missing = tuple(name for name in (_ID, others[0]) if name not in raw.columns)
        if column and _ID in raw.columns and len(told) > 1:
            return form, Claim(SOURCE, matched)
        if column and len(matched) > len(nearest[1].matched):
            nearest = (form, Claim(SOURCE, matched, missing))
        elif len(told) > 1 and not nearest[1].matched:
            nearest = (form, Claim(SOURCE, told, (f"{clock} (time zone)",)))
    return nearest


def stage(raw: RawTable, into: Stage) -> None:
    """Put the conversations, tickets or ratings of an export."""
    form, _ = form_of(raw)
    if form == "ratings":
        _stage_ratings(raw, into)
    elif form == "tickets":
        _stage_tickets(raw, into)
    else:
        _stage_conversations(raw, into)


def _clocks(raw: RawTable, wanted: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Our clock → the column of the file that holds it, as far as there is one."""
    found = {}
    for ours, names in wanted.items():
        column = next((each for name in names if (each := zoned(raw.columns, name))), None)
        if column:
            found[ours] = column
    return found


def minutes(seconds: Cell) -> Cell:
    """Minutes of a number of seconds; what is no duration stays as it is, to be told as it stood."""
    value = try_cast(seconds, Double)
    return case((value >= 0, cast(value / 60, Text)), else_=seconds)


def _stage_conversations(raw: RawTable, into: Stage) -> None:
    clocks = _clocks(raw, _CONVERSATION_CLOCKS)
    cells: dict[str, Cell] = {
        "status": first_of(raw, "Current conversation state"),
        "category": first_of(raw, "Topics", "AI Topic", "Conversation topics"),
        "tags": _list(first_of(raw, "Conversation tag", "Conversation tags")),
        "subject": first_of(raw, "Title", "Conversation title"),
    }
    _stage(raw, into, "conversation", clocks, _CONVERSATION_SECONDS, cells)
    _stage_fin(raw, into, clocks["created_at"])


def _stage_tickets(raw: RawTable, into: Stage) -> None:
    own = first_of(raw, "Current ticket custom state")
    declared = [plain(word) for word in into.settings.loading.status]
    category = first_of(raw, "Current ticket state category")
    cells: dict[str, Cell] = {
        "status": case((tidy(own).in_(declared), own), else_=func.coalesce(category, own)),
        "category": first_of(raw, "Ticket type"),
        # Back-office and tracker tickets are told apart by their tag, so that test_tags can leave them out.
        "tags": kind_tag(first_of(raw, "Ticket category")),
        "subject": first_of(raw, "Ticket title"),
        "requester": func.regexp_extract(first_of(raw, "User participant IDs"), r"^\s*\[?\"?([^,\s;\"\]]+)", 1),
    }
    _stage(raw, into, "ticket", _clocks(raw, _TICKET_CLOCKS), _TICKET_SECONDS, cells)


def kind_tag(category: Cell) -> Cell:
    """``customer``, ``back-office`` or ``tracker``, as the export and the API alike are read."""
    bare = func.regexp_replace(func.lower(category), r"\s+tickets?$", "")
    return func.replace(func.replace(bare, " ", "-"), "_", "-")


def _list(text: Cell) -> Cell:
    """A list of words, joined by commas without blanks."""
    return func.nullif(func.regexp_replace(func.lower(text), r"\s*[,;]\s*", ",", "g"), "")


def _stage(
    raw: RawTable, into: Stage, part: str, clocks: dict[str, str], seconds: dict[str, str], more: dict[str, Cell]
) -> None:
    started = tidy(first_of(raw, "Started by"))
    cells: dict[str, Cell] = {
        _ID: first_of(raw, _ID),
        "team": first_of(raw, "Team currently assigned ID", "Team currently assigned"),
        "owner": first_of(raw, "Teammate currently assigned ID", "Teammate currently assigned"),
        "channel": first_of(raw, "Channel", "Conversation source"),
        "account": first_of(raw, "Company name", "Company"),
        "is_outbound": case((started.in_(STARTED_BY_US), "true"), (started.in_(STARTED_BY_CUSTOMER), "false")),
        **more,
        **{column: raw.table.c[column] for column in clocks.values()},
        **{column: minutes(raw.table.c[column]) for column in seconds.values() if column in raw.columns},
        **{column: raw.table.c[column] for column in _COUNTS.values() if column in raw.columns},
    }
    rows = rearranged(raw, into, cells)
    rows = refuse_where(rows, into, rows.table.c[clocks["created_at"]].is_(None), clocks["created_at"], "no date")
    numbers = {ours: (name,) for ours, name in {**seconds, **_COUNTS}.items() if name in cells}
    plain_ones = [name for name in cells if name not in (_ID, *clocks.values(), *seconds.values(), *_COUNTS.values())]
    mapping = Mapping(
        name=f"intercom-{part}s",
        source=SOURCE,
        shape="ticket",
        part=part,
        clock=Clock(timezone=zone_of(raw, list(clocks.values()))),
        nulls=("-",),
        columns={
            "original_id": (_ID,),
            **{name: (name,) for name in plain_ones},
            **{ours: (column,) for ours, column in clocks.items()},
            **numbers,
        },
        words=WORDS,
        optional=tuple(numbers),
    )
    stage_mapping(mapping, rows, into)


def _stage_fin(raw: RawTable, into: Stage, created: str) -> None:
    """A talk with Fin is a session without a person; handed over, it became the conversation's ticket."""
    if not {"Fin AI Agent involved", "Fin AI Agent resolution state"} <= set(raw.columns):
        return
    involved = tidy(raw.table.c["Fin AI Agent involved"])
    state = first_of(raw, "Fin AI Agent resolution state")
    outcome = our_word(state, {word: str(each) for word, each in FIN_OUTCOMES.items()})
    number = first_of(raw, _ID)
    cells: dict[str, Cell] = {
        "original_id": number,
        "kind": case((number.is_not(None), "bot")),
        "topic": first_of(raw, "AI Topic", "Topics"),
        "outcome": outcome,
        "original_outcome": state,
        "ticket": case((outcome == "handed over", number)),
        "started_at": raw.table.c[created],
    }
    rows = rearranged(raw, into, cells, involved.in_(("true", "yes", "1")) & number.is_not(None))
    if not rows.rows:
        return
    stage_sessions(rows, into, Clock(timezone=zone_of(raw, [created])))


def stage_sessions(rows: RawTable, into: Stage, clock: Clock) -> None:
    """Put talks with Fin: ``original_id, kind, topic, outcome, original_outcome, ticket, started_at``.

    Repeated and unreadable rows were judged where the conversations themselves were.
    """
    c = rows.table.c
    words = {word: str(each) for word, each in FIN_OUTCOMES.items()}
    report_unknown(rows, into, c.original_outcome, words, "Fin AI Agent resolution state")
    place = func.row_number().over(partition_by=c.original_id, order_by=c["_row"].desc()).label("place")
    started = instant(c.started_at, clock.timezone or "UTC").label("started")
    last = select(rows.table, place, started).subquery()
    names = ("original_id", "kind", "topic", "outcome", "original_outcome")
    chosen = [last.c["_row"].label("row"), *(last.c[name] for name in names)]
    chosen += [last.c.ticket.label("ticket_original_id"), last.c.started.label("started_at")]
    into.put("self_service", SOURCE, select(*chosen).where(last.c.place == 1))


def _stage_ratings(raw: RawTable, into: Stage) -> None:
    """Ratings from 1 to 5. The customer's name is not read."""
    updated = zoned(raw.columns, _UPDATED) or _UPDATED
    number = first_of(raw, _ID)
    cells: dict[str, Cell] = {
        "survey_id": case((number.is_not(None), func.concat("conversation:", number))),
        "ticket": number,
        "account": first_of(raw, "Company name"),
        "Conversation rating": raw.table.c["Conversation rating"],
        "comment": first_of(raw, "Conversation rating remark"),
        updated: raw.table.c[updated],
    }
    rows = rearranged(raw, into, cells)
    is_asked_only = rows.table.c["Conversation rating"].is_(None)
    cells = {name: rows.table.c[name] for name in rows.columns}
    cells["answered"] = case((is_asked_only, null()), else_=rows.table.c[updated])
    clock = Clock(timezone=zone_of(raw, [updated]))
    stage_ratings(rearranged(rows, into, cells), into, "Conversation rating", ("answered",), (), clock)


def stage_ratings(
    rows: RawTable, into: Stage, score: str, answered: tuple[str, ...], sent: tuple[str, ...], clock: Clock
) -> None:
    """Put ratings: ``survey_id, ticket, account, comment`` and the score; an empty score was asked and not given."""
    columns = {
        "survey_id": ("survey_id",),
        "ticket_original_id": ("ticket",),
        "account": ("account",),
        "comment": ("comment",),
        "respondent": ("respondent",),
        "score": (score,),
        "answered_at": answered,
        **({"sent_at": sent} if sent else {}),
    }
    mapping = Mapping(
        name="intercom-ratings",
        source=SOURCE,
        shape="survey",
        clock=clock,
        columns={ours: theirs for ours, theirs in columns.items() if theirs[0] in rows.columns},
        survey=Survey(kind=SurveyKind.CSAT, lowest=1, highest=5, higher_is_better=True, unanswered=("",)),
    )
    stage_mapping(mapping, rows, into)
