-- What each ticket may be filtered and cut by, and why it counts for nothing: of the ticket itself, and of the facts that carry it beside them.
create or replace temp table ticket_cut as
select
    r.ticket_number,
    c.team,
    r.priority,
    r.channel,
    r.product,
    r.category,
    coalesce(r.region, a.region) as region,
    c.account,
    a.tier as account_tier,
    r.source,
    x.escalated,
    c.excluded_because
from record r
join ticket_clock c using (ticket_number)
join ticket_escalation x using (ticket_number)
left join account_fact a on a.account = c.account;
