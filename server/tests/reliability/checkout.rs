//! Reliability 4 and 11: one click, one order, one charge; and a checkout that fails leaves nothing behind.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use souk_contract::{AddLine, CartState, Error, OrderPaymentStatus, OrderStatus, PaymentStatus, PlaceOrder};
use souk_kernel::{each_engine, testing::TestKit};

use crate::shop::{DELIVERY, TestShop, by_card, by_transfer, eur, is_conflict, shared};

each_engine! {
    async fn fifty_clicks_at_once_and_later_are_one_order_and_one_charge(kit: TestKit) {
        let shop = shared(&kit).await;
        let variant = shop.sell("lamp", 4900, 10).await;
        let (cart, checkout) = (shop.full_cart(variant, 2).await, shop.checkout());
        let clicks = (0..50).map(|_| {
            let (shop, cart) = (Arc::clone(&shop), cart.clone());
            tokio::spawn(async move { shop.pay(checkout, &cart, "tok_success").await })
        });
        let mut orders = Vec::new();
        for placed in join_all(clicks).await {
            orders.push(placed.expect("no panic").expect("the order"));
        }
        shop.carry().await;
        for _ in 0..5 {
            orders.push(shop.pay(checkout, &cart, "tok_success").await.expect("the order"));
        }
        let same = |order: &souk_contract::Order| (order.id, order.number, order.total, order.lines.clone());
        assert!(orders.iter().all(|order| same(order) == same(&orders[0])));
        assert_eq!(orders[0].payments.len(), 1);
        assert_eq!((shop.orders().await, shop.charges().await, shop.available(variant).await), (1, (1, 0), 8));
        let done = shop.cart(&cart).await;
        assert_eq!((done.state, done.order_id), (CartState::Completed, Some(orders[0].id)));
        assert_eq!(shop.count("messaging", "select count(*) from mail").await, 1);
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
    }

    async fn a_checkout_is_for_one_cart(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let variant = shop.sell("lamp", 4900, 10).await;
        let (mine, yours) = (shop.full_cart(variant, 1).await, shop.full_cart(variant, 3).await);
        let checkout = shop.checkout();
        shop.pay(checkout, &mine, "tok_success").await.expect("an order");
        assert_eq!(shop.pay(checkout, &yours, "tok_success").await, Err(Error::not_found("order")));
        assert_eq!((shop.orders().await, shop.charges().await), (1, (1, 0)));
        assert_eq!(shop.cart(&yours).await.state, CartState::Active);
        // And a cart is for one order.
        let again = shop.pay(shop.checkout(), &mine, "tok_success").await;
        assert!(is_conflict(&again, "cart_completed"), "{again:?}");
        assert_eq!((shop.orders().await, shop.charges().await), (1, (1, 0)));
    }

    async fn a_checkout_is_for_one_request(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let variant = shop.sell("lamp", 4900, 10).await;
        let (cart, checkout) = (shop.full_cart(variant, 1).await, shop.checkout());
        let order = shop.pay(checkout, &cart, "tok_success").await.expect("an order");
        let first = by_card(&cart, "tok_success");
        for other in [
            PlaceOrder { payment_token: Some("tok_declined".into()), ..first.clone() },
            PlaceOrder { payment_token: None, ..first.clone() },
            PlaceOrder { payment_method: "bank_transfer".into(), payment_token: None, ..first.clone() },
            PlaceOrder { expected_total: Some(eur(1)), ..first.clone() },
        ] {
            let refused = shop.place(&shop.guest, checkout, other.clone()).await;
            assert!(is_conflict(&refused, "checkout_reused"), "{other:?}: {refused:?}");
        }
        let again = shop.place(&shop.guest, checkout, first).await.expect("the same order");
        assert_eq!((again.id, again.payments.len()), (order.id, 1));
        assert_eq!((shop.orders().await, shop.charges().await, shop.available(variant).await), (1, (1, 0), 9));
        // One that was declined says so again, to the same card only.
        let (cart, checkout) = (shop.full_cart(variant, 1).await, shop.checkout());
        let declined = shop.pay(checkout, &cart, "tok_declined").await;
        assert!(is_conflict(&declined, "payment_declined"), "{declined:?}");
        assert!(is_conflict(&shop.pay(checkout, &cart, "tok_success").await, "checkout_reused"));
        assert_eq!(shop.pay(checkout, &cart, "tok_declined").await, declined);
        shop.carry().await;
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
    }

    async fn many_checkouts_of_one_cart_make_one_order(kit: TestKit) {
        let shop = shared(&kit).await;
        let variant = shop.sell("lamp", 4900, 100).await;
        let cart = shop.full_cart(variant, 1).await;
        let clicks = (0..32).map(|_| {
            let (shop, cart) = (Arc::clone(&shop), cart.clone());
            tokio::spawn(async move { shop.pay(shop.checkout(), &cart, "tok_success").await })
        });
        let results: Vec<_> = join_all(clicks).await.into_iter().map(|result| result.expect("no panic")).collect();
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        let refused = |result: &&souk_contract::Result<_>| {
            is_conflict(result, "cart_completing") || is_conflict(result, "cart_completed")
        };
        assert_eq!(results.iter().filter(refused).count(), 31, "{results:?}");
        assert_eq!((shop.orders().await, shop.charges().await, shop.available(variant).await), (1, (1, 0), 99));
        shop.carry().await;
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
    }

    async fn after_a_decline_the_cart_is_open_again_and_another_card_works(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let variant = shop.sell("lamp", 4900, 1).await;
        let cart = shop.full_cart(variant, 1).await;
        for token in ["tok_declined", "tok_insufficient_funds"] {
            let checkout = shop.checkout();
            let declined = shop.pay(checkout, &cart, token).await;
            assert!(is_conflict(&declined, "payment_declined"), "{declined:?}");
            assert_eq!(shop.pay(checkout, &cart, token).await, declined, "a repeat hears the same");
            let open = shop.cart(&cart).await;
            assert_eq!((open.state, &open.lines, open.totals.total), (CartState::Active, &cart.lines, cart.totals.total));
            assert_eq!((shop.available(variant).await, shop.charges().await), (1, (0, 0)));
        }
        let more = AddLine { variant_id: variant, quantity: 1 };
        shop.services.carts.add_line(&shop.guest, &cart.token, more).await.expect("it may be changed");
        let order = shop.pay(shop.checkout(), &cart, "tok_success").await.expect("an order");
        assert_eq!((order.status, order.payment_status), (OrderStatus::Open, OrderPaymentStatus::Paid));
        assert_eq!((shop.orders().await, shop.charges().await, shop.available(variant).await), (1, (1, 0), 0));
        shop.carry().await;
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
    }

    async fn a_gateway_that_is_down_costs_nothing_and_the_same_checkout_works_later(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let variant = shop.sell("lamp", 4900, 1).await;
        let (cart, checkout) = (shop.full_cart(variant, 1).await, shop.checkout());
        for _ in 0..3 {
            let down = shop.pay(checkout, &cart, "tok_unavailable").await;
            assert!(matches!(down, Err(Error::Unavailable { .. })), "{down:?}");
            let open = shop.cart(&cart).await;
            assert_eq!((open.state, open.lines.len()), (CartState::Active, 1));
            assert_eq!((shop.available(variant).await, shop.charges().await), (1, (0, 0)));
        }
        let order = shop.pay(checkout, &cart, "tok_success").await.expect("an order");
        let again = shop.pay(checkout, &cart, "tok_success").await.expect("the same");
        assert_eq!(order.id, again.id);
        assert_eq!((shop.orders().await, shop.charges().await, shop.available(variant).await), (1, (1, 0), 0));
        shop.carry().await;
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
    }

    async fn another_total_than_was_shown_is_refused(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let variant = shop.sell("lamp", 4900, 5).await;
        let cart = shop.full_cart(variant, 1).await;
        shop.sell("lamp", 5900, 5).await;
        let checkout = shop.checkout();
        let refused = shop.pay(checkout, &cart, "tok_success").await;
        assert!(is_conflict(&refused, "total_changed"), "{refused:?}");
        assert!(refused.as_ref().is_err_and(|error| error.to_string().contains("€63.90")), "{refused:?}");
        assert_eq!((shop.orders().await, shop.charges().await, shop.available(variant).await), (0, (0, 0), 5));
        let seen = shop.cart(&cart).await;
        assert_eq!((seen.state, seen.totals.total), (CartState::Active, eur(5900 + DELIVERY)));
        let order = shop.pay(shop.checkout(), &seen, "tok_success").await.expect("an order");
        assert_eq!(order.total, eur(5900 + DELIVERY));
        shop.carry().await;
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
    }

    async fn what_is_missing_is_named_and_nothing_happens(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let variant = shop.sell("lamp", 4900, 5).await;
        let cart = shop.services.carts.create(&shop.guest).await.expect("a cart");
        let line = AddLine { variant_id: variant, quantity: 1 };
        let cart = shop.services.carts.add_line(&shop.guest, &cart.token, line).await.expect("added");
        let refused = shop.pay(shop.checkout(), &cart, "tok_success").await;
        let Err(Error::Invalid { fields }) = &refused else { panic!("{refused:?}") };
        let named: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(named, ["email", "shipping_address", "delivery"]);
        assert_eq!(shop.cart(&cart).await.state, CartState::Active);
        // Neither does a way to pay or a card that nobody knows.
        let cart = shop.full_cart(variant, 1).await;
        for (method, token) in [("cash", None), ("test", Some("4242424242424242".to_owned()))] {
            let request = PlaceOrder { payment_method: method.into(), payment_token: token, ..by_card(&cart, "") };
            let refused = shop.place(&shop.guest, shop.checkout(), request).await;
            assert!(matches!(refused, Err(Error::Invalid { .. })), "{method}: {refused:?}");
        }
        assert_eq!((shop.orders().await, shop.charges().await, shop.available(variant).await), (0, (0, 0), 5));
        assert_eq!(shop.cart(&cart).await.state, CartState::Active);
        shop.assert_nothing_is_left_halfway().await;
    }

    async fn a_transfer_is_awaited_and_the_order_is_paid_when_it_arrives(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let variant = shop.sell("lamp", 4900, 3).await;
        let cart = shop.full_cart(variant, 1).await;
        let request = by_transfer(&cart);
        let order = shop.place(&shop.guest, shop.checkout(), request).await.expect("an order");
        assert_eq!((order.status, order.payment_status), (OrderStatus::Pending, OrderPaymentStatus::None));
        let payment = &order.payments[0];
        assert_eq!(payment.status, PaymentStatus::Processing);
        assert!(payment.instructions.as_ref().is_some_and(|told| told.contains("€53.90")), "{payment:?}");
        shop.carry().await;
        shop.assert_books_agree().await;
        assert!(shop.services.payments.confirm_transfer(&shop.guest, payment.id, None).await.is_err());
        for _ in 0..2 {
            shop.services.payments.confirm_transfer(&shop.system, payment.id, None).await.expect("confirmed");
            shop.carry().await;
        }
        let paid = shop.services.orders.get(&shop.system, order.id).await.expect("the order");
        assert_eq!((paid.status, paid.payment_status), (OrderStatus::Open, OrderPaymentStatus::Paid));
        let told = "select count(*) from outbox where kind = 'orders.order_paid'";
        assert_eq!(shop.count("orders", told).await, 1);
        assert_eq!(shop.available(variant).await, 2);
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
    }

    async fn an_order_cancelled_before_its_capture_ends_its_checkout(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let variant = shop.sell("lamp", 4900, 3).await;
        let later = async |cart: &souk_contract::Cart| {
            let request = by_transfer(cart);
            let checkout = shop.checkout();
            let order = shop.place(&shop.guest, checkout, request.clone()).await.expect("an order");
            // A crash right after the order was written.
            shop.plant("orders", "update checkout set state = 'placed'").await;
            shop.plant("cart", "update cart set state = 'completing', order_id = null where state = 'completed'").await;
            (checkout, request, order)
        };
        let cart = shop.full_cart(variant, 2).await;
        let (checkout, request, order) = later(&cart).await;
        let cancelled = shop.services.orders.cancel(&shop.system, order.id, None).await.expect("cancelled");
        assert_eq!(cancelled.status, OrderStatus::Cancelled);
        shop.assert_nothing_is_left_halfway().await;
        let done = shop.cart(&cart).await;
        assert_eq!((done.state, done.order_id), (CartState::Completed, Some(order.id)));
        assert_eq!((shop.available(variant).await, shop.charges().await), (3, (0, 0)));
        let again = shop.place(&shop.guest, checkout, request).await.expect("the same order");
        assert_eq!((again.id, again.status), (order.id, OrderStatus::Cancelled));
        assert_eq!(shop.resume().await, 0);
        // The crash came after the order was cancelled: what resumes finds it so, and captures nothing.
        let cart = shop.full_cart(variant, 1).await;
        let (_, _, order) = later(&cart).await;
        shop.services.orders.cancel(&shop.system, order.id, None).await.expect("cancelled");
        shop.plant("orders", "update checkout set state = 'placed'").await;
        assert_eq!(shop.resume().await, 2, "the first one's too");
        assert_eq!(shop.resume().await, 0);
        let seen = shop.services.orders.get(&shop.system, order.id).await.expect("the order");
        assert_eq!((seen.status, seen.payment_status), (OrderStatus::Cancelled, OrderPaymentStatus::Voided));
        shop.carry().await;
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
    }

    async fn a_cancelled_order_gives_everything_back_once(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let variant = shop.sell("lamp", 4900, 3).await;
        let cart = shop.full_cart(variant, 2).await;
        let request = by_transfer(&cart);
        let order = shop.place(&shop.guest, shop.checkout(), request).await.expect("an order");
        assert!(shop.services.orders.cancel(&shop.guest, order.id, None).await.is_err());
        assert_eq!(shop.available(variant).await, 1);
        for _ in 0..3 {
            let cancelled = shop.services.orders.cancel(&shop.system, order.id, None).await.expect("cancelled");
            assert_eq!((cancelled.status, cancelled.payment_status), (OrderStatus::Cancelled, OrderPaymentStatus::Voided));
        }
        assert_eq!(shop.available(variant).await, 3);
        let late = shop.services.payments.confirm_transfer(&shop.system, order.payments[0].id, None).await;
        assert!(is_conflict(&late, "payment_not_awaited"), "{late:?}");
        // One whose money was taken is refunded, not cancelled.
        let paid = shop.pay(shop.checkout(), &shop.full_cart(variant, 1).await, "tok_success").await.expect("an order");
        let refused = shop.services.orders.cancel(&shop.system, paid.id, None).await;
        assert!(is_conflict(&refused, "payment_captured"), "{refused:?}");
        shop.carry().await;
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
    }

    async fn a_shopper_who_leaves_meanwhile_leaves_no_half_checkout(kit: TestKit) {
        let shop = shared(&kit).await;
        let variant = shop.sell("lamp", 4900, 20).await;
        let mut begun = 0;
        for patience in 0..20 {
            let (cart, checkout) = (shop.full_cart(variant, 1).await, shop.checkout());
            let click = shop.pay(checkout, &cart, "tok_success");
            // Dropped in the middle, as a request is whose client has gone.
            let left = tokio::time::timeout(Duration::from_micros(400 * patience), click).await.is_err();
            begun += i64::from(left);
        }
        assert!(begun > 0, "every order was quicker than the most impatient shopper");
        let unfinished = "select count(*) from checkout where state <> 'done'";
        for _ in 0..400 {
            if shop.count("orders", unfinished).await == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        let written = shop.count("orders", "select count(*) from checkout").await;
        assert_eq!((shop.orders().await, shop.charges().await), (written, (written, 0)));
        shop.carry().await;
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
    }

    async fn a_cancel_that_a_crash_cut_off_is_taken_up(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let variant = shop.sell("lamp", 4900, 3).await;
        let by_transfer = async |quantity| {
            let cart = shop.full_cart(variant, quantity).await;
            let request = by_transfer(&cart);
            shop.place(&shop.guest, shop.checkout(), request).await.expect("an order")
        };
        let order = by_transfer(2).await;
        // Before anything was let go, and after the money was.
        shop.plant("orders", "update checkout set state = 'cancelling'").await;
        assert_eq!(shop.resume().await, 1);
        let half = by_transfer(1).await;
        shop.services.payments.void(&shop.system, half.payments[0].id, "test").await.expect("voided");
        shop.plant("orders", "update checkout set state = 'cancelling' where state = 'done'").await;
        assert_eq!(shop.resume().await, 2, "the first one's too, without effect");
        for id in [order.id, half.id] {
            let seen = shop.services.orders.get(&shop.system, id).await.expect("the order");
            assert_eq!((seen.status, seen.payment_status), (OrderStatus::Cancelled, OrderPaymentStatus::Voided));
        }
        let told = "select count(*) from outbox where kind = 'orders.order_cancelled'";
        assert_eq!((shop.count("orders", told).await, shop.available(variant).await), (2, 3));
        // Money that was taken meanwhile wins: the order stands.
        let paid = shop.pay(shop.checkout(), &shop.full_cart(variant, 1).await, "tok_success").await.expect("an order");
        let cut = "update checkout set state = 'cancelling' where order_id = (select id from placed_order where status = 'open')";
        shop.plant("orders", cut).await;
        assert_eq!(shop.resume().await, 1);
        let seen = shop.services.orders.get(&shop.system, paid.id).await.expect("the order");
        assert_eq!((seen.status, seen.payment_status), (OrderStatus::Open, OrderPaymentStatus::Paid));
        shop.carry().await;
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
    }
}
