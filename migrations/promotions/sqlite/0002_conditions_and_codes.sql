alter table promotion add column state text not null default 'active'
    check (state in ('draft', 'active', 'paused', 'archived'));
alter table promotion add column version integer not null default 1;
alter table promotion add column by_codes integer not null default 0 check (by_codes in (0, 1));
alter table promotion add column conditions text not null default '[]';
alter table promotion add column exclusive integer not null default 0 check (exclusive in (0, 1));
alter table promotion add column group_name text;
alter table promotion add column group_policy text not null default 'stack'
    check (group_policy in ('stack', 'best_deal', 'first'));
alter table promotion add column per_customer integer check (per_customer >= 1);
alter table promotion add column budget_minor integer check (budget_minor >= 0);
alter table promotion add column spent_minor integer not null default 0
    constraint promotion_within_budget
    check (spent_minor >= 0 and (budget_minor is null or spent_minor <= budget_minor));

alter table redemption add column code text;
alter table redemption add column amount_minor integer not null default 0;

create table made_code (
    code text primary key,
    promotion_id blob not null references promotion (id),
    usage_limit integer check (usage_limit >= 1),
    used integer not null default 0 check (used >= 0),
    revoked_at text,
    created_at text not null,
    constraint made_code_within_limit check (usage_limit is null or used <= usage_limit)
) strict, without rowid;

create index made_code_promotion on made_code (promotion_id, code);

create table customer_use (
    promotion_id blob not null references promotion (id),
    customer_id blob not null,
    used integer not null check (used >= 0),
    primary key (promotion_id, customer_id)
) strict, without rowid;

insert into customer_use (promotion_id, customer_id, used)
select promotion_id, customer_id, count(*) from redemption where customer_id is not null
group by promotion_id, customer_id;

-- Orders of customers, with and without a promotion: what a first order is.
create table bought (
    order_id blob primary key,
    customer_id blob not null
) strict, without rowid;

create table buyer (
    customer_id blob primary key,
    orders integer not null check (orders >= 0)
) strict, without rowid;

insert into bought (order_id, customer_id)
select distinct order_id, customer_id from redemption where customer_id is not null;
insert into buyer (customer_id, orders) select customer_id, count(*) from bought group by customer_id;
