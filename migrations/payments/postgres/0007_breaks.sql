-- Our books against the gateways': each comparison, and where the sides differ.
create table reconciliation (
    id uuid primary key,
    since timestamptz not null,
    until timestamptz not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    charges bigint not null default 0,
    foreign_charges bigint not null default 0,
    payments bigint not null default 0,
    breaks bigint not null default 0,
    failure text
);

create table payment_break (
    id uuid primary key,
    gateway text not null,
    gateway_ref text not null,
    payment_id uuid,
    order_id uuid,
    kind text not null,
    ours jsonb,
    theirs jsonb,
    fix text,
    state text not null check (state in ('open', 'fixed', 'settled', 'set_aside')),
    note text not null default '',
    begun_at timestamptz not null,
    found_at timestamptz not null,
    seen_at timestamptz not null,
    version bigint not null
);

-- One at a time for each payment.
create unique index payment_break_once on payment_break (gateway, gateway_ref) where state in ('open', 'set_aside');
create index payment_by_time on payment (method, created_at);
