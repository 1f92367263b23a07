-- A product with what a card in a list shows of it, so that a list reads one row per product.
create table product (
  id uuid primary key,
  handle text collate "C" not null unique,
  title text not null,
  description_html text not null,
  vendor text not null,
  product_type text not null,
  tags jsonb not null,
  status text not null constraint product_status check (status in ('draft', 'ready', 'published', 'archived')),
  options jsonb not null,
  seo jsonb not null,
  extra jsonb not null,
  -- Hash of what the merchant wrote, after sanitising: an equal one changes nothing.
  fingerprint text not null,
  price_min bigint not null constraint product_price_min check (price_min >= 0),
  price_max bigint not null,
  -- Of the cheapest variant, where it is on sale.
  compare_at bigint,
  on_sale boolean not null,
  availability text not null
    constraint product_availability check (availability in ('sold_out', 'backorder', 'low', 'in_stock')),
  variant_count bigint not null,
  only_variant uuid,
  swatches jsonb not null,
  -- The first two stored pictures.
  pictures jsonb not null,
  version bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

-- A variant that a product no longer has keeps its row: orders and stock point at it.
create table variant (
  id uuid primary key,
  product_id uuid not null references product (id),
  position bigint not null,
  option_key text not null,
  options jsonb not null,
  sku text,
  barcode text,
  price bigint not null constraint variant_price check (price >= 0),
  compare_at bigint,
  cost bigint,
  weight_grams bigint not null,
  requires_shipping boolean not null,
  taxable boolean not null,
  media_source text,
  extra jsonb not null,
  availability text not null
    constraint variant_availability check (availability in ('sold_out', 'backorder', 'low', 'in_stock')),
  availability_version bigint not null,
  retired_at timestamptz
);

create index variant_product on variant (product_id, position);

-- A stored picture, named by the hash of the file it was made from.
create table asset (
  key text primary key,
  width bigint not null,
  height bigint not null,
  widths jsonb not null,
  blur text not null
);

create table collection (
  id uuid primary key,
  handle text collate "C" not null unique,
  title text not null,
  description_html text not null,
  kind text not null constraint collection_kind check (kind in ('category', 'collection')),
  rule jsonb not null,
  seo jsonb not null,
  position bigint not null,
  fingerprint text not null,
  version bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

-- A picture of one product or one collection; `source` names it there.
create table media (
  id uuid primary key,
  product_id uuid references product (id),
  collection_id uuid references collection (id),
  position bigint not null,
  source text not null,
  alt text not null,
  state text not null constraint media_state check (state in ('pending', 'stored', 'failed')),
  reason text,
  asset_key text references asset (key),
  constraint media_owner check ((product_id is null) <> (collection_id is null)),
  constraint media_asset check ((state = 'stored') = (asset_key is not null)),
  unique (product_id, source)
);

create index media_product on media (product_id, position);
create index media_collection on media (collection_id) where collection_id is not null;
create index media_pending on media (id) where state = 'pending';

-- Handles that products had before.
create table handle_redirect (
  handle text collate "C" primary key,
  product_id uuid not null references product (id)
);

create table content_page (
  handle text collate "C" primary key,
  title text not null,
  body_html text not null,
  seo jsonb not null,
  updated_at timestamptz not null
);

create table home (
  id bigint primary key constraint home_single check (id = 1),
  content jsonb not null,
  updated_at timestamptz not null
);
