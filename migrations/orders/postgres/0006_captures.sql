-- A part of an order's money may have come: `captured_minor` of `total_minor`.
alter table placed_order drop constraint placed_order_payment_status_check;
alter table placed_order add constraint placed_order_payment_status_check check (payment_status in
    ('none', 'authorized', 'partially_paid', 'paid', 'partially_refunded', 'refunded', 'voided'));

alter table placed_order add column captured_minor bigint not null default 0
    check (captured_minor >= 0 and captured_minor <= total_minor);
update placed_order set captured_minor = total_minor
    where payment_status in ('paid', 'partially_refunded', 'refunded');

-- What is taken for a parcel when it leaves, where the way to pay takes money at shipping.
create table parcel_capture (
    fulfillment_id uuid primary key references fulfillment (id),
    order_id uuid not null references placed_order (id),
    amount_minor bigint not null check (amount_minor >= 0),
    state text not null check (state in ('pending', 'succeeded', 'failed')),
    failure text,
    attempts bigint not null,
    created_at timestamptz not null,
    settled_at timestamptz
);

create index parcel_capture_pending on parcel_capture (created_at) where state = 'pending';
