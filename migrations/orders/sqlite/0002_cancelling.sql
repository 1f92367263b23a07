-- An order that staff gives up is a state of its checkout, so that a crash in between is taken up. What was
-- 'reserved' is 'locked': its next step finds the reservation by its id.
create table checkout_next (
    id blob primary key,
    cart_id blob,
    order_id blob not null,
    payment_id blob not null,
    reservation_id blob not null,
    customer_id blob,
    state text not null check (state in
        ('started', 'locked', 'placed', 'cancelling', 'done', 'undoing', 'failed')),
    request text not null,
    cart text,
    failure text,
    attempts integer not null,
    created_at text not null,
    updated_at text not null
) strict;

insert into checkout_next
    select id, cart_id, order_id, payment_id, reservation_id, customer_id,
           case state when 'reserved' then 'locked' else state end, request, cart, failure, attempts, created_at,
           updated_at
    from checkout;

drop table checkout;

alter table checkout_next rename to checkout;

create index checkout_unfinished on checkout (updated_at) where state not in ('done', 'failed');
