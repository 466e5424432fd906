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
point as (
    -- A creation and a solve of one person on one topic, on one line of time.
    select ticket_number, source, requester, topic, created_at as moment, false as is_solve from contact
    union all
    select ticket_number, source, requester, topic, first_resolved_at, true
    from contact
    where first_resolved_at is not null and topic is not null
    union all
    -- The line of a person whatever the topic, for the tickets that have none.
    select ticket_number, source, requester, '*', moment, is_solve
    from (
        select ticket_number, source, requester, created_at as moment, false as is_solve
        from contact
        where (source, requester) in (select (source, requester) from contact where topic is null)
        union all
        select ticket_number, source, requester, first_resolved_at, true
        from contact
        where topic is null and first_resolved_at is not null
    )
),
followed as (
    select
        ticket_number, is_solve, moment,
        -- At one instant the creation comes first: what was created with the solve was not created after it.
        min(case when not is_solve then moment end) over (
            partition by source, requester, topic order by moment, is_solve
            rows between 1 following and unbounded following
        ) as next_at
    from point
)
select ticket_number, (epoch_us(next_at) - epoch_us(moment)) / 86400e6 as days
from followed
where is_solve and next_at is not null;
