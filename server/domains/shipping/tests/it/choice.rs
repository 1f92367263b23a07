//! What a shopper is offered, chooses, and finds at the checkout.

use souk_contract::{CartState, Ctx, Error, Shipping as _, ShippingMethodId, ShippingMethodInput};
use souk_kernel::{each_engine, testing::TestKit};
use uuid::Uuid;

use crate::{Depot, basket::TOKEN, eur, method, rate};

fn standard() -> ShippingMethodInput {
    ShippingMethodInput {
        countries: vec!["DE".into(), "AT".into()],
        rates: vec![
            rate(Some(6000), Some(10_000), 0),
            rate(None, Some(5_000), 490),
            rate(None, Some(10_000), 990),
        ],
        ..method("Standard", 0)
    }
}

fn abroad() -> ShippingMethodInput {
    ShippingMethodInput { countries: vec!["CH".into()], position: 1, ..method("Abroad", 1990) }
}

fn named(name: &str, minor: i64) -> (String, i64) {
    (name.to_owned(), minor)
}

each_engine! {
    async fn the_country_decides_what_is_offered(kit: TestKit) {
        let depot = Depot::new(&kit).await.with(abroad()).await.with(standard()).await;
        assert_eq!(depot.offers(None).await, [named("Standard", 490), named("Abroad", 1990)], "by position");
        assert_eq!(depot.offers(Some("DE")).await, [named("Standard", 490)]);
        assert_eq!(depot.offers(Some("FR")).await, []);
        depot.carts.deliver_to("CH");
        assert_eq!(depot.offers(Some("DE")).await, [named("Abroad", 1990)], "the address wins");
    }

    async fn weight_and_what_is_paid_for_the_goods_decide_the_price(kit: TestKit) {
        let depot = Depot::new(&kit).await.with(standard()).await;
        for (goods, discount, weight, price) in [
            (1_000, 0, 250, Some(490)),
            (1_000, 0, 5_000, Some(490)),
            (1_000, 0, 5_001, Some(990)),
            (6_000, 0, 5_001, Some(0)),
            (6_000, 1, 250, Some(490)),
            (9_000, 0, 10_000, Some(0)),
            (9_000, 0, 10_001, None),
        ] {
            depot.carts.put(goods, discount, weight);
            let offers = depot.offers(Some("DE")).await;
            let expected: Vec<_> = price.map(|price| named("Standard", price)).into_iter().collect();
            assert_eq!(offers, expected, "goods {goods} less {discount}, {weight} g");
        }
    }

    async fn a_choice_is_priced_and_put_into_the_cart(kit: TestKit) {
        let depot = Depot::new(&kit).await.with(standard()).await.with(abroad()).await;
        depot.carts.deliver_to("DE");
        let guest = Ctx::guest("test");
        let option = depot.shipping.options(&guest, TOKEN, None).await.expect("options").remove(0);
        let cart = depot.shipping.select(&guest, TOKEN, option.id).await.expect("chosen");
        let delivery = cart.delivery.expect("a delivery");
        assert_eq!((delivery.method_id, delivery.name.as_str(), delivery.price), (option.id, "Standard", eur(490)));
        assert_eq!((delivery.days_min, delivery.days_max), (1, 3));
        // One that does not serve the address, and one that nobody knows.
        depot.carts.deliver_to("CH");
        for wrong in [option.id, ShippingMethodId::new(Uuid::from_u128(7))] {
            let refused = depot.shipping.select(&guest, TOKEN, wrong).await;
            assert!(matches!(&refused, Err(Error::Invalid { fields }) if fields[0].field == "method_id"), "{refused:?}");
        }
        assert_eq!(depot.carts.cart().delivery.expect("still there").method_id, option.id);
    }

    async fn a_wrong_token_finds_nothing(kit: TestKit) {
        let depot = Depot::new(&kit).await.with(standard()).await;
        let guest = Ctx::guest("test");
        let id = depot.shipping.options(&guest, TOKEN, None).await.expect("options")[0].id;
        for answer in [
            depot.shipping.options(&guest, "guessed", None).await.map(drop),
            depot.shipping.select(&guest, "guessed", id).await.map(drop),
            depot.shipping.refresh(&guest, "guessed").await.map(drop),
        ] {
            assert_eq!(answer, Err(Error::not_found("cart")));
        }
    }

    async fn the_checkout_puts_a_changed_price_right(kit: TestKit) {
        let depot = Depot::new(&kit).await.with(standard()).await;
        depot.carts.deliver_to("DE");
        let id = depot.shipping.options(&depot.ctx, TOKEN, None).await.expect("options")[0].id;
        depot.shipping.select(&depot.ctx, TOKEN, id).await.expect("chosen");
        let before = depot.carts.cart();
        assert_eq!(depot.shipping.refresh(&depot.ctx, TOKEN).await.expect("as it was").version, before.version);

        // The cart became heavier.
        depot.carts.put(1_000, 0, 6_000);
        let cart = depot.shipping.refresh(&depot.ctx, TOKEN).await.expect("priced again");
        assert_eq!(cart.delivery.expect("a delivery").price, eur(990));

        // The merchant changed the table.
        let dearer = ShippingMethodInput { rates: vec![rate(None, None, 1234)], ..standard() };
        depot.shipping.put_method(&depot.ctx, dearer).await.expect("written");
        let cart = depot.shipping.refresh(&depot.ctx, TOKEN).await.expect("priced again");
        assert_eq!(cart.delivery.expect("a delivery").price, eur(1234));
    }

    async fn the_checkout_takes_out_what_no_longer_serves(kit: TestKit) {
        let depot = Depot::new(&kit).await.with(standard()).await;
        depot.carts.deliver_to("DE");
        let id = depot.shipping.options(&depot.ctx, TOKEN, None).await.expect("options")[0].id;
        depot.shipping.select(&depot.ctx, TOKEN, id).await.expect("chosen");
        depot.carts.deliver_to("FR");
        let gone = depot.shipping.refresh(&depot.ctx, TOKEN).await;
        assert!(matches!(&gone, Err(Error::Conflict { code, .. }) if code == "delivery_gone"), "{gone:?}");
        assert_eq!(depot.carts.cart().delivery, None);
        assert!(depot.shipping.refresh(&depot.ctx, TOKEN).await.is_ok(), "nothing chosen is nothing to put right");
    }

    async fn a_cart_that_is_being_bought_is_left_alone(kit: TestKit) {
        let depot = Depot::new(&kit).await.with(standard()).await;
        depot.carts.deliver_to("DE");
        let id = depot.shipping.options(&depot.ctx, TOKEN, None).await.expect("options")[0].id;
        depot.shipping.select(&depot.ctx, TOKEN, id).await.expect("chosen");
        depot.carts.set(|cart| cart.state = CartState::Completing);
        depot.carts.deliver_to("FR");
        let refused = depot.shipping.refresh(&depot.ctx, TOKEN).await;
        assert!(matches!(&refused, Err(Error::Conflict { code, .. }) if code == "cart_completing"), "{refused:?}");
        assert!(depot.carts.cart().delivery.is_some());
    }
}
