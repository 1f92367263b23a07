create table state (
  key text primary key,
  value text not null
);

create table pending (
  product_id uuid primary key,
  seq bigint not null
);
