"""Amazon Web Services' status file, ``data.json``: ``archive`` and ``current``, one record an incident and service.

Built from a real file. What it makes of them:

- ``date``, epoch seconds in a string, is the first public notice, and the only clock told as one.
- Many incidents close with a sentence such as "Between 7:14 AM and 9:15 AM PDT we experienced …": that is when it
  started and ended, and the notice stands for detection where it came in between. Times are placed by the post they
  stand in, at most a day back.
- Without that sentence the first notice is taken as the start. An incident whose summary begins with ``[RESOLVED]``
  ended when the first post said so (operating normally, resolved, recovered), else at the last post. Where the first
  notice said so already, the start is not known. Engagement is never told.
- Posts carry a time of day of the American west coast, and a day only where it is not the first one.
- ``status`` 1, 2 and 3 are an informational message, degraded performance and a disruption of the service.
- The text of the posts is looked at for that and not kept.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Subquery, case, func, literal_column, select

from etl.expressions import instant, to_utc
from etl.files import flatten
from etl.incident_rows import stage_incidents
from etl.rearranged import Cell, exploded, first_of
from etl.staging import Claim, RawTable, Stage
from etl.vocabulary import Severity

NAME = "aws_status"

_NEEDED = ("service_name", "summary", "date", "status", "details", "description", "service")
_SEVERITIES = {"1": Severity.SEV4, "2": Severity.SEV2, "3": Severity.SEV1}
_ZONE = "America/Los_Angeles"
_POST = '<span class="yellowfg">'
_DONE = "(?i)operating normally|(has|have) been (fully )?resolved|fully recovered|is resolved"
_BETWEEN = r"(?i)\bbetween (\d{1,2}:\d\d) ?([AP]M)?(?: P[DS]T)? and (\d{1,2}:\d\d) ?([AP]M)"
_DAY: Cell = literal_column("interval 1 day")


def claim(raw: RawTable) -> Claim:
    """Claim the records by their keys."""
    found = tuple(name for name in _NEEDED if name in raw.columns and raw.kind == "json")
    return Claim(NAME, found, tuple(name for name in _NEEDED if name not in found))


def stage(raw: RawTable, into: Stage) -> None:
    """Put the incidents."""
    flat = flatten(raw, _NEEDED, into.connection)
    story = _stories(flat)

    def told(name: str) -> Cell:
        return select(story.c[name]).where(story.c["_row"] == flat.table.c["_row"]).scalar_subquery()

    summary, notice = first_of(flat, "summary"), instant(first_of(flat, "date"), "UTC")
    began, ended = told("began_at"), told("ended_at")
    said_done = case((func.starts_with(func.upper(summary), "[RESOLVED]"), told("said_done_at")))
    resolved = func.coalesce(ended, case((said_done <= notice, notice), else_=said_done))
    was_over = func.coalesce(resolved <= notice, False)
    cells: dict[str, Cell] = {
        "original_id": first_of(flat, "service").concat(":").concat(first_of(flat, "date")),
        "title": func.trim(func.regexp_replace(summary, r"^\[[A-Z ]+\]\s*", "")),
        "severity": first_of(flat, "status"),
        "product": first_of(flat, "service_name"),
        "started_at": func.coalesce(began, case((~was_over, notice))),
        "detected_at": case(((began <= notice) & (notice <= ended), notice)),
        "resolved_at": resolved,
    }
    stage_incidents(NAME, flat, into, cells, _SEVERITIES)


def _stories(flat: RawTable) -> Subquery:
    """What the posts of each incident tell: ``began_at`` and ``ended_at`` in so many words, ``said_done_at`` else."""
    posts = exploded(flat, func.string_split(func.replace(flat.table.c.description, "&nbsp;", " "), _POST))
    notice = select(flat.table.c["_row"], instant(first_of(flat, "date"), "UTC").label("notice")).subquery()
    local = func.timezone(_ZONE, func.timezone("UTC", notice.c.notice))
    placed = (
        select(posts.c["_row"], posts.c.position, posts.c["item"], _post_at(posts.c["item"], local).label("said_at"))
        .join(notice, notice.c["_row"] == posts.c["_row"])
        .where(posts.c.position > 1)
        .subquery()
    )
    has_both = func.regexp_matches(placed.c["item"], _BETWEEN)
    is_done = func.regexp_matches(placed.c["item"], _DONE)
    done = func.arg_min(placed.c.said_at, placed.c.position).filter(is_done)
    last = (
        select(
            placed.c["_row"],
            func.coalesce(done, func.arg_max(placed.c.said_at, placed.c.position)).label("done"),
            func.arg_max(placed.c["item"], placed.c.position).filter(has_both).label("item"),
            func.arg_max(placed.c.said_at, placed.c.position).filter(has_both).label("said_at"),
        )
        .group_by(placed.c["_row"])
        .subquery()
    )
    ended = _before(last.c.said_at, _part(last.c["item"], 3), _part(last.c["item"], 4))
    half = func.coalesce(func.nullif(_part(last.c["item"], 2), ""), _part(last.c["item"], 4))
    began = _before(ended, _part(last.c["item"], 1), half)
    clocks = {"began_at": began, "ended_at": ended, "said_done_at": last.c.done}
    chosen: list[Any] = [to_utc(clock, _ZONE).label(name) for name, clock in clocks.items()]
    return select(last.c["_row"], *chosen).subquery()


def _part(text: Cell, number: int) -> Cell:
    return func.regexp_extract(text, _BETWEEN, number)


def _before(moment: Cell, clock: Cell, half: Cell) -> Cell:
    """The last time a clock showed this hour, at most a day before a moment."""
    day = func.strftime(moment, "%Y-%m-%d ")
    same_day = func.try_strptime(func.concat(day, clock, " ", func.upper(half)), "%Y-%m-%d %I:%M %p")
    return case((same_day <= moment, same_day), else_=same_day - _DAY)


def _post_at(post: Cell, first: Cell) -> Cell:
    """The local time of one post: of its day where it names one (in the year of the first, or the next), else of the
    first post's day."""
    clock = func.regexp_extract(post, r"(\d{1,2}:\d\d [AP]M) P[DS]T", 1)
    named = func.regexp_extract(post, r"^\s*([A-Z][a-z]{2}\s+\d{1,2}),", 1)
    named_day = func.regexp_replace(named, r"\s+", " ", "g")
    of_year = func.concat(named_day, func.strftime(first, " %Y"))
    told = case((named_day == "", func.strftime(first, "%b %d %Y")), else_=of_year)
    local = func.try_strptime(func.concat(told, " ", clock), "%b %d %Y %I:%M %p")
    is_next_year = (named_day != "") & (local < first - literal_column("interval 60 day"))
    return case((is_next_year, local + literal_column("interval 1 year")), else_=local)
