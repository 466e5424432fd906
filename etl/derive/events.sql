-- One row an event that counts, sorted by ticket and time: ``rowid`` is its place. Everything below that needs
-- an order reads narrow columns of this table, so the wide rows are sorted once only.

-- 1. The same event told by two loads counts once. Most events are told once: only look closer where a hash repeats.
create or replace temp table repeated_event as
with hashed as (
    select
        rowid as record,
        hash(source, original_id, occurred_at, kind, old_value, new_value, original_value, actor, text_hash) as content
    from loaded_event
),
suspects as (
    select h.record, h.content
    from hashed h
    where h.content in (select content from hashed group by content having count(*) > 1)
),
once_a_load as (
    -- Told twice by one load under one sequence number: one event.
    select s.record, s.content, e.load_id, e.sequence, e."row"
    from suspects s
    join loaded_event e on e.rowid = s.record
    qualify row_number() over (partition by s.content, e.load_id, e.sequence order by e."row", s.record) = 1
),
told as (
    -- The first telling of one load is the first of another, whatever sequence numbers the exports gave them.
    select
        record, content, load_id,
        row_number() over (partition by content, load_id order by sequence, "row", record) as telling
    from once_a_load
),
kept as (
    select record
    from told
    qualify row_number() over (partition by content, telling order by load_id desc) = 1
)
select record from suspects where record not in (select record from kept);

-- 2. States and priorities told by numbers of the help desk's own, by what they are called; and those before them.
create or replace temp table named_event as
with told as (
    select
        e.rowid as record, e.source, e.original_id, e.kind, e.occurred_at, e.sequence, e.load_id, e.old_value,
        case when n.name is not null then n.meaning else e.new_value end as new_value,
        coalesce(n.name, e.original_value) as original_value
    from loaded_event e
    left join own_name n on n.source = e.source and n.kind = e.kind and n.original_id = e.original_value
    where (e.source, e.kind) in (select (source, kind) from own_name where kind in ('status', 'priority'))
      and e.occurred_at is not null
      and e.rowid not in (select record from repeated_event)
)
select
    record,
    new_value,
    original_value,
    coalesce(
        old_value,
        lag(new_value) over (partition by source, original_id, kind order by occurred_at, sequence, load_id)
    ) as old_value
from told;

-- 3. Names for numbers, a role for each actor, in order.
create or replace temp table event as
select
    -- What was said on a ticket merged into another is part of the other's thread.
    coalesce(v.into_number, b.ticket_number) as ticket_number,
    v.into_number is not null as is_from_merged,
    e.occurred_at,
    e.kind,
    coalesce(p.shown_name, e.actor) as actor,
    case
        when bot.actor is not null or e.actor = '-1' then 'bot'
        -- The help desk's own words on a merge answer nobody, whoever pressed the button.
        when v.ticket_number is not null and e.original_value = 'merge notice' then 'bot'
        when p.known_role = 'engineering' and coalesce(e.actor_role, 'agent') = 'agent' then 'engineering'
        when e.actor_role is not null then e.actor_role
        -- An agent of former days who asks now is a customer there.
        when p.is_customer_now and e.actor = b.requester then 'customer'
        when p.known_role is not null then p.known_role
        when e.actor = b.requester then 'customer'
        -- Nobody named: not known, rather than an agent.
        when e.actor is not null then 'agent'
    end as actor_role,
    coalesce(old_name.name, own.old_value, e.old_value) as old_value,
    case when own.record is not null then own.new_value else coalesce(new_name.name, e.new_value) end as new_value,
    coalesce(own.original_value, e.original_value) as original_value,
    e.words::integer as words,
    e.is_question,
    e.asserts_cause,
    e.text_hash,
    e.load_id
from loaded_event e
join ticket_key k on k.source = e.source and k.original_id = e.original_id
join (select ticket_number, requester from ticket_base) b on b.ticket_number = k.ticket_number
left join survivor v
    on v.ticket_number = b.ticket_number and e.kind in ('public_message', 'private_note')
left join person p on p.source = e.source and p.original_id = e.actor
left join (select distinct actor from setting_bot) bot on bot.actor = e.actor
left join named_event own on own.record = e.rowid
left join value_name old_name
    on old_name.source = e.source and old_name.kind = e.kind and old_name.original_id = e.old_value
left join value_name new_name
    on new_name.source = e.source and new_name.kind = e.kind and new_name.original_id = e.new_value
where e.occurred_at is not null
  and e.rowid not in (select record from repeated_event)
order by
    coalesce(v.into_number, b.ticket_number), e.occurred_at, e.sequence nulls first, e.kind <> 'created',
    hash(e.kind, e.old_value, e.new_value, e.original_value, e.actor, e.text_hash), e.load_id, e."row";

-- 4. What each ticket has, and which kinds of history each source's feed holds at all.
create or replace temp table event_total as
select
    e.ticket_number,
    min(e.rowid) as first_place,
    min(e.occurred_at) as first_at,
    max(e.occurred_at) as last_at,
    min(e.occurred_at) filter (kind = 'created') as created_at,
    arg_min(actor_role, e.rowid) filter (kind = 'created') as creator_role,
    arg_min(actor, e.rowid) filter (kind = 'created') as creator,
    min(e.rowid) filter (kind = 'public_message') as first_message,
    arg_min(actor_role, e.rowid) filter (kind = 'public_message' and not is_from_merged) as first_message_role,
    min(e.occurred_at) filter (kind = 'public_message' and not is_from_merged) as first_message_at,
    count(*) filter (kind = 'public_message' and actor_role in ('agent', 'engineering')) as public_replies,
    count(*) filter (kind = 'public_message' and actor_role = 'customer') as customer_messages,
    count(*) filter (kind = 'private_note') as private_notes,
    count(*) filter (kind = 'status') as status_events,
    count(*) filter (kind = 'owner') as owner_events,
    count(*) filter (kind = 'team') as team_events,
    count(*) filter (kind = 'level') as level_events,
    count(*) filter (kind = 'escalation') as escalation_events,
    count(*) filter (kind = 'link') as link_events,
    count(words) filter (kind in ('public_message', 'private_note')) as worded_messages,
    count(*) filter (kind = 'team' and new_value in (select team from team_setting where tier_rank is not null))
        as tiered_team_events
from event e
group by e.ticket_number;

create or replace temp table feed as
select
    t.source,
    bool_or(e.status_events > 0) as has_status,
    bool_or(e.owner_events > 0 or e.team_events > 0) as has_assignment,
    bool_or(e.owner_events > 0) as has_owner,
    bool_or(e.team_events > 0) as has_team,
    bool_or(e.level_events > 0) as has_level,
    bool_or(e.escalation_events > 0) as has_escalation,
    bool_or(e.link_events > 0) as has_link,
    bool_or(e.first_message is not null) as has_message,
    bool_or(e.private_notes > 0) as has_note,
    bool_or(e.worded_messages > 0) as has_words,
    bool_or(e.tiered_team_events > 0) as has_tier
from event_total e
join (select ticket_number, source from ticket_base) t using (ticket_number)
group by t.source;
