"""Salesforce's records around a case, from a data export (CSV) or a query (JSON): cases, users, queues, accounts,
contacts, milestones and their types. Clocks are in UTC, with or without a marker.
"""

from __future__ import annotations

import re

from sqlalchemy import and_, case, func, literal, or_, select

from etl.mapping import Clock, Mapping, Words
from etl.naming import put_names
from etl.rearranged import Cell, rearranged, refuse_where
from etl.salesforce_report import TWICE, has_cases
from etl.salesforce_rows import closed_words, eighteen, fields, is_queue, is_true, is_user
from etl.salesforce_words import DELETED_WORD, MERGED_WORD, SOURCE, words
from etl.staging import RawTable, Stage
from etl.threads import domain_of, pseudonym
from etl.translate import stage_mapping
from etl.vocabulary import Role

_CLOCK = Clock(timezone="UTC")
_CASE = (
    "Id", "CaseNumber", "Subject", "Status", "Priority", "Origin", "Type", "Reason", "OwnerId", "Owner.Name",
    "AccountId", "Account.Name", "ContactId", "SuppliedEmail", "IsClosed", "IsDeleted", "IsEscalated",
    "MasterRecordId", "ParentId", "ProductId", "Product.Name", "CreatedDate", "ClosedDate", "LastModifiedDate",
    "SystemModstamp", "MilestoneStatus",
)  # fmt: skip


def stage_cases(raw: RawTable, into: Stage) -> None:
    """Put cases under their ids: the case number is for people, the id is what links history, mails and accounts."""
    rows = fields(raw, into, _CASE)
    c = rows.table.c
    is_closed = is_true(c.IsClosed)
    gone = case(
        (is_true(c.IsDeleted) & c.MasterRecordId.is_(None), DELETED_WORD), (c.MasterRecordId.is_not(None), MERGED_WORD)
    )
    is_owned = is_user(c.OwnerId)
    cells: dict[str, Cell] = {
        **{name: c[name] for name in ("Subject", "Priority", "Origin", "Type", "Reason", "CreatedDate", "IsEscalated")},
        "Id": eighteen(c.Id),
        "Status": func.coalesce(gone, c.Status),
        "person": case((is_owned, eighteen(c.OwnerId)), (c.OwnerId.is_(None), c["Owner.Name"])),
        "queue": case((is_queue(c.OwnerId), eighteen(c.OwnerId))),
        "account": func.coalesce(eighteen(c.AccountId), c["Account.Name"]),
        "requester": func.coalesce(eighteen(c.ContactId), pseudonym(c.SuppliedEmail)),
        "product": func.coalesce(c["Product.Name"], c.ProductId),
        "master": eighteen(c.MasterRecordId),
        "ClosedDate": case((is_closed, c.ClosedDate)),
        "changed": func.coalesce(c.SystemModstamp, c.LastModifiedDate),
    }
    told = rearranged(rows, into, cells)
    closed = closed_words(rows, into, c.Status, is_closed)
    columns = {
        "original_id": "Id",
        "subject": "Subject",
        "status": "Status",
        "priority": "Priority",
        "channel": "Origin",
        "ticket_type": "Type",
        "category": "Reason",
        "owner": "person",
        "team": "queue",
        "account": "account",
        "requester": "requester",
        "product": "product",
        "merged_into": "master",
        "vendor_escalated": "IsEscalated",
        "created_at": "CreatedDate",
        "resolved_at": "ClosedDate",
        "closed_at": "ClosedDate",
        "updated_at": "changed",
    }
    mapping = Mapping(
        name="salesforce-cases",
        source=SOURCE,
        shape="ticket",
        clock=_CLOCK,
        columns={ours: (theirs,) for ours, theirs in columns.items()},
        words=words(closed),
    )
    stage_mapping(mapping, told, into)
    if has_cases(into, by_id=False):
        into.warnings.append(TWICE)


_USER = ("Id", "Name", "FirstName", "LastName", "UserType")
_BOTS = ("automatedprocess", "cloudintegrationuser")
_CUSTOMERS = (
    "cspliteportal", "customersuccess", "powercustomersuccess", "powerpartner", "partner", "guest",
    "selfservice",
)  # fmt: skip


def stage_users(raw: RawTable, into: Stage) -> None:
    """Users: agents by name; portal users are customers, without one; Salesforce's own processes are bots."""
    rows = fields(raw, into, _USER)
    c = rows.table.c
    kind = func.lower(c.UserType)
    role = case((kind.in_(_BOTS), str(Role.BOT)), (kind.in_(_CUSTOMERS), str(Role.CUSTOMER)), else_=str(Role.AGENT))
    name = func.coalesce(c.Name, func.nullif(func.trim(func.concat_ws(" ", c.FirstName, c.LastName)), ""))
    cells: dict[str, Cell] = {
        "Id": eighteen(c.Id),
        "Name": case((role != str(Role.CUSTOMER), name)),
        "UserType": role,
    }
    columns = {"original_id": ("Id",), "name": ("Name",), "role": ("UserType",)}
    mapping = Mapping(name="salesforce-users", shape="person", source=SOURCE, columns=columns)
    stage_mapping(mapping, rearranged(rows, into, cells), into)


def stage_contacts(raw: RawTable, into: Stage) -> None:
    """Contacts. Only the domain of an address is kept, by which test requesters are known."""
    rows = fields(raw, into, ("Id", "AccountId", "Email"))
    c = rows.table.c
    cells: dict[str, Cell] = {
        "Id": eighteen(c.Id),
        "AccountId": eighteen(c.AccountId),
        "domain": domain_of(c.Email),
        "role": literal(str(Role.CUSTOMER)),
    }
    columns = {"original_id": ("Id",), "name": ("domain",), "role": ("role",), "account": ("AccountId",)}
    mapping = Mapping(name="salesforce-contacts", shape="person", source=SOURCE, columns=columns)
    stage_mapping(mapping, rearranged(rows, into, cells), into)


def stage_groups(raw: RawTable, into: Stage) -> None:
    """Queues and public groups by id and name."""
    rows = fields(raw, into, ("Id", "Name", "DeveloperName"))
    c = rows.table.c
    cells: dict[str, Cell] = {"Id": eighteen(c.Id), "Name": func.coalesce(c.Name, c.DeveloperName)}
    columns = {"original_id": ("Id",), "name": ("Name",)}
    mapping = Mapping(name="salesforce-groups", shape="team", source=SOURCE, columns=columns)
    stage_mapping(mapping, rearranged(rows, into, cells), into)


#: Fields of an org's own that say what Salesforce has no field for. (``AnnualRevenue`` is what the customer earns.)
_OWN = {
    "tier": r"(account|customer|support|service)?_*(tier|plan|segment|level)__c",
    "health": r"((account|customer)_)?health(_score)?__c",
    "annual_revenue": r"(arr|annual_recurring_revenue)__c",
    "renewal_at": r"(contract_|subscription_)?renewal(_date)?__c",
}


def stage_accounts(raw: RawTable, into: Stage) -> None:
    """Accounts; tier, health, recurring revenue and renewal are found among the org's own fields by their names."""
    own = {
        ours: name
        for ours, pattern in _OWN.items()
        for name in raw.columns
        if re.fullmatch(pattern, name, re.IGNORECASE)
    }
    rows = fields(raw, into, ["Id", "Name", "BillingCountry", *own.values()])
    c = rows.table.c
    cells: dict[str, Cell] = {name: c[name] for name in ("Name", "BillingCountry", *own.values())}
    cells["Id"] = eighteen(c.Id)
    columns = {"original_id": "Id", "name": "Name", "region": "BillingCountry", **own}
    if own:
        taken = "; ".join(f"{name} as {ours.replace('_', ' ')}" for ours, name in own.items())
        into.warnings.append(f"Own fields read: {taken}.")
    mapping = Mapping(
        name="salesforce-accounts",
        shape="account",
        source=SOURCE,
        clock=_CLOCK,
        columns={ours: (theirs,) for ours, theirs in columns.items()},
        optional=tuple(name for name in ("annual_revenue", "renewal_at") if name in own),
    )
    stage_mapping(mapping, rearranged(rows, into, cells), into)


_MILESTONE = (
    "Id", "CaseId", "MilestoneTypeId", "MilestoneType.Name", "StartDate", "TargetDate", "CompletionDate",
    "IsCompleted", "IsViolated", "CreatedDate",
)  # fmt: skip
#: What a milestone measures, as far as its name tells.
_MEASURES = (
    ("resol|clos|solve|fix", "resolution"),
    ("next|subsequent|follow", "next_reply"),
    ("first|initial|respon|repl", "first_reply"),
)


def _measured(name: Cell) -> Cell:
    return case(*((func.regexp_matches(func.lower(name), pattern), clock) for pattern, clock in _MEASURES))


def stage_milestone_types(raw: RawTable, into: Stage) -> None:
    """Keep what milestones are called, and so what they measure."""
    rows = fields(raw, into, ("Id", "Name"))
    c = rows.table.c
    rows = refuse_where(rows, into, or_(c.Id.is_(None), c.Name.is_(None)), "Id", "a milestone without id or name")
    c = rows.table.c
    put_names(
        rearranged(rows, into, {"number": eighteen(c.Id), "name": c.Name, "clock": _measured(c.Name)}),
        into, SOURCE, "clock", {}, "clock",
    )  # fmt: skip


def stage_milestones(raw: RawTable, into: Stage) -> None:
    """Put the target clocks that ran on cases, with Salesforce's own verdict: violated or not.

    Which clock a milestone is only its name tells: one whose name says nothing is refused, one that is told by the
    number of its type waits for the list of types.
    """
    rows = fields(raw, into, _MILESTONE)
    c = rows.table.c
    name = c["MilestoneType.Name"]
    verdict = case((is_true(c.IsViolated), "false"), (is_true(c.IsCompleted), "true"))
    cells: dict[str, Cell] = {
        "CaseId": eighteen(c.CaseId),
        "Id": c.Id,
        "MilestoneType.Name": _measured(name),
        "policy": func.coalesce(name, eighteen(c.MilestoneTypeId)),
        "waits": case((name.is_(None) & c.MilestoneTypeId.is_not(None), "true"), else_="false"),
        **{each: c[each] for each in ("StartDate", "TargetDate", "CompletionDate")},
        "IsViolated": verdict,
    }
    sla = rearranged(rows, into, cells)
    d = sla.table.c
    why = "what this milestone measures is not known: query MilestoneType.Name, or load MilestoneType"
    is_nothing = and_(d["MilestoneType.Name"].is_(None), d.waits == "false", d.CaseId.is_not(None))
    sla = refuse_where(sla, into, is_nothing, "policy", why)
    columns = {
        "original_id": "CaseId",
        "cycle": "Id",
        "clock": "MilestoneType.Name",
        "policy": "policy",
        "started_at": "StartDate",
        "due_at": "TargetDate",
        "met_at": "CompletionDate",
        "is_met": "IsViolated",
    }
    mapping = Mapping(
        name="salesforce-milestones",
        shape="sla",
        source=SOURCE,
        clock=_CLOCK,
        columns={ours: (theirs,) for ours, theirs in columns.items()},
        words=Words(),
        optional=("clock",),
    )
    if sla.rows:
        _report_waiting(sla, into)
        stage_mapping(mapping, sla, into)


def _report_waiting(sla: RawTable, into: Stage) -> None:
    c = sla.table.c
    waiting = select(
        literal("MilestoneTypeId").label("column"), c.policy.label("word"),
        literal("no clock until MilestoneType is loaded").label("treated_as"), func.count().label("rows"),
    )  # fmt: skip
    into.unmapped(waiting.where(c.waits == "true").group_by(c.policy), SOURCE, "clock")
