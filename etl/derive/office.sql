-- Office hours as they are asked for: how long an office had been open by any instant, in microseconds, exactly.
create or replace temp table opening as
select
    schedule, opens_at, closes_at,
    coalesce(sum(epoch_us(closes_at) - epoch_us(opens_at)) over (
        partition by schedule order by opens_at rows between unbounded preceding and 1 preceding
    ), 0)::bigint as open_before
from working_interval;

-- Time cut at every opening, every closing and every whole hour: of each piece, whether the office is open, and how
-- long it had been before. An instant finds its piece by its hour, a plain join for millions of instants; the few
-- hours that hold more than one piece are told apart by the instant itself.
create or replace temp table office_piece as
with span as (
    select
        date_trunc('hour', greatest(min(created_at), timestamp '1970-01-01')) as first_hour,
        -- A day more than anybody asks for, so that the last piece has an end.
        greatest(max(observed_until), max(created_at)) + interval 31 days as last_hour
    from ticket_clock
),
edge as (
    select schedule, opens_at as starts_at from opening
    union
    select schedule, closes_at from opening
    union
    select o.schedule, unnest(generate_series(first_hour, last_hour, interval 1 hour)) from office o, span where o.has_hours
),
piece as (
    select schedule, starts_at, lead(starts_at) over (partition by schedule order by starts_at) as ends_at from edge
)
select
    p.schedule,
    epoch_us(p.starts_at) // 3600000000 as hour,
    p.starts_at,
    p.ends_at,
    coalesce(o.closes_at > p.starts_at, false) as is_open,
    coalesce(o.open_before + epoch_us(least(p.starts_at, o.closes_at)) - epoch_us(o.opens_at), 0) as open_before
from piece p
asof left join opening o on o.schedule = p.schedule and p.starts_at >= o.opens_at
where p.ends_at is not null;

-- The schedule of a ticket nobody says anything about: the declared default, else the only one its help desk exports.
create or replace temp table standard_office as
select
    s.source,
    coalesce(
        (select o.schedule from office o, setting_reporting r where o.source is null and o.name = r.default_schedule),
        (select any_value(o.schedule) from office o where o.source = s.source having count(*) = 1)
    ) as schedule
from (select distinct source from ticket_base) s;

-- A team without a schedule of its own is under the standard one; 0 is "nobody knows which".
create or replace temp table team_office as
select t.team, o.schedule
from team_setting t
join office o on o.source is null and o.name = t.schedule;

-- What the help desk says each ticket was under, from when. A schedule no file describes is one nobody knows.
create or replace temp table told_office as
with newest as (
    select *
    from loaded_ticket_schedule
    qualify row_number() over (partition by source, original_id, starts_at order by load_id desc, "row" desc) = 1
)
select
    c.ticket_number,
    greatest(coalesce(n.starts_at, c.created_at), c.created_at) as starts_at,
    coalesce(n.starts_at, timestamp '0001-01-01') as told_at,
    coalesce(theirs.schedule, ours.schedule, 0) as schedule,
    row_number() over (order by n.starts_at nulls first) as telling
from newest n
join ticket_key k on k.source = n.source and k.original_id = n.original_id
join (select ticket_number, created_at from ticket_clock) c on c.ticket_number = k.ticket_number
left join office theirs on theirs.source = n.source and theirs.name = n.schedule
left join office ours on ours.source is null and ours.name = n.schedule;
