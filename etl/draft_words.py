"""What a header or a word of a help desk usually means: guesses for a drafted mapping, for a person to confirm."""

from __future__ import annotations

import re

#: Our column → headers that usually hold it, the likeliest first. Lower case, words apart by one space.
TICKET = {
    "original_id": "number|ticket id|ticket number|ticket no|case number|case id|issue key|key|incident id|"
    "incident number|request id|conversation id|case concept name|ticket|case|id|reference",
    "created_at": "created at|opened at|created|created time|created date|create date|date created|creation date|"
    "opened|date opened|open date|opened date|date time opened|created on|sys created on|submitted at|reported at",
    "resolved_at": "resolved at|solved at|resolved|solved|resolved time|resolved date|date resolved|resolution date|"
    "resolutiondate|resolved on|completed at|completed",
    "closed_at": "closed at|closed|closed time|close date|closed date|date closed|date time closed|closed on",
    "updated_at": "updated at|updated|sys updated on|last update time|last updated|last modified|modified|updated on",
    "first_reply_at": "first reply at|first response at|first responded at|initial response time|first response date",
    "due_at": "due at|due date|due by time|due|sla due",
    "status": "status|state|ticket status|incident state|case status|current state",
    "priority": "priority|urgency|severity",
    "channel": "channel|via|contact type|case origin|origin|source",
    "ticket_type": "ticket type|issue type|type",
    "team": "team|group|org group|assignment group|workgroup|queue|support group|department",
    "owner": "assignee|assigned to|owner|case owner|ticket owner|agent|resource",
    "requester": "requester|requester id|caller|caller id|reporter|contact name|requester email|customer email|email",
    "account": "account|account name|company|organization|organisation|customer|client",
    "region": "region|location|country",
    "product": "product|service|business service|cmdb ci|component",
    "category": "category|topic|subcategory|case reason|reason",
    "subject": "subject|short description|summary|title",
    "tags": "tags|labels",
    "problem_key": "problem id|problem|problem key",
    "change_key": "rfc|change request",
    "caused_by": "caused by",
}  # fmt: skip
EVENT = {
    "occurred_at": "occurred at|timestamp|complete timestamp|time timestamp|event time|changed at|change date|"
    "sys updated at|updated at|updated|datetime|time|date|start timestamp",
    "sequence": "sys mod count|sequence|version|revision",
    "activity": "activity|action|event|event type|event name|concept name|field name|field",
    "actor": "resource|actor|author|changed by|updated by|sys updated by|performed by|user|org resource",
    "old_value": "old value|previous value|from value",
    "new_value": "new value|value|to value",
}
SURVEY = {
    "score": "score|nps|nps score|csat|csat score|rating|satisfaction|satisfaction score|answer|ces|ff score",
    "comment": "comment|comments|feedback|feedback comment|verbatim|text|remark|explication|reason",
    "answered_at": "answered at|response date|responded at|submitted at|recorded date|recordeddate|completed at|"
    "created at|date|timestamp|updated at",
    "sent_at": "sent at|sent|invited at|survey sent",
    "survey_id": "survey id|response id|responseid|respondent id|id",
    "ticket_original_id": "ticket id|ticket|ticket number|case number|number|conversation id|case id",
    "respondent": "respondent|customer|customer id|user id|email|requester|contact email address|contact name",
    "account": "account|company|organization|organisation",
}

_STATUS = (
    (r"cancel|withdrawn|reject|duplicate", "closed", False),
    (r"reopen", "open", True),
    (r"clos", "closed", True),
    (r"resolv|solved|done|complete|fixed|finished", "resolved", True),
    (r"(wait|pend|hold|await).*(customer|user|caller|requester|reporter|client|info)", "waiting_customer", True),
    (r"(wait|pend|hold|await|suspend)", "waiting_other", False),
    (r"^new$|^logged$|^created$|insert", "new", True),
    (r"open|active|progress|assign|work|accept|charge|start|review|investigat", "open", True),
    (r"merge", "merged", True),
    (r"spam", "spam", True),
    (r"delet|trash", "deleted", True),
)
_PRIORITY = (
    (r"critical|urgent|blocker|highest|emergency|\b(p|sev|s)?[ -]?1\b", "urgent", True),
    (r"high|major|\b(p|sev|s)?[ -]?2\b", "high", True),
    (r"normal|medium|moderate|standard|\b(p|sev|s)?[ -]?3\b", "normal", True),
    (r"low|minor|trivial|planning|\b(p|sev|s)?[ -]?[45]\b", "low", True),
)
_CHANNEL = (
    (r"mail", "email", True),
    (r"phone|call|voice|ivr", "phone", True),
    (r"chat", "chat", True),
    (r"self|portal", "self_service", False),
    (r"web|form|widget|site", "web", True),
    (r"whatsapp|messag|sms|messenger", "messaging", True),
    (r"twitter|facebook|social|instagram", "social", True),
    (r"api|monitor|integration|alert", "api", True),
)
_TYPE = (
    (r"incident|bug|fault|issue", "incident", True),
    (r"problem", "problem", True),
    (r"question|how to|inquiry", "question", True),
    (r"request|task|order", "request", True),
)
_OF = {"status": _STATUS, "priority": _PRIORITY, "channel": _CHANNEL, "ticket_type": _TYPE}


def headers_of(known: dict[str, str], name: str) -> list[str]:
    """The headers a column of ours usually has."""
    return known[name].split("|")


def simple(header: str) -> str:
    """A header as the lists above write it.

    >>> simple("Date/Time Opened"), simple("caller_id")
    ('date time opened', 'caller id')
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    return " ".join(re.findall(r"[a-z0-9]+", apart.lower()))


def guess(column: str, word: str) -> tuple[str | None, bool]:
    """Our word for a vendor's, and whether the guess is a safe one; None where there is none."""
    for pattern, ours, is_safe in _OF[column]:
        if re.search(pattern, word.lower()):
            return ours, is_safe
    return None, False
