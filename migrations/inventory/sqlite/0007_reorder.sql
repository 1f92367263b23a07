-- At so many pieces or fewer it should be ordered again; none: as many as the shop shows as "only a few left".
alter table item add column reorder_point integer check (reorder_point >= 0);

-- What orders took, and gave back.
create index movement_sold on movement (at, variant_id) where kind in ('allocated', 'released');
