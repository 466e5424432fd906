-- When is a problem "the same"? Evidence in this order: a linked problem record, an error code in the subject within
-- one product, the same normalised subject; else the ticket stands alone.
create or replace temp table issue as
with counted as (
    select
        c.ticket_number,
        c.source,
        c.account,
        c.created_at,
        c.resolved_at,
        coalesce(c.product, '') as product,
        coalesce(c.product, '') || ' / ' || coalesce(c.category, '') as area,
        coalesce(r.problem_key, l.link) as problem_key,
        nullif(regexp_extract(r.subject, '\b(ERR_[A-Z0-9_]+|[A-Z]{2,}-?\d{3,})\b', 1), '') as error_code,
        r.subject
    from ticket_clock c
    join record r using (ticket_number)
    left join first_link l using (ticket_number)
    where c.excluded_because is null
      and c.created_at is not null
      and coalesce(r.ticket_type not in ('question', 'request'), true)
),
normalised as (
    select
        * exclude (subject),
        -- Lower case, without anything that holds a digit, one space between words.
        trim(regexp_replace(
            regexp_replace(lower(subject), '\S*\d\S*|[^\w\s]', ' ', 'g'), '\s+', ' ', 'g'
        )) as words
    from counted
),
worded as (
    select
        *,
        case
            when problem_key is null and error_code is null and words like '% % %'
                then count(*) over (partition by area, words)
        end as alike
    from normalised
),
-- A source with no problem keys and no subjects cannot tell what repeats: no occurrences, so no reading.
telling as (
    select source from worded group by source having count(problem_key) + count(words) > 0
),
keyed as (
    select
        w.*,
        k.ticket_id,
        case
            when problem_key is not null then 'problem'
            when error_code is not null then 'error code'
            when alike >= 2 then 'subject (suggested)'
            else 'single'
        end as evidence
    from worded w
    join ticket_key k using (ticket_number)
    where w.source in (select source from telling)
)
select
    ticket_number, ticket_id, account, created_at, resolved_at, evidence,
    case evidence
        when 'problem' then 'problem ' || problem_key
        when 'error code' then 'error ' || product || ' ' || error_code
        when 'subject (suggested)' then 'subject ' || area || ': ' || words
        else ticket_id
    end as issue_key
from keyed;

-- Tickets of one issue with less than 24 hours between their creations are one occurrence.
create or replace temp table issue_ticket as
with gaps as (
    select
        *,
        coalesce(
            created_at - lag(created_at) over (partition by issue_key order by created_at, ticket_number)
                >= interval 24 hours, true
        )::integer as begins
    from issue
)
select
    * exclude (begins),
    sum(begins) over (partition by issue_key order by created_at, ticket_number) as number
from gaps;

create or replace temp view final_occurrence as
with grouped as (
    select
        issue_key || ' #' || number as occurrence_id,
        issue_key,
        max(evidence) as evidence,
        arg_min(ticket_id, (created_at, ticket_number)) as first_ticket_id,
        min(created_at) as started_at,
        max(greatest(created_at, coalesce(resolved_at, created_at))) as ended_at,
        number,
        count(*) as tickets,
        count(distinct account) as accounts
    from issue_ticket
    group by issue_key, number
),
chained as (
    select
        *,
        max(ended_at) over (
            partition by issue_key order by number rows between unbounded preceding and 1 preceding
        ) as previous_ended_at
    from grouped
)
select
    occurrence_id, issue_key, evidence, first_ticket_id, started_at, ended_at, number, tickets, accounts,
    case
        -- Began while the one before still ran: no time in between.
        when previous_ended_at > started_at then 0
        else (epoch_us(started_at) - epoch_us(previous_ended_at)) / 86400e6
    end as days_since_previous
from chained
order by issue_key, number;
