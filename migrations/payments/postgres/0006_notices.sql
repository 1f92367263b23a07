-- What gateways tell unasked, kept as it came before anything of it is believed.
create table notice (
    id uuid primary key,
    gateway text not null,
    signature text not null,
    body bytea not null,
    state text not null check (state in ('received', 'verified', 'done', 'ignored', 'refused', 'failed')),
    event text,
    kind text,
    gateway_ref text,
    amount_minor bigint,
    currency text,
    payment_id uuid references payment (id),
    failure text,
    attempts bigint not null,
    version bigint not null,
    received_at timestamptz not null,
    updated_at timestamptz not null
);

-- What was told before names no event again, so each is acted on once.
create unique index notice_once on notice (gateway, event);
create index notice_unfinished on notice (received_at) where state in ('received', 'verified');
create index payment_by_reference on payment (gateway_ref);
