-- People by a rule: whoever fits now. Nobody is written into one.
create table segment (
    id uuid primary key,
    name text not null,
    name_key text not null unique,
    rule text not null,
    version bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
