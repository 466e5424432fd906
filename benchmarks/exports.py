"""A help desk export of any size, made by DuckDB alone: the same bytes on every run."""

from __future__ import annotations

from pathlib import Path

import duckdb

PICK = "create macro pick(i, salt, below) as cast(hash(i, salt) % below as bigint)"

TICKETS = """
copy (
    select
        i as id,
        'Subject of ticket ' || (i % 5000) as subject,
        strftime(created, '%Y-%m-%d %H:%M:%S') as created,
        case when i % 29 <> 0
            then strftime(created + to_minutes(60 + pick(i, 0, 6000)), '%Y-%m-%d %H:%M:%S') end as solved,
        ['low', 'normal', 'high', 'urgent'][1 + pick(i, 1, 4)] as priority,
        ['email', 'web', 'chat', 'phone'][1 + pick(i, 2, 4)] as channel,
        'Product ' || (pick(i, 3, 5)) as product,
        'Topic ' || (pick(i, 4, 20)) as category,
        'customer ' || (pick(i, 5, 200000)) as requester,
        'account ' || (pick(i, 6, 5000)) as account,
        case when pick(i, 9, 40) = 0 then 'PROB-' || (pick(i, 10, 300)) end as problem
    from (select i, timestamp '2024-01-01' + to_seconds(cast(i * (86400.0 * 540 / $tickets) as bigint)) as created
          from range($tickets) as r(i))
    order by i
) to '{path}' (header, delimiter ',')
"""

EVENTS = """
copy (
    select
        i as id,
        s as number,
        strftime(
            created + to_minutes(cast(s * (60 + pick(i, 0, 6000)) / 5.0 as bigint)), '%Y-%m-%d %H:%M:%S'
        ) as happened,
        case when s = 0 then 'new' when s < 5 then 'open' when i % 29 <> 0 then 'solved' else 'open' end as status,
        'team ' || (pick(i, 7, 20) + case when s >= 3 and pick(i, 8, 10) = 0 then 1 else 0 end) as team,
        case when s > 0 then 'agent ' || (pick(i, 7, 150) + case when s >= 3 and pick(i, 11, 5) = 0 then 1 else 0 end)
        end as owner,
        ['created', 'note', 'reply', 'customer', 'reply', 'done'][1 + s] as activity
    from (select i, timestamp '2024-01-01' + to_seconds(cast(i * (86400.0 * 540 / $tickets) as bigint)) as created
          from range($tickets) as r(i)),
        range(6) as e(s)
    order by i, s
) to '{path}' (header, delimiter ',')
"""

SURVEYS = """
copy (
    select i as id, pick(i, 0, $tickets) as ticket, 'person ' || (pick(i, 1, 100000)) as person,
        1 + pick(i, 2, 5) as score,
        strftime(timestamp '2024-01-02' + to_seconds(cast(i * (86400.0 * 538 / $answers) as bigint)),
            '%Y-%m-%d %H:%M:%S') as answered
    from range($answers) as r(i)
) to '{path}' (header, delimiter ',')
"""

MAPPINGS = {
    "tickets": """
name = "bench_tickets"
shape = "ticket"
source = "bench"
[clock]
timezone = "UTC"
formats = ["%Y-%m-%d %H:%M:%S"]
[columns]
original_id = "id"
subject = "subject"
created_at = "created"
resolved_at = "solved"
priority = "priority"
channel = "channel"
product = "product"
category = "category"
requester = "requester"
account = "account"
problem_key = "problem"
[words.priority]
low = "low"
normal = "normal"
high = "high"
urgent = "urgent"
[words.channel]
email = "email"
web = "web"
chat = "chat"
phone = "phone"
""",
    "events": """
name = "bench_events"
shape = "event"
source = "bench"
part = "history"
[clock]
timezone = "UTC"
formats = ["%Y-%m-%d %H:%M:%S"]
[columns]
original_id = "id"
sequence = "number"
occurred_at = "happened"
status = "status"
team = "team"
owner = "owner"
actor = "owner"
activity = "activity"
[words.status]
new = "new"
open = "open"
solved = "resolved"
[activities]
created = { event = "created" }
note = { event = "private_note", role = "agent" }
reply = { event = "public_message", role = "agent" }
customer = { event = "public_message", role = "customer" }
done = { event = "private_note", role = "agent" }
""",
    "csat": """
name = "bench_csat"
shape = "survey"
source = "bench"
[clock]
timezone = "UTC"
formats = ["%Y-%m-%d %H:%M:%S"]
[columns]
survey_id = "id"
ticket_original_id = "ticket"
respondent = "person"
score = "score"
answered_at = "answered"
[survey]
kind = "csat"
lowest = 1
highest = 5
higher_is_better = true
""",
}


def write(folder: Path, tickets: int) -> dict[str, Path]:
    """Write tickets.csv, events.csv (six a ticket), csat.csv (one answer in ten) and their mappings.

    Returns the paths by name. Nothing is written again that is there already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name}.csv" for name in ("tickets", "events", "csat")}
    statements = {"tickets": TICKETS, "events": EVENTS, "csat": SURVEYS}
    with duckdb.connect() as connection:
        connection.execute(PICK)
        for name, path in paths.items():
            (folder / f"{name}.toml").write_text(MAPPINGS[name], encoding="utf-8")
            if path.exists():
                continue
            sql = statements[name].replace("{path}", str(path))
            values = {"tickets": tickets, "answers": tickets // 10}
            connection.execute(sql, {key: value for key, value in values.items() if f"${key}" in sql})
    return paths
