//! Rows, and how they become structs and tuples.

use sqlx::{ColumnIndex as _, Row as _, ValueRef as _, postgres::PgRow};

use super::{Column, DbError, sqlite::SqliteRow};

/// One row of an answer.
pub enum Row<'r> {
    Sqlite(&'r SqliteRow<'r>),
    Postgres(&'r PgRow),
}

impl Row<'_> {
    /// The column of that name.
    pub fn get<T: Column>(&self, name: &str) -> Result<T, DbError> {
        let name = name.strip_prefix("r#").unwrap_or(name);
        T::read(self, self.place(name)?)
    }

    /// The column at that position, from 0.
    pub fn at<T: Column>(&self, at: usize) -> Result<T, DbError> {
        T::read(self, at)
    }

    fn place(&self, name: &str) -> Result<usize, DbError> {
        match self {
            Self::Sqlite(row) => row.place(name).ok_or_else(|| DbError::Column {
                column: name.to_owned(),
                reason: "the row does not have it".to_owned(),
            }),
            Self::Postgres(row) => Ok(name.index(*row)?),
        }
    }

    pub(super) fn is_null(&self, at: usize) -> Result<bool, DbError> {
        match self {
            Self::Sqlite(row) => row.is_null(at),
            Self::Postgres(row) => Ok(row.try_get_raw(at)?.is_null()),
        }
    }

    pub(super) fn bad(&self, at: usize, reason: impl ToString) -> DbError {
        use sqlx::Column as _;
        let column = match self {
            Self::Sqlite(row) => row.name(at),
            Self::Postgres(row) => row.columns().get(at).map(|column| column.name()),
        };
        DbError::Column { column: column.unwrap_or_default().to_owned(), reason: reason.to_string() }
    }
}

/// Something that is read from a whole row: a struct made by [`record!`](crate::record), or a tuple of columns.
pub trait Record: Sized + Send {
    fn read(row: &Row<'_>) -> Result<Self, DbError>;
}

macro_rules! tuple {
    ($($type:ident $at:tt),*) => {
        impl<$($type: Column + Send),*> Record for ($($type,)*) {
            fn read(row: &Row<'_>) -> Result<Self, DbError> {
                Ok(($(row.at::<$type>($at)?,)*))
            }
        }
    };
}
tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);

/// Declares a struct and reads it from the columns that are named like its fields.
///
/// ```
/// souk_kernel::record! {
///     #[derive(Debug, Clone, PartialEq)]
///     pub struct ShelfRow {
///         pub id: souk_contract::LocationId,
///         pub name: String,
///         pub capacity: Option<i64>,
///     }
/// }
/// ```
#[macro_export]
macro_rules! record {
    ($(#[$meta:meta])* $visibility:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field_visibility:vis $field:ident : $type:ty),* $(,)?
    }) => {
        $(#[$meta])*
        $visibility struct $name {
            $($(#[$field_meta])* $field_visibility $field: $type,)*
        }

        impl $crate::db::Record for $name {
            fn read(row: &$crate::db::Row<'_>) -> ::std::result::Result<Self, $crate::db::DbError> {
                Ok(Self { $($field: row.get(stringify!($field))?,)* })
            }
        }
    };
}
