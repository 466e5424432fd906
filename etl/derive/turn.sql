-- Whose turn it was, and under which schedule, from creation on: each ticket cut into stretches in which neither changes.
-- Business minutes add up over the stretches, so a ticket may pass through any number of schedules.

-- 1. How each ticket began, as far as its first changes tell.
create or replace temp table first_state as
select
    ticket_number,
    arg_min_null(old_value, rowid) filter (kind = 'status') as status,
    arg_min_null(old_value, rowid) filter (kind = 'owner') as owner,
    arg_min_null(old_value, rowid) filter (kind = 'team') as team,
    count(*) filter (kind = 'status') as status_events,
    count(*) filter (kind = 'owner') as owner_events,
    count(*) filter (kind = 'team') as team_events,
    -- The first team it came to: where nobody tells whose it was before, that team's schedule reaches back.
    arg_min(new_value, rowid) filter (kind = 'team') as first_team
from event
where kind in ('status', 'owner', 'team')
group by ticket_number;

create or replace temp macro turn_of(status) as
    case
        when status in ('new', 'open') then 'us'
        when status = 'waiting_customer' then 'customer'
        when status = 'waiting_other' then 'other'
        when status in ('resolved', 'closed', 'deleted', 'spam', 'merged') then 'done'
        else 'unknown'
    end;

create or replace temp table beginning as
select
    c.ticket_number,
    c.created_at,
    case when c.first_reply_at >= c.created_at then c.first_reply_at end as first_reply_at,
    case when c.first_resolved_at >= c.created_at then c.first_resolved_at end as first_resolved_at,
    case when c.resolved_at >= c.created_at then c.resolved_at end as resolved_at,
    -- The whole ends with the last resolve, or where our knowledge does. A ticket taken out has no whole.
    case when c.status in ('deleted', 'spam', 'merged') then null when c.is_done then c.resolved_at else c.observed_until end
        as ends_at,
    coalesce(s.status_events, 0) > 0 as has_status,
    -- A source that never tells of owners cannot say that nobody had it.
    coalesce(f.has_owner, false) as has_owner,
    case when s.status is null then 'us' else turn_of(s.status) end as turn,
    case when s.owner_events > 0 then s.owner is not null else c.owner is not null end as is_owned,
    t.ticket_number is not null as is_told,
    coalesce(
        t.schedule,
        began.schedule,
        standard.schedule,
        case when coalesce(s.team_events > 0 and s.team is null, c.team is null) then later.schedule end,
        0
    ) as schedule
from (
    select c.*, r.first_reply_at from ticket_clock c join ticket_reply r using (ticket_number) where created_at is not null
) c
left join first_state s using (ticket_number)
left join feed f on f.source = c.source
left join (
    select ticket_number, arg_min(schedule, told_at) as schedule from told_office group by ticket_number
) t using (ticket_number)
left join team_office began on began.team = case when s.team_events > 0 then s.team else c.team end
left join team_office later on later.team = s.first_team
left join standard_office standard on standard.source = c.source;

-- 2. Every instant at which something changes, or at which a measurement ends.
create or replace temp table moment as
select ticket_number, created_at as moment, -1 as place, turn, is_owned, schedule, null::boolean as awaits
from beginning
union all
select
    e.ticket_number,
    greatest(e.occurred_at, b.created_at),
    e.rowid,
    case when e.kind = 'status' then turn_of(e.new_value) end,
    case when e.kind = 'owner' then e.new_value is not null end,
    null,
    null
from event e
join (select ticket_number, created_at from beginning) b using (ticket_number)
where e.kind in ('status', 'owner')
union all
select
    e.ticket_number,
    greatest(e.occurred_at, b.created_at),
    e.rowid,
    null,
    null,
    -- In no team it stays under the schedule it had, unless there is a standard one.
    coalesce(t.schedule, s.schedule, case when e.new_value is not null then 0 end),
    null
from event e
join ticket_clock c using (ticket_number)
join (select ticket_number, created_at from beginning where not is_told) b using (ticket_number)
left join team_office t on t.team = e.new_value
left join standard_office s on s.source = c.source
where e.kind = 'team' and exists (select 1 from team_office)
union all
select ticket_number, starts_at, telling, null, null, schedule, null
from told_office
where told_at > timestamp '0001-01-01'
union all
-- Where a customer began to wait for a word, and where one came.
select ticket_number, moment, place, null, null, null, awaits
from (
    select s.ticket_number, unnest([s.waits_from, s.answered_at]) as moment, unnest([s.place, s.answered_in]) as place,
        unnest([true, false]) as awaits
    from response_spell s
)
where exists (select 1 from office)
union all
select ticket_number, moment, 0, null, null, null, null
from (
    select ticket_number, created_at, unnest(list_distinct([first_reply_at, first_resolved_at, resolved_at, ends_at]))
        as moment
    from beginning
)
where moment > created_at and exists (select 1 from office);

create or replace temp table stretch as
select
    ticket_number,
    place,
    moment as starts_at,
    lead(moment) over ticket as stops_at,
    last_value(turn ignore nulls) over so_far as turn,
    last_value(is_owned ignore nulls) over so_far as is_owned,
    last_value(schedule ignore nulls) over so_far as schedule,
    coalesce(last_value(awaits ignore nulls) over so_far, false) as awaits
from moment
window
    ticket as (partition by ticket_number order by moment, place),
    so_far as (partition by ticket_number order by moment, place rows between unbounded preceding and current row);

drop table moment;

-- 3. The four buckets of calendar time.
create or replace temp table calendar_time as
with measured as (
    select
        s.ticket_number, s.turn, s.is_owned,
        greatest(epoch_us(least(coalesce(s.stops_at, b.ends_at), b.ends_at)) - epoch_us(s.starts_at), 0) as lasted
    from stretch s
    join (select ticket_number, ends_at from beginning where has_status and ends_at >= created_at) b using (ticket_number)
)
select
    ticket_number,
    coalesce(sum(lasted) filter (turn = 'us' and is_owned), 0) as with_us,
    coalesce(sum(lasted) filter (turn = 'us' and not is_owned), 0) as unowned,
    coalesce(sum(lasted) filter (turn = 'customer'), 0) as with_customer,
    coalesce(sum(lasted) filter (turn = 'other'), 0) as with_other,
    coalesce(bool_or(turn = 'unknown' and lasted > 0), false) as has_unknown
from measured
group by ticket_number;

-- 4. The same in office time. Of a stretch under a schedule nobody knows, ``lasted`` is NULL. A ticket that was under
-- several schedules is measured a second time as if it had been under its last one all along (``is_under_last``): so do
-- some help desks count, and their figures are reconciled with.
create or replace temp table last_schedule as
select ticket_number, arg_max(schedule, (starts_at, place)) as schedule
from stretch
where exists (select 1 from office)
group by ticket_number
having min(schedule) <> max(schedule);

create or replace temp table office_stretch as
with placed as (
    select *, false as is_under_last from stretch
    union all by name
    select s.* replace (l.schedule as schedule), true as is_under_last
    from stretch s
    join last_schedule l using (ticket_number)
)
select
    s.ticket_number, s.place, s.starts_at, s.stops_at, s.turn, s.is_owned, s.schedule, s.awaits, s.is_under_last,
    began.open_before + case when began.is_open then epoch_us(s.starts_at) - epoch_us(began.starts_at) else 0 end
        as open_at_start,
    stopped.open_before + case when stopped.is_open then epoch_us(s.stops_at) - epoch_us(stopped.starts_at) else 0 end
        - open_at_start as lasted
from placed s
left join office_piece began
    on began.schedule = s.schedule and began.hour = epoch_us(s.starts_at) // 3600000000
    and s.starts_at >= began.starts_at and s.starts_at < began.ends_at
left join office_piece stopped
    on stopped.schedule = s.schedule and stopped.hour = epoch_us(s.stops_at) // 3600000000
    and s.stops_at >= stopped.starts_at and s.stops_at < stopped.ends_at
where exists (select 1 from office);

create or replace temp table office_time as
with measured as (
    select
        s.ticket_number, s.is_under_last, s.lasted, s.awaits, b.has_status,
        case when s.turn = 'us' and not s.is_owned then 'unowned' else s.turn end as turn,
        s.turn in ('us', 'other') as is_active,
        -- Nothing is known of it, or of whose turn it was.
        s.lasted is null and s.stops_at > s.starts_at as is_lost,
        s.turn = 'unknown' and s.stops_at > s.starts_at as is_doubtful,
        s.stops_at <= b.first_reply_at as to_reply,
        s.stops_at <= b.first_resolved_at as to_first_resolve,
        s.stops_at <= b.resolved_at as to_resolve,
        s.stops_at <= b.ends_at as to_end
    from office_stretch s
    join beginning b using (ticket_number)
)
select
    ticket_number, is_under_last,
    case when not coalesce(bool_or(is_lost) filter (to_reply), false)
        then coalesce(sum(lasted) filter (to_reply), 0) end as first_reply,
    case when not coalesce(bool_or(is_lost) filter (to_first_resolve), false)
        then coalesce(sum(lasted) filter (to_first_resolve), 0) end as first_resolution,
    case when not coalesce(bool_or(is_lost) filter (to_resolve), false)
        then coalesce(sum(lasted) filter (to_resolve), 0) end as resolution,
    case when any_value(has_status) and not coalesce(bool_or(is_lost or is_doubtful) filter (to_reply), false)
        then coalesce(sum(lasted) filter (to_reply and is_active), 0) end as first_reply_active,
    case when any_value(has_status) and not coalesce(bool_or(is_lost or is_doubtful) filter (to_first_resolve), false)
        then coalesce(sum(lasted) filter (to_first_resolve and is_active), 0) end as first_resolution_active,
    case when any_value(has_status) and not coalesce(bool_or(is_lost or is_doubtful) filter (to_resolve), false)
        then coalesce(sum(lasted) filter (to_resolve and is_active), 0) end as resolution_active,
    case when not coalesce(bool_or(is_lost) filter (to_end), false)
        then coalesce(sum(lasted) filter (to_end), 0) end as whole,
    case when any_value(has_status) and not coalesce(bool_or(is_lost or is_doubtful) filter (to_end), false)
        then coalesce(sum(lasted) filter (to_end and is_active), 0) end as whole_active,
    -- NULL where no customer was answered, or where one waited under a schedule nobody knows.
    case when not coalesce(bool_or(is_lost) filter (awaits), false) then sum(lasted) filter (awaits) end as response,
    case when any_value(has_status) and not coalesce(bool_or(is_lost or is_doubtful) filter (awaits), false)
        then coalesce(sum(lasted) filter (awaits and is_active), sum(0 * lasted) filter (awaits)) end
        as response_active,
    coalesce(bool_or(is_lost or is_doubtful) filter (to_end), false) as has_unknown,
    coalesce(sum(lasted) filter (to_end and turn = 'us'), 0) as with_us,
    coalesce(sum(lasted) filter (to_end and turn = 'unowned'), 0) as unowned,
    coalesce(sum(lasted) filter (to_end and turn = 'customer'), 0) as with_customer,
    coalesce(sum(lasted) filter (to_end and turn = 'other'), 0) as with_other
from measured
group by ticket_number, is_under_last;

-- 5. One row a ticket, in minutes. What took no time under a schedule nobody knows is not known to be 0 office minutes.
create or replace temp macro office_minutes(lasted, until, created, schedule) as
    case when until > created or (until = created and schedule <> 0) then lasted / 60e6 end;

create or replace temp table office_minute as
with asked as (
    select b.*, c.ticket_number is not null as has_turns, coalesce(l.schedule, b.schedule) as last_schedule
    from beginning b
    left join calendar_time c using (ticket_number)
    left join last_schedule l using (ticket_number)
),
placed as (
    select a.*, o.* exclude (ticket_number), case when o.is_under_last then a.last_schedule else a.schedule end as began_under
    from asked a
    join office_time o using (ticket_number)
)
select
    ticket_number, is_under_last,
    office_minutes(first_reply, first_reply_at, created_at, began_under) as first_reply,
    office_minutes(first_resolution, first_resolved_at, created_at, began_under) as first_resolution,
    office_minutes(resolution, resolved_at, created_at, began_under) as resolution,
    office_minutes(first_reply_active, first_reply_at, created_at, began_under) as first_reply_active,
    office_minutes(first_resolution_active, first_resolved_at, created_at, began_under) as first_resolution_active,
    office_minutes(resolution_active, resolved_at, created_at, began_under) as resolution_active,
    office_minutes(whole, ends_at, created_at, began_under) as whole,
    office_minutes(whole_active, ends_at, created_at, began_under) as whole_active,
    response / 60e6 as response,
    response_active / 60e6 as response_active,
    has_turns and not has_unknown as has_buckets,
    case when has_buckets
        then office_minutes(case when has_owner then with_us else with_us + unowned end, ends_at, created_at, began_under) end
        as with_us,
    case when has_buckets and has_owner then office_minutes(unowned, ends_at, created_at, began_under) end as unowned,
    case when has_buckets then office_minutes(with_customer, ends_at, created_at, began_under) end as with_customer,
    case when has_buckets then office_minutes(with_other, ends_at, created_at, began_under) end as with_other
from placed;

create or replace temp table ticket_time as
select
    b.ticket_number,
    o.first_reply, o.first_resolution, o.resolution,
    o.first_reply_active, o.first_resolution_active, o.resolution_active,
    o.whole, o.whole_active, o.response, o.response_active,
    -- Where no owner is ever told, all of our turn is ours, and how much of it nobody had is not known.
    case when not c.has_unknown then case when b.has_owner then c.with_us else c.with_us + c.unowned end / 60e6 end
        as with_us,
    case when not c.has_unknown and b.has_owner then c.unowned / 60e6 end as unowned,
    case when not c.has_unknown then c.with_customer / 60e6 end as with_customer,
    case when not c.has_unknown then c.with_other / 60e6 end as with_other,
    o.with_us as with_us_business,
    o.unowned as unowned_business,
    o.with_customer as with_customer_business,
    o.with_other as with_other_business,
    -- Of a ticket that was under one schedule, that was the last one too.
    case when l.is_under_last then l.first_reply else o.first_reply end as first_reply_last,
    case when l.is_under_last then l.first_resolution else o.first_resolution end as first_resolution_last,
    case when l.is_under_last then l.resolution else o.resolution end as resolution_last,
    case when l.is_under_last then l.with_us else o.with_us end as with_us_last,
    case when l.is_under_last then l.unowned else o.unowned end as unowned_last,
    case when l.is_under_last then l.with_customer else o.with_customer end as with_customer_last,
    case when l.is_under_last then l.with_other else o.with_other end as with_other_last
from beginning b
left join calendar_time c using (ticket_number)
left join office_minute o on o.ticket_number = b.ticket_number and not o.is_under_last
left join office_minute l on l.ticket_number = b.ticket_number and l.is_under_last;
