"""How an escalation ended: engineering's own word for the end of its record. Words nobody knows stay unknown."""

from __future__ import annotations

from collections.abc import Mapping

from etl.vocabulary import Ending

#: Resolutions as Jira, ServiceNow problem records, GitHub, Linear and Azure DevOps ship them. "Done", "closed" and
#: "duplicate" are left out: they end a record and say nothing of what the customer got.
WORDS: dict[Ending, tuple[str, ...]] = {
    Ending.FIX: (
        "fixed", "fix", "bug fixed", "fix applied", "fixed and verified", "resolved with fix", "solved (permanently)",
        "completed",
    ),
    Ending.WORKAROUND: (
        "workaround", "work around", "workaround provided", "workaround available", "solved (work around)",
        "solved (workaround)", "risk accepted",
    ),
    Ending.EXPLANATION: (
        "not a bug", "not a defect", "as designed", "by design", "works as designed", "works as intended",
        "working as intended", "user error", "configuration", "explained", "invalid", "answered",
    ),
    Ending.NO_FIX: (
        "won't fix", "wont fix", "won't do", "wont do", "will not fix", "not planned", "declined", "rejected",
        "cannot reproduce", "can't reproduce", "not reproducible", "abandoned", "canceled", "cancelled", "known error",
    ),
}  # fmt: skip


def words(declared: Mapping[str, Ending]) -> list[dict[str, str]]:
    """Every known word with its ending; what the user declared comes over ours."""
    found = {word: ending for ending, some in WORDS.items() for word in some}
    found |= {word.strip().lower(): ending for word, ending in declared.items()}
    return [{"word": word, "ended": str(ending)} for word, ending in sorted(found.items())]
