create or replace temp view final_ticket as
with duration as (
    select
        c.ticket_number,
        (epoch_us(r.first_reply_at) - epoch_us(c.created_at)) / 60e6 as first_reply,
        (epoch_us(c.first_resolved_at) - epoch_us(c.created_at)) / 60e6 as first_resolution,
        (epoch_us(c.resolved_at) - epoch_us(c.created_at)) / 60e6 as resolution
    from ticket_clock c
    join ticket_reply r using (ticket_number)
)
select
    r.ticket_number,
    r.source || ':' || r.original_id as ticket_id,
    a.source,
    r.original_id,
    r.subject,
    c.status,
    r.original_status,
    a.priority,
    r.original_priority,
    a.channel,
    r.original_channel,
    r.ticket_type,
    r.original_type,
    a.team,
    c.owner,
    r.requester,
    a.account,
    a.account_tier,
    a.region,
    a.product,
    a.category,
    r.tags,
    coalesce(r.problem_key, k.link) as problem_key,
    r.change_key,
    r.caused_by,
    into_key.ticket_id as merged_into,
    c.created_at,
    p.first_reply_at,
    c.first_resolved_at,
    c.resolved_at,
    c.closed_at,
    c.updated_at,
    x.escalated_at,
    (epoch_us(least(g.acted_at, case when y.acted_at >= x.escalated_at then y.acted_at end))
        - epoch_us(x.escalated_at)) / 60e6 as engineering_minutes,
    c.observed_until,
    -- A negative duration is a fault of the export: kept out, and listed in the quarantine.
    case when d.first_reply >= 0 then d.first_reply end as first_reply_minutes,
    case when d.first_reply >= 0 then m.first_reply end as first_reply_business_minutes,
    case when d.first_resolution >= 0 then d.first_resolution end as first_resolution_minutes,
    case when d.first_resolution >= 0 then m.first_resolution end as first_resolution_business_minutes,
    case when d.resolution >= 0 then d.resolution end as resolution_minutes,
    case when d.resolution >= 0 then m.resolution end as resolution_business_minutes,
    m.first_reply_active as first_reply_active_minutes,
    m.first_resolution_active as first_resolution_active_minutes,
    m.resolution_active as resolution_active_minutes,
    m.with_us as with_us_minutes,
    m.with_us_business as with_us_business_minutes,
    m.unowned as unowned_minutes,
    m.unowned_business as unowned_business_minutes,
    m.with_customer as with_customer_minutes,
    m.with_customer_business as with_customer_business_minutes,
    m.with_other as with_other_minutes,
    m.with_other_business as with_other_business_minutes,
    case when d.first_reply >= 0 then m.first_reply_last end as first_reply_last_schedule_minutes,
    case when d.first_resolution >= 0 then m.first_resolution_last end as first_resolution_last_schedule_minutes,
    case when d.resolution >= 0 then m.resolution_last end as resolution_last_schedule_minutes,
    m.with_us_last as with_us_last_schedule_minutes,
    m.unowned_last as unowned_last_schedule_minutes,
    m.with_customer_last as with_customer_last_schedule_minutes,
    m.with_other_last as with_other_last_schedule_minutes,
    case
        when c.first_reopen_at >= c.first_resolved_at
            then (epoch_us(c.first_reopen_at) - epoch_us(c.first_resolved_at)) / 86400e6
    end as days_to_reopen,
    n.days as days_to_next_contact,
    (epoch_us(c.observed_until) - epoch_us(c.first_resolved_at)) / 86400e6 as days_observed,
    case when not c.is_done and coalesce(c.status not in ('deleted', 'spam', 'merged'), true)
        then (epoch_us(c.observed_until) - epoch_us(c.created_at)) / 86400e6 end as open_days,
    case when not c.is_done and coalesce(c.status not in ('deleted', 'spam', 'merged'), true)
        then m.whole end as open_business_minutes,
    case when not c.is_done and coalesce(c.status not in ('deleted', 'spam', 'merged'), true)
        then m.whole_active end as open_active_minutes,
    q.responses,
    q.response_minutes,
    m.response as response_business_minutes,
    m.response_active as response_active_minutes,
    -- Every public message of a person counts as one reply, bursts too: only chats would have to be folded, and
    -- then the count would differ from the vendor's.
    case when p.has_messages then e.public_replies else r.vendor_public_replies end as public_replies,
    case when p.has_messages then e.customer_messages end as customer_messages,
    case when f.has_note and e.ticket_number is not null then e.private_notes end as private_notes,
    -- Replies whose author is not told leave it unknown how many people they came from.
    case when q.repliers > 0 or e.public_replies = 0 then q.repliers end as repliers,
    q.customer_followups,
    case when e.status_events > 0 then coalesce(c.reopens, 0) else r.vendor_reopens end as reopens,
    case
        when f.has_assignment and e.ticket_number is not null then coalesce(h.handoffs, 0)
        else r.vendor_owner_changes
    end as handoffs,
    case when e.owner_events > 0 then w.owners else r.vendor_owners end as owners,
    case when e.team_events > 0 then w.teams else r.vendor_teams end as teams,
    -- Without one change of a ticket whose feed tells them, it stayed where it is.
    case when f.has_owner and e.ticket_number is not null
        then case when e.owner_events > 0 then z.owners else (c.owner is not null)::integer end end as owner_stations,
    case when f.has_team and e.ticket_number is not null
        then case when e.team_events > 0 then z.teams else (c.team is not null)::integer end end as team_stations,
    case when e.status_events > 0 then coalesce(c.status_reopens, 0) end as status_reopens,
    l.first_team,
    l.people,
    l.returns,
    l.customer_repeats,
    l.tier_reached,
    l.linked_systems,
    l.repeated_texts,
    l.claim,
    a.escalated,
    c.excluded_because,
    p.is_outbound,
    c.is_done and p.has_messages and coalesce(e.public_replies, 0) = 0 as is_bot_only,
    c.is_closed_without_resolve,
    coalesce(u.ticket_number is not null or b.is_auto_closed, false) as is_auto_closed,
    s.signal_history,
    s.signal_note,
    s.signal_link,
    s.signal_escalation,
    s.signal_engineering_question,
    s.signal_customer_question,
    s.signal_pickup,
    s.signal_reopen,
    s.signal_resume,
    s.words_reread,
    case
        when s.ticket_number is not null then s.tax_feed
        else 'needs messages: the export holds assignments only'
    end as tax_feed,
    i.issue_key || ' #' || i.number as occurrence_id,
    i.number as occurrence_number,
    before.days_since_previous as days_since_occurrence,
    case when i.evidence <> 'single' then o.pass_number end as pass_number,
    r.load_id
from record r
join ticket_clock c using (ticket_number)
join ticket_reply p using (ticket_number)
join duration d using (ticket_number)
join ticket_escalation x using (ticket_number)
left join feed f on f.source = r.source
join ticket_cut a using (ticket_number)
left join event_total e using (ticket_number)
left join handoff_total h using (ticket_number)
left join holder_total w using (ticket_number)
left join first_link k using (ticket_number)
left join engineering_action g using (ticket_number)
left join (
    select original_id, min(first_action_at) as acted_at
    from loaded_engineering_issue
    where first_action_at is not null
    group by original_id
) y on y.original_id = coalesce(r.problem_key, k.link)
left join auto_closed u using (ticket_number)
left join (select ticket_number, is_auto_closed from ticket_base) b using (ticket_number)
left join survivor v using (ticket_number)
left join ticket_key into_key on into_key.ticket_number = v.into_number
left join next_contact n using (ticket_number)
left join ticket_time m using (ticket_number)
left join ticket_talk q using (ticket_number)
left join station z using (ticket_number)
left join ticket_signal s using (ticket_number)
left join ticket_thread l using (ticket_number)
left join (select ticket_number, issue_key, number, evidence from issue_ticket) i using (ticket_number)
left join issue_pass o on o.issue_key = i.issue_key and o.number = i.number
left join (
    select issue_key, number, days_since_previous from occurrence_fact where days_since_previous is not null
) before on before.issue_key = i.issue_key and before.number = i.number
order by ticket_number;

-- A table rather than a subquery: its size is known, so that it is the side looked up in, not the events.
create or replace temp table ticket_place as
select ticket_number, ticket_id, first_place
from event_total
join ticket_key using (ticket_number);

create or replace temp view final_ticket_event as
select
    t.ticket_id,
    e.rowid - t.first_place + 1 as sequence,
    e.occurred_at, e.kind, e.actor, e.actor_role, e.old_value, e.new_value, e.original_value, e.words,
    e.is_question, e.asserts_cause, e.text_hash, e.load_id
from event e
join ticket_place t using (ticket_number);
