//! What an order uses, reserved before payment and given back where it does not come about.

use souk_contract::{CustomerId, Error, OrderId, PromotionUse, Redeem, Result};
use souk_kernel::Tx;

use crate::{
    rule::PromotionRow,
    service::LocalPromotions,
    store,
    store_uses::{self as uses, UseRow},
};

fn used_up() -> Error {
    Error::conflict("code_used_up", "Sorry, this code has been used up.")
}

impl LocalPromotions {
    pub(crate) async fn reserve(&self, request: Redeem) -> Result<()> {
        let Redeem { order_id, customer_id, uses: mut wanted } = request;
        // In one order for all, so that nobody waits for somebody who waits for them.
        wanted.sort_by_key(|wanted| wanted.promotion_id);
        wanted.dedup_by_key(|wanted| wanted.promotion_id);
        let mut tx = self.db.begin().await?;
        // Known only on the first try: a repeat finds its uses below and asks no more.
        let orders = match customer_id {
            Some(customer) if uses::add_bought(&mut tx, order_id, customer).await? => {
                Some(uses::count_order(&mut tx, customer).await?)
            }
            _ => None,
        };
        if !wanted.is_empty() {
            let ids: Vec<_> = wanted.iter().map(|wanted| wanted.promotion_id).collect();
            let rows = store::by_ids(&mut tx, &ids).await?;
            for wanted in wanted {
                let row = rows.iter().find(|row| row.id == wanted.promotion_id).ok_or_else(used_up)?;
                self.reserve_one(&mut tx, row, order_id, customer_id, wanted, orders).await?;
            }
        }
        tx.commit().await?;
        // What is left of a budget is part of the rule.
        self.forget();
        Ok(())
    }

    async fn reserve_one(
        &self,
        tx: &mut Tx,
        promotion: &PromotionRow,
        order_id: OrderId,
        customer_id: Option<CustomerId>,
        wanted: PromotionUse,
        orders: Option<i64>,
    ) -> Result<()> {
        let row = UseRow {
            promotion_id: promotion.id,
            order_id,
            customer_id,
            code: wanted.code,
            amount_minor: wanted.amount.minor.max(0),
        };
        if !uses::add(tx, &row, self.kit.now()).await? {
            return Ok(());
        }
        if promotion.only_first_orders() && orders != Some(1) {
            return Err(Error::conflict("not_first_order", "Sorry, this offer is for a first order."));
        }
        if !uses::count(tx, &row).await? {
            return Err(used_up());
        }
        match (customer_id, promotion.per_customer) {
            (None, Some(_)) => return Err(used_up()),
            (None, None) => {}
            // Counted without a limit too: one that comes later counts from the beginning.
            (Some(customer), limit) => {
                let limit = limit.unwrap_or(i64::MAX);
                if !uses::count_customer(tx, promotion.id, customer, limit).await? {
                    let message = "You have used this offer as often as one customer may.";
                    return Err(Error::conflict("code_used_up", message));
                }
            }
        }
        match &row.code {
            Some(code) if promotion.code.as_ref() != Some(code) => {
                if uses::count_code(tx, promotion.id, code).await? { Ok(()) } else { Err(used_up()) }
            }
            _ => Ok(()),
        }
    }

    pub(crate) async fn give_back(&self, order: OrderId) -> Result<()> {
        let mut tx = self.db.begin().await?;
        if let Some(customer) = uses::remove_bought(&mut tx, order).await? {
            uses::uncount_order(&mut tx, customer).await?;
        }
        let mut used = uses::remove(&mut tx, order).await?;
        used.sort_by_key(|row| row.promotion_id);
        for row in used {
            uses::uncount(&mut tx, &row).await?;
            if let Some(customer) = row.customer_id {
                uses::uncount_customer(&mut tx, row.promotion_id, customer).await?;
            }
            if let Some(code) = &row.code {
                uses::uncount_code(&mut tx, row.promotion_id, code).await?;
            }
        }
        tx.commit().await?;
        self.forget();
        Ok(())
    }
}
