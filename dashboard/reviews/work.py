"""Tables of a review about work that lies still, and about what was said and promised in the meetings themselves."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard import escalation_loop, kpis, thread, wording
from dashboard.analysis.black_holes import LEAST
from dashboard.exports.report import Table
from dashboard.kpis.kpi import Unit
from dashboard.question import Question
from dashboard.reviews import drift, entries
from dashboard.reviews.entries import Blocker, Comment, Decision, Request, carried
from dashboard.reviews.sections import ROWS, Given, table

Found = tuple[Sequence[Table], Sequence[str]]
#: KPIs whose signals need an answer in writing: the seven, and those a lead can act on within a week.
WATCHED = ("reopen_rate", "repeat_contact_rate", "sla_compliance", "first_reply_time", "backlog", "lost_tickets")


def escalations(given: Given) -> Found:
    """The tickets that went to engineering and back most often."""
    asked = Question(given.ask.loaded, given.ask.scope, given.ask.period, given.ask.options)
    found = escalation_loop.most_rounds(asked, ROWS)
    rows = [
        {
            "Ticket": each.ticket_id,
            "Subject": each.subject,
            "Rounds": each.rounds,
            "With engineering": wording.duration(each.minutes),
            "Resolved": each.resolved_at,
        }
        for each in found
    ]
    if not rows:
        return [], ["No escalation of the period went to engineering and back."]
    worst = max(each.rounds for each in found)
    words = f"The escalation passed on most often made {wording.quantity(worst, 'rounds')} to engineering and back."
    return [table("Escalations with most rounds", pd.DataFrame(rows))], [words]


def stuck(given: Given) -> Found:
    """Queues that swallow tickets, what lies in them, and tickets with four owners or more."""
    asked = Question(given.ask.loaded, given.ask.scope, given.ask.period, given.ask.options)
    found, _ = thread.queues(asked)
    named = [queue for queue in found if queue.is_black_hole]
    judged = sum(queue.n >= LEAST and queue.share is not None for queue in found)
    tables, words = [], []
    if named:
        rows = [
            {
                "Queue": queue.name,
                "Stays": queue.n,
                "Lying there still": queue.still_there,
                "Over two days": wording.value(queue.share, Unit.PERCENT),
                "95 % interval": wording.span(queue.low, queue.high, Unit.PERCENT),
            }
            for queue in named
        ]
        tables.append(table("Queues tickets get stuck in", pd.DataFrame(rows)))
        words.append(f"Tickets get stuck in {wording.quantity(len(named), 'queues')}.")
    elif judged:
        words.append(f"Of {wording.quantity(judged, 'queues')} none holds tickets clearly longer than the others.")
    n, lying = thread.lying(asked, ROWS)
    if n:
        words.append(f"{wording.quantity(n, 'tickets')} lay untouched in a queue for over two days at the end.")
        named_so = {"ticket_id": "Ticket", "team": "Queue", "entered_at": "There since (UTC)", "subject": "Subject"}
        tables.append(table("Untouched in a queue for over two days, the oldest first", lying.rename(columns=named_so)))
    return tables, words


def answers(given: Given) -> Found:
    """Signals for the worse of the periods drawn with their answers, and how many were answered in time."""
    names = [*(kpi.name for kpi in kpis.headlines()), *WATCHED]
    found = drift.cases(given.ask.stories(names), given.book)
    if not found:
        return [], ["No signal for the worse fired in the periods drawn."]
    rows = [
        {
            "KPI": case.reading.kpi.label,
            "Period": wording.short_period(case.reading.period),
            "Signal": case.rule,
            "Owner": case.plan.owner if case.plan else "nobody: no plan is written",
            "Due": case.due,
            "Standing": case.standing(given.today),
            "Answer": case.answer.body.text if case.answer else "",
        }
        for case in found
    ]
    kept, due = drift.adherence(found, given.today)
    words = f"Of {wording.quantity(due, 'signals')} that fell due for an answer, {kept} got one in time." if due else ""
    return [table("Signals and their answers", pd.DataFrame(rows))], [words] if words else []


def actions(given: Given) -> Found:
    """The actions of this review and those carried into it."""
    start = given.ask.period.start or given.today
    found = carried(given.book, given.rhythm, given.review, start)
    if not found:
        return [], ["No action is open."]
    rows = [
        {
            "Action": each.body.text,
            "Owner": each.body.owner,
            "Due": each.body.due,
            "Standing": entries.standing(each.body, given.today),
            "Since": each.about.partition("-")[2],
        }
        for each in found
    ]
    told = [str(row["Standing"]) for row in rows]
    late = told.count("late")
    words = f"{wording.quantity(told.count('open') + late, 'actions')} open, {late} of them late."
    return [table("Actions", pd.DataFrame(rows), rows=50)], [words]


def decisions(given: Given) -> Found:
    """What was decided in this review, and what is asked and blocked."""
    tables = []
    decided = given.book.written(Decision, given.review)
    if decided:
        rows = [{"Decision": each.body.text, "Owner": each.body.owner, "Written by": each.who} for each in decided]
        tables.append(table("Decisions", pd.DataFrame(rows), rows=50))
    return tables, []


def blockers(given: Given) -> Found:
    """What people said keeps work from going on."""
    found = given.book.written(Blocker, given.review)
    if not found:
        return [], []
    rows = [{"Blocker or need": each.body.text, "Owner": each.body.owner, "Raised by": each.who} for each in found]
    return [table("Blockers and needs", pd.DataFrame(rows), rows=50)], []


def requests(given: Given) -> Found:
    """What is asked of the board, with how it will be judged and when."""
    found = given.book.written(Request, given.review)
    if not found:
        return [], ["Nothing is asked for."]
    rows = [
        {
            "Request": each.body.text,
            "Amount": each.body.amount,
            "Expected": each.body.expected,
            "Judged by": each.body.judged_by,
            "On": each.body.due,
        }
        for each in found
    ]
    return [table("Requests", pd.DataFrame(rows), rows=50)], [f"{wording.quantity(len(found), 'requests')}."]


def comments(given: Given) -> Found:
    """What people wrote about single figures of the period."""
    found = [each for each in given.book.written(Comment) if each.body.period == given.review.partition("-")[2]]
    if not found:
        return [], []
    known = kpis.catalogue()
    rows = [
        {
            "KPI": known[each.about].label if each.about in known else each.about,
            "Comment": each.body.text,
            "By": each.who,
            "Written": each.written_at.date(),
        }
        for each in found
    ]
    return [table("Comments", pd.DataFrame(rows), rows=50)], []
