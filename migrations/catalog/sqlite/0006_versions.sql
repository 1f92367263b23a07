-- What a product was after each save, so that it can be compared and brought back.
create table product_version (
    product_id blob not null references product (id),
    number integer not null,
    at text not null,
    staff_id blob,
    kind text not null constraint product_version_kind check (kind in
      ('created', 'updated', 'edited', 'archived', 'restored', 'published', 'unpublished')),
    restored_from integer,
    bytes integer not null,
    input text not null,
    -- Ids of its variants, in their order.
    variants text not null,
    primary key (product_id, number)
) strict;

-- Pictures that a product had: one that comes back needs not be fetched or sent again.
create table media_past (
    product_id blob not null references product (id),
    source text not null,
    asset_key text not null references asset (key),
    primary key (product_id, source)
) strict, without rowid;

-- When a product is to be published or taken offline.
create table product_schedule (
    product_id blob primary key references product (id),
    version integer not null,
    publish_at text,
    unpublish_at text,
    -- Who asked for it, with what they were allowed then.
    actor text not null
) strict;

create index product_schedule_publish on product_schedule (publish_at) where publish_at is not null;
create index product_schedule_unpublish on product_schedule (unpublish_at) where unpublish_at is not null;
