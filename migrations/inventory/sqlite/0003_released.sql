-- Of what a reservation holds, what was refunded before it left the shelf, by refund.
create table release_line (
    refund_id blob not null,
    reservation_id blob not null references reservation (id),
    variant_id blob not null,
    location_id blob not null,
    quantity integer not null check (quantity > 0),
    primary key (refund_id, variant_id, location_id)
) strict, without rowid;

create index release_line_of on release_line (reservation_id);
