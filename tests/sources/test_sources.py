"""What every source must hold, asked of every folder beside this file.

A folder is named after its source. It holds exports as the vendor writes them and, for each, what we make of it:
``tickets.json`` and ``tickets.ticket.expected.csv`` (any columns of ``loaded_ticket``; a row for a row, in the order
of the file). ``timezone.txt`` names the zone of clocks that carry none; UTC where there is none.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from specimens import EXPECTED, INPUTS, Staged, called, memory, modules, stage, zone_of
from sqlalchemy import Boolean, DateTime, Double, func, literal, select

from etl import recognise
from etl.errors import FileRefusedError
from etl.staging import BY_NAME, Stage
from etl.vocabulary import (
    ChangeOutcome,
    Channel,
    Event,
    Outcome,
    Priority,
    Role,
    Severity,
    Status,
    SurveyKind,
    TicketType,
)

#: What tells one fact from another within a load.
KEYS = {
    "ticket": ("original_id", "part"),
    "event": ("original_id", "occurred_at", "sequence", "kind", "new_value"),
    "survey": ("survey_id",),
    "change": ("original_id",),
    "incident": ("original_id",),
    "account": ("original_id",),
    "person": ("original_id",),
    "team": ("original_id",),
    "field": ("original_id",),
    "engineering_issue": ("original_id",),
    "review": ("original_id",),
    "article": ("original_id",),
    "article_vote": ("original_id",),
    "self_service": ("original_id",),
    "figure": ("metric", "segment", "period_start", "period_end"),
    "schedule": ("original_id", "opens_minute"),
    "holiday": ("schedule", "first_day"),
    "ticket_schedule": ("original_id", "starts_at"),
    "sla": ("original_id", "cycle", "clock"),
}
WORDS = {
    ("ticket", "status"): Status,
    ("ticket", "priority"): Priority,
    ("ticket", "channel"): Channel,
    ("ticket", "ticket_type"): TicketType,
    ("event", "kind"): Event,
    ("event", "actor_role"): Role,
    ("survey", "kind"): SurveyKind,
    ("person", "role"): Role,
    ("engineering_issue", "status"): Status,
    ("engineering_issue", "priority"): Priority,
    ("self_service", "outcome"): Outcome,
    ("change", "outcome"): ChangeOutcome,
    ("incident", "severity"): Severity,
}
ORIGINALS = {
    "status": "original_status",
    "priority": "original_priority",
    "channel": "original_channel",
    "ticket_type": "original_type",
}


class Everything(dict[Path, Staged]):
    """Inputs staged when first asked for; the files of a folder share a database, as they would share a home."""

    def __init__(self, scratch: Path) -> None:
        super().__init__()
        self.scratch = scratch

    def __missing__(self, path: Path) -> Staged:
        folder, connection = path.parent, memory()
        source = next(module for module in modules() if folder.name == module.NAME)
        for number, each in enumerate((each for each in INPUTS if each.parent == folder), start=1):
            scratch = self.scratch / f"{folder.name} {number}"
            self[each] = stage(each, source, connection, number, scratch, zone_of(folder))
        return self[path]


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Everything:
    return Everything(tmp_path_factory.mktemp("scratch"))


# What must hold of a staged file; each is also tried on a bad specimen below.


def check_keys_are_unique(staged: Staged) -> None:
    for fact, names in KEYS.items():
        keys = Counter(tuple(row[name] for name in names) for row in staged.facts(fact))
        repeated = {key: count for key, count in keys.items() if count > 1}
        assert not repeated, f"{fact}: {repeated}"


def check_words_are_known(staged: Staged) -> None:
    for (fact, name), vocabulary in WORDS.items():
        strange = {row[name] for row in staged.facts(fact)} - {None, *map(str, vocabulary)}
        assert not strange, f"{fact}.{name}: {strange}"
    for row in staged.facts("event"):
        allowed = {Event.STATUS: Status, Event.PRIORITY: Priority}.get(row["kind"])
        if allowed is not None:
            strange = {row["old_value"], row["new_value"]} - {None, *map(str, allowed)}
            assert not strange, f"event {row['kind']}: {strange}"


def check_originals_are_kept(staged: Staged) -> None:
    for row in staged.facts("ticket"):
        for ours, theirs in ORIGINALS.items():
            assert row[ours] is None or row[theirs] is not None, f"{ours} of {row['original_id']} lost its word"
    for row in staged.facts("survey"):
        assert row["score"] is None or row["original_score"] is not None, f"score of {row['survey_id']}"
        assert row["higher_is_better"] is not None
        assert row["scale_low"] < row["scale_high"]
    for row in staged.facts("event"):
        if row["kind"] in ("status", "priority") and row["new_value"] is not None:
            assert row["original_value"] is not None, f"{row['kind']} of {row['original_id']} lost its word"


def check_nothing_is_lost(staged: Staged) -> None:
    """Every row of the file is somewhere: it made a fact, was refused with a reason, or says itself it is none."""
    seen = {row["row"] for fact in BY_NAME for row in staged.facts(fact)}
    seen |= {row["row"] for row in staged.refusals()}
    assert all(row["reason"] for row in staged.refusals())
    lost = set(range(1, staged.rows + 1)) - seen
    phrase = re.compile(r"([\d,]+) rows? (say that no survey was sent|left out: )")
    told = [phrase.match(warning) for warning in staged.warnings]
    assert len(lost) == sum(int(each[1].replace(",", "")) for each in told if each), f"rows {sorted(lost)} are nowhere"


CHECKS = [check_keys_are_unique, check_words_are_known, check_originals_are_kept, check_nothing_is_lost]


@pytest.mark.parametrize("path", INPUTS, ids=called)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract(check: Any, path: Path, everything: Everything) -> None:
    check(everything[path])


@pytest.mark.parametrize("path", INPUTS, ids=called)
def test_claimed_by_exactly_one_source(path: Path, everything: Everything) -> None:
    for raw in everything[path].raws:
        claims = [module.NAME for module in modules() if module.claim(raw).accepted]
        assert claims == [path.parent.name]


@pytest.mark.parametrize("path", EXPECTED, ids=called)
def test_each_expected_row_equals(path: Path, everything: Everything) -> None:
    stem, fact = path.name.removesuffix(".expected.csv").rsplit(".", 1)
    (source,) = [each for each in INPUTS if each.parent == path.parent and each.name.split(".")[0] == stem]
    with path.open(encoding="utf-8", newline="") as file:
        expected = list(csv.DictReader(file))
    got = [{name: written(fact, name, row[name]) for name in expected[0]} for row in everything[source].facts(fact)]
    assert got == expected


def written(fact: str, name: str, value: Any) -> str:
    """A value as an expected file writes it; empty where there is none."""
    if value is None:
        return ""
    kind = BY_NAME[fact].c[name].type
    if isinstance(kind, DateTime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(kind, Boolean):
        return str(value).lower()
    if isinstance(kind, Double) or name == "row":
        return f"{value:.15g}"
    return str(value)


def test_every_input_has_an_expectation() -> None:
    told = {(path.parent, path.name.split(".")[0]) for path in EXPECTED}
    assert [called(path) for path in INPUTS if (path.parent, path.name.split(".")[0]) not in told] == []


@pytest.mark.parametrize("path", INPUTS, ids=called)
def test_only_its_own_source_claims_a_file(path: Path, everything: Everything) -> None:
    """Recognition is strict: every table of an export goes to the source whose folder it lies in."""
    everyone = [recognise.Candidate(module.NAME, module.claim, module.stage) for module in modules()]
    assert everything[path].raws
    for raw in everything[path].raws:
        assert recognise.choose(raw, everyone).name == path.parent.name


@pytest.mark.parametrize("path", INPUTS, ids=called)
def test_truncated_file_is_refused_or_quarantined_by_row(path: Path, tmp_path: Path, everything: Everything) -> None:
    """Of a file cut in the middle the whole records before the cut may be taken, and nothing else."""
    source = next(module for module in modules() if path.parent.name == module.NAME)
    whole, cut = everything[path], tmp_path / path.name
    content = path.read_bytes()
    cut.write_bytes(content[: len(content) * 6 // 10])
    staged = attempt(cut, source, whole.load_id, tmp_path / "scratch", zone_of(path.parent))
    if isinstance(staged, FileRefusedError):
        assert staged.title
        assert staged.next_step
        return
    assert staged.rows < whole.rows
    # The row that is cut may be read short; one that the missing rows superseded is the newest there is now.
    elsewhere = {staged.rows} | {row["row"] for row in whole.refusals()}
    for fact in ("ticket", "event"):
        for row in staged.facts(fact):
            assert row["row"] <= staged.rows
            if row["row"] not in elsewhere:
                assert without_doubt(row) in [without_doubt(each) for each in whole.facts(fact)]


def attempt(path: Path, source: Any, load_id: int, temporary: Path, zone: str) -> Staged | FileRefusedError:
    try:
        return stage(path, source, memory(), load_id, temporary, zone)
    except FileRefusedError as error:
        return error


def without_doubt(row: dict[str, Any]) -> dict[str, Any]:
    """A fact without what other records of the same file decide (whether it uses escalation tags at all; the tags of a
    ticket, where each stands on a row of its own)."""
    left_out = {"vendor_escalated", "tags"} if row.get("part") == "tags" else {"vendor_escalated"}
    return {name: value for name, value in row.items() if name not in left_out}


# The contract bites: a source that does everything wrong is caught by each check.


def bad_specimen() -> Any:
    """A source that keeps the vendor's words as ours, forgets the originals, loses rows and repeats its keys."""

    def claim(raw: Any) -> None:
        raise NotImplementedError

    def stage(raw: Any, into: Stage) -> None:
        rows = raw.table.c
        ticket = select(
            rows["_row"].label("row"), literal("ticket").label("part"), literal("1").label("original_id"),
            rows["State"].label("status"),
        )  # fmt: skip
        into.put("ticket", "bad", ticket.where(rows["_row"] < 3))
        survey = select(
            rows["_row"].label("row"), func.concat("s", rows["_row"]).label("survey_id"), literal("csat").label("kind"),
            literal(5.0).label("score"),
        )  # fmt: skip
        into.put("survey", "bad", survey.where(rows["_row"] == 1))

    return SimpleNamespace(NAME="bad", claim=claim, stage=stage)


@pytest.fixture
def caught(tmp_path: Path) -> Staged:
    path = tmp_path / "bad.csv"
    text = io.StringIO()
    csv.writer(text).writerows([("Number", "State"), ("1", "Solved"), ("1", "Sorted out"), ("2", "Open")])
    path.write_text(text.getvalue(), encoding="utf-8")
    return stage(path, bad_specimen(), memory(), 1, tmp_path / "scratch", "UTC")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract_catches_the_bad_specimen(check: Any, caught: Staged) -> None:
    with pytest.raises(AssertionError):
        check(caught)
