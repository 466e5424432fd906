"""What sources of surveys share: which column is the score and on which scale, and which names the ticket.

A questionnaire's file does not say which of its questions is NPS, CSAT or CES, nor in which direction its scale runs.
A column is taken only where it proves that itself: by the vendor's own mark beside it, by the wording that defines NPS
with answers of its scale, or by answers whose words say how good they are. Numbers alone prove nothing (1 may be the
best), and agreement alone neither. What is not certain is not counted, and told with its column; a file without one
certain question is refused, with its candidates and how to declare one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Text as TextType
from sqlalchemy import case, func, literal, select

from etl.errors import FileRefusedError
from etl.expressions import plain
from etl.mapping import Survey
from etl.rearranged import Cell
from etl.staging import RawTable, Stage
from etl.vocabulary import SurveyKind

_TICKET = re.compile(
    r"^(zendesk|freshdesk|intercom|salesforce|jira|help ?scout|support|related|my|source|custom)?"
    r"(ticket|case|conversation|incident)(id|number|no|nr|key|ref|reference)?$"
)
_ACCOUNT = re.compile(r"^(account|company|organi[sz]ation)(name|id)?$")

#: What defines each kind in the words of its question.
_ASKS = {
    SurveyKind.NPS: re.compile(r"how likely .*\brecommend", re.IGNORECASE | re.DOTALL),
    SurveyKind.CSAT: re.compile(r"\bsatisf", re.IGNORECASE),
    SurveyKind.CES: re.compile(r"\b(easy|easi|difficult|effort)", re.IGNORECASE),
}
#: The middle of a scale, in any of its spellings.
_NEITHER = ("neither satisfied nor dissatisfied", "neutral", "neither easy nor difficult", "neither", "ok", "okay")


@dataclass(frozen=True)
class Scale:
    """Answers in words, and what each is worth: the words themselves say which end is the good one."""

    kind: SurveyKind
    words: dict[str, float]
    bad: str

    @property
    def survey(self) -> Survey:
        return Survey(kind=self.kind, lowest=1, highest=5, higher_is_better=True, words=self.words, unanswered=("",))

    def is_told_by(self, answers: set[str]) -> bool:
        """Whether these answers are of this scale and of no other.

        All must be its words, no two of them the same step (``very`` beside ``extremely`` is a longer scale), and one
        of them must name the bad end (``very satisfied`` alone is also the second step from ``not at all`` up).
        """
        steps = [self.words.get(each) for each in answers]
        return None not in steps and len(set(steps)) == len(steps) and any(self.bad in each for each in answers)


def _five(kind: SurveyKind, good: str, bad: str) -> Scale:
    """Five steps between a good and a bad word; both common ways to name the second and the fourth."""
    words = dict.fromkeys(_NEITHER, 3.0)
    for extreme in ("very", "extremely", "completely"):
        words |= {f"{extreme} {good}": 5.0, f"{extreme} {bad}": 1.0}
    for mild in ("", "somewhat "):
        words |= {f"{mild}{good}": 4.0, f"{mild}{bad}": 2.0}
    return Scale(kind, words, bad)


SCALES = (
    _five(SurveyKind.CSAT, "satisfied", "dissatisfied"),
    _five(SurveyKind.CES, "easy", "difficult"),
)
#: From 0 to 10, by definition.
NPS = Survey(kind=SurveyKind.NPS, lowest=0, highest=10, higher_is_better=True, unanswered=("",))
#: The highest answer of other common scales: one above must occur.
_MOST_OTHERS = 7
#: Different answers looked at.
_MOST_ANSWERS = 50


@dataclass(frozen=True)
class Question:
    """A question of a file: its columns (one for each choice, in some exports), and how it was put."""

    columns: tuple[str, ...]
    text: str
    is_marked_nps: bool = False
    #: The answers that could be given, where the export lists them.
    choices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.columns[0]


@dataclass(frozen=True)
class Scored:
    """A question that is certain: the survey it is, and its answer as a cell."""

    question: Question
    survey: Survey
    score: Cell


def letters(name: str) -> str:
    """The letters and digits of a name, in lower case.

    >>> letters("Case ID")
    'caseid'
    """
    return "".join(letter for letter in name.lower() if letter.isalnum())


def ticket_column(columns: Iterable[str]) -> str | None:
    """The first column named like the number of a ticket."""
    return next((name for name in columns if _TICKET.match(letters(name.rpartition(".")[2]))), None)


def account_column(columns: Iterable[str]) -> str | None:
    """The first column named like an account."""
    return next((name for name in columns if _ACCOUNT.match(letters(name.rpartition(".")[2]))), None)


def answer(raw: RawTable, columns: Sequence[str]) -> Cell:
    """The answer to a question that may have a column for each choice."""
    cells = [func.nullif(func.trim(raw.table.c[name]), "") for name in columns]
    return cells[0] if len(cells) == 1 else func.coalesce(*cells)


def scored(raw: RawTable, into: Stage, questions: Sequence[Question]) -> list[Scored]:
    """The questions of a file that are certain, at most one a kind.

    Raises FileRefusedError where none is, or where several of one kind are; other candidates are told.
    """
    certain: list[Scored] = []
    doubtful: list[Question] = []
    for question in questions:
        found = _certain(raw, into, question)
        if found is not None:
            certain.append(found)
        elif _is_candidate(raw, into, question):
            doubtful.append(question)
    for kind in SurveyKind:
        several = [each.question for each in certain if each.survey.kind == kind]
        if len(several) > 1:
            raise _refusal(raw, several, f"has {len(several)} questions that could be its {kind.upper()}")
    if not certain:
        raise _refusal(raw, doubtful, "does not say which question is NPS, CSAT or CES, or on which scale")
    if doubtful:
        into.warnings.append(
            f"Not counted, as their scale or direction is not certain: {_listed(doubtful)}. A mapping can declare them."
        )
    for each in certain:
        into.warnings.append(f"'{each.question.name}' was read as {each.survey.kind.upper()}: {_short(each.question)}.")
    return certain


def _certain(raw: RawTable, into: Stage, question: Question) -> Scored | None:
    text = answer(raw, question.columns)
    said = _distinct(raw, into, text)
    if question.is_marked_nps or _ASKS[SurveyKind.NPS].search(question.text):
        numbers = {each: _number(each) for each in said}
        known = {each: float(number) for each, number in numbers.items() if number is not None and number <= 10}
        is_told = bool(said) and len(known) == len(said) and max(known.values()) > _MOST_OTHERS
        if question.is_marked_nps or is_told:
            words = {each: number for each, number in known.items() if not each.isdigit()}
            return Scored(question, NPS.model_copy(update={"words": words}), text)
        return None
    for scale in SCALES:
        is_asked = _ASKS[scale.kind].search(f"{question.text} {question.name}")
        if is_asked and said and scale.is_told_by({plain(each) for each in (*said, *question.choices)}):
            return Scored(question, scale.survey, text)
    return None


def _number(text: str) -> int | None:
    """The number of an answer such as ``10``, ``10 - Extremely likely`` or ``Not at all likely (0)``.

    >>> [_number(each) for each in ("10", "10 - Extremely likely", "Not at all likely (0)", "9 of 10", "likely")]
    [10, 10, 0, None, None]
    """
    found = re.findall(r"\d+", text)
    is_at_an_end = re.match(r"^\s*\d{1,2}\b|.*\b\d{1,2}\)?\s*$", text, re.DOTALL)
    return int(found[0]) if len(found) == 1 and is_at_an_end else None


def _distinct(raw: RawTable, into: Stage, text: Cell) -> list[str]:
    """The different answers to a question; more than a scale can have are not looked at."""
    query = select(text).select_from(raw.table).where(text.is_not(None)).distinct().limit(_MOST_ANSWERS)
    return [str(each) for each in into.connection.execute(query).scalars()]


def _is_candidate(raw: RawTable, into: Stage, question: Question) -> bool:
    """Whether a question asks what a survey asks, and is answered with few and short answers."""
    if not any(pattern.search(f"{question.text} {question.name}") for pattern in _ASKS.values()):
        return False
    text = answer(raw, question.columns)
    longest = select(func.max(func.length(text)), func.count(text)).select_from(raw.table)
    length, told = into.connection.execute(longest).one()
    return bool(told) and int(length) <= 60


def _refusal(raw: RawTable, questions: Sequence[Question], why: str) -> FileRefusedError:
    candidates = f"Candidates: {_listed(questions)}." if questions else "No question of it looks like one of them."
    return FileRefusedError(
        f"{raw.file_name} {why}.",
        f"{candidates} A scale and its direction are never guessed.",
        f"Draft a mapping (supportkpi map {raw.file_name}), name the column as 'score' and declare its scale under "
        "[survey].",
    )


def _listed(questions: Sequence[Question]) -> str:
    return "; ".join(f"'{each.name}' ({_short(each)})" for each in questions[:8])


def _short(question: Question) -> str:
    text = " ".join(question.text.split())
    return text if len(text) <= 80 else f"{text[:77]}…"


def no_address(cell: Cell) -> Cell:
    """A name someone gave a respondent, unless it is an address."""
    return case((~func.contains(cell, "@"), cell))


def nothing() -> Cell:
    """A cell without content."""
    return literal(None, TextType)
