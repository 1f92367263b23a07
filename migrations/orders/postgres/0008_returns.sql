-- Returns: pieces that shoppers send back.
create table order_return (
    id uuid primary key,
    order_id uuid not null references placed_order (id),
    position bigint not null,
    state text not null check (state in ('requested', 'approved', 'in_transit', 'received', 'inspected', 'refunded',
                                         'closed', 'declined', 'cancelled')),
    note text not null,
    reply text not null,
    tracking jsonb,
    -- What was granted last for what came.
    refund_id uuid references refund (id),
    version bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (order_id, position)
);

create index order_return_state on order_return (state, id);

create table order_return_line (
    return_id uuid not null references order_return (id),
    order_line_id uuid not null references order_line (id),
    reason text not null,
    expected bigint not null check (expected > 0),
    received bigint not null check (received >= 0 and received <= expected),
    resellable bigint not null check (resellable >= 0),
    damaged bigint not null check (damaged >= 0),
    primary key (return_id, order_line_id),
    check (resellable + damaged <= received)
);

-- What came and was looked at, step by step.
create table order_return_receipt (
    id uuid primary key,
    return_id uuid not null references order_return (id),
    location_id uuid,
    content jsonb not null,
    at timestamptz not null
);

create index order_return_receipt_of on order_return_receipt (return_id, id);

alter table placed_order drop constraint placed_order_fulfillment_status_check;
alter table placed_order add constraint placed_order_fulfillment_status_check
    check (fulfillment_status in ('unfulfilled', 'partially_fulfilled', 'fulfilled', 'partially_delivered', 'delivered',
                                  'partially_returned', 'returned', 'cancelled'));
