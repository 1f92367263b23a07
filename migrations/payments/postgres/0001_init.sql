create table payment (
    id uuid primary key,
    order_id uuid not null,
    method text not null,
    status text not null check (status in
        ('created', 'requires_action', 'processing', 'authorized', 'captured', 'failed', 'voided')),
    amount_minor bigint not null check (amount_minor >= 0),
    currency text not null,
    captured_minor bigint not null check (captured_minor >= 0),
    gateway_ref text,
    failure text,
    instructions text,
    version bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint payment_not_overcaptured check (captured_minor <= amount_minor)
);

create index payment_of_order on payment (order_id);

-- What was asked of a gateway and what it answered, as it happened.
create table gateway_event (
    id uuid primary key,
    payment_id uuid not null references payment (id),
    gateway text not null,
    gateway_ref text not null,
    kind text not null check (kind in ('authorization', 'charge', 'cancel')),
    outcome text not null check (outcome in ('success', 'failure')),
    amount_minor bigint not null,
    detail text not null,
    at timestamptz not null,
    constraint gateway_event_once unique (gateway, gateway_ref, kind)
);

create index gateway_event_of_payment on gateway_event (payment_id);

-- Double entry: the rows of one journal add up to nothing. Debits are positive, credits negative.
create table ledger_entry (
    id uuid primary key,
    journal_id uuid not null,
    payment_id uuid not null references payment (id),
    account text not null,
    amount_minor bigint not null check (amount_minor <> 0),
    currency text not null,
    at timestamptz not null
);

create index ledger_entry_of_payment on ledger_entry (payment_id);

-- The test gateway's own books: what a real one would keep on its side.
create table test_charge (
    reference text primary key,
    amount_minor bigint not null,
    currency text not null,
    state text not null check (state in ('authorized', 'captured', 'declined', 'voided')),
    failure text,
    at timestamptz not null
);
