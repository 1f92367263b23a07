-- What a merchant knows of products beyond the fields that all have.
create table attribute (
    id blob primary key,
    -- Names it in products; never changes.
    code text not null unique,
    name text not null,
    kind text not null constraint attribute_kind check (kind in
      ('text', 'long_text', 'number', 'boolean', 'date', 'select', 'multi_select')),
    unit text,
    options text not null,
    required integer not null,
    help text not null,
    version integer not null,
    created_at text not null,
    updated_at text not null
) strict;

create table attribute_group (
    id blob primary key,
    name text not null,
    name_key text not null unique,
    -- Codes, in their order.
    codes text not null,
    version integer not null,
    created_at text not null,
    updated_at text not null
) strict;

create table product_template (
    id blob primary key,
    name text not null,
    name_key text not null unique,
    -- Ids of groups, in their order.
    group_ids text not null,
    version integer not null,
    created_at text not null,
    updated_at text not null
) strict;

alter table product add column template_id blob references product_template (id);
alter table product add column attributes text not null default '[]';
-- 0 to 100; null until it is first worked out.
alter table product add column completeness integer;

create index product_template_id on product (template_id, id) where template_id is not null;
create index product_incomplete on product (lower(title), id) where completeness < 100;
create index product_unmeasured on product (id) where completeness is null;

-- Who has which attribute, and which option of it: what may be removed is known without looking into every product.
create table attribute_use (
    code text not null,
    option_value text not null,
    product_id blob not null references product (id),
    primary key (code, option_value, product_id)
) strict, without rowid;

create index attribute_use_product on attribute_use (product_id);
