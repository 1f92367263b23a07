//! A connection to a SQLite file, and the statements that run on it.

use std::{
    cell::Cell,
    path::Path,
    time::{Duration, Instant},
};

use rusqlite::{
    Connection, OpenFlags, Statement,
    config::DbConfig,
    types::{ToSql, ToSqlOutput, ValueRef},
};

use crate::db::{DbError, Row, conn::Take};

const STATEMENT_CACHE: usize = 128;
/// Whoever holds a thread longer than this is named in the log.
const SLOW: Duration = Duration::from_millis(250);

/// What is bound to `$1`.
#[derive(Debug)]
pub enum Value {
    Null,
    Integer(i64),
    Text(String),
    Blob(Vec<u8>),
    Uuid([u8; 16]),
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(value) => ValueRef::Integer(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Blob(value) => ValueRef::Blob(value),
            Self::Uuid(value) => ValueRef::Blob(value),
        }))
    }
}

pub(in crate::db) struct Link(Connection);

impl Link {
    /// The file is made where there is none.
    pub(super) fn to_write(file: &Path) -> Result<Self, DbError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let link = Self::open(file, flags)?;
        link.batch("pragma journal_mode = wal; pragma journal_size_limit = 67108864")?;
        Ok(link)
    }

    pub(super) fn to_read(file: &Path) -> Result<Self, DbError> {
        Self::open(file, OpenFlags::SQLITE_OPEN_READ_ONLY)
    }

    /// No memory map: its pages would count towards the process once per connection. The system's page cache is
    /// as good, and a cache of 2 MB per connection holds the upper levels of every index.
    fn open(file: &Path, flags: OpenFlags) -> Result<Self, DbError> {
        // A connection is used by one task at a time: it needs no lock of its own.
        let conn = Connection::open_with_flags(file, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        conn.busy_timeout(Duration::from_secs(5))?;
        conn.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
        // One plan per statement: with a plan per value, it would be prepared again at every other run.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        let link = Self(conn);
        link.batch(
            "pragma synchronous = full; pragma foreign_keys = on; pragma cache_size = -2000; \
             pragma temp_store = memory",
        )?;
        Ok(link)
    }

    /// How long a statement waits for another program that has the file's lock.
    pub(super) fn wait_for_others(&self, patience: Duration) -> Result<(), DbError> {
        Ok(self.0.busy_timeout(patience)?)
    }

    /// Some failures undo the whole transaction.
    pub(super) fn in_transaction(&self) -> bool {
        !self.0.is_autocommit()
    }

    /// Several statements, without values.
    pub(in crate::db) fn batch(&self, sql: &str) -> Result<(), DbError> {
        Ok(self.0.execute_batch(sql)?)
    }

    /// The number of rows that were inserted, updated or deleted.
    pub(in crate::db) fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, DbError> {
        self.run(sql, values, &mut |_| Ok(std::ops::ControlFlow::Continue(())))
    }

    /// Hands each row to `take` until it has enough.
    pub(in crate::db) fn run(
        &mut self,
        sql: &str,
        values: &[Value],
        take: &mut Take<'_>,
    ) -> Result<u64, DbError> {
        let began = Instant::now();
        let mut statement = self.0.prepare_cached(sql)?;
        for at in 1..=statement.parameter_count() {
            let value = number(&statement, at).and_then(|number| values.get(number.checked_sub(1)?));
            let value = value.ok_or_else(|| DbError::Column {
                column: statement.parameter_name(at).unwrap_or("?").to_owned(),
                reason: "nothing was bound to it".to_owned(),
            })?;
            statement.raw_bind_parameter(at, value)?;
        }
        let reads = statement.readonly();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            if take(&Row::Sqlite(&SqliteRow { row, next: Cell::new(0) }))?.is_break() {
                break;
            }
        }
        drop(rows);
        drop(statement);
        let took = began.elapsed();
        tracing::trace!(sql, ?took, "statement");
        if took > SLOW {
            tracing::warn!(sql, ?took, "slow statement");
        }
        Ok(if reads { 0 } else { self.0.changes() })
    }

    pub(in crate::db) fn prepare(&mut self, sql: &str) -> Result<(), DbError> {
        self.0.prepare(sql)?;
        Ok(())
    }

    /// Keeps the planner's statistics fresh, then closes. While another program writes to the file they stay as
    /// they are: whoever closes it last sees to them, and nothing is lost without them.
    pub(super) fn close(self) -> Result<(), DbError> {
        match self.batch("pragma analysis_limit = 400; pragma optimize") {
            Err(DbError::Busy(_)) => {}
            other => other?,
        }
        self.0.close().map_err(|(_, error)| error.into())
    }
}

/// To SQLite `$2` is a name: where it stands first, it is the first parameter. One without a name is where it stands.
fn number(statement: &Statement<'_>, at: usize) -> Option<usize> {
    match statement.parameter_name(at) {
        None => Some(at),
        Some(name) => name.strip_prefix('$')?.parse().ok(),
    }
}

/// A row while the statement stands on it.
pub struct SqliteRow<'r> {
    row: &'r rusqlite::Row<'r>,
    /// Where the next column that is asked for by name most likely is: most are read in order.
    next: Cell<usize>,
}

impl SqliteRow<'_> {
    pub(in crate::db) fn place(&self, name: &str) -> Option<usize> {
        let is_it = |at: &usize| self.name(*at) == Some(name);
        let at = Some(self.next.get()).filter(is_it);
        let at = at.or_else(|| (0..self.row.as_ref().column_count()).find(is_it))?;
        self.next.set(at + 1);
        Some(at)
    }

    pub(in crate::db) fn name(&self, at: usize) -> Option<&str> {
        self.row.as_ref().column_name(at).ok()
    }

    pub(in crate::db) fn is_null(&self, at: usize) -> Result<bool, DbError> {
        Ok(self.row.get_ref(at)? == ValueRef::Null)
    }

    pub(in crate::db) fn integer(&self, at: usize) -> Result<i64, DbError> {
        let value = self.row.get_ref(at)?;
        value.as_i64().map_err(|_| self.wrong(at, value, "an integer"))
    }

    pub(in crate::db) fn text(&self, at: usize) -> Result<&str, DbError> {
        let value = self.row.get_ref(at)?;
        value.as_str().map_err(|_| self.wrong(at, value, "a text in UTF-8"))
    }

    pub(in crate::db) fn blob(&self, at: usize) -> Result<&[u8], DbError> {
        let value = self.row.get_ref(at)?;
        value.as_blob().map_err(|_| self.wrong(at, value, "bytes"))
    }

    fn wrong(&self, at: usize, found: ValueRef<'_>, wanted: &str) -> DbError {
        DbError::Column {
            column: self.name(at).unwrap_or_default().to_owned(),
            reason: format!("{wanted} is wanted, and it is {}", found.data_type()),
        }
    }
}
