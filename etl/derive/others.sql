-- Facts that need no history: newest telling wins, names for numbers, bookkeeping.
-- A deployment and its statuses, an incident and its log come in files of their own: of each column the newest value
-- counts. What is only known to have been taken back, by a change whose own file is not loaded, is no change yet.
create or replace temp view final_change as
select
    source || ':' || original_id as change_id,
    source,
    arg_max(columns(* exclude (load_id, "row", source, original_id)), (load_id, "row")),
    max(load_id) as load_id
from loaded_change
group by source, original_id
having count(title) + count(kind) + count(started_at) + count(deployed_at) > 0
order by change_id;

create or replace temp view final_incident as
with told as (
    select
        source || ':' || original_id as incident_id,
        source,
        arg_max(columns(* exclude (load_id, "row", source, original_id)), (load_id, "row")),
        max(load_id) as load_id
    from loaded_incident
    group by source, original_id
),
-- The newest moment anybody tells of: a postmortem that was not written by then is not written yet.
newest as (
    select greatest(
        (select max(observed_until) from observed),
        (select max(greatest(started_at, detected_at, engaged_at, resolved_at, postmortem_at)) from told)
    ) as moment
)
select
    *,
    case when detected_at >= started_at
        then (epoch_us(detected_at) - epoch_us(started_at)) / 60e6 end as detection_minutes,
    case when engaged_at >= detected_at
        then (epoch_us(engaged_at) - epoch_us(detected_at)) / 60e6 end as engagement_minutes,
    -- One written before the end came in time.
    case when postmortem_at is not null and resolved_at is not null
        then greatest(0, (epoch_us(postmortem_at) - epoch_us(resolved_at)) / 60e6) end as postmortem_minutes,
    (epoch_us((select moment from newest)) - epoch_us(resolved_at)) / 60e6 as minutes_observed
from told
order by incident_id;

create or replace temp view final_account as
select name as account, source, original_id, tier, region, health, annual_revenue, renewal_at, load_id
from account_name
where name is not null
order by source, original_id;

create or replace temp view final_agent as
select
    shown_name as agent, source, original_id, team, tier, schedule, known_role as role, languages, skills,
    started_at, left_at, cost_per_hour, load_id
from person
where known_role in ('agent', 'engineering') and shown_name is not null
order by source, original_id;

create or replace temp view final_worklog as
with told as (
    -- Entries carry no number: the same entry told by two loads is one, two alike in one load are two.
    select
        *,
        row_number() over (
            partition by load_id, source, ticket_original_id, agent, activity, occurred_at, minutes order by "row"
        ) as telling
    from loaded_worklog
    where ticket_original_id is not null
),
kept as (
    select *
    from told
    qualify row_number() over (
        partition by source, ticket_original_id, agent, activity, occurred_at, minutes, telling order by load_id desc
    ) = 1
)
select
    coalesce(k.ticket_id, w.source || ':' || w.ticket_original_id) as ticket_id,
    w.source,
    coalesce(p.shown_name, w.agent) as agent,
    w.activity,
    w.occurred_at,
    w.minutes,
    w.load_id
from kept w
left join ticket_key own on own.source = w.source and own.original_id = w.ticket_original_id
left join unique_ticket u on u.original_id = w.ticket_original_id
left join ticket_key k on k.ticket_number = coalesce(own.ticket_number, u.ticket_number)
left join person p on p.source = w.source and p.original_id = w.agent
order by ticket_id, w.occurred_at, agent, w.minutes;

-- The ticket a record of another system names: one of its own source, else the only ticket of that number.
create or replace temp macro ticket_named(of_source, number) as coalesce(
    (select k.ticket_id from ticket_key k where k.source = of_source and k.original_id = number),
    (select k.ticket_id from unique_ticket u join ticket_key k using (ticket_number) where u.original_id = number)
);

create or replace temp view final_engineering_issue as
select original_id as issue_key, * exclude ("row", original_id)
from loaded_engineering_issue
where original_id is not null
qualify row_number() over (
    partition by original_id order by coalesce(updated_at, timestamp '0001-01-01') desc, load_id desc, "row" desc
) = 1
order by issue_key;

create or replace temp view final_review as
select
    source || ':' || original_id as review_id, source, ticket_named(source, ticket_original_id) as ticket_id,
    category, original_score, score, scale_low, scale_high,
    (score - scale_low) / nullif(scale_high - scale_low, 0) as score_share,
    reviewed_at, load_id
from loaded_review
qualify row_number() over (partition by source, original_id order by load_id desc, "row" desc) = 1
order by review_id;

create or replace temp view final_article as
select source || ':' || original_id as article_id, * exclude ("row", original_id)
from loaded_article
qualify row_number() over (
    partition by source, original_id
    order by coalesce(updated_at, timestamp '0001-01-01') desc, load_id desc, "row" desc
) = 1
order by article_id;

create or replace temp view final_article_vote as
select source || ':' || article as article_id, source, voted_at, is_helpful, load_id
from loaded_article_vote
qualify row_number() over (partition by source, original_id order by load_id desc, "row" desc) = 1
order by article_id, voted_at;

-- Sessions carry the help desk's number of the person: of the session's own source, else of the only one that knows it.
create or replace temp table session as
with told as (
    select source || ':' || original_id as session_id, *, coalesce(ended_at, started_at) as over_at
    from loaded_self_service
    qualify row_number() over (partition by source, original_id order by load_id desc, "row" desc) = 1
),
person_of as (
    select requester, min(source) as desk
    from ticket_clock
    where requester is not null
    group by requester
    having count(distinct source) = 1
),
own as (select distinct source, requester from ticket_clock where requester is not null)
select t.* exclude ("row", original_id), coalesce(o.source, p.desk, t.source) as desk
from told t
left join own o on o.source = t.source and o.requester = t.requester
left join person_of p on p.requester = t.requester;

-- What each session's person did next: tickets from the moment the session began (one may be opened in its midst),
-- sessions after its end.
create or replace temp table session_next as
with next_ticket as (
    select s.session_id, min(c.created_at) as created_at
    from session s
    join ticket_clock c on c.source = s.desk and c.requester = s.requester
        and c.created_at >= s.started_at and c.excluded_because is null
    group by s.session_id
),
next_session as (
    select
        session_id,
        min(started_at) over (
            partition by desk, requester order by started_at, session_id rows between 1 following and 1 following
        ) as started_at
    from session
    where requester is not null
)
select
    s.session_id,
    case when t.created_at is not null
        then greatest(0, (epoch_us(t.created_at) - epoch_us(s.over_at)) / 3600e6) end as hours_to_ticket,
    case when coalesce(t.created_at, n.started_at) is not null
        then greatest(0, (epoch_us(least(t.created_at, n.started_at)) - epoch_us(s.over_at)) / 3600e6)
        end as hours_to_next_contact,
    (epoch_us((select max(observed_until) from observed)) - epoch_us(s.over_at)) / 3600e6 as hours_observed
from session s
left join next_ticket t using (session_id)
left join next_session n using (session_id);

create or replace temp view final_self_service as
select
    s.session_id, source, kind, topic, requester, account, outcome, original_outcome,
    ticket_named(source, ticket_original_id) as ticket_id, started_at, ended_at,
    n.hours_to_ticket, n.hours_to_next_contact, n.hours_observed, load_id
from session s
left join session_next n using (session_id)
order by s.session_id;

-- The days on which each agent wrote to a customer, in the reporting zone, and what of theirs was resolved that day.
create or replace temp macro local_day(moment) as timezone(
    (select timezone from setting_reporting), timezone('UTC', moment)
)::date;

create or replace temp view final_agent_day as
with spoke as (
    select c.source, e.actor as agent, local_day(e.occurred_at) as day, count(*) as public_replies
    from event e
    join (select ticket_number, source, excluded_because from ticket_clock) c using (ticket_number)
    where e.kind = 'public_message' and e.actor_role = 'agent' and e.actor is not null and c.excluded_because is null
    group by all
),
solved as (
    select source, owner as agent, local_day(resolved_at) as day, count(*) as resolved
    from ticket_clock
    where resolved_at is not null and owner is not null and excluded_because is null
    group by all
),
team_of as (
    select source, shown_name as agent, min(team) as team
    from person
    where team is not null
    group by all
)
select
    s.source, s.agent, coalesce(n.name, p.team) as team,
    timezone('UTC', timezone((select timezone from setting_reporting), s.day + interval 12 hours)) as worked_at,
    s.public_replies, coalesce(r.resolved, 0) as resolved
from spoke s
left join solved r using (source, agent, day)
left join team_of p using (source, agent)
left join team_name n on n.source = s.source and n.original_id = p.team
order by s.source, s.agent, s.day;

create or replace temp view final_figure as
select metric, source, segment, unit, note, period_start, period_end, value, load_id
from loaded_figure
qualify row_number() over (
    partition by metric, segment, period_start, period_end order by load_id desc, "row" desc
) = 1
order by metric, segment, period_start;

-- The vendor's own figures of the merged records, one row each.
create or replace temp view final_vendor_figure as
unpivot (
    select
        k.ticket_id,
        r.vendor_first_reply_minutes as first_reply_minutes,
        r.vendor_first_reply_business_minutes as first_reply_business_minutes,
        r.vendor_first_resolution_minutes as first_resolution_minutes,
        r.vendor_first_resolution_business_minutes as first_resolution_business_minutes,
        r.vendor_resolution_minutes as resolution_minutes,
        r.vendor_resolution_business_minutes as resolution_business_minutes,
        r.vendor_requester_wait_minutes as requester_wait_minutes,
        r.vendor_requester_wait_business_minutes as requester_wait_business_minutes,
        r.vendor_agent_wait_minutes as agent_wait_minutes,
        r.vendor_agent_wait_business_minutes as agent_wait_business_minutes,
        r.vendor_on_hold_minutes as on_hold_minutes,
        r.vendor_on_hold_business_minutes as on_hold_business_minutes,
        r.vendor_public_replies as public_replies,
        r.vendor_reopens as reopens,
        r.vendor_owner_stations as owner_stations,
        r.vendor_team_stations as team_stations,
        r.load_id
    from record r
    join ticket_key k using (ticket_number)
)
on columns(* exclude (ticket_id, load_id))
into name figure value value;

create or replace temp view final_load as
select * from journal order by load_id;

create or replace temp view final_quarantine as
with orphan as (
    select e.load_id, e."row", e.original_id
    from loaded_event e
    anti join ticket_key k on k.source = e.source and k.original_id = e.original_id
),
negative as (
    select r.load_id, r."row", c.created_at, c.resolved_at, 'resolved_at' as clock, c.resolved_at as clock_at
    from ticket_clock c
    join record r using (ticket_number)
    where c.resolved_at < c.created_at
),
gathered as (
    select load_id, coalesce(line, "row") as line, "column", value, reason from loaded_refusal
    union all
    select load_id, "row", 'original_id', original_id, 'event of a ticket that no file described' from orphan
    union all
    select load_id, "row", clock, clock_at::text, 'resolved before it was created: left out of the durations'
    from negative
    union all
    select load_id, "row", "column", value, reason from schedule_fault
    union all
    select s.load_id, s."row", 'schedule', s.schedule, 'a schedule that no file described: no business minutes'
    from loaded_ticket_schedule s
    where s.schedule is not null and s.schedule not in (select name from office)
)
select g.load_id, j.file_name, g.line, g."column", g.value, g.reason
from gathered g
left join journal j using (load_id)
order by g.load_id, g.line, g."column", g.value;

create or replace temp view final_drift as
select d.load_id, j.source, d."column", d.what, d.now, d.ours, d.is_lost
from loaded_drift d
left join journal j using (load_id)
order by d.load_id, d.is_lost desc, d."column";
