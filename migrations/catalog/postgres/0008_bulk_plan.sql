-- Edits of many products that are done at a moment, and perhaps taken back at another.
create table bulk_plan (
    id uuid primary key,
    version bigint not null,
    created_at timestamptz not null,
    staff_id uuid,
    -- Who asked for it, with what they were allowed then.
    actor jsonb not null,
    edit jsonb not null,
    run_at timestamptz not null,
    undo_at timestamptz,
    -- When something is to be done next; null when nothing is.
    due_at timestamptz,
    state text not null check (state in ('planned', 'active', 'done', 'failed', 'cancelled')),
    run_id uuid references bulk_run (id),
    problem text
);

create index bulk_plan_due on bulk_plan (due_at) where due_at is not null;
