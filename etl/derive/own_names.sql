-- What a help desk's own numbers mean: lists of names (``loaded_field``) laid over the records that use them. Here and not
-- while loading, so that either may come first, and either can be replaced or taken back. ``own_name`` has one row a number (see ``etl.naming``).

-- One field of the account's own for each column of ours, with what its choices are called.
create or replace temp table own_field as
select source, original_id, meaning, options
from own_name
where kind = 'field' and meaning is not null
qualify row_number() over (partition by source, meaning order by preference, original_id) = 1;

create or replace temp table own_choice as
with listed as (
    select source, original_id, unnest(json_extract(options, '$[*]')) as choice from own_field where options is not null
)
select source, original_id, choice ->> '$.value' as value, min(choice ->> '$.name') as name
from listed
group by all
having name is not null;

create or replace temp table own_value as
with filled as (
    select
        ticket_number, source,
        json_extract_string(own_fields, '$[*].id') as fields,
        json_extract_string(own_fields, '$[*].value') as choices
    from merged_record
    where own_fields is not null and source in (select source from own_field)
),
told as (
    select
        r.ticket_number, f.source, f.original_id, f.meaning,
        r.choices[list_position(r.fields, f.original_id)] as value
    from filled r
    join own_field f using (source)
    where list_contains(r.fields, f.original_id)
)
select
    ticket_number,
    max(coalesce(c.name, t.value)) filter (meaning = 'product') as product,
    max(coalesce(c.name, t.value)) filter (meaning = 'category') as category,
    max(coalesce(c.name, t.value)) filter (meaning = 'region') as region
from told t
left join own_choice c using (source, original_id, value)
where t.value is not null
group by ticket_number;

-- Accounts that use no tag of a kind at all: its absence on a ticket says nothing.
create or replace temp table untold_tag as
select source
from loaded_field
where kind = 'tag'
group by source
having count(meaning) = 0;

-- A name that means nothing to us takes its number's meaning along: it is not what the number is by default.
create or replace temp table own_record as
select
    r.ticket_number,
    s.name as status_name, s.meaning as status,
    p.name as priority_name, p.meaning as priority,
    v.product, v.category, v.region
from (select ticket_number, source, original_status, original_priority from merged_record) r
left join own_name s on s.kind = 'status' and s.source = r.source and s.original_id = r.original_status
left join own_name p on p.kind = 'priority' and p.source = r.source and p.original_id = r.original_priority
left join own_value v on v.ticket_number = r.ticket_number
where s.name is not null or p.name is not null or v.ticket_number is not null;

create or replace temp view record as
select
    m.* replace (
        case when o.status_name is not null then o.status else m.status end as status,
        coalesce(o.status_name, m.original_status) as original_status,
        case when o.priority_name is not null then o.priority else m.priority end as priority,
        coalesce(o.priority_name, m.original_priority) as original_priority,
        coalesce(o.product, m.product) as product,
        coalesce(o.category, m.category) as category,
        coalesce(o.region, m.region) as region,
        case when u.source is null then m.vendor_escalated end as vendor_escalated
    )
from merged_record m
left join own_record o on o.ticket_number = m.ticket_number
left join untold_tag u on u.source = m.source;
