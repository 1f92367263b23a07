create table method (
    id blob primary key,
    name text not null unique,
    description text not null,
    countries text not null,
    rates text not null,
    days_min integer not null check (days_min >= 0),
    days_max integer not null check (days_max >= days_min),
    position integer not null
) strict;
