"""What the estimate loses where a feed is missing (methods, 0.3), on a made-up desk that has all of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import history
import numpy as np
import pandas as pd
import pytest
from tax.simulator import PRIORS_RIGHT, SIGNALS, simulate
from test_derive_tax import tell

TICKETS = 800
WORLD = simulate(PRIORS_RIGHT, 5, TICKETS)
TOLD = pd.DataFrame(WORLD.events())


def derived(events: pd.DataFrame) -> tuple[float, set[str | None]]:
    """Assumed minutes of all tickets, and what is said of their feeds."""
    with history.desk() as desk:
        tell(desk, TICKETS, events)
        rows = desk.build().all("ticket")
    columns = [s if s == "words_reread" else f"signal_{s}" for s in map(str, SIGNALS)]
    counts = np.array([[row[name] or 0 for name in columns] for row in rows], dtype=float)
    return float((counts @ WORLD.priors).sum()), {row["tax_feed"] for row in rows}


@cache
def whole() -> float:
    minutes, feeds = derived(TOLD)
    assert feeds == {None}
    return minutes


@pytest.mark.parametrize(
    ("without", "take", "share"),
    [
        ("no private notes", lambda told: told[told.kind != "private_note"], 0.51),
        ("no links", lambda told: told[told.kind != "link"], 0.77),
        ("no status history", lambda told: told[told.kind != "status"], 0.76),
        # Methods give 0.996, where nobody writes "I am looking into it". Here a fifth of the first touches do, and with
        # its words uncounted such a message stands for the answer: the notes after it are no investigation any more.
        ("no word counts", lambda told: told.assign(words=None), 0.87),
    ],
    ids=["notes", "links", "status", "words"],
)
def test_a_missing_feed_makes_it_a_lower_bound_of_known_size(
    without: str, take: Callable[[pd.DataFrame], pd.DataFrame], share: float
) -> None:
    minutes, feeds = derived(take(TOLD))
    assert minutes / whole() == pytest.approx(share, abs=0.05)
    assert feeds == {f"lower bound: {without}"}


def test_bots_taken_for_agents_add_little() -> None:
    """Their macros are no answers, and who is never an owner picks nothing up: 102 in a hundred by methods."""
    minutes, _ = derived(TOLD.assign(actor_role=TOLD.actor_role.replace("bot", "agent")))
    assert minutes / whole() == pytest.approx(1.02, abs=0.05)


@pytest.mark.parametrize("kinds", [("created", "owner", "team"), ("created", "owner", "team", "status", "link")])
def test_without_any_message_nothing_is_estimated(kinds: tuple[str, ...]) -> None:
    """Assignments would give one minute in a hundred (methods): that is no lower bound but no reading."""
    minutes, feeds = derived(TOLD[TOLD.kind.isin(kinds)])
    assert minutes == 0
    assert feeds == {"needs messages: the export holds assignments only"}
