//! One connection of either engine, and the statement that runs on it.

use std::borrow::Cow;

use futures::future::BoxFuture;
use sqlx::{
    AssertSqlSafe, Postgres, Sqlite, SqliteConnection, Transaction,
    pool::PoolConnection,
    postgres::{PgArguments, PgConnection, PgRow},
    sqlite::{SqliteArguments, SqliteRow},
};

use super::{
    Arg, Args, DbError, Engine, Record, Row,
    sqlite::{Lease, ReaderLease},
};

/// A connection: what every store function takes. [`Reader`](super::Reader) and [`Tx`](super::Tx) lend theirs.
pub struct Conn {
    pub(super) inner: Inner,
    /// A statement of this transaction failed.
    spoiled: bool,
}

pub(super) enum Inner {
    SqliteReader(ReaderLease),
    SqliteWriter(Lease),
    PostgresReader(PoolConnection<Postgres>),
    PostgresTx(Transaction<'static, Postgres>),
}

impl Conn {
    pub(super) fn new(inner: Inner) -> Self {
        Self { inner, spoiled: false }
    }

    /// A statement, with `$1`, `$2` … for its values. Prepared once per connection and kept.
    pub fn query(&mut self, sql: &'static str) -> Query<'_> {
        self.start(Cow::Borrowed(sql))
    }

    /// As [`query`](Self::query), for SQL that is put together at run time. Only constants of our own may be
    /// joined into the text: whatever comes from a request is bound.
    pub fn query_dynamic(&mut self, sql: String) -> Query<'_> {
        self.start(Cow::Owned(sql))
    }

    pub fn engine(&self) -> Engine {
        match self.inner {
            Inner::SqliteReader(_) | Inner::SqliteWriter(_) => Engine::Sqlite,
            Inner::PostgresReader(_) | Inner::PostgresTx(_) => Engine::Postgres,
        }
    }

    fn start(&mut self, sql: Cow<'static, str>) -> Query<'_> {
        let args = match self.engine() {
            Engine::Sqlite => Args::Sqlite(SqliteArguments::default()),
            Engine::Postgres => Args::Postgres(PgArguments::default()),
        };
        Query { conn: self, sql, args: Ok(args) }
    }

    fn link(&mut self) -> Result<Link<'_>, DbError> {
        self.check_unspoiled()?;
        Ok(match &mut self.inner {
            Inner::SqliteReader(lease) => Link::Sqlite(lease.conn()?),
            Inner::SqliteWriter(lease) => Link::Sqlite(lease.conn()?),
            Inner::PostgresReader(conn) => Link::Postgres(conn),
            Inner::PostgresTx(tx) => Link::Postgres(tx),
        })
    }

    /// PostgreSQL gives up a transaction at its first failed statement, and answers a later commit with a silent
    /// rollback. So that is an error here, on both engines.
    pub(super) fn check_unspoiled(&self) -> Result<(), DbError> {
        if self.spoiled { Err(DbError::Spoiled) } else { Ok(()) }
    }

    fn note(&mut self, error: sqlx::Error) -> DbError {
        let error = DbError::from(error);
        self.spoiled = matches!(self.inner, Inner::SqliteWriter(_) | Inner::PostgresTx(_));
        // Some failures of SQLite undo the whole outer transaction: the writer must know.
        if let (Inner::SqliteWriter(lease), DbError::Down(_)) = (&mut self.inner, &error) {
            lease.break_off();
        }
        error
    }

    /// Asks the engine to prepare a statement without running it; for parity tests.
    pub async fn prepare(&mut self, sql: &'static str) -> Result<(), DbError> {
        use sqlx::{Executor as _, SqlSafeStr as _};
        let sql = AssertSqlSafe(without_list_marks(sql)).into_sql_str();
        match self.link()? {
            Link::Sqlite(conn) => conn.prepare(sql).await.map(drop)?,
            Link::Postgres(conn) => conn.prepare(sql).await.map(drop)?,
        }
        Ok(())
    }
}

enum Link<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

/// A statement with the values bound so far.
#[must_use = "a query does nothing until it is run"]
pub struct Query<'c> {
    conn: &'c mut Conn,
    sql: Cow<'static, str>,
    args: Result<Args, DbError>,
}

impl<'c> Query<'c> {
    /// The next `$n`.
    pub fn bind(mut self, value: impl Arg) -> Self {
        if let Ok(args) = &mut self.args {
            let number = args.len() + 1;
            if let Err(reason) = value.bind(args) {
                self.args = Err(DbError::Column { column: format!("${number}"), reason: reason.to_string() });
            }
        }
        self
    }

    /// A list for `in ($n..)`, where `$n` is the next number. It must be bound last.
    ///
    /// The list is filled up with its last value to the next power of two, so that few different statements
    /// are prepared; an empty list matches nothing.
    pub fn bind_list<T: Arg + Clone>(mut self, values: &[T]) -> Self {
        let Ok(args) = &self.args else { return self };
        let first = args.len() + 1;
        let mark = format!("${first}..");
        if !self.sql.contains(&mark) {
            self.args = Err(DbError::Column { column: mark, reason: "not in the statement".to_owned() });
            return self;
        }
        let count = values.len().next_power_of_two().max(1);
        let numbers: Vec<_> = (first..first + count).map(|number| format!("${number}")).collect();
        self.sql = Cow::Owned(self.sql.replace(&mark, &numbers.join(", ")));
        match values.last() {
            None => self.bind(None::<T>),
            Some(last) => {
                let padding = count - values.len();
                values
                    .iter()
                    .chain(std::iter::repeat_n(last, padding))
                    .fold(self, |query, value| query.bind(value.clone()))
            }
        }
    }

    /// Every row.
    pub async fn all<R: Record>(self) -> Result<Vec<R>, DbError> {
        match self.rows().await? {
            Rows::Sqlite(rows) => rows.iter().map(|row| R::read(&Row::Sqlite(row))).collect(),
            Rows::Postgres(rows) => rows.iter().map(|row| R::read(&Row::Postgres(row))).collect(),
        }
    }

    /// The first row, if there is one.
    pub async fn optional<R: Record>(self) -> Result<Option<R>, DbError> {
        match self.first().await? {
            First::Sqlite(row) => row.map(|row| R::read(&Row::Sqlite(&row))).transpose(),
            First::Postgres(row) => row.map(|row| R::read(&Row::Postgres(&row))).transpose(),
        }
    }

    /// The first row; [`DbError::NoRow`] where there is none.
    pub async fn one<R: Record>(self) -> Result<R, DbError> {
        self.optional().await?.ok_or(DbError::NoRow)
    }

    // The three below are boxed so that the drivers' code is compiled here, and not in every crate that awaits it.

    /// Runs it; the number of rows that were inserted, updated or deleted.
    pub fn execute(self) -> BoxFuture<'c, Result<u64, DbError>> {
        Box::pin(async move {
            let Self { conn, sql, args } = self;
            let result = match (conn.link()?, args?) {
                (Link::Sqlite(conn), Args::Sqlite(args)) => {
                    with(sql, args).execute(conn).await.map(|done| done.rows_affected())
                }
                (Link::Postgres(conn), Args::Postgres(args)) => {
                    with(sql, args).execute(conn).await.map(|done| done.rows_affected())
                }
                _ => return Err(mixed_engines()),
            };
            result.map_err(|error| conn.note(error))
        })
    }

    fn rows(self) -> BoxFuture<'c, Result<Rows, DbError>> {
        Box::pin(async move {
            let Self { conn, sql, args } = self;
            let result = match (conn.link()?, args?) {
                (Link::Sqlite(conn), Args::Sqlite(args)) => {
                    with(sql, args).fetch_all(conn).await.map(Rows::Sqlite)
                }
                (Link::Postgres(conn), Args::Postgres(args)) => {
                    with(sql, args).fetch_all(conn).await.map(Rows::Postgres)
                }
                _ => return Err(mixed_engines()),
            };
            result.map_err(|error| conn.note(error))
        })
    }

    fn first(self) -> BoxFuture<'c, Result<First, DbError>> {
        Box::pin(async move {
            let Self { conn, sql, args } = self;
            let result = match (conn.link()?, args?) {
                (Link::Sqlite(conn), Args::Sqlite(args)) => {
                    with(sql, args).fetch_optional(conn).await.map(First::Sqlite)
                }
                (Link::Postgres(conn), Args::Postgres(args)) => {
                    with(sql, args).fetch_optional(conn).await.map(First::Postgres)
                }
                _ => return Err(mixed_engines()),
            };
            result.map_err(|error| conn.note(error))
        })
    }
}

enum Rows {
    Sqlite(Vec<SqliteRow>),
    Postgres(Vec<PgRow>),
}

enum First {
    Sqlite(Option<SqliteRow>),
    Postgres(Option<PgRow>),
}

/// `AssertSqlSafe` holds: the text is a constant, or was put together from constants (`query_dynamic`).
fn with<'q, DB: sqlx::Database>(
    sql: Cow<'static, str>,
    args: DB::Arguments,
) -> sqlx::query::Query<'q, DB, DB::Arguments>
where
    DB::Arguments: sqlx::IntoArguments<DB>,
{
    sqlx::query_with(AssertSqlSafe(sql), args)
}

fn mixed_engines() -> DbError {
    DbError::Config("a statement was bound for the other engine".to_owned())
}

fn without_list_marks(sql: &str) -> String {
    let mut parts = sql.split("..)");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push(')');
        plain.push_str(part);
    }
    plain
}

const _: fn() = || {
    fn send<T: Send>() {}
    send::<Conn>();
    send::<PoolConnection<Sqlite>>();
};
