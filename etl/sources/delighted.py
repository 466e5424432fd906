"""Delighted: survey responses of the API (JSON) and of a CSV with the same fields, and people (JSON).

Built from the documented fields, not from a real account. No header of the CSV export was found: a CSV is known by the
API's field names in words (``Survey Type``, ``Score``, ``Permalink``, ``Created At`` …), in any case.

- Clocks of the API are epoch seconds; those of a CSV carry no mark.
- ``survey_type`` tells what was asked: NPS from 0 to 10, CSAT and five stars from 1 to 5. CES runs from 1 to 5 or from
  1 to 7, by the project: it is taken where the type tells (``ces5``, ``ces7``) or a 6 or 7 was answered, and refused
  where neither does. High agreement is good in both. Smileys, thumbs and product-market fit have no scale told here;
  eNPS asks one's own staff. Those are refused with that reason.
- A response is answered when it was created; when it was asked is not told, and requests without an answer are not
  listed.
- Properties of the person name the ticket and the account, where they are called so.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import case, func, select

from etl.api_records import Records, epoch, fields, put
from etl.api_records import claim as claim_records
from etl.api_records import stage as stage_records
from etl.mapping import Clock, Survey
from etl.rearranged import Cell, rearranged, refuse_where
from etl.staging import Claim, RawTable, Stage
from etl.survey_files import account_column, letters, nothing, ticket_column
from etl.threads import domain_of, pseudonym
from etl.vocabulary import SurveyKind

NAME = "delighted"

_NPS = Survey(kind=SurveyKind.NPS, lowest=0, highest=10, higher_is_better=True)
_STARS = Survey(kind=SurveyKind.CSAT, lowest=1, highest=5, higher_is_better=True)
_CES5 = Survey(kind=SurveyKind.CES, lowest=1, highest=5, higher_is_better=True)
_CES7 = Survey(kind=SurveyKind.CES, lowest=1, highest=7, higher_is_better=True)
#: The types whose scale is known, by the letters of their names.
_TYPES = {
    "nps": _NPS, "csat": _STARS, "fivestar": _STARS, "5star": _STARS, "starrating": _STARS, "ces5": _CES5,
    "ces7": _CES7,
}  # fmt: skip
_STAFF = ("enps",)
_COLUMNS = ("id", "person", "survey_type", "score", "comment", "permalink", "created_at")
#: Our name of a column of the CSV, by the letters of its own.
_SPELT = {
    "id": ("id", "responseid", "surveyresponseid"),
    "person": ("personid", "person"),
    "email": ("email", "personemail", "emailaddress"),
    "survey_type": ("surveytype", "projecttype"),
    "score": ("score",),
    "comment": ("comment",),
    "permalink": ("permalink",),
    "created_at": ("createdat", "respondedat", "responsedate", "responsetimestamp"),
}
_NEEDED = ("survey_type", "score", "created_at", "permalink")


def claim(raw: RawTable) -> Claim:
    """Claim responses and people of the API by their keys, and a CSV by the same names in words."""
    if raw.kind != "csv":
        return claim_records(NAME, raw, _KINDS)
    there = _spelt(raw.columns)
    if "survey_type" not in there or "permalink" not in there:
        return Claim(NAME, ())
    found = tuple(there[name] for name in _NEEDED if name in there)
    return Claim(NAME, found, tuple(name for name in _NEEDED if name not in there))


def stage(raw: RawTable, into: Stage) -> None:
    """Put the facts of a table that was claimed."""
    if raw.kind != "csv":
        stage_records(raw, into, _KINDS)
        return
    there = _spelt(raw.columns)
    others = [name for name in raw.columns if name not in there.values()]
    c = raw.table.c
    cells: dict[str, Cell] = {name: c[there[name]] if name in there else nothing() for name in _SPELT}
    cells["person"] = func.coalesce(cells["person"], pseudonym(cells["email"]))
    cells |= _named(others, {name: c[name] for name in others})
    _put(rearranged(raw, into, cells), into, Clock())


def _spelt(columns: Iterable[str]) -> dict[str, str]:
    """Our name of each column → the file's own."""
    found: dict[str, str] = {}
    for column in columns:
        for ours, spellings in _SPELT.items():
            if letters(column) in spellings:
                found.setdefault(ours, column)
    return found


def _named(names: list[str], cells: dict[str, Cell]) -> dict[str, Cell]:
    """The cells that name the ticket and the account, by the names of properties."""
    ticket, account = ticket_column(names), account_column(names)
    return {
        "ticket": cells[ticket] if ticket else nothing(),
        "account": cells[account] if account else nothing(),
    }


def _responses(raw: RawTable, into: Stage) -> None:
    properties = [path for path in raw.columns if path.startswith("person_properties.") and path.count(".") == 1]
    rows = fields(raw, into, (*_COLUMNS, "person.id", *properties))
    c = rows.table.c
    cells: dict[str, Cell] = {name: c[name] for name in _COLUMNS}
    # A person may be written out in full.
    cells["person"] = func.coalesce(c["person.id"], case((~func.starts_with(c.person, "{"), c.person)))
    cells |= _named(properties, {path: c[path] for path in properties})
    cells["created_at"] = epoch(c.created_at)
    _put(rearranged(rows, into, cells), into, Clock(timezone="UTC"))


def _put(rows: RawTable, into: Stage, clock: Clock) -> None:
    kind = kind_of(rows.table.c.survey_type)
    high = select(func.count()).select_from(rows.table).where(kind == "ces", rows.table.c.score.in_(("6", "7")))
    is_seven = bool(into.connection.execute(high).scalar_one())
    known = {**_TYPES, **({"ces": _CES7} if is_seven else {})}
    for words, reason in (
        (_STAFF, "eNPS asks staff and not customers"),
        (() if is_seven else ("ces",), "CES of 5 or of 7 steps: the file does not tell which; declare it in a mapping"),
    ):
        kind = kind_of(rows.table.c.survey_type)
        rows = refuse_where(rows, into, kind.in_(words), "survey_type", reason)
    kind = kind_of(rows.table.c.survey_type)
    reason = "the scale of this survey type is not known; declare it in a mapping"
    rows = refuse_where(rows, into, kind.not_in(list(known)), "survey_type", reason)
    d = rows.table.c
    for survey in (_NPS, _STARS, _CES5, _CES7):
        types = [word for word, each in known.items() if each is survey]
        if types:
            cells: dict[str, Cell] = {
                "survey_id": func.coalesce(d.id, d.permalink),
                "ticket_original_id": d.ticket,
                "account": d.account,
                "respondent": d.person,
                "comment": d.comment,
                "answered_at": d.created_at,
                "score": d.score,
            }
            put(rows, into, NAME, "survey", cells, survey=survey, clock=clock, where=kind_of(d.survey_type).in_(types))


def kind_of(text: Cell) -> Cell:
    """The letters and digits of a survey type, in lower case; never NULL."""
    return func.regexp_replace(func.lower(func.coalesce(text, "")), "[^a-z0-9]", "", "g")


def _people(raw: RawTable, into: Stage) -> None:
    """People by number; of their address only the domain is kept."""
    rows = fields(raw, into, ("id", "email"))
    c = rows.table.c
    cells: dict[str, Cell] = {
        "original_id": c.id,
        "name": domain_of(c.email),
        "role": case((c.id.is_not(None), "customer")),
    }
    put(rows, into, NAME, "person", cells)


_KINDS = (
    Records(
        ("id", "person", "survey_type", "score", "created_at"),
        ("permalink", "person_properties", "additional_answers", "notes"),
        _responses,
        enough=2,
    ),
    Records(
        ("id", "email", "created_at"), ("last_sent_at", "last_responded_at", "next_survey_scheduled_at"), _people,
        enough=2,
    ),
)  # fmt: skip
