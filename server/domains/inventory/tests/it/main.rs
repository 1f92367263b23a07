//! Stock on both engines.

mod counts;
mod ledger;
mod levels;
mod low;
mod places;
mod reorder;
mod reservations;
mod schema;
mod sources;
mod speed;
mod supplies;
mod sync;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;
use souk_contract::{
    Ctx, Currency, Event, FulfillmentId, Inventory as _, OrderId, OrderShipped, ReservationId, ReserveLine,
    Result, SetStock, Shopkeeping as _, StockPolicy, VariantCodes, VariantId,
};
use souk_inventory::{LocalInventory, LocalStockroom, MIGRATIONS};
use souk_kernel::{
    Bus, Db, Relay,
    testing::{TestKit, TestShop},
};
use uuid::Uuid;

/// A shelf with stock, ready to be bought from.
pub struct Shelf {
    pub inventory: Arc<LocalInventory>,
    pub stockroom: LocalStockroom,
    pub db: Db,
    pub shop: Arc<TestShop>,
    pub ctx: Ctx,
    relay: Relay,
}

/// `SKU-7` is variant 7. There are variants below 900, and 10,000 SKUs.
pub struct Labels;

#[async_trait]
impl VariantCodes for Labels {
    async fn by_codes(&self, codes: &[String]) -> Result<BTreeMap<String, Vec<VariantId>>> {
        let name = |code: &String| match code.as_str() {
            "TWICE" => Some((code.clone(), vec![variant(1), variant(2)])),
            _ => Some((code.clone(), vec![variant(code.strip_prefix("SKU-")?.parse().ok()?)])),
        };
        Ok(codes.iter().filter_map(name).collect())
    }

    async fn known(&self, ids: &[VariantId]) -> Result<BTreeSet<VariantId>> {
        Ok(ids.iter().copied().filter(|id| *id < variant(900)).collect())
    }

    /// Variants 1 and 2 are Acme's mugs, 3 is Acme's lamp.
    async fn of_products(&self, vendor: Option<&str>, product_type: Option<&str>) -> Result<Vec<VariantId>> {
        let all = [(1, "mug"), (2, "mug"), (3, "lamp")];
        let fits = |kind: &str| {
            vendor.is_none_or(|vendor| vendor == "Acme") && product_type.is_none_or(|one| one == kind)
        };
        Ok(all.into_iter().filter(|(_, kind)| fits(kind)).map(|(number, _)| variant(number)).collect())
    }
}

impl Shelf {
    pub async fn new(kit: &TestKit) -> Self {
        let (db, shop) = (kit.db("inventory", MIGRATIONS).await, TestShop::open());
        let inventory =
            Arc::new(LocalInventory::new(kit.kit(), db.clone(), shop.clone()).await.expect("an inventory"));
        let bus = Bus::new();
        inventory.listen(&bus);
        let stockroom = LocalStockroom::new(inventory.clone(), Arc::new(Labels), Currency::EUR);
        Self { inventory, stockroom, relay: Relay::new(db.clone(), bus), db, shop, ctx: Ctx::system("test") }
    }

    pub async fn with(self, number: u128, on_hand: i64) -> Self {
        self.with_policy(number, on_hand, StockPolicy::Deny).await
    }

    pub async fn with_policy(self, number: u128, on_hand: i64, policy: StockPolicy) -> Self {
        let variant_id = variant(number);
        let item =
            SetStock { variant_id, location_id: None, on_hand, tracked: true, policy, if_version: None };
        self.inventory.set_stock(&self.ctx, vec![item], "count").await.expect("stock");
        self
    }

    pub async fn level(&self, number: u128) -> souk_contract::StockLevel {
        let levels = self.inventory.levels(&self.ctx, &[variant(number)]).await.expect("levels");
        levels.into_iter().next().expect("a level")
    }

    pub async fn publish<E: Event>(&self, event: &E) {
        let mut tx = self.db.begin().await.expect("a transaction");
        tx.publish(event).await.expect("published");
        tx.commit().await.expect("published");
        self.carry().await;
    }

    pub async fn carry(&self) {
        self.relay.drain().await.expect("delivered");
    }

    pub fn shop_version(&self) -> i64 {
        self.shop.current().version
    }

    /// A parcel with pieces of variant 1 leaves, of order and reservation 1.
    pub async fn ship(&self, parcel: u128, pieces: i64) {
        let shipped = OrderShipped {
            order_id: order(1),
            reservation_id: reservation(1),
            fulfillment_id: FulfillmentId::new(Uuid::from_u128(3000 + parcel)),
            lines: vec![line(1, pieces)],
        };
        self.publish(&shipped).await;
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
