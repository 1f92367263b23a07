-- Edits of many products at once, and each product's values before and after: what is needed to take one back.
create table bulk_run (
    id blob primary key,
    at text not null,
    staff_id blob,
    actions text not null,
    products integer not null,
    value_count integer not null,
    undone_at text
) strict;

create table bulk_change (
    run_id blob not null references bulk_run (id),
    product_id blob not null,
    changes text not null,
    primary key (run_id, product_id)
) strict, without rowid;
