-- What each commit changed, for the other processes that keep lists of the same database in memory.
create table catalog_change (
    revision integer primary key,
    everything integer not null check (everything in (0, 1)),
    collections integer not null check (collections in (0, 1)),
    products text not null
) strict;
