//! An import as it is kept.

use serde::{Deserialize, Serialize};
use souk_contract::{
    Actor, Import, ImportBack, ImportChange, ImportColumn, ImportCounts, ImportId, ImportReverted,
    ImportState, ImportWork, ImportedProduct, ProductId, ProductInput, StaffId, StockLevel, StockPolicy,
    Timestamp, VariantId,
};
use souk_kernel::{
    db::{Json, Text},
    record,
};
use souk_shopify_csv::{Chosen, LEFT_OUT};
use uuid::Uuid;

/// For so long an import can be taken back.
pub(crate) const REVERT_SECONDS: i64 = 30 * 86_400;

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct Job {
        pub id: ImportId,
        pub version: i64,
        pub at: Timestamp,
        pub actor: Json<Actor>,
        pub staff_id: Option<StaffId>,
        pub file_name: String,
        pub bytes: i64,
        pub state: Text<ImportState>,
        pub work: Option<Text<ImportWork>>,
        pub done: i64,
        pub total: i64,
        pub delimiter: String,
        pub columns: Json<Vec<ImportColumn>>,
        pub would: Option<Json<ImportCounts>>,
        pub did: Option<Json<ImportCounts>>,
        pub reverted: Option<Json<ImportReverted>>,
        pub trouble: Option<String>,
        pub ended_at: Option<Timestamp>,
        pub lease: Option<Uuid>,
        pub leased_until: Option<Timestamp>,
    }
}

impl Job {
    pub(crate) fn show(self) -> Import {
        let ended = matches!(self.state.0, ImportState::Completed | ImportState::CompletedWithErrors);
        Import {
            id: self.id,
            version: self.version,
            at: self.at,
            staff_id: self.staff_id,
            file: self.file_name,
            bytes: self.bytes,
            state: self.state.0,
            work: self.work.map(|work| work.0),
            done: self.done,
            total: self.total,
            delimiter: self.delimiter,
            columns: self.columns.0,
            would: self.would.map(|counts| counts.0),
            did: self.did.map(|counts| counts.0),
            reverted: self.reverted.map(|counts| counts.0),
            trouble: self.trouble,
            ended_at: self.ended_at,
            revert_until: self.ended_at.filter(|_| ended).map(|at| at.plus_seconds(REVERT_SECONDS)),
        }
    }

    /// What is under way, and its state while it is.
    pub(crate) fn begin(&mut self, state: ImportState, work: ImportWork, total: i64) {
        self.state = Text(state);
        self.work = Some(Text(work));
        (self.done, self.total) = (0, total);
        self.trouble = None;
    }

    pub(crate) fn end(&mut self, state: ImportState) {
        self.state = Text(state);
        self.work = None;
        self.done = self.total;
    }

    /// What the reader is told of the columns.
    pub(crate) fn chosen(&self) -> Chosen {
        self.columns.0.iter().map(|column| (column.name.clone(), column.target.clone())).collect()
    }

    pub(crate) fn means(&self, target: &str) -> bool {
        self.columns
            .0
            .iter()
            .any(|column| column.target != LEFT_OUT && souk_shopify_csv::is_same(&column.target, target))
    }
}

/// The stock of a variant, as far as files speak of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Level {
    pub on_hand: i64,
    pub tracked: bool,
    pub policy: StockPolicy,
}

impl From<&StockLevel> for Level {
    fn from(level: &StockLevel) -> Self {
        Self { on_hand: level.on_hand, tracked: level.tracked, policy: level.policy }
    }
}

/// What an import made of a variant's stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StockKept {
    pub variant_id: VariantId,
    /// None: nobody had said anything of it.
    pub before: Option<Level>,
    pub after: Level,
}

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct ProductRow {
        pub n: i64,
        pub line: i64,
        pub handle: String,
        pub title: String,
        pub product_id: Option<ProductId>,
        pub change: Text<ImportChange>,
        pub fields: Json<Vec<String>>,
        pub before: Option<Json<ProductInput>>,
        pub after: Option<Json<ProductInput>>,
        pub stock: Option<Json<Vec<StockKept>>>,
        pub written: bool,
        pub back: Option<Text<ImportBack>>,
        pub kept: Json<Vec<String>>,
    }
}

impl ProductRow {
    pub(crate) fn show(self) -> ImportedProduct {
        ImportedProduct {
            line: self.line,
            handle: self.handle,
            title: self.title,
            product_id: self.product_id,
            change: self.change.0,
            fields: self.fields.0,
            back: self.back.map(|back| back.0),
            kept: self.kept.0,
        }
    }
}
