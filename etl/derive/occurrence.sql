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

-- The occurrences in which a ticket went up, numbered: the passes of an issue.
create or replace temp table issue_pass as
select issue_key, number, row_number() over (partition by issue_key order by number) as pass_number
from (
    select distinct i.issue_key, i.number
    from issue_ticket i
    join (select ticket_number from ticket_escalation where escalated = 'yes') x using (ticket_number)
);

create or replace temp table occurrence_fact as
with grouped as (
    select
        issue_key || ' #' || number as occurrence_id,
        issue_key,
        max(evidence) as evidence,
        arg_min(ticket_id, (created_at, ticket_number)) as first_ticket_id,
        arg_min(ticket_number, (created_at, ticket_number)) as first_number,
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
    occurrence_id, issue_key, evidence, first_ticket_id, first_number, started_at, ended_at, number, tickets, accounts,
    case
        -- Began while the one before still ran: no time in between.
        when previous_ended_at > started_at then 0
        else (epoch_us(started_at) - epoch_us(previous_ended_at)) / 86400e6
    end as days_since_previous
from chained;
