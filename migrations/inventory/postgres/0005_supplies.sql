-- Pieces on their way to a location: from another one, or from a supplier.
create table supply (
    id uuid primary key,
    kind text not null check (kind in ('transfer', 'purchase')),
    number bigint not null,
    state text not null check (state in
        ('draft', 'ready', 'in_transit', 'ordered', 'partially_received', 'received', 'closed', 'cancelled')),
    from_id uuid references location (id),
    to_id uuid not null references location (id),
    supplier text not null,
    expected_on text,
    note text not null,
    currency text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version bigint not null,
    unique (kind, number),
    constraint supply_from check ((kind = 'transfer') = (from_id is not null) and (from_id is null or from_id <> to_id))
);

-- What may still come to a location.
create index supply_coming on supply (to_id) where state in ('in_transit', 'ordered', 'partially_received');

create table supply_line (
    supply_id uuid not null references supply (id),
    variant_id uuid not null,
    position bigint not null,
    quantity bigint not null check (quantity > 0),
    received bigint not null check (received >= 0),
    damaged bigint not null check (damaged >= 0),
    lost bigint not null check (lost >= 0),
    cost_minor bigint,
    primary key (supply_id, variant_id),
    constraint supply_not_more_than_sent check (received + damaged + lost <= quantity)
);

create index supply_line_variant on supply_line (variant_id);
create index movement_source on movement (source_id) where source_id is not null;
