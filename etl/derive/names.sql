-- What people, teams and accounts are called. The newest load wins.
create or replace temp table team_name as
select source, original_id, coalesce(name, original_id) as name
from loaded_team
qualify row_number() over (partition by source, original_id order by load_id desc, "row" desc) = 1;

-- A team may be declared in supportkpi.toml by its name or by its number; from here on only names are asked for.
create or replace temp table team_setting as
with declared as (
    select s.team, s.tier, s.tier_rank, s.schedule, 0 as preference from setting_team s
    union all
    select n.name, s.tier, s.tier_rank, s.schedule, 1 from setting_team s join team_name n on n.original_id = s.team
)
select
    team,
    arg_min(tier, preference) as tier,
    arg_min(tier_rank, preference) as tier_rank,
    arg_min(schedule, preference) as schedule
from declared
group by team;

-- Who acted as staff: owned a ticket, or wrote where customers cannot. A help desk makes customers of agents who leave;
-- what they wrote stays an agent's.
create or replace temp table acted_as_staff as
with customer as (select distinct source, original_id from loaded_person where role = 'customer')
select source, actor as original_id
from loaded_event
where kind = 'private_note' and actor_role is distinct from 'customer' and (source, actor) in (from customer)
union
select source, new_value from loaded_event where kind = 'owner' and (source, new_value) in (from customer)
union
select source, old_value from loaded_event where kind = 'owner' and (source, old_value) in (from customer)
union
select source, owner from loaded_ticket where (source, owner) in (from customer);

-- A roster of our own templates names agents by number, or by a name that one agent of a help desk bears: what it tells
-- then belongs to that agent. Whom no help desk lists stands by the name alone.
create or replace temp view known_person as
with staff as (
    select source, original_id, lower(trim(arg_max(name, (load_id, "row")))) as called
    from loaded_person
    where source <> 'templates' and role is not null and role <> 'customer'
    group by source, original_id
),
listed as (
    select *, count(*) over (partition by source, called) = 1 as is_one from staff
),
meant as (
    select p.load_id, p."row", n.source as desk, n.original_id as desk_number
    from loaded_person p
    join listed n on n.original_id = p.original_id or (n.is_one and n.called = lower(trim(p.original_id)))
    where p.source = 'templates'
)
select p.* replace (coalesce(m.desk, p.source) as source, coalesce(m.desk_number, p.original_id) as original_id)
from loaded_person p
left join meant m on p.source = 'templates' and m.load_id = p.load_id and m."row" = p."row";

-- A roster tells cost and schedule, the help desk's own list name and role: of each column the newest value counts.
-- Who was staff in any of them stays staff, under the name and role of that time.
create or replace temp table person as
with newest as (
    select
        source,
        original_id,
        max(load_id) as load_id,
        arg_max(name, (load_id, "row")) as name,
        arg_max(role, (load_id, "row")) as role,
        arg_max(name, (load_id, "row")) filter (role is distinct from 'customer') as staff_name,
        arg_max(role, (load_id, "row")) filter (role <> 'customer') as staff_role,
        bool_or(coalesce(started_at, left_at) is not null or coalesce(cost_per_hour::text, schedule) is not null)
            as is_on_roster,
        arg_max(team, (load_id, "row")) as team,
        arg_max(tier, (load_id, "row")) as tier,
        arg_max(schedule, (load_id, "row")) as schedule,
        arg_max(account, (load_id, "row")) as account,
        arg_max(languages, (load_id, "row")) as languages,
        arg_max(skills, (load_id, "row")) as skills,
        arg_max(started_at, (load_id, "row")) as started_at,
        arg_max(left_at, (load_id, "row")) as left_at,
        arg_max(cost_per_hour, (load_id, "row")) as cost_per_hour
    from known_person
    group by source, original_id
),
judged as (
    select
        p.* exclude (role, name, staff_role, staff_name, is_on_roster),
        p.staff_role is not null or p.is_on_roster or a.original_id is not null as is_staff,
        coalesce(p.role = 'customer', false) as is_customer_now,
        case when is_staff then coalesce(p.staff_role, 'agent') else p.role end as role,
        case when is_staff then p.staff_name else p.name end as name
    from newest p
    left join acted_as_staff a using (source, original_id)
),
named as (
    select
        p.* exclude (team),
        coalesce(n.name, p.team) as team,
        count(*) over (partition by p.source, p.is_staff, p.name) > 1 as is_shared
    from judged p
    left join team_name n on n.source = p.source and n.original_id = p.team
)
select
    p.* exclude (is_shared),
    -- Customers keep their number: their names are never shown. Two agents of one name stay two people.
    case
        when not p.is_staff or p.name is null then p.original_id
        when p.is_shared then p.name || ' (' || p.original_id || ')'
        else p.name
    end as shown_name,
    case
        when p.original_id in (select actor from setting_bot) or p.name in (select actor from setting_bot) then 'bot'
        when p.role = 'agent' and (p.tier = 'engineering' or t.tier = 'engineering') then 'engineering'
        else p.role
    end as known_role
from named p
left join team_setting t on t.team = p.team;

create or replace temp table account_name as
select source, original_id, coalesce(name, original_id) as name, tier, region, health, annual_revenue, renewal_at, load_id
from loaded_account
qualify row_number() over (partition by source, original_id order by load_id desc, "row" desc) = 1;

-- Tier and region of an account, by its number or its name, from whichever source tells it. A help desk's own list of
-- accounts, which numbers them, knows better than the tickets that mention one by its name.
create or replace temp table account_fact as
with said as (
    select name as account, tier, region, load_id, source, original_id, original_id <> name as is_listed
    from account_name
    union all
    select original_id, tier, region, load_id, source, original_id, true from account_name where original_id <> name
),
by_source as (
    select
        account,
        source,
        arg_max(tier, (is_listed, load_id, original_id)) as tier,
        arg_max(load_id, (is_listed, load_id, original_id)) filter (tier is not null) as tier_load,
        arg_max(region, (is_listed, load_id, original_id)) as region,
        arg_max(load_id, (is_listed, load_id, original_id)) filter (region is not null) as region_load
    from said
    where account is not null
    group by account, source
)
select account, arg_max(tier, (tier_load, source)) as tier, arg_max(region, (region_load, source)) as region
from by_source
group by account;

-- The values of team and owner events are identifiers: one look-up for both.
create or replace temp table value_name as
select source, 'team' as kind, original_id, name from team_name
union all
select source, 'owner', original_id, shown_name from person where shown_name <> original_id;
