create table tax_class (
    id uuid primary key,
    name text not null unique,
    is_default boolean not null,
    version bigint not null
);

create unique index tax_class_default on tax_class (is_default) where is_default;

create table tax_zone (
    id uuid primary key,
    name text not null unique,
    -- Its tax is in the prices.
    is_home boolean not null,
    places jsonb not null,
    rates jsonb not null,
    version bigint not null
);

create unique index tax_zone_home on tax_zone (is_home) where is_home;

-- One row: what the shop decides for all of them.
create table tax_settings (
    id bigint primary key check (id = 1),
    inclusive boolean not null,
    level text not null check (level in ('unit', 'line', 'total')),
    rounding text not null check (rounding in ('half_up', 'half_even')),
    -- None: delivery is taxed as the goods are.
    shipping_class uuid,
    version bigint not null
);
