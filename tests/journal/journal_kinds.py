"""One entry of every kind there is, with every field filled: what any journal has to hold and any backup to keep."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import date

import dashboard
from dashboard import journal
from dashboard.hunches import Hunch
from dashboard.hunches import State as HunchState
from dashboard.initiative_record import Initiative, Sprint
from dashboard.issue_words import IssueSaid, IssuesRestated, Moved
from dashboard.journal import Body, Journal
from dashboard.repeat_auditing import RepeatAudit
from dashboard.reviews.entries import (
    Action,
    Answer,
    Blocker,
    Comment,
    Decision,
    Plan,
    Request,
    Reworded,
    State,
)
from dashboard.reviews.frozen import Figure, Frozen, Grid, Shown, digest

NAME = "weekly-2026-W10"
DAY = date(2026, 3, 9)
#: What databases are known to mistake: quotes, other scripts, a sign beyond 16 bits, a backslash, a line's end.
WORDS = 'it\'s "Zoë" 日本 😀 \\n; --\n=1+1'


def _frozen() -> Frozen:
    figure = Figure(
        kpi="csat", words={"KPI": "CSAT", "Value": "90 %", "n": "100"}, evidence={"Definition": WORDS},
        standing="as usual", standing_kind="", record={"value": 0.1 + 0.2, "n": 100, "target": None, "whole": True},
    )  # fmt: skip
    grid = Grid(title="Actions", columns=["Action", "n"], rows=[[WORDS, 3], [None, 0.5]], note="")
    sections = [Shown(key="week", heading="Week", minutes=5, sentences=[WORDS], figures=[figure], grids=[grid])]
    return Frozen(
        title="Week", scope="team: A", options="business hours", snapshot="facts-000001", as_of="2026-03-09 04:00 UTC",
        product_version="1", sections=sections, sha256=digest(sections), filters=(("team", ("A", WORDS)),),
        choices=("clock=business",),
    )  # fmt: skip


BODIES: tuple[Body, ...] = (
    Comment(period="2026-W10", text=WORDS),
    Action(text=WORDS, owner="Ana", due=DAY, state=State.DONE, ended=DAY),
    Decision(text=WORDS, owner="Ana"),
    Request(text=WORDS, amount="two people", expected="x", judged_by="MTTR", due=DAY),
    Blocker(text=WORDS, owner="Ana"),
    Plan(owner="Ana", first_checks=WORDS, tell="the lead", within_days=2),
    Answer(period="2026-W10", text=WORDS),
    Reworded(section="week", text=WORDS, original="x"),
    _frozen(),
    Hunch(
        text=WORDS, noticed=DAY, product="App", topic="Sign-in", issue_key="k", change_id="c",
        state=HunchState.REJECTED, because="it stopped",
    ),
    IssueSaid(word="split", issue_keys=("a", "b"), ticket_ids=("desk:1",), name=WORDS, problem_key="P-1"),
    IssuesRestated(words=(1, 2), moved=(Moved(kpi="csat", before=None, before_n=0, after=0.1, after_n=7),)),
    RepeatAudit(
        scope=["team=A"], start=DAY, end=None, timezone="Europe/Dublin", seed=2**31 - 1, tickets=9,
        sizes={"flagged": 4}, pairs=[("desk:2", "desk:1", 0.1 + 0.2, True)], answers={"desk:2": False},
    ),
    Initiative(
        name=WORDS, kpi="mttr", options=("clock=business",), definition="d", segment=(("team", ("A", "B")),),
        first=date(2026, 1, 5), last=date(2026, 3, 1), value=1000.1, low=900.0, high=1100.0, n=400, change=-0.3,
        start=DAY, due=date(2026, 6, 1), triggered_by_bad_numbers=True, control=(("team", ("C",)),), owner="Ana",
        cost="2 people", cost_for="runbooks", notes="n", sprints=(Sprint(name="1", promised=0.6, delivered=0.2),),
        roi="r", agent="a", customer="c", scale="s", integration="i", because="b",
    ),
)  # fmt: skip


def declared() -> set[type[Body]]:
    """Every kind declared anywhere in the dashboard."""
    for module in pkgutil.iter_modules(dashboard.__path__, "dashboard."):
        if module.name != "dashboard.app":  # a script that draws when it is run
            importlib.import_module(module.name)
    return {kind for kind in Body.__subclasses__() if kind.__module__.startswith("dashboard.")}


def fill(book: Journal) -> None:
    """An entry of every kind and table in a journal, each with a second version, and one of each table taken back."""
    first = book.add_target("csat", "above", {"above": 0.9}, because=WORDS, who="Zoë", since=DAY, segment=[("a", "b")])
    book.add_target("csat", "above", {"above": 0.8}, because="b", who="Ben", replaces=first.id)
    other = book.add_target("nps", "above", {"above": 30.0}, because="b", who="Ben")
    book.take_back_target(other.id, who="Ana", because="by mistake")
    note = book.add_marker(DAY, WORDS, who="Zoë", kpi="csat", begins_anew=True)
    book.add_marker(DAY, WORDS, who="Zoë", kpi="csat", begins_anew=True, replaces=note.id)
    book.remove_marker(book.add_marker(DAY, "x", who="Ana").id, who="Ben")
    book.save_view("Monday", "overview", "team=a%26b", who="Zoë")
    book.save_view("Monday", "overview", "team=c", who="Zoë")
    book.remove_view(book.save_view("Gone", "speed", "", who="Ana").id, who="Ben")
    audit = book.draw_tax_audit(
        [("desk:1", 10.1, 1), ("desk:2", 0.1 + 0.2, 2)], who="Ana", scope=("team=A",), days=(DAY, None),
        timezone="Europe/Dublin", seed=2**31 - 1, tickets=900, predicted=1234.5,
    )  # fmt: skip
    book.answer_tax_audit(audit.draw, {"desk:1": 0.1 + 0.2}, who="Ben")
    for body in BODIES:
        entry = book.write(body, who="Zoë", about=NAME)
        book.write(body, who="Ben", about=NAME, replaces=entry.id)


def everything(book: journal.Journal) -> list[object]:
    """All that a journal holds, every version of the kinds that give them."""
    kinds = [book.every_written(type(body)) for body in BODIES]
    return [book.every_target_change(), book.target_changes(), book.markers(), book.views(), book.tax_audits(), *kinds]
