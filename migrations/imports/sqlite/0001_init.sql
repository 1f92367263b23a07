-- A file of products on its way into the catalogue.
create table import_job (
    id blob primary key,
    version integer not null,
    at text not null,
    -- Who took the last step, with what they were allowed: the work in the background is theirs.
    actor text not null,
    staff_id blob,
    file_name text not null,
    bytes integer not null,
    state text not null constraint import_job_state check (state in
      ('uploaded', 'mapped', 'validated', 'running', 'completed', 'completed_with_errors', 'reverted')),
    work text constraint import_job_work check (work in ('checking', 'writing', 'pictures', 'reverting')),
    done integer not null,
    total integer not null,
    delimiter text not null,
    columns text not null,
    would text,
    did text,
    reverted text,
    trouble text,
    ended_at text,
    -- Which process works on it, and until when it must have been heard of.
    lease blob,
    leased_until text
) strict;

create index import_job_work on import_job (id) where work is not null;

-- The file itself, until it has been written.
create table import_piece (
    import_id blob not null references import_job (id),
    n integer not null,
    bytes blob not null,
    primary key (import_id, n)
) strict, without rowid;

create table import_issue (
    import_id blob not null references import_job (id),
    n integer not null,
    line integer not null,
    column_name text,
    value text not null,
    reason text not null,
    is_error integer not null,
    primary key (import_id, n)
) strict, without rowid;

-- A product of the file: as it was before, as the import leaves it, and what came of it.
create table import_product (
    import_id blob not null references import_job (id),
    n integer not null,
    line integer not null,
    handle text not null,
    title text not null,
    product_id blob,
    change text not null
      constraint import_product_change check (change in ('created', 'updated', 'unchanged', 'skipped')),
    fields text not null,
    -- Only of products that are written: what taking back needs.
    before text,
    after text,
    stock text,
    written integer not null,
    back text constraint import_product_back check (back in ('archived', 'restored', 'partly', 'kept')),
    kept text not null,
    primary key (import_id, n)
) strict, without rowid;
