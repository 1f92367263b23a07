-- Edits of many products at once, and each product's values before and after: what is needed to take one back.
create table bulk_run (
    id uuid primary key,
    at timestamptz not null,
    staff_id uuid,
    actions jsonb not null,
    products bigint not null,
    value_count bigint not null,
    undone_at timestamptz
);

create table bulk_change (
    run_id uuid not null references bulk_run (id),
    product_id uuid not null,
    changes jsonb not null,
    primary key (run_id, product_id)
);
