-- The saga's memory: which step was reached, and the ids of everything it makes, chosen before the first step.
create table checkout (
    id blob primary key,
    cart_id blob,
    order_id blob not null,
    payment_id blob not null,
    reservation_id blob not null,
    customer_id blob,
    state text not null check (state in
        ('started', 'locked', 'reserved', 'placed', 'done', 'undoing', 'failed')),
    request text not null,
    cart text,
    failure text,
    attempts integer not null,
    created_at text not null,
    updated_at text not null
) strict;

create index checkout_unfinished on checkout (updated_at) where state not in ('done', 'failed');

create table order_counter (
    name text primary key,
    value integer not null
) strict;

insert into order_counter (name, value) values ('order', 1000);

create table placed_order (
    id blob primary key,
    number integer not null unique,
    checkout_id blob not null unique,
    payment_id blob not null,
    reservation_id blob not null,
    customer_id blob,
    status text not null check (status in ('pending', 'open', 'completed', 'cancelled')),
    payment_status text not null check (payment_status in ('none', 'authorized', 'paid', 'voided')),
    fulfillment_status text not null check (fulfillment_status in ('unfulfilled', 'fulfilled', 'cancelled')),
    email text not null,
    content text not null,
    currency text not null,
    item_count integer not null,
    subtotal_minor integer not null check (subtotal_minor >= 0),
    discount_minor integer not null check (discount_minor >= 0),
    shipping_minor integer not null check (shipping_minor >= 0),
    shipping_discount_minor integer not null check (shipping_discount_minor >= 0),
    tax_minor integer not null check (tax_minor >= 0),
    tax_inclusive integer not null,
    total_minor integer not null check (total_minor >= 0),
    version integer not null,
    placed_at text not null,
    updated_at text not null
) strict;

create index placed_order_of_customer on placed_order (customer_id, id);

create table order_line (
    id blob primary key,
    order_id blob not null references placed_order (id),
    position integer not null,
    variant_id blob not null,
    product_id blob not null,
    product_handle text not null,
    product_title text not null,
    variant_title text not null,
    sku text,
    media text,
    quantity integer not null check (quantity > 0),
    unit_price_minor integer not null check (unit_price_minor >= 0),
    discount_minor integer not null check (discount_minor >= 0),
    tax_minor integer not null check (tax_minor >= 0),
    total_minor integer not null check (total_minor >= 0)
) strict;

create index order_line_of_order on order_line (order_id, position);
