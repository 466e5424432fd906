-- Tickets that may be grouped with others of their area, numbered as etl.grouping takes them: rows by area and time,
-- names within an area in the order of the alphabet, so that they sort alike in every load.
create or replace temp table worded as
select
    row_number() over (order by area, created_at, ticket_number) - 1 as place,
    dense_rank() over (order by area) - 1 as area_number,
    ticket_number, area, account, created_at, resolved_at, coalesce(words, '') as words, problem_key, error_code,
    dense_rank() over (partition by area order by coalesce(words, '')) - 1 as word_number,
    dense_rank() over (partition by area order by asker) - 1 as asker_number,
    case when problem_key is null then -1
        else dense_rank() over (partition by area order by problem_key nulls last) - 1 end as problem_number,
    case when error_code is null then -1
        else dense_rank() over (partition by area order by error_code nulls last) - 1 end as error_number
from told_issue
where (words like '% %' or problem_key is not null or error_code is not null)
  and area in (select area from told_issue where words like '% %')
order by place;
