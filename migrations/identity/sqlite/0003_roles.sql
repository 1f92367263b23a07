-- Roles of the shop's own. Who has a role names a preset, or the id of a row here.
create table role (
    id blob primary key,
    name text not null,
    name_key text not null unique,
    grants text not null,
    version integer not null,
    created_at text not null
) strict;

alter table staff add column role_next text not null default 'read_only';
update staff set role_next = role;
alter table staff drop column role;
alter table staff rename column role_next to role;
alter table staff add column version integer not null default 1;
alter table staff add column removed_at text;

alter table api_token add column role_next text;
update api_token set role_next = role;
alter table api_token drop column role;
alter table api_token rename column role_next to role;

create table staff_invitation (
    staff_id blob primary key references staff (id),
    token_hash blob not null unique,
    expires_at text not null
) strict;
