//! Discount rules on both engines.

mod codes;
mod limits;

use std::sync::Arc;

use souk_contract::{
    CodeProblem, Ctx, Currency, Error, Money, OrderId, PromotionAction, PromotionId, PromotionInput,
    Promotions as _,
};
use souk_kernel::{Db, testing::TestKit};
use souk_promotions::{LocalPromotions, MIGRATIONS};
use uuid::Uuid;

/// Where the merchant writes rules and shoppers try codes.
pub struct Desk {
    pub promotions: Arc<LocalPromotions>,
    pub db: Db,
    pub ctx: Ctx,
}

impl Desk {
    pub async fn new(kit: &TestKit) -> Self {
        let db = kit.db("promotions", MIGRATIONS).await;
        let promotions = Arc::new(LocalPromotions::new(kit.kit(), db.clone(), Currency::EUR));
        Self { promotions, db, ctx: Ctx::system("test") }
    }

    pub async fn with(self, rule: PromotionInput) -> Self {
        self.promotions.put(&self.ctx, rule).await.expect("a rule");
        self
    }

    /// The id of the rule behind a code, or why it is not at work.
    pub async fn find(&self, code: &str) -> Result<PromotionId, CodeProblem> {
        let found = self.promotions.lookup(&self.ctx, &[code.to_owned()]).await.expect("a lookup");
        assert_eq!(found.len(), 1);
        found.into_iter().next().expect("one answer per code").found.map(|rule| rule.id)
    }

    /// Uses as the rule counts them, and as the orders do. They must never differ.
    pub async fn used(&self, title: &str) -> i64 {
        let mut reader = self.db.read().await.expect("a reader");
        let (used, orders): (i64, i64) = reader
            .query(
                "select used, (select count(*) from redemption where promotion_id = promotion.id) from promotion
                 where title = $1",
            )
            .bind(title)
            .one()
            .await
            .expect("the rule");
        assert_eq!(used, orders, "{title}: counted and written down");
        used
    }
}

/// 10 % for whoever has the code.
pub fn ten_percent(title: &str, code: Option<&str>) -> PromotionInput {
    PromotionInput {
        title: title.to_owned(),
        code: code.map(str::to_owned),
        action: PromotionAction::Percent { basis_points: 1000 },
        minimum: None,
        applies_to_sale_items: true,
        priority: 0,
        starts_at: None,
        ends_at: None,
        usage_limit: None,
    }
}

pub fn limited(title: &str, code: &str, uses: i64) -> PromotionInput {
    PromotionInput { usage_limit: Some(uses), ..ten_percent(title, Some(code)) }
}

pub fn order(number: u128) -> OrderId {
    OrderId::new(Uuid::from_u128(number))
}

pub fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

pub fn is_conflict<T>(result: &souk_contract::Result<T>, code: &str) -> bool {
    matches!(result, Err(Error::Conflict { code: found, .. }) if found == code)
}

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    souk_kernel::testing::assert_same_schema("promotions", MIGRATIONS, &[]).await;
}
