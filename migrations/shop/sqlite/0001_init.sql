-- One row.
create table settings (
    id integer primary key check (id = 1),
    content text not null,
    version integer not null
) strict;

-- A prefix belongs to the papers that had it first: with the other kind's numbers it could name two papers alike.
create table prefix (
    -- In lower case.
    prefix text primary key,
    kind text not null check (kind in ('invoice', 'credit_note'))
) strict;
