-- What is known of a ticket's whole way through many hands, one row a ticket; and where it was lost on the way.

-- The system a link leads to, by its address or the form of its key.
create or replace temp macro linked_system(link) as
    case
        when regexp_matches(lower(link), '^https?://[^/]*(atlassian[.]net|jira)|/browse/') then 'jira'
        when regexp_matches(lower(link), '^https?://([^/]*[.])?github[.]') then 'github'
        when regexp_matches(lower(link), '^https?://[^/]*gitlab') then 'gitlab'
        when regexp_matches(lower(link), '^https?://[^/]*bitbucket') then 'bitbucket'
        when regexp_matches(lower(link), '^https?://([^/]*[.])?linear[.]app') then 'linear'
        when regexp_matches(lower(link), '^https?://[^/]*(dev[.]azure[.]com|visualstudio[.]com)') then 'azure devops'
        when regexp_matches(lower(link), '^https?://[^/]*service-now[.]com') then 'servicenow'
        when regexp_matches(link, '^(INC|PRB|CHG|RITM|TASK)[0-9]{4,}$') then 'servicenow'
        when regexp_matches(link, '^[A-Z][A-Z0-9_]+-[0-9]+$') then 'jira'
        when regexp_matches(link, '^[A-Za-z0-9-]+/[A-Za-z0-9._-]+#[0-9]+$') then 'github'
        else 'other'
    end;

-- Text agents sent word for word on twenty tickets or more: a macro, or a reply many people copy.
create or replace temp table said_text as
select e.ticket_number, t.source, e.text_hash, e.occurred_at
from event e
join (select ticket_number, source from ticket_base) t using (ticket_number)
where e.kind = 'public_message' and e.actor_role in ('agent', 'engineering') and e.text_hash is not null;

create or replace temp table macro_use as
with often as (
    select source, text_hash from said_text group by source, text_hash having count(distinct ticket_number) >= 20
)
select s.ticket_number, s.source, s.text_hash, min(s.occurred_at) as occurred_at, count(*) as uses
from said_text s
join often o on o.source = s.source and o.text_hash = s.text_hash
group by s.ticket_number, s.source, s.text_hash;

create or replace temp table ticket_thread as
with person as (
    select ticket_number, count(distinct actor) as people from event where is_act(kind, actor_role) group by ticket_number
),
first_team as (
    select ticket_number, arg_min(team, number) as first_team from team_entry where is_first group by ticket_number
),
passed as (
    select
        ticket_number,
        count(*) filter (owner_return = 'direct' or team_return = 'direct') as returns,
        sum(customer_repeats) as customer_repeats
    from handoff
    group by ticket_number
),
tiered as (
    -- Where one of its teams has no tier declared, nobody knows how far it went.
    select
        h.ticket_number,
        case when count(*) = count(s.tier_rank) then max(s.tier_rank) end as tier_reached
    from holder h
    left join team_setting s on s.team = h.value
    where h.kind = 'team'
    group by h.ticket_number
),
linked as (
    select ticket_number, count(distinct linked_system(new_value)) as systems
    from event
    where kind = 'link' and new_value is not null
    group by ticket_number
),
repeated as (select ticket_number, count(*) as texts from macro_use group by ticket_number),
-- Feeds that tell what was said; a claim is what a person wrote to the customer before the ticket was first resolved,
-- and evidence a link or a record it had by then.
claims_told as (
    select k.source
    from (select ticket_number from event where asserts_cause is not null group by ticket_number) e
    join ticket_key k using (ticket_number)
    group by k.source
    intersect
    select f.source
    from feed f
    where f.has_link or f.source in (select r.source from record r where r.problem_key is not null)
),
claimed as (
    select
        e.ticket_number,
        bool_or(
            e.kind = 'public_message' and e.actor_role in ('agent', 'engineering') and coalesce(e.asserts_cause, false)
        ) as claims,
        bool_or(e.kind = 'link' and e.new_value is not null) as links
    from event e
    join (select ticket_number, first_resolved_at from ticket_clock where first_resolved_at is not null) c
        using (ticket_number)
    where e.occurred_at <= c.first_resolved_at and e.kind in ('public_message', 'link')
    group by e.ticket_number
)
select
    b.ticket_number,
    t.first_team,
    case when b.source in (select source from shows_touch) then coalesce(w.people, 0) end as people,
    case when f.has_assignment then coalesce(p.returns, 0) end as returns,
    case when f.has_assignment and f.has_message then coalesce(p.customer_repeats, 0) end as customer_repeats,
    r.tier_reached,
    case when f.has_link then coalesce(l.systems, 0) end as linked_systems,
    case when b.source in (select source from said_text) then coalesce(q.texts, 0) end as repeated_texts,
    case
        when b.source not in (select source from claims_told) then null
        when not coalesce(m.claims, false) then 'none'
        when m.links or o.problem_key is not null then 'proven'
        else 'unproven'
    end as claim
from began_with b
join feed f on f.source = b.source
left join person w using (ticket_number)
left join first_team t using (ticket_number)
left join passed p using (ticket_number)
left join tiered r using (ticket_number)
left join linked l using (ticket_number)
left join claimed m using (ticket_number)
left join repeated q using (ticket_number)
left join (select ticket_number, problem_key from record where problem_key is not null) o using (ticket_number);

-- Our turn, and for a day nothing: neither a person's act nor a change of status. After a week it was lost from sight:
-- five business days are a week whatever day they begin on, and no zone or weekend need be asked.
create or replace temp table quiet_spell as
with moment as (
    select ticket_number, created_at as moment, -1 as place, 'us' as turn
    from began_with
    union all
    select e.ticket_number, greatest(e.occurred_at, b.created_at), e.rowid,
        case when e.kind = 'status' then turn_of(e.new_value) end
    from event e
    join (select ticket_number, created_at from began_with) b using (ticket_number)
    where e.kind = 'status' or e.actor_role in ('customer', 'agent', 'engineering')
),
followed as (
    select
        ticket_number,
        moment as quiet_from,
        lead(moment) over ticket as found_at,
        last_value(turn ignore nulls) over (
            partition by ticket_number order by moment, place rows between unbounded preceding and current row
        ) as turn
    from moment
    window ticket as (partition by ticket_number order by moment, place)
),
bounded as (
    select f.ticket_number, f.quiet_from, f.turn, coalesce(f.found_at, b.ended_at) as found_at, b.observed_until
    from followed f
    join (select ticket_number, ended_at, observed_until from began_with) b using (ticket_number)
)
select
    ticket_number,
    quiet_from,
    case when coalesce(found_at, observed_until) > quiet_from + interval 7 days then quiet_from + interval 7 days end
        as lost_at,
    found_at
from bounded
where turn = 'us' and coalesce(found_at, observed_until) > quiet_from + interval 1 day;

create or replace temp view final_quiet_spell as
select k.ticket_id, q.* exclude (ticket_number)
from quiet_spell q
join ticket_key k using (ticket_number)
order by k.ticket_id, q.quiet_from;

create or replace temp view final_macro_use as
select k.ticket_id, m.* exclude (ticket_number)
from macro_use m
join ticket_key k using (ticket_number)
order by k.ticket_id, m.occurred_at;
