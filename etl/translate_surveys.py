"""Survey answers: the scale and its direction are declared, and a score outside the scale is no score."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Double, Subquery, and_, case, cast, func, literal, null, or_, select

from etl import expressions
from etl.errors import FileRefusedError
from etl.expressions import Expression
from etl.mapping import Mapping, Survey
from etl.staging import RawTable, Stage
from etl.translate_records import finish, refuse_superseded
from etl.typed import Fault, Typed, build


def stage(mapping: Mapping, raw: RawTable, into: Stage) -> None:
    """Put one survey a row. Answers without a date are kept, with a warning."""
    if mapping.survey is None:  # the model forbids it; this tells the type checker
        raise FileRefusedError(f"The mapping '{mapping.name}' declares no survey.")
    survey = mapping.survey

    def faults(rows: Subquery) -> list[Fault]:
        return _score_faults(survey, mapping.nulls, rows)

    typed = build(mapping, raw, into, faults)
    if "survey_id" in typed.names:
        refuse_superseded(typed, ("survey_id",), "answered_at")
    else:
        into.warnings.append(
            f"No column is mapped to 'survey_id': the answers are numbered by their rows in {raw.file_name}, "
            "so the same answers in a file of another name would count again."
        )
    _warn(typed, survey)
    was_sent = ~_stands_in(typed["text score"], survey.not_sent)
    into.put("survey", mapping.label, select(*_columns(typed, survey)).where(typed.is_good, was_sent))
    finish(typed)


def _columns(typed: Typed, survey: Survey) -> list[Any]:
    others = [name for name in typed.names if name not in ("score", "survey_id")]
    numbered = func.concat(typed.raw.file_name, ":", typed["row"])
    identifier = func.coalesce(typed["survey_id"], numbered) if "survey_id" in typed.names else numbered
    return [
        typed["row"],
        identifier.label("survey_id"),
        literal(str(survey.kind)).label("kind"),
        score(typed["text score"], typed["score"], survey).label("score"),
        func.nullif(typed["text score"], "").label("original_score"),
        literal(survey.lowest, Double).label("scale_low"),
        literal(survey.highest, Double).label("scale_high"),
        literal(survey.higher_is_better).label("higher_is_better"),
        *(typed[name].label(name) for name in others),
    ]


def score(text: Expression, value: Expression, survey: Survey) -> Expression:
    """The score a cell means: a declared word, else its number; NULL for an unanswered survey."""
    words = {expressions.plain(key): meaning for key, meaning in survey.words.items()}
    said = case((_stands_in(text, (*survey.unanswered, *survey.not_sent)), null()), else_=value)
    if not words:
        return cast(said, Double)
    return case(
        {key: literal(meaning, Double) for key, meaning in words.items()}, value=expressions.tidy(text), else_=said
    )


def _stands_in(text: Expression, words: tuple[str, ...]) -> Expression:
    """Whether a cell is one of some words; an empty cell is the word ``""``."""
    if not words:
        return literal(False)
    return func.coalesce(expressions.tidy(text), "").in_([expressions.plain(entry) for entry in words])


def _score_faults(survey: Survey, nulls: tuple[str, ...], rows: Subquery) -> list[Fault]:
    text, number = rows.c["text score"], rows.c["score"]
    value = score(text, number, survey)
    is_silent = _stands_in(text, (*survey.unanswered, *survey.not_sent))
    scale = f"{survey.lowest:g}–{survey.highest:g}"
    outside = func.concat("score ", text, f" is outside {scale}")
    return [
        Fault(and_(or_(text.is_(None), text.in_(nulls)), ~is_silent), "score", text, literal("no score")),
        Fault(and_(value.is_(None), ~is_silent), "score", text, literal("not a score this mapping can read")),
        Fault(or_(value < survey.lowest, value > survey.highest), "score", text, outside),
    ]


def _warn(typed: Typed, survey: Survey) -> None:
    skipped = select(func.count()).where(typed.is_good, _stands_in(typed["text score"], survey.not_sent))
    not_sent = typed.into.connection.execute(skipped).scalar_one()
    if not_sent:
        typed.into.warnings.append(f"{not_sent:,} rows say that no survey was sent; they count nowhere.")
    answered = score(typed["text score"], typed["score"], survey).is_not(None)
    undated = typed["answered_at"].is_(None) if "answered_at" in typed.names else literal(True)
    count = typed.into.connection.execute(select(func.count()).where(typed.is_good, answered, undated)).scalar_one()
    if count:
        typed.into.warnings.append(
            f"{count:,} answers have no date: they count over all time, in no week or month. "
            "Declare one with constants.answered_at where it is known."
        )
