-- email_key is the address in lower case: unique, while the person's own spelling is kept.
create table customer (
    id blob primary key,
    email text not null,
    email_key text not null unique,
    name text not null,
    password_hash text not null,
    version integer not null,
    created_at text not null
) strict;

create table session (
    id blob primary key,
    token_hash blob not null unique,
    customer_id blob not null references customer (id),
    created_at text not null,
    expires_at text not null
) strict;

create index session_of_customer on session (customer_id);

-- Guesses at a password, whether or not the account exists.
create table sign_in_attempt (
    id blob primary key,
    email_key text not null,
    at text not null
) strict;

create index sign_in_attempt_of on sign_in_attempt (email_key, at);

create table password_reset (
    id blob primary key,
    customer_id blob not null references customer (id),
    token_hash blob unique,
    expires_at text not null,
    used_at text
) strict;

create table address (
    id blob primary key,
    customer_id blob not null references customer (id),
    content text not null,
    is_default integer not null
) strict;

create index address_of_customer on address (customer_id, id);

create table staff (
    id blob primary key,
    email text not null,
    email_key text not null unique,
    name text not null,
    role text not null check (role in ('owner', 'manager', 'fulfilment', 'read_only')),
    created_at text not null
) strict;

create table api_token (
    id blob primary key,
    staff_id blob not null references staff (id),
    token_hash blob not null unique,
    created_at text not null,
    revoked_at text
) strict;
