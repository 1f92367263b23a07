-- Orders that staff write. What is bought stands in the cart; the rest of the row is what a list shows of it.
create table draft_order (
    id uuid primary key,
    cart_token text not null,
    -- Under this id it is placed; anew after a refusal.
    checkout_id uuid not null,
    state text not null check (state in ('open', 'placed', 'discarded')),
    order_id uuid,
    name text not null,
    email text not null,
    item_count bigint not null,
    total_minor bigint not null,
    currency text not null,
    version bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    check ((state = 'placed') = (order_id is not null))
);

create index draft_order_open on draft_order (id) where state = 'open';
