-- People by a rule: whoever fits now. Nobody is written into one.
create table segment (
    id blob primary key,
    name text not null,
    name_key text not null unique,
    rule text not null,
    version integer not null,
    created_at text not null,
    updated_at text not null
) strict;
