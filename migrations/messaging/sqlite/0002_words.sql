-- What staff let mails say instead of what the program brings. A row stays when its words are taken back: versions go on.
create table mail_words (
    kind text primary key,
    id blob not null,
    version integer not null,
    words text,
    updated_at text not null
) strict;
