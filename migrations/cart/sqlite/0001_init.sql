-- A cart is read and written as a whole: its lines, codes and addresses are one document.
create table cart (
    id blob primary key,
    state text not null check (state in ('active', 'completing', 'completed', 'merged')),
    customer_id blob,
    content text not null,
    checkout_id blob,
    order_id blob,
    version integer not null,
    created_at text not null,
    updated_at text not null
) strict;

create unique index cart_of_customer on cart (customer_id) where state = 'active' and customer_id is not null;
