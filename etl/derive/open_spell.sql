-- Each stretch a ticket was open. From its status history; without one, from creation to the last solve.
create or replace temp view final_open_spell as
with counted as (
    select c.*, k.ticket_id
    from ticket_clock c
    join ticket_key k using (ticket_number)
    where c.excluded_because is null and c.created_at is not null
),
turn as (
    -- Every change between done and not done, and the creation as the first opening.
    select ticket_number, place, occurred_at, is_done
    from status_event
    where is_done <> was_done
    union all
    select ticket_number, -1, created_at, false from counted
),
sorted as (
    select
        ticket_number,
        occurred_at,
        is_done,
        lag(is_done) over ticket as was_done,
        lead(occurred_at) over ticket as next_at
    from turn
    window ticket as (partition by ticket_number order by place)
)
select
    c.ticket_id,
    s.occurred_at as opened_at,
    -- The last stretch: a ticket that is done ended at its solve, although no history tells of it.
    case
        when s.next_at is not null then greatest(s.next_at, s.occurred_at)
        when c.is_done then greatest(coalesce(c.resolved_at, c.closed_at, s.occurred_at), s.occurred_at)
    end as ended_at
from sorted s
join counted c using (ticket_number)
where not s.is_done
order by c.ticket_id, opened_at;
