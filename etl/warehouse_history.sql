-- Field history of a warehouse copy → events, as Zendesk's own audits tell them. ``warehouse_change``
-- holds the rows of ``ticket_field_history`` that count, in our columns; ``zendesk_word`` our words for Zendesk's.
-- Statements are parted by an empty line.

create or replace temp table warehouse_told as
select
    *,
    lag("value") over (partition by ticket, field order by moment, "row") as "before",
    -- Changes of one instant come after what was said, in the order: who has it, then how it stands.
    case field when 'group_id' then 1 when 'assignee_id' then 2 when 'priority' then 3 else 4 end as place
from warehouse_change;

create or replace temp table zendesk_event as
select
    "row", ticket as original_id, moment as occurred_at, 1e15 + place as "sequence",
    case told.field when 'assignee_id' then 'owner' when 'group_id' then 'team' else told.field end as kind,
    actor, case when actor = '-1' then 'bot' end as actor_role,
    case when told.field in ('status', 'priority') then past.ours else told."before" end as old_value,
    case when told.field in ('status', 'priority') then now.ours else told."value" end as new_value,
    case when told.field in ('status', 'priority') then told."value" end as original_value,
    null::bigint as words, null::boolean as is_question, null::boolean as asserts_cause, null::text as text_hash
from warehouse_told as told
left join zendesk_word as past on past.field = told.field and past.word = lower(told."before")
left join zendesk_word as now on now.field = told.field and now.word = lower(told."value")
where told."before" is distinct from told."value";
