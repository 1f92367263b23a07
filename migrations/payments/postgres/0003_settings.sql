-- Which ways to pay are offered: one row.
create table settings (
    id uuid primary key,
    content jsonb not null,
    version bigint not null,
    updated_at timestamptz not null
);
