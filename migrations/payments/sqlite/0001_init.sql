create table payment (
    id blob primary key,
    order_id blob not null,
    method text not null,
    status text not null check (status in
        ('created', 'requires_action', 'processing', 'authorized', 'captured', 'failed', 'voided')),
    amount_minor integer not null check (amount_minor >= 0),
    currency text not null,
    captured_minor integer not null check (captured_minor >= 0),
    gateway_ref text,
    failure text,
    instructions text,
    version integer not null,
    created_at text not null,
    updated_at text not null,
    constraint payment_not_overcaptured check (captured_minor <= amount_minor)
) strict;

create index payment_of_order on payment (order_id);

-- What was asked of a gateway and what it answered, as it happened.
create table gateway_event (
    id blob primary key,
    payment_id blob not null references payment (id),
    gateway text not null,
    gateway_ref text not null,
    kind text not null check (kind in ('authorization', 'charge', 'cancel')),
    outcome text not null check (outcome in ('success', 'failure')),
    amount_minor integer not null,
    detail text not null,
    at text not null,
    constraint gateway_event_once unique (gateway, gateway_ref, kind)
) strict;

create index gateway_event_of_payment on gateway_event (payment_id);

-- Double entry: the rows of one journal add up to nothing. Debits are positive, credits negative.
create table ledger_entry (
    id blob primary key,
    journal_id blob not null,
    payment_id blob not null references payment (id),
    account text not null,
    amount_minor integer not null check (amount_minor <> 0),
    currency text not null,
    at text not null
) strict;

create index ledger_entry_of_payment on ledger_entry (payment_id);

-- The test gateway's own books: what a real one would keep on its side.
create table test_charge (
    reference text primary key,
    amount_minor integer not null,
    currency text not null,
    state text not null check (state in ('authorized', 'captured', 'declined', 'voided')),
    failure text,
    at text not null
) strict;
