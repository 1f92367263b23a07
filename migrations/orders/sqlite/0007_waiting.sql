-- A checkout that waits for its shopper's bank, and until when.
create table checkout_next (
    id blob primary key,
    cart_id blob,
    order_id blob not null,
    payment_id blob not null,
    reservation_id blob not null,
    customer_id blob,
    state text not null check (state in
        ('started', 'locked', 'waiting', 'placed', 'cancelling', 'done', 'undoing', 'failed')),
    request text not null,
    cart text,
    failure text,
    attempts integer not null,
    created_at text not null,
    updated_at text not null,
    waits_until text
) strict;

insert into checkout_next
    select id, cart_id, order_id, payment_id, reservation_id, customer_id, state, request, cart, failure, attempts,
           created_at, updated_at, null
    from checkout;

drop table checkout;

alter table checkout_next rename to checkout;

create index checkout_unfinished on checkout (updated_at) where state not in ('done', 'failed');
create index checkout_waiting on checkout (cart_id) where state = 'waiting';
create index checkout_waiting_for on checkout (order_id) where state = 'waiting';
