-- Of an account's tickets in one product: which earlier ones are the same matter, though each may stand alone. Of one
-- issue, or alike in words; not who names another record or code, and not whom a person parted.
-- Of the pairs that are neither of one issue nor alike only the nearest is kept: the earlier ticket, solved by then, that
-- is most like it. Nine in ten pairs are no more than that, so they are left out by numbers before names are joined.
create or replace temp table alike_pair as
with numbered as (
    select ticket_number, created_at, resolved_at, dense_rank() over (order by issue_key) as issue_number
    from issue
),
placed as materialized (
    select
        p.ticket_number,
        p.earlier_number,
        p.score,
        e.resolved_at < i.created_at as is_solved,
        p.score >= $repeat or i.issue_number = e.issue_number as is_close
    from pair_score p
    join numbered i on i.ticket_number = p.ticket_number
    join numbered e on e.ticket_number = p.earlier_number
),
nearest as (
    select ticket_number, max(score) as score from placed where is_solved and not is_close group by ticket_number
),
worth as (
    select ticket_number, earlier_number, score from placed where is_close
    union all
    select p.ticket_number, p.earlier_number, p.score
    from placed p
    join nearest n on n.ticket_number = p.ticket_number and n.score = p.score
    where p.is_solved and not p.is_close
),
told as (
    select
        p.ticket_number,
        p.earlier_number,
        i.ticket_id,
        e.ticket_id as earlier_ticket_id,
        i.created_at,
        case when e.resolved_at < i.created_at then e.resolved_at end as solved_at,
        p.score,
        i.issue_key = e.issue_key as is_one_issue,
        'subject (suggested)' in (i.evidence, e.evidence) as is_guess,
        'person' in (i.evidence, e.evidence) as is_said,
        i.evidence,
        later.ticket_number is not null or before.ticket_number is not null as is_parted,
        a.problem_key <> b.problem_key
            or (a.error_code <> b.error_code and coalesce(a.problem_key <> b.problem_key, true)) as is_other
    from worth p
    join issue i on i.ticket_number = p.ticket_number
    join issue e on e.ticket_number = p.earlier_number
    join told_issue a on a.ticket_number = p.ticket_number
    join told_issue b on b.ticket_number = p.earlier_number
    left join parted later on later.ticket_number = p.ticket_number and later.issue_key = e.issue_key
    left join parted before on before.ticket_number = p.earlier_number and before.issue_key = i.issue_key
)
select
    ticket_number, earlier_number, ticket_id, earlier_ticket_id, created_at, solved_at,
    case
        when is_one_issue and is_guess then 'subject (suggested)'
        when is_one_issue then case when is_said then 'person' else evidence end
        when is_parted or coalesce(is_other, false) then null
        when score >= $repeat then 'subject (suggested)'
    end as evidence,
    case when is_one_issue and not is_guess then 1.0 else score end as score
from told;
