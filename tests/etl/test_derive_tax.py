"""What was planted comes out of the derivation: the counts, the ledger and the order of tickets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import history
import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from tax.simulator import PRIORS_RIGHT, SIGNALS, Simulated, simulate

TICKETS = 400


class Derived(NamedTuple):
    world: Simulated
    tickets: Mapping[str, Mapping[str, Any]]
    entries: Sequence[Mapping[str, Any]]


def tell(desk: history.Desk, tickets: int, events: pd.DataFrame) -> None:
    """Tickets numbered from one, and their events."""
    for number in range(1, tickets + 1):
        desk.ticket(str(number), created_at=None, requester="customer")
    frame = events.assign(load_id=1, source="desk", row=range(len(events)))
    raw: Any = desk.connection.connection.driver_connection
    raw.register("told", frame)
    raw.execute("insert into loaded_event by name select * from told")
    raw.unregister("told")


@pytest.fixture(scope="module")
def derived() -> Iterator[Derived]:
    world = simulate(PRIORS_RIGHT, 5, TICKETS)
    with history.desk() as desk:
        tell(desk, world.tickets, pd.DataFrame(world.events()))
        published = desk.build()
        yield Derived(world, published.tickets(), published.all("tax_entry"))


def _column(signal: str) -> str:
    return signal if signal == "words_reread" else f"signal_{signal}"


def test_every_signal_planted_is_counted_and_nothing_else(derived: Derived) -> None:
    found = np.array([[derived.tickets[str(n)][_column(s)] for s in SIGNALS] for n in range(1, TICKETS + 1)])
    wrong = {str(s): np.flatnonzero(found[:, k] != derived.world.counts[:, k]) + 1 for k, s in enumerate(SIGNALS)}
    assert {signal: list(tickets[:5]) for signal, tickets in wrong.items() if len(tickets)} == {}


def test_the_ledger_adds_up_to_the_signals_of_each_ticket(derived: Derived) -> None:
    sums: Counter[tuple[str, str]] = Counter()
    for entry in derived.entries:
        sums[entry["ticket_id"], entry["signal"]] += entry["quantity"]
    counted = {(row["ticket_id"], str(s)): row[_column(s)] for row in derived.tickets.values() for s in SIGNALS}
    assert sums == Counter({key: count for key, count in counted.items() if count})


def test_the_ledger_knows_who_did_it_and_where_a_link_leads(derived: Derived) -> None:
    def told(entries: Any) -> Counter[Any]:
        return Counter(entries)

    planted = told(
        (f"desk:{a.ticket}", str(a.signal), a.owner_number, a.is_rework, a.system) for a in derived.world.actions
    )
    found = told((e["ticket_id"], e["signal"], e["owner_number"], e["is_rework"], e["system"]) for e in derived.entries)
    assert found == planted


def test_assumed_minutes_keep_the_order_of_tickets(derived: Derived) -> None:
    found = np.array([[derived.tickets[str(n)][_column(s)] for s in SIGNALS] for n in range(1, TICKETS + 1)])
    assert float(spearmanr(found @ derived.world.priors, derived.world.true_minutes).statistic) >= 0.85
