"""Changes and what followed them: all of the window, and the report card of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from html import escape

import pandas as pd
import streamlit as st

from dashboard import change_words, changes, charts_foresight, named_changes, wording
from dashboard.analysis.changes.arrivals import LONG
from dashboard.analysis.changes.judged import ChangeSet, Judged
from dashboard.analysis.changes.linking import Made
from dashboard.arrived import Arrived
from dashboard.ask import Ask
from dashboard.changes import Review, Told
from dashboard.charts_foresight import Pair
from dashboard.kpis.kpi import Unit
from dashboard.named_changes import As
from dashboard.widgets import doors, exhibit, frame, style
from dashboard.widgets.foresight import listed, question, review

#: Sets of changes drawn, the surest first; the table holds all.
_DRAWN = 10
_NEEDS = (
    "Needs a list of changes with the time each went out (deployments, GitHub, ITIL changes, or a file with a "
    "mapping), and tickets with the time they were created."
)
_SIGNED = {True: "Signed off before they went out", False: "Not signed off", None: "Sign-off not told"}


def panel(ask: Ask) -> None:
    """The changes of a quarter at least: a picture, the table, how often a rise follows, and one report card."""
    found = review(ask)
    frame.section("Changes, and what followed them")
    if found is None:
        frame.note(_NEEDS)
        return
    if not found.sets:
        frame.note(change_words.none_made(found, ask.period.timezone))
        return
    title = f"Accounts after each change, expected and seen{change_words.window(*found.window, ask.period.timezone)}"
    judged = [each for each in found.sets if each.leading is not None]
    if not judged:
        exhibit.heading(title)
        frame.note("No change of this stretch could be judged. " + change_words.method(found))
        _refused(found)
        _made(found, ask.period.timezone)
        _card_of(ask, found)
        return
    pairs = [_pair(found, each) for each in judged[:_DRAWN]]
    words = "; ".join(f"{pair.name}: {pair.hover}" for pair in pairs)
    exhibit.drawing(
        title, charts_foresight.expected_and_seen(pairs, style.dark()), f"{title}: {words}",
        pd.DataFrame([_row(ask, found, each) for each in found.sets]), "changes",
        "The surest rises stand first, then the newest changes.",
        doors.of_arrived(ask, ((pair.name, _arrived(each)) for pair, each in zip(pairs, judged, strict=False)
                               if pair.seen)),
    )  # fmt: skip
    frame.note(change_words.method(found))
    _refused(found)
    _followed(found)
    _card_of(ask, found)


def _made(found: Review, timezone: str) -> None:
    """The changes one by one, where nothing can be said of what followed them."""
    exhibit.heading("Changes of this stretch", "The newest first.")
    table = made_table(found, timezone)
    exhibit.show(table, "changes-made", height=min(360, 38 + 35 * len(table)))
    exhibit.download(table, "changes.csv", "changes-made")


def made_table(found: Review, timezone: str) -> pd.DataFrame:
    """A row a change, with what the change log says of it."""
    named = {name: n for each in found.sets for name, n in each.documented.items()}
    rows = [
        {
            "Change": told.change_id,
            "Title": told.title,
            "Product": told.product or "",
            "Kind": told.kind or "",
            "Went out": change_words.moment(told.made.moment, timezone),
            "Taken back": taken_back(told, timezone),
            "Tickets that name it as cause": named.get(told.change_id, 0),
        }
        for told in sorted(found.changes, key=lambda each: each.made.moment, reverse=True)
    ]
    return pd.DataFrame(rows)


def taken_back(told: Told, timezone: str) -> str:
    """When it was; empty where it was not, or nobody says so."""
    back = told.made.taken_back
    return "" if back is None else change_words.moment(back, timezone)


def _name(found: Review, each: ChangeSet) -> str:
    first = found.everything.changes[_chosen(each)].title
    return first if len(each.changes) == 1 else f"{first} and {len(each.changes) - 1} more"


def _chosen(each: ChangeSet) -> str:
    """The change of a set that is told first."""
    return each.leading.test.change.change_id if each.leading else each.changes[0].change_id


def _pair(found: Review, each: ChangeSet) -> Pair:
    leading = each.leading
    if leading is None:
        raise ValueError(each)
    window = leading.test.best
    hover = f"{change_words.rung(each)}; {change_words.series(leading.test.key)}, {change_words.watched(window)}"
    ratio = change_words.ratio(window)
    hover += f": {window.seen} accounts, {change_words.expected(window.expected)} expected, {ratio}"
    return Pair(_name(found, each), window.expected, window.seen, leading.is_rise, hover, _arrived(each).code)


def _arrived(each: ChangeSet) -> Arrived:
    """The tickets the leading comparison of a set looked at."""
    if each.leading is None:
        raise ValueError(each)
    test = each.leading.test
    return Arrived(*changes.stretch(test), test.key.product, test.key.cluster)


def _row(ask: Ask, found: Review, each: ChangeSet) -> dict[str, object]:
    told = found.everything.changes[_chosen(each)]
    leading = each.leading
    row: dict[str, object] = {
        "Change": told.change_id,
        "Title": told.title,
        "Product": told.product or "",
        "Went out": change_words.moment(told.made.moment, ask.period.timezone),
        "Taken back": taken_back(told, ask.period.timezone),
        "Found": change_words.rung(each),
        "Others within 72 h": ", ".join(made.change_id for made in each.changes if made.change_id != told.change_id),
        "Tickets that name it as cause": sum(each.documented.values()),
    }
    return row | (_numbers(found, leading) if leading else {})


def _numbers(found: Review, leading: Judged) -> dict[str, object]:
    window = leading.test.best
    detectable = found.detectable(leading.test)
    return {
        "Looked at": change_words.series(leading.test.key),
        "Window": change_words.watched(window),
        "Accounts": window.seen,
        "Expected": round(window.expected, 1),
        "Times": change_words.ratio(window),
        "q": change_words.q(leading.q),
        "Would probably be seen from": "–" if detectable is None else change_words.times(detectable),
        "Not told because": leading.stopped or "",
    }


def _refused(found: Review) -> None:
    """Products whose changes follow each other too closely."""
    for product, effect in found.too_close().items():
        frame.note(change_words.days(product, effect))


def _followed(found: Review) -> None:
    """How often a change is followed by a rise: of all, and by sign-off where it is told."""
    exhibit.heading(
        "Changes followed by a rise",
        "Changes of a product within 72 hours of each other count as one set; of those that could be judged.",
    )
    signed = found.signed()
    rows = [{"Changes": "All", "Followed by a rise": change_words.share(found.followed)}]
    rows += [
        {"Changes": _SIGNED[key], "Followed by a rise": change_words.share(signed[key])}
        for key in (True, False, None)
        if key in signed and set(signed) != {None}
    ]
    exhibit.show(pd.DataFrame(rows), "followed")
    exhibit.download(pd.DataFrame(rows), "changes-followed-by-a-rise.csv", "followed")
    if set(signed) <= {None}:
        frame.note("With and without sign-off: not told, no change log here says whether a change was approved.")


def cards(found: Review) -> list[tuple[ChangeSet, str]]:
    """A report card a set that could be judged, of its leading change; of other sets one a change, newest first.

    Of those first what tickets name as their cause, then what was taken back.
    """

    def first(each: ChangeSet, made: Made) -> tuple[bool, bool, float]:
        return not each.documented.get(made.change_id), made.taken_back is None, -made.moment.timestamp()

    told = []
    for each in found.sets:
        if each.leading is not None:
            told.append((each, _chosen(each)))
        else:
            told += [(each, made.change_id) for made in sorted(each.changes, key=lambda made: first(each, made))]
    return told


def _card_of(ask: Ask, found: Review) -> None:
    """The report card of one change, or set of changes."""
    exhibit.heading("Report card of a change")
    every = cards(found)
    place = st.selectbox(
        "Change", range(len(every)), key="change-card", label_visibility="collapsed",
        format_func=lambda at: _card_name(found, *every[at]),
    )  # fmt: skip
    each, change_id = every[place or 0]
    told = found.everything.changes[change_id]
    frame.sentence(change_words.finding(each, found))
    if each.leading is None:
        st.html(_facts(_of_change(ask, told, each, found)))
        _naming(ask, found, each, [change_id])
        return
    leading, asked = each.leading, question(ask)
    card = ask.remembered(f"change card {asked!r} {leading.test!r}", lambda: changes.card(asked, leading.test))
    st.html(_facts(_of_change(ask, told, each, found) | _of_test(found, leading, card)))
    if reason := change_words.stopped(leading):
        frame.note(reason)
    listed(ask, changes.tickets(asked, leading.test.key, *changes.stretch(leading.test)), "change-tickets")
    _naming(ask, found, each, [made.change_id for made in each.changes])
    _everything_tested(found, each)


def _card_name(found: Review, each: ChangeSet, change_id: str) -> str:
    name = _name(found, each) if each.leading is not None else found.everything.changes[change_id].title
    return f"{change_words.rung(each)} · {name}"


def _naming(ask: Ask, found: Review, each: ChangeSet, names: Sequence[str]) -> None:
    """The tickets that name one of these changes of the set, as their cause or as what is to solve them."""
    asked, known = question(ask), found.everything.changes
    solved = ask.remembered(
        f"changes raised {asked.scope!r}",
        lambda: named_changes.tally(asked.facts, asked.scope, known, As.SOLUTION),
    )
    for change_id in names:
        for by, n in ((As.CAUSE, each.documented.get(change_id, 0)), (As.SOLUTION, solved.get(change_id, 0))):
            if n:
                words = "it is said to have caused" if by is As.CAUSE else "it was raised to solve"
                exhibit.heading(f"{change_id}: tickets {words}")
                rows = named_changes.naming(asked.facts, asked.scope, known, change_id, by)
                listed(ask, rows, f"naming-{by.name.lower()}-{change_id}")


def candidates(found: Review, each: ChangeSet, told: Told) -> list[Told]:
    """The other changes of a set within 72 hours of this one, the nearest first: the ends of a long chain lie apart."""

    def away(made: Made) -> timedelta:
        return abs(made.moment - told.made.moment)

    near = [made for made in each.changes if made.change_id != told.change_id and away(made) <= timedelta(hours=LONG)]
    return [found.everything.changes[made.change_id] for made in sorted(near, key=away)]


def _of_change(ask: Ask, told: Told, each: ChangeSet, found: Review) -> dict[str, str]:
    others = candidates(found, each, told)
    approved = {True: "yes", False: "no", None: "not told"}[told.is_approved]
    return {
        "Change": told.change_id,
        "Title": told.title,
        "Product": told.product or "not told: looked at all tickets",
        "Kind": told.kind or "not told",
        "Went out": change_words.moment(told.made.moment, ask.period.timezone),
        "Taken back": taken_back(told, ask.period.timezone) or "no, or not told",
        "Signed off": approved,
        "Other candidates within 72 h": change_words.coincides(others, ask.period.timezone, change_words.NAMED)
        or "none known",
    }


def _of_test(found: Review, leading: Judged, card: changes.Card) -> dict[str, str]:
    window, tax = leading.test.best, card.tax
    lag = None if card.first_at is None else (card.first_at - leading.test.change.moment).total_seconds() / 60
    spent = "–" if tax.value is None else wording.value(tax.value, Unit.MINUTES)
    spread = wording.span(tax.low, tax.high, Unit.MINUTES)
    detectable = found.detectable(leading.test)
    return {
        "Looked at": f"{change_words.series(leading.test.key)}, {change_words.watched(window)}",
        "Accounts seen": f"{window.seen:,} ({card.tickets:,} tickets)",
        "Accounts expected": change_words.expected(window.expected),
        "Times what is usual": change_words.ratio(window),
        "q": change_words.q(leading.q),
        "First ticket after": "none" if lag is None else wording.duration(lag),
        "Would probably be seen from": "hardly any rise" if detectable is None else change_words.times(detectable),
        "Context rebuilt on these tickets": f"{spent} ({spread}, {tax.range_is}; {tax.grade})",
    }


def _facts(told: dict[str, str]) -> str:
    cells = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in told.items())
    return f'<dl class="kpi-facts">{cells}</dl>'


def _everything_tested(found: Review, each: ChangeSet) -> None:
    """Every series that was looked at after this set of changes."""
    rows = [{"Change": one.test.change.change_id} | _numbers(found, one) for one in each.found]
    with st.expander("Everything that was looked at after it"):
        exhibit.show(pd.DataFrame(rows), "change-tests")
        exhibit.download(pd.DataFrame(rows), "change-tests.csv", "change-tests")
