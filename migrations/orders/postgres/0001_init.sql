-- The saga's memory: which step was reached, and the ids of everything it makes, chosen before the first step.
create table checkout (
    id uuid primary key,
    cart_id uuid,
    order_id uuid not null,
    payment_id uuid not null,
    reservation_id uuid not null,
    customer_id uuid,
    state text not null check (state in
        ('started', 'locked', 'reserved', 'placed', 'done', 'undoing', 'failed')),
    request jsonb not null,
    cart jsonb,
    failure jsonb,
    attempts bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

create index checkout_unfinished on checkout (updated_at) where state not in ('done', 'failed');

create table order_counter (
    name text primary key,
    value bigint not null
);

insert into order_counter (name, value) values ('order', 1000);

create table placed_order (
    id uuid primary key,
    number bigint not null unique,
    checkout_id uuid not null unique,
    payment_id uuid not null,
    reservation_id uuid not null,
    customer_id uuid,
    status text not null check (status in ('pending', 'open', 'completed', 'cancelled')),
    payment_status text not null check (payment_status in ('none', 'authorized', 'paid', 'voided')),
    fulfillment_status text not null check (fulfillment_status in ('unfulfilled', 'fulfilled', 'cancelled')),
    email text not null,
    content jsonb not null,
    currency text not null,
    item_count bigint not null,
    subtotal_minor bigint not null check (subtotal_minor >= 0),
    discount_minor bigint not null check (discount_minor >= 0),
    shipping_minor bigint not null check (shipping_minor >= 0),
    shipping_discount_minor bigint not null check (shipping_discount_minor >= 0),
    tax_minor bigint not null check (tax_minor >= 0),
    tax_inclusive boolean not null,
    total_minor bigint not null check (total_minor >= 0),
    version bigint not null,
    placed_at timestamptz not null,
    updated_at timestamptz not null
);

create index placed_order_of_customer on placed_order (customer_id, id);

create table order_line (
    id uuid primary key,
    order_id uuid not null references placed_order (id),
    position bigint not null,
    variant_id uuid not null,
    product_id uuid not null,
    product_handle text not null,
    product_title text not null,
    variant_title text not null,
    sku text,
    media jsonb,
    quantity bigint not null check (quantity > 0),
    unit_price_minor bigint not null check (unit_price_minor >= 0),
    discount_minor bigint not null check (discount_minor >= 0),
    tax_minor bigint not null check (tax_minor >= 0),
    total_minor bigint not null check (total_minor >= 0)
);

create index order_line_of_order on order_line (order_id, position);
