"""Salesforce's words and ours: the picklist values a new org comes with; compared without regard to case.

Nearly every org has states of its own. Those are read by ``[loading] status`` of ``supportkpi.toml``; of the others
only this much is certain: a case whose ``IsClosed`` is true is done.
"""

from __future__ import annotations

from etl.mapping import Words
from etl.vocabulary import Channel, Priority, Status, TicketType

SOURCE = "salesforce"

MERGED_WORD, DELETED_WORD = "merged into its master record", "in the recycle bin"

#: Salesforce knows no "solved": closing a case is how one says that nothing more is needed.
STATUS = {
    "new": Status.NEW,
    "open": Status.OPEN,
    "working": Status.OPEN,
    "in progress": Status.OPEN,
    "escalated": Status.OPEN,
    "reopened": Status.OPEN,
    "re-opened": Status.OPEN,
    "on hold": Status.WAITING_OTHER,
    "waiting on customer": Status.WAITING_CUSTOMER,
    "waiting for customer": Status.WAITING_CUSTOMER,
    "awaiting customer": Status.WAITING_CUSTOMER,
    "pending customer": Status.WAITING_CUSTOMER,
    "closed": Status.RESOLVED,
    "resolved": Status.RESOLVED,
    "solved": Status.RESOLVED,
    DELETED_WORD: Status.DELETED,
    MERGED_WORD: Status.MERGED,
}

PRIORITY = {
    "critical": Priority.URGENT,
    "urgent": Priority.URGENT,
    "high": Priority.HIGH,
    "medium": Priority.NORMAL,
    "normal": Priority.NORMAL,
    "low": Priority.LOW,
}

_CHANNELS = {
    Channel.PHONE: ("phone", "call"),
    Channel.EMAIL: ("email", "e-mail"),
    Channel.WEB: ("web", "web form", "web to case", "community", "portal", "experience site"),
    Channel.CHAT: ("chat", "live agent", "live chat"),
    Channel.MESSAGING: ("messaging", "sms", "whatsapp", "text"),
    Channel.SOCIAL: ("facebook", "twitter", "social", "instagram", "x"),
    Channel.API: ("api",),
}

#: Salesforce calls "Problem" what a customer reports as broken, not what ITIL calls so.
TICKET_TYPE = {
    "problem": TicketType.INCIDENT,
    "incident": TicketType.INCIDENT,
    "question": TicketType.QUESTION,
    "feature request": TicketType.REQUEST,
    "request": TicketType.REQUEST,
}


def words(closed: list[str]) -> Words:
    """The words, with the states under which closed cases were seen: whatever they are called, they are done."""
    status = {**dict.fromkeys(closed, Status.RESOLVED), **STATUS}
    channel = {word: channel for channel, those in _CHANNELS.items() for word in those}
    return Words(status=status, priority=PRIORITY, channel=channel, ticket_type=TICKET_TYPE)
