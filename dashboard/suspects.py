"""Changes an issue may have followed: those its tickets name as a cause, and those made shortly before it came.

A place to look at and no test: whether more accounts wrote after a change than usual is weighed in
``dashboard.changes``. So that frequent changes suspect nobody, it is counted how many occurrences began after one, and
how many would have by chance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from dashboard.analysis.changes.arrivals import LONG
from dashboard.changes import HAPPENED, WAS_MADE
from dashboard.named_changes import titles
from dashboard.question import Question
from dashboard.stages import counted, until
from etl.tables import change, issue_ticket, ticket

#: So long before an occurrence a change stands near it: the longer window of the test.
NEAR = timedelta(hours=LONG)
#: Where more of all hours than this lie near a change, none stands out.
TOO_MANY = 0.5

#: When a change was made, and what it is called.
Made = tuple[datetime, str]


@dataclass(frozen=True)
class Suspect:
    """What may be said of changes and one issue, by the end of the period."""

    named: tuple[tuple[str, int], ...] = ()  # said to be its cause, by how many of its tickets; most first
    before: tuple[tuple[str, float], ...] = ()  # near its last occurrence: which, how many hours before; nearest first
    followed: int = 0  # occurrences near a change
    occurrences: int = 0  # of those that began since changes are known
    share: float = 0.0  # of all hours since then that lie near one

    @property
    def expected(self) -> float:
        """How many occurrences would be near a change by chance."""
        return self.share * self.occurrences


def suspected(
    question: Question, products: Mapping[str, str | None], began: Mapping[str, Sequence[datetime]]
) -> dict[str, Suspect]:
    """Of each issue, by its key; ``began`` are the moments its occurrences began (naive UTC), oldest first."""
    named = _named(question, list(products))
    made = _made(question, {product for product in products.values() if product})
    end = question.period.instants()[1] or question.facts.bounds.as_of
    of_product = {product: _of(made, product) for product in set(products.values())}
    return {
        key: _suspect(named.get(key, ()), of_product[product], began.get(key, ()), end)
        for key, product in products.items()
    }


def _suspect(
    named: Sequence[tuple[str, int]], made: Sequence[Made], began: Sequence[datetime], end: datetime | None
) -> Suspect:
    known = [moment for moment in began if made and moment >= made[0][0]]
    if not known or end is None:
        return Suspect(tuple(named))
    near = [(title, (known[-1] - moment) / timedelta(hours=1)) for moment, title in made if _is_near(moment, known[-1])]
    followed = sum(any(_is_near(moment, each) for moment, _ in made) for each in known)
    return Suspect(tuple(named), tuple(reversed(near)), followed, len(known), covered([m for m, _ in made], end))


def _is_near(moment: datetime, began: datetime) -> bool:
    return moment <= began < moment + NEAR


def covered(made: Sequence[datetime], end: datetime) -> float:
    """The share of the time from the first change to the end that lies near one; ``made`` is in order."""
    near = timedelta(0)
    for moment, following in zip(made, [*made[1:], end], strict=True):
        near += max(min(NEAR, following - moment), timedelta(0))
    return near / (end - made[0]) if end > made[0] else 0.0


def _of(made: Sequence[tuple[str | None, Made]], product: str | None) -> list[Made]:
    """The changes of a product, and those of which no product is told."""
    return [each for told, each in made if told is None or told == product]


def _made(question: Question, products: set[str]) -> list[tuple[str | None, Made]]:
    of_these = or_(change.c.product.in_(sorted(products)), change.c.product.is_(None))
    told = (
        change.c.product,
        HAPPENED.label("moment"),
        func.coalesce(change.c.title, change.c.change_id).label("title"),
    )
    statement = select(*told).where(WAS_MADE, *until(question, HAPPENED), HAPPENED.is_not(None), of_these)
    rows = question.facts.rows(statement.order_by(HAPPENED, change.c.change_id))
    return [(row["product"], (row["moment"], row["title"])) for row in rows]


def _named(question: Question, keys: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """What tickets of each issue name as its cause."""
    own, named = issue_ticket.c, ticket.c.caused_by
    # Most help desks tell no cause at all, which is known at once; to look at the tickets of issues takes longer.
    if not question.facts.rows(select(named).where(named.is_not(None)).limit(1)):
        return {}
    n = func.count().label("n")
    rows = question.facts.rows(
        select(own.issue_key, ticket.c.source, named, n)
        .select_from(issue_ticket.join(ticket, ticket.c.ticket_id == own.ticket_id))
        .where(*counted(question), own.issue_key.in_(keys), named.is_not(None))
        .group_by(own.issue_key, ticket.c.source, named)
        .order_by(n.desc(), named)
    )
    called = titles(question.facts, [(row["source"], row["caused_by"]) for row in rows])
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in rows:
        word = row["caused_by"]
        found[row["issue_key"]].append((called.get((row["source"], word)) or word, int(row["n"])))
    return found
