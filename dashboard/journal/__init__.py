"""What people write: targets they set, notes to be drawn on charts, views they saved. The loader never touches it.

One door: ``open`` gives a ``Journal``, and everything that comes out of it is a frozen record. Every entry has who and
when (UTC); nothing is overwritten, an edit is a new version.
"""

from dashboard.journal.backup import backup, restore
from dashboard.journal.log import Journal, newest, open_journal
from dashboard.journal.records import Marker, SavedView, TargetChange, TaxAudit
from dashboard.journal.written import Body, Written

open = open_journal  # noqa: A001  (``journal.open(home)`` is how it reads)

__all__ = [
    "Body", "Journal", "Marker", "SavedView", "TargetChange", "TaxAudit", "Written", "backup", "newest", "open",
    "restore",
]  # fmt: skip
