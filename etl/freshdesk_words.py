"""Words of Freshdesk and Freshservice and ours, as their exports write them and as their API numbers them.

The number of a status is the same in both; that of a source (the channel) is not. Whose turn it is in a status is
told by what the requester sees for it: "Awaiting your Reply" for Pending (3) and Waiting on Customer (6), "Being
Processed" for Open (2) and Waiting on Third Party (7). Statuses an account made itself have numbers of their own:
they are reported, and mapped under ``[loading.status]`` by that number or word.
"""

from __future__ import annotations

from etl.mapping import Words
from etl.vocabulary import Channel, Priority, Status, TicketType

STATUS = {
    "Open": Status.OPEN,
    "Pending": Status.WAITING_CUSTOMER,
    "Resolved": Status.RESOLVED,
    "Closed": Status.CLOSED,
    "Waiting on Customer": Status.WAITING_CUSTOMER,
    "Waiting on Third Party": Status.WAITING_OTHER,
    "2": Status.OPEN,
    "3": Status.WAITING_CUSTOMER,
    "4": Status.RESOLVED,
    "5": Status.CLOSED,
    "6": Status.WAITING_CUSTOMER,
    "7": Status.WAITING_OTHER,
}

PRIORITY = {
    "Low": Priority.LOW,
    "Medium": Priority.NORMAL,
    "High": Priority.HIGH,
    "Urgent": Priority.URGENT,
    "1": Priority.LOW,
    "2": Priority.NORMAL,
    "3": Priority.HIGH,
    "4": Priority.URGENT,
}

TICKET_TYPE = {
    "Question": TicketType.QUESTION,
    "Incident": TicketType.INCIDENT,
    "Major Incident": TicketType.INCIDENT,
    "Problem": TicketType.PROBLEM,
    "Feature Request": TicketType.REQUEST,
    "Refund": TicketType.REQUEST,
    "Request": TicketType.REQUEST,
    "Service Request": TicketType.REQUEST,
    "Service Task": TicketType.REQUEST,
}

_CHANNEL_WORDS = {
    "Email": Channel.EMAIL,
    "Outbound Email": Channel.EMAIL,
    "Portal": Channel.WEB,
    "Feedback Widget": Channel.WEB,
    "Phone": Channel.PHONE,
    "Walkup": Channel.OTHER,
    "Walk-up": Channel.OTHER,
    "Chat": Channel.CHAT,
    "MobiHelp": Channel.CHAT,
    "Forum": Channel.SELF_SERVICE,
    "Bot": Channel.SELF_SERVICE,
    "Chatbot": Channel.SELF_SERVICE,
    "Twitter": Channel.SOCIAL,
    "Facebook": Channel.SOCIAL,
    "Whatsapp": Channel.MESSAGING,
    "Slack": Channel.MESSAGING,
    "MS Teams": Channel.MESSAGING,
    "Yammer": Channel.SOCIAL,
    "Workplace": Channel.SOCIAL,
    "Ecommerce": Channel.OTHER,
    "AWS Cloudwatch": Channel.API,
    "Pagerduty": Channel.API,
    "Alerts": Channel.API,
    "Employee Onboarding": Channel.OTHER,
    "Employee Offboarding": Channel.OTHER,
}

_FRESHDESK_NUMBERS = {
    "1": Channel.EMAIL,
    "2": Channel.WEB,
    "3": Channel.PHONE,
    "4": Channel.SELF_SERVICE,
    "5": Channel.SOCIAL,
    "6": Channel.SOCIAL,
    "7": Channel.CHAT,
    "8": Channel.CHAT,
    "9": Channel.WEB,
    "10": Channel.EMAIL,
    "11": Channel.OTHER,
    "12": Channel.SELF_SERVICE,
    "13": Channel.MESSAGING,
}

_FRESHSERVICE_NUMBERS = {
    "1": Channel.EMAIL,
    "2": Channel.WEB,
    "3": Channel.PHONE,
    "4": Channel.CHAT,
    "5": Channel.WEB,
    "6": Channel.SOCIAL,
    "7": Channel.API,
    "8": Channel.API,
    "9": Channel.OTHER,
    "10": Channel.MESSAGING,
    "11": Channel.SELF_SERVICE,
    "12": Channel.SOCIAL,
    "13": Channel.OTHER,
    "14": Channel.API,
    "15": Channel.MESSAGING,
    "18": Channel.OTHER,
}

#: In the UI exports of both: the verdict on a target.
WITHIN, VIOLATED = ("Within SLA", "true"), ("SLA Violated", "false")

_YES, _NO = ("true", "yes", "1", *WITHIN), ("false", "no", "0", *VIOLATED)


def _words(numbers: dict[str, Channel]) -> Words:
    channel = {**_CHANNEL_WORDS, **numbers}
    return Words(status=STATUS, priority=PRIORITY, channel=channel, ticket_type=TICKET_TYPE, yes=_YES, no=_NO)


FRESHDESK = _words(_FRESHDESK_NUMBERS)
FRESHSERVICE = _words(_FRESHSERVICE_NUMBERS)

#: Ratings placed on a scale of 1 to 5, so that what the vendor calls happy (101 to 103) is satisfied by our rule as
#: well, neutral (100) lies in the middle, and the order is kept. The vendor's own number or word is kept beside.
RATINGS = {
    "103": 5.0,
    "102": 4.5,
    "101": 4.0,
    "100": 3.0,
    "-101": 2.0,
    "-102": 1.5,
    "-103": 1.0,
    "Extremely Happy": 5.0,
    "Very Happy": 4.5,
    "Happy": 4.0,
    "Neutral": 3.0,
    "Unhappy": 2.0,
    "Very Unhappy": 1.5,
    "Extremely Unhappy": 1.0,
}
