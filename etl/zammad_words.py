"""Zammad's words and ours, as it ships: names as ``expand=true`` gives them, numbers as plain records do.

See Zammad's REST API documentation, "Ticket", "Ticket States" and "Ticket Priorities". Number 6 stands for another
state in newer versions than in older ones, and is left to be declared or to be told by a list of the states.
"""

from __future__ import annotations

from etl.mapping import Words
from etl.vocabulary import Channel, Priority, Status

SOURCE = "zammad"

STATUS = {
    "new": Status.NEW,
    "open": Status.OPEN,
    # Both wait for a date; mostly it is the customer who is waited for.
    "pending reminder": Status.WAITING_CUSTOMER,
    "pending close": Status.WAITING_CUSTOMER,
    "closed": Status.RESOLVED,
    "merged": Status.MERGED,
    "removed": Status.DELETED,
    "1": Status.NEW,
    "2": Status.OPEN,
    "3": Status.WAITING_CUSTOMER,
    "4": Status.RESOLVED,
    "5": Status.MERGED,
    "7": Status.WAITING_CUSTOMER,
}
PRIORITY = {
    "1 low": Priority.LOW,
    "2 normal": Priority.NORMAL,
    "3 high": Priority.HIGH,
    "1": Priority.LOW,
    "2": Priority.NORMAL,
    "3": Priority.HIGH,
}
_CHANNELS = {
    Channel.EMAIL: ("email", "1"),
    Channel.MESSAGING: ("sms", "2", "telegram personal-message", "12", "facebook direct-message", "whatsapp message",
                        "twitter direct-message", "7"),
    Channel.CHAT: ("chat", "3"),
    Channel.PHONE: ("phone", "5"),
    Channel.SOCIAL: ("twitter status", "6", "facebook feed post", "8", "facebook feed comment", "9"),
    Channel.WEB: ("web", "11"),
    Channel.OTHER: ("fax", "4", "note", "10"),
}  # fmt: skip
CHANNEL = {word: channel for channel, words in _CHANNELS.items() for word in words}

WORDS = Words(status=STATUS, priority=PRIORITY, channel=CHANNEL)

#: Who sent an article, by name and by number.
AGENT, CUSTOMER, SYSTEM = ("agent", "1"), ("customer", "2"), ("system", "3")
#: The owner of a ticket that nobody owns, and the system's own user.
NOBODY = "1"
