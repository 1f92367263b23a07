-- A product with what a card in a list shows of it, so that a list reads one row per product.
create table product (
  id blob primary key,
  handle text not null unique,
  title text not null,
  description_html text not null,
  vendor text not null,
  product_type text not null,
  tags text not null,
  status text not null constraint product_status check (status in ('draft', 'ready', 'published', 'archived')),
  options text not null,
  seo text not null,
  extra text not null,
  -- Hash of what the merchant wrote, after sanitising: an equal one changes nothing.
  fingerprint text not null,
  price_min integer not null constraint product_price_min check (price_min >= 0),
  price_max integer not null,
  -- Of the cheapest variant, where it is on sale.
  compare_at integer,
  on_sale integer not null,
  availability text not null
    constraint product_availability check (availability in ('sold_out', 'backorder', 'low', 'in_stock')),
  variant_count integer not null,
  only_variant blob,
  swatches text not null,
  -- The first two stored pictures.
  pictures text not null,
  version integer not null,
  created_at text not null,
  updated_at text not null
) strict;

-- A variant that a product no longer has keeps its row: orders and stock point at it.
create table variant (
  id blob primary key,
  product_id blob not null references product (id),
  position integer not null,
  option_key text not null,
  options text not null,
  sku text,
  barcode text,
  price integer not null constraint variant_price check (price >= 0),
  compare_at integer,
  cost integer,
  weight_grams integer not null,
  requires_shipping integer not null,
  taxable integer not null,
  media_source text,
  extra text not null,
  availability text not null
    constraint variant_availability check (availability in ('sold_out', 'backorder', 'low', 'in_stock')),
  availability_version integer not null,
  retired_at text
) strict;

create index variant_product on variant (product_id, position);

-- A stored picture, named by the hash of the file it was made from.
create table asset (
  key text primary key,
  width integer not null,
  height integer not null,
  widths text not null,
  blur text not null
) strict;

create table collection (
  id blob primary key,
  handle text not null unique,
  title text not null,
  description_html text not null,
  kind text not null constraint collection_kind check (kind in ('category', 'collection')),
  rule text not null,
  seo text not null,
  position integer not null,
  fingerprint text not null,
  version integer not null,
  created_at text not null,
  updated_at text not null
) strict;

-- A picture of one product or one collection; `source` names it there.
create table media (
  id blob primary key,
  product_id blob references product (id),
  collection_id blob references collection (id),
  position integer not null,
  source text not null,
  alt text not null,
  state text not null constraint media_state check (state in ('pending', 'stored', 'failed')),
  reason text,
  asset_key text references asset (key),
  constraint media_owner check ((product_id is null) <> (collection_id is null)),
  constraint media_asset check ((state = 'stored') = (asset_key is not null)),
  unique (product_id, source)
) strict;

create index media_product on media (product_id, position);
create index media_collection on media (collection_id) where collection_id is not null;
create index media_pending on media (id) where state = 'pending';

-- Handles that products had before.
create table handle_redirect (
  handle text primary key,
  product_id blob not null references product (id)
) strict;

create table content_page (
  handle text primary key,
  title text not null,
  body_html text not null,
  seo text not null,
  updated_at text not null
) strict;

create table home (
  id integer primary key constraint home_single check (id = 1),
  content text not null,
  updated_at text not null
) strict;
