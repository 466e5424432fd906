-- The ledger of the investigation tax: one row a sighting of a signal, with who did it as far as levers need to know.
create or replace temp view final_tax_entry as
with gated as (
    -- The same conditions as of the counts in ``ticket_signal``: what a feed cannot show has no entries.
    select s.*
    from sighting s
    join ticket_signal t on t.ticket_number = s.ticket_number
    where case s.signal
        when 'note' then t.signal_note
        when 'link' then t.signal_link
        when 'escalation' then t.signal_escalation
        when 'engineering_question' then t.signal_engineering_question
        when 'customer_question' then t.signal_customer_question
        when 'pickup' then t.signal_pickup
        when 'reopen' then t.signal_reopen
        when 'words_reread' then t.words_reread
        else 1
    end is not null
),
done as (
    select
        g.*,
        e.occurred_at,
        e.new_value,
        -- The owner who did it; of what anybody else did, the owner whose turn it was.
        coalesce(o.number, g.owners_before) as owner_number,
        -- Another agent than the first owner, an owner or not; NULL where no owner ever touched the ticket.
        case
            when g.signal = 'history' then false
            when f.actor is null then null
            when e.actor_role = 'agent' then e.actor is distinct from f.actor
            else g.owners_before > 1
        end as is_rework
    from gated g
    join event e on e.rowid = g.place and e.ticket_number = g.ticket_number
    left join owner_touch o on o.ticket_number = g.ticket_number and o.actor = e.actor
    left join owner_touch f on f.ticket_number = g.ticket_number and f.number = 1
)
select
    k.ticket_number,
    k.ticket_id,
    d.place - k.first_place + 1 as sequence,
    d.occurred_at,
    d.signal,
    d.quantity,
    d.owner_number,
    d.is_rework,
    case when d.signal = 'link' then linked_system(d.new_value) end as system
from done d
join ticket_place k on k.ticket_number = d.ticket_number
order by k.ticket_number, d.place, d.signal;
