-- Which records a ticket is made of: the newest of each part (by updated_at, then load, then row).
create or replace temp table winner as
select
    source,
    original_id,
    coalesce(part, 'ticket') as part,
    arg_max(
        rowid, (coalesce(updated_at, timestamp '0001-01-01'), load_id, coalesce("row", 0))
    ) as record
from loaded_ticket
where original_id is not null
group by all;

-- Words about a merge, on a ticket no record tells of, are no ticket.
create or replace temp table ticket_key as
select
    row_number() over (order by source, original_id) as ticket_number,
    source,
    original_id,
    source || ':' || original_id as ticket_id
from (select distinct source, original_id from winner where part <> 'merge note');

-- Parts complete each other in this order: ``ticket`` first, then by name.
create or replace temp table ticket_part as
select
    k.ticket_number,
    w.record,
    row_number() over (partition by k.ticket_number order by w.part <> 'ticket', w.part) as part_number
from winner w
join ticket_key k using (source, original_id);

drop table winner;
