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

create or replace temp view final_survey as
with tied as (
    select
        s.*,
        coalesce(own.ticket_number, other.ticket_number) as ticket_number
    from survey_answer s
    left join ticket_key own on own.source = s.source and own.original_id = s.ticket_original_id
    left join unique_ticket other on other.original_id = s.ticket_original_id
),
placed as (
    select
        t.*,
        k.ticket_id,
        coalesce(n.name, t.account, b.account) as shown_account,
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
    from tied t
    left join ticket_key k using (ticket_number)
    left join (select ticket_number, account from ticket_clock) b using (ticket_number)
    left join account_name n on n.source = t.source and n.original_id = t.account
)
select
    identity as survey_id,
    source, kind, ticket_id, respondent, shown_account as account, original_score, comment,
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
            partition by kind, source, respondent, quarter, is_answered
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
    load_id
from placed
order by identity;
