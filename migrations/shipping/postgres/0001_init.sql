create table method (
    id uuid primary key,
    name text not null unique,
    description text not null,
    countries jsonb not null,
    rates jsonb not null,
    days_min bigint not null check (days_min >= 0),
    days_max bigint not null check (days_max >= days_min),
    position bigint not null
);
