-- What gateways tell unasked, kept as it came before anything of it is believed.
create table notice (
    id blob primary key,
    gateway text not null,
    signature text not null,
    body blob not null,
    state text not null check (state in ('received', 'verified', 'done', 'ignored', 'refused', 'failed')),
    event text,
    kind text,
    gateway_ref text,
    amount_minor integer,
    currency text,
    payment_id blob references payment (id),
    failure text,
    attempts integer not null,
    version integer not null,
    received_at text not null,
    updated_at text not null
) strict;

-- What was told before names no event again, so each is acted on once.
create unique index notice_once on notice (gateway, event);
create index notice_unfinished on notice (received_at) where state in ('received', 'verified');
create index payment_by_reference on payment (gateway_ref);
