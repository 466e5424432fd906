"""What is about to hurt: issues that grow, changes and what followed them, suspicions, incidents."""

from __future__ import annotations

from dashboard import change_words
from dashboard.ask import Ask
from dashboard.widgets import change_review, foresight, frame, hunch_log, incidents, named_changes, page_files

TITLE = "What is about to hurt"
ICON = ":material/visibility:"
ORDER = 32
QUESTION = "What is about to hurt, and what changed shortly before?"

_INCIDENTS = ("sev1_incidents", "time_to_detect", "detection_to_engage", "postmortem_in_time", "availability")


def render(ask: Ask) -> None:
    """The answer, what grows, what followed changes, changes that tickets name, workarounds, hunches, incidents."""
    stories = ask.stories(_INCIDENTS)
    frame.heading(TITLE, QUESTION, ask)
    frame.sentence(_sentence(ask))
    foresight.meaning()
    foresight.growth(ask)
    change_review.panel(ask)
    named_changes.panel(ask)
    foresight.workarounds(ask)
    hunch_log.panel(ask)
    incidents.panel(ask, list(stories.values()))
    page_files.offer(ask, TITLE, stories.values())
    frame.foot(ask, stories.values())


def _sentence(ask: Ask) -> str:
    reviewed = foresight.review(ask)
    told = [change_words.of_week(foresight.week(ask), ask.period.timezone)]
    told += [] if reviewed is None else [change_words.of_changes(reviewed, ask.period.timezone)]
    return " ".join([*told, hunch_log.sentence()]).strip()
