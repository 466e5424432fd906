-- Surveys: tied to tickets, on one scale, one answer of each.
create or replace temp table unique_ticket as
select original_id, any_value(ticket_number) as ticket_number
from ticket_key
group by original_id
having count(*) = 1;

create or replace temp table survey_answer as
with told as (
    select
        *,
        -- Answers without a number of their own: the same content told by two loads is one answer, two alike in one
        -- load are two.
        md5(concat_ws('|', kind, ticket_original_id, respondent, original_score, comment, sent_at, answered_at, score))
            as content
    from loaded_survey
),
identified as (
    select
        *,
        source || ':' || coalesce(
            survey_id,
            content || '-' || row_number() over (partition by source, load_id, content, survey_id order by "row")
        ) as identity
    from told
)
select * exclude (content, newest_score)
from (
    select
        *,
        first_value(score) over (
            partition by identity order by answered_at desc nulls last, load_id desc, "row" desc
        ) as newest_score
    from identified
)
-- One survey told by two files of one export (a ticket, and its rating): the answer given last tells the score, of those
-- without a clock the newer load; of those that tell the same score the one that knows both clocks counts, then the
-- fuller one, one whose respondent is a person we know, and the longer comment: the order of the files means nothing.
qualify row_number() over (
    partition by identity
    order by
        score is not distinct from newest_score desc,
        sent_at is distinct from answered_at desc,
        (comment is not null)::integer + (respondent is not null)::integer desc,
        (source, respondent) in (select (source, original_id) from person) desc,
        length(comment) desc nulls last, length(original_score) desc, load_id desc, "row" desc
) = 1;

-- An account's number in a survey tool is that of the help desk's list, where one list alone has it.
create or replace temp table unique_account as
select original_id, any_value(name) as name
from account_name
group by original_id
having count(*) = 1;

create or replace temp table tied_survey as
select
    s.*,
    coalesce(own.ticket_number, other.ticket_number) as ticket_number
from survey_answer s
left join ticket_key own on own.source = s.source and own.original_id = s.ticket_original_id
left join unique_ticket other on other.original_id = s.ticket_original_id;

-- From an answer to our next public word to whoever gave it: on its ticket, or on any other of the same requester. Who
-- answered without a ticket is the requester of that name of the one help desk that has one.
create or replace temp table follow_up as
with person_of as (
    select
        ticket_number, source, requester,
        case when requester is null then 'ticket ' || ticket_number else source || ' ' || requester end as person
    from ticket_base
),
known as (
    select requester, any_value(source) as source, any_value(person) as person
    from person_of
    where requester is not null
    group by requester
    having count(distinct source) = 1
),
asked as (
    select
        s.identity, s.answered_at, coalesce(p.person, k.person) as person, coalesce(p.source, k.source) as desk
    from tied_survey s
    left join person_of p using (ticket_number)
    left join known k on k.requester = s.respondent
    where s.score is not null and s.answered_at is not null
),
said as (
    select p.person, e.occurred_at
    from event e
    join person_of p using (ticket_number)
    where e.kind = 'public_message' and e.actor_role in ('agent', 'engineering')
      and p.person in (select person from asked)
),
-- The next word by window, both sides in one line: an as-of join takes far longer over so many people.
next_word as (
    select
        identity, desk, moment as answered_at,
        min(said_at) over (
            partition by person order by moment, is_asked rows between current row and unbounded following
        ) as said_at
    from (
        select identity, desk, person, answered_at as moment, true as is_asked, null::timestamp as said_at from asked
        union all
        select null, null, person, occurred_at, false, occurred_at from said
    )
)
select
    a.identity,
    (epoch_us(a.said_at) - epoch_us(a.answered_at)) / 3600e6 as hours_to_follow_up,
    -- Nothing is seen of help desks that export no messages.
    case when f.has_message then (epoch_us(o.observed_until) - epoch_us(a.answered_at)) / 3600e6 end as hours_observed
from next_word a
left join feed f on f.source = a.desk
left join observed o on o.source = a.desk
where a.identity is not null;

create or replace temp view final_survey as
with placed as (
    select
        t.*,
        k.ticket_id,
        coalesce(n.name, u.name, t.account, b.account) as shown_account,
        t.score is not null as is_answered,
        case
            when t.higher_is_better is null then null
            when t.score between t.scale_low and t.scale_high then
                case when t.higher_is_better then t.score - t.scale_low else t.scale_high - t.score end
                / nullif(t.scale_high - t.scale_low, 0)
        end as score_share,
        -- The quarter of the reporting zone in which it was answered.
        date_trunc(
            'quarter',
            timezone((select timezone from setting_reporting), timezone('UTC', t.answered_at))
        ) as quarter
    from tied_survey t
    left join ticket_key k using (ticket_number)
    left join (select ticket_number, account from ticket_clock) b using (ticket_number)
    left join account_name n on n.source = t.source and n.original_id = t.account
    left join unique_account u on u.original_id = t.account
)
select
    identity as survey_id,
    placed.source, kind, ticket_id, respondent, shown_account as account, original_score, comment,
    score, scale_low, scale_high, score_share, sent_at, answered_at,
    is_answered and (
        ticket_id is null
        or row_number() over (
            partition by kind, ticket_id, is_answered order by answered_at desc nulls last, load_id desc, identity desc
        ) = 1
    ) as is_latest_on_ticket,
    is_answered and (
        respondent is null
        or row_number() over (
            partition by kind, placed.source, respondent, quarter, is_answered
            order by answered_at desc nulls last, load_id desc, identity desc
        ) = 1
    ) as is_latest_in_quarter,
    is_answered and (
        ticket_id is null
        or row_number() over (
            partition by kind, ticket_id, is_answered order by answered_at nulls last, load_id, identity
        ) = 1
    ) as is_first_on_ticket,
    higher_is_better,
    hours_to_follow_up,
    hours_observed,
    c.* exclude (ticket_number, source, account), c.source as ticket_source, c.account as ticket_account,
    load_id
from placed
left join follow_up using (identity)
left join ticket_cut c on c.ticket_number = placed.ticket_number
order by identity;
