"""Local times become UTC by one rule, also where clocks change; dates are read in the order the file proves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from mapped import Staged, staged
from sqlalchemy import DateTime, create_engine, literal, select
from sqlalchemy.pool import StaticPool

from etl import dates, expressions, zones
from etl.errors import DateOrderNeededError, FileRefusedError, UsageError, ZoneNeededError
from etl.staging import adjusted_clock

#: Whole hours, half an hour, a change at midnight, before midnight, a skipped day, summer time paused for Ramadan,
#: offsets west and east of UTC, a zone that never changes.
ZONES = [
    "Europe/Dublin",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Beirut",
    "America/New_York",
    "America/St_Johns",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Asia/Kathmandu",
]


def by_zoneinfo(local: datetime, zone: str) -> datetime:
    """The first of two, and moved on over a gap: what ``fold=0`` means."""
    return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC).replace(tzinfo=None)


def around_changes(zone: str) -> list[datetime]:
    """Every quarter of an hour in the three hours around each change of 2005 to 2026."""
    found = {datetime(2024, month, 15, hour) for month in range(1, 13) for hour in range(24)}
    for change in zones.changes(zone):
        if 2005 <= change.start.year <= 2026:
            found |= {change.start + timedelta(minutes=15 * step) for step in range(-12, 13)}
            found |= {change.end + timedelta(minutes=15 * step) for step in range(-12, 13)}
    return sorted(found)


@pytest.mark.parametrize("zone", ZONES)
def test_duckdb_reads_local_times_as_zoneinfo_does(zone: str) -> None:
    connection = create_engine("duckdb:///:memory:", poolclass=StaticPool).connect()
    connection.exec_driver_sql("set timezone = 'UTC'")
    moments = around_changes(zone)
    connection.exec_driver_sql("create temp table moment (local timestamp)")
    values = ", ".join(f"('{moment}')" for moment in moments)
    connection.exec_driver_sql(f"insert into moment values {values}")
    from sqlalchemy import column, table

    local = column("local", DateTime)
    rows = select(local, expressions.to_utc(local, zone)).select_from(table("moment", local)).order_by(local)
    got = [tuple(row) for row in connection.execute(rows)]
    assert got == [(moment, by_zoneinfo(moment, zone)) for moment in moments]


MAPPING: dict[str, Any] = {
    "name": "desk",
    "shape": "ticket",
    "columns": {"original_id": "Id", "created_at": "Opened", "resolved_at": "Solved"},
    "optional": ["resolved_at"],
}


def read(rows: str, zone: str = "UTC", **more: Any) -> Staged:
    return staged(f"Id,Opened,Solved\n{rows}", {**MAPPING, **more}, timezone=zone)


def adjusted(got: Staged) -> list[tuple[Any, ...]]:
    c = adjusted_clock.c
    query = select(c.column, c.zone, c.day, c.is_repeat, c.rows).order_by(c.column, c.day)
    return [tuple(row) for row in got.connection.execute(query)]


def test_an_hour_that_repeats_and_one_that_never_was_are_resolved_and_counted() -> None:
    got = read(
        "1,2026-03-29 00:59,2026-03-29 01:30\n"  # 01:00 to 02:00 never was in Dublin
        "2,2026-03-29 02:00,\n"
        "3,2025-10-26 00:59,2025-10-26 01:30\n"  # 01:00 to 02:00 was twice
        "4,2025-10-26 01:59,2025-10-26 02:00\n"
        "5,2025-10-26T01:30:00Z,\n",  # says its zone
        "Europe/Dublin",
    )
    assert got.facts("ticket", "created_at", "resolved_at") == [
        (datetime(2026, 3, 29, 0, 59), datetime(2026, 3, 29, 1, 30)),  # moved on by an hour: 02:30 Irish summer time
        (datetime(2026, 3, 29, 1, 0), None),
        (datetime(2025, 10, 25, 23, 59), datetime(2025, 10, 26, 0, 30)),  # the first, in summer time
        (datetime(2025, 10, 26, 0, 59), datetime(2025, 10, 26, 2, 0)),
        (datetime(2025, 10, 26, 1, 30), None),
    ]
    assert adjusted(got) == [
        ("Opened", "Europe/Dublin", datetime(2025, 10, 26), True, 1),
        ("Solved", "Europe/Dublin", datetime(2025, 10, 26), True, 1),
        ("Solved", "Europe/Dublin", datetime(2026, 3, 29), False, 1),
    ]


def test_half_an_hour_on_lord_howe_and_a_midnight_in_santiago() -> None:
    got = read("1,2025-04-06 01:29,2025-04-06 01:45\n", "Australia/Lord_Howe")
    assert got.facts("ticket", "created_at", "resolved_at") == [
        (datetime(2025, 4, 5, 14, 29), datetime(2025, 4, 5, 14, 45))
    ]
    assert [row[2:] for row in adjusted(got)] == [(datetime(2025, 4, 6), True, 1)]
    got = read("1,2025-09-06 23:59,2025-09-07 00:00\n2,2025-04-05 23:30,\n", "America/Santiago")
    assert got.facts("ticket", "created_at", "resolved_at") == [
        (datetime(2025, 9, 7, 3, 59), datetime(2025, 9, 7, 4, 0)),  # midnight never was: it is 01:00
        (datetime(2025, 4, 6, 2, 30), None),
    ]
    assert [row[0] for row in adjusted(got)] == ["Opened", "Solved"]


def test_formats_obey_the_same_rule() -> None:
    rows = "1,26/10/2025 01:30,\n2,26/10/2025 01:30 +0000,\n"
    got = read(rows, "Europe/Dublin", clock={"formats": ["%d/%m/%Y %H:%M %z", "%d/%m/%Y %H:%M"]})
    assert got.facts("ticket", "created_at") == [datetime(2025, 10, 26, 0, 30), datetime(2025, 10, 26, 1, 30)]
    assert [row[3:] for row in adjusted(got)] == [(True, 1)]


def test_a_zone_nobody_has_is_refused_with_the_one_meant() -> None:
    assert zones.checked("Europe/Dublin") == "Europe/Dublin"
    with pytest.raises(UsageError, match=r"'Dublin' is not a time zone\. Did you mean 'Europe/Dublin'\?"):
        zones.checked("Dublin")
    with pytest.raises(UsageError, match="Did you mean 'America/New_York'"):
        zones.checked("new york")


def test_utc_needs_no_conversion() -> None:
    assert expressions.to_utc(literal(1), "UTC").compare(literal(1))


# Day first or month first: by evidence, by declaration, else not at all.


def opened(rows: str, order: str | None = None, **more: Any) -> list[Any]:
    """The created and resolved dates of a file as read."""
    got = staged(f"Id,Opened,Solved\n{rows}", {**MAPPING, **more}, order=order)
    return [
        tuple(moment and f"{moment:%Y-%m-%d}" for moment in row)
        for row in got.facts("ticket", "created_at", "resolved_at")
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("1,03/04/2026,\n2,25/04/2026,\n", [("2026-04-03", None), ("2026-04-25", None)]),  # 25 is no month
        ("1,03/04/2026,\n2,04/25/2026,\n", [("2026-03-04", None), ("2026-04-25", None)]),
        ("1,03/04/2026,25/04/2026\n", [("2026-04-03", "2026-04-25")]),  # another column of the file tells
        ("1,05/05/2026,\n", [("2026-05-05", None)]),  # the same day either way
        ("1,3/4/26,\n2,25/4/26,\n", [("2026-04-03", None), ("2026-04-25", None)]),  # 26 is not the year 26
        ("1,03.04.2026 09:05,\n2,25.04.2026 09:05:30,\n", [("2026-04-03", None), ("2026-04-25", None)]),
        ("1,2026-04-03,25/04/2026\n", [("2026-04-03", "2026-04-25")]),  # ISO beside another way
        ("1,Apr 3, 2026,\n".replace("Apr 3, 2026", '"Apr 3, 2026"'), [("2026-04-03", None)]),
    ],
)
def test_the_file_proves_how_its_dates_are_written(rows: str, expected: list[Any]) -> None:
    assert opened(rows) == expected


def test_dates_that_fit_both_ways_are_refused_until_declared() -> None:
    rows = "1,03/04/2026,\n2,11/12/2025,\n"
    with pytest.raises(DateOrderNeededError) as caught:
        opened(rows)
    assert caught.value.needs == "date_order"
    assert str(caught.value) == (
        "export.csv holds dates such as '03/04/2026' that can be read day first or month first. "
        "No date in 'Opened' tells which. Say --date-order day-first or --date-order month-first."
    )
    assert opened(rows, "day-first") == [("2026-04-03", None), ("2025-12-11", None)]
    assert opened(rows, "month-first") == [("2026-03-04", None), ("2025-11-12", None)]


def test_one_cell_that_is_no_date_does_not_make_the_others_a_guess() -> None:
    with pytest.raises(DateOrderNeededError):
        opened("1,03/04/2026,\n2,soon,\n")


def test_a_declaration_the_dates_contradict_is_refused() -> None:
    with pytest.raises(FileRefusedError, match=r"written month first\. '04/25/2026' cannot be read day first"):
        opened("1,03/04/2026,\n2,04/25/2026,\n", "day-first")


def test_dates_written_both_ways_are_refused() -> None:
    with pytest.raises(FileRefusedError, match="1 can only be read day first, 1 only month first"):
        opened("1,25/04/2026,\n2,04/25/2026,\n")
    assert opened("1,25/04/2026,04/25/2026\n") == [("2026-04-25", "2026-04-25")]  # each column leaves no doubt


def test_a_slip_among_many_is_quarantined_alone() -> None:
    good = "".join(f"{number},{number % 15 + 13}/04/2026,\n" for number in range(1, 41))
    got = staged(f"Id,Opened,Solved\n{good}99,04/25/2026,\n", MAPPING)
    assert got.refusals == [(41, "Opened", "04/25/2026", "not a date this mapping can read")]


def test_formats_for_a_source_come_from_the_same_place() -> None:
    got = staged("Id,Opened,Solved\n1,2026-04-03 10:00,25/04/2026\n", MAPPING)
    raw = got.raw[0]
    formats = dates.fitting_formats(raw, ("Opened", "Solved"), got.connection)
    assert formats == ("%Y-%m-%d %H:%M", "%d/%m/%Y")
    assert dates.fitting_formats(raw, ("Opened",), got.connection) == ()


# A zone is needed only by what is read and says none.


def undeclared(rows: str, **more: Any) -> Staged:
    return staged(f"Id,Opened,Solved\n{rows}", {**MAPPING, **more}, timezone="Europe/Dublin", declared=False)


def test_a_bare_clock_needs_a_zone_and_says_which_cell() -> None:
    with pytest.raises(ZoneNeededError, match=r"such as '2026-04-03 10:00' in 'Solved'"):
        undeclared("1,2026-04-03T09:00:00Z,2026-04-03 10:00\n")
    with pytest.raises(ZoneNeededError):
        undeclared("1,03/04/2026 09:00,\n", clock={"formats": ["%d/%m/%Y %H:%M"]})


def test_zones_in_the_values_and_in_the_mapping_are_enough() -> None:
    assert undeclared("1,2026-04-03T09:00:00+02:00,1775206800\n").facts("ticket", "created_at") == [
        datetime(2026, 4, 3, 7)
    ]
    got = undeclared("1,2026-04-03 09:00,\n", clock={"timezone": "Asia/Tokyo"})
    assert got.facts("ticket", "created_at") == [datetime(2026, 4, 3)]


def test_a_day_without_a_time_is_that_day_in_the_reports() -> None:
    got = undeclared("1,2026-04-03,\n")
    assert got.facts("ticket", "created_at") == [datetime(2026, 4, 2, 23)]  # midnight in Dublin, summer time
    assert got.stage.warnings == ["Days without a time in 'Opened' are taken as days of the reports (Europe/Dublin)."]
    assert got.stage.zones_used == {"Europe/Dublin"}


def test_no_format_that_reads_a_date_is_passed_over_for_its_marks() -> None:
    """Every format writes two moments, and whichever format reads one of those must have been tried."""
    styles = [*dates.FORMATS, *dates.ISO]
    moments = [datetime(2026, 3, 4, 5, 6, 7, 890000), datetime(2026, 11, 23, 15, 36, 47)]
    texts = [moment.strftime(style.replace("%z", "+0100")) for moment in moments for style in styles]
    columns = ", ".join(f"try_strptime(t, '{style}') is not null" for style in styles)
    rows = duckdb.execute(f"select {columns} from unnest($1) as u(t)", [texts]).fetchall()
    missed = [
        (text, style)
        for text, row in zip(texts, rows, strict=True)
        for style, is_read in zip(styles, row, strict=True)
        if is_read and not dates._could_be(style, dates._marks(text))
    ]
    assert missed == []
    assert sum(map(sum, rows)) > len(texts)
