-- Issues and their tickets, read off the groups of occurrence.sql: how often each account met an issue, and whether a
-- ticket came after an earlier one had been solved (a repeat) or while it was open (a duplicate).
create or replace temp table shared_issue as
select issue_key
from issue
group by issue_key
having count(*) > 1 or bool_or(evidence = 'problem');

create or replace temp view final_issue_ticket as
with told as (
    select t.*, case when account is not null then dense_rank() over (
        partition by t.issue_key, account order by number
    ) end as account_occurrence
    from issue_ticket t
    semi join shared_issue using (issue_key)
),
-- The newest earlier ticket of the account on the issue that was solved by then: of all solves before the creation the
-- latest, so solves and creations are laid on one line. At one moment creations come first: a solve of that very moment
-- was not before it, and a ticket never repeats itself.
moments as (
    select issue_key, account, created_at as moment, 0 as is_late, ticket_number, ticket_id, false as is_solve
    from told where account is not null
    union all
    select issue_key, account, resolved_at, 1, ticket_number, ticket_id, true
    from told where account is not null and resolved_at is not null
),
looked_back as (
    select
        ticket_number,
        is_solve,
        moment,
        max(case when is_solve then {'at_': moment, 'ticket_id': ticket_id} end) over before as solved,
        count(*) filter (not is_solve) over before as earlier
    from moments
    window before as (
        partition by issue_key, account
        order by moment, is_late, ticket_number rows between unbounded preceding and 1 preceding
    )
)
select
    t.ticket_number, t.ticket_id, t.issue_key, t.issue_key || ' #' || t.number as occurrence_id, t.account, t.evidence,
    t.created_at, t.resolved_at, t.number as occurrence_number, t.account_occurrence,
    l.solved.ticket_id as repeat_of,
    (epoch_us(l.moment) - epoch_us(l.solved.at_)) / 86400e6 as days_since_solved,
    case when t.account is not null then l.solved is null and l.earlier > 0 end as is_duplicate,
    case when t.evidence in ('problem', 'error code') then 1.0 end as confidence,
    null::text as confirmed_by
from told t
left join looked_back l on l.ticket_number = t.ticket_number and not l.is_solve
order by t.ticket_number;

create or replace temp view final_issue as
with titled as (
    select original_id as problem_key, arg_max(title, load_id) as title from loaded_engineering_issue group by original_id
)
select
    t.issue_key,
    coalesce(any_value(d.title), arg_min(r.subject, (t.created_at, t.ticket_number))) as label,
    case min(case t.evidence when 'problem' then 1 when 'error code' then 2 when 'subject (suggested)' then 3 else 4 end)
        when 1 then 'problem' when 2 then 'error code' when 3 then 'subject (suggested)' else 'single'
    end as evidence,
    arg_min(c.product, (t.created_at, t.ticket_number)) as product,
    arg_min(c.category, (t.created_at, t.ticket_number)) as topic,
    case when any_value(t.evidence) = 'problem' then substr(t.issue_key, length('problem ') + 1) end as problem_key,
    min(t.created_at) as first_at,
    max(t.created_at) as last_at,
    count(*) as tickets,
    count(distinct t.number) as occurrences,
    count(distinct t.account) as accounts,
    null::text as confirmed_by,
    null::timestamp as confirmed_at
from issue_ticket t
semi join shared_issue using (issue_key)
join record r using (ticket_number)
join ticket_clock c using (ticket_number)
left join titled d on t.evidence = 'problem' and d.problem_key = substr(t.issue_key, length('problem ') + 1)
group by t.issue_key
order by t.issue_key;
