-- Owners, teams, handoffs and escalations.
-- What a rule does in a ticket's first five minutes is the help desk finding its first place.
create or replace temp macro is_routing(occurred_at, actor_role, created_at) as
    occurred_at <= created_at + interval 5 minutes and coalesce(actor_role, 'bot') = 'bot';

create or replace temp table assignment as
select
    e.ticket_number,
    e.rowid as place,
    e.occurred_at,
    e.kind,
    e.actor,
    e.actor_role,
    e.new_value,
    coalesce(
        last_value(e.new_value ignore nulls) over (
            partition by e.ticket_number, e.kind order by e.rowid rows between unbounded preceding and 1 preceding
        ),
        -- Whoever had it before its first change had it, also when that change took it from them.
        first_value(e.old_value) over change,
        e.old_value
    ) as previous_value,
    -- Held until this very change; NULL when nobody had it.
    case when row_number() over change = 1 then e.old_value else lag(e.new_value) over change end as held_before,
    row_number() over change = 1 as is_first
from event e
where e.kind in ('owner', 'team', 'level')
window change as (partition by e.ticket_number, e.kind order by e.rowid);

-- Stations, as help desks count them: every time the ticket came to a person or team, the first time included.
create or replace temp table station as
select
    ticket_number,
    count(*) filter (kind = 'owner' and new_value <> coalesce(held_before, ''))
        + count(*) filter (kind = 'owner' and is_first and held_before is not null) as owners,
    count(*) filter (kind = 'team' and new_value <> coalesce(held_before, ''))
        + count(*) filter (kind = 'team' and is_first and held_before is not null) as teams
from assignment
group by ticket_number;

-- A change that is a handoff: another owner or team after the first. Owner and team changed at one instant are one
-- handoff; what a rule routed in the first five minutes is none.
create or replace temp table handoff_change as
select a.ticket_number, a.place, a.occurred_at
from assignment a
join (select ticket_number, created_at from ticket_clock) c using (ticket_number)
where a.kind in ('owner', 'team')
  and a.new_value is not null
  and a.previous_value is not null
  and a.new_value <> a.previous_value
  and not is_routing(a.occurred_at, a.actor_role, c.created_at);

create or replace temp table handoff_total as
select ticket_number, count(distinct occurred_at) as handoffs
from handoff_change
group by ticket_number;

create or replace temp table holder as
select distinct ticket_number, kind, value
from (
    select ticket_number, kind, unnest([new_value, previous_value]) as value
    from assignment
    where kind in ('owner', 'team')
    union all
    select ticket_number, 'owner', owner from ticket_base where owner is not null
    union all
    select ticket_number, 'team', team from ticket_base where team is not null
)
where value is not null;

create or replace temp table holder_total as
select
    ticket_number,
    count(*) filter (kind = 'owner') as owners,
    count(*) filter (kind = 'team') as teams
from holder
group by ticket_number;

-- Functional escalations only: management attention (hierarchical) and overdue clocks are other matters.
create or replace temp table escalation as
select a.ticket_number, a.place, a.occurred_at, a.actor_role, 'team' as kind
from assignment a
join team_setting now on now.team = a.new_value
left join team_setting before on before.team = a.previous_value
where a.kind = 'team'
  and a.new_value is distinct from a.previous_value
  -- The first assignment straight to tier 2 is routing; engineering is an escalation from wherever it comes.
  and coalesce(now.tier = 'engineering' or (now.tier_rank >= 2 and now.tier_rank > before.tier_rank), false)
union all
select ticket_number, place, occurred_at, actor_role, 'level'
from assignment
where kind = 'level' and try_cast(new_value as double) > try_cast(previous_value as double)
union all
select ticket_number, rowid, occurred_at, actor_role, kind
from event
where (kind = 'escalation' and new_value = 'functional') or kind = 'link';

create or replace temp table ticket_escalation as
with first_escalation as (
    select ticket_number, min(occurred_at) as escalated_at from escalation group by ticket_number
)
select
    t.ticket_number,
    x.escalated_at,
    case
        when x.ticket_number is not null or t.vendor_escalated then 'yes'
        when t.vendor_escalated is not null then 'no'
        -- No history of this ticket, or a feed that never tells of escalations: it cannot be judged.
        when e.ticket_number is not null and (f.has_tier or f.has_level or f.has_escalation or f.has_link) then 'no'
    end as escalated
from ticket_base t
left join first_escalation x using (ticket_number)
left join event_total e using (ticket_number)
left join feed f on f.source = t.source;

-- The first thing an engineer did on a ticket after its escalation.
create or replace temp table engineering_action as
select e.ticket_number, min(e.occurred_at) as acted_at
from event e
join (select ticket_number, escalated_at from ticket_escalation where escalated_at is not null) x using (ticket_number)
where e.actor_role = 'engineering' and e.occurred_at > x.escalated_at
group by e.ticket_number;

create or replace temp table first_link as
select ticket_number, arg_min(new_value, rowid) as link
from event
where kind = 'link' and new_value is not null
group by ticket_number;
