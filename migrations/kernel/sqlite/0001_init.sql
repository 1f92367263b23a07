create table outbox (
  seq integer primary key autoincrement,
  id blob not null unique,
  kind text not null,
  key blob not null,
  payload text not null,
  created_at text not null,
  not_before text not null,
  attempts integer not null,
  last_error text,
  dispatched_at text,
  dead integer not null
) strict;

create index outbox_due on outbox (not_before, seq) where dispatched_at is null and dead = false;
create index outbox_dispatched on outbox (dispatched_at) where dispatched_at is not null;

create table inbox (
  event_id blob not null,
  handler text not null,
  at text not null,
  primary key (event_id, handler)
) strict, without rowid;

create index inbox_at on inbox (at);

create table idempotency (
  scope text not null,
  key text not null,
  fingerprint text not null,
  status integer not null,
  content_type text,
  headers text not null,
  body blob not null,
  created_at text not null,
  primary key (scope, key)
) strict, without rowid;

create index idempotency_created_at on idempotency (created_at);
