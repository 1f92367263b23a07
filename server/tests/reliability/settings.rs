//! What the merchant says of the shop reaches papers, shelves and other processes, and no paper that was issued.

use souk_contract::{
    Actor, Availability, Ctx, Event as _, LowStockChanged, Preset, ProductLookup, ShopSettings,
    ShopSettingsInput,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::shop::TestShop;

impl TestShop {
    async fn say(&self, ctx: &Ctx, change: impl FnOnce(&mut ShopSettingsInput)) -> ShopSettings {
        let ShopSettings { version, mut input } = self.services.shop.settings(ctx).await.expect("settings");
        change(&mut input);
        self.services.shop.write_settings(ctx, input, Some(version)).await.expect("written")
    }
}

each_engine! {
    async fn a_new_seller_is_on_new_papers_only_and_numbers_go_on(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let may = Ctx::guest("desk").with_actor(Actor::staff(kit.kit().ids.next(), Preset::Owner.grants()));
        let lamp = shop.sell("lamp", 4900, 10).await;
        let mut orders = Vec::new();
        for _ in 0..2 {
            let cart = shop.full_cart(lamp, 1).await;
            orders.push(shop.pay(shop.checkout(), &cart, "tok_success").await.expect("an order"));
        }
        let first = shop.services.orders.invoice(&may, orders[0].id).await.expect("an invoice");
        assert_eq!((first.name.as_str(), first.seller.name.as_str()), ("INV-00001", "Souk"));
        shop.say(&may, |settings| {
            settings.name = "Tern".into();
            settings.seller_name = "Tern GmbH".into();
            settings.seller_address = vec!["Quay 7".into(), "20457 Hamburg".into()];
            settings.tax_id = "DE123456789".into();
            settings.invoice_prefix = "R-".into();
        })
        .await;
        let second = shop.services.orders.invoice(&may, orders[1].id).await.expect("an invoice");
        assert_eq!((second.name.as_str(), second.number), ("R-00002", 2));
        assert_eq!(second.seller.name, "Tern GmbH");
        assert_eq!((second.seller.address.len(), second.seller.tax_id.as_str()), (2, "DE123456789"));
        let again = shop.services.orders.invoice(&may, orders[0].id).await.expect("the same");
        assert_eq!(again, first, "a paper that was issued stays as it is");
        shop.assert_books_agree().await;
        let audited = "select count(*) from audit where action = 'shop_settings.updated'";
        assert_eq!(shop.count("shop", audited).await, 1);
    }

    async fn another_number_of_few_reaches_the_product(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let lamp = shop.sell("lamp", 4900, 8).await;
        shop.carry().await;
        let shown = async || {
            let found = shop.services.catalog.product(&shop.guest, "lamp").await.expect("an answer");
            let ProductLookup::Found(product) = found else { panic!("moved") };
            product.variants.into_iter().find(|one| one.id == lamp).expect("the lamp").availability
        };
        assert_eq!(shown().await, Availability::InStock);
        shop.say(&shop.system, |settings| settings.low_stock = 10).await;
        shop.carry().await;
        assert_eq!(shown().await, Availability::Low);
        let told = "select count(*) from outbox where kind = 'shop.low_stock_changed'";
        assert_eq!((LowStockChanged::KIND, shop.count("shop", told).await), ("shop.low_stock_changed", 1));
        shop.assert_books_agree().await;
    }
}

/// Where many processes share a database, a change made in one is in force in the others with their next look.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn another_process_hears_of_it() {
    let kit = TestKit::start(souk_kernel::testing::Engine::Postgres).await;
    let (here, elsewhere) = (TestShop::open(&kit).await, TestShop::open(&kit).await);
    here.say(&here.system, |settings| settings.name = "Tern".into()).await;
    assert_eq!(elsewhere.services.shop.current().input.name, "Souk");
    elsewhere.look().await;
    assert_eq!(elsewhere.services.shop.current().input.name, "Tern");
    elsewhere.close().await;
    here.close().await;
    kit.finish().await;
}
