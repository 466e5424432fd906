"""The monthly review of the executives."""

from __future__ import annotations

from dashboard.ask import Ask
from dashboard.rhythm import Rhythm
from dashboard.widgets import review

TITLE = "Monthly review"
ICON = ":material/calendar_month:"
ORDER = 13
QUESTION = "Are we on target, what does it cost, and what do other departments owe us?"


def render(ask: Ask) -> None:
    """The sections of the meeting, or one at a time for the room."""
    review.page(ask, Rhythm.MONTHLY, TITLE, QUESTION)
