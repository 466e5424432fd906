-- Tickets of an account with those of it, in the same product, that it wrote shortly before; both by their places.
create or replace temp table pair_told as
with placed as (
    select
        place, area_number, account, created_at, resolved_at,
        row_number() over (partition by area_number, account order by place) as number
    from worded
    where account is not null
)
select later.place, earlier.place as earlier_place
from placed later
join placed earlier
    on earlier.area_number = later.area_number and earlier.account = later.account
    and earlier.number between later.number - $most and later.number - 1
where later.created_at - coalesce(
        case when earlier.resolved_at < later.created_at then earlier.resolved_at end, earlier.created_at
    ) <= to_days($days);
