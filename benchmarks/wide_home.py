"""A home whose snapshot holds as many tickets as asked for, written by DuckDB itself without any loading.

    python -m benchmarks.wide_home FOLDER --tickets 10000000

Three years of tickets of eight teams with replies, resolves, target clocks, surveys, incidents and stretches of being
open. Every value follows from the ticket's number, so the same command writes the same facts. The numbers mean
nothing; widths, types and shares of empty cells are those of a loaded help desk.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import duckdb
from sqlalchemy import create_engine

from etl.settings import Home
from etl.tables import facts

_TICKETS = """
insert into ticket by name
with drawn as (
    select
        i, hash(i, 1) % 1000 / 1000.0 as a, hash(i, 2) % 1000 / 1000.0 as b, (hash(i, 3) % 1000)::bigint as c,
        timestamp '2023-01-02' + to_seconds(i * 94608000 // $tickets) as made
    from range($tickets) as r(i)
),
timed as (
    select *, 20 + 3000 * a * a * a as reply, 60 + 12000 * b * b * b as solving, a > 0.015 as is_done from drawn
)
select
    'zendesk:' || i as ticket_id, 'zendesk' as source, i::text as original_id, 'Request ' || i as subject,
    case when is_done then 'resolved' else 'open' end as status,
    ['urgent', 'high', 'normal', 'normal', 'low'][1 + c % 5] as priority,
    ['email', 'chat', 'web'][1 + c % 3] as channel,
    'incident' as ticket_type, 'Team ' || (c % 8) as team, 'Agent ' || (c % 200) as owner,
    'r' || hash(i, 4) % 100000 as requester, 'Account ' || (c % 300) as account,
    ['gold', 'silver', 'bronze'][1 + c % 3] as account_tier, ['Core', 'Mobile', null][1 + c % 3] as product,
    made as created_at, made + to_seconds((reply * 60)::bigint) as first_reply_at,
    case when is_done then made + to_seconds((solving * 60)::bigint) end as first_resolved_at,
    case when is_done then made + to_seconds((solving * 60)::bigint) end as resolved_at,
    made as updated_at, timestamp '2026-01-05' as observed_until,
    reply as first_reply_minutes, reply / 3 as first_reply_business_minutes, reply as response_minutes, 1 as responses,
    case when is_done then solving end as first_resolution_minutes,
    case when is_done then solving end as resolution_minutes,
    case when is_done then solving / 3 end as resolution_business_minutes,
    case when is_done then solving * 0.6 end as with_us_minutes,
    case when is_done then solving * 0.1 end as unowned_minutes,
    case when is_done then solving * 0.2 end as with_customer_minutes,
    case when is_done then solving * 0.1 end as with_other_minutes,
    case when is_done then 90.0 end as days_observed, case when c % 20 = 0 then 3.0 end as days_to_reopen,
    case when c % 9 = 0 then 4.0 end as days_to_next_contact,
    case when not is_done then 30.0 end as open_days,
    1 + c % 3 as public_replies, 1 + c % 3 as customer_messages, c % 2 as private_notes, 0 as reopens, 1 as repliers,
    c % 3 as customer_followups, c % 2 as handoffs, 1 as owners, 1 as teams, 1 as owner_stations, 1 as team_stations,
    0 as status_reopens, case when c % 9 = 0 then 'yes' else 'no' end as escalated,
    case when c % 97 = 0 then 'spam' end as excluded_because, false as is_outbound, false as is_bot_only,
    false as is_closed_without_resolve, false as is_auto_closed, c % 2 as signal_history, c % 3 as signal_note,
    c % 2 as signal_link, 0 as signal_escalation, 0 as signal_engineering_question, c % 2 as signal_customer_question,
    c % 2 as signal_pickup, 0 as signal_reopen, c % 2 as signal_resume, c as words_reread,
    case when c % 3 = 0 then 'issue ' || (i // 4) end as occurrence_id, 1 as load_id
from timed
"""

_OTHERS = """
insert into open_spell select ticket_id, created_at, resolved_at from ticket;
insert into survey by name
select
    'csat:' || ticket_id as survey_id, source, 'csat' as kind, ticket_id, requester as respondent,
    1 + hash(ticket_id) % 5 as score, 1 as scale_low, 5 as scale_high, (hash(ticket_id) % 5) / 4 as score_share,
    resolved_at as sent_at, resolved_at as answered_at, true as is_latest_on_ticket, true as is_latest_in_quarter,
    true as is_first_on_ticket, true as higher_is_better, 1 as load_id
from ticket where resolved_at is not null and hash(ticket_id, 1) % 10 < 3;
insert into survey by name
select
    'nps:' || ticket_id as survey_id, source, 'nps' as kind, requester as respondent, account,
    hash(ticket_id, 2) % 11 as score, 0 as scale_low, 10 as scale_high, (hash(ticket_id, 2) % 11) / 10 as score_share,
    created_at as sent_at, created_at as answered_at, true as is_latest_on_ticket, true as is_latest_in_quarter,
    true as is_first_on_ticket, true as higher_is_better, 1 as load_id
from ticket where hash(ticket_id, 3) % 50 = 0;
insert into sla_clock by name
select
    ticket_id, clock, 'vendor' as basis, created_at + interval 1 day as due_at, first_reply_at as met_at,
    created_at + interval 1 day as dated_at, hash(ticket_id, clock) % 20 > 0 as is_met, 1 as cycle,
    true as is_last_cycle
from ticket, unnest(['first_reply', 'resolution']) as u(clock);
insert into occurrence by name
select
    occurrence_id, occurrence_id as issue_key, 'problem' as evidence, min(ticket_id) as first_ticket_id,
    min(created_at) as started_at, max(created_at) as ended_at, 1 as number, count(*) as tickets,
    count(distinct account) as accounts, case when hash(occurrence_id) % 4 = 0 then 20.0 end as days_since_previous
from ticket where occurrence_id is not null group by occurrence_id;
update ticket set escalated_at = created_at + interval 1 hour, engineering_minutes = hash(ticket_id, 5) % 3000
where escalated = 'yes';
insert into escalation by name
select
    ticket_id, escalated_at, resolved_at, 'team' as turn_evidence, 1 as sent, hash(ticket_id, 6) % 4 as rounds,
    false as is_theirs_now, hash(ticket_id, 7) % 9000 as with_engineering_minutes,
    hash(ticket_id, 8) % 3 as clarification_trips, hash(ticket_id, 6) % 4 // 2 as re_escalations,
    'tier1 > engineering > tier1' as tier_path,
    ['followed', 'skipped', 'elsewhere'][1 + (hash(ticket_id) % 3)::bigint] as path,
    ['fix', 'workaround', null][1 + (hash(ticket_id, 1) % 3)::bigint] as ended,
    case when occurrence_id is not null then 'problem' end as issue_evidence,
    1 + hash(ticket_id, 2) % 4 as pass_number,
    case when hash(ticket_id, 3) % 3 = 0 then 30.0 end as days_to_return, 200.0 as days_observed,
    case when hash(ticket_id, 4) % 3 = 0 then 'zendesk:1' end as solved_before, hash(ticket_id) % 60 as write_up_words,
    hash(ticket_id) % 2 as write_up_links, hash(ticket_id) % 2 = 0 as asks
from ticket where escalated = 'yes';
insert into tier_stay by name
select
    ticket_id, ['tier1', 'engineering', 'tier1'][n] as tier, [1, 4, 1][n] as rank, created_at as entered_at,
    created_at + interval 1 hour as left_at, resolution_minutes / 3 as minutes, ['first', 'up', 'down'][n] as came,
    n = (case when escalated = 'yes' then 3 else 1 end) as is_last
from ticket, unnest([1, 2, 3]) as u(n) where n <= (case when escalated = 'yes' then 3 else 1 end);
insert into load by name
select 1 as load_id, 'made.ndjson' as file_name, 'zendesk' as source, count(*) as rows_read,
    count(*) as rows_accepted, 0 as rows_quarantined from ticket;
"""


def write(folder: Path, tickets: int) -> Home:
    """Write the home, unless one of that many tickets is there."""
    home = Home(folder)
    name = f"facts-{tickets}.duckdb"
    if home.pointer.exists() and home.pointer.read_text(encoding="utf-8") == name:
        return home
    shutil.rmtree(folder, ignore_errors=True)
    home.snapshots.mkdir(parents=True)
    engine = create_engine(f"duckdb:///{home.snapshots / name}")
    facts.create_all(engine)
    engine.dispose()
    with duckdb.connect(str(home.snapshots / name), config={"memory_limit": "8GB", "threads": 2}) as connection:
        connection.execute(_TICKETS, {"tickets": tickets})
        connection.execute(_OTHERS)
    home.pointer.write_text(name, encoding="utf-8")
    return home


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    chosen = parser.parse_args()
    write(chosen.folder, chosen.tickets)


if __name__ == "__main__":
    main()
