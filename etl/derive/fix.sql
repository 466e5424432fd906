-- What was done about an issue, and how long it held. A fix is told by the end of its record of engineering or by a
-- deployed change that names that record; where an occurrence has neither, its last resolve stands for one. Whether a
-- return breaks a fix within a week, a month or a quarter is decided by the KPIs.
create or replace temp table fixable as
select
    t.issue_key, t.occurrence_id, t.occurrence_number, k.ticket_number, t.ticket_id, t.created_at,
    c.is_done, c.resolved_at, c.observed_until
from (
    select ticket_id, issue_key, occurrence_id, occurrence_number, created_at from final_issue_ticket
    where created_at is not null
) t
semi join (select issue_key from final_issue) i using (issue_key)
join ticket_key k using (ticket_id)
join (select ticket_number, is_done, resolved_at, observed_until from ticket_clock) c using (ticket_number);

-- A key that is a bare number names nothing in a title: "release 35436" is no word about ticket 35436.
create or replace temp table fixable_record as
select issue_key, problem_key
from final_issue
where problem_key is not null and (problem_key like '%#%' or regexp_matches(problem_key, '[A-Za-z]'));

create or replace temp macro depth_of(words) as case
    when regexp_matches(lower(words), '\bhot[ -]?fix') then 'hotfix'
    when regexp_matches(lower(words), '\b(root[ -]cause|permanent)') then 'root cause'
    when regexp_matches(lower(words), '\bwork[ -]?around') then 'workaround'
end;

create or replace temp table fix_told as
with ended as (
    select i.issue_key, r.resolved_at as fixed_at, coalesce(
        depth_of(r.outcome), case when s.ended = 'workaround' then 'workaround' end
    ) as kind
    from (select issue_key, problem_key from final_issue where problem_key is not null) i
    join final_engineering_issue r on r.issue_key = i.problem_key
    left join setting_ending s on s.word = lower(trim(r.outcome))
    -- Ended without one: no fix.
    where r.resolved_at is not null and coalesce(s.ended not in ('explanation', 'no fix'), true)
),
named as (
    select distinct
        upper(rtrim(unnest(regexp_split_to_array(title, '[\s,;()\[\]"'']+')), '.:!?')) as word,
        deployed_at,
        coalesce(depth_of(kind), depth_of(title)) as kind
    from final_change
    where deployed_at is not null and rolled_back_at is null and title is not null
      and coalesce(outcome not in ('failed', 'rolled back', 'cancelled'), true)
)
select issue_key, fixed_at, kind, 'engineering record' as evidence from ended
union all
select i.issue_key, n.deployed_at, n.kind, 'change'
from named n
join fixable_record i on upper(i.problem_key) = n.word;

-- Tickets and fixes of an issue on one line: a fix belongs to the newest ticket created by then, and what was told
-- between the same two tickets is one fix. At one moment the ticket comes first. What was told before the first ticket
-- follows no occurrence and is left out at the end.
create or replace temp table fix_placed as
with line as (
    select issue_key, created_at as moment, 0 as side, occurrence_id, null as kind, null as evidence from fixable
    union all
    select issue_key, fixed_at, 1, null, kind, evidence from fix_told
),
seen as (
    select
        *,
        count(occurrence_id) over before as tickets_before,
        last_value(occurrence_id ignore nulls) over before as followed
    from line
    window before as (
        partition by issue_key order by moment, side rows between unbounded preceding and current row
    )
)
select
    issue_key,
    any_value(followed) as occurrence_id,
    max(moment) as fixed_at,
    arg_max(kind, (moment, evidence)) filter (kind is not null) as kind,
    arg_max(evidence, (moment, evidence)) as evidence
from seen
where side = 1
group by issue_key, tickets_before;

insert into fix_placed
select issue_key, occurrence_id, max(resolved_at), null, 'last resolve'
from fixable
anti join (select distinct occurrence_id from fix_placed) using (occurrence_id)
group by issue_key, occurrence_id
-- One ticket still open: it is not over.
having bool_and(is_done) and max(resolved_at) is not null;

create or replace temp view final_fix as
with line as (
    select issue_key, created_at as moment, 0 as side, ticket_id, null as occurrence_id, null as kind, null as evidence
    from fixable
    union all
    select issue_key, fixed_at, 1, null, occurrence_id, kind, evidence from fix_placed
),
coming as (
    select
        *,
        min(case when side = 0 then {'moment': moment, 'ticket_id': ticket_id} end) over (
            partition by issue_key order by moment, side rows between 1 following and unbounded following
        ) as next
    from line
),
of_issue as (select issue_key, max(observed_until) as observed_until from fixable group by issue_key),
of_occurrence as (
    select
        occurrence_id,
        arg_min(ticket_id, (created_at, ticket_id)) as first_ticket_id,
        arg_min(ticket_number, (created_at, ticket_id)) as first_number
    from fixable
    group by occurrence_id
)
select
    c.issue_key, c.occurrence_id, o.first_ticket_id, a.* exclude (ticket_number), c.moment as fixed_at,
    coalesce(c.kind, 'not told') as kind, c.evidence,
    (epoch_us(c.next.moment) - epoch_us(c.moment)) / 86400e6 as days_to_return,
    (epoch_us(i.observed_until) - epoch_us(c.moment)) / 86400e6 as days_observed,
    c.next.ticket_id as returned_ticket_id
from coming c
join of_issue i using (issue_key)
join of_occurrence o on o.occurrence_id = c.occurrence_id
join ticket_cut a on a.ticket_number = o.first_number
where c.side = 1
order by c.issue_key, c.moment;
