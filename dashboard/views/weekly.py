"""The weekly review of the leadership team."""

from __future__ import annotations

from dashboard.ask import Ask
from dashboard.rhythm import Rhythm
from dashboard.widgets import review

TITLE = "Weekly review"
ICON = ":material/view_week:"
ORDER = 12
QUESTION = "What really changed last week, what is stuck, and who does what about it?"


def render(ask: Ask) -> None:
    """The sections of the meeting, or one at a time for the room."""
    review.page(ask, Rhythm.WEEKLY, TITLE, QUESTION)
