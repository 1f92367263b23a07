-- What staff changed, written in the transaction of the change. `words` is what a search looks into, in lower case.
create table audit (
  id uuid primary key,
  at timestamptz not null,
  staff_id uuid not null,
  by_key boolean not null,
  action text not null,
  object text not null,
  object_id uuid not null,
  label text not null,
  changes jsonb not null,
  words text not null,
  request_id text not null
);

create index audit_object on audit (object_id, id);
create index audit_staff on audit (staff_id, id);
