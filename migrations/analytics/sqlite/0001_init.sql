-- One row per order, as reports count it. Day and hour are those of UTC since 1970.
create table sale (
    id blob primary key,
    number integer not null,
    -- The order's: an older one that arrives late changes nothing.
    version integer not null,
    placed_at text not null,
    day integer not null,
    hour integer not null,
    -- A keyed hash of the mail address: who bought before, and nothing else of them.
    buyer text not null,
    currency text not null,
    cancelled integer not null,
    paid integer not null,
    pieces integer not null,
    subtotal_minor integer not null,
    discount_minor integer not null,
    shipping_minor integer not null,
    tax_minor integer not null,
    total_minor integer not null,
    refunded_minor integer not null
) strict;

create index sale_of_day on sale (currency, day);
create index sale_on on sale (day);
create index sale_at on sale (placed_at, id);
create index sale_of_buyer on sale (buyer, placed_at, id);

create table sale_line (
    id blob primary key,
    sale_id blob not null references sale (id),
    product_id blob not null,
    variant_id blob not null,
    title text not null,
    quantity integer not null,
    total_minor integer not null
) strict;

create index sale_line_of_sale on sale_line (sale_id);

-- The categories that the product was in when it was sold.
create table sale_line_category (
    line_id blob not null references sale_line (id),
    handle text not null,
    title text not null,
    primary key (line_id, handle)
) strict, without rowid;

-- What people did in the shop on a day, in numbers.
create table visit_day (
    day integer primary key,
    views integer not null,
    visitors integer not null,
    carts integer not null,
    checkouts integer not null
) strict;

-- How far the orders from before there was analytics are counted.
create table progress (
    name text primary key,
    value text not null
) strict;
