"""Audits on facts: what is drawn, what a finished one says, on the command line and on the page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from test_cli import Run, run
from test_investigation import asked, touched, world
from test_views import _pointing_at, page, text_of
from world import World

from dashboard import audit_sheet, auditing, journal
from dashboard.analysis.tax import assumed, audited, signals
from dashboard.analysis.tax.estimate import Grade
from dashboard.journal import Journal
from etl.errors import UsageError
from etl.settings import Home
from tests.browser import tiny_home

__all__ = ["run", "world"]
MEAN = assumed.means(signals.priors())


@pytest.fixture
def book(tmp_path: Path) -> Journal:
    return journal_in(tmp_path / "home")


def journal_in(folder: Path) -> Journal:
    folder.mkdir()
    return journal.open(Home(folder))


def desk(world: World, tickets: int = 200) -> None:
    for place in range(tickets):
        touched(world, signal_note=place % 5, product="Press" if place % 2 else "Forms")
    touched(world, signal_history=0)  # nothing to predict of it
    touched(world, resolved_at=datetime(2025, 2, 1))


def test_a_draw_is_written_down_with_all_it_takes_to_check_it(world: World, book: Journal) -> None:
    desk(world)
    drawn = auditing.draw(asked(world), 60, book, "Ana", seed=5)
    entry = drawn.entry
    assert book.tax_audits() == [entry]
    assert (entry.who, entry.seed, entry.tickets, entry.scope) == ("Ana", 5, 201, ())
    notes = sum(place % 5 for place in range(200))
    assert entry.predicted == pytest.approx(200 * MEAN["history"] + notes * MEAN["note"])
    assert sum(times for _, _, times in entry.drawn) == 60
    assert [name for name, _, _ in entry.drawn] == sorted(name for name, _, _ in entry.drawn)
    again = auditing.draw(asked(world), 60, book, "Ana", seed=5)
    assert again.entry.drawn == entry.drawn
    assert auditing.draw(asked(world), 60, book, "Ana").entry.seed != 5


def test_an_audit_is_of_just_the_tickets_it_was_drawn_of(world: World, book: Journal) -> None:
    desk(world)
    press = asked(world, {"product": ["Press"]})
    drawn = auditing.draw(press, 30, book, "Ana", seed=1)
    every = book.tax_audits()
    assert drawn.entry.scope == ("product=Press",)
    assert [each.entry for each in auditing.of_question(press, every)] == every
    assert auditing.of_question(asked(world), every) == []
    assert auditing.of_question(asked(world, {"product": ["Press"]}, "2025-02"), every) == []


def test_the_newest_finished_audit_stands(world: World, book: Journal) -> None:
    """Every ticket took thrice what was predicted, so all took thrice; a draw begun later does not silence it."""
    desk(world)
    first = auditing.draw(asked(world), 60, book, "Ana", seed=1).entry
    assert auditing.standing(auditing.of_question(asked(world), book.tax_audits())) is None
    tripled = {name: 3 * minutes for name, minutes, _ in first.drawn}
    gone = dict(list(tripled.items())[1:])
    half = auditing.Audit(book.answer_tax_audit(first.draw, gone, who="Ben"))
    assert half.minutes().value is None
    assert "1 of the" in (half.minutes().reason or "")
    book.answer_tax_audit(first.draw, tripled, who="Ben")
    auditing.draw(asked(world), 60, book, "Cyd", seed=2)
    found = auditing.of_question(asked(world), book.tax_audits())
    standing = auditing.standing(found)
    assert len(found) == 2
    assert standing is not None
    assert standing.ratio == pytest.approx(3)
    minutes = standing.minutes()
    assert (minutes.grade, minutes.n, minutes.value) == (Grade.AUDITED, 201, pytest.approx(3 * first.predicted))
    assert standing.minutes(for_money=True).value is None  # 80 for that


def test_what_is_not_drawn(world: World, book: Journal) -> None:
    desk(world)
    for size in (29, 1001):
        with pytest.raises(UsageError, match="30 to 1,000"):
            auditing.draw(asked(world), size, book, "Ana")
    with pytest.raises(UsageError, match="Fewer than five agents"):
        auditing.draw(asked(world, when="2025-02"), 30, book, "Ana")
    assert book.tax_audits() == []


def test_nobody_touched_anything(world: World, book: Journal) -> None:
    touched(world, times=9, signal_history=0)
    with pytest.raises(UsageError, match="No ticket can be drawn"):
        auditing.draw(asked(world), 30, book, "Ana")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return tiny_home.build(tmp_path_factory.mktemp("audited"), tickets=1500)


@pytest.fixture
def at_home(home: Home) -> Iterator[None]:
    yield from _pointing_at(home.folder)


def fill(path: Path, minutes: str, but: int = 0) -> int:
    """Write minutes into a worksheet, but for its last rows."""
    header, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    for place, row in enumerate(rows):
        row[header.index("minutes")] = minutes if place < len(rows) - but else ""
    path.write_text("\n".join(",".join(row) for row in [header, *rows]), encoding="utf-8")
    return len(rows)


@pytest.mark.usefixtures("at_home")
def test_from_the_draw_to_the_page(run: Run, home: Home, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    drawn = run("tax", "worksheet", "--period", "2026-04", "--out", sheet, "--by", "Ana", "--seed", 5, home=home)
    assert drawn.code == 0, drawn.err
    assert "seed 5, by Ana" in drawn.out
    assert "not audited yet" in text_of(page("investigation_tax", period="2026-05"))
    before = text_of(page("investigation_tax", period="2026-04"))
    assert ">audited<" not in before
    rows = fill(sheet, "12", but=10)
    part = run("tax", "audit", sheet, "--by", "Ben", home=home)
    assert part.code == 0, part.err
    assert f"{rows - 10} answers stored, {rows - 10} of {rows} tickets done." in part.out
    assert f"No total yet: 10 of the {rows} tickets drawn have no answer" in part.out
    fill(sheet, "12")
    done = run("tax", "audit", sheet, "--by", "Ben", home=home)
    assert "Audited: " in done.out
    words = text_of(page("investigation_tax", period="2026-04"))
    for told in ("It rests on an audit of", ">audited<", "Audited by Ben", "Only totals are audited"):
        assert told in words, told
    assert ">audited<" not in text_of(page("investigation_tax", period="2026-05"))


def test_what_the_command_refuses(run: Run, home: Home, tmp_path: Path) -> None:
    words = ("tax", "worksheet", "--period", "2026-03", "--out")
    assert run(*words, tmp_path / "a.csv", "--tickets", 5, home=home).code == 2
    assert run(*words, tmp_path / "no" / "a.csv", home=home).code == 1
    nothing = run("tax", "audit", tmp_path / "gone.csv", "--by", "Ben", home=home)
    assert (nothing.code, "cannot be read" in nothing.err) == (1, True)
    sheet = tmp_path / "a.csv"
    assert run(*words, sheet, "--by", "Ana", home=home).code == 0
    fill(sheet, "-1")
    bad = run("tax", "audit", sheet, "--by", "Ben", home=home)
    assert bad.code == 1
    assert "row 2, column minutes: is below zero" in bad.err
    fill(sheet, "1")
    assert run("tax", "audit", sheet, "--by", " ", home=home).code == 2


def test_the_draw_is_by_predicted_minutes() -> None:
    """Tickets of twice the minutes are drawn twice as often, over many seeds."""
    predicted = np.repeat([10.0, 20.0], 50)
    names = [f"t{place:03}" for place in range(100)]
    hits = np.zeros(2)
    for seed in range(60):
        for each in audited.draw(names, predicted, 30, seed).drawn:
            hits[int(each.predicted > 10)] += each.times
    assert hits[1] / hits[0] == pytest.approx(2, rel=0.1)


def test_the_code_of_a_draw_tells_journals_apart(book: Journal, tmp_path: Path) -> None:
    other = journal_in(tmp_path / "other")
    told = {"who": "Ana", "scope": (), "days": (None, None), "timezone": "UTC", "tickets": 9, "predicted": 9.0}
    one = book.draw_tax_audit([("a", 1.0, 30)], seed=1, **told)  # type: ignore[arg-type]
    two = other.draw_tax_audit([("b", 1.0, 30)], seed=1, **told)  # type: ignore[arg-type]
    assert one.draw == two.draw
    assert audit_sheet.code_of(one) != audit_sheet.code_of(two)


def test_drawn_and_answered_on_the_page(tmp_path: Path) -> None:
    """Names are asked for; a worksheet of another period is refused where it would count nowhere on the page."""
    home = tiny_home.build(tmp_path / "home", tickets=1500)
    for _ in _pointing_at(home.folder):
        app = page("investigation_tax", period="2026-05")
        app.button(key="tax-audit-draw").click().run()
        assert "Say who writes this" in text_of(app)
        app.text_input(key="tax-audit-who").input("Ana")
        app.button(key="tax-audit-draw").click().run()
        assert not app.exception
        assert "tickets are drawn. Download their worksheet below." in text_of(app)
        book = journal.open(home)
        (entry,) = book.tax_audits()
        assert (entry.who, str(entry.start), str(entry.end)) == ("Ana", "2026-05-01", "2026-06-01")
        lines = audit_sheet.sheet(entry).decode("utf-8-sig").splitlines()
        filled = "\n".join([lines[0], *(line.replace(",,,", ",,7,") for line in lines[1:])]).encode()
        _upload(app, filled.replace(b",7,", b",-7,"), "Ben")
        assert "row 2, column minutes: is below zero" in text_of(app)
        assert book.tax_audits()[0].answers == {}
        _upload(app, filled, "Ben")
        assert "It rests on an audit of" in text_of(app)
        assert set(book.tax_audits()[0].answers.values()) == {7.0}
        other = page("investigation_tax", period="2026-04")
        other.text_input(key="tax-audit-who").input("Ana")
        other.button(key="tax-audit-draw").click().run()
        _upload(other, filled, "Ben")
        assert "This worksheet is of another draw." in text_of(other)


def _upload(app: AppTest, data: bytes, who: str) -> None:
    app.file_uploader(key="tax-audit-file").upload("../../etc/sheet.csv", data, "text/csv")
    app.text_input(key="tax-audit-by").input(who)
    next(button for button in app.button if button.label == "Store the minutes").click().run()
    assert not app.exception
