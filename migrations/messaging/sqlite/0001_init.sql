create table mail (
    id blob primary key,
    recipient text not null,
    subject text not null,
    text_body text not null,
    html_body text not null,
    template text not null,
    state text not null check (state in ('queued', 'sent', 'dead')),
    attempts integer not null,
    last_error text,
    created_at text not null,
    updated_at text not null
) strict;
