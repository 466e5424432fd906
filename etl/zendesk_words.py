"""Zendesk's words and ours, as its UI export and its API write them; compared without regard to case.

Sources of the words: Zendesk help, "Exporting data to a JSON, CSV, or XML file", and its API reference,
"Tickets" and "Via types".
"""

from __future__ import annotations

from etl.mapping import Words
from etl.vocabulary import Channel, Priority, Role, Status, TicketType

STATUS = {
    "new": Status.NEW,
    "open": Status.OPEN,
    "pending": Status.WAITING_CUSTOMER,
    "hold": Status.WAITING_OTHER,
    "on-hold": Status.WAITING_OTHER,
    "on hold": Status.WAITING_OTHER,
    "solved": Status.RESOLVED,
    "closed": Status.CLOSED,
    "deleted": Status.DELETED,
    "suspended": Status.SPAM,
    # What we call a ticket that was closed with the tag below.
    "closed by merge": Status.MERGED,
}

PRIORITY = {
    "urgent": Priority.URGENT,
    "high": Priority.HIGH,
    "normal": Priority.NORMAL,
    "low": Priority.LOW,
}

TICKET_TYPE = {
    "incident": TicketType.INCIDENT,
    "problem": TicketType.PROBLEM,
    "question": TicketType.QUESTION,
    "task": TicketType.REQUEST,
}

ROLE = {"end-user": Role.CUSTOMER, "agent": Role.AGENT, "admin": Role.AGENT}

_CHANNELS = {
    Channel.EMAIL: ("mail", "email", "e-mail"),
    Channel.WEB: (
        "web",
        "web form",
        "web widget",
        "web_widget",
        "help_center",
        "help center",
        "help center post",
        "web form (help center)",
        "mobile",
        "mobile sdk",
        "mobile_sdk",
        "web_messenger",
        "dropbox",
    ),
    Channel.CHAT: ("chat", "live chat", "chat (offline message)", "zopim"),
    Channel.PHONE: (
        "voice",
        "phone",
        "phone call",
        "phone call (inbound)",
        "phone call (incoming)",
        "phone call (outbound)",
        "phone call (outgoing)",
        "phone call (cti)",
        "phone call, incoming",
        "phone call, outgoing",
        "voicemail",
        "phone_call_inbound",
        "phone_call_outbound",
    ),
    Channel.MESSAGING: (
        "messaging",
        "native_messaging",
        "native messaging",
        "sms",
        "text",
        "text message",
        "whatsapp",
        "line",
        "wechat",
        "viber",
        "telegram",
        "apple messages for business",
        "apple_business_chat",
        "google business messages",
        "facebook messenger",
        "facebook_messenger",
        "messenger",
        "instagram direct",
        "instagram_dm",
        "sunshine_conversations_api",
        "sunshine conversations api",
    ),
    Channel.SOCIAL: (
        "facebook",
        "facebook post",
        "facebook private message",
        "facebook message",
        "twitter",
        "twitter mention",
        "twitter dm",
        "twitter direct message",
        "twitter favorite",
        "x corp",
        "x corp post",
        "x corp dm",
        "twitter_dm",
        "twitter_favorite",
    ),
    Channel.API: ("api", "web service", "web service (api)", "web_service"),
    Channel.SELF_SERVICE: (
        "forum",
        "forum topic",
        "answer_bot_for_web_widget",
        "answer bot for web widget",
        "answer_bot_for_agents",
        "answer_bot_api",
        "answer bot api",
        "answer_bot_for_slack",
        "answer_bot_for_sdk",
    ),
    Channel.OTHER: (
        "rule",
        "system",
        "trigger",
        "automation",
        "merge",
        "closed ticket",
        "closed_ticket",
        "follow-up",
        "follow_up",
        "linked_problem",
        "linked problem",
        "ticket sharing",
        "ticket_sharing",
        "sample ticket",
        "sample_ticket",
        "side conversation",
        "side_conversation",
        "any channel",
        "any_channel",
        "channel integrations",
        "batch",
        "import",
        "get satisfaction",
        "github",
        "lotus",
        "logmein rescue",
    ),
}

CHANNEL = {word: channel for channel, words in _CHANNELS.items() for word in words}

WORDS = Words(status=STATUS, priority=PRIORITY, channel=CHANNEL, ticket_type=TICKET_TYPE, role=ROLE)

#: Tags by which agents, and Zendesk's own Jira app, mark a ticket as escalated.
ESCALATED_TAGS = ("escalated", "jira_escalated")
#: The tag Zendesk itself puts on a ticket that was merged into another.
MERGED_TAG = "closed_by_merge"
MERGED_WORD = "closed by merge"

#: What a rating says, beside whether it came with a comment.
GOOD = ("good", "good with comment", "good_with_comment", "goodwithcomment")
BAD = ("bad", "bad with comment", "bad_with_comment", "badwithcomment")
OFFERED = ("offered",)
NOT_OFFERED = ("not offered", "unoffered", "not_offered")
