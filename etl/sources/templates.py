"""Tables with our own headers, for what no system exports in one known form; see ``etl.template_kinds``.

A table is told by its headers, spelt exactly. The example row a template comes with is left out.
"""

from __future__ import annotations

from sqlalchemy import DateTime, Integer, and_, case, cast, func, literal, literal_column, select

from etl.dates import fitting_formats
from etl.expressions import instant
from etl.mapping import Clock, Mapping, Words
from etl.rearranged import Cell, first_of, only, our_word, rearranged, refuse_where, report_unknown
from etl.staging import BY_NAME, Claim, RawTable, Stage
from etl.template_kinds import TEMPLATES, Template
from etl.translate import stage_mapping
from etl.vocabulary import TIERS, Outcome, Role

NAME = "templates"

_WORDS = Words(
    role={"agent": Role.AGENT, "engineering": Role.ENGINEERING, "engineer": Role.ENGINEERING, "bot": Role.BOT}
)
_TIER_WORDS = {word: word for word in TIERS} | {
    word.format(number): f"tier{number}" for number in (1, 2, 3) for word in ("tier {}", "{}", "l{}", "level {}")
}
_OUTCOMES = {str(word): str(word) for word in Outcome} | {"escalated": str(Outcome.HANDED_OVER)}
#: Columns of a loaded table a row can do without.
_OPTIONAL = ("ticket_original_id", "ended_at", "views", "votes_up", "votes_down", "period_end")


def claim(raw: RawTable) -> Claim:
    """Claim a table that has every needed header of one template; near is the one of which it has the most."""
    near = Claim(NAME, ())
    best = 0.5
    for each in TEMPLATES:
        found = tuple(header.name for header in each.headers if header.name in raw.columns and raw.kind == "csv")
        missing = tuple(name for name in each.needed if name not in found)
        if not missing:
            return Claim(NAME, found)
        share = 1 - len(missing) / len(each.needed)
        if share >= best:
            near, best = Claim(NAME, found, missing), share
    return near


def stage(raw: RawTable, into: Stage) -> None:
    """Put the rows of a table as its template says."""
    chosen = next(each for each in TEMPLATES if set(each.needed) <= set(raw.columns))
    rows = _without_example(raw, chosen, into)
    if not rows.rows:
        return
    if chosen.kind == "people":
        _stage_people(chosen, rows, into)
        return
    cells = {each.ours: first_of(rows, each.name) for each in chosen.headers if each.name in raw.columns}
    if chosen.kind in _MAKERS:
        _MAKERS[chosen.kind](rows, into, cells)
    made = rearranged(rows, into, cells)
    stage_mapping(_mapping(chosen, _clock(chosen, rows, into), tuple(cells)), made, into)


def _clock(chosen: Template, rows: RawTable, into: Stage) -> Clock:
    """How this file writes its days or instants; months are read apart."""
    if chosen.shape == "figure":
        return Clock(timezone="UTC")
    of = BY_NAME[chosen.shape].columns
    names = [each.name for each in chosen.headers if each.name in rows.columns]
    clocks = [each.name for each in chosen.headers if each.name in names and isinstance(of[each.ours].type, DateTime)]
    formats = fitting_formats(rows, clocks, into.connection)
    return Clock(timezone="UTC" if chosen.is_dated else None, formats=formats)


def _mapping(chosen: Template, clock: Clock, columns: tuple[str, ...]) -> Mapping:
    return Mapping.model_validate(
        {
            "name": f"template-{chosen.kind}",
            "shape": chosen.shape,
            "source": NAME,
            "clock": clock,
            "columns": {name: (name,) for name in columns},
            "words": _WORDS,
            "optional": [name for name in _OPTIONAL if name in columns and chosen.shape != "worklog"],
        }
    )


def _without_example(raw: RawTable, chosen: Template, into: Stage) -> RawTable:
    """The rows without the one that came with the template."""
    there = {name: cell for name, cell in chosen.example.items() if name in raw.columns}
    is_example = and_(*(func.coalesce(first_of(raw, name), "") == cell for name, cell in there.items()))
    return only(raw, into, ~is_example, "the example of the template")


# What a cell of a template means beyond its own text


def _roster(rows: RawTable, into: Stage, cells: dict[str, Cell]) -> None:
    report_unknown(rows, into, first_of(rows, "Tier"), _TIER_WORDS, "Tier")
    cells["tier"] = our_word(first_of(rows, "Tier"), _TIER_WORDS)
    cells["role"] = func.coalesce(first_of(rows, "Role"), "agent")
    cells["original_id"] = func.coalesce(first_of(rows, "Number"), first_of(rows, "Agent"))


def _accounts(rows: RawTable, _: Stage, cells: dict[str, Cell]) -> None:
    cells["original_id"] = func.coalesce(first_of(rows, "Number"), first_of(rows, "Account"))


def _reviews(rows: RawTable, _: Stage, cells: dict[str, Cell]) -> None:
    told = func.concat_ws(" / ", *(first_of(rows, name) for name in ("Ticket", "Category", "Reviewed at")))
    cells["original_id"] = func.coalesce(first_of(rows, "Review"), told)
    cells["original_score"] = first_of(rows, "Score")


def _votes(rows: RawTable, _: Stage, cells: dict[str, Cell]) -> None:
    alike = [first_of(rows, name) for name in ("Article", "Helpful", "Voted at")]
    number = func.row_number().over(partition_by=alike, order_by=rows.table.c["_row"])
    cells["original_id"] = func.coalesce(first_of(rows, "Vote"), func.concat_ws(" / ", *alike, number))


def _sessions(rows: RawTable, into: Stage, cells: dict[str, Cell]) -> None:
    said = first_of(rows, "Outcome")
    report_unknown(rows, into, said, _OUTCOMES, "Outcome")
    cells["outcome"], cells["original_outcome"] = our_word(said, _OUTCOMES), said


def _figures(rows: RawTable, _: Stage, cells: dict[str, Cell]) -> None:
    """A month, or the days from ``Month`` until ``Until``; the end is the day after the last."""
    until = first_of(rows, "Until")
    start, end = _month(rows)
    last = instant(until, "UTC")
    day = instant(_first_day(first_of(rows, "Month")), "UTC")
    cells["period_start"] = case((until.is_(None), start), else_=_text(day, first_of(rows, "Month")))
    cells["period_end"] = case((until.is_(None), end), else_=_text(last + literal_column("interval 1 day"), until))
    cells["metric"] = _metric(first_of(rows, "Metric"))


def _metric(name: Cell) -> Cell:
    return func.nullif(func.trim(func.regexp_replace(func.lower(name), r"[\s_\-]+", "_", "g"), "_"), "")


_MAKERS = {
    "roster": _roster,
    "accounts": _accounts,
    "reviews": _reviews,
    "article-votes": _votes,
    "sessions": _sessions,
    "figures": _figures,
}


def _month(rows: RawTable) -> tuple[Cell, Cell]:
    """The first day of a month and of the next; what is no month stays as it stood, to be refused for it."""
    text = first_of(rows, "Month")
    first = func.date_trunc("month", instant(_first_day(text), "UTC"))
    return _text(first, text), _text(first + literal_column("interval 1 month"), text)


def _first_day(month: Cell) -> Cell:
    return case((func.regexp_full_match(month, r"\d{4}-\d{1,2}"), func.concat(month, "-01")), else_=month)


def _text(clock: Cell, otherwise: Cell) -> Cell:
    return func.coalesce(func.strftime(clock, "%Y-%m-%d"), otherwise)


def _stage_people(chosen: Template, rows: RawTable, into: Stage) -> None:
    """Each filled cell is a figure; a row without any is refused."""
    figures = [each for each in chosen.headers if each.unit and each.name in rows.columns]
    filled = [cast(first_of(rows, each.name).is_not(None), Integer) for each in figures]
    kept = refuse_where(rows, into, sum(filled[1:], filled[0]) == 0, "Headcount", "no figure in this row")
    start, end = _month(kept)
    for each in figures:
        value = first_of(kept, each.name)
        cells: dict[str, Cell] = {
            "metric": literal(each.ours),
            "segment": first_of(kept, "Team"),
            "unit": literal(each.unit),
            "value": value,
            "period_start": start,
            "period_end": end,
        }
        made = rearranged(kept, into, cells, value.is_not(None))
        if into.connection.execute(select(func.count()).select_from(made.table)).scalar_one():
            stage_mapping(_mapping(chosen, Clock(timezone="UTC"), tuple(cells)), made, into)
