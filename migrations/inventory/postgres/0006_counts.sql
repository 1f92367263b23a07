-- Somebody counts what is on the shelves of a location.
create table stock_count (
    id uuid primary key,
    location_id uuid not null references location (id),
    state text not null check (state in ('open', 'applied', 'cancelled')),
    note text not null,
    created_at timestamptz not null,
    version bigint not null
);

-- `expected` is what the books said when it was counted: what moved since stays as it is.
create table count_line (
    count_id uuid not null references stock_count (id),
    variant_id uuid not null,
    counted bigint check (counted >= 0),
    expected bigint,
    counted_at timestamptz,
    primary key (count_id, variant_id),
    constraint count_line_whole check ((counted is null) = (expected is null) and (counted is null) = (counted_at is null))
);
