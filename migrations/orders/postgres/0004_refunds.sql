-- Money that goes back. What is in `content` is never asked for in a query.
create table refund (
    id uuid primary key,
    order_id uuid not null references placed_order (id),
    position bigint not null,
    state text not null check (state in ('pending', 'succeeded', 'failed')),
    amount_minor bigint not null check (amount_minor >= 0),
    content jsonb not null,
    failure text,
    attempts bigint not null,
    created_at timestamptz not null,
    settled_at timestamptz,
    unique (order_id, position)
);

create index refund_pending on refund (created_at) where state = 'pending';

-- Invoices and credit notes as they were issued.
create table document (
    id uuid primary key,
    order_id uuid not null references placed_order (id),
    kind text not null check (kind in ('invoice', 'credit_note')),
    number bigint not null,
    refund_id uuid unique references refund (id),
    content jsonb not null,
    issued_at timestamptz not null,
    constraint document_number unique (kind, number)
);

create index document_of_order on document (order_id, id);
create unique index document_invoice_once on document (order_id) where kind = 'invoice';

insert into order_counter (name, value) values ('invoice', 0), ('credit_note', 0);

-- The merchant's own words for an order: `tag` as it was typed, `tag_key` in lower case.
create table order_tag (
    order_id uuid not null references placed_order (id),
    position bigint not null,
    tag text not null,
    tag_key text not null,
    primary key (order_id, tag_key)
);

create index order_tag_key on order_tag (tag_key, order_id);

alter table placed_order drop constraint placed_order_payment_status_check;
alter table placed_order add constraint placed_order_payment_status_check
    check (payment_status in ('none', 'authorized', 'paid', 'partially_refunded', 'refunded', 'voided'));

-- What went back, and whether there is anything to read in the tables above.
alter table placed_order add column refunded_minor bigint not null default 0
    check (refunded_minor >= 0 and refunded_minor <= total_minor);
alter table placed_order add column refund_count bigint not null default 0;
alter table placed_order add column tag_count bigint not null default 0;
