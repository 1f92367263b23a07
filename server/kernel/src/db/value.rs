//! What may be bound and read: our own traits, because the typed ids live in `contract`, which knows no SQL.

use serde::{Serialize, de::DeserializeOwned};
use souk_contract::{Currency, Id, Timestamp};
use sqlx::{Arguments as _, error::BoxDynError, postgres::PgArguments};
use uuid::Uuid;

use super::{DbError, Row, sqlite::Value};

/// The values of one statement, encoded for the engine it will run on.
pub enum Args {
    Sqlite(Vec<Value>),
    Postgres(PgArguments),
}

impl Args {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Sqlite(args) => args.len(),
            Self::Postgres(args) => args.len(),
        }
    }
}

/// A value that can be bound to `$1`.
pub trait Arg: Sized {
    fn bind(self, args: &mut Args) -> Result<(), BoxDynError>;

    /// Binds a null of this type; PostgreSQL wants to know which.
    fn bind_null(args: &mut Args) -> Result<(), BoxDynError>;
}

/// A value that can be read from a column.
pub trait Column: Sized {
    fn read(row: &Row<'_>, at: usize) -> Result<Self, DbError>;
}

/// Kept as JSON: TEXT in SQLite, JSONB in PostgreSQL. Stored, not queried inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Json<T>(pub T);

/// An enum kept as the word serde writes for it: TEXT, with a check in the migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Text<T>(pub T);

macro_rules! native_arg {
    ($($type:ty: $value:ident => $sqlite:expr),* $(,)?) => {$(
        impl Arg for $type {
            fn bind(self, args: &mut Args) -> Result<(), BoxDynError> {
                let $value = self;
                match args {
                    Args::Sqlite(args) => args.push($sqlite),
                    Args::Postgres(args) => sqlx::Arguments::add(args, $value)?,
                }
                Ok(())
            }
            fn bind_null(args: &mut Args) -> Result<(), BoxDynError> {
                match args {
                    Args::Sqlite(args) => args.push(Value::Null),
                    Args::Postgres(args) => sqlx::Arguments::add(args, None::<Self>)?,
                }
                Ok(())
            }
        }
    )*};
}
native_arg! {
    i64: value => Value::Integer(value),
    bool: value => Value::Integer(value.into()),
    &str: value => Value::Text(value.to_owned()),
    String: value => Value::Text(value),
    Uuid: value => Value::Uuid(value.into_bytes()),
    Vec<u8>: value => Value::Blob(value),
    &[u8]: value => Value::Blob(value.to_vec()),
    chrono::DateTime<chrono::Utc>: value => Value::Text(Timestamp::new(value).to_rfc3339()),
}

macro_rules! arg_as {
    ([$($generics:tt)*] $type:ty => $native:ty, $value:ident, $convert:expr) => {
        impl<$($generics)*> Arg for $type {
            fn bind(self, args: &mut Args) -> Result<(), BoxDynError> {
                let $value = self;
                <$native as Arg>::bind($convert, args)
            }
            fn bind_null(args: &mut Args) -> Result<(), BoxDynError> {
                <$native as Arg>::bind_null(args)
            }
        }
    };
}
arg_as!([] i32 => i64, value, i64::from(value));
arg_as!([] u32 => i64, value, i64::from(value));
arg_as!([] &String => &str, value, value.as_str());
arg_as!([] &Vec<u8> => &[u8], value, value.as_slice());
arg_as!([K] Id<K> => Uuid, value, value.uuid());
arg_as!([] Currency => &str, value, value.code());
arg_as!([] Timestamp => chrono::DateTime<chrono::Utc>, value, value.datetime());

impl<T: Serialize> Arg for Json<T> {
    fn bind(self, args: &mut Args) -> Result<(), BoxDynError> {
        match args {
            Args::Sqlite(args) => args.push(Value::Text(serde_json::to_string(&self.0)?)),
            Args::Postgres(args) => sqlx::Arguments::add(args, sqlx::types::Json(&self.0))?,
        }
        Ok(())
    }
    fn bind_null(args: &mut Args) -> Result<(), BoxDynError> {
        match args {
            Args::Sqlite(args) => args.push(Value::Null),
            Args::Postgres(args) => {
                sqlx::Arguments::add(args, None::<sqlx::types::Json<serde_json::Value>>)?;
            }
        }
        Ok(())
    }
}

impl<T: Serialize> Arg for Text<T> {
    fn bind(self, args: &mut Args) -> Result<(), BoxDynError> {
        match serde_json::to_value(&self.0)? {
            serde_json::Value::String(word) => word.bind(args),
            other => Err(format!("Text wants a type that serialises to a string, not {other}").into()),
        }
    }
    fn bind_null(args: &mut Args) -> Result<(), BoxDynError> {
        String::bind_null(args)
    }
}

impl<T: Arg> Arg for Option<T> {
    fn bind(self, args: &mut Args) -> Result<(), BoxDynError> {
        match self {
            Some(value) => value.bind(args),
            None => T::bind_null(args),
        }
    }
    fn bind_null(args: &mut Args) -> Result<(), BoxDynError> {
        T::bind_null(args)
    }
}

macro_rules! native_column {
    ($($type:ty: $row:ident, $at:ident => $sqlite:expr),* $(,)?) => {$(
        impl Column for $type {
            fn read(row: &Row<'_>, $at: usize) -> Result<Self, DbError> {
                match row {
                    Row::Sqlite($row) => $sqlite,
                    Row::Postgres(row) => Ok(sqlx::Row::try_get(*row, $at)?),
                }
            }
        }
    )*};
}
native_column! {
    bool: row, at => Ok(row.integer(at)? != 0),
    String: row, at => Ok(row.text(at)?.to_owned()),
    Vec<u8>: row, at => Ok(row.blob(at)?.to_vec()),
}

impl Column for Uuid {
    fn read(row: &Row<'_>, at: usize) -> Result<Self, DbError> {
        match row {
            Row::Sqlite(sqlite) => Self::from_slice(sqlite.blob(at)?).map_err(|error| row.bad(at, error)),
            Row::Postgres(postgres) => Ok(sqlx::Row::try_get(*postgres, at)?),
        }
    }
}

impl Column for i64 {
    /// PostgreSQL types a bare `select 1` as a 4-byte integer; that is read too.
    fn read(row: &Row<'_>, at: usize) -> Result<Self, DbError> {
        match row {
            Row::Sqlite(row) => row.integer(at),
            Row::Postgres(row) => match sqlx::Row::try_get::<i64, _>(*row, at) {
                Ok(value) => Ok(value),
                Err(error) => match sqlx::Row::try_get::<i32, _>(*row, at) {
                    Ok(value) => Ok(value.into()),
                    Err(_) => Err(error.into()),
                },
            },
        }
    }
}

impl Column for i32 {
    fn read(row: &Row<'_>, at: usize) -> Result<Self, DbError> {
        let value = i64::read(row, at)?;
        value.try_into().map_err(|_| row.bad(at, format!("{value} does not fit 32 bits")))
    }
}

impl Column for u32 {
    fn read(row: &Row<'_>, at: usize) -> Result<Self, DbError> {
        let value = i64::read(row, at)?;
        value.try_into().map_err(|_| row.bad(at, format!("{value} does not fit 32 bits")))
    }
}

impl<K> Column for Id<K> {
    fn read(row: &Row<'_>, at: usize) -> Result<Self, DbError> {
        Uuid::read(row, at).map(Self::new)
    }
}

impl Column for Currency {
    fn read(row: &Row<'_>, at: usize) -> Result<Self, DbError> {
        String::read(row, at)?.parse().map_err(|error| row.bad(at, error))
    }
}

impl Column for Timestamp {
    fn read(row: &Row<'_>, at: usize) -> Result<Self, DbError> {
        match row {
            Row::Sqlite(sqlite) => Self::parse(sqlite.text(at)?).map_err(|error| row.bad(at, error)),
            Row::Postgres(postgres) => Ok(Self::new(sqlx::Row::try_get(*postgres, at)?)),
        }
    }
}

impl<T: DeserializeOwned> Column for Json<T> {
    fn read(row: &Row<'_>, at: usize) -> Result<Self, DbError> {
        match row {
            Row::Sqlite(sqlite) => {
                serde_json::from_str(sqlite.text(at)?).map(Self).map_err(|error| row.bad(at, error))
            }
            Row::Postgres(postgres) => {
                let sqlx::types::Json(value) = sqlx::Row::try_get(*postgres, at)?;
                Ok(Self(value))
            }
        }
    }
}

impl<T: DeserializeOwned> Column for Text<T> {
    fn read(row: &Row<'_>, at: usize) -> Result<Self, DbError> {
        let word = serde_json::Value::String(String::read(row, at)?);
        serde_json::from_value(word).map(Self).map_err(|error| row.bad(at, error))
    }
}

impl<T: Column> Column for Option<T> {
    fn read(row: &Row<'_>, at: usize) -> Result<Self, DbError> {
        if row.is_null(at)? { Ok(None) } else { T::read(row, at).map(Some) }
    }
}
