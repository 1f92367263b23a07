-- A person as the merchant knows them: one row per mail address. `email_key` is the address in lower case.
create table profile (
    id blob primary key,
    -- The profile that this one is a part of since they were merged; never a chain. What is its own stays in its row.
    merged_into blob references profile (id),
    email text not null,
    email_key text not null unique,
    account_id blob unique,
    registered_at text,
    name text not null,
    phone text not null,
    -- Who said so: 0 nobody, 1 an order, 2 the account, 3 staff.
    name_from integer not null,
    phone_from integer not null,
    postal_code text not null,
    -- What lists sort by: the name or, where there is none, the address, in lower case.
    name_key text not null,
    -- Its last nine digits; empty where there are fewer than seven.
    phone_key text not null,
    consent text not null check (consent in ('unknown', 'granted', 'withdrawn')),
    -- The customer chose in person.
    consent_own integer not null,
    -- From here on also of the profiles that were merged into this one. Times are microseconds since 1970; 0: none.
    has_account integer not null,
    country text not null,
    orders integer not null,
    spent_minor integer not null,
    first_order integer not null,
    last_order integer not null,
    version integer not null,
    created_at text not null
) strict;

create index profile_part on profile (merged_into) where merged_into is not null;
create index profile_phone on profile (phone_key) where phone_key <> '' and merged_into is null;
create index profile_home on profile (name_key, postal_code) where postal_code <> '' and merged_into is null;
-- Each list can be walked and filtered without a look at the rows.
create index profile_by_last on profile
    (last_order, id, orders, spent_minor, first_order, has_account, consent, country, merged_into) where merged_into is null;
create index profile_by_spent on profile
    (spent_minor, id, orders, last_order, first_order, has_account, consent, country, merged_into) where merged_into is null;
create index profile_by_name on profile
    (name_key, id, orders, spent_minor, last_order, first_order, has_account, consent, country, merged_into)
    where merged_into is null;

-- How a profile is found: by the beginning of one of these.
create table profile_word (
    word text not null,
    profile_id blob not null references profile (id),
    primary key (word, profile_id)
) strict, without rowid;

create index profile_word_of on profile_word (profile_id);

create table profile_tag (
    profile_id blob not null references profile (id),
    position integer not null,
    tag text not null,
    tag_key text not null,
    primary key (profile_id, tag_key)
) strict, without rowid;

create index profile_tag_key on profile_tag (tag_key, profile_id);

-- An order, under the profile of its mail address.
create table purchase (
    order_id blob primary key,
    profile_id blob not null references profile (id),
    number integer not null,
    -- The order's: an older one that arrives late changes nothing.
    version integer not null,
    placed integer not null,
    currency text not null,
    cancelled integer not null,
    paid integer not null,
    total_minor integer not null,
    refunded_minor integer not null,
    name text not null,
    phone text not null,
    country text not null,
    postal_code text not null
) strict;

create index purchase_of on purchase (profile_id, placed);

-- What was in it: a product by the handle it had then, or a category that it was in.
create table purchase_item (
    order_id blob not null references purchase (order_id),
    kind text not null check (kind in ('product', 'category')),
    handle text not null,
    primary key (order_id, kind, handle)
) strict, without rowid;

-- What somebody has bought, in orders that stand.
create table bought (
    kind text not null check (kind in ('product', 'category')),
    handle text not null,
    profile_id blob not null references profile (id),
    primary key (kind, handle, profile_id)
) strict, without rowid;

create index bought_by on bought (profile_id);

-- What happened, told once: `source` names it.
create table entry (
    id blob primary key,
    profile_id blob not null references profile (id),
    at text not null,
    kind text not null,
    source text not null unique,
    order_id blob,
    mail_id blob,
    staff_id blob,
    content text not null
) strict;

create index entry_of on entry (profile_id, at, id);

create table merge (
    id blob primary key,
    kept_id blob not null references profile (id),
    merged_id blob not null references profile (id),
    -- What it changed, for taking it back.
    content text not null,
    at text not null,
    staff_id blob,
    undone_at text
) strict;

create index merge_kept on merge (kept_id, id);

-- Pairs that may be one person; `one_id` is the lesser.
create table duplicate (
    one_id blob not null references profile (id),
    other_id blob not null references profile (id),
    -- Staff say they are two.
    dismissed integer not null,
    primary key (one_id, other_id)
) strict, without rowid;

-- How far what was before there was this domain is taken in.
create table progress (
    name text primary key,
    value text not null
) strict;
