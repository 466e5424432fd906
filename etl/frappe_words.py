"""Frappe Helpdesk's words and ours, as it ships. See the DocTypes "HD Ticket", "Communication" and "Version"."""

from __future__ import annotations

from etl.mapping import Words
from etl.vocabulary import Channel, Priority, Status, TicketType

SOURCE = "frappe"

STATUS = {
    "open": Status.OPEN,
    "replied": Status.WAITING_CUSTOMER,
    "paused": Status.WAITING_CUSTOMER,
    "on hold": Status.WAITING_OTHER,
    "hold": Status.WAITING_OTHER,
    "resolved": Status.RESOLVED,
    "closed": Status.CLOSED,
    "merged": Status.MERGED,
}
PRIORITY = {
    "urgent": Priority.URGENT,
    "high": Priority.HIGH,
    "medium": Priority.NORMAL,
    "low": Priority.LOW,
}
TICKET_TYPE = {
    "incident": TicketType.INCIDENT,
    "bug": TicketType.INCIDENT,
    "problem": TicketType.PROBLEM,
    "question": TicketType.QUESTION,
    "request": TicketType.REQUEST,
}
CHANNEL = {"customer portal": Channel.WEB, "email": Channel.EMAIL, "chat": Channel.CHAT, "phone": Channel.PHONE}

WORDS = Words(status=STATUS, priority=PRIORITY, ticket_type=TICKET_TYPE, channel=CHANNEL)

#: Ticket types that say nothing.
NO_TYPE = ("unspecified",)
#: A rating is kept as a share of five stars; none is 0.
STARS = {"0.2": 1.0, "0.4": 2.0, "0.6": 3.0, "0.8": 4.0, "1": 5.0, "1.0": 5.0}
#: Users that are no person.
SYSTEM = ("administrator", "guest")

#: Fields of the DocType, under the labels of its list export; several labels are those of older versions.
LABELS = {
    "name": ("ID",),
    "subject": ("Subject",),
    "raised_by": ("Raised By (Email)",),
    "status": ("Status",),
    "priority": ("Priority",),
    "ticket_type": ("Ticket Type",),
    "agent_group": ("Team",),
    "sla": ("SLA", "Service Level Agreement"),
    "response_by": ("Response By",),
    "agreement_status": ("SLA Status", "Agreement Status"),
    "resolution_by": ("Resolution By",),
    "total_hold_time": ("Total Hold Time",),
    "first_response_time": ("First Response Time",),
    "first_responded_on": ("First Responded On",),
    "opening_date": ("Opening Date",),
    "opening_time": ("Opening Time",),
    "resolution_date": ("Resolution Date",),
    "resolution_time": ("Resolution Time",),
    "user_resolution_time": ("User Resolution Time",),
    "contact": ("Contact",),
    "customer": ("Customer",),
    "via_customer_portal": ("Via Customer Portal",),
    "feedback_extra": ("Feedback (Extra)",),
    "feedback_rating": ("Rating", "Feedback Rating"),
    "is_merged": ("Ticket Merged",),
    "merged_with": ("Merged With",),
    "first_response_failed_by": ("First Response Failed By",),
    "resolution_failed_by": ("Resolution Failed By",),
    "creation": ("Created On",),
    "modified": ("Last Updated On", "Last Modified On", "Modified On"),
    "_assign": ("Assigned To",),
    "_user_tags": ("Tags",),
}
