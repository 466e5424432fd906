-- Business minutes between two instants: how much the office had been open by the second, less by the first.
-- The schedule is that of the ticket's team now; a ticket whose team has none has no business minutes.
create or replace temp table business_minutes as
with scheduled as (
    select
        c.*,
        r.first_reply_at,
        coalesce(s.schedule, (select default_schedule from setting_reporting)) as schedule
    from ticket_clock c
    join ticket_reply r using (ticket_number)
    left join team_setting s on s.team = c.team
),
asked as (
    select
        ticket_number,
        schedule,
        unnest(['created', 'reply', 'first', 'last']) as mark,
        unnest([created_at, first_reply_at, first_resolved_at, resolved_at]) as instant
    from scheduled
    where schedule in (select schedule from working_interval)
),
open_by as (
    select
        a.ticket_number,
        a.mark,
        case
            when w.opens_at is null then 0
            else w.minutes_before + (epoch_us(least(a.instant, w.closes_at)) - epoch_us(w.opens_at)) / 60e6
        end as minutes
    from asked a
    asof left join working_interval w on w.schedule = a.schedule and a.instant >= w.opens_at
    where a.instant is not null
)
select
    ticket_number,
    max(minutes) filter (mark = 'reply') - max(minutes) filter (mark = 'created') as first_reply,
    max(minutes) filter (mark = 'first') - max(minutes) filter (mark = 'created') as first_resolution,
    max(minutes) filter (mark = 'last') - max(minutes) filter (mark = 'created') as resolution
from open_by
group by ticket_number;
