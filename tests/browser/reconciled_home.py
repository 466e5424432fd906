"""The tiny home with the figures a help desk would export beside each ticket, some of them different from ours."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, select, update

from etl.settings import Home
from etl.tables import ticket, vendor_figure
from tests.browser import tiny_home

#: Of a hundred tickets so many have a full resolution time that is another, and why.
APART = {"business": 5, "hour": 3, "odd": 2}


def build(folder: Path) -> Home:
    """Tickets 0–4 of each hundred are told in business minutes, 5–7 an hour off, 8 and 9 by 7 minutes and 12 seconds."""
    home = tiny_home.build(folder)
    engine = create_engine(f"duckdb:///{home.current_snapshot()}")
    with engine.begin() as connection:
        connection.execute(
            update(ticket).values(
                resolution_business_minutes=ticket.c.resolution_minutes * 0.3,
                resolution_last_schedule_minutes=ticket.c.resolution_minutes * 0.3,
                status_reopens=0,
                owner_stations=1,
            )
        )
        rows = connection.execute(
            select(ticket.c.ticket_id, ticket.c.original_id, ticket.c.resolution_minutes).where(
                ticket.c.resolution_minutes.is_not(None)
            )
        ).all()
        figures = [_figure(*row) for row in rows]
        figures += [{"ticket_id": row[0], "figure": "reopens", "value": 0.0, "load_id": 1} for row in rows]
        connection.execute(vendor_figure.insert(), figures)
    engine.dispose()
    return home


def _figure(ticket_id: str, number: str, minutes: float) -> dict[str, object]:
    place = int(number) % 100
    value = minutes
    if place < 5:
        value = minutes * 0.3
    elif place < 8:
        value = minutes + 60
    elif place < 10:
        value = minutes + 7.2
    return {"ticket_id": ticket_id, "figure": "resolution_minutes", "value": float(int(value)), "load_id": 1}
