-- Staff change methods on a screen: a stale write is refused.
alter table method add column version bigint not null default 1;
