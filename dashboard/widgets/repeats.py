"""What keeps coming back, in words and tables: the answer, the ledger, the accounts by stage, the repeat flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboard import charts_tax, chronic, investigation, journal, repeat_auditing, suspects, wording
from dashboard.analysis.changes.arrivals import LONG
from dashboard.analysis.tax.basis import Basis
from dashboard.ask import Ask, Story
from dashboard.came_back import AtStage, Behind, Returned
from dashboard.charts_tax import Bar
from dashboard.chronic import Chronic, Fixed, Ledger
from dashboard.kpis.kpi import Unit
from dashboard.question import Question
from dashboard.repeat_auditing import RepeatAudit
from dashboard.stages import MOST, STAGES, Met, Stages, stage, standing
from dashboard.suspects import Suspect
from dashboard.widgets import doors, exhibit, frame, links, style
from dashboard.wording import period, value
from etl.settings import Home

#: The four words, kept apart wherever they stand.
WORDS = (
    "Four things, four words: a reopen is the same ticket, a repeat contact the same customer and topic, a repeat "
    "incident the same issue whoever met it, and returned after fix the same issue once something was done to end it."
)


def question(ask: Ask) -> Question:
    """What the visitor asks, as the queries take it."""
    return Question(ask.loaded, ask.scope, ask.period, ask.options)


def minutes_of(ask: Ask) -> Basis:
    """What a sighting of context rebuilding is held to take: the same as on the page of the tax."""
    asked = investigation.Question(ask.loaded, ask.scope, ask.period, ask.options)
    return ask.remembered(f"tax basis {asked.minutes()!r}", lambda: investigation.basis(asked))


def found_ledger(ask: Ask) -> Ledger:
    """The issues that came back by the end of the period."""
    asked, basis = question(ask), minutes_of(ask)
    return ask.remembered(f"repeats ledger {asked!r}", lambda: chronic.ledger(asked, basis))


def found_stages(ask: Ask) -> Stages:
    """Who has met an issue how often."""
    asked = question(ask)
    return ask.remembered(f"repeats stages {asked!r}", lambda: standing(asked))


def sentence(ask: Ask, told: Mapping[str, Story]) -> str:
    """How much of what began had been there before, how much was fixed for good, who has had enough."""
    rate, back = told["repeat_incident_rate"].now, told["returned_after_fix_30"].now
    so_far = "" if rate.period.whole else " so far"
    parts = [
        f"{int(rate.events or 0):,} of the {wording.quantity(rate.n, 'occurrences')} that began in "
        f"{period(rate.period)}{so_far} were of an issue that had ended before ({value(rate.value, Unit.PERCENT)}, "
        f"95 %: {wording.span(rate.low, rate.high, Unit.PERCENT)})."
    ]
    if back.value is not None:
        few = ", too few to judge" if back.n < back.kpi.enough else ""
        parts.append(
            f"Of {wording.quantity(back.n, 'fixes')} old enough to say, {back.n - int(back.events or 0):,} held 30 "
            f"days{few}."
        )
    size, stood = found_ledger(ask).extent, found_stages(ask)
    if size.thrice:
        parts.append(f"By its end {wording.quantity(size.thrice, 'issues')} had come three times or more.")
    if stood.accounts[3]:
        parts.append(f"{wording.quantity(stood.accounts[3], 'accounts')} had met one issue three times or more.")
    return " ".join(parts)


def audited(ask: Ask) -> None:
    """What an audit of just these tickets says of the flags; how to make one where there is none."""
    asked = question(ask)
    found = repeat_auditing.standing(asked, journal.open(Home()).written(RepeatAudit))
    if found is not None:
        frame.note(f"{repeat_auditing.said(found.body)} Read by {found.who}.")
    else:
        frame.note("Nobody has audited the flags of these tickets: supportkpi issues worksheet draws pairs to read.")


def ledger(ask: Ask) -> None:
    """The chronic ledger: one row an issue that came back; a ticked row opens its story."""
    asked, basis = question(ask), minutes_of(ask)
    size, found = found_ledger(ask).extent, found_ledger(ask).rows
    if not found:
        frame.section("Chronic ledger")
        frame.note("No issue had come back by the end of this period.")
        return
    unsure = f" {size.suggested:,} of them are known by their words alone: suggested." if size.suggested else ""
    frame.section(
        "Chronic ledger",
        f"Issues with two occurrences or more by the end of the period, those first that an account has met most "
        f"often: {len(found):,} of {size.twice:,}.{unsure} Hours are {basis.grade}, of all its tickets together. "
        "A suspected change is one that tickets name as its cause, else one made on its product in the "
        f"{LONG} hours before its last occurrence: a place to look, not a cause. Tick a row for its story.",
    )
    table = ledger_table(
        found, basis, ask.settings.cost.per_agent_hour, ask.settings.cost.currency, ask.period.timezone
    )
    place = exhibit.choose(table, "repeats-ledger")
    exhibit.download_made(
        download_words("issues that came back", size.twice), f"chronic-ledger-{period(ask.period)}.csv", "text/csv",
        lambda: exhibit.csv(
            ledger_table(
                chronic.ledger(asked, basis, MOST).rows, basis, ask.settings.cost.per_agent_hour,
                ask.settings.cost.currency, ask.period.timezone,
            )
        ),
        "repeats-ledger",
    )  # fmt: skip
    if place is not None:
        links.go("issue", story_link(ask, found[place].issue_key))
    _by_name(
        ask, {each.issue_key: f"{each.label or each.issue_key}: {each.occurrences:,} occurrences" for each in found}
    )


def download_words(of_what: str, total: int) -> str:
    """A file holds the first of very many rows, and says so."""
    return f"Download CSV, all {of_what}" if total <= MOST else f"Download CSV, the first {MOST:,} {of_what}"


def _by_name(ask: Ask, names: Mapping[str, str]) -> None:
    """The way to a story that a keyboard reaches."""
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        key = st.selectbox(
            "Or choose an issue by its name", list(names), index=None, key="repeats-open", placeholder="Type to search",
            format_func=lambda each: names.get(each, each),
        )  # fmt: skip
    with right:
        if key is not None:
            links.to("issue", "Open its story", story_link(ask, key))


def story_link(ask: Ask, issue_key: str) -> links.Parameters:
    """The link of one issue's story."""
    return {"issue": issue_key, **links.standing(ask)}


def ledger_table(
    found: Sequence[Chronic], basis: Basis, per_hour: float | None, currency: str, timezone: str
) -> pd.DataFrame:
    """A row an issue."""
    return pd.DataFrame([_row(each, basis, per_hour, currency, timezone) for each in found])


def _row(each: Chronic, basis: Basis, per_hour: float | None, currency: str, timezone: str) -> dict[str, object]:
    money = {} if per_hour is None else {f"Cost, {currency} ({basis.grade})": round(each.minutes / 60 * per_hour)}
    return {
        "Issue": each.label or each.issue_key,
        "Known by": badge(each.evidence, each.confirmed_by),
        "Stage": stage(each.deepest) or "no account known",
        "Met by one account": each.deepest,
        "Occurrences": each.occurrences,
        "First": day(each.first_at, timezone),
        "Last": day(each.last_at, timezone),
        "Days away (mean)": "" if each.days_between is None else wording.number(each.days_between),
        "Fix": fix_words(each.fix),
        "Fixed on": "" if each.fix is None else day(each.fix.fixed_at, timezone),
        "Held or returned": held_words(each.fix),
        "Suspected change": suspect_words(each.suspect),
        "Came after a change": after_words(each.suspect),
        "Tickets": each.tickets,
        "Open now": each.open,
        "Accounts": each.accounts,
        "ARR of accounts": None if each.annual_revenue is None else round(each.annual_revenue),
        f"Investigation, hours ({basis.grade})": round(each.minutes / 60, 1),
        **money,
        "CSAT against others": csat_words(each),
        "Record": each.problem_key or "none linked",
        "Record is": (each.record_status or "").replace("_", " "),
        "Owner": each.owner or "",
        "Product": each.product or "",
        "Article": "on its topic" if each.has_article else "none loaded",
        "Key": each.issue_key,
    }


def badge(evidence: str | None, confirmed_by: str | None) -> str:
    """What the grouping rests on; only a person's word makes it confirmed."""
    if confirmed_by:
        return f"✓ confirmed by {confirmed_by}"
    if evidence and evidence.startswith("subject"):
        return "≈ suggested: words alike"
    known = {"problem": "linked record", "person": "a person's word", "single": "stands alone"}
    return known.get(evidence or "", evidence or "")


def fix_words(found: Fixed | None) -> str:
    """How deep it went, and where that is told."""
    if found is None:
        return "none on record"
    return fix_told(found.kind, found.evidence)


def fix_told(kind: str, evidence: str) -> str:
    """``hotfix (change)``."""
    if evidence == "last resolve":
        return "none told; last ticket resolved"
    return f"{kind if kind != 'not told' else 'fix, kind not told'} ({evidence})"


def held_words(found: Fixed | None) -> str:
    """Whether the issue came back, and after how long; or for how long it has been watched."""
    if found is None:
        return "open"
    if found.days_to_return is not None:
        return f"✕ returned after {wording.duration(found.days_to_return * 1440)}"
    return f"held so far, {wording.duration(found.days_watched * 1440)}"


def suspect_words(found: Suspect) -> str:
    """``CHG1 (named by 3 tickets)``; ``Release 41, 20 h before the last occurrence``."""
    if found.named:
        (name, tickets), more = found.named[0], len(found.named) - 1
        return f"{name} (named by {wording.quantity(tickets, 'tickets')}){f' and {more:,} more' if more else ''}"
    if not found.occurrences:
        return "no change known by then"
    if found.share > suspects.TOO_MANY:
        return "too many changes to suspect one"
    if not found.before:
        return f"none in the {LONG} h before the last"
    (name, hours), more = found.before[0], len(found.before) - 1
    return f"{name}, {hours:,.0f} h before the last{f', and {more:,} more' if more else ''}"


def after_words(found: Suspect) -> str:
    """``2 of 3 occurrences, 0.4 by chance``."""
    if not found.occurrences:
        return ""
    return (
        f"{found.followed:,} of {wording.quantity(found.occurrences, 'occurrences')}, {found.expected:,.1f} by chance"
    )


def csat_words(each: Chronic) -> str:
    """``−21.9 points (−51.2 to −4.3), n = 11``: on its tickets minus on tickets of no issue shown."""
    if each.csat_difference is None:
        return f"too few answers (n = {each.csat.n:,})" if each.csat.n else "no answers"
    low, high = (wording.difference(x, Unit.PERCENT) for x in (each.csat_difference.low, each.csat_difference.high))
    told = wording.difference(each.csat_difference.value, Unit.PERCENT)
    sure = "" if each.csat_difference.is_real else ", within chance"
    return f"{told} (95 %: {low} to {high}), n = {each.csat.n:,}{sure}"


def day(moment: datetime | None, timezone: str) -> str:
    """A day that sorts as text."""
    return "" if moment is None else f"{moment.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)):%Y-%m-%d}"


def stages(ask: Ask) -> None:
    """Accounts by the deepest of their issues, and those at two or more one by one."""
    found, title = found_stages(ask), f"Accounts by how often one issue met them, end of {period(ask.period)}"
    frame.section(
        "Who has had enough",
        "The first time is a concern, the second raises doubt, the third brings executives. An account stands where "
        "its deepest issue stands; those at two are about to reach three.",
    )
    if not sum(found.accounts.values()):
        frame.note("No account is known of any ticket that belongs to an issue: load accounts or organisations.")
        return
    rows = [
        Bar(_stage_name(number), found.accounts[number], f"{found.accounts[number]:,}", code=AtStage(number).code)
        for number in STAGES
    ]
    ways = {
        AtStage(number).code: doors.Door(
            f"{_stage_name(number)}: {wording.quantity(count, 'accounts')}",
            behind_link(ask, AtStage(number)), "behind",
        )
        for number, count in found.accounts.items() if count
    }  # fmt: skip
    counts = pd.DataFrame([{"Stage": row.name, "Accounts": int(row.value)} for row in rows])
    words = f"{title}: {'; '.join(f'{row.name} {row.words}' for row in rows)}."
    exhibit.drawing(title, charts_tax.bars(rows, style.dark(), 44), words, counts, "repeats-stages", ways=ways)
    if not found.worst:
        frame.note("No account had met the same issue twice.")
        return
    exhibit.heading(
        "Accounts at their second occurrence or later",
        f"One row an account and issue, deepest and largest first: {len(found.worst):,} of {found.pairs:,}. Tick a row "
        "for the issue's story.",
    )
    place = exhibit.choose(stage_table(found.worst, ask.period.timezone), "repeats-accounts")
    asked = question(ask)
    exhibit.download_made(
        download_words("accounts on an issue", found.pairs), f"accounts-by-stage-{period(ask.period)}.csv", "text/csv",
        lambda: exhibit.csv(stage_table(standing(asked, MOST).worst, ask.period.timezone)),
        "repeats-accounts",
    )  # fmt: skip
    if place is not None:
        links.go("issue", story_link(ask, found.worst[place].issue_key))


def behind_link(ask: Ask, behind: Behind) -> links.Parameters:
    """The link of the list behind a bar of stages or a point of the curve of fixes."""
    return {"behind": behind.code, **links.standing(ask)}


def _stage_name(number: int) -> str:
    return f"{STAGES[number].capitalize()} ({times(number)})"


def times(number: int) -> str:
    """``once``, ``twice``, ``three times or more``."""
    return {1: "once", 2: "twice"}.get(number, "three times or more")


def stage_table(found: Sequence[Met], timezone: str) -> pd.DataFrame:
    """A row an account on an issue."""
    return pd.DataFrame(
        [
            {
                "Account": each.account,
                "Stage": stage(each.deepest),
                "Occurrences met": each.deepest,
                "Next one is": stage(each.deepest + 1) if each.deepest < 3 else "one more",
                "Issue": each.label or each.issue_key,
                "Known by": badge(each.evidence, each.confirmed_by),
                "ARR": None if each.annual_revenue is None else round(each.annual_revenue),
                "Renewal": day(each.renewal_at, timezone),
                "Last ticket": day(each.last_at, timezone),
                "Tickets": each.tickets,
                "Open now": each.open,
                "Issue key": each.issue_key,
            }
            for each in found
        ]
    )


def returned_table(found: Sequence[Returned], timezone: str) -> pd.DataFrame:
    """A row a fix that did not hold."""
    return pd.DataFrame(
        [
            {
                "Issue": each.label or each.issue_key,
                "Fixed on": day(each.fixed_at, timezone),
                "Fix": fix_told(each.kind, each.evidence),
                "Came back after (days)": round(each.days_to_return, 1),
                "Came back with": each.ticket_id or "",
                "Subject": each.subject or "",
                "Account": each.account or "",
                "Issue key": each.issue_key,
            }
            for each in found
        ]
    )


def flags(ask: Ask) -> None:
    """The repeat flag of every ticket of the period, as a file."""
    asked = question(ask)
    exhibit.heading(
        "Repeat flags of the period's tickets",
        "One row a ticket of an issue that had been there before: the rule it is known by, how sure that is, who "
        "confirmed it, and the earlier ticket it repeats.",
    )
    exhibit.download_made(
        "Download CSV", f"repeat-flags-{period(ask.period)}.csv", "text/csv",
        lambda: exhibit.csv(ask.loaded.frame(chronic.flags(asked))), "repeats-flags",
    )  # fmt: skip
