-- Lists as members of staff like to see them.
create table saved_view (
    id uuid primary key,
    staff_id uuid not null references staff (id),
    screen text not null,
    name text not null,
    name_key text not null,
    query text not null,
    created_at timestamptz not null,
    constraint saved_view_name unique (staff_id, screen, name_key)
);
