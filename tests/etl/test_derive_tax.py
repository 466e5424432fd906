"""What was planted comes out of the derivation: the counts, the ledger and the order of tickets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import history
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr
from segment_oracle import Told
from tax.simulator import PRIORS_RIGHT, SIGNALS, Simulated, simulate
from test_derive_segments import MINUTES, _life
from test_derive_segments import _tell as tell_life

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


_linked = st.builds(
    lambda minute, record: Told(minute, "link", record, "ann", "agent"),
    MINUTES,
    st.sampled_from(["CORE-1", "CORE-2", "https://github.com/acme/core/issues/1"]),
)
_lives = st.lists(_life, min_size=6, max_size=10)
_links = st.lists(st.lists(_linked, max_size=3), min_size=10, max_size=10)


# A derivation takes a second or two: what fails is shown as it is, rather than made smaller for minutes.
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(_lives, _links, st.sampled_from([None, "private_note", "link", "status", "owner"]))
def test_the_ledger_of_random_lives_adds_up_whatever_the_feeds(
    lives: list[list[Told]], links: list[list[Told]], missing: str | None
) -> None:
    """Sums and counts of each ticket and signal; what a feed cannot show is no entry and no zero but not known."""
    with history.desk() as desk:
        for number, (life, linked) in enumerate(zip(lives, links, strict=False)):
            told = sorted([*life, *linked], key=lambda event: event.minute)
            tell_life(desk, str(number), [event for event in told if event.kind != missing])
        tell_life(desk, "last", [Told(0, "created", None, "kim", "customer"), *_every_feed(missing)])
        published = desk.build()
        tickets, entries = published.tickets().values(), published.all("tax_entry")
    sums: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        sums[entry["ticket_id"], entry["signal"]] += entry["quantity"]
    counted = {(row["ticket_id"], str(s)): row[_column(s)] for row in tickets for s in SIGNALS}
    assert sums == Counter({key: count for key, count in counted.items() if count})
    unknown = {str(s) for s in SIGNALS if all(row[_column(s)] is None for row in tickets)}
    assert unknown == _UNKNOWN[missing]


def _every_feed(missing: str | None) -> list[Told]:
    """One event of every kind, so that a feed is there whatever was drawn."""
    told = [
        Told(0, "status", "open", "kim", "customer"), Told(1, "owner", "ann", "-1", "bot"),
        Told(2, "private_note", None, "ann", "agent", 9), Told(3, "link", "CORE-9", "ann", "agent"),
        Told(4, "public_message", None, "ann", "agent", 30),
    ]  # fmt: skip
    return [event for event in told if event.kind != missing]


_UNKNOWN = {
    None: set(),
    "private_note": {"note", "engineering_question"},
    "link": {"link", "escalation"},
    "status": {"customer_question", "reopen"},
    "owner": {"pickup", "words_reread"},
}


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
