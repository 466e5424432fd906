"""Chatwoot's words and ours. See its Application API, "Conversations" and "Messages"."""

from __future__ import annotations

from etl.mapping import Words
from etl.vocabulary import Channel, Priority, Status

SOURCE = "chatwoot"

STATUS = {
    "open": Status.OPEN,
    "resolved": Status.RESOLVED,
    # In the hands of a bot, or waiting to be picked out by a person: our turn, and nobody's yet.
    "pending": Status.NEW,
    # Until a date or the customer's next word: what is waited for, Chatwoot does not say.
    "snoozed": Status.WAITING_OTHER,
}
PRIORITY = {
    "urgent": Priority.URGENT,
    "high": Priority.HIGH,
    "medium": Priority.NORMAL,
    "low": Priority.LOW,
}
CHANNEL = {
    "channel::webwidget": Channel.CHAT,
    "channel::email": Channel.EMAIL,
    "channel::whatsapp": Channel.MESSAGING,
    "channel::twiliosms": Channel.MESSAGING,
    "channel::sms": Channel.MESSAGING,
    "channel::telegram": Channel.MESSAGING,
    "channel::line": Channel.MESSAGING,
    "channel::facebookpage": Channel.MESSAGING,
    "channel::instagram": Channel.MESSAGING,
    "channel::tiktok": Channel.MESSAGING,
    "channel::twitterprofile": Channel.SOCIAL,
    "channel::voice": Channel.PHONE,
    "channel::api": Channel.API,
}
WORDS = Words(status=STATUS, priority=PRIORITY, channel=CHANNEL)

#: What a message is, by number and by name.
INCOMING, OUTGOING, ACTIVITY, TEMPLATE = ("0", "incoming"), ("1", "outgoing"), ("2", "activity"), ("3", "template")

#: The status an activity tells of, by Chatwoot's English texts; the first that fits counts.
TELLS = {
    r"^conversation was marked resolved by ": "resolved",
    r"^conversation was resolved by ": "resolved",
    r"^conversation was reopened by ": "open",
    r"^conversation was marked open by ": "open",
    r"^system reopened the conversation ": "open",
    r"^conversation was marked as pending by ": "pending",
    r"^conversation was snoozed by ": "snoozed",
}
#: What only the system itself does.
BY_SYSTEM = r"(^system |by system due to )"
#: An agent "marks resolved"; what "was resolved" was so by the contact.
BY_CONTACT = r"^conversation was resolved by "
AUTO_CLOSED = r"marked resolved by system due to .* inactivity"
#: English activities that change no status.
OTHERS = (
    r"(^assigned to | self-assigned this conversation|^conversation unassigned | unassigned from | added | removed "
    r"| set the priority to | changed the priority | has muted | has unmuted | joined the conversation "
    r"|^unassigned from )"
)
