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
