-- Business minutes between two instants: how much the office had been open by the second, less by the first.
-- The schedule is that of the ticket's team now; a ticket whose team has none has no business minutes.

-- Openings of one office lie most of a day apart, so any hour holds one at most: for each hour the stretch that began
-- last before it, and the next, tell of every instant in it. A plain join on the hour, then, for millions of instants.
create or replace temp table office_hour as
with numbered as (
    select
        *,
        lead(opens_at) over (partition by schedule order by opens_at) as next_opens_at,
        lead(closes_at) over (partition by schedule order by opens_at) as next_closes_at,
        lead(minutes_before) over (partition by schedule order by opens_at) as next_minutes_before
    from working_interval
),
hours as (
    select schedule, unnest(generate_series(
        date_trunc('hour', least(min(opens_at), (select min(created_at) from ticket_clock))),
        greatest(max(closes_at), (select max(observed_until) from ticket_clock)),
        interval 1 hour
    )) as hour
    from working_interval
    group by schedule
)
select h.hour, h.schedule, n.opens_at, n.closes_at, n.minutes_before,
       coalesce(n.next_opens_at, f.opens_at) as next_opens_at, coalesce(n.next_closes_at, f.closes_at) as next_closes_at,
       coalesce(n.next_minutes_before, f.minutes_before) as next_minutes_before
from hours h
asof left join numbered n on n.schedule = h.schedule and h.hour >= n.opens_at
left join (
    select schedule, min(opens_at) as opens_at, min(closes_at) as closes_at, 0.0 as minutes_before
    from working_interval
    group by schedule
) f on f.schedule = h.schedule and n.opens_at is null;

-- How long the office had been open by an instant; ``stretch`` is the row of the hour it lies in.
create or replace temp macro minutes_open(instant, stretch) as
    case
        when instant >= stretch.next_opens_at
            then stretch.next_minutes_before
                + (epoch_us(least(instant, stretch.next_closes_at)) - epoch_us(stretch.next_opens_at)) / 60e6
        when instant >= stretch.opens_at
            then stretch.minutes_before
                + (epoch_us(least(instant, stretch.closes_at)) - epoch_us(stretch.opens_at)) / 60e6
        when instant is not null and stretch.hour is not null then 0
    end;

create or replace temp table business_minutes as
with scheduled as (
    select
        c.*,
        r.first_reply_at,
        coalesce(s.schedule, (select default_schedule from setting_reporting)) as schedule
    from ticket_clock c
    join ticket_reply r using (ticket_number)
    left join team_setting s on s.team = c.team
)
select
    s.ticket_number,
    minutes_open(s.created_at, created) as open_by_creation,
    minutes_open(s.first_reply_at, reply) - minutes_open(s.created_at, created) as first_reply,
    minutes_open(s.first_resolved_at, first_solve) - minutes_open(s.created_at, created) as first_resolution,
    minutes_open(s.resolved_at, last_solve) - minutes_open(s.created_at, created) as resolution
from scheduled s
left join office_hour created
    on created.schedule = s.schedule and created.hour = date_trunc('hour', s.created_at)
left join office_hour reply
    on reply.schedule = s.schedule and reply.hour = date_trunc('hour', s.first_reply_at)
left join office_hour first_solve
    on first_solve.schedule = s.schedule and first_solve.hour = date_trunc('hour', s.first_resolved_at)
left join office_hour last_solve
    on last_solve.schedule = s.schedule and last_solve.hour = date_trunc('hour', s.resolved_at)
where s.schedule in (select schedule from working_interval);
