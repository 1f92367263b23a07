//! Every domain of a shop in this process, without the web in front of it.

use std::{collections::HashMap, sync::Arc};

use futures::{StreamExt as _, stream};
use souk_contract::{
    AddLine, Address, Cart, CheckoutAction, CheckoutId, Ctx, Currency, Difference, Error, Money, Order,
    PaymentAction, PlaceOrder, Placed, ProductInput, PutProduct, Result, Services, SetStock,
    ShippingMethodId, ShippingMethodInput, ShippingRate, StockPolicy, Timestamp, UpdateCart, VariantId,
    VariantInput,
};
use souk_kernel::{Db, Relay, drain_all, testing::TestKit};
use souk_payments::TestGateway;
use souk_server::{
    compose::Shop,
    config::{self, Flags, Settings},
};

/// What delivery costs, in cents.
pub const DELIVERY: i64 = 490;

pub struct TestShop {
    shop: Shop,
    pub services: Services,
    relays: Vec<Relay>,
    pub delivery: ShippingMethodId,
    /// A shopper's.
    pub guest: Ctx,
    /// Souk's own.
    pub system: Ctx,
}

/// The program's own configuration, on the test's folder and database.
pub fn settings(kit: &TestKit) -> Settings {
    settings_with(kit, &[])
}

fn settings_with(kit: &TestKit, more: &[(&str, &str)]) -> Settings {
    let flags = Flags { data_dir: Some(kit.folder().to_owned()), ..Flags::default() };
    let more = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    config::resolve(&flags, variables(kit).into_iter().chain(more)).expect("a configuration").settings
}

pub fn variables(kit: &TestKit) -> HashMap<String, String> {
    let keys = [
        ("SOUK_DATABASE__URL", kit.config().url),
        ("SOUK_DATABASE__CONNECTIONS", "16".to_owned()),
        ("SOUK_HTTP__CHECKOUT_PER_MINUTE", "0".to_owned()),
        ("SOUK_HTTP__REGISTER_PER_MINUTE", "0".to_owned()),
        ("SOUK_HTTP__SIGN_IN_PER_MINUTE", "0".to_owned()),
        ("SOUK_HTTP__RESET_PER_MINUTE", "0".to_owned()),
    ];
    keys.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

impl TestShop {
    /// With one way of delivery and nothing to sell.
    pub async fn open(kit: &TestKit) -> Self {
        Self::on(Shop::open_all(&settings(kit)).await.expect("a shop"), None).await
    }

    /// With more variables of the configuration.
    pub async fn with(kit: &TestKit, more: &[(&str, &str)]) -> Self {
        Self::on(Shop::open_all(&settings_with(kit, more)).await.expect("a shop"), None).await
    }

    /// As [`with`](Self::with), by the test's own clock.
    pub async fn by_the_clock(kit: &TestKit, more: &[(&str, &str)]) -> Self {
        Self::on(Shop::open_with(&settings_with(kit, more), kit.kit()).await.expect("a shop"), None).await
    }

    /// `delivery`: of a shop that was open before.
    pub async fn on(shop: Shop, delivery: Option<ShippingMethodId>) -> Self {
        let (services, system) = (shop.services.clone(), shop.ctx("test"));
        let guest = Ctx::guest("test");
        let relays = shop.relays().collect();
        if let Some(delivery) = delivery {
            return Self { delivery, shop, services, relays, guest, system };
        }
        let method = ShippingMethodInput {
            name: "Standard".to_owned(),
            description: String::new(),
            countries: Vec::new(),
            rates: vec![ShippingRate { subtotal_from: None, weight_to_grams: None, price: eur(DELIVERY) }],
            days_min: 1,
            days_max: 3,
            position: 0,
        };
        services.shipping.put_method(&system, method).await.expect("a method");
        let cart = services.carts.create(&guest).await.expect("a cart");
        let options = services.shipping.options(&guest, &cart.token, None).await.expect("options");
        Self { delivery: options[0].id, shop, services, relays, guest, system }
    }

    /// Writes a product of one variant.
    pub async fn sell(&self, handle: &str, minor: i64, pieces: i64) -> VariantId {
        let variant =
            VariantInput { sku: Some(handle.to_owned()), weight_grams: 250, ..VariantInput::new(eur(minor)) };
        let product = ProductInput::new(handle, format!("The {handle}"), variant);
        let request = PutProduct { id: None, product, if_version: None };
        let written = self.services.catalog.put_product(&self.system, request).await.expect("a product");
        let variant_id = written.variant_ids[0];
        let stock = SetStock {
            variant_id,
            location_id: None,
            on_hand: pieces,
            tracked: true,
            policy: StockPolicy::Deny,
            if_version: None,
        };
        self.services.inventory.set_stock(&self.system, vec![stock], "test").await.expect("stock");
        variant_id
    }

    /// A guest's cart with everything that an order needs.
    pub async fn full_cart(&self, variant_id: VariantId, quantity: i64) -> Cart {
        let (ctx, carts) = (&self.guest, &self.services.carts);
        let token = carts.create(ctx).await.expect("a cart").token;
        carts.add_line(ctx, &token, AddLine { variant_id, quantity }).await.expect("added");
        let whom = UpdateCart {
            email: Some("ada@example.com".to_owned()),
            shipping_address: Some(address()),
            ..UpdateCart::default()
        };
        carts.update(ctx, &token, whom).await.expect("addressed");
        let cart = self.services.shipping.select(ctx, &token, self.delivery).await.expect("delivery chosen");
        assert_eq!(cart.requirements, []);
        cart
    }

    /// Many of them, some at a time.
    pub async fn full_carts(&self, variant_id: VariantId, count: usize) -> Vec<Cart> {
        stream::iter(0..count).map(|_| self.full_cart(variant_id, 1)).buffer_unordered(32).collect().await
    }

    /// A checkout's id, as an app would make one.
    pub fn checkout(&self) -> CheckoutId {
        self.shop.kit.ids.next()
    }

    pub async fn pay(&self, checkout: CheckoutId, cart: &Cart, token: &str) -> Result<Order> {
        self.place(&self.guest, checkout, by_card(cart, token)).await
    }

    /// The order, where no bank asks first.
    pub async fn place(&self, ctx: &Ctx, checkout: CheckoutId, request: PlaceOrder) -> Result<Order> {
        self.services.orders.place(ctx, checkout, request).await.and_then(Placed::order)
    }

    /// What a payment's gateway calls the one that waits.
    pub fn charge(&self, next: &CheckoutAction) -> String {
        let PaymentAction::Redirect { url } = &next.action;
        url.rsplit('/').next().expect("a name").to_owned()
    }

    pub fn test_gateway(&self) -> Arc<TestGateway> {
        self.shop.test_gateway()
    }

    pub async fn cart(&self, cart: &Cart) -> Cart {
        self.services.carts.get(&self.guest, &cart.token).await.expect("the cart")
    }

    pub async fn available(&self, variant: VariantId) -> i64 {
        self.services.inventory.levels(&self.system, &[variant]).await.expect("levels")[0].available
    }

    pub fn shop(&self) -> &Shop {
        &self.shop
    }

    pub fn db(&self, domain: &str) -> &Db {
        self.shop.databases().iter().find(|db| db.domain() == domain).expect("a domain")
    }

    pub fn now(&self) -> Timestamp {
        self.shop.kit.now()
    }

    pub fn crm(&self) -> souk_crm::LocalCrm {
        self.shop.local_crm()
    }

    pub fn analytics(&self) -> souk_analytics::LocalAnalytics {
        self.shop.local_analytics()
    }

    /// A number out of a domain's own database.
    pub async fn count(&self, domain: &str, sql: &'static str) -> i64 {
        let db = self.shop.databases().iter().find(|db| db.domain() == domain).expect("a domain");
        let (count,) = db.read().await.expect("a reader").query(sql).one().await.expect("a number");
        count
    }

    /// Changes a domain's own database behind its back, as a crash at a bad moment would leave it.
    pub async fn plant(&self, domain: &str, sql: &'static str) {
        let db = self.shop.databases().iter().find(|db| db.domain() == domain).expect("a domain");
        let mut tx = db.begin().await.expect("a transaction");
        assert!(tx.query(sql).execute().await.expect("planted") > 0, "{sql} changed nothing");
        tx.commit().await.expect("committed");
    }

    /// What a server among others does every few seconds.
    pub async fn look(&self) {
        self.shop.local_shopkeeping().refresh().await.expect("looked");
    }

    /// What the server does at its start with what a crash left.
    pub async fn resume(&self) -> u64 {
        self.shop.local_orders().resume_all(&self.system).await.expect("resumed")
    }

    /// What the gateway took, and what it still holds.
    pub async fn charges(&self) -> (i64, i64) {
        let captured = "select count(*) from test_charge where state = 'captured'";
        let held = "select count(*) from test_charge where state = 'authorized'";
        (self.count("payments", captured).await, self.count("payments", held).await)
    }

    pub async fn orders(&self) -> i64 {
        self.count("orders", "select count(*) from placed_order").await
    }

    /// Carries every event to its handlers.
    pub async fn carry(&self) {
        drain_all(&self.relays).await.expect("carried");
    }

    pub async fn assert_books_agree(&self) {
        let none: [Difference; 0] = [];
        assert_eq!(self.services.inventory.verify(&self.system).await.expect("an audit"), none);
        assert_eq!(self.services.payments.verify(&self.system).await.expect("an audit"), none);
        assert_eq!(self.services.orders.verify(&self.system).await.expect("an audit"), none);
        assert_eq!(self.services.analytics.verify(&self.system).await.expect("an audit"), none);
        assert_eq!(self.services.crm.verify(&self.system).await.expect("an audit"), none);
    }

    /// Nothing is under way: no cart is locked, no checkout unfinished, no stock or money merely held.
    pub async fn assert_nothing_is_left_halfway(&self) {
        self.assert_no_work_is_left().await;
        assert_eq!(self.charges().await.1, 0, "money that is held for nobody");
    }

    /// As above, whatever the gateway holds.
    pub async fn assert_no_work_is_left(&self) {
        for (domain, what, sql) in [
            ("cart", "locked carts", "select count(*) from cart where state = 'completing'"),
            (
                "orders",
                "unfinished checkouts",
                "select count(*) from checkout where state not in ('done', 'failed')",
            ),
            (
                "orders",
                "orders without a checkout that is done",
                "select count(*) from placed_order o where not exists
                   (select 1 from checkout c where c.order_id = o.id and c.state = 'done')",
            ),
            (
                "orders",
                "checkouts that are done without an order",
                "select count(*) from checkout c where state = 'done' and not exists
                   (select 1 from placed_order o where o.id = c.order_id)",
            ),
            (
                "orders",
                "orders without lines",
                "select count(*) from placed_order o where not exists
                   (select 1 from order_line l where l.order_id = o.id)",
            ),
            (
                "orders",
                "carts bought twice",
                "select count(*) from (select cart_id from checkout where state = 'done'
                   group by cart_id having count(*) > 1) twice",
            ),
            ("inventory", "held stock", "select count(*) from reservation where state = 'active'"),
        ] {
            assert_eq!(self.count(domain, sql).await, 0, "{what}");
        }
    }

    /// A column out of a domain's own database.
    pub async fn texts(&self, domain: &str, sql: &'static str) -> Vec<String> {
        let mut reader = self.db(domain).read().await.expect("a reader");
        let rows: Vec<(String,)> = reader.query(sql).all().await.expect("texts");
        rows.into_iter().map(|(text,)| text).collect()
    }

    /// What the server does every second.
    pub async fn expire_stock(&self) {
        self.shop.local_inventory().expire_due().await.expect("expired");
    }

    pub async fn close(self) {
        drop((self.services, self.relays));
        self.shop.close().await.expect("closed");
    }
}

pub fn by_card(cart: &Cart, token: &str) -> PlaceOrder {
    PlaceOrder {
        cart_token: cart.token.clone(),
        payment_method: "test".to_owned(),
        payment_token: Some(token.to_owned()),
        expected_total: Some(cart.totals.total),
    }
}

/// The order stands before its money is there.
pub fn by_transfer(cart: &Cart) -> PlaceOrder {
    PlaceOrder { payment_method: "bank_transfer".into(), payment_token: None, ..by_card(cart, "") }
}

pub fn address() -> Address {
    Address {
        name: "Ada Lovelace".to_owned(),
        line1: "1 Main St".to_owned(),
        city: "Berlin".to_owned(),
        postal_code: "10115".to_owned(),
        country: "DE".to_owned(),
        ..Address::default()
    }
}

pub fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

pub fn is_conflict<T>(result: &Result<T>, code: &str) -> bool {
    matches!(result, Err(Error::Conflict { code: found, .. }) if found == code)
}

/// Shared by many tasks.
pub async fn shared(kit: &TestKit) -> Arc<TestShop> {
    Arc::new(TestShop::open(kit).await)
}

/// The same numbers for the same seed: splitmix64.
pub struct Dice(pub u64);

impl Dice {
    /// Below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}
