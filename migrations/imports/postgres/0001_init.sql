-- A file of products on its way into the catalogue.
create table import_job (
    id uuid primary key,
    version bigint not null,
    at timestamptz not null,
    -- Who took the last step, with what they were allowed: the work in the background is theirs.
    actor jsonb not null,
    staff_id uuid,
    file_name text not null,
    bytes bigint not null,
    state text not null constraint import_job_state check (state in
      ('uploaded', 'mapped', 'validated', 'running', 'completed', 'completed_with_errors', 'reverted')),
    work text constraint import_job_work check (work in ('checking', 'writing', 'pictures', 'reverting')),
    done bigint not null,
    total bigint not null,
    delimiter text not null,
    columns jsonb not null,
    would jsonb,
    did jsonb,
    reverted jsonb,
    trouble text,
    ended_at timestamptz,
    -- Which process works on it, and until when it must have been heard of.
    lease uuid,
    leased_until timestamptz
);

create index import_job_work on import_job (id) where work is not null;

-- The file itself, until it has been written.
create table import_piece (
    import_id uuid not null references import_job (id),
    n bigint not null,
    bytes bytea not null,
    primary key (import_id, n)
);

create table import_issue (
    import_id uuid not null references import_job (id),
    n bigint not null,
    line bigint not null,
    column_name text,
    value text not null,
    reason text not null,
    is_error boolean not null,
    primary key (import_id, n)
);

-- A product of the file: as it was before, as the import leaves it, and what came of it.
create table import_product (
    import_id uuid not null references import_job (id),
    n bigint not null,
    line bigint not null,
    handle text not null,
    title text not null,
    product_id uuid,
    change text not null
      constraint import_product_change check (change in ('created', 'updated', 'unchanged', 'skipped')),
    fields jsonb not null,
    -- Only of products that are written: what taking back needs.
    before jsonb,
    after jsonb,
    stock jsonb,
    written boolean not null,
    back text constraint import_product_back check (back in ('archived', 'restored', 'partly', 'kept')),
    kept jsonb not null,
    primary key (import_id, n)
);
