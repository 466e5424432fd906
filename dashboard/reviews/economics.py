"""Tables of a review about what lost context costs, and what customers said around incidents."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard import around_words, auditing, incident_window, investigation, kpis, wording
from dashboard.analysis.tax.basis import Basis
from dashboard.analysis.tax.estimate import Minutes
from dashboard.auditing import Audit
from dashboard.exports.report import Table
from dashboard.reviews.sections import Given, table

Found = tuple[Sequence[Table], Sequence[str]]


def context(given: Given) -> Found:
    """Hours of rebuilding context and their cost, in all and on tickets of an issue that had come back."""
    ask = given.ask
    asked = investigation.Question(ask.loaded, ask.scope, ask.period, ask.options)
    seen = ask.remembered(f"tax seen {asked!r}", lambda: investigation.seen(asked))
    if not seen.n or seen.is_of_few:
        return [], []
    basis = ask.remembered(f"tax basis {asked.minutes()!r}", lambda: investigation.basis(asked))
    again = ask.remembered(f"tax again {asked!r}", lambda: investigation.seen_again(asked))
    # As everywhere, a part that fewer than five agents own is not told.
    audit = auditing.standing(auditing.of_question(asked, given.book.tax_audits()))
    parts = {"All tickets": seen} | ({} if again.is_of_few else {"Of an issue that had come back": again})
    rows = []
    for name, each in parts.items():
        minutes = money = basis.total(each.counts, each.n)
        if each is seen and audit is not None:
            minutes, money = audit.minutes(), audit.minutes(for_money=True)
        if each.n and minutes.value is not None:
            rows.append(_row(given, name, each.n, minutes, money))
    note = f"Tickets resolved in the period; {_grade(basis, audit)}.{_hidden(again)}"
    return [table("What rebuilding context took", pd.DataFrame(rows), note)], []


def _grade(basis: Basis, audit: Audit | None) -> str:
    """What the rows rest on: an audit is of the total alone."""
    if audit is None:
        return f"{basis.grade} minutes"
    tickets = wording.quantity(audit.minutes().rests_on, "tickets")
    return f"the total is audited ({tickets} read, by {audit.entry.who}), parts of it rest on {basis.grade} minutes"


def _hidden(again: investigation.Seen) -> str:
    if not again.n:
        return " No ticket was of an issue that had come back."
    few = f" {wording.quantity(again.n, 'tickets')} of an issue that had come back are owned by fewer than five agents"
    return f"{few}: not told apart." if again.is_of_few else ""


def _row(given: Given, name: str, n: int, minutes: Minutes, money: Minutes) -> dict[str, object]:
    cost = given.ask.settings.cost
    ends = [(end or 0.0) / 60 for end in (minutes.value, minutes.low, minutes.high)]
    row: dict[str, object] = {
        "Tickets": name, "n": n, "Hours": round(ends[0], 1), "From": round(ends[1], 1), "To": round(ends[2], 1),
        "The range is a": minutes.range_is, "Grade": str(minutes.grade),
    }  # fmt: skip
    if cost.per_agent_hour is not None:
        told = [wording.number(hours * cost.per_agent_hour) for hours in ends]
        row[f"Cost ({cost.currency})"] = f"{told[0]} ({told[1]}–{told[2]})" if money.value is not None else money.reason
    return row


def around_incidents(given: Given) -> Found:
    """NPS of touched and other accounts before, during and after the severe incidents of a year."""
    ask = given.ask
    happened = ask.remembered(
        f"incidents {(ask.scope, ask.period)!r}",
        lambda: incident_window.incidents(ask.loaded, ask.scope, ask.period),
    )
    if not happened:
        return [], []
    (kpi,) = kpis.named(["nps"])
    asked = ("nps", ask.scope, ask.options, [each.incident_id for each in happened])
    found = ask.remembered(
        f"around {asked!r}", lambda: incident_window.around(ask.loaded, kpi, ask.scope, happened, ask.options)
    )
    count = wording.quantity(len(happened), "severe incidents")
    title = f"NPS around {count} of the year up to the end of the period"
    return [table(title, around_words.table(found))], [around_words.sentences(found)[-1]]
