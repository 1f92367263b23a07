-- Money that goes back. What is in `content` is never asked for in a query.
create table refund (
    id blob primary key,
    order_id blob not null references placed_order (id),
    position integer not null,
    state text not null check (state in ('pending', 'succeeded', 'failed')),
    amount_minor integer not null check (amount_minor >= 0),
    content text not null,
    failure text,
    attempts integer not null,
    created_at text not null,
    settled_at text,
    unique (order_id, position)
) strict;

create index refund_pending on refund (created_at) where state = 'pending';

-- Invoices and credit notes as they were issued.
create table document (
    id blob primary key,
    order_id blob not null references placed_order (id),
    kind text not null check (kind in ('invoice', 'credit_note')),
    number integer not null,
    refund_id blob unique references refund (id),
    content text not null,
    issued_at text not null,
    constraint document_number unique (kind, number)
) strict;

create index document_of_order on document (order_id, id);
create unique index document_invoice_once on document (order_id) where kind = 'invoice';

insert into order_counter (name, value) values ('invoice', 0), ('credit_note', 0);

-- The merchant's own words for an order: `tag` as it was typed, `tag_key` in lower case.
create table order_tag (
    order_id blob not null references placed_order (id),
    position integer not null,
    tag text not null,
    tag_key text not null,
    primary key (order_id, tag_key)
) strict, without rowid;

create index order_tag_key on order_tag (tag_key, order_id);

drop index placed_order_payment;
alter table placed_order add column payment_next text not null default 'none'
    check (payment_next in ('none', 'authorized', 'paid', 'partially_refunded', 'refunded', 'voided'));
update placed_order set payment_next = payment_status;
alter table placed_order drop column payment_status;
alter table placed_order rename column payment_next to payment_status;
create index placed_order_payment on placed_order (payment_status, id);

-- What went back, and whether there is anything to read in the tables above.
alter table placed_order add column refunded_minor integer not null default 0
    check (refunded_minor >= 0 and refunded_minor <= total_minor);
alter table placed_order add column refund_count integer not null default 0;
alter table placed_order add column tag_count integer not null default 0;
