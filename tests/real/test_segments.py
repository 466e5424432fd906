"""On every real export that gives tickets: segments fill the time exactly, and the ledger adds up to the tickets."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from exports import unpacked
from sqlalchemy import Connection, create_engine
from test_zendesk_recorded import ARCHIVE, NAMES

from etl import derive
from etl.load import load
from etl.settings import Home, Settings
from etl.vocabulary import Segment, Signal

pytestmark = pytest.mark.real_data
ITALIAN = Path(__file__).parents[2] / "docs" / "mappings" / "italian_helpdesk.toml"
EXPORTS = {
    "italian": ("helpdesk_italian_finale.csv",),
    "aea": ("aea_jira_history_2024.csv",),
    "pandas": ("github_pandas_prs.csv", "github_pandas_issues.csv"),
    "uci": ("uci_incident_event_log_opened_before_2016-04.csv",),
    "zendesk": (),
}
#: How many tickets have segments. All but Zendesk's tell no messages, so that nothing is derived of them: one message is
#: put in by hand, by which the export counts as one that tells them, and its real histories of statuses are derived.
SEGMENTED = {"italian": 4579, "aea": 69, "pandas": 0, "uci": 9198, "zendesk": 69}


ENTRIES = {"italian": 18705, "aea": 6, "pandas": 0, "uci": 26266, "zendesk": 1}


class Told(NamedTuple):
    name: str
    untouched: tuple[int, ...]  # tickets with segments and entries of the ledger, as the export stands
    facts: Connection


@pytest.fixture(scope="module", params=EXPORTS)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    name, folder = request.param, tmp_path_factory.mktemp("export")
    home = Home(tmp_path_factory.mktemp("real") / "home")
    paths = _zendesk(folder) if name == "zendesk" else [unpacked(each, folder) for each in EXPORTS[name]]
    load(home, paths, mapping=ITALIAN if name == "italian" else None, timezone=None if name == "italian" else "UTC")
    engine = create_engine(f"duckdb:///{home.work_file}")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"attach '{home.current_snapshot()}' as before (read_only)")
        counted = "select (select count(*) from before.ticket_tax), (select count(*) from before.tax_entry)"
        untouched = tuple(connection.exec_driver_sql(counted).one())
        connection.exec_driver_sql(_ONE_MESSAGE)
        connection.exec_driver_sql("attach ':memory:' as facts")
        connection.commit()
        derive.build(connection, Settings(), "facts")
        yield Told(name, untouched, connection)
    engine.dispose()


_ONE_MESSAGE = """
    insert into loaded_event by name
    select * replace ('public_message' as kind, 'agent' as actor_role, row + 10000000 as row)
    from loaded_event order by occurred_at desc limit 1
"""


def _zendesk(folder: Path) -> list[Path]:
    if not ARCHIVE.exists():
        pytest.skip(f"{ARCHIVE.name} is not part of the project and is not beside it")
    with zipfile.ZipFile(ARCHIVE) as archive:
        for member in map(Path, archive.namelist()):
            if "api_recorded_zenpy" in str(member) and member.stem in NAMES and member.suffix == ".json":
                (folder / member.name).write_bytes(archive.read(str(member)))
    return [folder / f"{name}.json" for name in NAMES]


def test_segments_fill_the_time_from_creation_to_the_end_exactly(told: Told) -> None:
    """In hours to 1e-9: each begins where the one before ends, and together they are the time of the ticket."""
    states = ", ".join(f"{state}_minutes" for state in Segment)
    question = f"""
        with whole as (
            select ticket_id, created_at,
                case when status in ('resolved', 'closed') then resolved_at else observed_until end as ends_at
            from facts.ticket
        ),
        summed as (
            select ticket_id, sum(minutes) as minutes, min(started_at) as first, max(ended_at) as last,
                sum(epoch_us(ended_at) - epoch_us(started_at)) as lasted
            from facts.segment group by ticket_id
        )
        select count(*), count(*) filter (first <> created_at or last <> ends_at),
            count(*) filter (lasted <> epoch_us(ends_at) - epoch_us(created_at)),
            max(abs(s.minutes / 60 - (epoch_us(ends_at) - epoch_us(created_at)) / 36e8)),
            max(abs(s.minutes - list_sum([{states}])) / 60), max(abs(s.minutes - t.open_minutes - t.done_minutes) / 60)
        from summed s join whole using (ticket_id) join facts.ticket_tax t using (ticket_id)
    """
    tickets, elsewhere, unlike, *off = told.facts.exec_driver_sql(question).one()
    assert tickets == SEGMENTED[told.name]
    assert (elsewhere, unlike) == (0, 0)
    assert not tickets or max(off) <= 1e-9
    assert told.facts.exec_driver_sql("select count(*) from facts.ticket_tax").scalar_one() == tickets


def test_without_messages_nothing_is_derived(told: Told) -> None:
    assert told.untouched == ((SEGMENTED["zendesk"], 0) if told.name == "zendesk" else (0, 0))


def test_the_ledger_adds_up_to_the_signals_of_each_ticket(told: Told) -> None:
    columns = [s if s == "words_reread" else f"signal_{s}" for s in map(str, Signal)]
    counted = ", ".join(f"sum(coalesce({column}, 0))" for column in columns)
    summed = ", ".join(f"coalesce(sum(quantity) filter (signal = '{signal}'), 0)" for signal in Signal)
    unlike = f"""
        select count(*) from (
            select ticket_id, {counted} from facts.ticket group by ticket_id
            except
            select t.ticket_id, {summed}
            from facts.ticket t left join facts.tax_entry e using (ticket_id)
            group by t.ticket_id
        )
    """
    assert told.facts.exec_driver_sql(unlike).scalar_one() == 0
    assert told.facts.exec_driver_sql("select count(*) from facts.tax_entry").scalar_one() == ENTRIES[told.name]
