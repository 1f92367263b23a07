-- An order that staff gives up is a state of its checkout, so that a crash in between is taken up. What was
-- 'reserved' is 'locked': its next step finds the reservation by its id.
alter table checkout drop constraint checkout_state_check;

update checkout set state = 'locked' where state = 'reserved';

alter table checkout add constraint checkout_state_check check (state in
    ('started', 'locked', 'placed', 'cancelling', 'done', 'undoing', 'failed'));
