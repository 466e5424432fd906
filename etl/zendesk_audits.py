"""Zendesk ticket audits → events, by ``zendesk_audits.sql``: an audit is one update of a ticket and lists what it did.

Of comments only the number of words, whether they ask something, a hash of the normalised text and the keys or
addresses of linked engineering records are kept, never the text.

A link is: the address of a Jira, GitHub, GitLab, Bitbucket, Linear, Azure DevOps or ServiceNow record in a comment of
somebody known as staff (who writes private notes or is assigned tickets in the same file: customers can do neither);
a bare key such as ``ABC-123`` in a private note only (in public, order numbers look alike); a Jira or ticket-sharing
event; and the tag ``jira_escalated`` where nothing else in the file names the record.

A merge is told on both sides. The survivor's audit has ``via.source.rel`` "merge" and ``via.source.from.ticket_ids``:
those merged into it. The merged ticket's has the same ``rel`` and ``via.source.from.ticket_id``, the survivor; it
adds the tag ``closed_by_merge`` and says "This request was closed and merged into request #…". Verified: public code
that reads real audits takes the lists from survivors and the single number from merged tickets, and a public schema
of audits has both. Not verified: no recorded audit of a merge was at hand, nor a word of Zendesk's that single
numbers stand on merged tickets alone. So they, like the sentence, count only where the ticket is known to be merged.
The sentence is read in English.
"""

from __future__ import annotations

from importlib.resources import files

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    MetaData,
    Table,
    Text,
    distinct,
    func,
    insert,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.schema import CreateView

from etl.claims import ASSERTS_CAUSE
from etl.expressions import plain
from etl.staging import RawTable, Stage
from etl.vocabulary import Event
from etl.zendesk_words import PRIORITY, STATUS

SOURCE = "zendesk"

_scratch = MetaData()
_word = Table(
    "zendesk_word",
    _scratch,
    Column("field", Text),
    Column("word", Text),
    Column("ours", Text),
    prefixes=["TEMPORARY"],
)
#: What ``zendesk_audits.sql`` makes, as far as it is asked for here.
_step = Table(
    "zendesk_audit_event",
    _scratch,
    *(Column(name, Text) for name in ("audit", "ticket", "created_text", "type")),
    Column("row", BigInteger),
    Column("moment", DateTime),
)
_event = Table(
    "zendesk_event",
    _scratch,
    *(Column(name, Text) for name in ("original_id", "kind", "actor", "actor_role", "old_value", "new_value")),
    *(Column(name, Text) for name in ("original_value", "text_hash")),
    *(Column(name, BigInteger) for name in ("row", "sequence", "words")),
    Column("occurred_at", DateTime),
    Column("is_question", Boolean),
    Column("asserts_cause", Boolean),
)
#: Tickets merged into others, as far as the audits tell: parts of the tickets themselves.
_merge = Table(
    "zendesk_merge",
    _scratch,
    Column("row", BigInteger),
    *(Column(name, Text) for name in ("part", "original_id", "merged_into", "noted_merge")),
    Column("is_merged", Boolean),
)


def stage(raw: RawTable, into: Stage, called: str = "audit") -> None:
    """Put the events of a table of audits; audits without a ticket or a readable time are refused.

    ``called`` is what a record is called where one is refused.
    """
    statements = files("etl").joinpath("zendesk_audits.sql").read_text(encoding="utf-8").split(";\n\n")
    records = select(raw.table.c["_row"], raw.table.c.record)
    into.connection.execute(CreateView(records, "zendesk_record", temporary=True, or_replace=True))
    prepare_words(into)
    into.connection.exec_driver_sql(
        f"create or replace temp macro asserts_cause(said) as regexp_matches(said, '{ASSERTS_CAUSE}')"
    )
    into.connection.execute(text(statements[0]))
    _refuse(into, called)
    _refuse_repeated(into)
    for statement in statements[1:]:
        into.connection.execute(text(statement))
    put_events(into)
    into.put("ticket", SOURCE, select(_merge))
    _report_chats(into)
    for name in ("table zendesk_merge", "view zendesk_step", "view zendesk_record", "table zendesk_audit_event"):
        into.connection.execute(text(f"drop {name}"))


def prepare_words(into: Stage) -> None:
    """Make ``zendesk_word``: our words for Zendesk's states and priorities."""
    _word.drop(into.connection, checkfirst=True)
    _word.create(into.connection)
    into.connection.execute(insert(_word), _words(into))


def put_events(into: Stage) -> None:
    """Keep what stands in ``zendesk_event``, report the words nobody mapped, and drop it and the words."""
    _report_words(into)
    into.put("event", SOURCE, select(_event))
    into.connection.execute(text("drop table zendesk_event"))
    _word.drop(into.connection)


def _words(into: Stage) -> list[dict[str, str]]:
    status = STATUS | {plain(word): ours for word, ours in into.settings.loading.status.items()}
    known = [("status", word, str(ours)) for word, ours in status.items()]
    known += [("priority", word, str(ours)) for word, ours in PRIORITY.items()]
    return [{"field": field, "word": word, "ours": ours} for field, word, ours in known]


def _refuse(into: Stage, called: str) -> None:
    """Refuse audits without a ticket, a number of their own or a time."""
    is_nobody = or_(_step.c.ticket.is_(None), _step.c.audit.is_(None))
    faults = (
        (is_nobody, "ticket_id", _step.c.ticket, f"the {called} names no ticket, or has no id"),
        (~is_nobody & _step.c.moment.is_(None), "created_at", _step.c.created_text, "not a date and time"),
    )
    for fault, name, value, reason in faults:
        told = (literal(name).label("column"), value.label("value"), literal(reason).label("reason"))
        into.refuse(select(_step.c.row, *told).where(fault).distinct())
        into.connection.execute(_step.delete().where(fault))


def _refuse_repeated(into: Stage) -> None:
    """Pages of an export overlap: of an audit that comes twice the first copy counts, the others are refused."""
    heads = select(_step.c.row, _step.c.audit).distinct().subquery()
    place = func.row_number().over(partition_by=heads.c.audit, order_by=heads.c.row).label("copy")
    copies = select(heads.c.row, heads.c.audit, place).subquery()
    told = (literal("id").label("column"), copies.c.audit.label("value"), literal("duplicate row").label("reason"))
    into.refuse(select(copies.c.row, *told).where(copies.c.copy > 1))
    repeated = select(copies.c.row).where(copies.c.copy > 1)
    into.connection.execute(_step.delete().where(_step.c.row.in_(repeated)))


def _report_words(into: Stage) -> None:
    """Report states and priorities that nobody mapped; their events keep the vendor's word and no word of ours."""
    is_unknown = _event.c.new_value.is_(None) & _event.c.original_value.is_not(None)
    into.unmapped(
        select(
            _event.c.kind.label("column"),
            _event.c.original_value.label("word"),
            literal("a change to an unknown value").label("treated_as"),
            func.count().label("rows"),
        )
        .where(_event.c.kind.in_((Event.STATUS, Event.PRIORITY)), is_unknown)
        .group_by(_event.c.kind, _event.c.original_value)
    )


def _report_chats(into: Stage) -> None:
    is_chat = or_(_step.c.type.like("Chat%"), _step.c.type.like("Messag%"))
    chats = into.connection.execute(select(func.count(distinct(_step.c.ticket))).where(is_chat)).scalar_one()
    if chats:
        into.warnings.append(f"Tickets with chat transcripts, whose lines are not read as messages: {chats:,}.")
