//! Writes thousands of rows with few statements.

use serde::Serialize;

use super::{Conn, DbError, Engine, Json, Query, parts, placeholders};

/// With fewer rows a document is not worth it.
const FEW: usize = 16;
/// Rows of one document.
const MOST: usize = 5_000;

/// A statement over many rows, as constants of our own. On PostgreSQL the rows are one JSON document, which is one value
/// instead of thousands in the statement. On SQLite, and where they are few, they are lists of values.
pub struct Many {
    /// Names and PostgreSQL's types of the columns: `id uuid, name text`. The rows' fields have these names.
    pub columns: &'static str,
    /// What is done with the rows, which are called `told`:
    /// `insert into shelf (id, name) select id, name from told where true on conflict …` or
    /// `update shelf set name = told.name from told where shelf.id = told.id`.
    pub sql: &'static str,
}

impl Many {
    /// `bind` binds one row's values in the order of the columns. Returns how many rows were written.
    pub async fn run<T: Serialize>(
        &self,
        conn: &mut Conn,
        rows: &[T],
        bind: impl for<'q, 'r> Fn(Query<'q>, &'r T) -> Query<'q>,
    ) -> Result<u64, DbError> {
        let Self { columns, sql } = self;
        let mut written = 0;
        if conn.engine() == Engine::Postgres && rows.len() >= FEW {
            for part in rows.chunks(MOST) {
                let sql =
                    format!("with told as (select * from jsonb_to_recordset($1) as entry({columns})) {sql}");
                written += conn.query_dynamic(sql).bind(Json(part)).execute().await?;
            }
            return Ok(written);
        }
        let names: Vec<&str> =
            columns.split(',').filter_map(|column| column.split_whitespace().next()).collect();
        for part in parts(rows) {
            let values = match conn.engine() {
                Engine::Postgres => placeholders(part.len(), names.len()),
                // SQLite looks through all names for each of them.
                Engine::Sqlite => nameless(part.len(), names.len()),
            };
            let sql = format!("with told ({}) as (values {values}) {sql}", names.join(", "));
            let query = conn.query_dynamic(sql);
            written += part.iter().fold(query, &bind).execute().await?;
        }
        Ok(written)
    }
}

/// `(?, ?), (?, ?)`
fn nameless(rows: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row; rows].join(", ")
}
