"""Help Scout's words and ours. See its Mailbox API 2.0, "Conversations" and "Threads"."""

from __future__ import annotations

from etl.mapping import Words
from etl.vocabulary import Channel, Role, Status

SOURCE = "helpscout"
#: The user "Help Scout" that acts for workflows.
SYSTEM_USER = "1"

STATUS = {
    # Our turn; a reply of the customer makes it active again.
    "active": Status.OPEN,
    "open": Status.OPEN,
    "pending": Status.WAITING_CUSTOMER,
    "closed": Status.RESOLVED,
    "spam": Status.SPAM,
    "deleted": Status.DELETED,
    "merged": Status.MERGED,
}
CHANNEL = {
    "email": Channel.EMAIL,
    "emailfwd": Channel.EMAIL,
    "notification": Channel.EMAIL,
    "web": Channel.WEB,
    "beacon": Channel.WEB,
    "beacon-v2": Channel.WEB,
    "docs": Channel.WEB,
    "chat": Channel.CHAT,
    "beaconchat": Channel.CHAT,
    "phone": Channel.PHONE,
    "messenger": Channel.MESSAGING,
    "facebook": Channel.MESSAGING,
    "instagram": Channel.MESSAGING,
    "api": Channel.API,
    "mailbox": Channel.OTHER,
    "import": Channel.OTHER,
    "workflow": Channel.OTHER,
}
ROLE = {"customer": Role.CUSTOMER, "user": Role.AGENT, "team": Role.AGENT}
WORDS = Words(status=STATUS, channel=CHANNEL, role=ROLE)
#: What the three faces of a rating are called.
RATINGS = {"1": 1.0, "great": 1.0, "2": 2.0, "okay": 2.0, "3": 3.0, "not good": 3.0, "notgood": 3.0}
