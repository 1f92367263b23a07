create table outbox (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  kind text not null,
  key uuid not null,
  payload jsonb not null,
  created_at timestamptz not null,
  not_before timestamptz not null,
  attempts bigint not null,
  last_error text,
  dispatched_at timestamptz,
  dead boolean not null
);

create index outbox_due on outbox (not_before, seq) where dispatched_at is null and dead = false;
create index outbox_dispatched on outbox (dispatched_at) where dispatched_at is not null;

create table inbox (
  event_id uuid not null,
  handler text not null,
  at timestamptz not null,
  primary key (event_id, handler)
);

create index inbox_at on inbox (at);

create table idempotency (
  scope text not null,
  key text not null,
  fingerprint text not null,
  status bigint not null,
  content_type text,
  headers jsonb not null,
  body bytea not null,
  created_at timestamptz not null,
  primary key (scope, key)
);

create index idempotency_created_at on idempotency (created_at);
