create table promotion (
    id blob primary key,
    title text not null unique,
    code text unique,
    action text not null,
    minimum_minor integer,
    applies_to_sale_items integer not null check (applies_to_sale_items in (0, 1)),
    priority integer not null,
    starts_at text,
    ends_at text,
    usage_limit integer check (usage_limit >= 0),
    used integer not null default 0 check (used >= 0),
    constraint promotion_within_limit check (usage_limit is null or used <= usage_limit)
) strict;

create table redemption (
    promotion_id blob not null references promotion (id),
    order_id blob not null,
    customer_id blob,
    at text not null,
    primary key (promotion_id, order_id)
) strict, without rowid;

create index redemption_order on redemption (order_id);
