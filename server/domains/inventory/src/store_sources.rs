//! SQL about sources of figures and their runs.

use souk_contract::{
    LocationId, StockColumns, StockCounts, StockFinding, StockFormat, StockMode, StockRun, StockRunId,
    StockRunState, StockSourceId, Timestamp,
};
use souk_kernel::{
    db::{Conn, DbError, Json, Query, Text, parts, placeholders},
    record,
};
use uuid::Uuid;

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct SourceRow {
        pub id: StockSourceId,
        pub version: i64,
        pub name: String,
        pub url: String,
        pub format: Text<StockFormat>,
        pub mode: Text<StockMode>,
        pub fields: Json<StockColumns>,
        pub rows_at: Option<String>,
        pub next_at: Option<String>,
        pub location_id: Option<LocationId>,
        pub every_minutes: i64,
        pub active: bool,
        pub header: Option<String>,
        pub secret: Option<String>,
        pub due_at: Option<Timestamp>,
        pub failures: i64,
        pub etag: Option<String>,
        pub contents: Option<String>,
        pub figures_at: Option<Timestamp>,
        pub clean: bool,
    }
}

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct RunRow {
        pub id: StockRunId,
        pub source_id: StockSourceId,
        pub dry: bool,
        pub state: Text<StockRunState>,
        pub started_at: Timestamp,
        pub ended_at: Option<Timestamp>,
        pub total: i64,
        pub applied: i64,
        pub unchanged: i64,
        pub conflicts: i64,
        pub unknown: i64,
        pub faulty: i64,
        pub done: i64,
        pub contents: Option<String>,
        pub trouble: Option<String>,
    }
}

impl RunRow {
    pub(crate) fn show(self) -> StockRun {
        StockRun {
            id: self.id,
            source_id: self.source_id,
            dry: self.dry,
            state: self.state.0,
            started_at: self.started_at,
            ended_at: self.ended_at,
            counts: StockCounts {
                rows: self.total,
                applied: self.applied,
                unchanged: self.unchanged,
                conflicts: self.conflicts,
                unknown: self.unknown,
                faulty: self.faulty,
            },
            trouble: self.trouble,
        }
    }
}

pub(crate) async fn all(conn: &mut Conn) -> Result<Vec<SourceRow>, DbError> {
    conn.query(
        "select id, version, name, url, format, mode, fields, rows_at, next_at, location_id, every_minutes, active,
                header, secret, due_at, failures, etag, contents, figures_at, clean
         from stock_source order by name, id",
    )
    .all()
    .await
}

pub(crate) async fn source(conn: &mut Conn, id: StockSourceId) -> Result<Option<SourceRow>, DbError> {
    conn.query(
        "select id, version, name, url, format, mode, fields, rows_at, next_at, location_id, every_minutes, active,
                header, secret, due_at, failures, etag, contents, figures_at, clean
         from stock_source where id = $1",
    )
    .bind(id)
    .optional()
    .await
}

/// What staff say of it, and that what it said last was not taken over whole.
fn bind<'q>(query: Query<'q>, row: &SourceRow) -> Query<'q> {
    query
        .bind(&row.name)
        .bind(&row.url)
        .bind(row.format)
        .bind(row.mode)
        .bind(Json(&row.fields.0))
        .bind(row.rows_at.clone())
        .bind(row.next_at.clone())
        .bind(row.location_id)
        .bind(row.every_minutes)
        .bind(row.active)
        .bind(row.header.clone())
        .bind(row.secret.clone())
        .bind(row.due_at)
        .bind(false)
}

/// A new one; false where its name is another's.
pub(crate) async fn add(conn: &mut Conn, row: &SourceRow) -> Result<bool, DbError> {
    let insert = conn
        .query(
            "insert into stock_source (id, version, name, url, format, mode, fields, rows_at, next_at, location_id,
                                       every_minutes, active, header, secret, due_at, failures, clean)
             values ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, $15)
             on conflict (name) do nothing",
        )
        .bind(row.id);
    Ok(bind(insert, row).execute().await? == 1)
}

/// As staff want it from now on; false where somebody was faster. What was taken over last is forgotten: it may mean
/// something else now.
pub(crate) async fn change(conn: &mut Conn, row: &SourceRow) -> Result<bool, DbError> {
    let update = conn
        .query(
            "update stock_source set version = version + 1, name = $3, url = $4, format = $5, mode = $6, fields = $7,
                    rows_at = $8, next_at = $9, location_id = $10, every_minutes = $11, active = $12, header = $13,
                    secret = $14, due_at = $15, failures = 0, etag = null, contents = null, figures_at = null,
                    clean = $16
             where id = $1 and version = $2",
        )
        .bind(row.id)
        .bind(row.version);
    Ok(bind(update, row).execute().await? == 1)
}

pub(crate) async fn named(conn: &mut Conn, name: &str) -> Result<Option<(StockSourceId,)>, DbError> {
    conn.query("select id from stock_source where name = $1").bind(name).optional().await
}

/// With its runs; false where somebody was faster.
pub(crate) async fn remove(conn: &mut Conn, id: StockSourceId, version: i64) -> Result<bool, DbError> {
    conn.query("delete from stock_finding where run_id in (select id from stock_run where source_id = $1)")
        .bind(id)
        .execute()
        .await?;
    conn.query("delete from stock_run where source_id = $1").bind(id).execute().await?;
    let removed = conn
        .query("delete from stock_source where id = $1 and version = $2")
        .bind(id)
        .bind(version)
        .execute()
        .await?;
    Ok(removed == 1)
}

/// What it came to, unless staff changed the source meanwhile.
pub(crate) async fn settle(conn: &mut Conn, row: &SourceRow) -> Result<(), DbError> {
    conn.query(
        "update stock_source set due_at = $3, failures = $4, etag = $5, contents = $6, figures_at = $7, clean = $8
         where id = $1 and version = $2",
    )
    .bind(row.id)
    .bind(row.version)
    .bind(row.due_at)
    .bind(row.failures)
    .bind(row.etag.clone())
    .bind(row.contents.clone())
    .bind(row.figures_at)
    .bind(row.clean)
    .execute()
    .await?;
    Ok(())
}

/// Those whose time has come and that nobody fetches.
pub(crate) async fn due(conn: &mut Conn, now: Timestamp) -> Result<Vec<(StockSourceId,)>, DbError> {
    conn.query(
        "select id from stock_source where active and due_at <= $1 and not exists (
           select 1 from stock_run where source_id = stock_source.id and state in ('waiting', 'running'))
         order by due_at limit 20",
    )
    .bind(now)
    .all()
    .await
}

/// A run that waits; false where there is one already.
pub(crate) async fn add_run(
    conn: &mut Conn,
    id: StockRunId,
    source: StockSourceId,
    dry: bool,
    now: Timestamp,
) -> Result<bool, DbError> {
    let added = conn
        .query(
            "insert into stock_run (id, source_id, dry, state, started_at, total, applied, unchanged, conflicts, unknown,
                                    faulty, done)
             values ($1, $2, $3, 'waiting', $4, 0, 0, 0, 0, 0, 0, 0)
             on conflict (source_id) where state in ('waiting', 'running') do nothing",
        )
        .bind(id)
        .bind(source)
        .bind(dry)
        .bind(now)
        .execute()
        .await?;
    Ok(added == 1)
}

pub(crate) async fn run(conn: &mut Conn, id: StockRunId) -> Result<Option<RunRow>, DbError> {
    conn.query(
        "select id, source_id, dry, state, started_at, ended_at, total, applied, unchanged, conflicts, unknown, faulty,
                done, contents, trouble
         from stock_run where id = $1",
    )
    .bind(id)
    .optional()
    .await
}

/// The one that waits longest, or whose worker is gone.
pub(crate) async fn waiting(conn: &mut Conn, now: Timestamp) -> Result<Option<RunRow>, DbError> {
    conn.query(
        "select id, source_id, dry, state, started_at, ended_at, total, applied, unchanged, conflicts, unknown, faulty,
                done, contents, trouble
         from stock_run
         where state in ('waiting', 'running') and (leased_until is null or leased_until < $1)
         order by id limit 1",
    )
    .bind(now)
    .optional()
    .await
}

pub(crate) async fn take(
    conn: &mut Conn,
    id: StockRunId,
    me: Uuid,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, DbError> {
    let taken = conn
        .query(
            "update stock_run set state = 'running', lease = $2, leased_until = $4
             where id = $1 and state in ('waiting', 'running') and (leased_until is null or leased_until < $3)",
        )
        .bind(id)
        .bind(me)
        .bind(now)
        .bind(until)
        .execute()
        .await?;
    Ok(taken == 1)
}

/// How far it is; false where another works on it now.
pub(crate) async fn keep(
    conn: &mut Conn,
    run: &RunRow,
    me: Uuid,
    until: Option<Timestamp>,
) -> Result<bool, DbError> {
    let kept = conn
        .query(
            "update stock_run set state = $3, ended_at = $4, total = $5, applied = $6, unchanged = $7, conflicts = $8,
                    unknown = $9, faulty = $10, done = $11, contents = $12, trouble = $13, leased_until = $14
             where id = $1 and lease = $2 and state = 'running'",
        )
        .bind(run.id)
        .bind(me)
        .bind(run.state)
        .bind(run.ended_at)
        .bind(run.total)
        .bind(run.applied)
        .bind(run.unchanged)
        .bind(run.conflicts)
        .bind(run.unknown)
        .bind(run.faulty)
        .bind(run.done)
        .bind(run.contents.clone())
        .bind(run.trouble.clone())
        .bind(until)
        .execute()
        .await?;
    Ok(kept == 1)
}

/// Newest first, before the given one.
pub(crate) async fn runs(
    conn: &mut Conn,
    source: StockSourceId,
    before: StockRunId,
    limit: i64,
) -> Result<Vec<RunRow>, DbError> {
    conn.query(
        "select id, source_id, dry, state, started_at, ended_at, total, applied, unchanged, conflicts, unknown, faulty,
                done, contents, trouble
         from stock_run where source_id = $1 and id < $2 order by id desc limit $3",
    )
    .bind(source)
    .bind(before)
    .bind(limit)
    .all()
    .await
}

/// Of each source.
pub(crate) async fn last_runs(conn: &mut Conn) -> Result<Vec<RunRow>, DbError> {
    conn.query(
        "select id, source_id, dry, state, started_at, ended_at, total, applied, unchanged, conflicts, unknown, faulty,
                done, contents, trouble
         from stock_run where id = (
           select later.id from stock_run later where later.source_id = stock_run.source_id
           order by later.id desc limit 1)",
    )
    .all()
    .await
}

/// After those that the run has already.
pub(crate) async fn add_findings(
    conn: &mut Conn,
    run: StockRunId,
    first: i64,
    findings: &[StockFinding],
) -> Result<(), DbError> {
    let numbered: Vec<(i64, &StockFinding)> = (first..).zip(findings).collect();
    for part in parts(&numbered) {
        let sql = format!(
            "insert into stock_finding (run_id, n, line, code, reason, on_hand) values {}",
            placeholders(part.len(), 6)
        );
        let mut query = conn.query_dynamic(sql);
        for (number, finding) in part {
            query = query.bind(run).bind(*number).bind(finding.line).bind(&finding.code);
            query = query.bind(&finding.reason).bind(finding.on_hand);
        }
        query.execute().await?;
    }
    Ok(())
}

pub(crate) async fn count_findings(conn: &mut Conn, run: StockRunId) -> Result<i64, DbError> {
    let (count,): (i64,) =
        conn.query("select count(*) from stock_finding where run_id = $1").bind(run).one().await?;
    Ok(count)
}

pub(crate) async fn delete_findings(conn: &mut Conn, run: StockRunId) -> Result<(), DbError> {
    conn.query("delete from stock_finding where run_id = $1").bind(run).execute().await?;
    Ok(())
}

record! {
    pub(crate) struct FindingRow {
        pub line: i64,
        pub code: String,
        pub reason: String,
        pub on_hand: Option<i64>,
    }
}

pub(crate) async fn findings(conn: &mut Conn, run: StockRunId) -> Result<Vec<FindingRow>, DbError> {
    conn.query("select line, code, reason, on_hand from stock_finding where run_id = $1 order by line, n")
        .bind(run)
        .all()
        .await
}

/// Runs that ended before that moment, a few at a time; returns how many.
pub(crate) async fn forget(conn: &mut Conn, before: Timestamp) -> Result<u64, DbError> {
    let old: Vec<(StockRunId,)> = conn
        .query("select id from stock_run where ended_at < $1 order by ended_at limit 200")
        .bind(before)
        .all()
        .await?;
    let ids: Vec<StockRunId> = old.into_iter().map(|(id,)| id).collect();
    if ids.is_empty() {
        return Ok(0);
    }
    conn.query("delete from stock_finding where run_id in ($1..)").bind_list(&ids).execute().await?;
    conn.query("delete from stock_run where id in ($1..)").bind_list(&ids).execute().await
}
