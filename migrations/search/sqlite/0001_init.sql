create table state (
  key text primary key,
  value text not null
) strict, without rowid;

create table pending (
  product_id blob primary key,
  seq integer not null
) strict, without rowid;
