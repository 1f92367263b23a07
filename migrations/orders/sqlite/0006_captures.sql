-- A part of an order's money may have come: `captured_minor` of `total_minor`.
drop index placed_order_payment;
alter table placed_order add column payment_next text not null default 'none' check (payment_next in
    ('none', 'authorized', 'partially_paid', 'paid', 'partially_refunded', 'refunded', 'voided'));
update placed_order set payment_next = payment_status;
alter table placed_order drop column payment_status;
alter table placed_order rename column payment_next to payment_status;
create index placed_order_payment on placed_order (payment_status, id);

alter table placed_order add column captured_minor integer not null default 0
    check (captured_minor >= 0 and captured_minor <= total_minor);
update placed_order set captured_minor = total_minor
    where payment_status in ('paid', 'partially_refunded', 'refunded');

-- What is taken for a parcel when it leaves, where the way to pay takes money at shipping.
create table parcel_capture (
    fulfillment_id blob primary key references fulfillment (id),
    order_id blob not null references placed_order (id),
    amount_minor integer not null check (amount_minor >= 0),
    state text not null check (state in ('pending', 'succeeded', 'failed')),
    failure text,
    attempts integer not null,
    created_at text not null,
    settled_at text
) strict;

create index parcel_capture_pending on parcel_capture (created_at) where state = 'pending';
