"""A home with one small hand-made snapshot, for tests of the dashboard that need no loader."""

from __future__ import annotations

import functools
import random
import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from sqlalchemy import Table, create_engine
from sqlalchemy.pool import NullPool

from etl.settings import Home
from etl.tables import facts, load, open_spell, quarantine, survey, ticket, ticket_event, unmapped_word

#: What a customer may write where a name or a subject is expected.
NASTY = (
    "<script>window.hacked=1</script>",
    "[click me](http://evil.example)",
    "=HYPERLINK(1)",
    "<img src=x onerror=alert(1)>",
)
TEAMS = ("Billing", "Platform", "Onboarding", NASTY[0], NASTY[1])
START, END = datetime.fromisoformat("2025-06-02"), datetime.fromisoformat("2026-06-24T17:40")

#: Removed when the tests end.
_written = tempfile.TemporaryDirectory()


def build(folder: Path, name: str = "facts-1.duckdb", tickets: int = 3000, seed: int = 7) -> Home:
    """Write a snapshot and point CURRENT at it. The same seed gives the same facts."""
    home = Home(folder)
    home.snapshots.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_snapshot(tickets, seed), home.snapshots / name)
    home.pointer.write_text(name, encoding="utf-8")
    return home


@functools.cache
def _snapshot(tickets: int, seed: int) -> Path:
    """The facts in a file that is only copied: they are written once, for all the tests that ask for them."""
    path = Path(_written.name) / f"{tickets}-{seed}.duckdb"
    engine = create_engine(f"duckdb:///{path}", poolclass=NullPool)
    facts.create_all(engine)
    engine.dispose()
    chance = random.Random(seed)
    rows = [_ticket(number, chance) for number in range(tickets)]
    strange = {"load_id": 1, "column": "status", "word": NASTY[0], "treated_as": "open", "rows": 4}
    told: dict[Table, list[dict[str, Any]]] = {
        ticket: rows,
        open_spell: [_spell(row) for row in rows],
        survey: _surveys(rows, chance),
        ticket_event: [_event(row) for row in rows[:50]],
        load: [_load(len(rows))],
        quarantine: [_refused(line) for line in (3, 17)],
        unmapped_word: [strange],
    }
    with duckdb.connect(str(path)) as connection:
        for table, some in told.items():
            # A whole table as one frame of objects: row by row it takes seconds.
            connection.register("told", pd.DataFrame(some, dtype=object))
            connection.execute(f"insert into {table.name} by name select * from told")
            connection.unregister("told")
    return path


def _ticket(number: int, chance: random.Random) -> dict[str, Any]:
    created = START + (END - START) * chance.random()
    minutes = chance.lognormvariate(6.3, 1.2)
    solved = created + timedelta(minutes=minutes)
    done = solved < END
    reply = min(minutes, chance.lognormvariate(4.2, 0.8))
    once = chance.random() < 0.62
    row: dict[str, Any] = {column.name: None for column in ticket.c}
    return row | {
        "ticket_id": f"zendesk:{number}",
        "source": "zendesk",
        "original_id": str(number),
        "subject": NASTY[number % 4] if number % 5 == 0 else f"Invoice {number} is wrong",
        "status": "resolved" if done else "open",
        "priority": chance.choice(("urgent", "high", "normal", "normal", "low")),
        "channel": chance.choice(("email", "chat", "web")),
        "ticket_type": "incident",
        "team": chance.choice(TEAMS),
        "requester": f"r{chance.randrange(800)}",
        "account_tier": chance.choice(("gold", "silver", "bronze")),
        "product": chance.choice(("Core", "Mobile", None)),
        "created_at": created,
        "first_reply_at": created + timedelta(minutes=reply),
        "first_resolved_at": solved if done else None,
        "resolved_at": solved if done else None,
        "updated_at": solved if done else END,
        "observed_until": END,
        "first_reply_minutes": reply,
        "first_resolution_minutes": minutes if done else None,
        "resolution_minutes": minutes if done else None,
        "days_observed": (END - solved).total_seconds() / 86400 if done else None,
        "days_to_reopen": 2.0 if done and chance.random() < 0.05 else None,
        "days_to_next_contact": 3.0 if done and chance.random() < 0.1 else None,
        "open_days": None if done else (END - created).total_seconds() / 86400,
        "public_replies": 1 if once else 3,
        "customer_messages": 1 if once else 3,
        "private_notes": 1,
        "reopens": 0,
        "handoffs": 0 if once else 1,
        "owners": 1,
        "teams": 1,
        "escalated": "yes" if chance.random() < 0.11 else "no",
        "excluded_because": "spam" if number % 97 == 0 else None,
        "is_outbound": False,
        "is_bot_only": False,
        "is_closed_without_resolve": False,
        "is_auto_closed": False,
        "signal_history": 1,
        "signal_note": chance.randrange(3),
        "signal_link": chance.randrange(2),
        "signal_escalation": 0,
        "signal_engineering_question": 0,
        "signal_customer_question": chance.randrange(2),
        "signal_pickup": chance.randrange(2),
        "signal_reopen": 0,
        "signal_resume": chance.randrange(2),
        "words_reread": chance.randrange(400),
        "load_id": 1,
    }


def _surveys(rows: list[dict[str, Any]], chance: random.Random) -> list[dict[str, Any]]:
    """CSAT for most solved tickets; no NPS at all, so that one feed is missing."""
    found = []
    for row in rows:
        if row["resolved_at"] is None or chance.random() < 0.3:
            continue
        answered = chance.random() < 0.5
        score = chance.choice((5, 5, 5, 5, 5, 5, 4, 4, 3, 1)) if answered else None
        found.append(
            {
                "survey_id": f"csat:{row['ticket_id']}",
                "source": "zendesk",
                "kind": "csat",
                "ticket_id": row["ticket_id"],
                "respondent": row["requester"],
                "account": None,
                "original_score": str(score) if answered else None,
                "comment": f"**No answer** {chance.choice(NASTY)}" if score in (1, 3) else None,
                "score": score,
                "scale_low": 1.0,
                "scale_high": 5.0,
                "score_share": (score - 1) / 4 if score else None,
                "sent_at": row["resolved_at"],
                "answered_at": row["resolved_at"] if answered else None,
                "is_latest_on_ticket": answered,
                "is_latest_in_quarter": answered,
                "load_id": 1,
            }
        )
    return found


def _event(row: dict[str, Any]) -> dict[str, Any]:
    nothing = {column.name: None for column in ticket_event.c}
    return nothing | {
        "ticket_id": row["ticket_id"], "sequence": 1, "occurred_at": row["created_at"], "kind": "created", "load_id": 1,
    }  # fmt: skip


def _spell(row: dict[str, Any]) -> dict[str, Any]:
    return {"ticket_id": row["ticket_id"], "opened_at": row["created_at"], "ended_at": row["resolved_at"]}


def _load(rows: int) -> dict[str, Any]:
    nothing = {column.name: None for column in load.c}
    return nothing | {
        "load_id": 1,
        "loaded_at": END,
        "source": "zendesk",
        "file_name": "tickets.json",
        "rows_read": rows + 2,
        "rows_accepted": rows,
        "rows_quarantined": 2,
        "data_from": START,
        "data_until": END,
        "seconds": 1.2,
    }


def _refused(line: int) -> dict[str, Any]:
    return {
        "load_id": 1, "file_name": "tickets.json", "line": line, "column": "created_at", "value": "soon",
        "reason": "not a date",
    }  # fmt: skip
