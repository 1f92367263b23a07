//! Discount rules on both engines.

mod codes;
mod limits;
mod reserve;
mod staff;

use std::sync::Arc;

use souk_contract::{
    CodeProblem, Ctx, Currency, Error, Money, OrderId, PromotionAction, PromotionId, PromotionInput,
    PromotionUse, Promotions as _, Redeem,
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

    /// A guest's order uses these, each for a euro.
    pub async fn redeem(&self, rules: &[PromotionId], order: OrderId) -> souk_contract::Result<()> {
        let one = |rule: &PromotionId| PromotionUse { promotion_id: *rule, code: None, amount: eur(100) };
        let uses = rules.iter().map(one).collect();
        self.promotions.redeem(&self.ctx, Redeem { order_id: order, customer_id: None, uses }).await
    }

    /// The id of the rule behind a code, or why it is not at work.
    pub async fn find(&self, code: &str) -> Result<PromotionId, CodeProblem> {
        let found = self.promotions.lookup(&self.ctx, &[code.to_owned()], None).await.expect("a lookup");
        assert_eq!(found.len(), 1);
        found.into_iter().next().expect("one answer per code").found.map(|rule| rule.id)
    }

    pub async fn id_of(&self, title: &str) -> PromotionId {
        let mut reader = self.db.read().await.expect("a reader");
        let (id,) =
            reader.query("select id from promotion where title = $1").bind(title).one().await.expect("an id");
        id
    }

    pub async fn spent(&self, title: &str) -> i64 {
        let mut reader = self.db.read().await.expect("a reader");
        let query = reader.query("select spent_minor from promotion where title = $1").bind(title);
        let (spent,) = query.one().await.expect("the rule");
        spent
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
    let action = PromotionAction::percent(1000);
    PromotionInput { code: code.map(str::to_owned), ..PromotionInput::new(title, action) }
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
