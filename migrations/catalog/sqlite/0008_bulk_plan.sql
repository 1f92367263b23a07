-- Edits of many products that are done at a moment, and perhaps taken back at another.
create table bulk_plan (
    id blob primary key,
    version integer not null,
    created_at text not null,
    staff_id blob,
    -- Who asked for it, with what they were allowed then.
    actor text not null,
    edit text not null,
    run_at text not null,
    undo_at text,
    -- When something is to be done next; null when nothing is.
    due_at text,
    state text not null check (state in ('planned', 'active', 'done', 'failed', 'cancelled')),
    run_id blob references bulk_run (id),
    problem text
) strict;

create index bulk_plan_due on bulk_plan (due_at) where due_at is not null;
