create table location (
    id blob primary key,
    name text not null unique,
    is_default integer not null check (is_default in (0, 1))
) strict;

-- The fold of `movement`. `shortfall` is how far a correction by staff went below what was promised already:
-- with it the last check alone forbids to promise what isn't there.
create table level (
    variant_id blob not null,
    location_id blob not null references location (id),
    tracked integer not null check (tracked in (0, 1)),
    policy text not null check (policy in ('deny', 'continue')),
    on_hand integer not null,
    reserved integer not null check (reserved >= 0),
    allocated integer not null check (allocated >= 0),
    shortfall integer not null check (shortfall >= 0),
    availability text not null,
    version integer not null,
    primary key (variant_id, location_id),
    constraint level_not_oversold
        check (tracked = 0 or policy = 'continue' or reserved + allocated <= on_hand + shortfall)
) strict, without rowid;

create table movement (
    id blob primary key,
    variant_id blob not null,
    location_id blob not null references location (id),
    kind text not null,
    on_hand_delta integer not null,
    reserved_delta integer not null,
    allocated_delta integer not null,
    reason text not null,
    actor text not null,
    reservation_id blob,
    at text not null
) strict, without rowid;

create index movement_variant on movement (variant_id, id);

create trigger movement_no_update before update on movement
begin
    select raise(abort, 'the stock ledger is append-only');
end;

create trigger movement_no_delete before delete on movement
begin
    select raise(abort, 'the stock ledger is append-only');
end;

create table reservation (
    id blob primary key,
    state text not null check (state in ('active', 'committed', 'released', 'expired')),
    order_id blob,
    expires_at text not null,
    updated_at text not null
) strict, without rowid;

create index reservation_due on reservation (expires_at) where state = 'active';

create table reservation_line (
    reservation_id blob not null references reservation (id),
    variant_id blob not null,
    location_id blob not null,
    quantity integer not null check (quantity > 0),
    primary key (reservation_id, variant_id, location_id)
) strict, without rowid;
