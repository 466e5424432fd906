-- Issues and their tickets, read off the groups of occurrence.sql: how often each account met an issue, and whether a
-- ticket came after an earlier one had been solved (a repeat) or while it was open (a duplicate).
create or replace temp table shared_issue as
select issue_key
from issue
group by issue_key
having count(*) > 1 or bool_or(issue_key like 'problem %');

-- What pairs of single tickets tell beside the issues: the newest solve before, and whether one was open.
create or replace temp table paired as
select
    ticket_number,
    max(case when solved_at is not null
        then {'at_': solved_at, 'ticket_id': earlier_ticket_id, 'evidence': evidence, 'score': score} end) as solved,
    count(*) filter (solved_at is null) as open
from alike_pair
where evidence is not null
group by ticket_number;

create or replace temp view final_occurrence as
select o.* exclude (first_number), c.* exclude (ticket_number)
from occurrence_fact o
join ticket_cut c on c.ticket_number = o.first_number
order by o.issue_key, o.number;

create or replace temp view final_issue_ticket as
with told as (
    select t.*,
        case when account is not null then dense_rank() over (
            partition by t.issue_key, account order by number
        ) end as account_occurrence,
        case when account is not null then row_number() over (
            partition by t.issue_key, account, number order by created_at, ticket_id
        ) end as account_ticket
    from issue_ticket t
    where issue_key in (select issue_key from shared_issue) or ticket_number in (select ticket_number from paired)
),
-- The newest earlier ticket of the account on the issue that was solved by then: of all solves before the creation the
-- latest, so solves and creations are laid on one line. At one moment creations come first: a solve of that very moment
-- was not before it, and a ticket never repeats itself.
moments as (
    select issue_key, account, created_at as moment, 0 as is_late, ticket_number, ticket_id, evidence, false as is_solve
    from told where account is not null
    union all
    select issue_key, account, resolved_at, 1, ticket_number, ticket_id, evidence, true
    from told where account is not null and resolved_at is not null
),
looked_back as (
    select
        ticket_number,
        is_solve,
        max(case when is_solve
            then {'at_': moment, 'ticket_id': ticket_id, 'evidence': evidence, 'score': null::double} end
        ) over before as solved,
        count(*) filter (not is_solve) over before as earlier
    from moments
    window before as (
        partition by issue_key, account
        order by moment, is_late, ticket_number rows between unbounded preceding and 1 preceding
    )
),
-- Of its own issue, and of tickets alike: whichever was solved last.
judged as (
    select
        t.*,
        case
            when l.solved is null or p.solved.at_ > l.solved.at_ then p.solved
            when 'subject (suggested)' in (t.evidence, l.solved.evidence)
                then {'at_': l.solved.at_, 'ticket_id': l.solved.ticket_id, 'evidence': 'subject (suggested)',
                    'score': t.confidence}
            else {'at_': l.solved.at_, 'ticket_id': l.solved.ticket_id, 'evidence': t.evidence, 'score': 1.0}
        end as solved,
        coalesce(l.earlier, 0) + coalesce(p.open, 0) > 0 as is_beside
    from told t
    left join looked_back l on l.ticket_number = t.ticket_number and not l.is_solve
    left join paired p on p.ticket_number = t.ticket_number
)
select
    j.ticket_number, j.ticket_id, j.issue_key, j.issue_key || ' #' || j.number as occurrence_id, j.evidence,
    c.* exclude (ticket_number),
    j.created_at, j.resolved_at, not k.is_done as is_open,
    j.number as occurrence_number, j.account_occurrence,
    case when j.account_ticket = 1 then j.account_occurrence end as stage_reached,
    solved.ticket_id as repeat_of,
    (epoch_us(j.created_at) - epoch_us(solved.at_)) / 86400e6 as days_since_solved,
    solved.evidence as repeat_evidence,
    solved.score as repeat_confidence,
    case when j.account is not null then solved is null and is_beside end as is_duplicate,
    confidence, confirmed_by, confirmed_at
from judged j
join ticket_cut c using (ticket_number)
join (select ticket_number, is_done from ticket_clock) k using (ticket_number)
order by j.ticket_number;

-- Of each ticket that could repeat one: the earlier ticket that makes it a repeat, else the one most like it.
create or replace temp view final_issue_pair as
select
    ticket_number, ticket_id, earlier_ticket_id, evidence, score,
    (epoch_us(created_at) - epoch_us(solved_at)) / 86400e6 as days_since_solved
from alike_pair
where solved_at is not null
qualify row_number() over (
    partition by ticket_number
    order by evidence is not null desc, case when evidence is not null then solved_at end desc, score desc, earlier_number
) = 1
order by ticket_number;

create or replace temp view final_issue as
with titled as (
    select original_id as problem_key, arg_max(title, load_id) as title from loaded_engineering_issue group by original_id
)
select
    t.issue_key,
    coalesce(
        any_value(s.name), any_value(d.title), arg_min(r.subject, (t.created_at, t.ticket_number)),
        case when t.issue_key like 'problem %' then substr(t.issue_key, length('problem ') + 1) end
    ) as label,
    case min(case t.evidence
            when 'problem' then 1 when 'error code' then 2 when 'person' then 3 when 'subject (suggested)' then 4 else 5
        end)
        when 1 then 'problem' when 2 then 'error code' when 3 then 'person' when 4 then 'subject (suggested)'
        else 'single'
    end as evidence,
    arg_min(c.product, (t.created_at, t.ticket_number)) as product,
    arg_min(c.category, (t.created_at, t.ticket_number)) as topic,
    case when t.issue_key like 'problem %' then substr(t.issue_key, length('problem ') + 1) end as problem_key,
    min(t.created_at) as first_at,
    max(t.created_at) as last_at,
    count(*) as tickets,
    count(distinct t.number) as occurrences,
    count(distinct t.account) as accounts,
    any_value(f.confirmed_by) as confirmed_by,
    any_value(f.confirmed_at) as confirmed_at
from issue_ticket t
semi join shared_issue using (issue_key)
join record r using (ticket_number)
join ticket_clock c using (ticket_number)
left join titled d on t.issue_key like 'problem %' and d.problem_key = substr(t.issue_key, length('problem ') + 1)
left join issue_name s on s.issue_key = t.issue_key
left join issue_confirmed f on f.issue_key = t.issue_key
group by t.issue_key
order by t.issue_key;
