-- What a merchant knows of products beyond the fields that all have.
create table attribute (
    id uuid primary key,
    -- Names it in products; never changes.
    code text not null unique,
    name text not null,
    kind text not null constraint attribute_kind check (kind in
      ('text', 'long_text', 'number', 'boolean', 'date', 'select', 'multi_select')),
    unit text,
    options jsonb not null,
    required boolean not null,
    help text not null,
    version bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

create table attribute_group (
    id uuid primary key,
    name text not null,
    name_key text not null unique,
    -- Codes, in their order.
    codes jsonb not null,
    version bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

create table product_template (
    id uuid primary key,
    name text not null,
    name_key text not null unique,
    -- Ids of groups, in their order.
    group_ids jsonb not null,
    version bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

alter table product add column template_id uuid references product_template (id);
alter table product add column attributes jsonb not null default '[]';
-- 0 to 100; null until it is first worked out.
alter table product add column completeness bigint;

create index product_template_id on product (template_id, id) where template_id is not null;
create index product_incomplete on product (lower(title), id) where completeness < 100;
create index product_unmeasured on product (id) where completeness is null;

-- Who has which attribute, and which option of it: what may be removed is known without looking into every product.
create table attribute_use (
    code text not null,
    option_value text not null,
    product_id uuid not null references product (id),
    primary key (code, option_value, product_id)
);

create index attribute_use_product on attribute_use (product_id);
