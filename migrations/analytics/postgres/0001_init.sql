-- One row per order, as reports count it. Day and hour are those of UTC since 1970.
create table sale (
    id uuid primary key,
    number bigint not null,
    -- The order's: an older one that arrives late changes nothing.
    version bigint not null,
    placed_at timestamptz not null,
    day bigint not null,
    hour bigint not null,
    -- A keyed hash of the mail address: who bought before, and nothing else of them.
    buyer text not null,
    currency text not null,
    cancelled boolean not null,
    paid boolean not null,
    pieces bigint not null,
    subtotal_minor bigint not null,
    discount_minor bigint not null,
    shipping_minor bigint not null,
    tax_minor bigint not null,
    total_minor bigint not null,
    refunded_minor bigint not null
);

create index sale_of_day on sale (currency, day);
create index sale_on on sale (day);
create index sale_at on sale (placed_at, id);
create index sale_of_buyer on sale (buyer, placed_at, id);

create table sale_line (
    id uuid primary key,
    sale_id uuid not null references sale (id),
    product_id uuid not null,
    variant_id uuid not null,
    title text not null,
    quantity bigint not null,
    total_minor bigint not null
);

create index sale_line_of_sale on sale_line (sale_id);

-- The categories that the product was in when it was sold.
create table sale_line_category (
    line_id uuid not null references sale_line (id),
    handle text not null,
    title text not null,
    primary key (line_id, handle)
);

-- What people did in the shop on a day, in numbers.
create table visit_day (
    day bigint primary key,
    views bigint not null,
    visitors bigint not null,
    carts bigint not null,
    checkouts bigint not null
);

-- How far the orders from before there was analytics are counted.
create table progress (
    name text primary key,
    value text not null
);
