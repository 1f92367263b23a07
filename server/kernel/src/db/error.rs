//! What can go wrong with a statement, told the same way for both engines.

use souk_contract::Error;

/// A failure of the database, named alike for SQLite and PostgreSQL.
///
/// Constraint names are PostgreSQL's default ones on both engines: `product_handle_key` for
/// `unique (handle)` on `product`, `stock_variant_id_location_id_key` for two columns,
/// `product_pkey` for a primary key; a check has the name its migration gave it.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    #[error("unique constraint {0} is violated")]
    Unique(String),
    #[error("check constraint {0} is violated")]
    Check(String),
    /// SQLite does not say which one: the name is empty there.
    #[error("foreign key {0} is violated")]
    ForeignKey(String),
    #[error("{0} must not be null")]
    NotNull(String),
    /// Lost a race for a lock, a connection or a serialisable order; may be tried again.
    #[error("database is busy: {0}")]
    Busy(String),
    /// The file, disk or server can't be reached. Nothing of the transaction was kept.
    #[error("database is down: {0}")]
    Down(String),
    /// A statement of this transaction failed before; nothing more can be done with it.
    #[error("a statement of this transaction failed before")]
    Spoiled,
    /// `one()` found no row.
    #[error("a row was expected and none was found")]
    NoRow,
    /// A column is missing or has another type than the Rust side wants.
    #[error("column {column}: {reason}")]
    Column { column: String, reason: String },
    #[error("database settings: {0}")]
    Config(String),
    #[error("migration {name}: {reason}")]
    Migration { name: String, reason: String },
    #[error(transparent)]
    Other(Box<dyn std::error::Error + Send + Sync>),
}

impl DbError {
    /// Whether this is the violation of the unique constraint of that name.
    pub fn is_unique(&self, constraint: &str) -> bool {
        matches!(self, Self::Unique(name) if name == constraint)
    }

    /// Whether this is the violation of the check of that name.
    pub fn is_check(&self, constraint: &str) -> bool {
        matches!(self, Self::Check(name) if name == constraint)
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Busy(_) | DbError::Down(_) => {
                tracing::warn!(%error, "database unavailable");
                Self::Unavailable { what: "The database".to_owned() }
            }
            other => Self::internal(other),
        }
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(database) => from_postgres(database),
            sqlx::Error::RowNotFound => Self::NoRow,
            sqlx::Error::PoolTimedOut => Self::Busy("no free connection".to_owned()),
            sqlx::Error::Io(io) => Self::Down(io.to_string()),
            sqlx::Error::Tls(tls) => Self::Down(tls.to_string()),
            sqlx::Error::PoolClosed => Self::Down("the pool is closed".to_owned()),
            sqlx::Error::ColumnNotFound(column) => {
                Self::Column { column, reason: "the row does not have it".to_owned() }
            }
            sqlx::Error::ColumnDecode { index, source } => {
                Self::Column { column: index, reason: source.to_string() }
            }
            other => Self::Other(other.into()),
        }
    }
}

fn from_postgres(error: Box<dyn sqlx::error::DatabaseError>) -> DbError {
    let Some(postgres) = error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() else {
        return DbError::Other(error.into_error());
    };
    let constraint = || postgres.constraint().unwrap_or_default().to_owned();
    let message = || postgres.message().to_owned();
    match postgres.code() {
        "23505" => DbError::Unique(constraint()),
        "23514" => DbError::Check(constraint()),
        "23503" => DbError::ForeignKey(constraint()),
        "23502" => DbError::NotNull(postgres.column().unwrap_or_default().to_owned()),
        "40001" | "40P01" | "55P03" => DbError::Busy(message()),
        code if code.starts_with("53") => DbError::Busy(message()),
        code if code.starts_with("08") || code.starts_with("57P") => DbError::Down(message()),
        _ => DbError::Other(error.into_error()),
    }
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::{ErrorCode as Code, ffi};
        let rusqlite::Error::SqliteFailure(failure, Some(message)) = &error else {
            return Self::Other(error.into());
        };
        let detail = message.split_once("failed: ").map_or(message.as_str(), |(_, detail)| detail);
        match failure.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE => Self::Unique(default_name(detail, false)),
            ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
                Self::Unique(default_name(detail, true))
            }
            ffi::SQLITE_CONSTRAINT_CHECK => Self::Check(detail.to_owned()),
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Self::ForeignKey(String::new()),
            ffi::SQLITE_CONSTRAINT_NOTNULL => {
                Self::NotNull(detail.rsplit('.').next().unwrap_or_default().to_owned())
            }
            _ => match failure.code {
                Code::DatabaseBusy | Code::DatabaseLocked => Self::Busy(message.clone()),
                Code::OutOfMemory
                | Code::OperationInterrupted
                | Code::SystemIoFailure
                | Code::DiskFull
                | Code::CannotOpen => Self::Down(message.clone()),
                _ => Self::Other(error.into()),
            },
        }
    }
}

/// From SQLite's `product.shop, product.handle` to PostgreSQL's `product_shop_handle_key`.
fn default_name(detail: &str, primary_key: bool) -> String {
    if let Some(index) = detail.strip_prefix("index '") {
        return index.trim_end_matches('\'').to_owned();
    }
    let table = detail.split('.').next().unwrap_or_default();
    if primary_key {
        return format!("{table}_pkey");
    }
    let columns: Vec<_> =
        detail.split(", ").map(|column| column.rsplit('.').next().unwrap_or_default()).collect();
    format!("{table}_{}_key", columns.join("_"))
}

#[cfg(test)]
mod tests {
    use super::default_name;

    #[test]
    fn sqlite_violations_get_the_name_postgresql_would_use() {
        assert_eq!(default_name("product.handle", false), "product_handle_key");
        assert_eq!(
            default_name("stock.variant_id, stock.location_id", false),
            "stock_variant_id_location_id_key"
        );
        assert_eq!(default_name("product.id", true), "product_pkey");
        assert_eq!(default_name("index 'product_lower_title'", false), "product_lower_title");
    }
}
