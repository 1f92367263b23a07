-- Pieces on their way to a location: from another one, or from a supplier.
create table supply (
    id blob primary key,
    kind text not null check (kind in ('transfer', 'purchase')),
    number integer not null,
    state text not null check (state in
        ('draft', 'ready', 'in_transit', 'ordered', 'partially_received', 'received', 'closed', 'cancelled')),
    from_id blob references location (id),
    to_id blob not null references location (id),
    supplier text not null,
    expected_on text,
    note text not null,
    currency text not null,
    created_at text not null,
    updated_at text not null,
    version integer not null,
    unique (kind, number),
    constraint supply_from check ((kind = 'transfer') = (from_id is not null) and (from_id is null or from_id <> to_id))
) strict;

-- What may still come to a location.
create index supply_coming on supply (to_id) where state in ('in_transit', 'ordered', 'partially_received');

create table supply_line (
    supply_id blob not null references supply (id),
    variant_id blob not null,
    position integer not null,
    quantity integer not null check (quantity > 0),
    received integer not null check (received >= 0),
    damaged integer not null check (damaged >= 0),
    lost integer not null check (lost >= 0),
    cost_minor integer,
    primary key (supply_id, variant_id),
    constraint supply_not_more_than_sent check (received + damaged + lost <= quantity)
) strict, without rowid;

create index supply_line_variant on supply_line (variant_id);
create index movement_source on movement (source_id) where source_id is not null;
