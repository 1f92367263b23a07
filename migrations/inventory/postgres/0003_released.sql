-- Of what a reservation holds, what was refunded before it left the shelf, by refund.
create table release_line (
    refund_id uuid not null,
    reservation_id uuid not null references reservation (id),
    variant_id uuid not null,
    location_id uuid not null,
    quantity bigint not null check (quantity > 0),
    primary key (refund_id, variant_id, location_id)
);

create index release_line_of on release_line (reservation_id);
