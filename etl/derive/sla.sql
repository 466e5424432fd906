-- Target clocks: those the vendor ran, else its one verdict, else our own policies.

-- Told by several loads, the newest telling of a cycle counts. A cycle without a number is known by its start.
-- Which clock a cycle measures may be told by the name of its policy alone.
create or replace temp table ran as
with told as (
    select s.* replace (coalesce(s.clock, n.meaning) as clock)
    from loaded_sla s
    left join own_name n on n.kind = 'clock' and n.source = s.source and n.original_id = s.policy
)
select k.ticket_number, s.*
from told s
join ticket_key k using (source, original_id)
where s.clock is not null
qualify row_number() over (
    partition by k.ticket_number, s.clock, s.cycle, case when s.cycle is null then s.started_at end,
        case when s.cycle is null and s.started_at is null then s.due_at end
    order by s.load_id desc, s."row" desc
) = 1;

create or replace temp view final_sla_clock as
with counted as (
    select
        c.*,
        r.first_reply_at,
        r.is_outbound,
        -- Where nobody can see replies, or only a bot was needed, no first-reply clock can be judged.
        r.first_reply_at is not null or (r.has_messages and not c.is_done) as can_tell_reply,
        b.vendor_sla_met,
        k.ticket_id
    from ticket_clock c
    join ticket_reply r using (ticket_number)
    join (select ticket_number, vendor_sla_met from ticket_base) b using (ticket_number)
    join ticket_key k using (ticket_number)
    where c.excluded_because is null and c.created_at is not null
),
cycle as (
    select
        c.ticket_id, r.clock, r.due_at, r.met_at,
        row_number() over (
            partition by r.ticket_number, r.clock
            order by try_cast(r.cycle as bigint) nulls last, r.cycle, r.started_at, r.due_at
        ) as cycle,
        case
            when r.is_met is not null then r.is_met
            when r.met_at is not null then r.met_at <= r.due_at
            -- Open and overdue is a breach; a clock that stopped with its ticket before it fell due is none.
            when r.due_at < c.observed_until and (not c.is_done or r.due_at < coalesce(c.resolved_at, c.closed_at))
                then false
        end as is_met
    from ran r
    join counted c using (ticket_number)
),
verdict as (
    select
        ticket_id,
        'resolution' as clock,
        due_at,
        resolved_at as met_at,
        coalesce(resolved_at, closed_at, due_at) as dated_at,
        -- "Not breached so far" on an open ticket is no verdict yet.
        case when not vendor_sla_met or is_done then vendor_sla_met end as is_met
    from counted c
    where vendor_sla_met is not null
      and not exists (select 1 from ran r where r.ticket_number = c.ticket_number and r.clock = 'resolution')
),
-- The most particular policy of each clock: one for the ticket's priority before one for all, then the first written.
chosen as (
    select c.ticket_number, p.position, p.clock, p.minutes, p.business_hours
    from (select distinct priority from counted) r
    join setting_sla p on p.priority is null or p.priority = r.priority
    join (select ticket_number, priority, vendor_sla_met, is_outbound, can_tell_reply from counted) c
        on c.priority is not distinct from r.priority
    where not (p.clock = 'resolution' and c.vendor_sla_met is not null)
      and (p.clock <> 'first_reply' or (c.can_tell_reply and not c.is_outbound))
      and not exists (select 1 from ran r where r.ticket_number = c.ticket_number and r.clock = p.clock)
      -- No other policy of this clock comes first.
      and not exists (
          select 1
          from setting_sla better
          where better.clock = p.clock
            and (better.priority is null or better.priority = r.priority)
            and (better.priority is null, better.position) < (p.priority is null, p.position)
      )
),
-- In business hours: the stretch in which the ticket's office time reaches the target (the last has no end), and the
-- instant at which that stretch's office will have been open for what is missing.
paced as (
    select
        ticket_number, starts_at, schedule, open_at_start,
        -- No target is reached beyond a stretch under a schedule nobody knows: it ends there, without a date.
        coalesce(lasted, case when stops_at is null or stops_at > starts_at then 9e15 else 0 end) as lasted,
        coalesce(sum(coalesce(lasted, case when stops_at > starts_at then 9e15 else 0 end)) over (
            partition by ticket_number order by starts_at, place rows between unbounded preceding and 1 preceding
        ), 0) as lasted_before
    from office_stretch
    where not is_under_last and ticket_number in (select ticket_number from chosen where business_hours)
),
reached as (
    select
        p.ticket_number,
        p.clock,
        s.schedule,
        s.open_at_start + (p.minutes * 60e6)::bigint - s.lasted_before as open_when_due
    from chosen p
    join paced s
        on s.ticket_number = p.ticket_number
        and p.minutes * 60e6 > s.lasted_before and p.minutes * 60e6 <= s.lasted_before + s.lasted
    where p.business_hours
),
due_in_office as (
    select
        r.ticket_number,
        r.clock,
        o.opens_at + to_microseconds((r.open_when_due - o.open_before)::bigint) as due_at
    from reached r
    asof join opening o on o.schedule = r.schedule and r.open_when_due > o.open_before
    where r.open_when_due - o.open_before <= epoch_us(o.closes_at) - epoch_us(o.opens_at)
),
due as (
    select
        c.ticket_id,
        c.observed_until,
        p.clock,
        case when p.clock = 'first_reply' then c.first_reply_at else c.resolved_at end as met_at,
        case
            when p.business_hours then o.due_at
            else c.created_at + to_microseconds((p.minutes * 60e6)::bigint)
        end as due_at
    from chosen p
    join counted c using (ticket_number)
    left join due_in_office o on o.ticket_number = p.ticket_number and o.clock = p.clock
),
policy as (
    select
        ticket_id, clock, due_at, met_at,
        case
            when met_at <= due_at then true
            when met_at > due_at or observed_until > due_at then false
        end as is_met
    from due
    where due_at is not null
)
select *, cycle = max(cycle) over (partition by ticket_id, clock) as is_last_cycle
from (
    select ticket_id, clock, cycle, 'vendor' as basis, due_at, met_at,
        case when is_met then coalesce(met_at, due_at) else coalesce(due_at, met_at) end as dated_at, is_met
    from cycle
    union all
    select ticket_id, clock, 1, 'vendor', due_at, met_at, dated_at, is_met from verdict
    union all
    select ticket_id, clock, 1, 'policy', due_at, met_at, case when is_met then met_at else due_at end, is_met from policy
)
order by ticket_id, clock, cycle;
