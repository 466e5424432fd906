"""The company's own IT desk on ServiceNow: an event log in the columns of the UCI incident log.

Clock times are New York local, day first and to the minute, with no zone in the file.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sample_data.clock import EXPORTED, FIRST_DAY, IT_DESK, LAST_DAY, local
from sample_data.dice import Dice

COLUMNS = [
    "number",
    "incident_state",
    "active",
    "reassignment_count",
    "reopen_count",
    "sys_mod_count",
    "made_sla",
    "caller_id",
    "opened_by",
    "opened_at",
    "sys_created_by",
    "sys_created_at",
    "sys_updated_by",
    "sys_updated_at",
    "contact_type",
    "location",
    "category",
    "subcategory",
    "u_symptom",
    "cmdb_ci",
    "impact",
    "urgency",
    "priority",
    "assignment_group",
    "assigned_to",
    "knowledge",
    "u_priority_confirmation",
    "notify",
    "problem_id",
    "rfc",
    "vendor",
    "caused_by",
    "closed_code",
    "resolved_by",
    "resolved_at",
    "closed_at",
]
DESK, PLATFORM, SYSTEMS = "IT Service Desk", "IT Platform", "IT Systems Engineering"
_PEOPLE = {
    DESK: ("Beryl", "Coral", "Opal", "Topaz", "Garnet"),
    PLATFORM: ("Quartz", "Pearl", "Amber"),
    SYSTEMS: ("Basalt", "Gneiss"),
}
_CATEGORIES = (
    ("Hardware", ("Laptop", "Docking station", "Headset")),
    ("Software", ("Office suite", "Browser", "Licence")),
    ("Access", ("Password", "Badge", "Shared drive", "New starter")),
    ("Network", ("Wireless", "Remote access", "Meeting room")),
    ("Mail", ("Mailbox", "Distribution list", "Calendar")),
)
_PRIORITIES = (
    (("1 - High", "1 - High", "1 - Critical"), 0.02),
    (("2 - Medium", "1 - High", "2 - High"), 0.06),
    (("2 - Medium", "2 - Medium", "3 - Moderate"), 0.80),
    (("3 - Low", "3 - Low", "4 - Low"), 0.12),
)


@dataclass
class Incident:
    """One incident and the rows of its log: each is the instant and what then stood in the changing columns."""

    number: str
    opened: int
    fixed: dict[str, str]
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    resolves: list[int] = field(default_factory=list)
    closed: int | None = None
    reopens: int = 0

    def change(self, at: int, **values: str) -> None:
        """Add a row: everything as before, save what is named."""
        before = dict(self.rows[-1][1]) if self.rows else {}
        self.rows.append((at - at % 60, before | values))


def incidents(dice: Dice) -> list[Incident]:
    """About two thousand, three in four solved at the desk."""
    opened: list[int] = []
    day = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=IT_DESK.zone)
    while day.date() <= LAST_DAY:
        expected = 5.0 if day.weekday() < 5 else 0.35
        for _ in range(int(dice.skewed(expected, 0.2) + dice.share())):
            hour = day + timedelta(hours=dice.weighted(((8, 3), (9, 5), (10, 5), (12, 3), (14, 5), (16, 3), (18, 1))))
            at = int((hour + timedelta(minutes=dice.whole(0, 59))).timestamp())
            if at < EXPORTED - 6 * 3600:
                opened.append(at)
        day += timedelta(days=1)
    return [_live(dice, f"INC{number:07d}", moment) for number, moment in enumerate(sorted(opened), 10_001)]


def _live(dice: Dice, number: str, opened: int) -> Incident:
    category, parts = dice.pick(_CATEGORIES)
    impact, urgency, priority = dice.weighted(_PRIORITIES)
    incident = Incident(number, opened - opened % 60, {
        "caller_id": f"Caller {dice.whole(1, 260)}",
        "contact_type": dice.weighted((("Phone", 0.55), ("Self service", 0.30), ("Email", 0.15))),
        "location": f"Location {dice.whole(1, 4)}",
        "category": category,
        "subcategory": dice.pick(parts),
        "u_symptom": f"Symptom {dice.whole(1, 40)}",
        "impact": impact, "urgency": urgency, "priority": priority,
        "problem_id": f"PRB{dice.whole(1, 18):07d}" if dice.chance(0.04) else "?",
        "closed_code": f"code {dice.whole(1, 9)}",
    })  # fmt: skip
    person = dice.pick(_PEOPLE[DESK])
    incident.change(incident.opened, state="New", group=DESK, person="?", by=person, moves="0", reopens="0", sla="true")
    now = IT_DESK.after(incident.opened, dice.skewed(18, 0.9))
    incident.change(now, state="Active", person=person)
    if dice.chance(0.2):
        now = IT_DESK.after(now, dice.skewed(30, 0.8))
        incident.change(now, state="Awaiting User Info")
        now = IT_DESK.after(now, dice.skewed(240, 1.0))
        incident.change(now, state="Active")
    if dice.chance(0.03):
        now = IT_DESK.after(now, 30)
        incident.change(now, state="Awaiting Vendor")
        now = IT_DESK.after(now, dice.skewed(9000, 0.7))
        incident.change(now, state="Active")
    for group in (PLATFORM, SYSTEMS)[: dice.weighted(((0, 0.91), (1, 0.07), (2, 0.02)))]:
        now = IT_DESK.after(now, dice.skewed(60, 0.8))
        person = dice.pick(_PEOPLE[group])
        moves = str(int(incident.rows[-1][1]["moves"]) + 1)
        incident.change(now, group=group, person=person, by=person, moves=moves)
    _finish(dice, incident, now, person)
    return incident


def _finish(dice: Dice, incident: Incident, now: int, person: str) -> None:
    now = IT_DESK.after(now, dice.skewed(75, 1.2))
    sla = "false" if dice.chance(0.025) else "true"
    if dice.chance(0.012):
        incident.change(now, state="Closed", by=person, sla=sla)
        incident.closed = incident.rows[-1][0]
    else:
        incident.change(now, state="Resolved", by=person, sla=sla)
        incident.resolves.append(incident.rows[-1][0])
        if dice.chance(0.03):
            now = IT_DESK.after(now + dice.whole(2, 70) * 3600, 1)
            incident.change(now, state="Active", reopens="1")
            now = IT_DESK.after(now, dice.skewed(90, 0.8))
            incident.change(now, state="Resolved")
            incident.resolves.append(incident.rows[-1][0])
        evening = local(now + 5 * 86_400, IT_DESK.zone).replace(hour=19, minute=2, second=0)
        incident.closed = int(evening.timestamp())
        incident.change(incident.closed, state="Closed", by="Closing job")
    _cut(incident)


def _cut(incident: Incident) -> None:
    incident.rows = [row for row in incident.rows if row[0] <= EXPORTED]
    incident.resolves = [at for at in incident.resolves if at <= EXPORTED]
    incident.closed = incident.closed if incident.closed and incident.closed <= EXPORTED else None
    incident.reopens = sum(1 for (_, a), (_, b) in zip(incident.rows, incident.rows[1:], strict=False)
                           if a["state"] == "Resolved" and b["state"] == "Active")  # fmt: skip


def clock(at: int) -> str:
    """New York local time as the log writes it: ``4/2/2025 09:05``."""
    there = local(at, IT_DESK.zone)
    return f"{there.day}/{there.month}/{there.year} {there:%H:%M}"


def write(made: list[Incident]) -> str:
    """The log as CSV text, incident by incident, oldest row first."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for incident in made:
        done = incident.rows[-1][1]["state"] in ("Resolved", "Closed")
        resolved = clock(incident.resolves[-1]) if incident.resolves and done else "?"
        closed = clock(incident.closed) if incident.closed else "?"
        solver = incident.rows[-1][1]["person"] if incident.resolves and done else "?"
        for count, (at, row) in enumerate(incident.rows):
            values = dict.fromkeys(COLUMNS, "?") | incident.fixed | {
                "number": incident.number,
                "incident_state": row["state"],
                "active": "false" if row["state"] == "Closed" else "true",
                "reassignment_count": row["moves"],
                "reopen_count": row["reopens"],
                "sys_mod_count": str(count),
                "made_sla": row["sla"],
                "opened_by": incident.rows[0][1]["by"],
                "opened_at": clock(incident.opened),
                "sys_created_by": incident.rows[0][1]["by"],
                "sys_created_at": clock(incident.opened),
                "sys_updated_by": row["by"],
                "sys_updated_at": clock(at),
                "assignment_group": row["group"],
                "assigned_to": row["person"],
                "knowledge": "false",
                "u_priority_confirmation": "false",
                "notify": "Do Not Notify",
                "resolved_by": solver,
                "resolved_at": resolved,
                "closed_at": closed,
            }  # fmt: skip
            writer.writerow([values[name] for name in COLUMNS])
    return out.getvalue()
