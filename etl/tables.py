"""The contract between writing and reading: the fact tables, as SQLAlchemy Core.

A row is a measurement, never a verdict: ``days_to_next_contact`` is stored, "repeat" is decided by the KPI.
Clocks are naive UTC, durations minutes as floating point, calendar and business side by side. NULL means "not known",
never zero. Escalations, ways through many hands, issues and fixes stand in modules beside it and are taken from here.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Integer, Table, Text

from etl.escalation_tables import escalation as escalation  # noqa: PLC0414
from etl.escalation_tables import hierarchical_escalation as hierarchical_escalation  # noqa: PLC0414
from etl.escalation_tables import tier_stay as tier_stay  # noqa: PLC0414
from etl.fact_columns import clock as _clock
from etl.fact_columns import count as _count
from etl.fact_columns import facts as facts  # noqa: PLC0414  (everybody takes it from here)
from etl.fact_columns import number as _number
from etl.fact_columns import of_ticket as _of_ticket
from etl.fact_columns import text as _text
from etl.fix_tables import fix as fix  # noqa: PLC0414
from etl.issue_tables import issue as issue  # noqa: PLC0414
from etl.issue_tables import issue_pair as issue_pair  # noqa: PLC0414
from etl.issue_tables import issue_ticket as issue_ticket  # noqa: PLC0414
from etl.tax_tables import segment as segment  # noqa: PLC0414
from etl.tax_tables import tax_entry as tax_entry  # noqa: PLC0414
from etl.tax_tables import ticket_tax as ticket_tax  # noqa: PLC0414
from etl.thread_tables import handoff as handoff  # noqa: PLC0414
from etl.thread_tables import macro_use as macro_use  # noqa: PLC0414
from etl.thread_tables import queue_stay as queue_stay  # noqa: PLC0414
from etl.thread_tables import quiet_spell as quiet_spell  # noqa: PLC0414

#: One row a ticket, newest state, with everything that needs its history already measured.
ticket = Table(
    "ticket",
    facts,
    Column("ticket_id", Text, nullable=False),  # "zendesk:4711": unique over all sources
    *_text("source", "original_id", "subject"),
    *_text("status", "original_status", "priority", "original_priority"),
    *_text("channel", "original_channel", "ticket_type", "original_type"),
    *_text("team", "owner", "requester", "account", "account_tier", "region", "product", "category", "tags"),
    # The linked problem or engineering record, the change raised to solve it, and the one said to have caused it.
    *_text("problem_key", "change_key", "caused_by"),
    # The ticket this one was merged into, whose thread now holds its messages; NULL where nobody says which.
    *_text("merged_into"),
    # resolved_at is the last resolve; it stands until there is a newer one, also while the ticket is open again.
    *_clock("created_at", "first_reply_at", "first_resolved_at", "resolved_at", "closed_at", "updated_at"),
    # The first functional escalation: a move to a higher tier, a linked engineering record, or the vendor's word.
    *_clock("escalated_at"),
    # From that escalation to the first thing engineering did on the ticket or on its record; NULL: nothing yet.
    *_number("engineering_minutes"),
    # The newest moment this ticket's source tells of: what happened later is not known yet.
    *_clock("observed_until"),
    *_number("first_reply_minutes", "first_reply_business_minutes"),
    *_number("first_resolution_minutes", "first_resolution_business_minutes"),
    *_number("resolution_minutes", "resolution_business_minutes"),
    # Business minutes in which the customer was not the one to act, nor the ticket resolved (between a resolve and
    # a reopen). NULL without a schedule or without status history.
    *_number("first_reply_active_minutes", "first_resolution_active_minutes", "resolution_active_minutes"),
    # Where the time from creation to the last resolve (or to observed_until) went, by whose turn it was; NULL where
    # the export holds no status history. The four add up to the time the ticket was not done: all of it, less what
    # stood resolved until a reopen. Unowned: our turn, and no owner; NULL where no owners are told, and with_us has it.
    *_number("with_us_minutes", "with_us_business_minutes", "unowned_minutes", "unowned_business_minutes"),
    *_number("with_customer_minutes", "with_customer_business_minutes"),
    *_number("with_other_minutes", "with_other_business_minutes"),
    # Business minutes counted under the schedule the ticket was under last, from its creation on: how Zendesk counts,
    # kept to reconcile with it. The same as the business minutes of a ticket that was under one schedule only.
    *_number("first_reply_last_schedule_minutes", "first_resolution_last_schedule_minutes"),
    *_number("resolution_last_schedule_minutes", "with_us_last_schedule_minutes", "unowned_last_schedule_minutes"),
    *_number("with_customer_last_schedule_minutes", "with_other_last_schedule_minutes"),
    # From first resolve: to the first reopen that counts, to the requester's next contact on the same topic,
    # and to observed_until (how long the ticket could have been watched). NULL: it did not happen, or not yet.
    *_number("days_to_reopen", "days_to_next_contact", "days_observed"),
    # Age at observed_until while the ticket is open; NULL once it is done.
    *_number("open_days"),
    # The same age in office minutes, and without the customer's turn; NULL once it is done, or without a schedule.
    *_number("open_business_minutes", "open_active_minutes"),
    # The waits of the customer that were answered (from the creation of a ticket they began, or their first message
    # after our last reply, to the next public reply by a person): how many, and how long together.
    *_count("responses"),
    *_number("response_minutes", "response_business_minutes", "response_active_minutes"),
    *_count("public_replies", "customer_messages", "private_notes", "reopens"),
    # People who replied in public; the customer's messages later than a minute after the creation.
    *_count("repliers", "customer_followups"),
    *_count("handoffs", "owners", "teams"),
    # Assignments to a person and to a team, the first one included (Zendesk's "stations"), and every change from
    # done to open, slips included: what help desks count, kept to reconcile with them.
    *_count("owner_stations", "team_stations", "status_reopens"),
    # The team it was in when the rules of its first five minutes were done, or the first it ever came to.
    *_text("first_team"),
    # People who did something to it; times it came straight back to an owner or team (A, B, A); the customer's messages
    # after handoffs that the new owner had not answered yet.
    *_count("people", "returns", "customer_repeats"),
    # The highest tier (``vocabulary.TIERS``) of the teams that had it, NULL where one has none declared; the other
    # systems it links to; its rows in ``macro_use``. NULL throughout where the feed holds no such history.
    *_count("tier_reached", "linked_systems", "repeated_texts"),
    # What a person's public messages up to the first resolve said of the cause: 'proven' (a link or a record was on the
    # ticket by then), 'unproven', 'none'. NULL where no texts or no links are told.
    *_text("claim"),
    # Whether the ticket can be judged on escalation at all, and if so whether it was: 'yes', 'no' or NULL.
    *_text("escalated"),
    *_text("excluded_because"),  # vocabulary.Excluded; NULL for the tickets that count
    Column("is_outbound", Boolean, nullable=False),  # started by an agent
    Column("is_bot_only", Boolean, nullable=False),  # resolved without one public message by a person
    Column("is_closed_without_resolve", Boolean, nullable=False),  # the close is counted as the resolve
    Column("is_auto_closed", Boolean, nullable=False),  # first resolved by a rule, for want of an answer
    # How often each signal of context rebuilding was seen (methods: investigation tax). NULL where the feed
    # holds no such history; tax_feed names what was missing, or is NULL when nothing was.
    *_count("signal_history", "signal_note", "signal_link", "signal_escalation", "signal_engineering_question"),
    *_count("signal_customer_question", "signal_pickup", "signal_reopen", "signal_resume", "words_reread"),
    *_text("tax_feed"),
    *_text("occurrence_id"),
    # Which occurrence of its issue that is, and which of the escalated ones, whether or not it was escalated itself.
    *_count("occurrence_number", "pass_number"),
    # ``occurrence.days_since_previous`` of that occurrence.
    *_number("days_since_occurrence"),
    Column("load_id", Integer, nullable=False),
)

#: One row a change or message, oldest first by (occurred_at, sequence) inside a ticket.
ticket_event = Table(
    "ticket_event",
    facts,
    Column("ticket_id", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    *_clock("occurred_at"),
    *_text("kind"),  # vocabulary.Event
    *_text("actor", "actor_role"),  # vocabulary.Role
    *_text("old_value", "new_value", "original_value"),
    *_count("words"),
    Column("is_question", Boolean),
    Column("asserts_cause", Boolean),  # says why something happened (``etl.claims``); NULL where no text was read
    *_text("text_hash"),
    Column("load_id", Integer, nullable=False),
)

#: Each stretch a ticket was open, so that the backlog of any past day can be rebuilt. Open still: ended_at NULL.
open_spell = Table("open_spell", facts, Column("ticket_id", Text, nullable=False), *_clock("opened_at", "ended_at"))

#: Tickets of one issue with gaps under 24 h are one occurrence; a 50-ticket outage is one row.
occurrence = Table(
    "occurrence",
    facts,
    Column("occurrence_id", Text, nullable=False),
    *_text("issue_key", "evidence", "first_ticket_id"),
    *_of_ticket(),  # of its first ticket
    *_clock("started_at", "ended_at"),
    *_count("number", "tickets", "accounts"),
    # Since the previous occurrence of the same issue ended; NULL for the first.
    *_number("days_since_previous"),
)

#: One row a survey sent, with or without an answer.
survey = Table(
    "survey",
    facts,
    Column("survey_id", Text, nullable=False),
    *_text("source", "kind", "ticket_id", "respondent", "account"),
    *_text("original_score", "comment"),
    *_number("score", "scale_low", "scale_high"),
    # 0 is the worst answer of the scale and 1 the best, whatever its direction; NULL when unanswered.
    *_number("score_share"),
    *_clock("sent_at", "answered_at"),
    # Newest answer on its ticket; newest answer of the person in the calendar quarter. One of each counts.
    Column("is_latest_on_ticket", Boolean, nullable=False),
    Column("is_latest_in_quarter", Boolean, nullable=False),
    Column("is_first_on_ticket", Boolean),  # oldest answer on its ticket
    Column("higher_is_better", Boolean),  # the direction declared for its scale
    # From the answer to the next public message of a person to whoever gave it, and to the newest moment that person's
    # help desk tells of. NULL: there was none; nobody knows who answered, or messages are not exported.
    *_number("hours_to_follow_up", "hours_observed"),
    *_of_ticket(own=("source", "account")),
    Column("load_id", Integer, nullable=False),
)

#: One row a target clock that ran on a ticket; dated when it was met or fell due.
sla_clock = Table(
    "sla_clock",
    facts,
    Column("ticket_id", Text, nullable=False),
    *_text("clock", "basis"),  # first_reply, next_reply or resolution; vendor's verdict, or our own policy
    *_clock("due_at", "met_at", "dated_at"),
    Column("is_met", Boolean),  # NULL: still running
    *_count("cycle"),  # 1 for the first time this clock ran on the ticket, 2 for the next …
    Column("is_last_cycle", Boolean),  # no newer cycle of this clock ran on the ticket
)

#: One row a figure the help desk itself gives for a ticket, to reconcile with: what the vendor says, never ours.
vendor_figure = Table(
    "vendor_figure",
    facts,
    Column("ticket_id", Text, nullable=False),
    *_text("figure"),  # vocabulary.VendorFigure
    *_number("value"),
    Column("load_id", Integer, nullable=False),
)

change = Table(
    "change",
    facts,
    Column("change_id", Text, nullable=False),
    *_text("source", "title", "product", "kind", "outcome", "url", "risk"),
    Column("is_approved", Boolean),  # signed off before it went out; NULL: not told
    *_number("related_incidents"),  # as the change system itself counts them
    *_clock("started_at", "deployed_at", "rolled_back_at"),
    Column("load_id", Integer, nullable=False),
)

incident = Table(
    "incident",
    facts,
    Column("incident_id", Text, nullable=False),
    *_text("source", "title", "severity", "original_severity", "product", "url"),
    *_number("accounts_affected"),
    *_clock("started_at", "detected_at", "engaged_at", "resolved_at", "postmortem_at"),
    # Began to detected, detected to engaged, resolved to postmortem (0: written before); NULL where an end is not told,
    # or the first two are out of order.
    *_number("detection_minutes", "engagement_minutes", "postmortem_minutes"),
    # How long after its resolve the incident could have been watched.
    *_number("minutes_observed"),
    Column("load_id", Integer, nullable=False),
)

account = Table(
    "account",
    facts,
    Column("account", Text, nullable=False),
    *_text("source", "original_id", "tier", "region", "health"),
    *_number("annual_revenue"),
    *_clock("renewal_at"),
    Column("load_id", Integer, nullable=False),
)

agent = Table(
    "agent",
    facts,
    Column("agent", Text, nullable=False),
    *_text("source", "original_id", "team", "tier", "schedule", "role", "languages", "skills"),
    *_clock("started_at", "left_at"),
    *_number("cost_per_hour"),
    Column("load_id", Integer, nullable=False),
)

#: One row an agent and local day on which they wrote to a customer. ``worked_at`` is noon of that day in the reporting
#: zone, so that it lies in the day whatever the clocks do at midnight.
agent_day = Table(
    "agent_day",
    facts,
    *_text("source", "agent", "team"),
    *_clock("worked_at"),
    # Public messages written, and tickets they own that were last resolved that day.
    *_count("public_replies", "resolved"),
)

worklog = Table(
    "worklog",
    facts,
    Column("ticket_id", Text, nullable=False),
    *_text("source", "agent", "activity"),
    *_clock("occurred_at"),
    *_number("minutes"),
    Column("load_id", Integer, nullable=False),
)

#: One row a record of engineering's tracker. ``issue_key`` is what tickets carry in ``problem_key``.
engineering_issue = Table(
    "engineering_issue",
    facts,
    Column("issue_key", Text, nullable=False),
    *_text("source", "title", "kind", "status", "original_status", "priority", "product", "team", "outcome", "url"),
    *_clock("created_at", "first_action_at", "resolved_at", "updated_at"),
    Column("load_id", Integer, nullable=False),
)

#: One row a quality review of a ticket: the score on its declared scale, and its share of the way to the best.
review = Table(
    "review",
    facts,
    Column("review_id", Text, nullable=False),
    *_text("source", "ticket_id", "category", "original_score"),
    *_number("score", "scale_low", "scale_high", "score_share"),
    *_clock("reviewed_at"),
    Column("load_id", Integer, nullable=False),
)

article = Table(
    "article",
    facts,
    Column("article_id", Text, nullable=False),
    *_text("source", "title", "product", "category", "language", "url"),
    *_clock("created_at", "updated_at"),
    *_number("views", "votes_up", "votes_down"),
    Column("load_id", Integer, nullable=False),
)

#: One row a vote on an article that is told with its date.
article_vote = Table(
    "article_vote",
    facts,
    Column("article_id", Text, nullable=False),
    *_text("source"),
    *_clock("voted_at"),
    Column("is_helpful", Boolean),
    Column("load_id", Integer, nullable=False),
)

#: One row a visit that began without a person: a bot, a help centre, a portal.
self_service = Table(
    "self_service",
    facts,
    Column("session_id", Text, nullable=False),
    *_text("source", "kind", "topic", "requester", "account", "outcome", "original_outcome", "ticket_id"),
    *_clock("started_at", "ended_at"),
    # From its end to the same person's next ticket, and to their next ticket or session; NULL: none, or nobody known.
    *_number("hours_to_ticket", "hours_to_next_contact"),
    # From its end to the newest moment the help desk tells of; NULL where no ticket is loaded.
    *_number("hours_observed"),
    Column("load_id", Integer, nullable=False),
)

#: One row a figure entered by hand or exported by a system of people or money: headcount, cost, retention …
figure = Table(
    "figure",
    facts,
    Column("metric", Text, nullable=False),
    *_text("source", "segment", "unit", "note"),
    *_clock("period_start", "period_end"),
    *_number("value"),
    Column("load_id", Integer, nullable=False),
)

#: One row a file that was loaded; every fact points here.
load = Table(
    "load",
    facts,
    Column("load_id", Integer, nullable=False),
    *_clock("loaded_at"),
    *_text("source", "file_name", "sha256", "mapping", "timezone", "notes"),
    Column("rows_read", BigInteger),
    Column("rows_accepted", BigInteger),
    Column("rows_quarantined", BigInteger),
    *_clock("data_from", "data_until"),
    *_number("seconds"),
)

#: One row of a file that was not taken, with the reason. Row 1 is the first record after the header.
quarantine = Table(
    "quarantine",
    facts,
    Column("load_id", Integer, nullable=False),
    *_text("file_name"),
    Column("line", BigInteger),
    *_text("column", "value", "reason"),
)

#: One vendor word nobody has mapped, with how often it came and what was done with it.
unmapped_word = Table(
    "unmapped_word",
    facts,
    Column("load_id", Integer, nullable=False),
    *_text("column", "word", "treated_as"),
    Column("rows", BigInteger),
)

#: A column of an export that is new, missing or renamed (to ``now``) since the load of its kind before. ``ours`` names
#: what it fed, as ``ticket.status``; ``is_lost`` says that nothing feeds one of those any more.
drift = Table(
    "drift",
    facts,
    Column("load_id", Integer, nullable=False),
    *_text("source", "column", "what", "now", "ours"),
    Column("is_lost", Boolean, nullable=False),
)
