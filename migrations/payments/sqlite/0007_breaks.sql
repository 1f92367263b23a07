-- Our books against the gateways': each comparison, and where the sides differ.
create table reconciliation (
    id blob primary key,
    since text not null,
    until text not null,
    started_at text not null,
    finished_at text,
    charges integer not null default 0,
    foreign_charges integer not null default 0,
    payments integer not null default 0,
    breaks integer not null default 0,
    failure text
) strict;

create table payment_break (
    id blob primary key,
    gateway text not null,
    gateway_ref text not null,
    payment_id blob,
    order_id blob,
    kind text not null,
    ours text,
    theirs text,
    fix text,
    state text not null check (state in ('open', 'fixed', 'settled', 'set_aside')),
    note text not null default '',
    begun_at text not null,
    found_at text not null,
    seen_at text not null,
    version integer not null
) strict;

-- One at a time for each payment.
create unique index payment_break_once on payment_break (gateway, gateway_ref) where state in ('open', 'set_aside');
create index payment_by_time on payment (method, created_at);
