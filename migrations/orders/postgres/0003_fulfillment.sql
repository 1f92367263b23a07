-- Parcels: what is packed and travels together.
create table fulfillment (
    id uuid primary key,
    order_id uuid not null references placed_order (id),
    position bigint not null,
    state text not null check (state in ('pending', 'processing', 'shipped', 'delivered', 'cancelled')),
    tracking jsonb,
    created_at timestamptz not null,
    shipped_at timestamptz,
    delivered_at timestamptz,
    unique (order_id, position)
);

create table fulfillment_line (
    fulfillment_id uuid not null references fulfillment (id),
    order_line_id uuid not null references order_line (id),
    quantity bigint not null check (quantity > 0),
    primary key (fulfillment_id, order_line_id)
);

alter table placed_order drop constraint placed_order_fulfillment_status_check;
alter table placed_order add constraint placed_order_fulfillment_status_check
    check (fulfillment_status in ('unfulfilled', 'partially_fulfilled', 'fulfilled', 'partially_delivered', 'delivered',
                                  'cancelled'));

-- Whom it is sent to, and how staff look for it: in lower case, by the beginning, whatever the database's collation.
alter table placed_order add column recipient text not null default '';
alter table placed_order add column email_key text collate "C" not null default '';
alter table placed_order add column recipient_key text collate "C" not null default '';
alter table placed_order add column last_name_key text collate "C" not null default '';
update placed_order set
    recipient = coalesce(content -> 'shipping_address' ->> 'name', ''),
    recipient_key = lower(coalesce(content -> 'shipping_address' ->> 'name', '')),
    email_key = lower(email);

create index placed_order_email on placed_order (email_key, id);
create index placed_order_recipient on placed_order (recipient_key, id);
create index placed_order_last_name on placed_order (last_name_key, id);
create index placed_order_payment on placed_order (payment_status, id);
create index placed_order_fulfillment on placed_order (fulfillment_status, id);
create index placed_order_at on placed_order (placed_at);
