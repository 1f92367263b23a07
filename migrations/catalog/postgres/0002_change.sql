-- What each commit changed, for the other processes that keep lists of the same database in memory.
create table catalog_change (
    revision bigint primary key,
    everything boolean not null,
    collections boolean not null,
    products jsonb not null
);
