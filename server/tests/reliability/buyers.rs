//! Reliability 1: never sell what isn't there, never refuse what is.

use std::sync::Arc;

use futures::future::join_all;
use souk_contract::{CartState, Error, Order, Result};
use souk_kernel::{each_engine, testing::TestKit};

use crate::shop::{DELIVERY, TestShop, eur, is_conflict, shared};

const BUYERS: usize = 500;

async fn all_buy(shop: &Arc<TestShop>, carts: &[souk_contract::Cart]) -> Vec<Result<Order>> {
    let buys = carts.iter().cloned().map(|cart| {
        let shop = Arc::clone(shop);
        tokio::spawn(async move { shop.pay(shop.checkout(), &cart, "tok_success").await })
    });
    join_all(buys).await.into_iter().map(|result| result.expect("no panic")).collect()
}

each_engine! {
    async fn of_500_buyers_one_gets_the_last_piece_and_nobody_else_is_charged(kit: TestKit) {
        let shop = shared(&kit).await;
        let variant = shop.sell("lamp", 4900, 1).await;
        let carts = shop.full_carts(variant, BUYERS).await;
        let results = all_buy(&shop, &carts).await;

        let orders: Vec<&Order> = results.iter().flatten().collect();
        assert_eq!(orders.len(), 1);
        assert_eq!((orders[0].lines.len(), orders[0].total), (1, eur(4900 + DELIVERY)));
        let refused = results.iter().filter(|result| is_conflict(result, "out_of_stock")).count();
        let other: Vec<&Error> = results.iter().filter_map(|result| result.as_ref().err())
            .filter(|error| !matches!(error, Error::Conflict { code, .. } if code == "out_of_stock")).collect();
        assert_eq!((refused, other), (BUYERS - 1, vec![]));

        shop.carry().await;
        assert_eq!((shop.orders().await, shop.charges().await, shop.available(variant).await), (1, (1, 0), 0));
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
        let mut open = 0;
        for cart in &carts {
            let cart = shop.cart(cart).await;
            assert_eq!(cart.lines.len(), 1, "no line is lost");
            open += usize::from(cart.state == CartState::Active);
        }
        assert_eq!(open, BUYERS - 1, "the losers' carts are theirs again");
    }

    async fn a_hundred_buyers_of_a_hundred_pieces_all_get_one(kit: TestKit) {
        let shop = shared(&kit).await;
        let variant = shop.sell("cup", 900, 100).await;
        let carts = shop.full_carts(variant, 100).await;
        for bought in all_buy(&shop, &carts).await {
            bought.expect("there is one for each");
        }
        shop.carry().await;
        assert_eq!((shop.orders().await, shop.charges().await, shop.available(variant).await), (100, (100, 0), 0));
        let numbers = "select count(distinct number) from placed_order";
        assert_eq!(shop.count("orders", numbers).await, 100);
        let letters = "select count(*) from mail where template = 'order_confirmation'";
        assert_eq!(shop.count("messaging", letters).await, 100);
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
    }

    async fn a_code_for_ten_gives_ten_orders_the_discount(kit: TestKit) {
        let shop = shared(&kit).await;
        let variant = shop.sell("cup", 1000, 100).await;
        let ten = souk_contract::PromotionInput {
            code: Some("TEN".into()), usage_limit: Some(10),
            ..souk_contract::PromotionInput::new("Ten uses", souk_contract::PromotionAction::percent(1000))
        };
        shop.services.promotions.put(&shop.system, ten).await.expect("a rule");
        let mut carts = shop.full_carts(variant, 64).await;
        for cart in &mut carts {
            *cart = shop.services.carts.add_code(&shop.guest, &cart.token, "TEN").await.expect("a code");
        }
        let results = all_buy(&shop, &carts).await;
        let bought: Vec<&Order> = results.iter().flatten().collect();
        assert_eq!(bought.len(), 10, "whoever saw a price pays that price or nothing");
        assert!(bought.iter().all(|order| order.total == eur(900 + DELIVERY)));
        // Used up while it was being redeemed, or already when the cart was priced a last time.
        let refused = results.iter()
            .filter(|result| is_conflict(result, "code_used_up") || is_conflict(result, "total_changed")).count();
        assert_eq!(refused, 54);
        assert_eq!(shop.count("promotions", "select used from promotion").await, 10);
        assert_eq!((shop.charges().await, shop.available(variant).await), ((10, 0), 90));
        shop.carry().await;
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
    }
}
