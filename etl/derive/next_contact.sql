-- The requester's next ticket on the same topic after the first solve. The topic is the category, else the product;
-- a ticket with neither is followed by any ticket of that person. Excluded tickets are no contact.
create or replace temp table next_contact as
with contact as (
    select
        ticket_number, source, requester, created_at, first_resolved_at,
        coalesce('category ' || category, 'product ' || product) as topic
    from ticket_clock
    where requester is not null and excluded_because is null and created_at is not null
),
solved as (
    select * from contact where first_resolved_at is not null
),
followed as (
    select s.ticket_number, s.first_resolved_at, n.created_at as next_at
    from solved s
    asof join contact n
        on n.source = s.source and n.requester = s.requester and n.topic = s.topic
        and s.first_resolved_at < n.created_at
    union all
    select s.ticket_number, s.first_resolved_at, n.created_at
    from (select * from solved where topic is null) s
    asof join contact n
        on n.source = s.source and n.requester = s.requester and s.first_resolved_at < n.created_at
)
select ticket_number, (epoch_us(next_at) - epoch_us(first_resolved_at)) / 86400e6 as days
from followed;
