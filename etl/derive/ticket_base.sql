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
    coalesce(r.is_auto_closed, false) or coalesce(
        list_has_any(
            string_split(lower(r.tags), ','), (select list(tag) from setting_tag where meaning = 'auto_closed')
        ), false
    ) as is_auto_closed,
    case
        when r.status = 'deleted' then 'deleted'
        when r.status = 'spam' then 'spam'
        when r.status = 'merged' or r.merged_into is not null then 'merged into another ticket'
        when r.is_test
            or list_has_any(
                string_split(lower(r.tags), ','), (select list(tag) from setting_tag where meaning = 'test')
            )
            then 'test or internal requester'
        when exists (
            select 1
            from setting_test_requester s
            where (not s.is_domain and lower(s.requester) in (lower(r.requester), lower(p.requester_name)))
               or (s.is_domain and (
                      ends_with(lower(r.requester), lower(s.requester))
                      or ends_with(lower(p.requester_name), lower(s.requester))))
        ) then 'test or internal requester'
    end as excluded_because
from record r
left join people p on p.ticket_number = r.ticket_number
left join team_name n on n.source = r.source and n.original_id = r.team
left join person o on o.source = r.source and o.original_id = r.owner
left join account_name a on a.source = r.source and a.original_id = r.account
left join account_name b on b.source = r.source and b.original_id = p.requester_account and r.account is null;

-- Whose thread a merged ticket's messages belong to: the last of a chain of merges. A ring of merges has no last one.
create or replace temp table survivor as
with recursive merge as (
    select k.ticket_number, t.ticket_number as into_number
    from record r
    join ticket_key k using (ticket_number)
    join ticket_key t on t.source = k.source and t.original_id = r.merged_into
    where t.ticket_number <> k.ticket_number
),
chain as (
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
