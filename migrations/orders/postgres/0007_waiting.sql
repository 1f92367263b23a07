-- A checkout that waits for its shopper's bank, and until when.
alter table checkout drop constraint checkout_state_check;
alter table checkout add constraint checkout_state_check check (state in
    ('started', 'locked', 'waiting', 'placed', 'cancelling', 'done', 'undoing', 'failed'));
alter table checkout add column waits_until timestamptz;

create index checkout_waiting on checkout (cart_id) where state = 'waiting';
create index checkout_waiting_for on checkout (order_id) where state = 'waiting';
