-- Orders that staff write. What is bought stands in the cart; the rest of the row is what a list shows of it.
create table draft_order (
    id blob primary key,
    cart_token text not null,
    -- Under this id it is placed; anew after a refusal.
    checkout_id blob not null,
    state text not null check (state in ('open', 'placed', 'discarded')),
    order_id blob,
    name text not null,
    email text not null,
    item_count integer not null,
    total_minor integer not null,
    currency text not null,
    version integer not null,
    created_at text not null,
    updated_at text not null,
    check ((state = 'placed') = (order_id is not null))
) strict;

create index draft_order_open on draft_order (id) where state = 'open';
