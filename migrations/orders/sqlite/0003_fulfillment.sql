-- Parcels: what is packed and travels together.
create table fulfillment (
    id blob primary key,
    order_id blob not null references placed_order (id),
    position integer not null,
    state text not null check (state in ('pending', 'processing', 'shipped', 'delivered', 'cancelled')),
    tracking text,
    created_at text not null,
    shipped_at text,
    delivered_at text,
    unique (order_id, position)
) strict;

create table fulfillment_line (
    fulfillment_id blob not null references fulfillment (id),
    order_line_id blob not null references order_line (id),
    quantity integer not null check (quantity > 0),
    primary key (fulfillment_id, order_line_id)
) strict, without rowid;

alter table placed_order add column fulfillment_next text not null default 'unfulfilled'
    check (fulfillment_next in ('unfulfilled', 'partially_fulfilled', 'fulfilled', 'partially_delivered', 'delivered',
                                'cancelled'));
update placed_order set fulfillment_next = fulfillment_status;
alter table placed_order drop column fulfillment_status;
alter table placed_order rename column fulfillment_next to fulfillment_status;

-- Whom it is sent to, and how staff look for it: in lower case, by the beginning.
alter table placed_order add column recipient text not null default '';
alter table placed_order add column email_key text not null default '';
alter table placed_order add column recipient_key text not null default '';
alter table placed_order add column last_name_key text not null default '';
update placed_order set
    recipient = coalesce(content ->> '$.shipping_address.name', ''),
    recipient_key = lower(coalesce(content ->> '$.shipping_address.name', '')),
    email_key = lower(email);

create index placed_order_email on placed_order (email_key, id);
create index placed_order_recipient on placed_order (recipient_key, id);
create index placed_order_last_name on placed_order (last_name_key, id);
create index placed_order_payment on placed_order (payment_status, id);
create index placed_order_fulfillment on placed_order (fulfillment_status, id);
create index placed_order_at on placed_order (placed_at);
