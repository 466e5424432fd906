"""Zendesk's API answers: tickets (incremental pages), ticket audits, users, groups, organizations, ticket fields.

Keys and shapes follow recorded answers of ``/api/v2``; a comment carries its ``body`` only, without the HTML twin.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sample_data import company, topics
from sample_data.arrivals import World
from sample_data.clock import EXPORTED, START, iso
from sample_data.lives import Life, Step

HOST = "https://quillmark.zendesk.example/api/v2"
PRODUCT_FIELD, TOPIC_FIELD, KEY_FIELD = 360_000_100_001, 360_000_100_002, 360_000_100_003
_TICKETS_A_PAGE, _AUDITS_A_PAGE = 4_000, 20_000
_RULES = {
    "closed": (360_000_200_001, "Close ticket 4 days after status is set to solved"),
    "solved": (360_000_200_002, "Solve ticket 7 days after status is set to pending"),
}
_VIA = {"email": "email", "chat": "chat", "voice": "voice"}


def text_of(page: dict[str, Any]) -> str:
    """One page as JSON text: no spaces, a record a line, so that compressed files stay small."""
    parts = []
    for name, value in page.items():
        if isinstance(value, list):
            lines = ",\n".join(json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in value)
            parts.append(f"{json.dumps(name)}:[\n{lines}\n]")
        else:
            parts.append(f"{json.dumps(name)}:{json.dumps(value)}")
    return "{" + ",\n".join(parts) + "}\n"


def via(channel: str) -> dict[str, Any]:
    """The ``via`` object of a channel."""
    return {"channel": channel, "source": {"from": {}, "to": {}, "rel": None}}


def ticket(life: Life) -> dict[str, Any]:
    """One record of the incremental ticket export."""
    account = life.contact.account
    source = via(life.channel)
    if life.channel == "email":
        source["source"]["from"] = {"address": life.contact.email, "name": life.contact.name}
    product, topic = topics.tag(life.topic.product), topics.tag(life.topic.name)
    return {
        "url": f"{HOST}/tickets/{life.number}.json",
        "id": life.number,
        "external_id": None,
        "via": source,
        "created_at": iso(life.created),
        "updated_at": iso(life.now),
        "type": "incident" if life.issue or life.key else "question",
        "subject": life.title,
        "raw_subject": life.title,
        "description": life.steps[0].text,
        "priority": life.priority,
        "status": life.status,
        "recipient": None,
        "requester_id": life.contact.id,
        "submitter_id": life.submitter,
        "assignee_id": life.owner.id if life.owner else None,
        "organization_id": account.id if account else None,
        "group_id": life.team.id if life.team else None,
        "problem_id": None,
        "has_incidents": False,
        "is_public": True,
        "due_at": None,
        "tags": sorted([product, topic, *life.tags]),
        "custom_fields": [
            {"id": PRODUCT_FIELD, "value": product},
            {"id": TOPIC_FIELD, "value": topic},
            {"id": KEY_FIELD, "value": life.key},
        ],
        "satisfaction_rating": None,
        "brand_id": 360_000_300_001,
        "generated_timestamp": EXPORTED,
    }


def audits(life: Life, first_id: int) -> list[dict[str, Any]]:
    """The audits of one ticket, oldest first; numbers count up from ``first_id``."""
    return [_audit(life, step, place == 0, first_id + 10 * place) for place, step in enumerate(life.steps)]


def _audit(life: Life, step: Step, is_first: bool, number: int) -> dict[str, Any]:
    events: list[dict[str, Any]] = []

    def add(**values: Any) -> None:
        events.append({"id": number + len(events) + 1, **values})

    text = step.text
    if text is not None:
        if life.merged_into is not None and step.via == "merge":
            other = life.merged_into
            text = f'This request was closed and merged into request #{other.number} "{other.title}".'
        add(type="Comment", author_id=step.author, body=text, public=step.public, attachments=[])
    if is_first:
        first = (
            ("requester_id", str(life.contact.id)),
            ("subject", life.title),
            ("status", "new"),
            ("priority", life.priority),
            ("group_id", str(life.first_team.id) if life.first_team else None),
        )
        for name, created in first:
            add(type="Create", value=created, field_name=name)
    for changed, before, after in step.changes:
        value, previous = (str(side) if isinstance(side, int) else side for side in (after, before))
        add(type="Change", value=value, field_name=changed, previous_value=previous)
    return {
        "id": number,
        "ticket_id": life.number,
        "created_at": iso(step.at),
        "author_id": step.author,
        "metadata": {"system": {}, "custom": {}},
        "events": events,
        "via": _step_via(life, step),
    }


def _step_via(life: Life, step: Step) -> dict[str, Any]:
    if step.via == "rule":
        number, title = _RULES[str(step.changes[-1][2])]
        source = {"from": {"id": number, "title": title, "deleted": False}, "to": {}, "rel": "automation"}
        return {"channel": "rule", "source": source}
    if step.via == "merge" and life.merged_into is not None:
        return {"channel": "web", "source": {"from": {}, "to": {}, "rel": "merge"}}
    return via(step.via)


def ticket_pages(world: World) -> Iterator[tuple[str, str]]:
    """The pages of ``/incremental/tickets.json``: file name and text."""
    for number, start in enumerate(range(0, len(world.lives), _TICKETS_A_PAGE), 1):
        lives = world.lives[start : start + _TICKETS_A_PAGE]
        last = start + _TICKETS_A_PAGE >= len(world.lives)
        page = {
            "tickets": [ticket(life) for life in lives],
            "count": len(lives),
            "end_of_stream": last,
            "end_time": EXPORTED,
            "next_page": None if last else f"{HOST}/incremental/tickets.json?start_time={lives[-1].created}",
        }
        yield f"tickets_{number}.json", text_of(page)


def audit_pages(world: World) -> Iterator[tuple[str, str]]:
    """The pages of ``/ticket_audits.json``: file name and text."""
    number, page, waiting = 410_000_000_001, 1, list[dict[str, Any]]()
    for life in world.lives:
        made = audits(life, number)
        number += 10 * len(made)
        waiting += made
        if len(waiting) >= _AUDITS_A_PAGE or life is world.lives[-1]:
            yield f"ticket_audits_{page}.json", text_of({"audits": waiting, "meta": {"has_more": False}})
            page, waiting = page + 1, []


def users(world: World) -> str:
    """``/users.json``: agents, the assistant and customers."""
    records = [
        _user(agent.id, agent.name, f"{agent.name.lower()}@{company.DOMAIN}", "agent", agent.team.id, None)
        for agent in company.AGENTS
    ]
    records.append(_user(company.BOT_ID, company.BOT, f"assistant@{company.DOMAIN}", "agent", None, None))
    for person in world.people:
        account = person.account.id if person.account else None
        records.append(_user(person.id, person.name, person.email, "end-user", None, account))
    return text_of({"users": records, "next_page": None, "previous_page": None, "count": len(records)})


def _user(number: int, name: str, email: str, role: str, group: int | None, account: int | None) -> dict[str, Any]:
    return {
        "id": number,
        "url": f"{HOST}/users/{number}.json",
        "name": name,
        "email": email,
        "created_at": iso(START),
        "updated_at": iso(START),
        "time_zone": "Europe/Dublin",
        "iana_time_zone": "Europe/Dublin",
        "organization_id": account,
        "role": role,
        "verified": True,
        "active": True,
        "default_group_id": group,
    }


def groups() -> str:
    """``/groups.json``."""
    records = [
        {
            "url": f"{HOST}/groups/{team.id}.json",
            "id": team.id,
            "is_public": True,
            "name": team.name,
            "description": "",
            "default": team is company.TIER1_DUBLIN,
            "deleted": False,
            "created_at": iso(START),
            "updated_at": iso(START),
        }
        for team in company.TEAMS
    ]
    return text_of({"groups": records, "next_page": None, "previous_page": None, "count": len(records)})


def organizations(world: World) -> str:
    """``/organizations.json``."""
    records: list[dict[str, Any]] = [
        {
            "url": f"{HOST}/organizations/{account.id}.json",
            "id": account.id,
            "name": account.name,
            "shared_tickets": False,
            "shared_comments": False,
            "external_id": None,
            "created_at": iso(START),
            "updated_at": iso(START),
            "domain_names": [account.domain],
            "details": None,
            "notes": None,
            "group_id": None,
            "tags": [],
            "organization_fields": {},
        }
        for account in world.companies
    ]
    return text_of({"organizations": records, "next_page": None, "previous_page": None, "count": len(records)})
