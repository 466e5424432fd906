-- How long tickets lie in a team's queue before a person does something to them: one row each time a ticket came to a team.

-- A person does something to the ticket, or takes it for themself. Being given it by somebody else is no such thing.
create or replace temp macro is_touch(kind, actor_role, actor, new_value) as
    is_act(kind, actor_role)
    or coalesce(actor_role in ('agent', 'engineering') and kind = 'owner' and actor = new_value, false);

-- Sources whose history shows people at work at all: of the others nothing tells how long a ticket lay.
create or replace temp table shows_touch as
select distinct t.source
from event e
join (select ticket_number, source from ticket_base) t using (ticket_number)
where is_act(e.kind, e.actor_role);

-- The owner and team each ticket began with, as far as its first changes tell; without any it stayed where it is.
create or replace temp table began_with as
select
    c.ticket_number, c.source, c.created_at, c.observed_until,
    case when s.owner_events > 0 then s.owner when f.has_owner then c.owner end as owner,
    case when s.team_events > 0 then s.team when f.has_team then c.team end as team,
    -- Where no changes of status are told, the last resolve is all that is known of the end.
    case when coalesce(s.status_events, 0) = 0 and c.is_done then c.resolved_at end as ended_at
from ticket_clock c
join (select ticket_number from event_total) e using (ticket_number)
join feed f on f.source = c.source
left join first_state s using (ticket_number)
where c.created_at is not null;

create or replace temp table team_entry as
with changed as (
    select ticket_number, place, occurred_at, actor, actor_role, new_value as team, held_before
    from assignment
    where kind = 'team' and new_value is distinct from held_before
),
entered as (
    select ticket_number, -1 as place, created_at as entered_at, null as mover, null as came_from, team, true as is_routed
    from began_with
    where team is not null
    union all
    select c.ticket_number, c.place, greatest(c.occurred_at, b.created_at), c.actor, c.held_before, c.team,
        is_routing(c.occurred_at, c.actor_role, b.created_at)
    from changed c
    join (select ticket_number, created_at from began_with) b using (ticket_number)
),
followed as (
    select
        *,
        lead(entered_at) over ticket as moved_at,
        bool_and(is_routed) over (
            partition by ticket_number order by place rows between unbounded preceding and current row
        ) as is_routed_so_far,
        coalesce(bool_and(is_routed) over (
            partition by ticket_number order by place rows between unbounded preceding and 1 following
        ), false) as is_routed_on
    from entered
    window ticket as (partition by ticket_number order by place)
)
select
    ticket_number, place, entered_at, mover, came_from, team, moved_at,
    row_number() over (partition by ticket_number order by place) as number,
    -- The first assignment is where the rules had put the ticket when they were done; without rules, its first team.
    case
        when is_routed_so_far then not is_routed_on or moved_at is null
        else row_number() over (partition by ticket_number order by place) = 1
    end as is_first
from followed
where team is not null;

-- When a ticket was done, from a moment on.
create or replace temp table done_event as
select ticket_number, occurred_at, place, is_done from status_event where is_done or was_done;

create or replace temp table queue_stay as
with begun as (
    select t.*, b.observed_until, b.ended_at
    from team_entry t
    join began_with b using (ticket_number)
    where b.source in (select source from shows_touch)
),
touched as (
    select
        b.ticket_number, b.place,
        min(e.occurred_at) as touched_at
    from begun b
    join event e on e.ticket_number = b.ticket_number and e.occurred_at >= b.entered_at
    where is_touch(e.kind, e.actor_role, e.actor, e.new_value)
      -- A word of the one who passed it on belongs to the passing on.
      and not coalesce(e.actor = b.mover and e.occurred_at <= b.entered_at + interval 10 minutes, false)
    group by b.ticket_number, b.place
),
finished as (
    select
        b.ticket_number, b.place,
        min(d.occurred_at) filter (d.is_done and d.occurred_at >= b.entered_at) as done_at,
        coalesce(arg_max(d.is_done, d.place) filter (d.occurred_at < b.entered_at), false) as is_done_already
    from begun b
    join done_event d using (ticket_number)
    group by b.ticket_number, b.place
),
timed as (
    select
        b.*, t.touched_at,
        -- What is greatest of a NULL and a moment is the moment: hence the question first.
        case
            when f.is_done_already then b.entered_at
            when f.done_at is not null then f.done_at
            when b.ended_at is not null then greatest(b.ended_at, b.entered_at)
        end as done_at
    from begun b
    left join touched t using (ticket_number, place)
    left join finished f using (ticket_number, place)
),
ended as (
    select *, least(touched_at, moved_at, done_at) as left_at from timed
)
select
    ticket_number, place, number, team, came_from, entered_at, left_at, is_first,
    (epoch_us(coalesce(left_at, greatest(observed_until, entered_at))) - epoch_us(entered_at)) / 60e6 as minutes,
    case
        when left_at = touched_at then 'touched'
        when left_at = moved_at then 'moved'
        when left_at is not null then 'done'
    end as ended_by
from ended;

create or replace temp view final_queue_stay as
select k.ticket_number, k.ticket_id, q.* exclude (ticket_number, place)
from queue_stay q
join ticket_key k on k.ticket_number = q.ticket_number
order by k.ticket_number, q.place;
