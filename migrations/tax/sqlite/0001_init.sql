create table tax_class (
    id blob primary key,
    name text not null unique,
    is_default integer not null,
    version integer not null
) strict;

create unique index tax_class_default on tax_class (is_default) where is_default = 1;

create table tax_zone (
    id blob primary key,
    name text not null unique,
    -- Its tax is in the prices.
    is_home integer not null,
    places text not null,
    rates text not null,
    version integer not null
) strict;

create unique index tax_zone_home on tax_zone (is_home) where is_home = 1;

-- One row: what the shop decides for all of them.
create table tax_settings (
    id integer primary key check (id = 1),
    inclusive integer not null,
    level text not null check (level in ('unit', 'line', 'total')),
    rounding text not null check (rounding in ('half_up', 'half_even')),
    -- None: delivery is taxed as the goods are.
    shipping_class blob,
    version integer not null
) strict;
