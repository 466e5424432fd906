-- Tests, by the vendor's word, a tag, or who asked; and tickets a tag says were closed for want of an answer. Small tables
-- that are joined: a CASE with EXISTS in it took the planner most of a minute.
create or replace temp table test_ticket as
select ticket_number from record where is_test
union
select r.ticket_number
from record r
join setting_tag s on s.meaning = 'test' and list_contains(string_split(lower(r.tags), ','), s.tag)
union
select r.ticket_number
from record r
left join person p on p.source = r.source and p.original_id = r.requester
join setting_test_requester s
    on (not s.is_domain and lower(s.requester) in (lower(r.requester), lower(p.name)))
    or (s.is_domain and (
        ends_with(lower(r.requester), lower(s.requester)) or ends_with(lower(p.name), lower(s.requester))));

create or replace temp table auto_closed_by_tag as
select distinct r.ticket_number
from record r
join setting_tag s on s.meaning = 'auto_closed' and list_contains(string_split(lower(r.tags), ','), s.tag);

-- Merged tickets, and into which as far as anybody says. A tag alone is no merge of a ticket that is open: follow-ups
-- inherit tags. The merges are few: they are written down first, since the planner takes a column that is nearly empty
-- for a full one.
create or replace temp table merge_told as
with judged as (
    select
        ticket_number, source, merged_into, noted_merge,
        coalesce(status = 'merged', false)
            or coalesce(is_merged and coalesce(status in ('resolved', 'closed'), true), false) as is_known
    from record
    where merged_into is not null or status = 'merged' or is_merged
)
select ticket_number, source, coalesce(merged_into, noted_merge) as merged_into
from judged
where merged_into is not null or is_known;

-- The narrow columns of each ticket that the measurements need; ``record`` is the merged export record.
create or replace temp table ticket_base as
with people as (
    select
        r.ticket_number,
        p.name as requester_name,
        p.account as requester_account
    from record r
    join person p on p.source = r.source and p.original_id = r.requester
)
select
    r.ticket_number,
    r.source,
    r.requester,
    r.status,
    r.priority,
    r.category,
    r.product,
    coalesce(n.name, r.team) as team,
    coalesce(o.shown_name, r.owner) as owner,
    coalesce(a.name, b.name, r.account, p.requester_account) as account,
    coalesce(a.original_id, b.original_id) as account_original_id,
    r.created_at,
    r.first_reply_at,
    r.first_resolved_at,
    r.resolved_at,
    r.closed_at,
    r.updated_at,
    r.due_at,
    r.vendor_first_reply_minutes,
    r.vendor_first_resolution_minutes,
    r.vendor_resolution_minutes,
    r.vendor_escalated,
    r.vendor_sla_met,
    r.is_outbound,
    coalesce(r.is_auto_closed, false) or c.ticket_number is not null as is_auto_closed,
    case
        when r.status = 'deleted' then 'deleted'
        when r.status = 'spam' then 'spam'
        when m.ticket_number is not null then 'merged into another ticket'
        when x.ticket_number is not null then 'test or internal requester'
    end as excluded_because
from record r
left join people p on p.ticket_number = r.ticket_number
left join merge_told m on m.ticket_number = r.ticket_number
left join test_ticket x on x.ticket_number = r.ticket_number
left join auto_closed_by_tag c on c.ticket_number = r.ticket_number
left join team_name n on n.source = r.source and n.original_id = r.team
left join person o on o.source = r.source and o.original_id = r.owner
left join account_name a on a.source = r.source and a.original_id = r.account
left join account_name b on b.source = r.source and b.original_id = p.requester_account and r.account is null;

-- Whose thread a merged ticket's messages belong to: the last of a chain of merges. A ring of merges has no last one.
create or replace temp table merge as
select m.ticket_number, t.ticket_number as into_number
from merge_told m
join ticket_key t on t.source = m.source and t.original_id = m.merged_into
where t.ticket_number <> m.ticket_number;

create or replace temp table survivor as
with recursive chain as (
    select ticket_number, into_number, 1 as step from merge
    union all
    select c.ticket_number, m.into_number, c.step + 1
    from chain c
    join merge m on m.ticket_number = c.into_number
    where c.step < 20
)
select c.ticket_number, c.into_number
from chain c
anti join merge m on m.ticket_number = c.into_number;

-- Loads whose records carry the vendor's own resolve clock: there an empty one on a closed ticket means
-- "closed without a resolve", whatever its status history says.
create or replace temp table tells_resolve as
with clocked as (
    select distinct load_id, coalesce(part, 'ticket') as part from loaded_ticket where resolved_at is not null
)
select distinct p.ticket_number
from ticket_part p
join loaded_ticket l on l.rowid = p.record
join clocked c on c.load_id = l.load_id and c.part = coalesce(l.part, 'ticket');
