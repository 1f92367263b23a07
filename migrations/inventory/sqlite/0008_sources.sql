-- Where figures of stock are fetched from. The secret is kept under the server's key.
create table stock_source (
    id blob primary key,
    version integer not null,
    name text not null unique,
    url text not null,
    format text not null check (format in ('csv', 'json')),
    mode text not null check (mode in ('absolute', 'delta')),
    fields text not null,
    rows_at text,
    next_at text,
    location_id blob references location (id),
    every_minutes integer not null check (every_minutes >= 0),
    active integer not null,
    header text,
    secret text,
    due_at text,
    failures integer not null,
    -- What was taken over last: nothing is done with the same again, unless rows of it were left.
    etag text,
    contents text,
    figures_at text,
    clean integer not null
) strict;

create table stock_run (
    id blob primary key,
    source_id blob not null references stock_source (id),
    dry integer not null,
    state text not null check (state in ('waiting', 'running', 'done', 'unchanged', 'failed')),
    started_at text not null,
    ended_at text,
    total integer not null,
    applied integer not null,
    unchanged integer not null,
    conflicts integer not null,
    unknown integer not null,
    faulty integer not null,
    -- Rows that are through: whoever takes the run up again goes on after them.
    done integer not null,
    contents text,
    trouble text,
    lease blob,
    leased_until text
) strict;

create unique index stock_run_open on stock_run (source_id) where state in ('waiting', 'running');
create index stock_run_source on stock_run (source_id, id);
create index stock_run_ended on stock_run (ended_at) where ended_at is not null;

create table stock_finding (
    run_id blob not null references stock_run (id),
    n integer not null,
    line integer not null,
    code text not null,
    reason text not null,
    on_hand integer,
    primary key (run_id, n)
) strict, without rowid;
