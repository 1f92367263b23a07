-- email_key is the address in lower case: unique, while the person's own spelling is kept.
create table customer (
    id uuid primary key,
    email text not null,
    email_key text not null unique,
    name text not null,
    password_hash text not null,
    version bigint not null,
    created_at timestamptz not null
);

create table session (
    id uuid primary key,
    token_hash bytea not null unique,
    customer_id uuid not null references customer (id),
    created_at timestamptz not null,
    expires_at timestamptz not null
);

create index session_of_customer on session (customer_id);

-- Guesses at a password, whether or not the account exists.
create table sign_in_attempt (
    id uuid primary key,
    email_key text not null,
    at timestamptz not null
);

create index sign_in_attempt_of on sign_in_attempt (email_key, at);

create table password_reset (
    id uuid primary key,
    customer_id uuid not null references customer (id),
    token_hash bytea unique,
    expires_at timestamptz not null,
    used_at timestamptz
);

create table address (
    id uuid primary key,
    customer_id uuid not null references customer (id),
    content jsonb not null,
    is_default boolean not null
);

create index address_of_customer on address (customer_id, id);

create table staff (
    id uuid primary key,
    email text not null,
    email_key text not null unique,
    name text not null,
    role text not null check (role in ('owner', 'manager', 'fulfilment', 'read_only')),
    created_at timestamptz not null
);

create table api_token (
    id uuid primary key,
    staff_id uuid not null references staff (id),
    token_hash bytea not null unique,
    created_at timestamptz not null,
    revoked_at timestamptz
);
