-- How staff get in. The second factor's secret is derived from the server's key and the generation: it is not kept here.
alter table staff add column password_hash text;
alter table staff add column two_factor_generation integer not null default 0;
alter table staff add column two_factor_since text;
-- The time step of the last code that was taken: none is good twice.
alter table staff add column two_factor_step integer not null default 0;

create table staff_session (
    id blob primary key,
    token_hash blob not null unique,
    staff_id blob not null references staff (id),
    device text not null,
    created_at text not null,
    seen_at text not null,
    expires_at text not null
) strict;

create index staff_session_of on staff_session (staff_id, id);

create table recovery_code (
    id blob primary key,
    staff_id blob not null references staff (id),
    code_hash blob not null
) strict;

create index recovery_code_of on recovery_code (staff_id);

-- The role a key was given; none: all that its owner may do.
alter table api_token add column name text not null default '';
alter table api_token add column role text check (role in ('owner', 'manager', 'fulfilment', 'read_only'));
alter table api_token add column hint text not null default '';
alter table api_token add column expires_at text;

create index api_token_of on api_token (staff_id, id);
