-- What goes back, by the id that its order gave it.
create table refund (
    id uuid primary key,
    payment_id uuid not null references payment (id),
    amount_minor bigint not null check (amount_minor > 0),
    state text not null check (state in ('pending', 'succeeded', 'failed')),
    gateway_ref text,
    failure text,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

create index refund_of_payment on refund (payment_id);

alter table payment add column refunded_minor bigint not null default 0
    check (refunded_minor >= 0 and refunded_minor <= captured_minor);
alter table payment drop constraint payment_status_check;
alter table payment add constraint payment_status_check check (status in
    ('created', 'requires_action', 'processing', 'authorized', 'captured', 'partially_refunded', 'refunded', 'failed',
     'voided'));

alter table gateway_event drop constraint gateway_event_kind_check;
alter table gateway_event add constraint gateway_event_kind_check
    check (kind in ('authorization', 'charge', 'cancel', 'refund'));

-- The test gateway's own books of what it sent back; `refunds` is what it was told to answer.
alter table test_charge add column refunds text not null default 'succeed'
    check (refunds in ('succeed', 'decline', 'lose_answer'));
create table test_refund (
    reference text primary key,
    charge text not null references test_charge (reference),
    amount_minor bigint not null check (amount_minor > 0),
    at timestamptz not null
);

create index test_refund_of_charge on test_refund (charge);
