"""An audit of repeats from draw to share: what is drawn, what the sheet tells and takes, and what follows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from world import ENGINES, World, period

from dashboard import journal, repeat_auditing, repeat_sheet
from dashboard.question import Question
from dashboard.repeat_auditing import RepeatAudit
from dashboard.scope import Scope
from etl.errors import FileRefusedError, UsageError
from etl.settings import Home

JANUARY = datetime(2025, 1, 2)


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


@pytest.fixture
def question(world: World) -> Question:
    """400 tickets of January: 60 flagged pairs, 60 near misses, 30 unlike; one pair too old, one ticket of February."""
    for number in range(400):
        when = JANUARY + timedelta(minutes=90 * number)
        world.add("ticket", ticket_id=f"t{number}", account="a", created_at=when, subject=f"subject {number}")
        world.add("issue_ticket", ticket_id=f"t{number}", account="a", issue_key="i")
    world.add("ticket", ticket_id="late", account="a", created_at=datetime(2025, 2, 2))
    for number in range(150):
        evidence, score = ("problem", 1.0) if number < 60 else (None, 0.2 if number < 120 else 0.05)
        named = {"ticket_id": f"t{200 + number}", "earlier_ticket_id": f"t{number}", "days_since_solved": 5.0}
        world.add("issue_pair", evidence=evidence, score=score, **named)
    world.add("issue_pair", ticket_id="t399", earlier_ticket_id="t0", evidence="problem", score=1, days_since_solved=91)
    world.add("issue_pair", ticket_id="late", earlier_ticket_id="t0", evidence="problem", score=1, days_since_solved=1)
    return Question(world.facts(), Scope(), period("2025-01"))


@pytest.fixture
def book(tmp_path: Path) -> journal.Journal:
    return journal.open(Home(tmp_path))


def test_the_draw_takes_the_pairs_of_the_tickets_counted_and_no_others(
    question: Question, book: journal.Journal
) -> None:
    entry = repeat_auditing.draw(question, book, "Ana", seed=3)
    assert (entry.body.tickets, entry.body.sizes) == (400, {"flagged": 60, "near miss": 60, "low": 30})
    assert len(entry.body.pairs) == 150
    assert not {"t399", "late"} & {one for one, *_ in entry.body.pairs}
    assert book.written(RepeatAudit) == [entry]


def _filled(entry: journal.Written[RepeatAudit], wrong: dict[str, str] | None = None) -> bytes:
    """All flagged and a tenth of the near misses are repeats."""
    rows = list(csv.DictReader(io.StringIO(repeat_sheet.sheet(entry, {}).decode("utf-8-sig"), newline="")))
    for row in rows:
        number = int(row["ticket"][1:]) - 200
        said = "yes" if number < 54 or 60 <= number < 66 else "No"
        row["same issue"] = (wrong or {}).get(row["ticket"], said)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0], delimiter=";")  # as a spreadsheet of another country saves it
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def test_the_sheet_leads_nobody_and_its_answers_make_the_share(question: Question, book: journal.Journal) -> None:
    entry = repeat_auditing.draw(question, book, "Ana", seed=3)
    told = repeat_sheet.sheet(entry, repeat_auditing.subjects(question, entry)).decode()
    assert "subject 200" in told
    assert not any(word in told for word in ("problem", "flagged", "0.2", "near"))
    found = repeat_sheet.read(_filled(entry), book.written(RepeatAudit))
    kept = repeat_auditing.answer(book, found.entry, found.same, who="Ben")
    share = kept.body.corrected()
    # Every pair was drawn: 54 flagged and 6 near misses are repeats, of 400 tickets; the flags say 60.
    assert (share.value, share.naive, share.low, share.high) == (60 / 400, 60 / 400, 60 / 400, 60 / 400)
    assert repeat_auditing.standing(question, book.written(RepeatAudit)) == kept
    other = Question(question.facts, Scope.of({"team": ["A"]}), question.period)
    assert repeat_auditing.standing(other, book.written(RepeatAudit)) is None
    assert "15 % of 400 tickets repeat an earlier one" in repeat_auditing.said(kept.body)


def test_an_unfinished_audit_says_so_and_a_second_sheet_completes_it(question: Question, book: journal.Journal) -> None:
    entry = repeat_auditing.draw(question, book, "Ana", seed=3)
    half = repeat_sheet.read(_filled(entry, {f"t{200 + n}": "" for n in range(75)}), book.written(RepeatAudit))
    kept = repeat_auditing.answer(book, entry, half.same, who="Ben")
    assert repeat_auditing.said(kept.body).startswith("No corrected share yet: 75 of the 150 pairs")
    rest = repeat_sheet.read(_filled(entry), book.written(RepeatAudit))
    assert repeat_auditing.answer(book, rest.entry, rest.same, who="Cyd").body.corrected().value == 60 / 400


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: data.replace(b"yes", b"maybe"), "neither yes nor no"),
        (lambda data: data.replace(b"t200;", b"t999;"), "was not drawn"),
        (lambda data: data.replace(b"t201;", b"t200;"), "'t200' stands in row"),
        (lambda data: data.replace(b"yes", b"").replace(b"No", b""), "no answer yet"),
        (lambda data: data.replace(b"same issue", b"same"), "no worksheet"),
        (lambda data: data.splitlines(True)[0], "belongs to no draw"),
    ],
)
def test_a_sheet_that_is_wrong_is_refused_whole(
    question: Question, book: journal.Journal, damage: object, words: str
) -> None:
    entry = repeat_auditing.draw(question, book, "Ana", seed=3)
    with pytest.raises(FileRefusedError) as refused:
        repeat_sheet.read(damage(_filled(entry)), book.written(RepeatAudit))  # type: ignore[operator]
    assert words in f"{refused.value} {refused.value.detail}"


def test_a_period_that_runs_still_is_not_audited(question: Question, book: journal.Journal) -> None:
    from dataclasses import replace

    running = Question(question.facts, Scope(), replace(question.period, whole=False))
    with pytest.raises(UsageError, match="not over"):
        repeat_auditing.draw(running, book, "Ana")
    empty = Question(question.facts, Scope(), period("2024-01"))
    with pytest.raises(UsageError, match="No pair"):
        repeat_auditing.draw(empty, book, "Ana")
