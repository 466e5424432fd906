"""What comes back, which way was taken, what stood there before, and how well it was written up."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard import escalation_loop, kpis, wording
from dashboard.ask import Ask
from dashboard.charts_tax import Bar, bars
from dashboard.escalation_loop import Checked, Pass, Travelled
from dashboard.escalation_parts import ANSWERS, ARTICLE, PASSES, PATHS
from dashboard.kpis.kpi import Unit
from dashboard.widgets import doors, exhibit, frame, links, style
from dashboard.widgets.escalation import alt, counted, of_parts, question


def passes(ask: Ask) -> None:
    """MTTR, first-contact resolution and CSAT on the first, second and later passes of an issue."""
    frame.section(
        "The same issue, again",
        "A pass is an occurrence of an issue in which it was handed up, with all its tickets: its first is pass 1. "
        "Issues that come back may be the harder ones, so that passes differ in more than their number: this is "
        "association, not cause.",
    )
    asked = question(ask)
    found = ask.remembered(f"escalation passes {asked!r}", lambda: escalation_loop.passes(asked))
    table = pass_table(found)
    if all(each.found.n == 0 for each in found):
        frame.note(
            "No ticket of this period belongs to an escalated issue that could be recognised when it comes back."
        )
        return
    exhibit.show(table, "escalation-passes")
    exhibit.download(table, f"passes-{wording.period(ask.period)}.csv", "escalation-passes")
    alike = ask.remembered(f"escalation suggested {asked!r}", lambda: escalation_loop.suggested(asked))
    by_subject = (
        f" {alike:,} of the period's escalations are known by their subject alone (suggested)." if alike else ""
    )
    frame.note(
        "Each figure by its own clock, with its 95 % interval; below its smallest n a figure is marked and says "
        "little."
        f"{by_subject}"
    )
    went = counted(ask, "functional_escalations", PASSES)
    doors.choose(doors.of_parts(ask, kpis.catalogue()["functional_escalations"], went), "escalation-passes")


def pass_table(found: Sequence[Pass]) -> pd.DataFrame:
    """A row a figure, a column a pass."""
    rows = []
    for kpi in dict.fromkeys(each.kpi for each in found):
        row: dict[str, object] = {"Figure": kpi.label}
        for each in found:
            if each.kpi is kpi:
                row[each.part.words.capitalize()] = _figure(each)
        rows.append(row)
    return pd.DataFrame(rows)


def _figure(each: Pass) -> str:
    found, unit = each.found, each.kpi.unit
    if found.value is None:
        return f"not enough data, n = {found.n:,}"
    spread = wording.span(found.low, found.high, unit)
    few = ", too few" if found.n < each.kpi.enough else ""
    return f"{wording.value(found.value, unit)} ({spread or 'no interval'}), n = {found.n:,}{few}"


def paths(ask: Ask) -> None:
    """Whether escalations took the way that was agreed."""
    found = counted(ask, "functional_escalations", PATHS)
    told = sum(count for part, count in found if part.code != "path-untold")
    title = f"The way up, {wording.period(ask.period)}"
    declared = len(ask.settings.escalation.path)
    held = (
        f"Held to the {wording.quantity(declared, 'paths')} declared in supportkpi.toml, else to the ladder of the "
        "tiers."
        if declared
        else "No path is declared ([[escalation.path]] in supportkpi.toml): held to the ladder of the declared tiers."
    )
    if not told:
        exhibit.heading(title)
        frame.note(
            "No path declared: neither tiers of teams ([groups.tier]) nor paths ([[escalation.path]]) in "
            "supportkpi.toml fit a move that the exports tell of in this period."
        )
        return
    of_parts(
        ask, title, "functional_escalations", found, "escalation-paths",
        f"{held} A step left out may be right; who was free is not told, only that the team is no step.", "Way",
    )  # fmt: skip


def answers(ask: Ask) -> None:
    """Where the answer may have stood before the ticket went up."""
    found = counted(ask, "functional_escalations", ANSWERS)
    whole = sum(count for _, count in found)
    title = f"Where the answer may have stood already, {wording.period(ask.period)}"
    if not whole:
        exhibit.heading(title)
        frame.note("No ticket was handed up in this period.")
        return
    if found[-1][1] == whole:
        exhibit.heading(title)
        frame.note(
            f"Of none of the {whole:,} is the issue known: no linked record, no error code and no subject tells what "
            "was the same before."
        )
        return
    ((_, articles),) = counted(ask, "functional_escalations", [ARTICLE])
    shelf = (
        f"Beside them, {articles:,} had an article on their product and topic: a weaker hint, in no bar."
        if articles
        else "No article is loaded that names the product and topic of any of them."
    )
    of_parts(
        ask, title, "functional_escalations", found, "escalation-answers",
        "Another ticket of the same issue was solved before this one went up. Nobody has compared the two: the list "
        f"names that ticket. {shelf}", "Before",
    )  # fmt: skip


def write_ups(ask: Ask) -> None:
    """What a good hand-up has, as far as an export shows it, and how many exports show it at all."""
    frame.section(
        "How well it was written up",
        "Seen from half an hour before the escalation to ten minutes after. Nobody has read the notes: a long note is "
        "no reproduction yet, and what stands in engineering's tracker is not seen.",
    )
    asked = question(ask)
    found = ask.remembered(f"escalation checks {asked!r}", lambda: escalation_loop.checks(asked))
    seen = [each for each in found if each.share.n]
    whole = max((each.share.n + each.untold for each in found), default=0)
    if not seen:
        frame.note(
            "No export here tells of private notes, links, owners or due dates of what was handed up in this period."
        )
        return
    title = f"Escalations with each part of a good write-up, {wording.period(ask.period)}"
    rows = [_check_bar(each) for each in found]
    exhibit.drawing(
        title, bars(rows, style.dark()), alt(title, rows), check_table(found, whole), "escalation-write-ups",
        "Whiskers are 95 % intervals. A bar leads to those that lack it. Not told is neither yes nor no, and counts in "
        "no share.",
        doors.of_parts(
            ask, kpis.catalogue()["functional_escalations"], [(each.check.missing, each.missing) for each in found]
        ),
    )  # fmt: skip


def _check_bar(each: Checked) -> Bar:
    if not each.share.n:
        return Bar(each.check.name, 0, "not told")
    words = f"{wording.value(each.share.value, Unit.PERCENT)} · n = {each.share.n:,}"
    value, low, high = (100 * (x or 0) for x in (each.share.value, each.share.low, each.share.high))
    return Bar(each.check.name, value, words, low, high, each.check.missing.code)


def check_table(found: Sequence[Checked], whole: int) -> pd.DataFrame:
    """A row a check, with how much of it can be seen."""
    return pd.DataFrame(
        [
            {
                "Part": each.check.name,
                "Seen as": each.check.shows,
                "Has it": wording.value(each.share.value, Unit.PERCENT),
                "95 % interval": wording.span(each.share.low, each.share.high, Unit.PERCENT),
                "n": each.share.n,
                "Lacks it": each.missing,
                "Told of": wording.value(each.share.n / whole, Unit.PERCENT) if whole else wording.NOTHING,
            }
            for each in found
        ]
    )


def most_rounds(ask: Ask) -> None:
    """The tickets that went to and fro most; a ticked row opens its ticket."""
    asked = question(ask)
    found = ask.remembered(f"escalation most {asked!r}", lambda: escalation_loop.most_rounds(asked))
    exhibit.heading("Most rounds", "Tickets resolved in the period that went there and back twice or more.")
    if not found:
        frame.note("No ticket resolved in this period went to engineering and back more than once.")
        return
    table = round_table(found)
    place = exhibit.choose(table, "escalation-most")
    exhibit.download(table, f"most-rounds-{wording.period(ask.period)}.csv", "escalation-most")
    if place is not None:
        links.go("ticket", links.ticket(ask, found[place].ticket_id))
    links.tickets(ask, ask.reading_of("rounds_per_escalation"), "See all that went to engineering")


def round_table(found: Sequence[Travelled]) -> pd.DataFrame:
    """A row a ticket."""
    return pd.DataFrame(
        [
            {
                "Ticket": each.ticket_id,
                "Subject": each.subject or "",
                "Rounds": each.rounds,
                "Clarification trips": "not told" if each.trips is None else str(each.trips),
                "With engineering": wording.duration(each.minutes),
                "Way": each.tier_path or "",
            }
            for each in found
        ]
    )
