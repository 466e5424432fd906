-- Where a ticket stood: its teams with their tiers, or the levels its help desk tells of where no team of it has a tier.
create or replace temp table tier_station as
with told as (
    select ticket_number, place, occurred_at as moment, new_value as team, false as is_start
    from assignment
    where kind = 'team'
    union all
    -- The team it began in: before its first change, or all its life.
    select b.ticket_number, -1, b.created_at, case when s.team_events > 0 then s.team else c.team end, true
    from (select ticket_number, created_at from beginning) b
    join (select ticket_number, team from ticket_clock) c using (ticket_number)
    left join (select ticket_number, team, team_events from first_state) s using (ticket_number)
    where case when s.team_events > 0 then s.team else c.team end is not null
),
placed as (
    select t.ticket_number, t.place, t.moment, t.team, s.tier, s.tier_rank as rank, t.is_start
    from told t
    left join team_setting s on s.team = t.team
),
leveled as (
    select
        a.ticket_number, a.place, a.occurred_at as moment, null as team, 'level ' || a.new_value as tier,
        try_cast(a.new_value as integer) as rank, false as is_start
    from assignment a
    where a.kind = 'level' and try_cast(a.new_value as integer) is not null
    union all
    select b.ticket_number, -1, b.created_at, null, 'level ' || a.old_level, try_cast(a.old_level as integer), true
    from (
        select ticket_number, held_before as old_level from assignment where kind = 'level' and is_first
    ) a
    join (select ticket_number, created_at from beginning) b using (ticket_number)
    where try_cast(a.old_level as integer) is not null
),
by_level as (
    select l.*
    from leveled l
    anti join (select ticket_number from placed where rank is not null) p using (ticket_number)
)
select p.*
from placed p
anti join (select ticket_number from by_level) l using (ticket_number)
union all
select * from by_level;

-- Stretches that stood resolved until a reopen: they are in no tier's time.
create or replace temp table done_stretch as
with changes as (
    select
        ticket_number, occurred_at as started_at, is_done,
        lead(occurred_at) over (partition by ticket_number order by place) as ended_at
    from status_event
    where is_done <> was_done
)
select c.ticket_number, c.started_at, least(c.ended_at, b.ends_at) as ended_at
from changes c
join (select ticket_number, ends_at from beginning) b using (ticket_number)
where c.is_done and c.started_at < b.ends_at;

-- One stay a tier, neighbours in one tier being one; what lasted no time at all is none.
create or replace temp table tier_stay as
with moved as (
    select
        s.ticket_number, s.place, s.tier, s.rank,
        greatest(s.moment, b.created_at) as entered_at,
        -- Of a NULL and a clock the greatest is the clock: without a next move the stay lasts to the end.
        least(
            greatest(
                coalesce(lead(s.moment) over (partition by s.ticket_number order by s.place), b.ends_at), b.created_at
            ),
            b.ends_at
        ) as moved_at,
        b.ends_at
    from tier_station s
    join (select ticket_number, created_at, ends_at from beginning where ends_at is not null) b using (ticket_number)
),
changed as (
    select *
    from moved
    where entered_at < moved_at
    qualify tier is distinct from lag(tier) over (partition by ticket_number order by place)
        or row_number() over (partition by ticket_number order by place) = 1
),
stayed as (
    select
        *, coalesce(lead(entered_at) over (partition by ticket_number order by place), ends_at) as left_at
    from changed
),
known as (
    select
        *,
        lag(rank) over ticket as previous_rank,
        max(rank) over (ticket rows between unbounded preceding and 1 preceding) as highest_before,
        lead(rank) over ticket is null as is_last
    from stayed
    where rank is not null
    window ticket as (partition by ticket_number order by place)
),
stood_done as (
    select k.ticket_number, k.place, sum(
        epoch_us(least(d.ended_at, k.left_at)) - epoch_us(greatest(d.started_at, k.entered_at))
    ) as lasted
    from (select ticket_number, place, entered_at, left_at from known) k
    join done_stretch d
        on d.ticket_number = k.ticket_number and d.started_at < k.left_at and d.ended_at > k.entered_at
    group by all
)
select
    k.ticket_number, k.place, k.tier, k.rank, k.entered_at, k.left_at,
    (epoch_us(k.left_at) - epoch_us(k.entered_at) - coalesce(d.lasted, 0)) / 60e6 as minutes,
    case
        when k.previous_rank is null then 'first'
        when k.rank > k.highest_before then 'up'
        when k.rank > k.previous_rank then 'again'
        when k.rank < k.previous_rank then 'down'
        else 'back'
    end as came,
    k.is_last
from known k
left join stood_done d using (ticket_number, place);

create or replace temp view final_tier_stay as
select k.ticket_number, k.ticket_id, s.tier, s.rank, s.entered_at, s.left_at, s.minutes, s.came, s.is_last
from tier_stay s
join ticket_key k on k.ticket_number = s.ticket_number
order by k.ticket_number, s.entered_at;
