-- What each variant cost since when: a reduction has to name the lowest price of the 30 days before it.
create table price_since (
  variant_id uuid not null references variant (id),
  since timestamptz not null,
  price bigint not null,
  primary key (variant_id, since)
);

-- What is known by now.
insert into price_since (variant_id, since, price)
select variant.id, product.updated_at, variant.price
from variant join product on product.id = variant.product_id;
