"""One row a ticket: every measurement, what each KPI makes of it, and a definition for every column."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from world import ENGINES, World, period

from dashboard import kpis, per_ticket, readings
from dashboard.exports import per_ticket as written
from dashboard.kpis.options import Options
from dashboard.scope import Scope
from etl.tables import ticket

Table = list[dict[str, str]]
GOLDEN = Path(__file__).parents[1] / "golden" / "per_ticket.csv"


def opened(table: per_ticket.PerTicket) -> tuple[Table, Table, bytes]:
    buffer = io.BytesIO()
    count = written.write(table, buffer)
    with zipfile.ZipFile(buffer) as archive:
        bytes_of = {name: archive.read(name) for name in archive.namelist()}
    told = [list(csv.DictReader(io.StringIO(text.decode("utf-8-sig")))) for text in bytes_of.values()]
    assert len(told[0]) == count
    return told[0], told[1], bytes_of["tickets.csv"]


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    made = World(request.param, tmp_path)
    made.table(
        "ticket",
        """
        ticket_id subject    created_at first_resolved_at resolved_at resolution_minutes public_replies days_observed team excluded_because
        a         =HYPER(1)  2025-01-01 2025-01-02        2025-01-02  1440               1              30            X    -
        b         Late       2025-01-03 2025-01-04        2025-02-04  46080              2              3             Y    -
        c         Spam       2025-01-05 2025-01-06        2025-01-06  1440               1              30            X    spam
        """,
    )
    return made


def test_the_file_of_three_tickets_is_as_it_was_agreed(world: World) -> None:
    rows, _, text = opened(per_ticket.per_ticket(world.facts(), Scope(), Options(window_days=4)))
    assert text.startswith(b"\xef\xbb\xbfticket_id,source,original_id,subject,")
    assert text.count(b"\r\n") == 4
    with GOLDEN.open(encoding="utf-8", newline="") as file:  # chosen columns: every new KPI adds some of its own
        agreed = list(csv.DictReader(file))
    assert [{name: row[name] for name in agreed[0]} for row in rows] == agreed
    assert [row["fcr_counted"] for row in rows] == ["yes", "too young", "no"]  # watched 30 and 3 days; spam
    assert [row["fcr_counts_towards"] for row in rows] == ["yes", "", ""]
    assert [row["mttr_value"] for row in rows] == ["1440", "46080", ""]
    assert rows[0]["subject"] == "'=HYPER(1)"


def test_every_column_has_its_definition_under_the_options_chosen(world: World) -> None:
    rows, definitions, _ = opened(per_ticket.per_ticket(world.facts(), Scope(), Options(window_days=4)))
    assert [row["column"] for row in definitions] == list(rows[0])
    fcr = next(row for row in definitions if row["column"] == "fcr_counts_towards")
    assert "within 4 days" in fcr["rule"]
    assert "window_days=4" in fcr["options"].split("; ")
    assert (fcr["date_anchor"], fcr["smallest_n"]) == ("first resolved", "30")
    clocks = {row["column"]: (row["unit"], row["clock"]) for row in definitions}
    assert clocks["resolution_business_minutes"] == ("minutes", "business")
    assert clocks["first_reply_active_minutes"] == ("minutes", "active")
    assert set(written.COLUMNS) <= {column.name for column in ticket.c}


def test_it_holds_the_tickets_behind_the_number_and_no_others(world: World) -> None:
    facts, (mttr,) = world.facts(), kpis.named(["mttr"])
    january = per_ticket.per_ticket(facts, Scope(), kpi=mttr, period=period("2025-01"))
    assert [row["ticket_id"] for row in opened(january)[0]] == ["a"]
    there = per_ticket.per_ticket(facts, Scope.of({"team": ["Y"]}), kpi=mttr, period=period("all"))
    assert [row["ticket_id"] for row in opened(there)[0]] == ["b"]


def test_a_large_answer_comes_whole_and_in_order(tmp_path: Path) -> None:
    world = World("duckdb", tmp_path)
    for number in range(5000):  # more than two of DuckDB's vectors
        world.add("ticket", ticket_id=f"{number:05}", created_at=datetime(2025, 1, 1))
    pieces = list(world.facts().pieces(per_ticket.select(ticket.c.ticket_id).order_by(ticket.c.ticket_id), 2048))
    assert [len(piece) for piece in pieces] == [2048, 2048, 904]
    assert [name for piece in pieces for name in piece["ticket_id"]] == [f"{number:05}" for number in range(5000)]
    everything = readings.tickets(world.facts(), kpis.named(["tickets_created"])[0], Scope(), period("all"))
    assert len(everything) == 5000
    world.close()
