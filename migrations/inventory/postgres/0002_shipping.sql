-- What has left the shelf of what a reservation holds, by the parcel that it left in.
create table shipment_line (
    fulfillment_id uuid not null,
    reservation_id uuid not null references reservation (id),
    variant_id uuid not null,
    location_id uuid not null,
    quantity bigint not null check (quantity > 0),
    primary key (fulfillment_id, variant_id, location_id)
);

create index shipment_line_of on shipment_line (reservation_id);

-- What somebody should look after.
create index level_running_out on level (variant_id) where availability in ('low', 'sold_out');
