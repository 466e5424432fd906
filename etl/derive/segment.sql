-- What each ticket was doing between its events, from its first moment to its last resolve, or to where our knowledge
-- ends (methods A1). Exactly one state holds at any time; neighbours in one state are one row. Only where messages and
-- changes of status are told: assignments alone cannot say when anybody looked.

create or replace temp table segmented as
select b.ticket_number, b.created_at, b.ends_at, b.turn
from (select ticket_number, created_at, ends_at, turn from beginning where has_status and ends_at > created_at) b
join (select ticket_number from ticket_signal) s using (ticket_number)
join (select ticket_number from calendar_time where not has_unknown) c using (ticket_number);

-- Acts that end a state: what a person did first, and every substantive answer.
create or replace temp table first_act as
select e.ticket_number, min(e.rowid) as place
from event e
where is_act(e.kind, e.actor_role)
group by e.ticket_number;

create or replace temp table answer as
select e.ticket_number, e.rowid as place, e.occurred_at
from event e
left join mark m on m.place = e.rowid
where e.kind = 'public_message'
  and is_substantive(e.kind, e.actor_role, e.words, m.is_macro, m.is_customer_question);

-- Owner to owner, once somebody had touched the ticket: before that it is routing, and the ticket is in its first
-- queue still. Who takes a ticket with the very words they write took it just before them. ``acted_in``: the first thing
-- the new owner did. Places are doubled from here on, so that there is one before each (rowids outgrow a floating point).
create or replace temp table handed_on as
with change as (
    select ticket_number, place, occurred_at, new_value as owner
    from assignment
    where kind = 'owner' and new_value <> previous_value
),
taken as (
    select
        c.ticket_number,
        c.occurred_at,
        least(2 * c.place, min(2 * e.rowid - 1) filter (e.occurred_at = c.occurred_at)) as place,
        min(2 * e.rowid) as acted_in,
        arg_min(e.occurred_at, e.rowid) as acted_at
    from change c
    left join event e
        on e.ticket_number = c.ticket_number and e.actor = c.owner and e.occurred_at >= c.occurred_at
        and is_act(e.kind, e.actor_role)
    group by c.ticket_number, c.place, c.occurred_at
)
select t.*
from taken t
join first_act f on f.ticket_number = t.ticket_number and 2 * f.place < t.place;

create or replace temp table segment_moment as
with told as (
    select
        ticket_number, occurred_at, 2 * place as place, turn_of(status) as turn, false as is_touched,
        null::bigint as handed, null::bigint as acted_for, null::bigint as cause, null::bigint as answered
    from status_event
    union all
    select f.ticket_number, e.occurred_at, 2 * f.place, null, true, null, null, null, null
    from first_act f
    join event e on e.rowid = f.place
    union all
    select ticket_number, occurred_at, place, null, false, place, null, place, null from handed_on
    union all
    select ticket_number, acted_at, acted_in, null, false, null, place, null, null
    from handed_on
    where acted_in is not null
    union all
    -- Nobody's any more: no new owner is waited for.
    select ticket_number, occurred_at, 2 * place, null, false, null, 2 * place, null, null
    from assignment
    where kind = 'owner' and new_value is null
    union all
    select ticket_number, occurred_at, 2 * place, null, false, null, null, 2 * place, null from reopen
    union all
    select ticket_number, occurred_at, 2 * place, null, false, null, null, null, 2 * place from answer
)
select ticket_number, created_at as moment, -1::bigint as place, turn, false as is_touched,
    null::bigint as handed, null::bigint as acted_for, null::bigint as cause, null::bigint as answered
from segmented
union all
select
    t.ticket_number, greatest(t.occurred_at, s.created_at), t.place, t.turn, t.is_touched, t.handed, t.acted_for,
    t.cause, t.answered
from told t
join segmented s using (ticket_number)
where t.occurred_at < s.ends_at;

create or replace temp table segment as
with known as (
    select
        ticket_number,
        moment,
        lead(moment) over ticket as next_moment,
        last_value(turn ignore nulls) over so_far as turn,
        bool_or(is_touched) over so_far as is_touched,
        coalesce(max(handed) over so_far > coalesce(max(acted_for) over so_far, -1), false) as is_handed_on,
        coalesce(max(cause) over so_far > coalesce(max(answered) over so_far, -1), false) as is_looked_at_again,
        max(answered) over so_far is not null as is_answered
    from segment_moment
    window
        ticket as (partition by ticket_number order by moment, place),
        so_far as (partition by ticket_number order by moment, place rows between unbounded preceding and current row)
),
named as (
    select
        ticket_number,
        moment,
        case
            when turn = 'done' then 'done'
            when turn = 'customer' then 'waiting_customer'
            when turn = 'other' then 'waiting_other'
            when not is_touched then 'first_queue'
            when is_handed_on then 'handoff_queue'
            when is_looked_at_again then 'reinvestigation'
            when not is_answered then 'first_investigation'
            else 'working'
        end as state
    from known
    where next_moment is null or next_moment > moment
),
changed as (
    select *
    from named
    qualify state is distinct from lag(state) over (partition by ticket_number order by moment)
)
select
    c.ticket_number,
    c.state,
    c.moment as started_at,
    coalesce(lead(c.moment) over (partition by c.ticket_number order by c.moment), s.ends_at) as ended_at
from changed c
join segmented s using (ticket_number);

drop table segment_moment;

create or replace temp view final_segment as
select
    k.ticket_number,
    k.ticket_id,
    s.state,
    s.started_at,
    s.ended_at,
    (epoch_us(s.ended_at) - epoch_us(s.started_at)) / 60e6 as minutes
from segment s
join ticket_key k on k.ticket_number = s.ticket_number
order by k.ticket_number, s.started_at;

create or replace temp view final_ticket_tax as
with lasted as (
    select ticket_number, state, epoch_us(ended_at) - epoch_us(started_at) as lasted from segment
),
summed as (
    select
        ticket_number,
        coalesce(sum(lasted) filter (state <> 'done'), 0) / 60e6 as open_minutes,
        coalesce(sum(lasted) filter (state = 'done'), 0) / 60e6 as done_minutes,
        coalesce(sum(lasted) filter (state = 'waiting_customer'), 0) / 60e6 as waiting_customer_minutes,
        coalesce(sum(lasted) filter (state = 'waiting_other'), 0) / 60e6 as waiting_other_minutes,
        coalesce(sum(lasted) filter (state = 'first_queue'), 0) / 60e6 as first_queue_minutes,
        coalesce(sum(lasted) filter (state = 'handoff_queue'), 0) / 60e6 as handoff_queue_minutes,
        coalesce(sum(lasted) filter (state = 'reinvestigation'), 0) / 60e6 as reinvestigation_minutes,
        coalesce(sum(lasted) filter (state = 'first_investigation'), 0) / 60e6 as first_investigation_minutes,
        coalesce(sum(lasted) filter (state = 'working'), 0) / 60e6 as working_minutes
    from lasted
    group by ticket_number
)
select k.ticket_id, s.*
from summed s
join ticket_key k on k.ticket_number = s.ticket_number
order by k.ticket_number;
