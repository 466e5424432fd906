-- What is needed to name the groups found by words: their tickets, the key each inherits, and what it would be called.
create or replace temp view by_words as
select g.group_number, t.ticket_id, t.area, t.words, t.created_at
from text_group g
join told_issue t using (ticket_number)
where t.problem_key is null and t.error_code is null;

-- The share of tickets a group has in common with an issue of before, over all that either has.
create or replace temp view jaccard as
with before as (
    select k.ticket_id, k.issue_key from kept_issue k semi join told_issue t using (ticket_id)
),
shared as (
    select m.group_number, b.issue_key, count(*) as tickets from by_words m join before b using (ticket_id) group by all
)
select s.group_number, s.issue_key, s.tickets / (n.tickets + o.tickets - s.tickets) as share
from shared s
join (select group_number, count(*) as tickets from by_words group by all) n using (group_number)
join (select issue_key, count(*) as tickets from before group by all) o using (issue_key);

-- The words most of its tickets say; of equals those said first.
create or replace temp view commonest as
with counted as (
    select group_number, area, words, count(*) as tickets, min(created_at) as first_at from by_words group by all
)
select
    group_number,
    'subject ' || area || ': ' || arg_max(words, (tickets, -epoch_us(first_at), words)) as called,
    min(first_at) as first_at
from counted
group by group_number, area;
