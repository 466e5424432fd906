"""What to talk about: three things that really changed, three that need a decision; from signals, changes and verdicts.

A KPI needs a decision when it misses its target for certain, or got worse by more than its usual ups and downs without
safely meeting it, or will miss a target that has a day. What is both comes first; a KPI that got better needs none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard import findings, wording
from dashboard.analysis.outlook import Word
from dashboard.story import Story
from dashboard.verdict import Verdict

#: How many of each are told.
SHOWN = 3


@dataclass(frozen=True)
class Item:
    """One thing to talk about: the story and why it is here, in words after its name."""

    story: Story
    words: str
    kind: str = ""  # better, worse or changed


def changed(stories: Sequence[Story]) -> list[Item]:
    """What really changed, the worse first, then the better; the order of the stories within each."""
    found = [story for story in stories if story.has_changed]
    items = [_changed(story) for story in found]
    order = {"worse": 0, "changed": 1, "better": 2}
    return sorted(items, key=lambda item: order[item.kind])[:SHOWN]


def _changed(story: Story) -> Item:
    standing = findings.standing(story)
    signal, change = story.signal, story.change
    size = "" if change is None else f" {wording.difference(change.difference, story.now.kpi.unit)}"
    if signal is None:
        return Item(story, f"{standing.arrow}{size}, {standing.kind}", standing.kind)
    rule = findings.rule_words(signal.rule, signal.is_high, story.now.period.grain)
    value = wording.value(story.now.value, story.now.kpi.unit)
    return Item(story, f"{standing.arrow} {value}, {standing.kind}: {rule}", standing.kind)


def decisions(stories: Sequence[Story]) -> list[Item]:
    """What needs a decision, the most pressing first."""
    scored = [(_pressing(story), story) for story in stories]
    kept = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: -pair[0])
    return [Item(story, _decision(story), "worse") for _, story in kept[:SHOWN]]


def _pressing(story: Story) -> int:
    """4: misses and getting worse · 3: misses · 2: getting worse and not safe · 1: will miss its day."""
    verdict = story.now.verdict
    worse = story.has_changed and findings.standing(story).kind == "worse"
    if verdict == Verdict.MISSES:
        return 4 if worse else 3
    if worse and verdict != Verdict.MEETS:
        return 2
    found = findings.met(story)
    return 1 if found is not None and found.word is Word.UNLIKELY else 0


def _decision(story: Story) -> str:
    now = story.now
    value = wording.value(now.value, now.kpi.unit)
    if now.verdict == Verdict.MISSES and now.target is not None:
        trend = ", and worse than usual" if _pressing(story) == 4 else ""
        return f"{value}, misses its target {wording.target(now.target, now.kpi.unit)}{trend}"
    if _pressing(story) == 2:
        target = "no target" if now.target is None else str(now.verdict)
        return f"{value}, worse than usual; {target}"
    return f"{value}. {findings.met_words(story)}"


def sentence(stories: Sequence[Story]) -> str:
    """What changed, as a sentence behind the verdicts; empty where no trend is long enough to tell."""
    found = [story for story in stories if story.has_changed]
    if found:
        names = [f"{story.now.kpi.label} ({findings.standing(story).kind})" for story in found]
        joint = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        return f"Beyond normal variation: {joint}."
    weighed = [story for story in stories if story.weighed.behaviour.centre is not None and story.now.period.whole]
    return "Nothing moved beyond normal variation." if weighed else ""
