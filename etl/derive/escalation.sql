-- The escalation loop: what became of each ticket that went to a higher tier or to engineering. Small tables: one ticket
-- in ten. Everything is measured; what was avoidable, a loop or enough is decided by the KPIs.
create or replace temp table escalated as
select
    x.ticket_number, x.escalated_at, c.source, c.product, c.category, c.priority, c.created_at, b.ends_at, c.is_done,
    case when c.is_done then c.resolved_at end as resolved_at, c.observed_until
from (select ticket_number, escalated_at from ticket_escalation where escalated = 'yes') x
join (
    select
        ticket_number, source, product, category, priority, created_at, is_done, resolved_at, observed_until
    from ticket_clock
) c using (ticket_number)
left join (select ticket_number, ends_at from beginning) b using (ticket_number);

-- Whose side the turn was on: engineering's while the ticket stood in a team of the tier engineering; where it never did,
-- while it waited for others from its link to engineering's record on (ten minutes before it count: the same act).
create or replace temp table engineering_turn as
with by_team as (
    select s.ticket_number, s.place, s.moment, coalesce(s.tier = 'engineering', false) as is_theirs, s.is_start
    from tier_station s
    join (select ticket_number from escalated) x using (ticket_number)
    where s.team is not null
),
moved as (
    select ticket_number from by_team group by ticket_number having bool_or(is_theirs)
),
handed as (
    select distinct ticket_number from escalation where kind = 'link'
),
by_status as (
    select
        s.ticket_number, s.place, s.occurred_at as moment,
        coalesce(s.status = 'waiting_other' and s.occurred_at >= x.escalated_at - interval 10 minutes, false)
            as is_theirs,
        false as is_start
    from status_event s
    join (select ticket_number, escalated_at from escalated) x using (ticket_number)
    join handed using (ticket_number)
    anti join moved using (ticket_number)
),
told as (
    select *, 'team' as evidence from by_team semi join moved using (ticket_number)
    union all
    select *, 'status' from by_status
),
changed as (
    select *
    from told
    qualify is_theirs <> coalesce(lag(is_theirs) over (partition by ticket_number order by place), false)
),
ended as (
    select *, lead(moment) over (partition by ticket_number order by place) as ended_at from changed
)
select ticket_number, place, moment as started_at, ended_at, evidence, is_start
from ended
where is_theirs;

create or replace temp table engineering_round as
with lasted as (
    select
        t.*,
        x.is_done,
        greatest(t.started_at, x.created_at) as begins_at,
        least(coalesce(t.ended_at, x.ends_at), x.ends_at) as stops_at
    from engineering_turn t
    join escalated x using (ticket_number)
),
done as (
    select
        l.ticket_number, l.place,
        sum(epoch_us(least(d.ended_at, l.stops_at)) - epoch_us(greatest(d.started_at, l.begins_at))) as lasted
    from lasted l
    join done_stretch d
        on d.ticket_number = l.ticket_number and d.started_at < l.stops_at and d.ended_at > l.begins_at
    group by all
)
select
    l.ticket_number,
    any_value(l.evidence) as evidence,
    count(*) filter (not l.is_start) as sent,
    count(*) filter (not l.is_start and l.ended_at is not null) as rounds,
    bool_or(l.ended_at is null) and not any_value(l.is_done) as is_theirs_now,
    sum(greatest(0, epoch_us(l.stops_at) - epoch_us(l.begins_at) - coalesce(d.lasted, 0))) / 60e6 as minutes
from lasted l
left join done d using (ticket_number, place)
group by l.ticket_number;

-- Which way a ticket took, held to the first declared path that fits it. A move back is free; a step counts as reached for
-- good; who began outside the path began at its first step.
create or replace temp table path_taken as
with fitting as (
    select x.ticket_number, min(p.path) as path
    from escalated x
    join setting_path p
        on (p.product is null or p.product = x.product)
        and (p.topic is null or p.topic = x.category)
        and (p.priority is null or p.priority = x.priority)
    group by x.ticket_number
),
stepped as (
    select s.ticket_number, s.place, s.rank, s.tier, min(p.step) as step
    from tier_station s
    join fitting f using (ticket_number)
    left join setting_path_step p on p.path = f.path and p.name in (s.team, s.tier)
    group by all
),
known as (
    select
        *,
        coalesce(max(step) over before, 1) as reached,
        last_value(rank ignore nulls) over before as rank_before,
        row_number() over (partition by ticket_number order by place) = 1 as is_first
    from stepped
    window before as (partition by ticket_number order by place rows between unbounded preceding and 1 preceding)
),
judged as (
    select
        ticket_number,
        coalesce(tier = 'engineering' and rank_before is distinct from rank, false)
            or coalesce(rank > rank_before, false) as is_up,
        step,
        reached
    from known
    where not is_first
)
select
    ticket_number,
    case
        when bool_or(is_up and step is null) then 'elsewhere'
        when bool_or(step > reached + 1) then 'skipped'
        when bool_or(step > reached or is_up) then 'followed'
    end as path
from judged
group by ticket_number;

-- What was written down as it was handed up: from half an hour before to ten minutes after.
create or replace temp table write_up as
select
    x.ticket_number,
    max(e.words) filter (e.kind = 'private_note' and e.actor_role = 'agent') as words,
    count(*) filter (e.kind = 'link') as links,
    coalesce(bool_or(e.is_question) filter (e.kind = 'private_note' and e.actor_role = 'agent'), false) as asks,
    count(*) filter (e.kind = 'owner' and e.new_value is not null) > 0 as names_owner
from (select ticket_number, escalated_at from escalated where escalated_at is not null) x
join event e
    on e.ticket_number = x.ticket_number
    and e.occurred_at between x.escalated_at - interval 30 minutes and x.escalated_at + interval 10 minutes
group by x.ticket_number;

create or replace temp table write_up_feed as
select
    t.source,
    bool_or(e.asks) as has_ask,
    bool_or(t.due_at is not null) as has_due
from (select ticket_number, source, due_at from ticket_base) t
left join (
    select ticket_number, true as asks from event where kind = 'private_note' and is_question is not null
    group by ticket_number
) e using (ticket_number)
group by t.source;

-- The issue before and after: its escalated occurrences numbered, the answer that may have stood there already, and when
-- it came back.
create or replace temp table escalated_issue as
with mine as (
    select i.ticket_number, i.issue_key, i.number, i.evidence, x.escalated_at, x.resolved_at
    from issue_ticket i
    join escalated x using (ticket_number)
),
begun as (
    select issue_key, number, min(created_at) as started_at from issue_ticket group by issue_key, number
),
solved as (
    select i.issue_key, i.resolved_at, i.ticket_id, x.ticket_number is null as is_ours_alone
    from issue_ticket i
    join (select ticket_number from ticket_clock where is_done) c using (ticket_number)
    left join (select ticket_number from escalated) x using (ticket_number)
    where i.resolved_at is not null
),
-- One ticket a moment, so that which one is named does not hang on the order of rows.
any_solved as (select issue_key, resolved_at, min(ticket_id) as ticket_id from solved group by all),
ours_solved as (
    select issue_key, resolved_at, min(ticket_id) as ticket_id from solved where is_ours_alone group by all
),
asked as (select ticket_number, issue_key, escalated_at from mine where escalated_at is not null),
-- Next and last of an issue by window, both sides in one line: an as-of join takes far longer over so many small issues.
coming as (
    select
        ticket_number,
        min(started_at) over (
            partition by issue_key order by moment, is_begun rows between current row and unbounded following
        ) as started_at
    from (
        select ticket_number, issue_key, resolved_at as moment, false as is_begun, null::timestamp as started_at
        from mine
        where resolved_at is not null
        union all
        select null, issue_key, started_at, true, started_at from begun
    )
),
returned as (
    select ticket_number, started_at from coming where ticket_number is not null and started_at is not null
),
answered as (
    select
        ticket_number,
        last_value(any_ticket ignore nulls) over before as any_ticket,
        last_value(our_ticket ignore nulls) over before as our_ticket
    from (
        select ticket_number, issue_key, escalated_at as moment, 1 as side, null as any_ticket, null as our_ticket
        from asked
        union all
        select null, issue_key, resolved_at, 0, ticket_id, null from any_solved
        union all
        select null, issue_key, resolved_at, 0, null, ticket_id from ours_solved
    )
    window before as (
        partition by issue_key order by moment, side rows between unbounded preceding and current row
    )
),
stood as (
    select ticket_number, any_ticket, our_ticket from answered where ticket_number is not null
)
select
    m.ticket_number, m.evidence, p.pass_number,
    -- Escalated after its own last resolve: it is no answer to itself.
    nullif(s.any_ticket, k.ticket_id) as solved_before,
    s.our_ticket as solved_before_by_support,
    (epoch_us(r.started_at) - epoch_us(m.resolved_at)) / 86400e6 as days_to_return
from mine m
join issue_pass p on p.issue_key = m.issue_key and p.number = m.number
left join returned r on r.ticket_number = m.ticket_number
left join stood s on s.ticket_number = m.ticket_number
join ticket_key k on k.ticket_number = m.ticket_number;

create or replace temp table topic_article as
select x.ticket_number, a.article_id
from (
    select ticket_number, product, category, escalated_at from escalated
    where escalated_at is not null and category is not null
) x
asof join (
    select
        min(article_id) as article_id, coalesce(product, '') as product, category,
        coalesce(updated_at, created_at) as stood_at
    from final_article
    where category is not null and coalesce(updated_at, created_at) is not null
    group by all
) a on coalesce(x.product, '') = a.product and x.category = a.category and x.escalated_at >= a.stood_at;

create or replace temp table escalation_fact as
with way as (
    select
        ticket_number,
        string_agg(tier, ' > ' order by place) as tier_path,
        count(*) filter (came = 'again' and rank >= 2) as re_escalations
    from tier_stay
    semi join (select ticket_number from escalated) x using (ticket_number)
    group by ticket_number
),
recorded as (
    select issue_key, s.ended
    from final_engineering_issue i
    join setting_ending s on s.word = lower(trim(i.outcome))
),
moved as (
    select distinct ticket_number from escalation where kind in ('team', 'level')
)
select
    x.ticket_number,
    x.escalated_at,
    x.resolved_at,
    case
        when r.ticket_number is not null then r.evidence
        when f.has_tier then 'team'
        when h.ticket_number is not null and f.has_status then 'status'
    end as turn_evidence,
    coalesce(r.sent, 0) as sent,
    coalesce(r.rounds, 0) as rounds,
    coalesce(r.is_theirs_now, false) as is_theirs_now,
    r.minutes as with_engineering_minutes,
    g.signal_engineering_question as clarification_trips,
    w.re_escalations,
    w.tier_path,
    p.path,
    e.ended,
    i.evidence as issue_evidence,
    i.pass_number,
    i.days_to_return,
    case when i.ticket_number is not null
        then (epoch_us(x.observed_until) - epoch_us(x.resolved_at)) / 86400e6 end as days_observed,
    i.solved_before,
    i.solved_before_by_support,
    a.article_id as topic_article,
    case when f.has_note and f.has_words then coalesce(u.words, 0) end as write_up_words,
    case when f.has_link then coalesce(u.links, 0) end as write_up_links,
    case when f.has_note and q.has_ask then coalesce(u.asks, false) end as asks,
    -- Of a linked record nobody tells who owns it: only a ticket that moved can name its new owner.
    case when f.has_owner and m.ticket_number is not null then coalesce(u.names_owner, false) end as names_owner,
    case when q.has_due then t.due_at is not null end as has_due
from escalated x
left join feed f on f.source = x.source
left join write_up_feed q on q.source = x.source
left join engineering_round r using (ticket_number)
left join (select distinct ticket_number from escalation where kind = 'link') h using (ticket_number)
left join ticket_signal g using (ticket_number)
left join way w using (ticket_number)
left join path_taken p using (ticket_number)
left join (select ticket_number, problem_key from record where problem_key is not null) o using (ticket_number)
left join first_link k using (ticket_number)
left join recorded e on e.issue_key = coalesce(o.problem_key, k.link)
left join escalated_issue i using (ticket_number)
left join topic_article a using (ticket_number)
left join write_up u using (ticket_number)
left join moved m using (ticket_number)
left join (select ticket_number, due_at from ticket_base) t using (ticket_number);

create or replace temp view final_escalation as
select
    k.ticket_id,
    f.* exclude (ticket_number, sent, rounds, is_theirs_now, with_engineering_minutes),
    case when f.turn_evidence is not null then f.sent end as sent,
    case when f.turn_evidence is not null then f.rounds end as rounds,
    case when f.turn_evidence is not null then f.is_theirs_now end as is_theirs_now,
    case when f.turn_evidence is not null then coalesce(f.with_engineering_minutes, 0) end as with_engineering_minutes,
    c.* exclude (ticket_number)
from escalation_fact f
join ticket_key k using (ticket_number)
join ticket_cut c using (ticket_number)
order by f.ticket_number;

-- Management's attention is no move up the ladder: kept apart, never added.
create or replace temp view final_hierarchical_escalation as
select k.ticket_id, min(e.occurred_at) as raised_at, count(*) as times
from event e
join ticket_key k using (ticket_number)
where e.kind = 'escalation' and e.new_value = 'hierarchical'
group by k.ticket_id
order by k.ticket_id;
