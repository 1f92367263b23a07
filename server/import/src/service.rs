//! The calls: who may make them, and which step follows on which.

use std::io;

use async_trait::async_trait;
use souk_contract::{
    Actor, Ctx, Error, IMPORT_KEEP, IMPORT_LEAVE_OUT, IMPORT_TARGETS, Import, ImportBody, ImportColumn,
    ImportId, ImportIssue, ImportState, ImportWork, ImportedProduct, Imports, MAX_IMPORT_BYTES, MapImport,
    Page, PageRequest, ProductFile, Resource, Result,
};
use souk_kernel::{
    audit::{Audited, change},
    db::{Json, Text},
};
use souk_shopify_csv::{Look, is_known, is_same, look};
use uuid::Uuid;

use crate::{
    LocalImports,
    check::Check,
    export::export,
    job::{Job, REVERT_SECONDS},
    store,
};

const PIECE: usize = 1024 * 1024;
const SAMPLES: usize = 3;
const SAMPLE_CHARS: usize = 60;
const ROWS_LOOKED_AT: usize = 20;
const LONGEST_NAME: usize = 200;

#[async_trait]
impl Imports for LocalImports {
    async fn upload(&self, ctx: &Ctx, file: &str, body: &mut dyn ImportBody) -> Result<Import> {
        ctx.require(Resource::Catalog.write())?;
        let mut job = self.new_job(ctx, file);
        let mut tx = self.0.db.begin().await?;
        store::add_job(&mut tx, &job).await?;
        tx.commit().await?;
        match self.take_in(ctx, &mut job, body).await {
            Ok(()) => Ok(job.show()),
            Err(error) => {
                let mut tx = self.0.db.begin().await?;
                store::delete_pieces(&mut tx, job.id).await?;
                store::delete_job(&mut tx, job.id).await?;
                tx.commit().await?;
                Err(error)
            }
        }
    }

    async fn map(&self, ctx: &Ctx, id: ImportId, map: MapImport, if_version: Option<i64>) -> Result<Import> {
        ctx.require(Resource::Catalog.write())?;
        let mut job = self.idle(id, if_version).await?;
        if !matches!(job.state.0, ImportState::Uploaded | ImportState::Mapped | ImportState::Validated) {
            return Err(Error::conflict("started", "This import was started already."));
        }
        let columns = mapped(&job.columns.0, &map)?;
        let before = std::mem::replace(&mut job.columns.0, columns);
        if ["Variant Inventory Tracker", "Variant Inventory Qty", "Variant Inventory Policy"]
            .into_iter()
            .any(|column| job.means(column))
        {
            // Leaving the columns out is the way for whoever may not.
            ctx.require(Resource::Inventory.write())?;
        }
        job.would = None;
        let bytes = job.bytes;
        job.begin(ImportState::Mapped, ImportWork::Checking, bytes);
        let named = |columns: &[ImportColumn]| {
            let all: Vec<_> =
                columns.iter().map(|column| format!("{} = {}", column.name, column.target)).collect();
            all.join(", ")
        };
        let what = vec![change("columns", named(&before), named(&job.columns.0))];
        self.step(ctx, job, "import.mapped", what, true).await
    }

    async fn start(&self, ctx: &Ctx, id: ImportId, if_version: Option<i64>) -> Result<Import> {
        ctx.require(Resource::Catalog.write())?;
        let mut job = self.idle(id, if_version).await?;
        match job.state.0 {
            ImportState::Validated => {}
            ImportState::Uploaded | ImportState::Mapped => {
                return Err(Error::conflict("not_checked", "Please check the file first."));
            }
            _ => return Err(Error::conflict("started", "This import was started already.")),
        }
        let bytes = job.bytes;
        job.begin(ImportState::Running, ImportWork::Writing, bytes);
        job.did = None;
        let what = vec![change("state", ImportState::Validated, ImportState::Running)];
        self.step(ctx, job, "import.started", what, true).await
    }

    async fn revert(&self, ctx: &Ctx, id: ImportId, if_version: Option<i64>) -> Result<Import> {
        ctx.require(Resource::Catalog.write())?;
        let mut job = self.idle(id, if_version).await?;
        let state = job.state.0;
        match state {
            ImportState::Completed | ImportState::CompletedWithErrors => {}
            ImportState::Reverted => {
                return Err(Error::conflict("reverted", "This import was taken back already."));
            }
            _ => return Err(Error::conflict("not_done", "Nothing was written that could be taken back.")),
        }
        let until = job.ended_at.map(|at| at.plus_seconds(REVERT_SECONDS));
        if until.is_none_or(|until| until < self.0.kit.now()) {
            return Err(Error::conflict("too_late", "An import can be taken back for 30 days."));
        }
        let total = job.did.as_ref().map_or(0, |did| did.0.created + did.0.updated);
        job.begin(state, ImportWork::Reverting, total);
        self.step(ctx, job, "import.reverted", vec![change("state", state, ImportState::Reverted)], false)
            .await
    }

    async fn import(&self, ctx: &Ctx, id: ImportId) -> Result<Import> {
        ctx.require(Resource::Catalog.read())?;
        Ok(self.job(id).await?.show())
    }

    async fn imports(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<Import>> {
        ctx.require(Resource::Catalog.read())?;
        let before = page.after_id()?.unwrap_or_else(|| ImportId::new(Uuid::max()));
        let limit = page.limit();
        let mut jobs = store::jobs(&mut *self.0.db.read().await?, before, limit + 1).await?;
        let next = cut(&mut jobs, limit).map(|job| job.id.to_string());
        Ok(Page { items: jobs.into_iter().map(Job::show).collect(), next })
    }

    async fn issues(&self, ctx: &Ctx, id: ImportId, page: &PageRequest) -> Result<Page<ImportIssue>> {
        ctx.require(Resource::Catalog.read())?;
        let after = after(page)?;
        self.job(id).await?;
        let mut rows = store::issues(&mut *self.0.db.read().await?, id, after, page.limit() + 1).await?;
        let next = cut(&mut rows, page.limit()).map(|row| row.n.to_string());
        let shown = |row: store::IssueRow| ImportIssue {
            line: row.line,
            column: row.column_name,
            value: row.value,
            reason: row.reason,
            is_error: row.is_error,
        };
        Ok(Page { items: rows.into_iter().map(shown).collect(), next })
    }

    async fn products(&self, ctx: &Ctx, id: ImportId, page: &PageRequest) -> Result<Page<ImportedProduct>> {
        ctx.require(Resource::Catalog.read())?;
        let after = after(page)?;
        self.job(id).await?;
        let mut rows = store::products(&mut *self.0.db.read().await?, id, after, page.limit() + 1).await?;
        let next = cut(&mut rows, page.limit()).map(|row| row.n.to_string());
        Ok(Page { items: rows.into_iter().map(crate::job::ProductRow::show).collect(), next })
    }

    async fn export(&self, ctx: &Ctx) -> Result<ProductFile> {
        ctx.require(Resource::Catalog.read())?;
        ctx.require(Resource::Inventory.read())?;
        let mut file = Bounded(Vec::new());
        let exported =
            export(self.neighbours(), ctx, &mut file).await.map_err(|error| match file.is_full() {
                true => Error::conflict("too_large", "These are more products than fit a file of 64 MiB."),
                false => error,
            })?;
        let csv = String::from_utf8(file.0).map_err(Error::internal)?;
        Ok(ProductFile { csv, products: exported.products, left_out: exported.left_out })
    }
}

/// At most what an import takes.
struct Bounded(Vec<u8>);

impl Bounded {
    fn is_full(&self) -> bool {
        self.0.len() as u64 > MAX_IMPORT_BYTES
    }
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        if self.is_full() { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The rows of one page, and the last of them where there are more.
fn cut<T>(rows: &mut Vec<T>, limit: u32) -> Option<&T> {
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    rows.last().filter(|_| more)
}

fn after(page: &PageRequest) -> Result<i64> {
    let parse = |text: &String| {
        text.parse().map_err(|_| Error::invalid("after", "invalid", "This is not a cursor of ours."))
    };
    page.after.as_ref().map_or(Ok(-1), parse)
}

impl LocalImports {
    fn new_job(&self, ctx: &Ctx, file: &str) -> Job {
        let name = file.rsplit(['/', '\\']).next().unwrap_or_default();
        let name: String = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
        Job {
            id: self.0.kit.ids.next(),
            version: 1,
            at: self.0.kit.now(),
            actor: Json(ctx.actor.clone()),
            staff_id: staff(ctx),
            file_name: if name.trim().is_empty() { "products.csv".to_owned() } else { name },
            bytes: 0,
            state: Text(ImportState::Uploaded),
            work: None,
            done: 0,
            total: 0,
            delimiter: String::new(),
            columns: Json(Vec::new()),
            would: None,
            did: None,
            reverted: None,
            trouble: None,
            ended_at: None,
            lease: None,
            leased_until: None,
        }
    }

    /// Each piece in a transaction of its own: whoever sends slowly keeps nobody waiting.
    async fn take_in(&self, ctx: &Ctx, job: &mut Job, body: &mut dyn ImportBody) -> Result<()> {
        let mut check = Check::default();
        let (mut first, mut open, mut number) = (None, Vec::with_capacity(PIECE), 0);
        loop {
            let piece = body.piece().await?;
            if let Some(piece) = piece.as_ref().filter(|piece| !piece.is_empty()) {
                check.piece(piece)?;
                open.extend_from_slice(piece);
            }
            if open.len() >= PIECE || (piece.is_none() && !open.is_empty()) {
                let mut tx = self.0.db.begin().await?;
                store::add_piece(&mut tx, job.id, number, &open).await?;
                tx.commit().await?;
                number += 1;
                let kept = std::mem::replace(&mut open, Vec::with_capacity(PIECE));
                first.get_or_insert(kept);
            }
            if piece.is_none() {
                break;
            }
        }
        job.bytes = i64::try_from(check.done()?).map_err(Error::internal)?;
        let seen = look(first.unwrap_or_default().as_slice(), ROWS_LOOKED_AT)
            .map_err(|error| Error::invalid("file", "not_csv", error.to_string()))?;
        job.delimiter = seen.delimiter.to_string();
        job.columns = Json(columns(&seen)?);
        let mut tx = self.0.db.begin().await?;
        store::save(&mut tx, job, job.version).await?;
        job.version += 1;
        tx.audit(ctx, Audited::new("import.uploaded", job.id, &job.file_name), Vec::new()).await?;
        Ok(tx.commit().await?)
    }

    async fn job(&self, id: ImportId) -> Result<Job> {
        let found = store::job(&mut *self.0.db.read().await?, id).await?;
        found.ok_or_else(|| Error::not_found("import"))
    }

    /// One on which nobody works.
    async fn idle(&self, id: ImportId, if_version: Option<i64>) -> Result<Job> {
        let job = self.job(id).await?;
        if if_version.is_some_and(|version| version != job.version) {
            return Err(souk_kernel::http::stale());
        }
        if job.work.is_some() {
            return Err(Error::conflict("busy", "This import is at work: please wait."));
        }
        Ok(job)
    }

    async fn step(
        &self,
        ctx: &Ctx,
        mut job: Job,
        action: &str,
        what: Vec<souk_contract::AuditChange>,
        anew: bool,
    ) -> Result<Import> {
        job.actor = Json(ctx.actor.clone());
        job.staff_id = staff(ctx).or(job.staff_id);
        let mut tx = self.0.db.begin().await?;
        if !store::save(&mut tx, &job, job.version).await? {
            return Err(souk_kernel::http::stale());
        }
        job.version += 1;
        if anew {
            store::delete_findings(&mut tx, job.id).await?;
        }
        tx.audit(ctx, Audited::new(action, job.id, &job.file_name), what).await?;
        tx.commit().await?;
        Ok(job.show())
    }
}

fn staff(ctx: &Ctx) -> Option<souk_contract::StaffId> {
    if let Actor::Staff { id, .. } = ctx.actor { Some(id) } else { None }
}

/// What the columns seem to mean, with their first cells.
fn columns(seen: &Look) -> Result<Vec<ImportColumn>> {
    if seen.columns.len() < 2 {
        let found: String = seen.columns.join("").chars().take(SAMPLE_CHARS).collect();
        return Err(Error::invalid(
            "file",
            "not_csv",
            format!("The first row must name the columns, with commas between them. It reads {found:?}."),
        ));
    }
    let column = |(at, name): (usize, &String)| {
        let samples = seen.rows.iter().filter_map(|row| row.get(at)).filter(|cell| !cell.is_empty());
        let shorten = |cell: &String| cell.chars().take(SAMPLE_CHARS).collect();
        let named = IMPORT_TARGETS.iter().find(|(target, _)| is_same(target, name));
        let target = match named {
            Some((target, _)) => (*target).to_owned(),
            None if is_known(name) => name.clone(),
            None => IMPORT_KEEP.to_owned(),
        };
        ImportColumn {
            known: is_known(name),
            name: name.clone(),
            target,
            samples: samples.take(SAMPLES).map(shorten).collect(),
        }
    };
    let mut columns: Vec<ImportColumn> =
        seen.columns.iter().enumerate().filter(|(_, name)| !name.is_empty()).map(column).collect();
    for at in 1..columns.len() {
        let (before, rest) = columns.split_at_mut(at);
        // The first of two names for one thing has it.
        if let Some(column) = rest.first_mut()
            && before.iter().any(|other| is_same(&other.target, &column.target))
        {
            IMPORT_KEEP.clone_into(&mut column.target);
        }
    }
    Ok(columns)
}

fn mapped(columns: &[ImportColumn], map: &MapImport) -> Result<Vec<ImportColumn>> {
    let mut check = souk_contract::Check::new();
    for (name, target) in &map.columns {
        let field = format!("columns.{name}");
        check.that(
            columns.iter().any(|column| column.name == *name),
            &field,
            "unknown",
            "The file has no such column.",
        );
        let fits = target == IMPORT_KEEP || target == IMPORT_LEAVE_OUT || is_known(target);
        check.that(fits, &field, "invalid", "A column can't mean this.");
    }
    check.done()?;
    let mut columns = columns.to_vec();
    for column in &mut columns {
        if let Some(target) = map.columns.get(&column.name) {
            column.target.clone_from(target);
        }
    }
    for (at, column) in columns.iter().enumerate() {
        let taken = columns[..at].iter().find(|other| is_same(&other.target, &column.target));
        if let Some(other) = taken {
            let text = format!(
                "{:?} means this already. Choose one of the two, and keep or leave out the other.",
                other.name
            );
            check.that(false, &format!("columns.{}", column.name), "duplicate", &text);
        }
    }
    let has_title = columns.iter().any(|column| is_same(&column.target, "Title"));
    check.that(has_title, "columns", "required", "Which column has the products' titles?");
    check.done()?;
    Ok(columns)
}
