-- Which ways to pay are offered: one row.
create table settings (
    id blob primary key,
    content text not null,
    version integer not null,
    updated_at text not null
) strict;
