-- What the shopper has to do before the payment goes on: the address of a bank's page is a secret of theirs.
alter table payment add column action jsonb;

-- The test gateway's own books: a charge whose holder is asked, where they go afterwards, and refunds that take a while.
alter table test_charge drop constraint test_charge_state_check;
alter table test_charge add constraint test_charge_state_check check (state in
    ('requires_action', 'authorized', 'captured', 'declined', 'voided'));
alter table test_charge add column return_url text;
alter table test_charge add column statement text not null default '';
alter table test_charge drop constraint test_charge_refunds_check;
alter table test_charge add constraint test_charge_refunds_check
    check (refunds in ('succeed', 'decline', 'lose_answer', 'take_time'));
