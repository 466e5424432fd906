"""Jira's and Jira Service Management's default words and ours. A site's own states are read by their category."""

from __future__ import annotations

from etl.mapping import Words
from etl.vocabulary import Channel, Priority, Status, TicketType

STATUS = {
    "Open": Status.NEW,
    "New": Status.NEW,
    "To Do": Status.NEW,
    "Backlog": Status.NEW,
    "Selected for Development": Status.NEW,
    "Waiting for support": Status.OPEN,
    "In Progress": Status.OPEN,
    "In Review": Status.OPEN,
    "Work in progress": Status.OPEN,
    "Assigned": Status.OPEN,
    "Reopened": Status.OPEN,
    "Under investigation": Status.OPEN,
    "Investigating": Status.OPEN,
    "Escalated": Status.OPEN,
    "Under review": Status.OPEN,
    "Waiting for customer": Status.WAITING_CUSTOMER,
    "Waiting for info": Status.WAITING_CUSTOMER,
    "Waiting for approval": Status.WAITING_OTHER,
    "Awaiting approval": Status.WAITING_OTHER,
    "Pending": Status.WAITING_OTHER,
    "On hold": Status.WAITING_OTHER,
    "Blocked": Status.WAITING_OTHER,
    "Waiting for vendor": Status.WAITING_OTHER,
    "Resolved": Status.RESOLVED,
    "Done": Status.RESOLVED,
    "Completed": Status.RESOLVED,
    "Closed": Status.CLOSED,
    "Canceled": Status.CLOSED,
    "Cancelled": Status.CLOSED,
    "Declined": Status.CLOSED,
}

#: What a state of the site's own is read as, by the category Jira puts it into (its name, or its key).
CATEGORY = {
    "to do": Status.NEW,
    "new": Status.NEW,
    "in progress": Status.OPEN,
    "indeterminate": Status.OPEN,
    "done": Status.RESOLVED,
}

PRIORITY = {
    "Blocker": Priority.URGENT,
    "Critical": Priority.URGENT,
    "Highest": Priority.URGENT,
    "High": Priority.HIGH,
    "Major": Priority.HIGH,
    "Medium": Priority.NORMAL,
    "Minor": Priority.LOW,
    "Low": Priority.LOW,
    "Lowest": Priority.LOW,
    "Trivial": Priority.LOW,
}

TICKET_TYPE = {
    "Incident": TicketType.INCIDENT,
    "[System] Incident": TicketType.INCIDENT,
    "Bug": TicketType.INCIDENT,
    "Problem": TicketType.PROBLEM,
    "[System] Problem": TicketType.PROBLEM,
    "Question": TicketType.QUESTION,
    "Support": TicketType.QUESTION,
    "Service Request": TicketType.REQUEST,
    "[System] Service request": TicketType.REQUEST,
    "Service Request with Approvals": TicketType.REQUEST,
    "[System] Service request with approvals": TicketType.REQUEST,
    "Change": TicketType.REQUEST,
    "[System] Change": TicketType.REQUEST,
    "Task": TicketType.REQUEST,
    "Feature request": TicketType.REQUEST,
    "New Feature": TicketType.REQUEST,
    "Improvement": TicketType.REQUEST,
    "Access": TicketType.REQUEST,
    "Email request": TicketType.REQUEST,
}

CHANNEL = {
    "portal": Channel.WEB,
    "anonymousportal": Channel.WEB,
    "help center": Channel.WEB,
    "widget": Channel.WEB,
    "email": Channel.EMAIL,
    "jira": Channel.OTHER,
    "api": Channel.API,
    "chat": Channel.CHAT,
    "slack": Channel.MESSAGING,
    "phone": Channel.PHONE,
}

WORDS = Words(status=STATUS, priority=PRIORITY, ticket_type=TICKET_TYPE, channel=CHANNEL)
