-- Somebody counts what is on the shelves of a location.
create table stock_count (
    id blob primary key,
    location_id blob not null references location (id),
    state text not null check (state in ('open', 'applied', 'cancelled')),
    note text not null,
    created_at text not null,
    version integer not null
) strict;

-- `expected` is what the books said when it was counted: what moved since stays as it is.
create table count_line (
    count_id blob not null references stock_count (id),
    variant_id blob not null,
    counted integer check (counted >= 0),
    expected integer,
    counted_at text,
    primary key (count_id, variant_id),
    constraint count_line_whole check ((counted is null) = (expected is null) and (counted is null) = (counted_at is null))
) strict, without rowid;
