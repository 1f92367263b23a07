-- Roles of the shop's own. Who has a role names a preset, or the id of a row here.
create table role (
    id uuid primary key,
    name text not null,
    name_key text not null unique,
    grants jsonb not null,
    version bigint not null,
    created_at timestamptz not null
);

alter table staff add column role_next text not null default 'read_only';
update staff set role_next = role;
alter table staff drop column role;
alter table staff rename column role_next to role;
alter table staff add column version bigint not null default 1;
alter table staff add column removed_at timestamptz;

alter table api_token add column role_next text;
update api_token set role_next = role;
alter table api_token drop column role;
alter table api_token rename column role_next to role;

create table staff_invitation (
    staff_id uuid primary key references staff (id),
    token_hash bytea not null unique,
    expires_at timestamptz not null
);
