-- The columns that a member of staff wants to see in a list, beside its first.
create table list_columns (
    staff_id uuid not null references staff (id),
    screen text not null,
    shown jsonb not null,
    primary key (staff_id, screen)
);
