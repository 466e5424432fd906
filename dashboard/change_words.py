"""What changes and clusters are said to show: fixed strings, association said as association, never a cause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dashboard import wording
from dashboard.analysis.changes.arrivals import LONG, SHORT
from dashboard.analysis.changes.deploy_days import DayEffect
from dashboard.analysis.changes.judged import POSSIBLE, ChangeSet, Judged, Rung, surged
from dashboard.analysis.changes.linking import Key, Window
from dashboard.analysis.changes.placebo import LEAST
from dashboard.changes import Review, Told
from dashboard.clusters import Growth, Week
from dashboard.kpis.kpi import Unit
from dashboard.kpis.statistic import Estimate

#: A shape beside each rung's words.
SHAPES = {Rung.DOCUMENTED: "■", Rung.STRONG: "▲", Rung.POSSIBLE: "△", Rung.NONE: "○", Rung.NOT_TOLD: "…"}
#: Clusters named in a sentence; the table has them all.
_NAMED = 3
#: Changes named in a sentence or on a card.
NAMED = 5


def moment(at: datetime, timezone: str) -> str:
    """``9 Sep 2025 11:25`` on the wall clock of the page."""
    local = at.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone))
    return f"{local.day} {local:%b %Y %H:%M}"


def days_to(found: Week, timezone: str) -> str:
    """``8 to 14 Sep 2025``; where the seven days do not end at midnight, with the hour."""
    first, last = (
        at.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)) for at in (found.start, found.end - timedelta(seconds=1))
    )
    if (last.hour, last.minute) != (23, 59):
        return f"{moment(found.start, timezone)} to {moment(found.end, timezone)}"
    begin = f"{first.day}" if first.month == last.month else f"{first.day} {first:%b}"
    return f"{begin} to {last.day} {last:%b %Y}"


def rung(each: ChangeSet) -> str:
    """The rung with its shape."""
    return f"{SHAPES[each.rung]} {each.rung}"


def series(key: Key) -> str:
    """A product, or a topic of it."""
    if key.product is None:
        return "all tickets"
    return key.product if key.cluster is None else f"{key.product} · {key.cluster}"


def times(ratio: float) -> str:
    """``×9.9``, ``×16``."""
    return f"×{ratio:.1f}" if ratio < 10 else f"×{ratio:,.0f}"


def ratio(window: Window) -> str:
    """The ratio with its interval."""
    low, high = window.interval()
    return f"{times(window.ratio)} (95 %: {times(low)} to {times(high)})"


def expected(value: float) -> str:
    """A mean number of accounts, with one digit where it is small."""
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def watched(window: Window) -> str:
    """The window in words, with what has passed of it where it still runs."""
    return f"{window.hours} h" if window.watched >= window.hours else f"first {window.watched} of {window.hours} h"


def q(value: float) -> str:
    """The share of false discoveries among those as sure as this one."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def finding(each: ChangeSet, review: Review) -> str:
    """What followed a set of changes, in one sentence."""
    leading = each.leading
    told = []
    named = sum(each.documented.values())
    if named:
        told.append(f"Documented link: {wording.quantity(named, 'tickets')} name it.")
    if leading is None:
        return " ".join([*told, "Not enough data: it lies too early, too late, or in days full of other changes."])
    window = leading.test.best
    seen = (
        f"{wording.quantity(window.seen, 'accounts')} wrote about {series(leading.test.key)} in the "
        f"{window.hours} hours after it, where {expected(window.expected)} were expected"
    )
    if not leading.is_rise:
        return " ".join([*told, f"No rise detected: {seen}; {_seen_if(review.detectable(leading.test))}."])
    words = [f"{each.rung if not named else Rung.POSSIBLE}: {seen}, {ratio(window)}."]
    if len(each.changes) > 1:
        words.append(f"{len(each.changes)} changes within 72 hours of each other may be meant.")
    if reversal := reverted(each, leading):
        words.append(reversal)
    return " ".join([*told, *words])


def _seen_if(detectable: float | None) -> str:
    if detectable is None:
        return "with so few accounts hardly any rise would have been seen"
    return f"a rise larger than {times(detectable)} would probably have been seen"


def reverted(each: ChangeSet, leading: Judged) -> str:
    """What taking the change back says; nothing where it was not taken back or it is too early."""
    if leading.test.is_back is None or not each.rises:
        return ""
    if leading.test.is_back:
        return "Reversal supports it: within 48 hours after it was taken back, tickets were as usual."
    return "Reversal does not support it: two days after it was taken back, tickets were still high."


def stopped(leading: Judged) -> str:
    """Why a small q is no rise."""
    return f"Not told as a rise: {leading.stopped}." if leading.q <= POSSIBLE and leading.stopped else ""


def of_changes(review: Review, timezone: str) -> str:
    """What followed the changes of the window, in one sentence or two."""
    rises, told = surged(review.sets)
    if not review.sets:
        return none_made(review, timezone)
    if not told:
        made = len(review.changes)
        if made == 1:
            return "The one change of this stretch could not be judged."
        return f"None of the {made:,} changes of this stretch could be judged."
    named = sum(each.rung is Rung.DOCUMENTED for each in review.sets)
    also = f" Tickets name {wording.quantity(named, 'changes')} as what broke." if named else ""
    start = review.window[0]
    since = "" if start is None else f" since {_day(start, timezone)}"
    of = f"Of {told} changes{since} (those of a product within 72 hours taken as one)"
    if not rises:
        return f"{of} none was followed by a rise of tickets.{also}"
    first = next(each for each in review.sets if each.rises)
    lead = first.rises[0].test
    return (
        f"{of} {rises} {'was' if rises == 1 else 'were'} followed by a rise of tickets"
        f"{'' if rises == 1 else '; the surest'}: {review.everything.changes[lead.change.change_id].title} on "
        f"{_day(lead.change.moment, timezone)}, {lead.best.seen} accounts on {series(lead.key)} where "
        f"{expected(lead.best.expected)} were expected.{also}"
    )


def _day(at: datetime, timezone: str) -> str:
    local = at.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone))
    return f"{local.day} {local:%b %Y}"


def window(start: datetime | None, end: datetime | None, timezone: str) -> str:
    """``, 11 Aug 2025 to 9 Nov 2025``; nothing for all of time. The last day is the one that ends then."""
    if start is None or end is None:
        return ""
    return f", {_day(start, timezone)} to {_day(end - timedelta(seconds=1), timezone)}"


def method(review: Review) -> str:
    """How it was found out, for whoever asks."""
    linked = review.everything.linked
    placebos = sum(each.n for each in linked.calibrations.values())
    if not any(each.is_enough for each in linked.calibrations.values()):
        return f"Fewer than {LEAST} working hours without a change nearby: there is nothing to compare changes with."
    return (
        f"Accounts that wrote in the {SHORT} and {LONG} hours after each change, from the next full hour on, against "
        "the four weeks before and the hour of the week. How rare a rise is was learned from "
        f"{placebos:,} looks at working hours without a change.{_of_tests(review.tests)} A change is never said to "
        "have caused anything: that is for people to find out."
    )


def _of_tests(tests: int) -> str:
    if not tests:
        return ""
    return (
        f" Of all {tests:,} tests of these changes, one in twenty strong associations, and one in ten possible links, "
        "may be chance."
    )


def of_week(found: Week | None, timezone: str) -> str:
    """What grew in the week, in one sentence."""
    if found is None:
        return "There is no week to look at."
    span = f"From {days_to(found, timezone)}"
    if not found.found:
        return f"{span} nothing can be told: four weeks of data before them are needed, there are {found.weeks}."
    if not any(each.grown.seen for each in found.found):
        return f"{span} no ticket was created, so that nothing can grow."
    told = found.told
    if not told:
        return f"{span} none of {len(found.found):,} issues and topics grew beyond its usual ups and downs."
    names = [f"{each.cluster.words} ({growth(each)})" for each in told[:_NAMED]]
    rest = f" and {len(told) - _NAMED} more" if len(told) > _NAMED else ""
    grew = "one issue or topic" if len(told) == 1 else f"{len(told)} issues and topics"
    return f"{span} {grew} grew: {'; '.join(names)}{rest}."


def growth(each: Growth) -> str:
    """``10 accounts, none in eight weeks before`` or ``25 accounts where 4.3 are usual``."""
    seen = wording.quantity(each.grown.seen, "accounts")
    if each.grown.is_new:
        return f"{seen}, none in the {len(each.grown.before)} weeks before"
    return f"{seen} where {expected(each.grown.expected)} are usual"


def growth_range(each: Growth) -> str:
    """How many times what was expected it may be, at 95 %: ``×2.1 to ×9.9``."""
    return f"{times(each.grown.low)} to {times(each.grown.high)}"


def coincides(changes: Sequence[Told], timezone: str, most: int | None = None) -> str:
    """Changes of the product in the week or the seven days before it; of more than ``most`` the first of them."""
    told = "; ".join(f"{each.title} ({moment(each.made.moment, timezone)})" for each in changes[:most])
    more = 0 if most is None else len(changes) - most
    return f"{told}; and {more:,} more" if more > 0 else told


def none_made(review: Review, timezone: str) -> str:
    """That no change went out in the stretch, and when those that are loaded did."""
    moments = sorted(each.made.moment for each in review.everything.changes.values())
    known = wording.quantity(len(moments), "changes")
    span = f"from {_day(moments[0], timezone)} to {_day(moments[-1], timezone)}" if moments else ""
    return f"No change went out in this stretch; {known} {'is' if len(moments) == 1 else 'are'} loaded, {span}."


def share(found: Estimate) -> str:
    """``2 of 36: 5.6 % (1.5–18 %)``."""
    if not found.n or found.value is None:
        return "none could be judged"
    spread = wording.span(found.low, found.high, Unit.PERCENT)
    events = round(found.value * found.n)
    return f"{events} of {found.n}: {wording.value(found.value, Unit.PERCENT)} (95 %: {spread})"


def days(product: str | None, found: DayEffect | None) -> str:
    """The average effect of days with a change, where none can be told from the next."""
    name = product or "All tickets"
    if found is None:
        return f"{name}: changes follow each other within a day; too few days with or without one to tell their effect."
    return (
        f"{name}: changes follow each other within a day, so none is told from the next. On {found.days} days with a "
        f"change or the day after, {times(found.ratio)} as many accounts wrote as on {found.others} other days "
        f"(95 %: {times(found.low)} to {times(found.high)})."
    )
