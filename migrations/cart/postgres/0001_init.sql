-- A cart is read and written as a whole: its lines, codes and addresses are one document.
create table cart (
    id uuid primary key,
    state text not null check (state in ('active', 'completing', 'completed', 'merged')),
    customer_id uuid,
    content jsonb not null,
    checkout_id uuid,
    order_id uuid,
    version bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

create unique index cart_of_customer on cart (customer_id) where state = 'active' and customer_id is not null;
