"""What is left of a subject, and which codes it names."""

from __future__ import annotations

import pytest
from grouping.score import signatures
from sqlalchemy import ARRAY, Text, create_engine, func, literal, select

from etl.grouping import text


@pytest.mark.parametrize(
    ("subject", "left"),
    [
        ("Invoice 4711 shows the wrong address", "invoice shows the wrong address"),
        ("RE: Aw[2]: Fwd: Printer  on FIRE!!", "printer on fire"),
        ("Rechnung für Größe fehlt", "rechnung für größe fehlt"),
        ("Mail from kim@example.org about https://example.org/a is lost", "mail from about is lost"),
        ("[#A-12] App closes", "app closes"),
        ("Sync stuck\n> you wrote this", "sync stuck"),
        ("Sync stuck\nBest regards\nKim", "sync stuck"),
        ("Sync stuck\n-- \nKim, Head of Finance", "sync stuck"),
        ("12345", ""),
        ("Re-open the export", "re open the export"),  # no prefix of a reply
    ],
)
def test_a_subject_without_what_differs_from_ticket_to_ticket(subject: str, left: str) -> None:
    assert signatures([subject]) == [left]


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        ("Upload fails with ERR_QUOTA today", "ERR_QUOTA"),
        ("Report stops with error DB-504", "DB-504"),
        ("Gateway GW-22", None),  # two digits are no code
        ("Invoice INV-20231 is wrong", None),  # numbers of documents are none
        ("About TICKET-99812 and PO4500012", None),
        ("nothing", None),
    ],
)
def test_error_codes(subject: str, code: str | None) -> None:
    told = func.unnest(literal([subject], ARRAY(Text))).label("subject")
    with create_engine("duckdb:///:memory:").connect() as connection:
        found = connection.execute(select(text.error_code(select(told).subquery().c.subject))).scalar()
    assert found == code
