"""The quarterly review before the board."""

from __future__ import annotations

from dashboard.ask import Ask
from dashboard.rhythm import Rhythm
from dashboard.widgets import review

TITLE = "Quarterly review"
ICON = ":material/account_balance:"
ORDER = 14
QUESTION = "Do customers trust us more than a quarter ago, and what do we need?"


def render(ask: Ask) -> None:
    """The sections of the meeting, or one at a time for the room."""
    review.page(ask, Rhythm.QUARTERLY, TITLE, QUESTION)
