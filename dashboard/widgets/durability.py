"""How long fixes hold, and whether customers mind the return or the wait, in charts and words of association."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard import charts_durability, charts_tax, durability, wording
from dashboard.ask import Ask
from dashboard.came_back import Broken
from dashboard.charts_tax import Bar
from dashboard.chronic import apart as apart_of
from dashboard.durability import MARKS, Answered, Held
from dashboard.incident_window import Difference
from dashboard.kpis.kpi import Kpi, Unit
from dashboard.widgets import doors, exhibit, frame, style
from dashboard.widgets.repeats import behind_link, question

#: Fixes of a kind below which no line is drawn: its steps would be single fixes.
_DRAWN = 5


def curve(ask: Ask) -> None:
    """The curve of fixes that hold, and the shares that held a week, a month, a quarter."""
    asked = question(ask)
    found = ask.remembered(f"repeats durability {asked!r}", lambda: durability.durability(asked))
    title = f"Share of fixes that still hold, fixes until the end of {wording.period(ask.period)}"
    if not found:
        exhibit.heading(title)
        frame.note("No issue has been fixed by the end of this period, and none of its occurrences is over.")
        return
    drawn = [group for group in found if group.n >= _DRAWN] or found
    exhibit.drawing(
        title, charts_durability.held(drawn, style.dark()), charts_durability.describe(title, found),
        held_table(found), "repeats-durability",
        "Kaplan–Meier: what has not come back yet counts for as long as it was watched, and leaves the line where it "
        "is (○: the last one watched). Points lead to the fixes that did not hold so long. A hotfix and a root-cause "
        "fix are told apart by the words of the change or record; nothing is guessed.",
        ways=_ways(ask, drawn),
    )  # fmt: skip
    frame.note(between(found))


def _ways(ask: Ask, drawn: Sequence[Held]) -> doors.Doors:
    """To the fixes of each kind that had come back by each mark, and at all."""
    found = {}
    for group in drawn:
        marks = [(days, group.back[days], f"{days} days") for days in MARKS if days < group.watched]
        for days, count, when in (*marks, (None, group.returned, "to this day")):
            if count:
                behind = Broken(group.place, days)
                label = f"{group.name}: {count:,} of {group.n:,} did not hold {when}"
                found[behind.code] = doors.Door(label, behind_link(ask, behind), "behind")
    return found


def held_table(found: Sequence[Held]) -> pd.DataFrame:
    """A row a kind, with each share, its interval and n."""
    rows = []
    for group in found:
        row: dict[str, object] = {"Kind of fix": group.name, "Fixes": group.n, "Came back": group.returned}
        for days in MARKS:
            share = group.held[days]
            row[f"Held {days} days"] = wording.value(share.value, Unit.PERCENT)
            row[f"{days} days, 95 % interval"] = wording.span(share.low, share.high, Unit.PERCENT)
            row[f"{days} days, n"] = share.n
        rows.append(row)
    return pd.DataFrame(rows)


def between(found: Sequence[Held]) -> str:
    """Whether hotfixes hold less than root-cause fixes, as far as so many can tell."""
    known = {group.name: group for group in found}
    hot, root = known.get("Hotfix"), known.get("Root cause")
    if hot is None or root is None:
        missing = "hotfix" if hot is None else "root-cause fix"
        return (
            f"Hotfix against root cause: no {missing} is told by any change or record, so there is nothing to compare."
        )
    apart = apart_of(hot.held[30], root.held[30])
    if apart is None:
        return (
            f"Hotfix against root cause: too few to compare ({hot.held[30].n:,} and {root.held[30].n:,} fixes watched "
            "30 days; ten of each are needed)."
        )
    return (
        f"Hotfixes held 30 days {_gap(apart, Unit.PERCENT)} against root-cause fixes. An association: nobody drew lots."
    )


def _gap(each: Difference, unit: Unit) -> str:
    low, high = (wording.difference(x, unit) for x in (each.low, each.high))
    said = "more than chance" if each.is_real else "within chance"
    return f"{wording.difference(each.value, unit)} (95 %: {low} to {high}, {said})"


def return_or_wait(ask: Ask) -> None:
    """What affected customers answered by occurrence, and by how long the solution took."""
    asked = question(ask)
    rated = ask.remembered(f"repeats ratings {asked!r}", lambda: durability.ratings(asked))
    kpi, nps, nps_gap = ask.remembered(f"repeats nps {asked!r}", lambda: durability.recommending(asked))
    frame.section(
        "The return or the wait",
        "Answers of the year up to the end of the period. It is said that coming back harms trust more than a long "
        "wait: here is what your own customers answered. An association, not a cause: who meets an issue often "
        "differs in other ways too.",
    )
    _answers(
        ask, f"{rated.kpi.label} on tickets of issues, by occurrence and by time to resolve", rated.kpi,
        [*rated.by_occurrence, *rated.by_time], "repeats-csat",
    )  # fmt: skip
    frame.note(weighed(rated.occurrence_gap, rated.time_gap, rated.kpi.unit))
    _answers(ask, f"{kpi.label} by the most often an account had met one issue", kpi, nps, "repeats-nps")
    frame.note(
        f"Third or later against never: {_gap(nps_gap, kpi.unit)}."
        if nps_gap
        else "Too few answers at one of the two ends to compare them."
    )


def weighed(occurrence: Difference | None, time: Difference | None, unit: Unit) -> str:
    """Both differences, and whether one goes with more than the other."""
    told = [
        f"{name}: {_gap(each, unit) if each else 'too few answers to compare (ten on either side are needed)'}."
        for name, each in (
            ("Third or later against first occurrence", occurrence),
            ("Slowest against fastest third", time),
        )
    ]
    if occurrence is None or time is None:
        return " ".join([*told, "Which of the two weighs more cannot be said."])
    apart = occurrence.low > time.high or time.low > occurrence.high
    more = "returning" if occurrence.value < time.value else "waiting"
    told.append(
        f"Lower scores go with {more} more than with the other." if apart else "Which weighs more is too close to call."
    )
    return " ".join(told)


def _answers(ask: Ask, title: str, kpi: Kpi, found: Sequence[Answered], key: str) -> None:
    if not any(each.found.n for each in found):
        exhibit.heading(title)
        frame.note(f"No {kpi.label} answer of a customer who met an issue in this year.")
        return
    scale = 100 if kpi.unit is Unit.PERCENT else 1
    rows = [_bar(each, kpi, scale) for each in found]
    behind = [
        (f"{each.group.capitalize()}: {wording.quantity(each.found.n, kpi.counted)}", each.part)
        for each in found
        if each.found.n
    ]
    table = pd.DataFrame(
        [
            {
                "Group": each.group.capitalize(),
                kpi.label: wording.value(each.found.value, kpi.unit),
                "95 % interval": wording.span(each.found.low, each.found.high, kpi.unit),
                "n": each.found.n,
            }
            for each in found
        ]
    )
    words = f"{title}: {'; '.join(f'{row.name} {row.words}' for row in rows)}."
    exhibit.drawing(
        title, charts_tax.bars(rows, style.dark(), 44), words, table, key, "Whiskers are 95 % intervals.",
        doors.of_own_time(ask, kpi, behind),
    )  # fmt: skip


def _bar(each: Answered, kpi: Kpi, scale: int) -> Bar:
    found, name = each.found, each.group.capitalize()
    if found.value is None or found.low is None or found.high is None:
        return Bar(name, 0, "no answers")
    few = ", too few to tell" if found.n < kpi.enough else ""
    words = f"{wording.value(found.value, kpi.unit)} · n = {found.n:,}{few}"
    return Bar(name, scale * found.value, words, scale * found.low, scale * found.high, each.part.code)
