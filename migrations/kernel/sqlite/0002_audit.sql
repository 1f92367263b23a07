-- What staff changed, written in the transaction of the change. `words` is what a search looks into, in lower case.
create table audit (
  id blob primary key,
  at text not null,
  staff_id blob not null,
  by_key integer not null check (by_key in (0, 1)),
  action text not null,
  object text not null,
  object_id blob not null,
  label text not null,
  changes text not null,
  words text not null,
  request_id text not null
) strict, without rowid;

create index audit_object on audit (object_id, id);
create index audit_staff on audit (staff_id, id);
