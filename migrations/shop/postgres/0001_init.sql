-- One row.
create table settings (
    id bigint primary key check (id = 1),
    content jsonb not null,
    version bigint not null
);

-- A prefix belongs to the papers that had it first: with the other kind's numbers it could name two papers alike.
create table prefix (
    -- In lower case.
    prefix text primary key,
    kind text not null check (kind in ('invoice', 'credit_note'))
);
