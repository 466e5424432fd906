-- Handoffs one by one: who passed to whom, what was told, and how long it took until the new owner did something.
-- They are those of ``handoff_total``; owner and team changed at one instant are one row.

-- Sources in which owners are seen at work under the name they are assigned by; some logs number resolvers and the
-- people who save a record apart. There the receiver cannot be told from others.
create or replace temp table names_meet as
select distinct t.source
from owner_touch o
join (select ticket_number, source from ticket_base) t using (ticket_number);

-- The receiver does something: the new owner, or where none is named anybody but the giver, whose words in the first ten
-- minutes belong to the handoff.
create or replace temp macro is_received(receiver, giver, mover, handed_at, actor, occurred_at) as
    coalesce(
        occurred_at >= handed_at
        and case
            when receiver is not null then actor = receiver
            else occurred_at > handed_at + interval 10 minutes
                or (actor is distinct from mover and actor is distinct from giver)
        end, false
    );

create or replace temp table handed as
with told as (
    select
        a.ticket_number, a.occurred_at, a.place, a.kind, a.actor, a.actor_role, a.new_value, a.previous_value,
        a.held_before, h.place is not null as is_handoff
    from assignment a
    left join handoff_change h on h.place = a.place
    where a.kind in ('owner', 'team') and a.new_value is distinct from a.held_before
      and a.ticket_number in (select ticket_number from handoff_total)
),
instant as (
    select
        ticket_number,
        occurred_at,
        min(place) as place,
        arg_min(actor, place) as mover,
        arg_min(actor_role, place) as mover_role,
        bool_or(is_handoff) as is_handoff,
        bool_or(kind = 'team') as has_team,
        -- Packed, so that "now nobody" is a value too.
        case when bool_or(kind = 'owner')
            then struct_pack(name := arg_max_null(new_value, place) filter (kind = 'owner')) end as owner,
        case when bool_or(kind = 'team')
            then struct_pack(name := arg_max_null(new_value, place) filter (kind = 'team')) end as team,
        arg_max(new_value, place) filter (kind = 'owner') as named_owner,
        arg_max(new_value, place) filter (kind = 'team') as named_team,
        bool_or(kind = 'owner') and arg_min_null(held_before, place) filter (kind = 'owner') is null as was_unowned
    from told
    group by ticket_number, occurred_at
),
placed as (
    select
        i.*,
        coalesce(last_value(i.named_owner ignore nulls) over before, b.owner) as from_owner,
        coalesce(last_value(i.named_team ignore nulls) over before, b.team) as from_team,
        case when last_value(i.owner ignore nulls) over so_far is null then b.owner
            else (last_value(i.owner ignore nulls) over so_far).name end as to_owner,
        case when last_value(i.team ignore nulls) over so_far is null then b.team
            else (last_value(i.team ignore nulls) over so_far).name end as to_team,
        last_value(case when i.owner.name is null and i.owner is not null then i.occurred_at end ignore nulls) over before
            as unowned_from,
        b.created_at,
        b.source in (select source from names_meet) as is_known_at_work,
        lead(i.occurred_at) over ticket as next_change_at,
        min(case when i.has_team then i.occurred_at end) over later as next_team_at
    from instant i
    left join began_with b using (ticket_number)
    window
        ticket as (partition by i.ticket_number order by i.place),
        before as (partition by i.ticket_number order by i.place rows between unbounded preceding and 1 preceding),
        so_far as (partition by i.ticket_number order by i.place rows between unbounded preceding and current row),
        later as (partition by i.ticket_number order by i.place rows between 1 following and unbounded following)
)
select
    ticket_number, place, occurred_at, mover, mover_role, from_team, to_team, from_owner, to_owner,
    case when is_known_at_work then to_owner end as receiver,
    row_number() over (partition by ticket_number order by place) as number,
    case
        when named_owner is null or owner.name is null then null
        when was_unowned then (epoch_us(occurred_at) - epoch_us(coalesce(unowned_from, created_at))) / 60e6
        else 0
    end as unowned_minutes,
    -- With an owner, the next change of either ends the wait for that owner; with none, the next team does.
    case when to_owner is null then next_team_at else next_change_at end as moved_at
from placed
where is_handoff;

-- Back to an earlier owner or team: straight (A, B, A) or after others.
create or replace temp table handed_back as
with held as (
    select ticket_number, kind, -1 as place, held_before as name
    from assignment
    where kind in ('owner', 'team') and is_first and held_before is not null
    union all
    select ticket_number, kind, place, new_value
    from assignment
    where kind in ('owner', 'team') and new_value is not null and new_value is distinct from previous_value
),
placed as (
    select
        ticket_number, kind, place,
        case
            when name = lag(name, 2) over ticket then 'direct'
            when row_number() over (partition by ticket_number, kind, name order by place) > 1 then 'indirect'
        end as came_back
    from held
    window ticket as (partition by ticket_number, kind order by place)
)
select
    h.ticket_number, h.occurred_at,
    min(p.came_back) filter (p.kind = 'owner') as owner_return,
    min(p.came_back) filter (p.kind = 'team') as team_return
from placed p
join assignment h on h.place = p.place
where p.came_back is not null
group by h.ticket_number, h.occurred_at;

-- What was written and done around each: by the giver, by the receiver, by the customer.
create or replace temp table handoff_around as
select
    h.ticket_number, h.place,
    min(e.occurred_at) filter (
        is_act(e.kind, e.actor_role)
        and is_received(h.receiver, h.from_owner, h.mover, h.occurred_at, e.actor, e.occurred_at)
    ) as acted_at,
    min(e.occurred_at) filter (
        e.kind = 'public_message' and e.actor_role in ('agent', 'engineering')
        and is_received(h.receiver, h.from_owner, h.mover, h.occurred_at, e.actor, e.occurred_at)
    ) as answered_at,
    coalesce(bool_or(
        e.kind = 'private_note' and e.actor_role in ('agent', 'engineering')
        and e.occurred_at between h.occurred_at - interval 1 hour and h.occurred_at + interval 1 hour
    ), false) as has_note,
    coalesce(bool_or(
        e.kind = 'private_note' and e.actor_role in ('agent', 'engineering') and e.words >= 15
        and e.actor in (h.mover, h.from_owner) and e.actor is distinct from h.to_owner
        and e.occurred_at between h.occurred_at - interval 30 minutes and h.occurred_at + interval 10 minutes
    ), false) as is_warm,
    list(e.occurred_at) filter (e.kind = 'public_message' and e.actor_role = 'customer' and e.occurred_at > h.occurred_at)
        as asked_again
from handed h
join event e on e.ticket_number = h.ticket_number
where e.occurred_at >= h.occurred_at - interval 1 hour
  and (e.actor_role in ('agent', 'engineering') or (e.kind = 'public_message' and e.actor_role = 'customer'))
group by h.ticket_number, h.place;

create or replace temp table handoff as
with finished as (
    select
        h.ticket_number, h.place,
        min(d.occurred_at) filter (d.is_done and d.occurred_at >= h.occurred_at) as done_at,
        coalesce(arg_max(d.is_done, d.place) filter (d.occurred_at < h.occurred_at), false) as is_done_already
    from handed h
    join done_event d using (ticket_number)
    group by h.ticket_number, h.place
),
timed as (
    select
        h.*, a.acted_at, a.answered_at, a.has_note, a.is_warm, a.asked_again, b.source, b.observed_until,
        case
            when f.is_done_already then h.occurred_at
            when f.done_at is not null then f.done_at
            when b.ended_at is not null then greatest(b.ended_at, h.occurred_at)
        end as done_at
    from handed h
    join (select ticket_number, source, observed_until, ended_at from began_with) b using (ticket_number)
    left join handoff_around a using (ticket_number, place)
    left join finished f using (ticket_number, place)
),
-- Where owners are told by their acts alone (whoever acts is the owner from then on), no handoff has a gap to be seen.
told_by_acts as (
    select source
    from timed
    where to_owner is not null
    group by source
    having count(*) >= 20 and count(*) filter (acted_at = occurred_at) >= 0.95 * count(*)
),
ended as (
    select
        *,
        least(acted_at, moved_at, done_at) as left_at,
        source in (select source from shows_touch) and source not in (select source from told_by_acts) as has_gap
    from timed
)
select
    e.ticket_number, e.place, e.number, e.occurred_at, e.mover_role, e.from_team, e.to_team, e.from_owner, e.to_owner,
    r.owner_return, r.team_return,
    case when f.has_owner then e.unowned_minutes end as unowned_minutes,
    case when e.has_gap
        then (epoch_us(coalesce(e.left_at, greatest(e.observed_until, e.occurred_at))) - epoch_us(e.occurred_at)) / 60e6 end
        as minutes,
    case
        when not e.has_gap then null
        when e.left_at = e.acted_at then 'acted'
        when e.left_at = e.moved_at then 'moved'
        when e.left_at is not null then 'done'
    end as ended_by,
    case when f.has_note then coalesce(e.has_note, false) end as has_note,
    case when f.has_note and f.has_words then coalesce(e.is_warm, false) end as is_warm,
    case when f.has_message then coalesce(len(list_filter(
        e.asked_again,
        lambda moment: moment < coalesce(least(e.answered_at, e.moved_at, e.done_at), timestamp '9999-01-01')
    )), 0) end as customer_repeats
from ended e
join feed f on f.source = e.source
left join handed_back r on r.ticket_number = e.ticket_number and r.occurred_at = e.occurred_at;

create or replace temp view final_handoff as
select
    k.ticket_number, k.ticket_id, h.place - k.first_place + 1 as sequence,
    h.* exclude (ticket_number, place), c.* exclude (ticket_number)
from handoff h
join (select ticket_number, ticket_id, first_place from event_total join ticket_key using (ticket_number)) k
    on k.ticket_number = h.ticket_number
join ticket_cut c on c.ticket_number = h.ticket_number
order by k.ticket_number, h.place;
