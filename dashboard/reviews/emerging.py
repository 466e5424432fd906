"""Tables of a review about issues: what is new or grows, what keeps coming back, and who has had enough of it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard import change_words, changes, chronic, clusters, initiative_words, initiatives, investigation, wording
from dashboard import stages as account_stages
from dashboard.exports.report import Table
from dashboard.question import Question
from dashboard.reviews.sections import ROWS, Given, table

Found = tuple[Sequence[Table], Sequence[str]]


def growing(given: Given) -> Found:
    """Issues and topics that more accounts wrote about in the last seven days than chance explains."""
    ask = given.ask
    asked = changes.Question(ask.loaded, ask.scope, ask.period, ask.options)

    def make() -> clusters.Week | None:
        every = changes.everything(asked)
        return clusters.week(asked, list(every.changes.values()) if every else [])

    week = ask.remembered(f"clusters of a review {asked!r}", make)
    words = [change_words.of_week(week, ask.period.timezone)]
    if week is None or not week.told:
        return [], words
    rows = [
        {
            "What": each.cluster.words,
            "Product": each.cluster.product,
            "Accounts this week": each.grown.seen,
            "Expected": round(each.grown.expected, 1),
            "Times expected (95 %)": change_words.growth_range(each),
            "Tickets": each.tickets,
            "Coincides with": _coinciding(each) or "no change known",
        }
        for each in week.told
    ]
    return [table("New and growing", pd.DataFrame(rows))], words


def _coinciding(each: clusters.Growth) -> str:
    most, told = change_words.NAMED, [told.title or told.change_id for told in each.coincides]
    return ", ".join(told[:most]) + (f" and {len(told) - most:,} more" if len(told) > most else "")


def returning(given: Given) -> Found:
    """The chronic ledger, the issues first that an account has met most often."""
    asked = _question(given)
    ask = given.ask
    effort = investigation.Question(ask.loaded, ask.scope, ask.period, ask.options)
    basis = ask.remembered(f"tax basis {effort.minutes()!r}", lambda: investigation.basis(effort))
    found = ask.remembered(f"ledger of a review {asked!r}", lambda: chronic.ledger(asked, basis, ROWS))
    if not found.rows:
        return [], ["No issue had come back by the end of the period."]
    rows = [
        {
            "Issue": each.label or each.issue_key,
            "Evidence": "confirmed" if each.confirmed_by else each.evidence,
            "Occurrences": each.occurrences,
            "Accounts": each.accounts,
            "Stage": account_stages.stage(each.deepest),
            f"Hours ({basis.grade})": round(each.minutes / 60, 1),
            "Owner": each.owner or "nobody told",
            "Last": each.last_at.date(),
        }
        for each in found.rows
    ]
    size = found.extent
    words = (
        f"{wording.quantity(size.twice, 'issues')} had come back by the end of the period, {size.thrice} of them three "
        "times or more."
    )
    return [table("Chronic ledger", pd.DataFrame(rows))], [words]


def stages(given: Given) -> Found:
    """Accounts that have met one issue twice, or three times and more, those with most first."""
    asked = _question(given)
    found = given.ask.remembered(f"stages of a review {asked!r}", lambda: account_stages.standing(asked, ROWS))
    if not found.worst:
        return [], []
    rows = [
        {
            "Account": each.account,
            "Issue": each.label or each.issue_key,
            "Occurrence": each.deepest,
            "Stage": account_stages.stage(each.deepest),
            "Annual revenue": None if each.annual_revenue is None else round(each.annual_revenue),
            "Renewal": None if each.renewal_at is None else each.renewal_at.date(),
        }
        for each in found.worst
    ]
    words = f"{wording.quantity(found.accounts[3], 'accounts')} had met one issue three times or more."
    return [table("Accounts at their second, third and later occurrence", pd.DataFrame(rows))], [words]


def standing_initiatives(given: Given) -> Found:
    """Initiatives with their baseline, target and where they stand."""
    found = initiatives.standings(given.ask, given.book)
    if not found:
        return [], ["No initiative is written down yet."]
    rows = [
        {
            "Initiative": each.body.name,
            "Status": each.status,
            "Goal": initiative_words.target(each),
            "Due": each.body.due,
            "Owner": each.body.owner,
            "Effect": initiative_words.effect(each),
        }
        for each in found
    ]
    words = dict.fromkeys(each.word for each in found)
    told = ", ".join(f"{sum(each.word is word for each in found)} {word}" for word in words)
    return [table("Initiatives", pd.DataFrame(rows), rows=50)], [
        f"{wording.quantity(len(found), 'initiatives')}: {told}."
    ]


def _question(given: Given) -> Question:
    ask = given.ask
    return Question(ask.loaded, ask.scope, ask.period, ask.options)
