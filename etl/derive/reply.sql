-- First public reply by a person, and who began.
create or replace temp table reply as
select
    e.ticket_number,
    e.occurred_at,
    e.rowid as place,
    row_number() over (partition by e.ticket_number order by e.rowid) as number
from event e
join (select ticket_number, created_at from ticket_clock) c using (ticket_number)
where e.kind = 'public_message' and e.actor_role in ('agent', 'engineering')
  -- What was said on a ticket merged into this one, before this one began, answers nothing here.
  and (not e.is_from_merged or e.occurred_at >= c.created_at)
qualify number <= 2;

create or replace temp table ticket_reply as
with begun as (
    select
        t.ticket_number,
        c.created_at,
        t.first_reply_at,
        t.vendor_first_reply_minutes,
        coalesce(f.has_message, false) and e.ticket_number is not null as has_messages,
        coalesce(
            t.is_outbound,
            -- The thread opens with an agent's words, and not as the requester's own.
            f.has_message
            and e.first_message_role in ('agent', 'engineering')
            and e.first_message_at <= c.created_at + interval 1 minute
            and coalesce(e.creator_role in ('agent', 'engineering'), true)
            and coalesce(e.creator <> t.requester, true),
            false
        ) as is_outbound,
        coalesce(
            e.first_message_role in ('agent', 'engineering')
            and e.first_message_at <= c.created_at + interval 1 minute, false
        ) as opens_with_agent
    from ticket_base t
    join ticket_clock c using (ticket_number)
    left join event_total e using (ticket_number)
    left join feed f on f.source = t.source
)
select
    b.ticket_number,
    b.is_outbound,
    b.has_messages,
    case
        when b.has_messages then r.occurred_at
        when b.first_reply_at is not null then b.first_reply_at
        else b.created_at + to_microseconds((b.vendor_first_reply_minutes * 60000000)::bigint)
    end as first_reply_at
from begun b
-- An outbound ticket's own first words are no reply to anybody: its second agent message is.
left join reply r
    on r.ticket_number = b.ticket_number
    and r.number = case when b.is_outbound and b.opens_with_agent then 2 else 1 end;

-- Each stretch in which a customer waited and was answered. Several messages in a row are one wait, and what we say
-- after the first answer is no further one. A wait that nobody has answered yet is none of these.
create or replace temp table response_spell as
with said as (
    -- A ticket its customer began is itself the first thing said.
    select r.ticket_number, -1 as place, c.created_at as moment, true as is_customer
    from ticket_reply r
    join (select ticket_number, created_at from ticket_clock) c using (ticket_number)
    where r.has_messages and not r.is_outbound and c.created_at is not null
    union all
    select e.ticket_number, e.rowid, e.occurred_at, e.actor_role = 'customer'
    from event e
    join (select ticket_number, created_at from ticket_clock) c using (ticket_number)
    where e.kind = 'public_message' and e.actor_role in ('customer', 'agent', 'engineering')
      and e.occurred_at >= c.created_at
),
turned as (
    select *, lag(is_customer) over (partition by ticket_number order by moment, place) as was_customer
    from said
),
exchanged as (
    select
        ticket_number, is_customer, place, moment,
        lead(moment) over ticket as answered_at,
        lead(place) over ticket as answered_in
    from turned
    where is_customer is distinct from was_customer
    window ticket as (partition by ticket_number order by moment, place)
)
select ticket_number, place, moment as waits_from, answered_in, answered_at
from exchanged
where is_customer and answered_at is not null;

create or replace temp table ticket_talk as
with response as (
    select
        ticket_number,
        count(*) as responses,
        sum(epoch_us(answered_at) - epoch_us(waits_from)) / 60e6 as response_minutes
    from response_spell
    group by ticket_number
),
talk as (
    select
        e.ticket_number,
        count(distinct e.actor) filter (e.actor_role in ('agent', 'engineering')) as repliers,
        count(*) filter (e.actor_role = 'customer' and e.occurred_at > c.created_at + interval 1 minute)
            as customer_followups
    from event e
    join (select ticket_number, created_at from ticket_clock) c using (ticket_number)
    where e.kind = 'public_message' and (not e.is_from_merged or e.occurred_at >= c.created_at)
    group by e.ticket_number
)
select
    r.ticket_number,
    coalesce(s.responses, 0) as responses,
    s.response_minutes,
    coalesce(t.repliers, 0) as repliers,
    coalesce(t.customer_followups, 0) as customer_followups
from ticket_reply r
left join response s using (ticket_number)
left join talk t using (ticket_number)
where r.has_messages;
