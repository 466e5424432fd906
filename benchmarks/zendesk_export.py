"""An incremental export of Zendesk's API of any size, one record a line, written by DuckDB alone: the same bytes on
every run. Four audits with nine events a ticket; all of it invented.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

KINDS = ("tickets", "audits")

MACROS = """
create macro pick(i, salt, below) as cast(hash(i, salt) % below as bigint);
create macro clock(i, tickets) as timestamp '2024-01-01' + to_seconds(cast(i * (86400.0 * 540 / tickets) as bigint));
create macro zulu(moment) as strftime(moment, '%Y-%m-%dT%H:%M:%SZ');
create macro words(i, salt, most) as array_to_string(list_transform(range(8 + pick(i, salt, most)), lambda n:
    ['please', 'the', 'invoice', 'does', 'not', 'open', 'since', 'monday', 'we', 'tried', 'again', 'order', 'thanks',
     'attached', 'screen', 'printer', 'account', 'number', 'is', 'wrong'][1 + pick(i * 31 + n, salt, 20)]), ' ');
"""

TICKETS = """
copy (
    select
        i as id, 'https://desk.example/api/v2/tickets/' || i || '.json' as url, null::varchar as external_id,
        {'channel': ['email', 'web', 'chat', 'voice'][1 + pick(i, 2, 4)],
         'source': {'from': {'address': 'someone@customer.example', 'name': 'Someone'},
                    'to': {'address': 'help@desk.example', 'name': 'Desk'}, 'rel': null::varchar}} as via,
        zulu(created) as created_at, zulu(created + to_minutes(60 + pick(i, 0, 6000))) as updated_at,
        ['question', 'incident', 'problem', 'task'][1 + pick(i, 12, 4)] as type,
        'Subject of ticket ' || (i % 5000) as subject, 'Subject of ticket ' || (i % 5000) as raw_subject,
        words(i, 20, 60) as description, ['low', 'normal', 'high', 'urgent'][1 + pick(i, 1, 4)] as priority,
        case when i % 29 <> 0 then 'solved' else 'open' end as status, null::varchar as recipient,
        500000 + pick(i, 5, 200000) as requester_id, 500000 + pick(i, 5, 200000) as submitter_id,
        1000 + pick(i, 7, 150) as assignee_id, 9000 + pick(i, 6, 5000) as organization_id,
        100 + pick(i, 7, 20) as group_id, []::bigint[] as collaborator_ids, []::bigint[] as follower_ids,
        case when pick(i, 9, 40) = 0 then 1 + pick(i, 10, 300) end as problem_id, false as has_incidents,
        true as is_public, null::varchar as due_at, ['plan_' || pick(i, 14, 5), 'topic_' || pick(i, 4, 20)] as tags,
        [{'id': 900, 'value': 'product_' || pick(i, 3, 5)}, {'id': 901, 'value': 'topic_' || pick(i, 4, 20)},
         {'id': 902, 'value': null}, {'id': 903, 'value': null}, {'id': 904, 'value': 'a b c'}] as custom_fields,
        {'score': case when pick(i, 15, 10) = 0 then 'good' else 'unoffered' end} as satisfaction_rating,
        360000000001 as ticket_form_id, 360000000002 as brand_id, false as allow_channelback,
        1700000000 + i as generated_timestamp
    from (select i, clock(i, $tickets) as created from range(1, 1 + $tickets) as r(i))
) to '{path}' (format json)
"""

AUDITS = """
copy (
    with step as (
        select
            i, s, created + to_minutes(cast(s * (60 + pick(i, 0, 6000)) / 3.0 as bigint)) as moment,
            500000 + pick(i, 5, 200000) as customer, 1000 + pick(i, 7, 150) as agent, 100 + pick(i, 7, 20) as team
        from (select i, clock(i, $tickets) as created from range(1, 1 + $tickets) as r(i)), range(4) as e(s)
    ),
    told as (
        select *, case when s = 0 then customer else agent end as author, (i * 4 + s) * 10 as number,
            {'id': number + 1, 'type': 'Comment', 'author_id': author, 'public': true, 'body': words(i * 4 + s, 30, 60),
             'html_body': '<p>' || words(i * 4 + s, 30, 60) || '</p>', 'plain_body': words(i * 4 + s, 30, 60)} as said
        from step
    )
    select
        number as id, i as ticket_id, zulu(moment) as created_at, author as author_id,
        {'system': {'client': 'a browser', 'ip_address': '192.0.2.1', 'location': 'Somewhere'}} as metadata,
        case s
            when 0 then [to_json(said),
                json_object('id', number + 2, 'type', 'Create', 'field_name', 'status', 'value', 'new'),
                json_object('id', number + 3, 'type', 'Create', 'field_name', 'group_id', 'value', team::varchar)]
            when 1 then [
                json_object('id', number + 2, 'type', 'Change', 'field_name', 'status', 'value', 'open',
                    'previous_value', 'new'),
                json_object('id', number + 3, 'type', 'Change', 'field_name', 'assignee_id', 'value', agent::varchar,
                    'previous_value', null)]
            when 2 then [to_json(said),
                json_object('id', number + 2, 'type', 'Change', 'field_name', 'status', 'value', 'pending',
                    'previous_value', 'open')]
            else [to_json(said),
                json_object('id', number + 2, 'type', 'Change', 'field_name', 'status', 'value', 'solved',
                    'previous_value', 'pending')]
        end as events,
        {'channel': case when s = 0 then 'email' else 'web' end, 'source': {'rel': null::varchar}} as via
    from told
    where s < 3 or i % 29 <> 0
) to '{path}' (format json)
"""


def write(folder: Path, tickets: int) -> dict[str, Path]:
    """Write tickets.ndjson and audits.ndjson, streamed; what is there already is not written again."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {kind: folder / f"{kind}.ndjson" for kind in KINDS}
    with duckdb.connect(config={"memory_limit": "1GB", "threads": 1}) as connection:
        connection.execute("set preserve_insertion_order = true")
        connection.execute(MACROS)
        for kind, sql in zip(KINDS, (TICKETS, AUDITS), strict=True):
            if not paths[kind].exists():
                unfinished = paths[kind].with_suffix(".part")
                connection.execute(sql.replace("{path}", str(unfinished)), {"tickets": tickets})
                unfinished.rename(paths[kind])
    return paths
