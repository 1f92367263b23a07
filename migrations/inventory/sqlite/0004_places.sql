-- What holds of a variant in every place; also the row that is locked while any of its levels change.
create table item (
    variant_id blob primary key,
    tracked integer not null check (tracked in (0, 1)),
    policy text not null check (policy in ('deny', 'continue')),
    availability text not null,
    version integer not null
) strict, without rowid;

-- So far there was one place, and so one level a variant.
insert into item (variant_id, tracked, policy, availability, version)
select variant_id, max(tracked), min(policy), min(availability), max(version) from level group by variant_id;

-- What somebody should look after.
create index item_running_out on item (variant_id) where availability in ('low', 'sold_out');

drop index level_running_out;
alter table level drop column availability;
alter table level drop column version;
-- There, but not fit to be sold; not part of `on_hand`.
alter table level add column damaged integer not null default 0 check (damaged >= 0);
create index level_location on level (location_id);

alter table movement add column damaged_delta integer not null default 0;
-- What it belongs to, other than a reservation: a transfer, a purchase order, a count.
alter table movement add column source_id blob;
create index movement_on_hand on movement (variant_id, location_id, at) where on_hand_delta <> 0;

alter table location drop column is_default;
alter table location add column address text not null default '';
alter table location add column active integer not null default 1 check (active in (0, 1));
alter table location add column position integer not null default 0;
alter table location add column version integer not null default 1;

-- Differences that an outside system told: each counts once.
create table synced (
    reference text not null,
    variant_id blob not null,
    location_id blob not null references location (id),
    delta integer not null,
    at text not null,
    primary key (reference, variant_id, location_id)
) strict, without rowid;
