"""Intercom's words and ours, as its exports and its API write them; compared without regard to case.

``snoozed`` says that nobody looks at a conversation for a while, and not whose turn it is. Whose it is follows from
who spoke last: after our words the customer's, after the customer's words still ours. Where an export does not tell
who spoke last, it is nobody's turn that we know of: ``waiting_other``.
"""

from __future__ import annotations

from etl.mapping import Words
from etl.vocabulary import Channel, Outcome, Priority, Role, Status

SOURCE = "intercom"

SNOOZED = "snoozed"
#: What we call a snoozed conversation once it is known who spoke last.
SNOOZED_FOR_CUSTOMER = "snoozed, we spoke last"
SNOOZED_BY_US = "snoozed, the customer spoke last"

#: Intercom knows no "solved": closing is how a teammate says that nothing more is needed.
STATUS = {
    "open": Status.OPEN,
    "opened": Status.OPEN,
    "closed": Status.RESOLVED,
    SNOOZED: Status.WAITING_OTHER,
    SNOOZED_FOR_CUSTOMER: Status.WAITING_CUSTOMER,
    SNOOZED_BY_US: Status.OPEN,
    # Tickets: the categories every state belongs to, as the API and as the export write them.
    "submitted": Status.NEW,
    "in_progress": Status.OPEN,
    "in progress": Status.OPEN,
    "waiting_on_customer": Status.WAITING_CUSTOMER,
    "waiting on customer": Status.WAITING_CUSTOMER,
    "waiting on you": Status.WAITING_CUSTOMER,
    "resolved": Status.RESOLVED,
}

PRIORITY = {"priority": Priority.HIGH, "not_priority": Priority.NORMAL}

_CHANNELS = {
    Channel.CHAT: ("conversation", "messenger", "chat", "in_app", "in app", "desktop", "web messenger", "operator"),
    Channel.EMAIL: ("email",),
    Channel.PHONE: ("phone", "phone_call", "phone call", "phone_switch", "phone switch", "call"),
    Channel.MESSAGING: ("whatsapp", "sms", "ios", "android", "mobile", "push", "line", "telegram", "slack", "discord"),
    Channel.SOCIAL: ("facebook", "instagram", "twitter", "x"),
    Channel.API: ("api",),
    Channel.WEB: ("web form", "help center", "help_center", "portal", "tickets portal", "web"),
    Channel.OTHER: ("post", "banner", "tour", "survey", "carousel", "news", "zendesk"),
}

ROLE = {
    "user": Role.CUSTOMER,
    "lead": Role.CUSTOMER,
    "contact": Role.CUSTOMER,
    "visitor": Role.CUSTOMER,
    "admin": Role.AGENT,
    "teammate": Role.AGENT,
    "team": Role.AGENT,
    "bot": Role.BOT,
    "operator": Role.BOT,
}

WORDS = Words(
    status=STATUS,
    priority=PRIORITY,
    channel={word: channel for channel, words in _CHANNELS.items() for word in words},
    role=ROLE,
    # sla_status, beside what a truth is called anywhere: an SLA that still runs says neither.
    yes=("true", "yes", "hit", "1"),
    no=("false", "no", "missed", "0"),
)

#: How a talk with Fin ended. "Assumed" is Intercom's word for a customer who left without a complaint.
FIN_OUTCOMES = {
    "resolved": Outcome.RESOLVED,
    "assumed_resolution": Outcome.RESOLVED,
    "assumed resolution": Outcome.RESOLVED,
    "confirmed_resolution": Outcome.RESOLVED,
    "confirmed resolution": Outcome.RESOLVED,
    "routed_to_team": Outcome.HANDED_OVER,
    "routed to team": Outcome.HANDED_OVER,
    "escalated": Outcome.HANDED_OVER,
    "handed off": Outcome.HANDED_OVER,
    "abandoned": Outcome.ABANDONED,
}

#: ``source.delivered_as``: who began. What Operator delivers may be either, so it says nothing.
OUTBOUND = ("admin_initiated", "campaigns_initiated", "automated")
INBOUND = ("customer_initiated",)
#: "Started by" of the export.
STARTED_BY_US = ("teammate", "admin", "outbound", "campaign", "teammate initiated", "series")
STARTED_BY_CUSTOMER = ("customer", "user", "lead", "contact", "visitor", "end user", "customer initiated")

#: Parts that carry a note of ours where they carry words at all, and those whose words the customer reads.
_ASSIGNMENTS = ("assignment", "assign_and_reopen", "assign_and_unsnooze", "away_mode_assignment", "default_assignment")
NOTES = ("note", "note_and_reopen", *_ASSIGNMENTS)
MESSAGES = ("comment", "open", "close", "quick_reply", "snoozed", "unsnoozed")
#: Parts that change the state of a conversation.
REOPENING = ("open", "note_and_reopen", "assign_and_reopen", "assign_and_unsnooze", "unsnoozed", "timer_unsnooze")
CLOSING = ("close",)
SNOOZING = ("snoozed",)
#: Parts that hand a conversation over.
ASSIGNING = ("assignment", "assign_and_reopen", "assign_and_unsnooze", "away_mode_assignment", "default_assignment")
