"""How sure the tax is and what could be done about it: assumptions, levers, what was saved, how tickets fared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard import charts_tax, investigation, kpis, wording
from dashboard.analysis.tax import assumed, recoverable
from dashboard.analysis.tax.link import LEAST, Compared, compare, thirds
from dashboard.analysis.tax.signals import SIGNALS
from dashboard.ask import trend_periods
from dashboard.charts_tax import Bar
from dashboard.kpis.kpi import Kpi, Unit
from dashboard.scope import Grain, Period
from dashboard.widgets import exhibit, frame, style
from dashboard.widgets.tax import Tax, hours, hours_span, question

_SLIDERS = 5


def tornado(tax: Tax) -> None:
    """Which assumption moves the total most, and what it would be under others; nothing is stored."""
    frame.section("How sure it is")
    if tax.basis.fit is not None:
        _fitted(tax)
        return
    found = assumed.swings(tax.seen.counts, tax.basis.priors)
    value = tax.modelled.value or 0.0
    rows = [
        Bar(SIGNALS[each.signal].label, each.width / 60, f"{hours(each.low)} to {hours(each.high)}",
            each.low / 60, each.high / 60) for each in found
    ]  # fmt: skip
    title = f"How far each assumption moves the total, {tax.when}"
    table = pd.DataFrame(
        [
            {
                "Signal": SIGNALS[each.signal].label,
                "Seen": f"{each.count:,.0f}",
                "Low, minutes each": wording.number(each.prior[0]),
                "Likely": wording.number(each.prior[1]),
                "High": wording.number(each.prior[2]),
                "Hours if low": wording.number(each.low / 60),
                "Hours if high": wording.number(each.high / 60),
                "Grade": str(tax.basis.grade),
            }
            for each in found
        ]
    )
    exhibit.drawing(
        title, charts_tax.spans(rows, value / 60, style.dark()),
        f"{title}: {'; '.join(f'{row.name} {row.words}' for row in rows)}.", table, "tax-tornado",
        f"One signal at a time from its low to its high minutes, all others at their mean. The line is {hours(value)}.",
    )  # fmt: skip
    _what_if(tax, [each.signal for each in found[:_SLIDERS]])


def _fitted(tax: Tax) -> None:
    fit = tax.basis.fit
    if fit is None:
        return
    frame.note(
        f"Fitted to {fit.n:,} tickets with time tracking: {wording.number(fit.scale)} times the minutes assumed. "
        f"The median ticket misses its fit by {wording.value(fit.error, Unit.PERCENT)}."
    )
    before = assumed.means(tax.basis.priors)
    rows = pd.DataFrame(
        [
            {
                "Signal": SIGNALS[name].label,
                "Assumed, minutes each": wording.number(before[name]),
                "Fitted": wording.number(minutes),
            }
            for name, minutes in fit.by_signal().items()
        ]
    )
    exhibit.show(rows, "tax-fit")
    exhibit.download(rows, "minutes-fitted.csv", "tax-fit")


@st.fragment
def _what_if(tax: Tax, names: Sequence[str]) -> None:
    """The total under other minutes. It is worked out anew here and changes nothing."""
    with st.expander("What if a sighting took longer or shorter"):
        minutes = dict(tax.basis.means())
        for name in names:
            low, _, high = tax.basis.priors[name]
            scale = 60.0 if high < 1 else 1.0  # words are read by the second
            unit = "seconds" if high < 1 else "minutes"
            chosen = st.slider(
                f"{SIGNALS[name].label}: {unit} each", low * scale / 2, high * scale * 2, minutes[name] * scale,
                key=f"tax-what-if-{name}",
            )  # fmt: skip
            minutes[name] = chosen / scale
        total = assumed.what_if(tax.seen.counts, minutes)
        was = tax.modelled.value or 0.0
        frame.note(
            f"Then it would be {hours(total)} instead of {hours(was)}. Nothing is stored: your own minutes stand under "
            "[investigation_minutes] in supportkpi.toml."
        )


def levers(tax: Tax) -> None:
    """What could be won back, floor to central."""
    frame.section("What could be won back", "Sums of minutes by rule, not promises: what happens instead is not known.")
    asked = question(tax.ask)
    spent = tax.ask.remembered(f"tax spent {asked!r} {tax.basis.grade}", lambda: investigation.spent(asked, tax.basis))
    found = recoverable.levers(spent)
    whole = tax.modelled.value or 1.0
    rows = [(each.name, each.floor / 60, None if each.central is None else each.central / 60, _lever_words(each, whole))
            for each in found]  # fmt: skip
    title = f"Hours that could be won back, {tax.when}"
    table = pd.DataFrame(
        [
            {
                "Lever": each.name,
                "Hours, at least": wording.number(each.floor / 60),
                "Hours, central": "not told" if each.central is None else wording.number(each.central / 60),
                "Share of all, at least": wording.value(each.floor / whole, Unit.PERCENT),
                "Rule": each.rule,
                "Grade": str(tax.basis.grade),
            }
            for each in found
        ]
    )
    untold = "" if found[-1].central is not None else " The facts do not tell who wrote what, so there is a floor only."
    exhibit.drawing(
        title, charts_tax.floor_and_central(rows, style.dark()),
        f"{title}: {'; '.join(f'{name} {words}' for name, _, _, words in rows)}.", table, "tax-levers",
        f"{tax.grade.capitalize()}. Together each minute is won back once.{untold}",
    )  # fmt: skip


def _lever_words(each: recoverable.Lever, whole: float) -> str:
    share = wording.value(each.floor / whole, Unit.PERCENT)
    if each.central is None or each.central <= each.floor * 1.001:
        return f"{hours(each.floor)} · {share}"
    return (
        f"{hours(each.floor)} to {hours(each.central)} · {share} to {wording.value(each.central / whole, Unit.PERCENT)}"
    )


@st.fragment
def saved(tax: Tax) -> None:
    """Hours saved since an earlier period, on the tickets of now."""
    frame.section("Saved since")
    earlier = [each for each in trend_periods(tax.ask.period, tax.ask.horizon) if each.whole and _is_before(each, tax)]
    if not earlier:
        frame.note("There is no earlier complete period to compare with.")
        return
    words = {wording.period(each): each for each in earlier}
    name = st.selectbox("Since", list(words), key="tax-since", label_visibility="collapsed")
    if name is None:
        return
    asked = question(tax.ask).of(words[name])
    before = tax.ask.remembered(f"tax seen {asked!r}", lambda: investigation.seen(asked))
    n = tax.seen.n
    if not before.n or before.is_of_few:
        frame.note(f"No ticket of {name} counts here, or too few agents stand behind them.")
        return
    was, now = (tax.basis.total(each.counts, each.n).value or 0.0 for each in (before, tax.seen))
    found = assumed.saved(before.counts, before.n, tax.seen.counts, n, tax.basis.priors)
    per_ticket = [wording.value(minutes / m, Unit.MINUTES_PER_TICKET) for minutes, m in ((was, before.n), (now, n))]
    difference = was / before.n * n - now
    verb = "fewer" if difference >= 0 else "more"
    # Told as a size with a word for its way: the range of "more" is that of "fewer" turned round.
    sized = found if difference >= 0 else replace(found, low=-(found.high or 0.0), high=-(found.low or 0.0))
    spread = f", {hours_span(sized)} as the assumptions go" if tax.basis.fit is None else ""
    frame.note(
        f"{per_ticket[0]} in {name} (n = {before.n:,}), {per_ticket[1]} in {tax.when} (n = {n:,}): on the tickets of "
        f"now that is {hours(abs(difference))} {verb}{spread}. Which tickets came may differ too; the trend above "
        "shows whether the change is more than its usual ups and downs."
    )


def _is_before(each: Period, tax: Tax) -> bool:
    here = tax.ask.period.start
    return each.start is not None and here is not None and each.start < here and each.grain is not Grain.ALL


def outcomes(tax: Tax) -> None:
    """How tickets of low, middle and high tax fared, within the same topic and priority."""
    frame.section(
        "How tickets of low and high tax fared",
        "Compared within the same topic and priority, so that hard topics are not compared with easy ones. What makes "
        "a ticket hard may make both its tax and its time long: this is association, not cause.",
    )
    asked = question(tax.ask)
    rows = tax.ask.remembered(f"tax fared {asked!r}", lambda: investigation.fared(asked))
    strata = rows.groupby(["category", "priority"], dropna=False, sort=False).ngroup().tolist()
    third, stratum = thirds(rows["tax"].to_numpy(dtype=float), strata)
    known = [kpi for kpi in kpis.named(investigation.OUTCOMES) if kpi.name in rows]
    found = {
        kpi: compare(rows[kpi.name].to_numpy(dtype=float), third, stratum, *_bounds(kpi), kpi.enough) for kpi in known
    }
    told = pd.DataFrame([_outcome(kpi, each) for kpi, each in found.items()])
    exhibit.show(told, "tax-outcomes")
    exhibit.download(told, f"outcomes-by-tax-{tax.when}.csv", "tax-outcomes")
    frame.note(
        f"n = {int((third >= 0).sum()):,} of {len(rows):,} tickets: topics with fewer than {LEAST} of a priority are "
        f"left out. 95 % intervals. {_reading_aid(found)}"
    )


def _bounds(kpi: Kpi) -> tuple[float, float]:
    return (0.0, 1.0) if kpi.unit is Unit.PERCENT else (0.0, float("inf"))


def _outcome(kpi: Kpi, found: Compared) -> dict[str, object]:
    words = {True: "apart by more than chance", False: "too close to call", None: "not enough data"}
    row: dict[str, object] = {"Figure": kpi.label, "High against low": words[found.is_apart]}
    spread = f" ({_signed(found.low, kpi)} to {_signed(found.high, kpi)})" if found.difference is not None else ""
    row["High minus low"] = f"{_signed(found.difference, kpi)}{spread}"
    for each in found.thirds:
        inside = wording.span(each.low, each.high, kpi.unit)
        row[each.name.capitalize()] = f"{wording.value(each.value, kpi.unit)} ({inside})" if inside else "–"
    return row | {"n": " · ".join(f"{each.n:,}" for each in found.thirds)}


def _signed(x: float | None, kpi: Kpi) -> str:
    return "–" if x is None else wording.difference(x, kpi.unit)


def _reading_aid(found: dict[Kpi, Compared]) -> str:
    """What stands in the table, as association."""
    if all(each.is_apart is None for each in found.values()):
        return "Too few tickets share a topic and a priority to compare any figure: choose a longer period."
    apart = [kpi.label for kpi, each in found.items() if each.is_apart]
    if not apart:
        return "No figure differs by more than chance between tickets of low and high tax."
    return f"Tickets of high tax differ from those of low tax by more than chance in {', '.join(apart)}."
