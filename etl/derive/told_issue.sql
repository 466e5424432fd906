-- What each ticket tells of its issue: a record (its own, or that of a ticket merged into it), an error code, its words.
create or replace temp table told_issue as
with own as (
    select r.ticket_number, coalesce(r.problem_key, l.link) as problem_key
    from record r
    left join first_link l using (ticket_number)
),
-- Merged tickets hand their record on where they agree on one, and their survivor has none.
handed_on as (
    select s.into_number as ticket_number, min(o.problem_key) as problem_key
    from survivor s
    join own o on o.ticket_number = s.ticket_number
    group by s.into_number
    having min(o.problem_key) = max(o.problem_key)
),
counted as (
    select
        c.ticket_number,
        k.ticket_id,
        c.source,
        c.account,
        coalesce(c.account, r.requester, k.ticket_id) as asker,
        c.created_at,
        c.resolved_at,
        coalesce(c.product, '') as product,
        -- Words are compared within a product; where the help desk knows none, within a topic.
        coalesce(c.product, c.category, '') as area,
        coalesce(o.problem_key, h.problem_key) as problem_key,
        t.error_code,
        t.words
    from ticket_clock c
    join record r using (ticket_number)
    join ticket_key k using (ticket_number)
    join own o using (ticket_number)
    join issue_text t using (ticket_number)
    left join handed_on h using (ticket_number)
    where c.excluded_because is null
      and c.created_at is not null
      and coalesce(r.ticket_type not in ('question', 'request'), true)
),
-- A source with no records and no subjects cannot tell what repeats: no occurrences, so no reading.
telling as (
    select source from counted group by source having count(problem_key) + count(words) > 0
)
select * exclude (source) from counted where source in (select source from telling);
