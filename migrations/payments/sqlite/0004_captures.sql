-- When the money is taken, in how many parts, and until when it is held; as it was when the shopper paid.
alter table payment add column method_name text not null default '';
update payment set method_name = case method
    when 'test' then 'Card (test mode)' when 'bank_transfer' then 'Bank transfer'
    when 'manual' then 'Outside the shop' else method end;
alter table payment add column capture text not null default 'at_once'
    check (capture in ('at_once', 'at_shipping', 'by_hand'));
alter table payment add column in_parts integer not null default 0 check (in_parts in (0, 1));
alter table payment add column held_until text;
alter table payment add column released_minor integer not null default 0
    check (released_minor >= 0 and captured_minor + released_minor <= amount_minor);
alter table payment add column status_next text not null default 'created' check (status_next in
    ('created', 'requires_action', 'processing', 'authorized', 'partially_captured', 'captured', 'partially_refunded',
     'refunded', 'failed', 'voided', 'expired'));
update payment set status_next = status;
alter table payment drop column status;
alter table payment rename column status_next to status;

create index payment_held on payment (held_until) where status in ('authorized', 'partially_captured');

-- What is taken, by the id that whoever asks gave it. The capture of a whole payment has the payment's id.
create table capture (
    id blob primary key,
    payment_id blob not null references payment (id),
    amount_minor integer not null check (amount_minor >= 0),
    state text not null check (state in ('pending', 'succeeded', 'failed')),
    gateway_ref text,
    failure text,
    created_at text not null,
    updated_at text not null
) strict;

create index capture_of_payment on capture (payment_id);

insert into capture (id, payment_id, amount_minor, state, gateway_ref, created_at, updated_at)
    select id, id, captured_minor, 'succeeded', gateway_ref, updated_at, updated_at from payment
    where status in ('captured', 'partially_refunded', 'refunded');

-- The test gateway's own books.
alter table test_charge add column captured_minor integer not null default 0
    check (captured_minor >= 0 and captured_minor <= amount_minor);
update test_charge set captured_minor = amount_minor where state = 'captured';
alter table test_charge add column in_parts integer not null default 1 check (in_parts in (0, 1));
alter table test_charge add column held_until text;

alter table test_charge add column captures text not null default 'succeed'
    check (captures in ('succeed', 'refuse', 'lose_answer'));

create table test_capture (
    reference text primary key,
    charge text not null references test_charge (reference),
    amount_minor integer not null check (amount_minor >= 0),
    at text not null
) strict;

create index test_capture_of_charge on test_capture (charge);
