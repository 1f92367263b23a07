//! Stock on both engines.

mod ledger;
mod levels;
mod reservations;
mod schema;

use souk_contract::{
    Ctx, Inventory as _, OrderId, ReservationId, ReserveLine, SetStock, StockPolicy, VariantId,
};
use souk_inventory::{LocalInventory, MIGRATIONS};
use souk_kernel::{Db, testing::TestKit};
use uuid::Uuid;

/// A shelf with stock, ready to be bought from.
pub struct Shelf {
    pub inventory: std::sync::Arc<LocalInventory>,
    pub db: Db,
    pub ctx: Ctx,
}

impl Shelf {
    pub async fn new(kit: &TestKit) -> Self {
        let db = kit.db("inventory", MIGRATIONS).await;
        let inventory = LocalInventory::new(kit.kit(), db.clone(), 5).await.expect("an inventory");
        Self { inventory: inventory.into(), db, ctx: Ctx::system("test") }
    }

    pub async fn with(self, number: u128, on_hand: i64) -> Self {
        self.with_policy(number, on_hand, StockPolicy::Deny).await
    }

    pub async fn with_policy(self, number: u128, on_hand: i64, policy: StockPolicy) -> Self {
        let item = SetStock { variant_id: variant(number), on_hand, tracked: true, policy, if_version: None };
        self.inventory.set_stock(&self.ctx, vec![item], "count").await.expect("stock");
        self
    }

    pub async fn level(&self, number: u128) -> souk_contract::StockLevel {
        let levels = self.inventory.levels(&self.ctx, &[variant(number)]).await.expect("levels");
        levels.into_iter().next().expect("a level")
    }

    pub async fn assert_books_agree(&self) {
        assert_eq!(self.inventory.verify(&self.ctx).await.expect("an audit"), []);
    }
}

pub fn variant(number: u128) -> VariantId {
    VariantId::new(Uuid::from_u128(number))
}

pub fn reservation(number: u128) -> ReservationId {
    ReservationId::new(Uuid::from_u128(1000 + number))
}

pub fn order(number: u128) -> OrderId {
    OrderId::new(Uuid::from_u128(2000 + number))
}

pub fn line(number: u128, quantity: i64) -> ReserveLine {
    ReserveLine { variant_id: variant(number), quantity }
}
