-- Target clocks: the vendor's verdict where it gives one, else our own policies.
create or replace temp view final_sla_clock as
with counted as (
    select
        c.*,
        r.first_reply_at,
        r.is_outbound,
        b.vendor_sla_met,
        k.source || ':' || k.original_id as ticket_id,
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
    select c.ticket_number, p.*
    from counted c
    join setting_sla p on p.priority is null or p.priority = c.priority
    where not (p.clock = 'resolution' and c.vendor_sla_met is not null)
      and not (p.clock = 'first_reply' and c.is_outbound)
    qualify row_number() over (partition by c.ticket_number, p.clock order by p.priority is null, p.position) = 1
),
started as (
    select
        c.*,
        p.clock, p.minutes, p.business_hours,
        case when p.clock = 'first_reply' then c.first_reply_at else c.resolved_at end as met_at,
        m.open_by_creation
    from counted c
    join chosen p using (ticket_number)
    left join business_minutes m using (ticket_number)
),
due as (
    -- In business hours: the instant at which the office will have been open so many minutes more.
    select
        s.* exclude (due_at),
        case
            when not s.business_hours then s.created_at + to_microseconds((s.minutes * 60e6)::bigint)
            else w.opens_at + to_microseconds(
                ((s.open_by_creation + s.minutes - w.minutes_before) * 60e6)::bigint)
        end as due_at
    from started s
    asof left join working_interval w
        on w.schedule = s.schedule and s.open_by_creation + s.minutes > w.minutes_before
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
