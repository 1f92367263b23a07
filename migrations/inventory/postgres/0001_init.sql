create table location (
    id uuid primary key,
    name text not null unique,
    is_default boolean not null
);

-- The fold of `movement`. `shortfall` is how far a correction by staff went below what was promised already:
-- with it the last check alone forbids to promise what isn't there.
create table level (
    variant_id uuid not null,
    location_id uuid not null references location (id),
    tracked boolean not null,
    policy text not null check (policy in ('deny', 'continue')),
    on_hand bigint not null,
    reserved bigint not null check (reserved >= 0),
    allocated bigint not null check (allocated >= 0),
    shortfall bigint not null check (shortfall >= 0),
    availability text not null,
    version bigint not null,
    primary key (variant_id, location_id),
    constraint level_not_oversold
        check (not tracked or policy = 'continue' or reserved + allocated <= on_hand + shortfall)
);

create table movement (
    id uuid primary key,
    variant_id uuid not null,
    location_id uuid not null references location (id),
    kind text not null,
    on_hand_delta bigint not null,
    reserved_delta bigint not null,
    allocated_delta bigint not null,
    reason text not null,
    actor text not null,
    reservation_id uuid,
    at timestamptz not null
);

create index movement_variant on movement (variant_id, id);

create function movement_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the stock ledger is append-only';
end;
$$;

create trigger movement_no_change before update or delete on movement
for each row execute function movement_is_append_only();

create table reservation (
    id uuid primary key,
    state text not null check (state in ('active', 'committed', 'released', 'expired')),
    order_id uuid,
    expires_at timestamptz not null,
    updated_at timestamptz not null
);

create index reservation_due on reservation (expires_at) where state = 'active';

create table reservation_line (
    reservation_id uuid not null references reservation (id),
    variant_id uuid not null,
    location_id uuid not null,
    quantity bigint not null check (quantity > 0),
    primary key (reservation_id, variant_id, location_id)
);
