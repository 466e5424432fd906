"""What customers wrote with a low score: a sibling of ``readings`` with one query of its own.

A page shows the first few of what may be a hundred thousand answers, so the rows that do not count and hold words are
picked, ordered and numbered by the database. What counts, and the order, are those of the list behind the KPI.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, literal

from dashboard import readings
from dashboard.engine import Facts
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.options import DEFAULTS, Options
from dashboard.queries import Cut, behind
from dashboard.scope import Period, Scope
from etl.tables import survey

#: What an answer may hold without saying anything.
_BLANK = " \t\r\n\f\v\u00a0"


@dataclass(frozen=True)
class Comments:
    """How many low scores came with words, and the first of them as the list behind the KPI shows them."""

    total: int
    first: Sequence[Mapping[Hashable, object]]


def low_scores(
    facts: Facts, kpi: Kpi, scope: Scope, period: Period, limit: int, options: Options = DEFAULTS
) -> Comments:
    """The comments of a KPI of answers whose score does not count as satisfied.

    A mean tells no score from another: under that rule those are low that our default rule calls so.
    """
    if options.csat_rule == "mean":
        options = options.but("csat_rule", DEFAULTS.csat_rule)
    chosen = readings.as_chosen(kpi, options, facts)
    counts = chosen.statistic.measured()["counts_towards"]
    has_words = func.trim(survey.c.comment, literal(_BLANK)) != ""
    low = behind(chosen, Cut(scope), period, ()).where(counts == "no", has_words)
    # Counted beside the rows: what is cut off by the limit is counted before it.
    found = facts.frame(low.add_columns(func.count().over().label("total")).limit(limit))
    total = int(found["total"].iloc[0]) if len(found) else 0
    return Comments(total, found.drop(columns="total").to_dict("records"))
