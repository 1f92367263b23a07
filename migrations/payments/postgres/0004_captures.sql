-- When the money is taken, in how many parts, and until when it is held; as it was when the shopper paid.
alter table payment add column method_name text not null default '';
update payment set method_name = case method
    when 'test' then 'Card (test mode)' when 'bank_transfer' then 'Bank transfer'
    when 'manual' then 'Outside the shop' else method end;
alter table payment add column capture text not null default 'at_once'
    check (capture in ('at_once', 'at_shipping', 'by_hand'));
alter table payment add column in_parts boolean not null default false;
alter table payment add column held_until timestamptz;
alter table payment add column released_minor bigint not null default 0
    check (released_minor >= 0 and captured_minor + released_minor <= amount_minor);
alter table payment drop constraint payment_status_check;
alter table payment add constraint payment_status_check check (status in
    ('created', 'requires_action', 'processing', 'authorized', 'partially_captured', 'captured', 'partially_refunded',
     'refunded', 'failed', 'voided', 'expired'));

create index payment_held on payment (held_until) where status in ('authorized', 'partially_captured');

-- What is taken, by the id that whoever asks gave it. The capture of a whole payment has the payment's id.
create table capture (
    id uuid primary key,
    payment_id uuid not null references payment (id),
    amount_minor bigint not null check (amount_minor >= 0),
    state text not null check (state in ('pending', 'succeeded', 'failed')),
    gateway_ref text,
    failure text,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

create index capture_of_payment on capture (payment_id);

insert into capture (id, payment_id, amount_minor, state, gateway_ref, created_at, updated_at)
    select id, id, captured_minor, 'succeeded', gateway_ref, updated_at, updated_at from payment
    where status in ('captured', 'partially_refunded', 'refunded');

-- The test gateway's own books.
alter table test_charge add column captured_minor bigint not null default 0
    check (captured_minor >= 0 and captured_minor <= amount_minor);
update test_charge set captured_minor = amount_minor where state = 'captured';
alter table test_charge add column in_parts boolean not null default true;
alter table test_charge add column held_until timestamptz;

alter table test_charge add column captures text not null default 'succeed'
    check (captures in ('succeed', 'refuse', 'lose_answer'));

create table test_capture (
    reference text primary key,
    charge text not null references test_charge (reference),
    amount_minor bigint not null check (amount_minor >= 0),
    at timestamptz not null
);

create index test_capture_of_charge on test_capture (charge);
