//! The use cases.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use souk_contract::{
    Change, CodeLookup, CodeProblem, Ctx, Currency, CustomerId, MadeCode, MakeCodes, OrderId, Page,
    PageRequest, PromotionId, PromotionInput, PromotionRecord, PromotionRule, PromotionState, Promotions,
    Redeem, Resource, Result, Timestamp,
};
use souk_kernel::{Conn, Kit, db::Db};

use crate::{
    check,
    rule::{self, PromotionRow},
    store,
    store_codes::{self as codes, CodeRow},
};

/// Another process may change the rules: what was read is trusted for this long.
const TRUSTED_SECONDS: i64 = 1;

/// Promotions in this process, on its own database.
pub struct LocalPromotions {
    pub(crate) kit: Kit,
    pub(crate) db: Db,
    pub(crate) currency: Currency,
    automatic: Mutex<Option<(Timestamp, Vec<PromotionRow>)>>,
}

/// What one customer used of each promotion.
type Uses = Vec<(PromotionId, i64)>;

impl LocalPromotions {
    pub fn new(kit: Kit, db: Db, currency: Currency) -> Self {
        Self { kit, db, currency, automatic: Mutex::new(None) }
    }

    fn remembered(&self, now: Timestamp) -> Option<Vec<PromotionRow>> {
        let automatic = self.automatic.lock().unwrap_or_else(PoisonError::into_inner);
        automatic.as_ref().filter(|(until, _)| now < *until).map(|(_, rows)| rows.clone())
    }

    fn remember(&self, rows: Option<(Timestamp, Vec<PromotionRow>)>) {
        *self.automatic.lock().unwrap_or_else(PoisonError::into_inner) = rows;
    }

    /// Rules were written.
    pub(crate) fn forget(&self) {
        self.remember(None);
    }

    /// Nothing where no rule asks for it.
    async fn uses_of(&self, rows: &[PromotionRow], customer: Option<CustomerId>) -> Result<Uses> {
        match customer {
            Some(customer) if rows.iter().any(|row| row.per_customer.is_some()) => {
                Ok(store::uses_of(&mut *self.db.read().await?, customer).await?)
            }
            _ => Ok(Uses::new()),
        }
    }
}

fn had_enough(row: &PromotionRow, uses: &Uses) -> bool {
    let used = uses.iter().find(|(id, _)| *id == row.id).map_or(0, |(_, used)| *used);
    row.per_customer.is_some_and(|limit| used >= limit)
}

/// Promotions by these codes: their own, and those that were made for them.
async fn behind(conn: &mut Conn, codes: &[String]) -> Result<(Vec<PromotionRow>, Vec<CodeRow>)> {
    let mut rows = store::by_codes(conn, codes).await?;
    let others: Vec<String> =
        codes.iter().filter(|code| rows.iter().all(|row| row.code.as_ref() != Some(code))).cloned().collect();
    if others.is_empty() {
        return Ok((rows, Vec::new()));
    }
    let made = codes::find(conn, &others).await?;
    if !made.is_empty() {
        let ids: Vec<PromotionId> = made.iter().map(|made| made.promotion_id).collect();
        rows.extend(store::by_ids(conn, &ids).await?);
    }
    Ok((rows, made))
}

#[async_trait]
impl Promotions for LocalPromotions {
    async fn automatic(&self, _ctx: &Ctx, customer: Option<CustomerId>) -> Result<Vec<PromotionRule>> {
        let now = self.kit.now();
        let rows = match self.remembered(now) {
            Some(rows) => rows,
            None => {
                let rows = store::automatic(&mut *self.db.read().await?).await?;
                self.remember(Some((now.plus_seconds(TRUSTED_SECONDS), rows.clone())));
                rows
            }
        };
        let uses = self.uses_of(&rows, customer).await?;
        let working = rows.into_iter().filter(|row| row.problem(now).is_none() && !had_enough(row, &uses));
        Ok(working.map(|row| row.into_rule(None, self.currency)).collect())
    }

    async fn lookup(
        &self,
        _ctx: &Ctx,
        codes: &[String],
        customer: Option<CustomerId>,
    ) -> Result<Vec<CodeLookup>> {
        if codes.is_empty() {
            return Ok(Vec::new());
        }
        let now = self.kit.now();
        let codes: Vec<String> = codes.iter().map(|code| rule::normal_code(code)).collect();
        let (rows, made) = behind(&mut *self.db.read().await?, &codes).await?;
        let uses = self.uses_of(&rows, customer).await?;
        let find = |code: &String| {
            let made = made.iter().find(|made| made.code == *code);
            let row = match made {
                Some(made) => rows.iter().find(|row| row.id == made.promotion_id),
                None => rows.iter().find(|row| row.code.as_ref() == Some(code)),
            };
            let row = row.ok_or(CodeProblem::Unknown)?;
            if let Some(problem) = row.problem(now) {
                return Err(problem);
            }
            if made.is_some_and(|made| made.revoked_at.is_some()) {
                return Err(CodeProblem::Over);
            }
            if made.is_some_and(|made| made.usage_limit.is_some_and(|limit| made.used >= limit)) {
                return Err(CodeProblem::UsedUp);
            }
            if had_enough(row, &uses) {
                return Err(CodeProblem::UsedByYou);
            }
            Ok(row.clone().into_rule(Some(code.clone()), self.currency))
        };
        Ok(codes.iter().map(|code| CodeLookup { code: code.clone(), found: find(code) }).collect())
    }

    async fn orders_of(&self, _ctx: &Ctx, customer: CustomerId) -> Result<i64> {
        Ok(store::orders_of(&mut *self.db.read().await?, customer).await?)
    }

    async fn redeem(&self, _ctx: &Ctx, request: Redeem) -> Result<()> {
        self.reserve(request).await
    }

    async fn unredeem(&self, _ctx: &Ctx, order: OrderId) -> Result<()> {
        self.give_back(order).await
    }

    async fn put(&self, ctx: &Ctx, promotion: PromotionInput) -> Result<Change> {
        ctx.require(Resource::Promotions.write())?;
        self.put_by_title(ctx, promotion).await
    }

    async fn check(&self, ctx: &Ctx, promotion: &PromotionInput) -> Result<()> {
        ctx.require(Resource::Promotions.read())?;
        check::promotion(promotion, self.currency)
    }

    async fn promotions(&self, ctx: &Ctx) -> Result<Vec<PromotionRecord>> {
        ctx.require(Resource::Promotions.read())?;
        self.list().await
    }

    async fn promotion(&self, ctx: &Ctx, id: PromotionId) -> Result<PromotionRecord> {
        ctx.require(Resource::Promotions.read())?;
        self.one(id).await
    }

    async fn write(
        &self,
        ctx: &Ctx,
        id: Option<PromotionId>,
        promotion: PromotionInput,
        if_version: Option<i64>,
    ) -> Result<PromotionRecord> {
        ctx.require(Resource::Promotions.write())?;
        self.write_one(ctx, id, promotion, if_version).await
    }

    async fn set_state(
        &self,
        ctx: &Ctx,
        id: PromotionId,
        state: PromotionState,
        if_version: Option<i64>,
    ) -> Result<PromotionRecord> {
        ctx.require(Resource::Promotions.write())?;
        self.move_to(ctx, id, state, if_version).await
    }

    async fn make_codes(&self, ctx: &Ctx, id: PromotionId, request: MakeCodes) -> Result<Vec<MadeCode>> {
        ctx.require(Resource::Promotions.write())?;
        self.make(ctx, id, request).await
    }

    async fn codes(&self, ctx: &Ctx, id: PromotionId, page: &PageRequest) -> Result<Page<MadeCode>> {
        ctx.require(Resource::Promotions.read())?;
        self.page_of_codes(id, page).await
    }

    async fn export_codes(&self, ctx: &Ctx, id: PromotionId) -> Result<String> {
        ctx.require(Resource::Promotions.read())?;
        self.table_of_codes(id).await
    }

    async fn revoke_code(&self, ctx: &Ctx, id: PromotionId, code: &str) -> Result<()> {
        ctx.require(Resource::Promotions.write())?;
        self.revoke(ctx, id, code).await
    }
}
