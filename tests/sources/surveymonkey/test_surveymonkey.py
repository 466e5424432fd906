"""Which question is a score: what proves it, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_desk import Desk

from etl.errors import FileRefusedError
from etl.sources import surveymonkey

OWN = "Respondent ID,Collector ID,Start Date,End Date,Email Address"
NPS = "How likely is it that you would recommend us?"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(surveymonkey, tmp_path)


def answers(question: str, *given: str) -> str:
    rows = [f"{number},1,2026-03-02 10:00:00,2026-03-02 10:05:00,,{each}" for number, each in enumerate(given, 1)]
    return "\n".join([f"{OWN},{question}", ",,,,,Response", *rows]) + "\n"


@pytest.mark.parametrize(
    ("question", "given", "kind", "scores"),
    [
        (NPS, ("10", "0", "8"), "nps", [10, 0, 8]),
        (NPS, ("Not at all likely - 0", "Extremely likely - 10"), "nps", [0, 10]),
        ("How satisfied are you?", ("Very satisfied", "Very dissatisfied"), "csat", [5, 1]),
        ("How satisfied are you?", ("Somewhat satisfied", "Neither satisfied nor dissatisfied"), "csat", [4, 3]),
        ("Was it easy?", ("Very easy", "Difficult"), "ces", [5, 2]),
    ],
)
def test_answers_that_prove_what_they_are(
    desk: Desk, question: str, given: tuple[str, ...], kind: str, scores: list[int]
) -> None:
    desk.text(answers(question, *given))
    assert desk.facts("survey", "kind", "score", "higher_is_better") == [(kind, score, True) for score in scores]


@pytest.mark.parametrize(
    ("question", "given"),
    [
        (NPS, ("1", "5", "4")),  # may be a scale of five
        (NPS, ("10", "11")),
        ("How satisfied are you?", ("1", "5")),  # 1 may be the best
        ("How satisfied are you?", ("Very satisfied", "Satisfied")),  # may be five steps up from "not at all"
        ("How satisfied are you?", ("Very satisfied", "Extremely satisfied", "Very dissatisfied")),  # seven steps
        ("We made it easy", ("Agree", "Strongly agree", "Disagree")),  # five steps or seven
        ("How much effort was it?", ("1", "7")),
    ],
)
def test_what_is_not_certain_is_refused_with_its_column(desk: Desk, question: str, given: tuple[str, ...]) -> None:
    with pytest.raises(FileRefusedError) as refusal:
        desk.text(answers(question, *given))
    assert refusal.value.title == "export.csv does not say which question is NPS, CSAT or CES, or on which scale."
    assert f"Candidates: '{question}'" in refusal.value.detail
    assert "[survey]" in refusal.value.next_step


def test_two_questions_of_one_kind_are_refused(desk: Desk) -> None:
    rows = "1,1,2026-03-02 10:00:00,2026-03-02 10:05:00,,Very satisfied,Dissatisfied\n"
    rows += "2,1,2026-03-02 10:00:00,2026-03-02 10:05:00,,Dissatisfied,Dissatisfied\n"
    with pytest.raises(FileRefusedError, match="has 2 questions that could be its CSAT"):
        desk.text(f"{OWN},How satisfied are you with us?,How satisfied are you with the price?\n{rows}")


def test_no_address_is_kept(desk: Desk) -> None:
    text = answers(NPS, "10").replace("10:05:00,,10", "10:05:00,ada@acme.example,10")
    desk.text(text)
    ((respondent,),) = desk.facts("survey", "respondent")
    assert respondent.endswith("@acme.example")
    assert "ada" not in respondent
