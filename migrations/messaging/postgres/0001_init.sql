create table mail (
    id uuid primary key,
    recipient text not null,
    subject text not null,
    text_body text not null,
    html_body text not null,
    template text not null,
    state text not null check (state in ('queued', 'sent', 'dead')),
    attempts bigint not null,
    last_error text,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
