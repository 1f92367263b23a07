//! The `bulk_plan` table.

use souk_contract::{Actor, BulkEdit, BulkPlan, BulkPlanId, BulkPlanState, BulkRunId, StaffId, Timestamp};
use souk_kernel::{
    Conn, DbError,
    db::{Json, Text},
    record,
};

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct PlanRow {
        pub id: BulkPlanId,
        pub version: i64,
        pub created_at: Timestamp,
        pub staff_id: Option<StaffId>,
        pub actor: Json<Actor>,
        pub edit: Json<BulkEdit>,
        pub run_at: Timestamp,
        pub undo_at: Option<Timestamp>,
        pub due_at: Option<Timestamp>,
        pub state: Text<BulkPlanState>,
        pub run_id: Option<BulkRunId>,
        pub problem: Option<String>,
    }
}

impl PlanRow {
    pub(crate) fn show(self) -> BulkPlan {
        BulkPlan {
            id: self.id,
            created_at: self.created_at,
            staff_id: self.staff_id,
            selection: self.edit.0.selection,
            actions: self.edit.0.actions,
            run_at: self.run_at,
            undo_at: self.undo_at,
            state: self.state.0,
            run_id: self.run_id,
            problem: self.problem,
        }
    }
}

pub(crate) async fn add(conn: &mut Conn, row: &PlanRow) -> Result<(), DbError> {
    conn.query(
        "insert into bulk_plan (id, version, created_at, staff_id, actor, edit, run_at, undo_at, due_at, state)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(row.id)
    .bind(row.version)
    .bind(row.created_at)
    .bind(row.staff_id)
    .bind(Json(&row.actor.0))
    .bind(Json(&row.edit.0))
    .bind(row.run_at)
    .bind(row.undo_at)
    .bind(row.due_at)
    .bind(Text(row.state.0))
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn one(conn: &mut Conn, id: BulkPlanId) -> Result<Option<PlanRow>, DbError> {
    conn.query(
        "select id, version, created_at, staff_id, actor, edit, run_at, undo_at, due_at, state, run_id, problem
         from bulk_plan where id = $1",
    )
    .bind(id)
    .optional()
    .await
}

/// Newest first.
pub(crate) async fn page(conn: &mut Conn, before: BulkPlanId, limit: u32) -> Result<Vec<PlanRow>, DbError> {
    conn.query(
        "select id, version, created_at, staff_id, actor, edit, run_at, undo_at, due_at, state, run_id, problem
         from bulk_plan where id < $1 order by id desc limit $2",
    )
    .bind(before)
    .bind(limit)
    .all()
    .await
}

pub(crate) async fn due(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<(BulkPlanId,)>, DbError> {
    conn.query("select id from bulk_plan where due_at <= $1 order by due_at, id limit $2")
        .bind(now)
        .bind(limit)
        .all()
        .await
}

/// What became of it; its version counts on. False where somebody else was first.
pub(crate) async fn put(conn: &mut Conn, row: &PlanRow) -> Result<bool, DbError> {
    let put = conn
        .query(
            "update bulk_plan set version = version + 1, due_at = $3, state = $4, run_id = $5, problem = $6
             where id = $1 and version = $2",
        )
        .bind(row.id)
        .bind(row.version)
        .bind(row.due_at)
        .bind(Text(row.state.0))
        .bind(row.run_id)
        .bind(row.problem.as_deref())
        .execute()
        .await?;
    Ok(put == 1)
}
