-- Where a role allows stock to be changed: a list of locations, or null: everywhere.
alter table role add column locations jsonb not null default 'null';
