-- Solves, closes, reopens.
create or replace temp table status_event as
with sorted as (
    select
        ticket_number,
        rowid as place,
        occurred_at,
        new_value as status,
        coalesce(lag(new_value) over ticket, old_value) as previous_status,
        min(case when new_value in ('resolved', 'closed') then occurred_at end) over later as next_done_at
    from event
    where kind = 'status'
    window
        ticket as (partition by ticket_number order by rowid),
        later as (partition by ticket_number order by rowid rows between 1 following and unbounded following)
)
select
    *,
    status in ('resolved', 'closed') as is_done,
    coalesce(previous_status in ('resolved', 'closed'), false) as was_done,
    coalesce(
        previous_status in ('resolved', 'closed')
        and status in ('new', 'open', 'waiting_customer', 'waiting_other'), false
    ) as is_reopen
from sorted;

-- A reopen undone within 10 minutes without a word to the customer was a slip, not a reopen.
create or replace temp table reopen as
with slips as (
    select s.place
    from status_event s
    left join event m
        on m.ticket_number = s.ticket_number
        and m.kind = 'public_message'
        and m.actor_role in ('agent', 'engineering')
        and m.occurred_at between s.occurred_at and s.next_done_at
    where s.is_reopen and s.next_done_at <= s.occurred_at + interval 10 minutes
    group by s.place
    having count(m.ticket_number) = 0
)
select ticket_number, place, occurred_at
from status_event
where is_reopen and place not in (select place from slips);

-- Resolved by a rule while it waited for the customer: nobody confirmed that it was solved.
create or replace temp table auto_closed as
select s.ticket_number
from (
    select ticket_number, place, previous_status
    from status_event
    where is_done
    qualify row_number() over (partition by ticket_number order by place) = 1
) s
join event e on e.rowid = s.place
where s.previous_status = 'waiting_customer' and e.actor_role = 'bot';

create or replace temp table status_total as
with reopens as (
    select ticket_number, count(*) as reopens, min(occurred_at) as first_reopen_at from reopen group by ticket_number
),
solves as (
    select
        ticket_number,
        -- A close straight from open (after a reopen, say) is a resolve of a ticket that has any; one that was only ever
        -- closed has none. A resolve told again while resolved is the newer one: logs of activities do so.
        case when bool_or(status = 'resolved')
            then min(occurred_at) filter (is_done and not was_done) end as first_resolve_at,
        case when bool_or(status = 'resolved')
            then max(occurred_at) filter (status = 'resolved' or (is_done and not was_done)) end as last_resolve_at,
        min(occurred_at) filter (status = 'closed') as first_close_at,
        max(occurred_at) filter (status = 'closed' and previous_status is distinct from 'closed') as last_close_at,
        arg_max(status, place) as last_status,
        count(*) filter (is_reopen) as status_reopens
    from status_event
    group by ticket_number
)
select s.*, coalesce(r.reopens, 0) as reopens, r.first_reopen_at
from solves s
left join reopens r using (ticket_number);

-- The newest moment each source tells of. A clock past the newest load is a fault of the export, not the present.
create or replace temp table observed as
with ceiling as (
    select coalesce(max(loaded_at) + interval 1 day, timestamp '2200-01-01') as newest from journal
),
told as (
    select source, unnest([created_at, first_reply_at, first_resolved_at, resolved_at, closed_at, updated_at]) as moment
    from ticket_base
    union all
    select t.source, max(e.last_at)
    from event_total e
    join (select ticket_number, source from ticket_base) t using (ticket_number), ceiling c
    where e.last_at <= c.newest
    group by t.source
)
select source, max(moment) filter (moment <= (select newest from ceiling)) as observed_until
from told
group by source;

-- The clocks of each ticket, from its history first where that can tell, else from the vendor's own measurements.
create or replace temp table ticket_clock as
with settled as (
    select
        t.*,
        coalesce(t.created_at, e.created_at, e.first_at) as opened_at,
        coalesce(t.status, s.last_status) as status_now,
        s.first_resolve_at, s.last_resolve_at, s.first_close_at, s.last_close_at, s.first_reopen_at,
        s.reopens, s.status_reopens,
        v.ticket_number is not null as vendor_tells_resolve,
        coalesce(t.closed_at, s.last_close_at) as close_at
    from ticket_base t
    left join event_total e using (ticket_number)
    left join status_total s using (ticket_number)
    left join tells_resolve v using (ticket_number)
),
judged as (
    select
        *,
        coalesce(
            status_now in ('resolved', 'closed'),
            coalesce(resolved_at, first_resolved_at, close_at) is not null
        ) as is_done,
        case
            when resolved_at is not null then resolved_at
            -- Closed, and the vendor leaves its resolve clock empty: no resolve, although the history may show one.
            when vendor_tells_resolve and close_at is not null then null
            when last_resolve_at is not null then last_resolve_at
            when vendor_resolution_minutes is not null
                then opened_at + to_microseconds((vendor_resolution_minutes * 60000000)::bigint)
            else first_resolved_at
        end as solve_at
    from settled
),
timed as (
    select
        *,
        -- A vendor may date such a close as its solve, while its own history shows no resolve.
        is_done and close_at is not null and coalesce(
            solve_at is null or (last_resolve_at is null and solve_at >= last_close_at), false
        ) as is_closed_without_resolve,
        -- A resolve stands until there is a newer one, also while the ticket is open again.
        coalesce(
            solve_at, case when is_done then close_at end, case when not vendor_tells_resolve then last_close_at end
        ) as last_done_at
    from judged
)
select
    ticket_number, source, requester, status_now as status, priority, category, product, team, owner,
    account,
    opened_at as created_at,
    least(
        coalesce(
            first_resolve_at,
            first_resolved_at,
            opened_at + to_microseconds((vendor_first_resolution_minutes * 60000000)::bigint),
            solve_at,
            first_close_at,
            case when is_done then close_at end
        ),
        last_done_at
    ) as first_resolved_at,
    last_done_at as resolved_at,
    close_at as closed_at,
    updated_at, due_at, first_reopen_at, reopens, status_reopens, is_done, is_closed_without_resolve, excluded_because,
    observed_until
from timed
left join observed using (source);
