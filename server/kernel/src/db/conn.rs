//! One connection of either engine, and the statement that runs on it.

use std::{borrow::Cow, ops::ControlFlow};

use futures::future::BoxFuture;
use sqlx::{Postgres, Transaction, pool::PoolConnection, postgres::PgArguments};

use super::{
    Arg, Args, DbError, Engine, Record, Row, postgres,
    sqlite::{Lease, ReaderLease},
};

/// Takes a row, and says whether it wants another.
pub(super) type Take<'t> = dyn FnMut(&Row<'_>) -> Result<ControlFlow<()>, DbError> + Send + 't;

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
            Engine::Sqlite => Args::Sqlite(Vec::new()),
            Engine::Postgres => Args::Postgres(PgArguments::default()),
        };
        Query { conn: self, sql, args: Ok(args) }
    }

    /// PostgreSQL gives up a transaction at its first failed statement, and answers a later commit with a silent
    /// rollback. So that is an error here, on both engines.
    pub(super) fn check_unspoiled(&self) -> Result<(), DbError> {
        if self.spoiled { Err(DbError::Spoiled) } else { Ok(()) }
    }

    /// Asks the engine to prepare a statement without running it; for parity tests.
    pub async fn prepare(&mut self, sql: &'static str) -> Result<(), DbError> {
        let sql = without_list_marks(sql);
        match &mut self.inner {
            Inner::SqliteReader(lease) => lease.link()?.prepare(&sql),
            Inner::SqliteWriter(lease) => lease.link()?.prepare(&sql),
            Inner::PostgresReader(conn) => postgres::prepare(conn, sql).await,
            Inner::PostgresTx(tx) => postgres::prepare(tx, sql).await,
        }
    }

    async fn run(&mut self, sql: Cow<'static, str>, args: Args, take: &mut Take<'_>) -> Result<u64, DbError> {
        self.check_unspoiled()?;
        let done = match (&mut self.inner, args) {
            (Inner::SqliteReader(lease), Args::Sqlite(values)) => lease.link()?.run(&sql, &values, take),
            (Inner::SqliteWriter(lease), Args::Sqlite(values)) => lease.link()?.run(&sql, &values, take),
            (Inner::PostgresReader(conn), Args::Postgres(args)) => postgres::run(conn, sql, args, take).await,
            (Inner::PostgresTx(tx), Args::Postgres(args)) => postgres::run(tx, sql, args, take).await,
            _ => Err(DbError::Config("a statement was bound for the other engine".to_owned())),
        };
        // A column that can't be read is the reader's trouble: the statement itself was done.
        if let Err(error) = &done
            && !matches!(error, DbError::Column { .. })
        {
            self.spoiled = matches!(self.inner, Inner::SqliteWriter(_) | Inner::PostgresTx(_));
        }
        done
    }
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
        let mut found = Vec::new();
        self.run(&mut |row| {
            found.push(R::read(row)?);
            Ok(ControlFlow::Continue(()))
        })
        .await?;
        Ok(found)
    }

    /// The first row, if there is one.
    pub async fn optional<R: Record>(self) -> Result<Option<R>, DbError> {
        let mut found = None;
        self.run(&mut |row| {
            found = Some(R::read(row)?);
            Ok(ControlFlow::Break(()))
        })
        .await?;
        Ok(found)
    }

    /// The first row; [`DbError::NoRow`] where there is none.
    pub async fn one<R: Record>(self) -> Result<R, DbError> {
        self.optional().await?.ok_or(DbError::NoRow)
    }

    /// Runs it; the number of rows that were inserted, updated or deleted.
    pub async fn execute(self) -> Result<u64, DbError> {
        self.run(&mut |_| Ok(ControlFlow::Continue(()))).await
    }

    /// Boxed so that the drivers' code is compiled here, and not in every crate that awaits it.
    fn run<'t>(self, take: &'t mut Take<'_>) -> BoxFuture<'t, Result<u64, DbError>>
    where
        'c: 't,
    {
        Box::pin(async move {
            // SQLite answers at once: a long row of statements lets others have the thread now and then.
            tokio::task::coop::consume_budget().await;
            self.conn.run(self.sql, self.args?, take).await
        })
    }
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
    send::<PoolConnection<Postgres>>();
};
