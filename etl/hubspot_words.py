"""HubSpot's words and ours: the default support pipeline, priorities, sources; compared without regard to case.

Stages are each account's own. The API names them by number only: what a number is called, and whether it closes a
ticket, is told by the pipelines (``/crm/v3/pipelines/tickets``). A number nobody named is reported, never guessed.
"""

from __future__ import annotations

from etl.mapping import Words
from etl.vocabulary import Channel, Priority, Status

SOURCE = "hubspot"

ARCHIVED_WORD = "archived"

#: HubSpot knows no "solved": closing a ticket is how one says that nothing more is needed.
STATUS = {
    "new": Status.NEW,
    "waiting on contact": Status.WAITING_CUSTOMER,
    "waiting on customer": Status.WAITING_CUSTOMER,
    "waiting on us": Status.OPEN,
    "in progress": Status.OPEN,
    "open": Status.OPEN,
    "closed": Status.RESOLVED,
    "resolved": Status.RESOLVED,
    ARCHIVED_WORD: Status.DELETED,
}

PRIORITY = {
    "urgent": Priority.URGENT,
    "high": Priority.HIGH,
    "medium": Priority.NORMAL,
    "low": Priority.LOW,
}

_CHANNELS = {
    Channel.CHAT: ("chat", "live chat"),
    Channel.EMAIL: ("email", "e-mail"),
    Channel.WEB: ("form", "web form", "customer portal"),
    Channel.PHONE: ("phone", "calling", "call"),
    Channel.MESSAGING: ("whatsapp", "sms", "facebook messenger", "fb_messenger"),
    Channel.SOCIAL: ("facebook", "instagram"),
    Channel.SELF_SERVICE: ("feedback", "knowledge base"),
    Channel.API: ("integration", "api", "zapier"),
}

#: Ways to say that a target was kept or missed, beside what a truth is called anywhere.
_KEPT = ("sla completed on time", "completed on time", "sla_completed_on_time", "completed_on_time")
_MISSED = (
    "sla completed late", "completed late", "sla_completed_late", "completed_late", "overdue", "sla overdue",
    "sla_overdue",
)  # fmt: skip
#: A target whose clock still runs says nothing yet.
RUNNING = ("active sla", "active_sla", "active", "due soon", "due_soon", "sla due soon")

CHANNEL = {word: channel for channel, those in _CHANNELS.items() for word in those}
YES = ("true", "yes", "1", *_KEPT)
NO = ("false", "no", "0", *_MISSED)

WORDS = Words(status=STATUS, priority=PRIORITY, channel=CHANNEL, yes=YES, no=NO)
