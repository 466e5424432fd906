-- Ticket audits → events. ``zendesk_record`` holds the records as they came (``_row``, ``record``), and
-- ``zendesk_word`` our words for Zendesk's. Statements are parted by an empty line.

create or replace temp table zendesk_audit_event as
with parsed as (
    select _row, try(from_json(record, '{
        "id": "VARCHAR", "ticket_id": "VARCHAR", "created_at": "VARCHAR", "author_id": "VARCHAR",
        "via": {"channel": "VARCHAR",
            "source": {"rel": "VARCHAR", "from": {"ticket_id": "VARCHAR", "ticket_ids": ["VARCHAR"]}}},
        "events": [{
            "type": "VARCHAR", "field_name": "VARCHAR", "value": "JSON", "previous_value": "JSON",
            "author_id": "VARCHAR", "public": "VARCHAR",
            "via": {"channel": "VARCHAR",
                "source": {"rel": "VARCHAR", "from": {"ticket_id": "VARCHAR", "ticket_ids": ["VARCHAR"]}}},
            "plain_body": "VARCHAR", "body": "VARCHAR", "html_body": "VARCHAR",
            "agreement_id": "VARCHAR", "issue_key": "VARCHAR"
        }]
    }')) as a
    from zendesk_record
),
-- An audit that did nothing, or is none, still has one row here, so that it can be judged.
listed as (
    select _row, a, case when len(a.events) > 0 then a.events else [null] end as events from parsed
),
laid_out as (
    select _row, a, unnest(events) as e, generate_subscripts(events, 1) as place from listed
),
told as (
    select
        *,
        case when a.via.source.rel = 'merge' then a.via.source
            when e.via.source.rel = 'merge' then e.via.source end as merge,
        e.type in ('Comment', 'VoiceComment') as is_comment,
        coalesce(e.via.channel in ('rule', 'system') or a.via.channel in ('rule', 'system'), false) as is_rule,
        case when e.type in ('Comment', 'VoiceComment') then
            coalesce(e.plain_body, e.body, regexp_replace(e.html_body, '<[^>]+>', ' ', 'g'))
        end as body
    from laid_out
),
plain as (
    select
        *,
        -- What Zendesk writes on the ticket that a merge closes, whoever pressed the button.
        case when contains(body, 'merged into request #') then
            nullif(regexp_extract(body, '^\s*This request was closed and merged into request #([0-9]+)', 1), '')
        end as noted,
        -- Blanks made one, by plain replacement: at a million comments twice as fast as a pattern.
        lower(trim(replace(replace(replace(
            translate(body, chr(9) || chr(10) || chr(13) || chr(160), '    '),
            ' ', chr(1) || chr(2)), chr(2) || chr(1), ''), chr(1) || chr(2), ' '
        ))) as words_of_body,
        case when contains(body, 'http') then list_filter(
            regexp_extract_all(body, 'https?://[^\s<>"''()\[\]]+'),
            lambda url: regexp_matches(
                lower(url),
                '(/browse/|selectedissue=|linear\.app/[^/]+/issue/)[a-z][a-z0-9_]+-[0-9]+'
                || '|github\.com/[^/]+/[^/]+/(issues|pull)/[0-9]+|gitlab[^/]*/.+/(issues|merge_requests)/[0-9]+'
                || '|bitbucket\.org/.+/(issues|pull-requests)/[0-9]+|dev\.azure\.com/.+/_workitems/'
                || '|\.service-now\.com/'
            )
        ) end as addresses,
        -- Words that look like a record's key and are none are left out.
        case when e.public = 'false' then list_filter(
            regexp_extract_all(
                regexp_replace(body, 'https?://[^\s<>"''()\[\]]+', ' ', 'g'), '\b[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,6}\b'
            ),
            lambda key: not regexp_full_match(
                key,
                '(UTF|ISO|SHA|RFC|COVID|CVE|HTTP|AES|RSA|MD|TLS|SSL|USB|MP|TCP|IEC|EN|DIN|GMT|UTC|IPV|WPA|RS|PO|INV'
                || '|ERR)-.*'
            )
        ) end as keys
    from told
)
select
    _row as "row",
    a.id as audit,
    a.ticket_id as ticket,
    a.created_at as created_text,
    try_cast(a.created_at as timestamptz) at time zone 'UTC' as moment,
    case when is_rule then '-1' when is_comment then coalesce(e.author_id, a.author_id) else a.author_id end as author,
    -- Order inside a ticket: the audit, the place in it. The audit's number is kept to nine digits so that the whole
    -- stays exact; it has to order audits of the same second only.
    (coalesce(try_cast(a.id as bigint), 0) % 1000000000) * 100000 as audit_number,
    least(place, 999) * 100 as place,
    e.type as type,
    e.field_name as field,
    e.previous_value->>'$' as before,
    coalesce(e.value->>'$', e.issue_key, e.agreement_id) as after,
    case when e.field_name = 'tags' then list_filter(
        list_transform(from_json(e.value, '["VARCHAR"]'), lambda tag: lower(tag)),
        lambda tag: not coalesce(list_contains(from_json(e.previous_value, '["VARCHAR"]'), tag), false)
    ) end as tags_added,
    case when is_comment then coalesce(e.public, 'true') = 'true' end as is_public,
    case
        when not is_comment then null
        when coalesce(words_of_body, '') = '' then 0
        else length(words_of_body) - length(replace(words_of_body, ' ', '')) + 1
    end as words,
    -- A question mark inside an address asks nothing.
    case when is_comment then
        coalesce(contains(words_of_body, '? ') or suffix(words_of_body, '?'), false)
    end as is_question,
    case when is_comment then coalesce(asserts_cause(words_of_body), false) end as asserts_cause,
    case when words_of_body <> '' then md5(words_of_body) end as text_hash,
    merge."from".ticket_ids as merged_from,
    coalesce(merge."from".ticket_id, noted) as noted_merge,
    case when noted is not null then 'merge notice' end as notice,
    -- The key where an address holds one, so that both ways to write a link are one link.
    list_distinct(list_concat(
        list_transform(addresses, lambda url: coalesce(
            nullif(regexp_extract(url, '(/browse/|selectedIssue=|/issue/)([A-Z][A-Z0-9_]+-[0-9]+)', 2), ''),
            regexp_replace(regexp_extract(url, '^[^?#]+'), '[.,;:!/]+$', '')
        )),
        keys
    )) as links
from plain;

create or replace temp table zendesk_event (
    "row" bigint, original_id text, occurred_at timestamp, "sequence" bigint, kind text, actor text, actor_role text,
    old_value text, new_value text, original_value text, words bigint, is_question boolean, asserts_cause boolean, text_hash text
);

create or replace temp view zendesk_step as
select
    *,
    ticket as original_id,
    moment as occurred_at,
    author as actor,
    case when author = '-1' then 'bot' end as actor_role
from zendesk_audit_event;

-- The ticket's birth: the first audit that sets its fields anew. A later page of the same audits holds none.
insert into zendesk_event by name
select "row", original_id, occurred_at, audit_number as "sequence", 'created' as kind, actor, actor_role
from zendesk_step
where type = 'Create'
qualify row_number() over (partition by ticket order by author = '-1', moment, audit_number, place) = 1;

insert into zendesk_event by name
select
    "row", original_id, occurred_at, audit_number + place as "sequence",
    case when is_public then 'public_message' else 'private_note' end as kind,
    actor, actor_role, notice as original_value, words, is_question, asserts_cause, text_hash
from zendesk_step
where is_public is not null;

insert into zendesk_event by name
select
    "row", original_id, occurred_at, audit_number + place as "sequence",
    case field when 'assignee_id' then 'owner' else 'team' end as kind,
    actor, actor_role, before as old_value, after as new_value
from zendesk_step
where type in ('Create', 'Change') and field in ('assignee_id', 'group_id') and before is distinct from after;

insert into zendesk_event by name
select
    "row", original_id, occurred_at, audit_number + place as "sequence", step.field as kind,
    actor, actor_role, past.ours as old_value, now.ours as new_value, after as original_value
from zendesk_step as step
left join zendesk_word as past on past.field = step.field and past.word = lower(before)
left join zendesk_word as now on now.field = step.field and now.word = lower(after)
where type in ('Create', 'Change') and step.field in ('status', 'priority') and before is distinct from after;

-- Links in comments, of those who are known as staff: customers neither write private notes nor get tickets assigned.
insert into zendesk_event by name
with link as (
    select *, unnest(links) as new_value, generate_subscripts(links, 1) as number
    from zendesk_step
    where len(links) > 0
)
select
    "row", original_id, occurred_at, audit_number + place + 50 + least(number, 49) as "sequence", 'link' as kind,
    actor, actor_role, new_value
from link
where author in (
    select author from zendesk_audit_event where not is_public
    union all
    select after from zendesk_audit_event where field = 'assignee_id'
);

insert into zendesk_event by name
select
    "row", original_id, occurred_at, audit_number + place + 50 as "sequence", 'link' as kind, actor, actor_role,
    coalesce(nullif(regexp_extract(after, '[A-Z][A-Z0-9]+-[0-9]+'), ''), concat_ws(' ', lower(type), after)) as new_value
from zendesk_step
where type ilike '%jira%' or type = 'TicketSharingEvent';

-- Zendesk's Jira app leaves a tag and no key: a link to something, where nothing else names it.
insert into zendesk_event by name
select
    "row", original_id, occurred_at, audit_number + place + 50 as "sequence", 'link' as kind, actor, actor_role,
    'jira_escalated' as new_value, 'jira_escalated' as original_value
from zendesk_step as step
where list_contains(tags_added, 'jira_escalated')
  and not exists (select 1 from zendesk_event as e where e.kind = 'link' and e.original_id = step.ticket);

insert into zendesk_event by name
select
    "row", original_id, occurred_at, audit_number + place as "sequence", 'escalation' as kind, actor, actor_role,
    'functional' as new_value, 'escalated' as original_value
from zendesk_step
where list_contains(tags_added, 'escalated');

-- Merges. On the survivor's side they name those that were merged into it; on the merged ticket's side the survivor.
create or replace temp table zendesk_merge as
with told as (
    select "row", unnest(merged_from) as child, ticket as survivor, moment, audit_number, place
    from zendesk_audit_event
    where len(merged_from) > 0
),
noted as (
    select
        "row", ticket, moment, audit_number, place, case when noted_merge <> ticket then noted_merge end as survivor,
        type = 'Change' and coalesce(list_contains(tags_added, 'closed_by_merge'), false) as is_tagged
    from zendesk_audit_event
    where noted_merge is not null or list_contains(tags_added, 'closed_by_merge')
)
select
    min("row") as "row", 'merge' as part, child as original_id,
    arg_max(survivor, (moment, audit_number, place)) as merged_into, null::text as noted_merge, null::boolean as is_merged
from told
where child <> survivor
group by child
union all
select
    min("row"), 'merge note', ticket, null, arg_max(survivor, (moment, audit_number, place)),
    case when bool_or(is_tagged) then true end
from noted
group by ticket
having arg_max(survivor, (moment, audit_number, place)) is not null or bool_or(is_tagged);
