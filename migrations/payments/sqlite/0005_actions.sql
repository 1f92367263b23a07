-- What the shopper has to do before the payment goes on: the address of a bank's page is a secret of theirs.
alter table payment add column action text;

-- The test gateway's own books: a charge whose holder is asked, where they go afterwards, and refunds that take a while.
alter table test_charge add column state_next text not null default 'authorized' check (state_next in
    ('requires_action', 'authorized', 'captured', 'declined', 'voided'));
update test_charge set state_next = state;
alter table test_charge drop column state;
alter table test_charge rename column state_next to state;
alter table test_charge add column return_url text;
alter table test_charge add column statement text not null default '';
alter table test_charge add column refunds_next text not null default 'succeed'
    check (refunds_next in ('succeed', 'decline', 'lose_answer', 'take_time'));
update test_charge set refunds_next = refunds;
alter table test_charge drop column refunds;
alter table test_charge rename column refunds_next to refunds;
