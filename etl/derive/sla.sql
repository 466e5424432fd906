-- Target clocks: the vendor's verdict where it gives one, else our own policies.
create or replace temp view final_sla_clock as
with counted as (
    select
        c.*,
        r.first_reply_at,
        r.is_outbound,
        -- Where nobody can see replies, or only a bot was needed, no first-reply clock can be judged.
        r.first_reply_at is not null or (r.has_messages and not c.is_done) as can_tell_reply,
        b.vendor_sla_met,
        k.ticket_id,
        coalesce(s.schedule, (select default_schedule from setting_reporting)) as schedule
    from ticket_clock c
    join ticket_reply r using (ticket_number)
    join (select ticket_number, vendor_sla_met from ticket_base) b using (ticket_number)
    join ticket_key k using (ticket_number)
    left join team_setting s on s.team = c.team
    where c.excluded_because is null and c.created_at is not null
),
vendor as (
    select
        ticket_id,
        'resolution' as clock,
        'vendor' as basis,
        due_at,
        resolved_at as met_at,
        coalesce(resolved_at, closed_at, due_at) as dated_at,
        -- "Not breached so far" on an open ticket is no verdict yet.
        case when not vendor_sla_met or is_done then vendor_sla_met end as is_met
    from counted
    where vendor_sla_met is not null
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
      -- No other policy of this clock comes first.
      and not exists (
          select 1
          from setting_sla better
          where better.clock = p.clock
            and (better.priority is null or better.priority = r.priority)
            and (better.priority is null, better.position) < (p.priority is null, p.position)
      )
),
-- In business hours: the instant at which the office will have been open so many minutes more.
opening as (
    select
        p.ticket_number,
        p.clock,
        c.schedule,
        m.open_by_creation + p.minutes as open_when_due
    from chosen p
    join (select ticket_number, schedule from counted) c using (ticket_number)
    join business_minutes m using (ticket_number)
    where p.business_hours
),
due_in_office as (
    select
        o.ticket_number,
        o.clock,
        w.opens_at + to_microseconds(((o.open_when_due - w.minutes_before) * 60e6)::bigint) as due_at
    from opening o
    asof join working_interval w on w.schedule = o.schedule and o.open_when_due > w.minutes_before
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
        ticket_id, clock, 'policy' as basis, due_at, met_at,
        case
            when met_at <= due_at then true
            when met_at > due_at or observed_until > due_at then false
        end as is_met
    from due
    where due_at is not null
)
select ticket_id, clock, basis, due_at, met_at, dated_at, is_met from vendor
union all
select ticket_id, clock, basis, due_at, met_at, case when is_met then met_at else due_at end, is_met from policy
order by ticket_id, clock;
