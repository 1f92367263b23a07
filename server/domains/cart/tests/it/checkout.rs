//! The cart's part of a checkout: locked for one, then ordered or open again.

use std::sync::Arc;

use futures::future::join_all;
use souk_contract::{CartState, Carts as _, CheckoutId, Ctx, CustomerId, Error, Id, OrderId, UpdateCart};
use souk_kernel::{each_engine, testing::TestKit};
use uuid::Uuid;

use crate::{Shop, content, is_conflict, line};

fn checkout(number: u128) -> CheckoutId {
    Id::new(Uuid::from_u128(100 + number))
}

fn order(number: u128) -> OrderId {
    Id::new(Uuid::from_u128(200 + number))
}

async fn told(kit: &TestKit) -> i64 {
    let db = kit.db("cart", souk_cart::MIGRATIONS).await;
    let mut reader = db.read().await.expect("a reader");
    let (count,) = reader
        .query("select count(*) from outbox where kind = 'cart.cart_completed'")
        .one()
        .await
        .expect("a count");
    count
}

each_engine! {
    async fn one_checkout_holds_the_cart_and_finds_it_again(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 500);
        let cart = shop.cart().await;
        shop.add(&cart, 1, 2).await;
        let first = shop.carts.begin_completion(&shop.ctx, &cart.token, checkout(1), "manual").await.expect("locked");
        assert_eq!((first.state, content(&first)), (CartState::Completing, vec![(1, 2)]));
        for _ in 0..3 {
            let again = shop.carts.begin_completion(&shop.ctx, &cart.token, checkout(1), "manual").await;
            assert_eq!(again.as_ref(), Ok(&first), "a repeat changes nothing");
        }
        let other = shop.carts.begin_completion(&shop.ctx, &cart.token, checkout(2), "manual").await;
        assert!(is_conflict(&other, "cart_completing"), "{other:?}");
        let (ctx, carts, token) = (&shop.ctx, &shop.carts, &cart.token);
        for change in [
            carts.add_line(ctx, token, line(1, 1)).await,
            carts.set_quantity(ctx, token, first.lines[0].id, 0).await,
            carts.remove_code(ctx, token, "X").await,
            carts.update(ctx, token, UpdateCart::default()).await,
            carts.set_delivery(ctx, token, None).await,
            carts.claim(ctx, token, Id::new(Uuid::from_u128(1))).await,
        ] {
            assert!(is_conflict(&change, "cart_completing"), "{change:?}");
        }
        assert_eq!(shop.get(&cart).await, first);
    }

    async fn of_many_checkouts_at_once_one_gets_the_cart(kit: TestKit) {
        let shop = Arc::new(Shop::new(&kit).await.with(1, 500));
        let cart = shop.cart().await;
        shop.add(&cart, 1, 1).await;
        let tries = (0..32).map(|number| {
            let (shop, token) = (Arc::clone(&shop), cart.token.clone());
            tokio::spawn(async move { shop.carts.begin_completion(&shop.ctx, &token, checkout(number), "manual").await })
        });
        let results: Vec<_> = join_all(tries).await.into_iter().map(|result| result.expect("no panic")).collect();
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        assert_eq!(results.iter().filter(|result| is_conflict(result, "cart_completing")).count(), 31);
    }

    async fn completed_once_it_stays_so(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 500);
        let cart = shop.cart().await;
        shop.add(&cart, 1, 1).await;
        let early = shop.carts.complete(&shop.ctx, cart.id, checkout(1), order(1)).await;
        assert!(is_conflict(&early, "cart_completing"), "nobody locked it: {early:?}");
        shop.carts.begin_completion(&shop.ctx, &cart.token, checkout(1), "manual").await.expect("locked");
        let other = shop.carts.complete(&shop.ctx, cart.id, checkout(2), order(2)).await;
        assert!(is_conflict(&other, "cart_completing"), "{other:?}");
        for _ in 0..3 {
            shop.carts.complete(&shop.ctx, cart.id, checkout(1), order(1)).await.expect("completed");
        }
        shop.carts.reopen(&shop.ctx, cart.id, checkout(1)).await.expect("no effect");
        let done = shop.get(&cart).await;
        assert_eq!((done.state, done.order_id), (CartState::Completed, Some(order(1))));
        assert_eq!(told(&kit).await, 1);
        let again = shop.carts.begin_completion(&shop.ctx, &cart.token, checkout(3), "manual").await;
        assert!(is_conflict(&again, "cart_completed"), "{again:?}");
        let late = shop.carts.add_line(&shop.ctx, &cart.token, line(1, 1)).await;
        assert!(is_conflict(&late, "cart_completed"), "{late:?}");
        let unknown = shop.carts.complete(&shop.ctx, Id::new(Uuid::from_u128(5)), checkout(1), order(1)).await;
        assert_eq!(unknown, Err(Error::not_found("cart")));
    }

    async fn a_checkout_that_failed_gives_the_cart_back_with_every_line(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 500).with(2, 300);
        let cart = shop.cart().await;
        shop.add(&cart, 1, 2).await;
        shop.add(&cart, 2, 1).await;
        shop.carts.begin_completion(&shop.ctx, &cart.token, checkout(1), "manual").await.expect("locked");
        shop.carts.reopen(&shop.ctx, cart.id, checkout(2)).await.expect("another's: no effect");
        assert_eq!(shop.get(&cart).await.state, CartState::Completing);
        for _ in 0..3 {
            shop.carts.reopen(&shop.ctx, cart.id, checkout(1)).await.expect("open again");
        }
        let open = shop.get(&cart).await;
        assert_eq!((open.state, content(&open)), (CartState::Active, vec![(1, 2), (2, 1)]));
        // A late repeat of the failed checkout's undo must not open what another one holds.
        shop.carts.begin_completion(&shop.ctx, &cart.token, checkout(2), "manual").await.expect("locked");
        shop.carts.reopen(&shop.ctx, cart.id, checkout(1)).await.expect("no effect");
        assert_eq!(shop.get(&cart).await.state, CartState::Completing);
    }

    async fn a_cart_comes_back_beside_the_customers_new_one(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 500);
        let customer: CustomerId = Id::new(Uuid::from_u128(1));
        let (first, second) = (shop.cart().await, shop.cart().await);
        shop.add(&first, 1, 1).await;
        shop.carts.claim(&shop.ctx, &first.token, customer).await.expect("claimed");
        shop.carts.begin_completion(&shop.ctx, &first.token, checkout(1), "manual").await.expect("locked");
        shop.carts.claim(&Ctx::guest("other window"), &second.token, customer).await.expect("claimed");
        shop.carts.reopen(&shop.ctx, first.id, checkout(1)).await.expect("open again");
        assert_eq!(content(&shop.get(&first).await), [(1, 1)]);
        let own = shop.carts.of_customer(&shop.ctx, customer).await.expect("a look").expect("a cart");
        assert_eq!(own.id, second.id);
    }
}
