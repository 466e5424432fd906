"""A reading that came with its past is the one that would be asked for, and is not asked for again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from dashboard import ask as asking
from dashboard import kpis
from dashboard.ask import Ask, fresh
from dashboard.commands.report import ask_of
from dashboard.rhythm import Rhythm
from tests.browser import tiny_home


class Kept:
    """A memory that forgets nothing."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], Any] = {}

    def __call__(self, snapshot: str, key: str, make: Callable[[], Any]) -> Any:
        if (snapshot, key) not in self.known:
            self.known[snapshot, key] = make()
        return self.known[snapshot, key]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    folder: Path = tmp_path_factory.mktemp("home")
    return ask_of(tiny_home.build(folder), Rhythm.MONTHLY, None)


@pytest.mark.parametrize("where", [{}, {"team": ["Billing"]}], ids=("everything", "one team"))
def test_each_is_what_a_question_of_its_own_finds(ask: Ask, where: dict[str, list[str]]) -> None:
    asked = replace(ask, scope=asking.Scope.of(where), remember=Kept())
    names = list(kpis.catalogue())
    asked.stories(names)
    alone = replace(asked, remember=fresh)
    for name in names:
        known, found = asked.reading_of(name), alone.reading_of(name)
        for each in fields(known):
            if each.name != "kpi":
                assert getattr(known, each.name) == getattr(found, each.name), (name, each.name)


def test_it_is_not_asked_for_again(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = replace(ask, remember=Kept())
    story = asked.stories(["mttr", "csat"])["csat"]
    monkeypatch.setattr(asking, "answer", lambda *_: pytest.fail("asked again"))
    assert asked.reading_of("csat") is story.now
