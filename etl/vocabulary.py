"""The words a column may hold, and what each means. Vendor words are kept beside ours, never instead of them."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Where a ticket stands. The turn to act is what tells the waiting ones apart."""

    NEW = "new"
    OPEN = "open"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_OTHER = "waiting_other"
    RESOLVED = "resolved"
    CLOSED = "closed"
    DELETED = "deleted"
    SPAM = "spam"
    MERGED = "merged"


#: A ticket in one of these needs nothing more from support.
DONE = (Status.RESOLVED, Status.CLOSED)
#: A ticket in one of these never enters a KPI; it is counted on the data quality page.
DROPPED = (Status.DELETED, Status.SPAM, Status.MERGED)


class Priority(StrEnum):
    """Urgency as the help desk ranks it, most urgent first."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class Channel(StrEnum):
    """The way a customer came in."""

    EMAIL = "email"
    WEB = "web"
    CHAT = "chat"
    PHONE = "phone"
    MESSAGING = "messaging"
    SOCIAL = "social"
    API = "api"
    SELF_SERVICE = "self_service"
    OTHER = "other"


class TicketType(StrEnum):
    """What a ticket is about in kind."""

    INCIDENT = "incident"
    PROBLEM = "problem"
    QUESTION = "question"
    REQUEST = "request"


class Role(StrEnum):
    """Who acted. Engineering is anyone in a group mapped to the tier ``engineering``."""

    CUSTOMER = "customer"
    AGENT = "agent"
    ENGINEERING = "engineering"
    BOT = "bot"


class Event(StrEnum):
    """What happened to a ticket.

    ``old_value`` and ``new_value`` of an event hold: for ``status`` and ``priority`` our words; for ``owner``
    and ``team`` their identifiers; for ``level`` a number as text (1, 2, 3 …); for ``link`` the key of the
    record linked; for ``escalation`` the kind (``functional`` or ``hierarchical``); nothing for messages.
    """

    CREATED = "created"
    STATUS = "status"
    OWNER = "owner"
    TEAM = "team"
    PRIORITY = "priority"
    LEVEL = "level"
    PUBLIC_MESSAGE = "public_message"
    PRIVATE_NOTE = "private_note"
    LINK = "link"
    ESCALATION = "escalation"


class Signal(StrEnum):
    """What shows that somebody rebuilt the context of a ticket (methods: investigation tax), in the ledger's order.

    Of each the ledger has one entry a sighting with quantity 1; of ``words_reread`` the quantity is the words of the
    thread before a pick-up.
    """

    HISTORY = "history"
    NOTE = "note"
    LINK = "link"
    ESCALATION = "escalation"
    ENGINEERING_QUESTION = "engineering_question"
    CUSTOMER_QUESTION = "customer_question"
    PICKUP = "pickup"
    REOPEN = "reopen"
    RESUME = "resume"
    WORDS_REREAD = "words_reread"


class Segment(StrEnum):
    """What a ticket was doing between two of its events. Exactly one holds: the first of this list that does."""

    DONE = "done"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_OTHER = "waiting_other"  # engineering mostly: the status says only that somebody else has the turn
    FIRST_QUEUE = "first_queue"
    HANDOFF_QUEUE = "handoff_queue"
    REINVESTIGATION = "reinvestigation"
    FIRST_INVESTIGATION = "first_investigation"
    WORKING = "working"


#: The segments in which context is rebuilt, or waits to be: what the delay tax counts.
REBUILDING = (Segment.HANDOFF_QUEUE, Segment.FIRST_INVESTIGATION, Segment.REINVESTIGATION)


class Ending(StrEnum):
    """What an escalation ended in, by engineering's word for the end of its record."""

    FIX = "fix"
    WORKAROUND = "workaround"
    EXPLANATION = "explanation"
    NO_FIX = "no fix"


class FixKind(StrEnum):
    """How deep a fix goes, by the words of its change or record. "Fixed" alone says that it ended, not how deep."""

    HOTFIX = "hotfix"
    ROOT_CAUSE = "root cause"
    WORKAROUND = "workaround"
    NOT_TOLD = "not told"


class FixEvidence(StrEnum):
    """Where the moment of a fix is read off, the best first."""

    RECORD = "engineering record"  # its end, unless it ended without a fix
    CHANGE = "change"  # deployed, and naming the issue's record
    RESOLVE = "last resolve"  # nobody tells of a fix: the occurrence's last ticket was resolved


class Came(StrEnum):
    """How a ticket came into a tier."""

    FIRST = "first"  # where it began
    UP = "up"  # higher than ever before
    AGAIN = "again"  # up once more, no higher than it had been
    DOWN = "down"
    BACK = "back"  # into the tier it left, from a team without a tier


class Path(StrEnum):
    """How an escalation kept to its declared path."""

    FOLLOWED = "followed"
    SKIPPED = "skipped"  # a step was left out
    ELSEWHERE = "elsewhere"  # up to a team that is no step of it


class SurveyKind(StrEnum):
    """What was asked."""

    CSAT = "csat"
    NPS = "nps"
    CES = "ces"


class Excluded(StrEnum):
    """Why a ticket is kept out of every KPI (the population rules). Kept as a fact, counted, never dropped."""

    DELETED = "deleted"
    SPAM = "spam"
    MERGED = "merged into another ticket"
    TEST = "test or internal requester"


class VendorFigure(StrEnum):
    """A measurement help desks export beside a ticket, by the field's own name. Minutes, or counts."""

    FIRST_REPLY = "first_reply_minutes"
    FIRST_REPLY_BUSINESS = "first_reply_business_minutes"
    FIRST_RESOLUTION = "first_resolution_minutes"
    FIRST_RESOLUTION_BUSINESS = "first_resolution_business_minutes"
    FULL_RESOLUTION = "resolution_minutes"
    FULL_RESOLUTION_BUSINESS = "resolution_business_minutes"
    REQUESTER_WAIT = "requester_wait_minutes"
    REQUESTER_WAIT_BUSINESS = "requester_wait_business_minutes"
    AGENT_WAIT = "agent_wait_minutes"
    AGENT_WAIT_BUSINESS = "agent_wait_business_minutes"
    ON_HOLD = "on_hold_minutes"
    ON_HOLD_BUSINESS = "on_hold_business_minutes"
    REPLIES = "public_replies"
    REOPENS = "reopens"
    OWNER_STATIONS = "owner_stations"
    TEAM_STATIONS = "team_stations"


class ChangeOutcome(StrEnum):
    """How a change or a deployment ended."""

    SUCCESSFUL = "successful"
    WITH_ISSUES = "successful with issues"
    FAILED = "failed"
    ROLLED_BACK = "rolled back"
    CANCELLED = "cancelled"


class Severity(StrEnum):
    """How bad an incident was, worst first: out of service, badly degraded, slightly, next to nothing."""

    SEV1 = "sev1"
    SEV2 = "sev2"
    SEV3 = "sev3"
    SEV4 = "sev4"


class Outcome(StrEnum):
    """How a self-service session ended."""

    RESOLVED = "resolved"
    HANDED_OVER = "handed over"
    ABANDONED = "abandoned"


#: Tiers a group may be mapped to in ``supportkpi.toml``. A move to a higher one is a functional escalation.
TIERS = {"bot": 0, "tier1": 1, "tier2": 2, "tier3": 3, "engineering": 4}
