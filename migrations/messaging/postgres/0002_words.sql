-- What staff let mails say instead of what the program brings. A row stays when its words are taken back: versions go on.
create table mail_words (
    kind text primary key,
    id uuid not null,
    version bigint not null,
    words jsonb,
    updated_at timestamptz not null
);
