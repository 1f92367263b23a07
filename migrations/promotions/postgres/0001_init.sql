create table promotion (
    id uuid primary key,
    title text not null unique,
    code text unique,
    action jsonb not null,
    minimum_minor bigint,
    applies_to_sale_items boolean not null,
    priority bigint not null,
    starts_at timestamptz,
    ends_at timestamptz,
    usage_limit bigint check (usage_limit >= 0),
    used bigint not null default 0 check (used >= 0),
    constraint promotion_within_limit check (usage_limit is null or used <= usage_limit)
);

create table redemption (
    promotion_id uuid not null references promotion (id),
    order_id uuid not null,
    customer_id uuid,
    at timestamptz not null,
    primary key (promotion_id, order_id)
);

create index redemption_order on redemption (order_id);
