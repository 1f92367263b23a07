//! Inserts thousands of rows. On PostgreSQL they are one JSON document, which is one value instead of
//! thousands in the statement. On SQLite, and where they are few, they are lists of values.

use serde::Serialize;
use souk_kernel::db::{Conn, DbError, Engine, Json, Query, parts, placeholders};

/// With fewer rows a document is not worth it.
const FEW: usize = 16;
/// Rows of one document.
const MOST: usize = 5_000;

/// An insert, as constants of our own.
pub(crate) struct Insert {
    /// `insert into shelf (id, name)`
    pub into: &'static str,
    /// Names and PostgreSQL's types of the columns, as in `into`: `id uuid, name text`. The rows' fields have these names.
    pub columns: &'static str,
    /// `on conflict …`, or empty.
    pub then: &'static str,
}

impl Insert {
    /// `bind` binds one row's values in the order of the columns.
    pub(crate) async fn run<T: Serialize>(
        &self,
        conn: &mut Conn,
        rows: &[T],
        bind: impl for<'q, 'r> Fn(Query<'q>, &'r T) -> Query<'q>,
    ) -> Result<(), DbError> {
        let Self { into, columns, then } = self;
        if conn.engine() == Engine::Postgres && rows.len() >= FEW {
            let names: Vec<&str> =
                columns.split(',').filter_map(|column| column.split_whitespace().next()).collect();
            let names = names.join(", ");
            for part in rows.chunks(MOST) {
                let sql =
                    format!("{into} select {names} from jsonb_to_recordset($1) as told({columns}) {then}");
                conn.query_dynamic(sql).bind(Json(part)).execute().await?;
            }
            return Ok(());
        }
        let width = columns.split(',').count();
        for part in parts(rows) {
            let sql = format!("{into} values {} {then}", placeholders(part.len(), width));
            let query = conn.query_dynamic(sql);
            part.iter().fold(query, &bind).execute().await?;
        }
        Ok(())
    }
}
