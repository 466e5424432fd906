"""A lost column is told by the KPIs it touches."""

from __future__ import annotations

import pytest

from dashboard import feeds, kpis


@pytest.mark.parametrize(
    ("ours", "label"),
    [
        ("ticket.created_at", "mttr"),
        ("ticket.resolved_at", "mttr"),
        ("survey.score", "csat"),
        ("event.occurred_at", "first_reply_time"),
        ("ticket.requester", "fcr"),
        ("sla.is_met", "sla_compliance"),
    ],
)
def test_a_column_touches_the_kpis_counted_from_it(ours: str, label: str) -> None:
    assert kpis.catalogue()[label].label in feeds.touched([ours])


def test_a_column_nothing_is_counted_from_touches_nothing() -> None:
    assert feeds.touched(["ticket.subject", "account.health"]) == []


def test_what_is_made_of_a_column_is_there() -> None:
    from etl.tables import ticket

    made = {name for names in feeds._MADE_OF.values() for name in names} | set(feeds._HISTORY)
    assert made <= set(ticket.columns.keys())
