-- The signals of context rebuilding (methods, investigation tax): how often each was seen on a ticket. Flags are
-- coalesced everywhere: a NULL role must never drop an event in silence.

-- Text sent as the first reply to one ticket in a hundred (20 at least) is a macro, not an answer.
create or replace temp table macro as
with firsts as (
    select t.source, e.text_hash
    from reply r
    join event e on e.rowid = r.place
    join (select ticket_number, source from ticket_base) t on t.ticket_number = r.ticket_number
    where r.number = 1
)
select source, text_hash
from firsts
group by source, text_hash
having text_hash is not null
   and count(*) >= greatest(20, 0.01 * (select count(*) from firsts f where f.source = firsts.source));

-- A question to the customer, and the ticket waits for the customer within the hour.
create or replace temp table customer_question as
with questions as (
    select ticket_number, rowid as place, occurred_at
    from event
    where kind = 'public_message' and actor_role = 'agent' and coalesce(is_question, false)
)
select q.ticket_number, q.place
from questions q
join status_event s
    on s.ticket_number = q.ticket_number
    and s.occurred_at between q.occurred_at and q.occurred_at + interval 1 hour
group by q.ticket_number, q.place
having arg_min(s.status, s.place) = 'waiting_customer';

-- A person does something to the ticket itself; naming its owner or team is no such thing.
create or replace temp macro is_act(kind, actor_role) as
    coalesce(actor_role in ('agent', 'engineering') and kind not in ('created', 'owner', 'team'), false);

-- The owners who touched a ticket, in the order of their first touch; each after the first picked it up. Owners count
-- when they touch, not when assigned: routing would otherwise make pick-ups nobody worked.
create or replace temp table owner_touch as
with first_touch as (
    select e.ticket_number, e.actor, min(e.rowid) as place
    from event e
    join holder h on h.ticket_number = e.ticket_number and h.kind = 'owner' and h.value = e.actor
    where e.actor_role = 'agent' and is_act(e.kind, e.actor_role)
    group by e.ticket_number, e.actor
)
select ticket_number, actor, place, row_number() over (partition by ticket_number order by place) as number
from first_touch;

-- The case was written up for somebody else: a link with the ticket put on hold within ten minutes, or a person's
-- move to a higher tier. What happened at one instant was one write-up.
create or replace temp table written_up as
with held as (
    -- An inner join apart: as part of an outer one the same condition takes minutes on a million tickets.
    select e.place
    from (select ticket_number, place, occurred_at from escalation where kind = 'link') e
    join (select ticket_number, occurred_at from status_event where status = 'waiting_other') s
        on s.ticket_number = e.ticket_number
        and s.occurred_at between e.occurred_at - interval 10 minutes and e.occurred_at + interval 10 minutes
)
select ticket_number, min(place) as place
from escalation
where (kind <> 'link' or place in (select place from held))
  and coalesce(actor_role <> 'bot', true)
group by ticket_number, occurred_at;

-- What is known of single events beside their own columns: few rows, so that the many take one look-up.
create or replace temp table mark as
with found as (
    select e.rowid as place, 'macro' as meaning
    from macro m
    join event e on e.text_hash = m.text_hash
    join (select ticket_number, source from ticket_base) t
        on t.ticket_number = e.ticket_number and t.source = m.source
    union all
    select place, 'customer question' from customer_question
    union all
    select place, 'reopen' from reopen
    union all
    select place, 'pickup' from owner_touch where number > 1
    union all
    -- Each record linked counts once.
    select min(rowid), 'link' from event where kind = 'link' and new_value is not null group by ticket_number, new_value
    union all
    select place, 'escalation' from written_up
)
select
    place,
    bool_or(meaning = 'macro') as is_macro,
    bool_or(meaning = 'customer question') as is_customer_question,
    bool_or(meaning = 'reopen') as is_reopen,
    bool_or(meaning = 'pickup') as is_pickup,
    bool_or(meaning = 'link') as is_link,
    bool_or(meaning = 'escalation') as is_escalation
from found
group by place;

-- A substantive answer: a person's public words, 20 at least where words are counted, no macro, no question that the
-- ticket then waits on.
create or replace temp macro is_substantive(kind, actor_role, words, is_macro, is_customer_question) as
    coalesce(
        kind = 'public_message' and actor_role in ('agent', 'engineering')
        and coalesce(words >= 20, true)
        and not coalesce(is_macro or is_customer_question, false), false
    );

-- One row a sighting of a signal: what the counts of a ticket and the ledger both are made of.
create or replace temp table sighting as
with flagged as (
    select
        e.ticket_number,
        e.rowid as place,
        e.occurred_at,
        case when e.kind in ('public_message', 'private_note') then e.words end as words,
        e.actor_role = 'agent' and is_act(e.kind, e.actor_role) as is_touch,
        coalesce(e.actor_role = 'agent' and e.kind = 'private_note', false) as is_note,
        coalesce(e.actor_role = 'engineering' and e.kind = 'private_note', false) as is_engineering_note,
        coalesce(e.actor_role = 'engineering', false) as is_engineering,
        is_substantive(e.kind, e.actor_role, e.words, m.is_macro, m.is_customer_question) as is_answer,
        coalesce(m.is_customer_question, false) as is_customer_question,
        coalesce(m.is_reopen, false) as is_reopen,
        coalesce(m.is_pickup, false) as is_pickup,
        coalesce(m.is_link, false) as is_link,
        coalesce(m.is_escalation, false) as is_escalation
    from event e
    left join mark m on m.place = e.rowid
    where e.actor_role in ('agent', 'engineering')
       or e.kind in ('public_message', 'private_note')
       or coalesce(m.is_reopen or m.is_link or m.is_escalation, false)
),
trail as (
    select
        *,
        max(place) filter (is_touch) over before as last_touch,
        max(occurred_at) filter (is_touch) over before as last_touch_at,
        max(place) filter (is_reopen) over before as last_reopen,
        max(place) filter (is_engineering) over before as last_engineering,
        max(place) filter (is_answer) over before as last_answer,
        max(place) filter (is_note) over before as last_note,
        max(place) filter (is_engineering_note) over before as last_engineering_note,
        count(*) filter (is_pickup) over before as pickups_before,
        sum(words) over before as words_before
    from flagged
    window before as (partition by ticket_number order by place rows between unbounded preceding and 1 preceding)
),
judged as (
    select
        *,
        -- Directly after an engineer's note: one round trip of clarification.
        is_note and last_engineering_note is not null and coalesce(last_engineering_note > last_note, true)
            as is_engineering_question,
        -- Before the first answer, or between a reopen and the next answer.
        last_answer is null or coalesce(last_reopen > last_answer, false) as is_investigating,
        is_touch and last_touch is null as is_first_touch,
        is_touch
            and coalesce(occurred_at > last_touch_at + interval 24 hours, false)
            and not coalesce(last_reopen > last_touch, false)
            and not coalesce(last_engineering > last_touch, false) as is_resume
    from trail
),
seen as (
    select
        ticket_number,
        place,
        words_before,
        1 + pickups_before as owners_before,
        unnest(list_filter(
            [
                case when is_first_touch then 'history' end,
                case when is_note and is_investigating and not is_pickup and not is_engineering_question
                    then 'note' end,
                case when is_link then 'link' end,
                case when is_escalation then 'escalation' end,
                case when is_engineering_question then 'engineering_question' end,
                case when is_customer_question then 'customer_question' end,
                case when is_pickup then 'pickup' end,
                case when is_reopen then 'reopen' end,
                case when is_resume then 'resume' end,
                case when is_pickup and words_before > 0 then 'words_reread' end
            ],
            lambda signal: signal is not null
        )) as signal
    from judged
    where is_first_touch or is_note or is_link or is_escalation or is_customer_question or is_pickup or is_reopen
       or is_resume
)
select
    ticket_number,
    place,
    signal,
    case when signal = 'words_reread' then words_before else 1 end::integer as quantity,
    owners_before::integer as owners_before
from seen;

create or replace temp table signal as
select
    ticket_number,
    count(*) filter (signal = 'history') as history,
    count(*) filter (signal = 'note') as notes,
    count(*) filter (signal = 'link') as links,
    count(*) filter (signal = 'escalation') as escalations,
    count(*) filter (signal = 'engineering_question') as engineering_questions,
    count(*) filter (signal = 'customer_question') as customer_questions,
    count(*) filter (signal = 'pickup') as pickups,
    count(*) filter (signal = 'reopen') as reopens,
    count(*) filter (signal = 'resume') as resumes,
    coalesce(sum(quantity) filter (signal = 'words_reread'), 0) as words_reread
from sighting
group by ticket_number;

-- NULL where the feed cannot show the signal; ``tax_feed`` says what it lacks.
create or replace temp table ticket_signal as
select
    t.ticket_number,
    coalesce(s.history, 0) as signal_history,
    case when f.has_note then coalesce(s.notes, 0) end as signal_note,
    case when f.has_link then coalesce(s.links, 0) end as signal_link,
    case when f.has_link or f.has_tier or f.has_escalation or f.has_level then coalesce(s.escalations, 0) end
        as signal_escalation,
    case when f.has_note then coalesce(s.engineering_questions, 0) end as signal_engineering_question,
    case when f.has_status then coalesce(s.customer_questions, 0) end as signal_customer_question,
    case when f.has_owner then coalesce(s.pickups, 0) end as signal_pickup,
    case when f.has_status then coalesce(s.reopens, 0) end as signal_reopen,
    coalesce(s.resumes, 0) as signal_resume,
    case when f.has_owner and f.has_words then coalesce(s.words_reread, 0) end as words_reread,
    'lower bound: ' || nullif(
        concat_ws(
            ', ',
            case when not f.has_note then 'no private notes' end,
            case when not f.has_link then 'no links' end,
            case when not f.has_status then 'no status history' end,
            case when not f.has_owner then 'no owner history' end,
            case when not f.has_words then 'no word counts' end
        ),
        ''
    ) as tax_feed
from ticket_base t
join event_total e using (ticket_number)
join feed f on f.source = t.source and f.has_message
left join signal s using (ticket_number);
