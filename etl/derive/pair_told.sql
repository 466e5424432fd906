-- Tickets of an account with those of it, in the same product, that it wrote shortly before.
create or replace temp table pair_told as
with placed as (
    select
        ticket_number, area, account, created_at, resolved_at,
        row_number() over (partition by area, account order by created_at, ticket_number) as place
    from told_issue
    where account is not null and (words like '% %' or problem_key is not null or error_code is not null)
)
select later.ticket_number, earlier.ticket_number as earlier_number, later.area
from placed later
join placed earlier
    on earlier.area = later.area and earlier.account = later.account
    and earlier.place between later.place - $most and later.place - 1
where later.created_at - coalesce(
        case when earlier.resolved_at < later.created_at then earlier.resolved_at end, earlier.created_at
    ) <= to_days($days);
