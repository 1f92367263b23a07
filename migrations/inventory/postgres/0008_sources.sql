-- Where figures of stock are fetched from. The secret is kept under the server's key.
create table stock_source (
    id uuid primary key,
    version bigint not null,
    name text not null unique,
    url text not null,
    format text not null check (format in ('csv', 'json')),
    mode text not null check (mode in ('absolute', 'delta')),
    fields jsonb not null,
    rows_at text,
    next_at text,
    location_id uuid references location (id),
    every_minutes bigint not null check (every_minutes >= 0),
    active boolean not null,
    header text,
    secret text,
    due_at timestamptz,
    failures bigint not null,
    -- What was taken over last: nothing is done with the same again, unless rows of it were left.
    etag text,
    contents text,
    figures_at timestamptz,
    clean boolean not null
);

create table stock_run (
    id uuid primary key,
    source_id uuid not null references stock_source (id),
    dry boolean not null,
    state text not null check (state in ('waiting', 'running', 'done', 'unchanged', 'failed')),
    started_at timestamptz not null,
    ended_at timestamptz,
    total bigint not null,
    applied bigint not null,
    unchanged bigint not null,
    conflicts bigint not null,
    unknown bigint not null,
    faulty bigint not null,
    -- Rows that are through: whoever takes the run up again goes on after them.
    done bigint not null,
    contents text,
    trouble text,
    lease uuid,
    leased_until timestamptz
);

create unique index stock_run_open on stock_run (source_id) where state in ('waiting', 'running');
create index stock_run_source on stock_run (source_id, id);
create index stock_run_ended on stock_run (ended_at) where ended_at is not null;

create table stock_finding (
    run_id uuid not null references stock_run (id),
    n bigint not null,
    line bigint not null,
    code text not null,
    reason text not null,
    on_hand bigint,
    primary key (run_id, n)
);
