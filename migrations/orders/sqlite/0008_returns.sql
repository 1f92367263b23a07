-- Returns: pieces that shoppers send back.
create table order_return (
    id blob primary key,
    order_id blob not null references placed_order (id),
    position integer not null,
    state text not null check (state in ('requested', 'approved', 'in_transit', 'received', 'inspected', 'refunded',
                                         'closed', 'declined', 'cancelled')),
    note text not null,
    reply text not null,
    tracking text,
    -- What was granted last for what came.
    refund_id blob references refund (id),
    version integer not null,
    created_at text not null,
    updated_at text not null,
    unique (order_id, position)
) strict;

create index order_return_state on order_return (state, id);

create table order_return_line (
    return_id blob not null references order_return (id),
    order_line_id blob not null references order_line (id),
    reason text not null,
    expected integer not null check (expected > 0),
    received integer not null check (received >= 0 and received <= expected),
    resellable integer not null check (resellable >= 0),
    damaged integer not null check (damaged >= 0),
    primary key (return_id, order_line_id),
    check (resellable + damaged <= received)
) strict, without rowid;

-- What came and was looked at, step by step.
create table order_return_receipt (
    id blob primary key,
    return_id blob not null references order_return (id),
    location_id blob,
    content text not null,
    at text not null
) strict;

create index order_return_receipt_of on order_return_receipt (return_id, id);

drop index placed_order_fulfillment;
alter table placed_order add column fulfillment_next text not null default 'unfulfilled'
    check (fulfillment_next in ('unfulfilled', 'partially_fulfilled', 'fulfilled', 'partially_delivered', 'delivered',
                                'partially_returned', 'returned', 'cancelled'));
update placed_order set fulfillment_next = fulfillment_status;
alter table placed_order drop column fulfillment_status;
alter table placed_order rename column fulfillment_next to fulfillment_status;
create index placed_order_fulfillment on placed_order (fulfillment_status, id);
