-- What goes back, by the id that its order gave it.
create table refund (
    id blob primary key,
    payment_id blob not null references payment (id),
    amount_minor integer not null check (amount_minor > 0),
    state text not null check (state in ('pending', 'succeeded', 'failed')),
    gateway_ref text,
    failure text,
    created_at text not null,
    updated_at text not null
) strict;

create index refund_of_payment on refund (payment_id);

alter table payment add column refunded_minor integer not null default 0
    check (refunded_minor >= 0 and refunded_minor <= captured_minor);
alter table payment add column status_next text not null default 'created' check (status_next in
    ('created', 'requires_action', 'processing', 'authorized', 'captured', 'partially_refunded', 'refunded', 'failed',
     'voided'));
update payment set status_next = status;
alter table payment drop column status;
alter table payment rename column status_next to status;

create table gateway_event_next (
    id blob primary key,
    payment_id blob not null references payment (id),
    gateway text not null,
    gateway_ref text not null,
    kind text not null check (kind in ('authorization', 'charge', 'cancel', 'refund')),
    outcome text not null check (outcome in ('success', 'failure')),
    amount_minor integer not null,
    detail text not null,
    at text not null,
    constraint gateway_event_once unique (gateway, gateway_ref, kind)
) strict;

insert into gateway_event_next
    select id, payment_id, gateway, gateway_ref, kind, outcome, amount_minor, detail, at from gateway_event;
drop table gateway_event;
alter table gateway_event_next rename to gateway_event;
create index gateway_event_of_payment on gateway_event (payment_id);

-- The test gateway's own books of what it sent back; `refunds` is what it was told to answer.
alter table test_charge add column refunds text not null default 'succeed'
    check (refunds in ('succeed', 'decline', 'lose_answer'));
create table test_refund (
    reference text primary key,
    charge text not null references test_charge (reference),
    amount_minor integer not null check (amount_minor > 0),
    at text not null
) strict;

create index test_refund_of_charge on test_refund (charge);
