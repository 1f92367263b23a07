//! The use cases.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use souk_contract::{
    Change, CodeLookup, CodeProblem, Ctx, Currency, CustomerId, Error, OrderId, PromotionId, PromotionInput,
    PromotionRule, Promotions, Resource, Result, Timestamp,
};
use souk_kernel::{
    Kit,
    audit::{self, Audited},
    db::{Db, Json},
};

use crate::{
    rule::{self, PromotionRow},
    store,
};

/// Another process may change the rules: what was read is trusted for this long.
const TRUSTED_SECONDS: i64 = 1;

/// Promotions in this process, on its own database.
pub struct LocalPromotions {
    kit: Kit,
    db: Db,
    currency: Currency,
    automatic: Mutex<Option<(Timestamp, Vec<PromotionRow>)>>,
}

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
}

#[async_trait]
impl Promotions for LocalPromotions {
    async fn automatic(&self, _ctx: &Ctx) -> Result<Vec<PromotionRule>> {
        let now = self.kit.now();
        let rows = match self.remembered(now) {
            Some(rows) => rows,
            None => {
                let rows = store::automatic(&mut *self.db.read().await?).await?;
                self.remember(Some((now.plus_seconds(TRUSTED_SECONDS), rows.clone())));
                rows
            }
        };
        let working = rows.into_iter().filter(|row| row.problem(now).is_none());
        Ok(working.map(|row| row.into_rule(self.currency)).collect())
    }

    async fn lookup(&self, _ctx: &Ctx, codes: &[String]) -> Result<Vec<CodeLookup>> {
        if codes.is_empty() {
            return Ok(Vec::new());
        }
        let now = self.kit.now();
        let codes: Vec<String> = codes.iter().map(|code| rule::normal_code(code)).collect();
        let rows = store::by_codes(&mut *self.db.read().await?, &codes).await?;
        let find = |code: &String| {
            let row = rows.iter().find(|row| row.code.as_ref() == Some(code)).ok_or(CodeProblem::Unknown)?;
            match row.problem(now) {
                Some(problem) => Err(problem),
                None => Ok(row.clone().into_rule(self.currency)),
            }
        };
        Ok(codes.iter().map(|code| CodeLookup { code: code.clone(), found: find(code) }).collect())
    }

    async fn redeem(
        &self,
        _ctx: &Ctx,
        rules: &[PromotionId],
        order: OrderId,
        customer: Option<CustomerId>,
    ) -> Result<()> {
        let mut rules = rules.to_vec();
        rules.sort();
        rules.dedup();
        let mut tx = self.db.begin().await?;
        for promotion in rules {
            if store::add_redemption(&mut tx, promotion, order, customer, self.kit.now()).await?
                && !store::count_use(&mut tx, promotion).await?
            {
                return Err(Error::conflict("code_used_up", "Sorry, this code has been used up."));
            }
        }
        Ok(tx.commit().await?)
    }

    async fn unredeem(&self, _ctx: &Ctx, order: OrderId) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let mut promotions = store::remove_redemptions(&mut tx, order).await?;
        promotions.sort();
        for (promotion,) in promotions {
            store::uncount_use(&mut tx, promotion).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn put(&self, ctx: &Ctx, promotion: PromotionInput) -> Result<Change> {
        ctx.require(Resource::Promotions.write())?;
        rule::check(&promotion, self.currency)?;
        let mut tx = self.db.begin().await?;
        let old = store::by_title(&mut tx, promotion.title.trim()).await?;
        let row = PromotionRow {
            id: old.as_ref().map_or_else(|| self.kit.ids.next(), |row| row.id),
            title: promotion.title.trim().to_owned(),
            code: promotion.code.as_deref().map(rule::normal_code),
            action: Json(promotion.action),
            minimum_minor: promotion.minimum.map(|money| money.minor),
            applies_to_sale_items: promotion.applies_to_sale_items,
            priority: promotion.priority,
            starts_at: promotion.starts_at,
            ends_at: promotion.ends_at,
            usage_limit: promotion.usage_limit,
            used: old.as_ref().map_or(0, |row| row.used),
        };
        let before = old.as_ref().map(PromotionRow::logged);
        let change = match old {
            None => Change::Created,
            Some(old) if old == row => return Ok(Change::Unchanged),
            Some(_) => Change::Updated,
        };
        store::put(&mut tx, &row).await.map_err(|error| {
            if error.is_unique("promotion_code_key") {
                return Error::conflict("code_taken", "Another promotion has this code.");
            }
            if error.is_check("promotion_within_limit") {
                return Error::invalid("usage_limit", "out_of_range", "It was used more often already.");
            }
            error.into()
        })?;
        let action = if before.is_some() { "promotion.updated" } else { "promotion.created" };
        let what = audit::changes(before.as_ref(), Some(&row.logged()));
        tx.audit(ctx, Audited::new(action, row.id, &row.title), what).await?;
        tx.commit().await?;
        self.remember(None);
        Ok(change)
    }
}
