mod answers;
mod example;
mod facade;
mod group_commit;
mod http;
mod migrations;
mod outbox;

pub use souk_kernel::testing::{Engine, TestKit};

use souk_kernel::db::Migration;

/// The kernel's own tests have no migrations folder: theirs are written here.
pub const SHELVES: &[Migration] = &[Migration {
    name: "shelves/0001_init",
    sqlite: "create table shelf (
          id blob primary key, name text not null unique, books integer not null, version integer not null,
          constraint shelf_books_not_negative check (books >= 0)
        ) strict;
        create table book (
          id blob primary key, shelf_id blob not null references shelf (id), title text not null
        ) strict;
        create table everything (
          id blob primary key, number integer not null, flag integer not null, word text not null,
          uuid blob not null, bytes blob not null, at text not null, json text not null,
          currency text not null, status text not null,
          maybe_number integer, maybe_flag integer, maybe_word text, maybe_uuid blob, maybe_bytes blob,
          maybe_at text, maybe_json text, maybe_currency text, maybe_status text
        ) strict;",
    postgres: "create table shelf (
          id uuid primary key, name text not null unique, books bigint not null, version bigint not null,
          constraint shelf_books_not_negative check (books >= 0)
        );
        create table book (
          id uuid primary key, shelf_id uuid not null references shelf (id), title text not null
        );
        create table everything (
          id uuid primary key, number bigint not null, flag boolean not null, word text not null,
          uuid uuid not null, bytes bytea not null, at timestamptz not null, json jsonb not null,
          currency text not null, status text not null,
          maybe_number bigint, maybe_flag boolean, maybe_word text, maybe_uuid uuid, maybe_bytes bytea,
          maybe_at timestamptz, maybe_json jsonb, maybe_currency text, maybe_status text
        );",
}];
