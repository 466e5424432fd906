-- Which issue each ticket is of, before people have their say. Evidence in this order: a linked record, an error code in
-- one product, words alike (a group found by etl.grouping, named in text_issue); else the ticket stands alone.
create or replace temp table issue as
with certain as (
    -- Words alike lead to a record or a code where the group knows exactly one.
    select
        g.group_number,
        case
            when count(distinct problem_key) = 1 then 'problem ' || min(problem_key)
            when count(problem_key) = 0 and count(distinct error_code) = 1
                then 'error ' || min(product) || ' ' || min(error_code)
        end as issue_key
    from text_group g
    join told_issue using (ticket_number)
    group by g.group_number
)
select
    t.ticket_number, t.ticket_id, t.account, t.created_at, t.resolved_at,
    case
        when t.problem_key is not null then 'problem'
        when t.error_code is not null then 'error code'
        when coalesce(c.issue_key, n.issue_key) is not null then 'subject (suggested)'
        else 'single'
    end as evidence,
    case
        when t.problem_key is not null then 'problem ' || t.problem_key
        when t.error_code is not null then 'error ' || t.product || ' ' || t.error_code
        else coalesce(c.issue_key, n.issue_key, t.ticket_id)
    end as issue_key,
    case when t.problem_key is not null or t.error_code is not null then 1.0 else g.confidence end as confidence,
    null::text as confirmed_by,
    null::timestamp as confirmed_at
from told_issue t
left join text_group g using (ticket_number)
left join certain c using (group_number)
left join text_issue n using (group_number);
