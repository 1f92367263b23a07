use souk_contract::{Availability, AvailabilityChanged, Catalog, Filters, ListProducts, VariantId};
use souk_kernel::testing::TestKit;

use crate::shop::{Shop, sized};

/// As inventory publishes it; the bus calls the handler that the catalogue registered.
async fn tell(shop: &Shop, variant_id: VariantId, availability: Availability, version: i64) {
    let mut tx = shop.db.begin().await.expect("a transaction");
    tx.publish(&AvailabilityChanged { variant_id, availability, version }).await.expect("published");
    tx.commit().await.expect("committed");
    shop.relay.drain().await.expect("delivered");
}

souk_kernel::each_engine! {
    async fn a_product_is_as_available_as_its_best_variant(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let ids = shop.put(sized("shirt", &["S", "M"])).await.variant_ids;
        shop.heard().await;
        let in_stock = || ListProducts {
            filters: Filters { in_stock: true, ..Filters::default() },
            ..ListProducts::default()
        };
        assert_eq!(shop.list(in_stock()).await.cards[0].availability, Availability::InStock);

        tell(&shop, ids[0], Availability::SoldOut, 1).await;
        assert_eq!(shop.product("shirt").await.variants[0].availability, Availability::SoldOut);
        assert_eq!(shop.list(in_stock()).await.cards[0].availability, Availability::InStock);
        assert!(shop.heard().await.is_empty());

        tell(&shop, ids[1], Availability::SoldOut, 1).await;
        assert_eq!(shop.list(in_stock()).await.total, 0);
        assert_eq!(shop.list(ListProducts::default()).await.cards[0].availability, Availability::SoldOut);
        assert_eq!(shop.heard().await.len(), 1);

        tell(&shop, ids[1], Availability::Low, 3).await;
        assert_eq!(shop.list(in_stock()).await.cards[0].availability, Availability::Low);
        // The one before it comes late, and the last one twice.
        tell(&shop, ids[1], Availability::SoldOut, 2).await;
        tell(&shop, ids[1], Availability::Low, 3).await;
        assert_eq!(shop.list(in_stock()).await.cards[0].availability, Availability::Low);
        let infos = shop.catalog.variants(&shop.guest, &ids).await.expect("variants");
        assert_eq!(infos[1].variant.availability, Availability::Low);

        // What inventory said stays, whatever the merchant writes.
        let mut input = sized("shirt", &["M", "L"]);
        input.title = "Shirt".into();
        shop.put(input).await;
        let product = shop.product("shirt").await;
        assert_eq!(product.variants.iter().map(|variant| variant.availability).collect::<Vec<_>>(),
            [Availability::Low, Availability::InStock]);
    }
}
