"""Gorgias' words and ours. See its REST API reference, "Tickets", "Messages" and "Events"."""

from __future__ import annotations

from etl.mapping import Words
from etl.vocabulary import Channel, Priority, Role, Status

SOURCE = "gorgias"

STATUS = {
    "open": Status.OPEN,
    "closed": Status.RESOLVED,
    # Closed until a date: what is waited for, Gorgias does not say.
    "snoozed": Status.WAITING_OTHER,
    "spam": Status.SPAM,
    "trashed": Status.DELETED,
}
PRIORITY = {
    "critical": Priority.URGENT,
    "high": Priority.HIGH,
    "normal": Priority.NORMAL,
    "low": Priority.LOW,
}
_CHANNELS = {
    Channel.EMAIL: ("email",),
    Channel.WEB: ("contact_form", "contact-form", "help-center", "help_center"),
    Channel.CHAT: ("chat", "gorgias-chat", "gorgias_chat"),
    Channel.PHONE: ("phone", "aircall"),
    Channel.MESSAGING: (
        "sms", "whatsapp", "whatsapp-message", "facebook-messenger", "instagram-direct-message",
        "twitter-direct-message", "tiktok-shop",
    ),
    Channel.SOCIAL: (
        "facebook", "facebook-mention", "facebook-recommendations", "instagram-comment", "instagram-ad-comment",
        "instagram-mention", "twitter", "yotpo-review",
    ),
    Channel.API: ("api",),
    Channel.OTHER: ("internal-note",),
}  # fmt: skip
CHANNEL = {word: channel for channel, words in _CHANNELS.items() for word in words}
ROLE = {"customer": Role.CUSTOMER, "agent": Role.AGENT, "bot": Role.BOT}

WORDS = Words(status=STATUS, priority=PRIORITY, channel=CHANNEL, role=ROLE)

#: What an event sets the status to.
SETS = {
    "ticket-closed": "closed",
    "ticket-reopened": "open",
    "ticket-snoozed": "snoozed",
    "ticket-unsnoozed": "open",
    "ticket-self-unsnoozed": "open",
    "ticket-marked-spam": "spam",
    "ticket-unmarked-spam": "open",
    "ticket-trashed": "trashed",
    "ticket-untrashed": "open",
}
OWNING, DISOWNING = "ticket-assigned", "ticket-unassigned"
TEAMING, UNTEAMING = "ticket-team-assigned", "ticket-team-unassigned"
#: Events of a ticket that change nothing we measure; any other type nobody knows is reported.
SILENT = (
    "ticket-created", "ticket-updated", "ticket-message-created", "ticket-message-updated",
    "ticket-message-summary-created", "ticket-message-failed", "ticket-tags-added", "ticket-tags-removed",
    "ticket-customer-updated", "ticket-subject-updated", "ticket-handed-over", "rule-executed", "macro-applied",
    "satisfaction-survey-sent", "satisfaction-survey-responded", "ticket-satisfaction-survey-skipped",
)  # fmt: skip
