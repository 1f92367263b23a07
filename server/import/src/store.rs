//! SQL: one function per statement.

use souk_contract::{ImportBack, ImportCounts, ImportId, ImportIssue, ImportReverted, ProductId, Timestamp};
use souk_kernel::{
    Conn, DbError,
    db::{Json, Text},
    record,
};
use uuid::Uuid;

use crate::job::{Job, ProductRow, StockKept};

pub(crate) async fn add_job(conn: &mut Conn, job: &Job) -> Result<(), DbError> {
    conn.query(
        "insert into import_job (id, version, at, actor, staff_id, file_name, bytes, state, done, total, delimiter,
           columns)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(job.id)
    .bind(job.version)
    .bind(job.at)
    .bind(Json(&job.actor.0))
    .bind(job.staff_id)
    .bind(&job.file_name)
    .bind(job.bytes)
    .bind(Text(job.state.0))
    .bind(job.done)
    .bind(job.total)
    .bind(&job.delimiter)
    .bind(Json(&job.columns.0))
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn job(conn: &mut Conn, id: ImportId) -> Result<Option<Job>, DbError> {
    conn.query("select * from import_job where id = $1 and bytes > 0").bind(id).optional().await
}

/// Newest first; those whose file is here.
pub(crate) async fn jobs(conn: &mut Conn, before: ImportId, limit: u32) -> Result<Vec<Job>, DbError> {
    conn.query("select * from import_job where id < $1 and bytes > 0 order by id desc limit $2")
        .bind(before)
        .bind(limit)
        .all()
        .await
}

/// Where its version is still that one. Whoever worked on it no longer does.
pub(crate) async fn save(conn: &mut Conn, job: &Job, version: i64) -> Result<bool, DbError> {
    let set = conn
        .query(
            "update import_job set version = version + 1, actor = $3, staff_id = $4, bytes = $5, state = $6,
               work = $7, done = $8, total = $9, delimiter = $10, columns = $11, would = $12, did = $13,
               reverted = $14, trouble = $15, ended_at = $16, lease = null, leased_until = null
             where id = $1 and version = $2",
        )
        .bind(job.id)
        .bind(version)
        .bind(Json(&job.actor.0))
        .bind(job.staff_id)
        .bind(job.bytes)
        .bind(Text(job.state.0))
        .bind(job.work.map(|work| Text(work.0)))
        .bind(job.done)
        .bind(job.total)
        .bind(&job.delimiter)
        .bind(Json(&job.columns.0))
        .bind(job.would.map(|counts| Json(counts.0)))
        .bind(job.did.map(|counts| Json(counts.0)))
        .bind(job.reverted.map(|counts| Json(counts.0)))
        .bind(job.trouble.as_deref())
        .bind(job.ended_at)
        .execute()
        .await?;
    Ok(set == 1)
}

/// The oldest that waits for somebody to work on it.
pub(crate) async fn waiting(conn: &mut Conn, now: Timestamp) -> Result<Option<Job>, DbError> {
    conn.query(
        "select * from import_job where work is not null and (leased_until is null or leased_until < $1)
         order by id limit 1",
    )
    .bind(now)
    .optional()
    .await
}

/// False where another process was first.
pub(crate) async fn take(
    conn: &mut Conn,
    id: ImportId,
    me: Uuid,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, DbError> {
    let taken = conn
        .query(
            "update import_job set lease = $2, leased_until = $4
             where id = $1 and work is not null and (leased_until is null or leased_until < $3)",
        )
        .bind(id)
        .bind(me)
        .bind(now)
        .bind(until)
        .execute()
        .await?;
    Ok(taken == 1)
}

/// Still at work, and so far; false where it is another's now.
pub(crate) async fn beat(
    conn: &mut Conn,
    id: ImportId,
    me: Uuid,
    (done, total): (i64, i64),
    until: Timestamp,
) -> Result<bool, DbError> {
    let mine = conn
        .query(
            "update import_job set done = $3, total = $4, leased_until = $5
             where id = $1 and lease = $2 and work is not null",
        )
        .bind(id)
        .bind(me)
        .bind(done)
        .bind(total)
        .bind(until)
        .execute()
        .await?;
    Ok(mine == 1)
}

pub(crate) async fn set_did(
    conn: &mut Conn,
    id: ImportId,
    me: Uuid,
    did: &ImportCounts,
) -> Result<bool, DbError> {
    let mine = conn
        .query("update import_job set did = $3 where id = $1 and lease = $2")
        .bind(id)
        .bind(me)
        .bind(Json(did))
        .execute()
        .await?;
    Ok(mine == 1)
}

pub(crate) async fn set_reverted(
    conn: &mut Conn,
    id: ImportId,
    me: Uuid,
    reverted: &ImportReverted,
) -> Result<bool, DbError> {
    let mine = conn
        .query("update import_job set reverted = $3 where id = $1 and lease = $2")
        .bind(id)
        .bind(me)
        .bind(Json(reverted))
        .execute()
        .await?;
    Ok(mine == 1)
}

pub(crate) async fn add_piece(conn: &mut Conn, id: ImportId, n: i64, bytes: &[u8]) -> Result<(), DbError> {
    conn.query("insert into import_piece (import_id, n, bytes) values ($1, $2, $3)")
        .bind(id)
        .bind(n)
        .bind(bytes)
        .execute()
        .await?;
    Ok(())
}

pub(crate) async fn piece(conn: &mut Conn, id: ImportId, n: i64) -> Result<Option<(Vec<u8>,)>, DbError> {
    conn.query("select bytes from import_piece where import_id = $1 and n = $2")
        .bind(id)
        .bind(n)
        .optional()
        .await
}

pub(crate) async fn delete_pieces(conn: &mut Conn, id: ImportId) -> Result<(), DbError> {
    conn.query("delete from import_piece where import_id = $1").bind(id).execute().await?;
    Ok(())
}

pub(crate) async fn delete_job(conn: &mut Conn, id: ImportId) -> Result<(), DbError> {
    conn.query("delete from import_job where id = $1").bind(id).execute().await?;
    Ok(())
}

pub(crate) async fn delete_findings(conn: &mut Conn, id: ImportId) -> Result<(), DbError> {
    conn.query("delete from import_issue where import_id = $1").bind(id).execute().await?;
    conn.query("delete from import_product where import_id = $1").bind(id).execute().await?;
    Ok(())
}

/// Nobody started them, or their file never came whole.
pub(crate) async fn forgotten(
    conn: &mut Conn,
    files: Timestamp,
    halves: Timestamp,
) -> Result<Vec<(ImportId,)>, DbError> {
    conn.query(
        "select id from import_job
         where work is null and state in ('uploaded', 'mapped', 'validated')
           and (at < $1 or (bytes = 0 and at < $2))
         order by id limit 100",
    )
    .bind(files)
    .bind(halves)
    .all()
    .await
}

/// They can't be taken back any more, and still have what that needs.
pub(crate) async fn settled(conn: &mut Conn, ended: Timestamp) -> Result<Vec<(ImportId,)>, DbError> {
    conn.query(
        "select id from import_job
         where work is null and ended_at < $1
           and exists (select 1 from import_product where import_product.import_id = import_job.id)
         order by id limit 100",
    )
    .bind(ended)
    .all()
    .await
}

pub(crate) async fn next_issue(conn: &mut Conn, id: ImportId) -> Result<i64, DbError> {
    let (last,): (i64,) = conn
        .query("select coalesce(max(n), -1) from import_issue where import_id = $1")
        .bind(id)
        .one()
        .await?;
    Ok(last + 1)
}

pub(crate) async fn add_issue(
    conn: &mut Conn,
    id: ImportId,
    n: i64,
    issue: &ImportIssue,
) -> Result<(), DbError> {
    conn.query(
        "insert into import_issue (import_id, n, line, column_name, value, reason, is_error)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(n)
    .bind(issue.line)
    .bind(issue.column.as_deref())
    .bind(&issue.value)
    .bind(&issue.reason)
    .bind(issue.is_error)
    .execute()
    .await?;
    Ok(())
}

record! {
    pub(crate) struct IssueRow {
        pub n: i64,
        pub line: i64,
        pub column_name: Option<String>,
        pub value: String,
        pub reason: String,
        pub is_error: bool,
    }
}

/// In the order in which they were found, which is that of the lines.
pub(crate) async fn issues(
    conn: &mut Conn,
    id: ImportId,
    after: i64,
    limit: u32,
) -> Result<Vec<IssueRow>, DbError> {
    conn.query(
        "select n, line, column_name, value, reason, is_error from import_issue
         where import_id = $1 and n > $2 order by n limit $3",
    )
    .bind(id)
    .bind(after)
    .bind(limit)
    .all()
    .await
}

/// A product that was there already, from before a crash, stays as it was written down.
pub(crate) async fn add_product(conn: &mut Conn, id: ImportId, row: &ProductRow) -> Result<(), DbError> {
    conn.query(
        "insert into import_product (import_id, n, line, handle, title, product_id, change, fields, before, after,
           stock, written, kept)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict (import_id, n) do nothing",
    )
    .bind(id)
    .bind(row.n)
    .bind(row.line)
    .bind(&row.handle)
    .bind(&row.title)
    .bind(row.product_id)
    .bind(Text(row.change.0))
    .bind(Json(&row.fields.0))
    .bind(row.before.as_ref().map(|input| Json(&input.0)))
    .bind(row.after.as_ref().map(|input| Json(&input.0)))
    .bind(row.stock.as_ref().map(|stock| Json(&stock.0)))
    .bind(row.written)
    .bind(Json(&row.kept.0))
    .execute()
    .await?;
    Ok(())
}

/// What became of a product that was to be written.
pub(crate) async fn set_written(
    conn: &mut Conn,
    id: ImportId,
    row: &ProductRow,
    stock: &[StockKept],
) -> Result<(), DbError> {
    conn.query(
        "update import_product set written = $3, product_id = $4, change = $5, stock = $6
         where import_id = $1 and n = $2",
    )
    .bind(id)
    .bind(row.n)
    .bind(true)
    .bind(row.product_id)
    .bind(Text(row.change.0))
    .bind(Json(stock))
    .execute()
    .await?;
    Ok(())
}

/// The last one that was written down as written; -1 where none was.
pub(crate) async fn last_written(conn: &mut Conn, id: ImportId) -> Result<i64, DbError> {
    let (last,): (i64,) = conn
        .query("select coalesce(max(n), -1) from import_product where import_id = $1 and written = $2")
        .bind(id)
        .bind(true)
        .one()
        .await?;
    Ok(last)
}

/// By number, those after this one.
pub(crate) async fn products(
    conn: &mut Conn,
    id: ImportId,
    after: i64,
    limit: u32,
) -> Result<Vec<ProductRow>, DbError> {
    conn.query(
        "select n, line, handle, title, product_id, change, fields, before, after, stock, written, back, kept
         from import_product where import_id = $1 and n > $2 order by n limit $3",
    )
    .bind(id)
    .bind(after)
    .bind(limit)
    .all()
    .await
}

/// What is still to be taken back.
pub(crate) async fn to_take_back(
    conn: &mut Conn,
    id: ImportId,
    limit: u32,
) -> Result<Vec<ProductRow>, DbError> {
    conn.query(
        "select n, line, handle, title, product_id, change, fields, before, after, stock, written, back, kept
         from import_product
         where import_id = $1 and written = $3 and back is null and change in ('created', 'updated')
         order by n limit $2",
    )
    .bind(id)
    .bind(limit)
    .bind(true)
    .all()
    .await
}

pub(crate) async fn set_back(
    conn: &mut Conn,
    id: ImportId,
    n: i64,
    back: ImportBack,
    kept: &[String],
) -> Result<(), DbError> {
    conn.query("update import_product set back = $3, kept = $4 where import_id = $1 and n = $2")
        .bind(id)
        .bind(n)
        .bind(Text(back))
        .bind(Json(kept))
        .execute()
        .await?;
    Ok(())
}

/// Products that it created, for their types: number, id and the product.
pub(crate) async fn created(
    conn: &mut Conn,
    id: ImportId,
    after: i64,
    limit: u32,
) -> Result<Vec<(i64, Option<ProductId>, Json<souk_contract::ProductInput>)>, DbError> {
    conn.query(
        "select n, product_id, after from import_product
         where import_id = $1 and n > $2 and change = 'created' and written = $4 order by n limit $3",
    )
    .bind(id)
    .bind(after)
    .bind(limit)
    .bind(true)
    .all()
    .await
}
