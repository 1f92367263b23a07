//! Edits of many products that are done at a moment, and taken back at another.

use souk_contract::{
    BulkEdit, BulkPlan, BulkPlanId, BulkPlanState, Check, Ctx, Error, Page, PageRequest, PlanBulk, Result,
    Timestamp,
};
use souk_kernel::{
    Tx,
    audit::{Audited, change},
    db::{Json, Text},
};
use uuid::Uuid;

use super::check;
use crate::{
    LocalCatalog,
    fresh::Marks,
    store::{self, plans::PlanRow},
    versions::staff,
};

const AT_ONCE: i64 = 20;

fn check_times(run_at: Timestamp, undo_at: Option<Timestamp>, now: Timestamp) -> Result<()> {
    let mut check = Check::new();
    check.that(run_at > now, "run_at", "out_of_range", "A moment that is still to come.");
    let fits = undo_at.is_none_or(|at| at > run_at);
    check.that(fits, "undo_at", "out_of_range", "It can only be taken back after it was done.");
    check.done()
}

/// As the log calls it.
fn label(plan: &PlanRow) -> String {
    let actions = plan.edit.0.actions.len();
    format!("{actions} {} planned for many products", if actions == 1 { "change" } else { "changes" })
}

impl LocalCatalog {
    pub(crate) async fn plan_edit(&self, ctx: &Ctx, plan: PlanBulk) -> Result<BulkPlan> {
        check(&plan.actions, self.settings.currency)?;
        let now = self.kit.now();
        check_times(plan.run_at, plan.undo_at, now)?;
        let row = PlanRow {
            id: self.kit.ids.next(),
            version: 1,
            created_at: now,
            staff_id: staff(ctx),
            actor: Json(ctx.actor.clone()),
            edit: Json(BulkEdit { selection: plan.selection, actions: plan.actions, expected: None }),
            run_at: plan.run_at,
            undo_at: plan.undo_at,
            due_at: Some(plan.run_at),
            state: Text(BulkPlanState::Planned),
            run_id: None,
            problem: None,
        };
        let mut tx = self.db.begin().await?;
        store::plans::add(&mut tx, &row).await?;
        let mut what = vec![
            change("actions", None::<()>, &row.edit.0.actions),
            change("selection", None::<()>, &row.edit.0.selection),
            change("run_at", None::<()>, row.run_at),
            change("undo_at", None::<()>, row.undo_at),
        ];
        what.retain(|change| change.after.is_some());
        tx.audit(ctx, Audited::new("bulk_plan.created", row.id, label(&row)), what).await?;
        tx.commit().await?;
        Ok(row.show())
    }

    pub(crate) async fn cancel_plan(&self, ctx: &Ctx, id: BulkPlanId) -> Result<BulkPlan> {
        let mut tx = self.db.begin().await?;
        let mut row = store::plans::one(&mut tx, id).await?.ok_or_else(|| Error::not_found("plan"))?;
        let (before, due_at) = (row.state.0, row.due_at.take());
        row.state = Text(match before {
            BulkPlanState::Planned => BulkPlanState::Cancelled,
            // It was done, and stays.
            BulkPlanState::Active => BulkPlanState::Done,
            _ => return Err(Error::conflict("over", "Nothing of it is still to be done.")),
        });
        if !store::plans::put(&mut tx, &row).await? {
            return Err(souk_kernel::http::stale());
        }
        let what = vec![change("state", before, row.state.0), change("next", due_at, row.due_at)];
        tx.audit(ctx, Audited::new("bulk_plan.cancelled", row.id, label(&row)), what).await?;
        tx.commit().await?;
        Ok(row.show())
    }

    pub(crate) async fn list_plans(&self, page: &PageRequest) -> Result<Page<BulkPlan>> {
        let before = page.after_id()?.unwrap_or_else(|| BulkPlanId::new(Uuid::max()));
        let limit = page.limit();
        let mut rows = store::plans::page(&mut *self.db.read().await?, before, limit + 1).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
        Ok(Page { items: rows.into_iter().map(PlanRow::show).collect(), next })
    }

    /// Does the planned edits that are due, and takes back those whose end has come: each once, however many servers
    /// there are. How many were done or taken back.
    ///
    /// # Errors
    /// Where the database refuses; what was due then is still due.
    pub async fn run_plans(&self) -> Result<usize> {
        let due = store::plans::due(&mut *self.db.read().await?, self.kit.now(), AT_ONCE).await?;
        let mut done = 0;
        for (id,) in due {
            match self.run_plan(id).await {
                Ok(did) => done += usize::from(did),
                // The others are not kept waiting by it.
                Err(error) => tracing::error!(plan = %id, %error, "a planned edit"),
            }
        }
        Ok(done)
    }

    async fn run_plan(&self, id: BulkPlanId) -> Result<bool> {
        let now = self.kit.now();
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        // Another server that is at it is waited for: nothing is worked out twice.
        tx.lock("bulk_plan", id.uuid()).await?;
        let Some(mut row) = store::plans::one(&mut tx, id).await? else { return Ok(false) };
        if row.due_at.is_none_or(|at| at > now) {
            return Ok(false);
        }
        let ctx = Ctx::system(format!("plan-{id}")).with_actor(row.actor.0.clone());
        match self.do_plan(&ctx, &mut tx, &mut row, now).await {
            Ok(changed) => {
                // It was cancelled meanwhile: this is rolled back.
                if !store::plans::put(&mut tx, &row).await? {
                    return Ok(false);
                }
                self.commit(tx, changed).await?;
                Ok(true)
            }
            // It stays due.
            Err(Error::Conflict { code, message }) if code == "changed_meanwhile" => {
                Err(Error::Conflict { code, message })
            }
            Err(error) if error.status() < 500 => {
                // What it began is rolled back; that it was tried stays.
                drop(tx);
                row.state = Text(BulkPlanState::Failed);
                row.problem = Some(error.public_message());
                row.due_at = None;
                let mut tx = self.db.begin().await?;
                if store::plans::put(&mut tx, &row).await? {
                    tx.commit().await?;
                }
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    async fn do_plan(&self, ctx: &Ctx, tx: &mut Tx, row: &mut PlanRow, now: Timestamp) -> Result<Marks> {
        let Some(run) = row.run_id else {
            if row.undo_at.is_some_and(|at| at <= now) {
                let message = "No server ran between its beginning and its end.";
                return Err(Error::conflict("too_late", message));
            }
            let (run, changed) = self.edit(ctx, tx, row.edit.0.clone()).await?;
            row.run_id = Some(run.id);
            row.due_at = row.undo_at;
            row.state = Text(if row.undo_at.is_some() { BulkPlanState::Active } else { BulkPlanState::Done });
            return Ok(changed);
        };
        row.due_at = None;
        row.state = Text(BulkPlanState::Done);
        match self.undo(ctx, tx, run).await {
            Ok((_, changed)) => Ok(changed),
            // Somebody took it back by hand.
            Err(Error::Conflict { code, .. }) if code == "undone" => Ok(Marks::default()),
            Err(error) => Err(error),
        }
    }
}
