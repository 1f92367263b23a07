//! Reliability 5: the bank's question, the shopper's return, the gateway's notice and every retry may race, and it is one
//! payment and one order.

use std::sync::Arc;

use futures::future::{join, join_all};
use souk_contract::{
    AddLine, Cart, CartState, CheckoutAction, CheckoutId, Error, IncomingNotice, Order, PaymentStatus,
    Placed, Result,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::shop::{Dice, TestShop, by_card, is_conflict, shared};

async fn ask(shop: &TestShop, checkout: CheckoutId, cart: &Cart) -> CheckoutAction {
    let request = by_card(cart, "tok_3ds");
    match shop.services.orders.place(&shop.guest, checkout, request).await.expect("a question") {
        Placed::RequiresAction { next } => next,
        Placed::Order { order } => panic!("an order without a question: {order:?}"),
    }
}

async fn back(shop: &TestShop, next: &CheckoutAction) -> Result<Order> {
    shop.services.orders.checkout(&shop.guest, &next.token).await.and_then(Placed::order)
}

async fn answer(shop: &TestShop, next: &CheckoutAction, approved: bool) {
    shop.test_gateway().answer_bank(&shop.charge(next), approved).await.expect("answered");
}

async fn tell(shop: &TestShop, next: &CheckoutAction, event: &str) {
    let (signature, body) = shop.test_gateway().notice(event, &shop.charge(next)).await.expect("a notice");
    let notice = IncomingNotice { gateway: "test".into(), signature, body };
    shop.services.payments.take_notice(&shop.system, notice).await.expect("kept");
}

/// As if the time to answer were over.
async fn too_late(shop: &TestShop) {
    let mut tx = shop.db("orders").begin().await.expect("a transaction");
    let over = "update checkout set waits_until = created_at where state = 'waiting'";
    tx.query(over).execute().await.expect("planted");
    tx.commit().await.expect("planted");
}

async fn assert_one_order(shop: &TestShop) {
    shop.carry().await;
    assert_eq!((shop.orders().await, shop.charges().await), (1, (1, 0)));
    shop.assert_books_agree().await;
    shop.assert_nothing_is_left_halfway().await;
}

each_engine! {
    async fn who_confirms_comes_back_to_an_order(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let variant = shop.sell("lamp", 4900, 3).await;
        let (cart, checkout) = (shop.full_cart(variant, 1).await, shop.checkout());
        let next = ask(&shop, checkout, &cart).await;
        // Held, and not more: a repeat, a reload and the minute's round change nothing.
        assert_eq!(ask(&shop, checkout, &cart).await, next);
        assert!(is_conflict(&back(&shop, &next).await, "payment_action"));
        assert_eq!(shop.resume().await, 0);
        assert_eq!((shop.orders().await, shop.charges().await, shop.available(variant).await), (0, (0, 0), 2));
        assert_eq!(shop.cart(&cart).await.state, CartState::Completing);
        let own = shop.services.orders.waits_for(&shop.guest, &cart.token).await.expect("an answer");
        assert_eq!(own, Some(next.clone()));
        for wrong in ["", "nonsense", &cart.token] {
            let answer = shop.services.orders.checkout(&shop.guest, wrong).await;
            assert_eq!(answer, Err(Error::not_found("checkout")));
        }

        answer(&shop, &next, true).await;
        let order = back(&shop, &next).await.expect("an order");
        assert_eq!(order.payments[0].status, PaymentStatus::Captured);
        // A reload, the back button and another click find it.
        assert_eq!(back(&shop, &next).await.expect("the same").id, order.id);
        assert_eq!(shop.pay(checkout, &cart, "tok_3ds").await.expect("the same").id, order.id);
        assert!(is_conflict(&shop.pay(shop.checkout(), &cart, "tok_3ds").await, "cart_completed"));
        assert_eq!(shop.services.orders.waits_for(&shop.guest, &cart.token).await, Ok(None));
        assert_one_order(&shop).await;
        assert_eq!(shop.available(variant).await, 2);
    }

    async fn who_refuses_pays_another_way(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let variant = shop.sell("lamp", 4900, 1).await;
        let cart = shop.full_cart(variant, 1).await;
        let next = ask(&shop, shop.checkout(), &cart).await;
        answer(&shop, &next, false).await;
        for _ in 0..2 {
            let refused = back(&shop, &next).await;
            assert!(is_conflict(&refused, "payment_declined"), "{refused:?}");
        }
        let open = shop.cart(&cart).await;
        assert_eq!((open.state, &open.lines, shop.available(variant).await), (CartState::Active, &cart.lines, 1));
        shop.pay(shop.checkout(), &cart, "tok_success").await.expect("an order");
        assert_one_order(&shop).await;
    }

    async fn who_never_comes_back_has_an_order_or_nothing(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let variant = shop.sell("lamp", 4900, 9).await;
        // The gateway tells; or nobody does, and the minute's round asks.
        for told in [true, false] {
            let cart = shop.full_cart(variant, 1).await;
            let next = ask(&shop, shop.checkout(), &cart).await;
            answer(&shop, &next, true).await;
            if told {
                tell(&shop, &next, "evt_told").await;
                shop.carry().await;
            } else {
                assert_eq!(shop.resume().await, 1);
            }
            assert_eq!(shop.cart(&cart).await.state, CartState::Completed, "told: {told}");
            back(&shop, &next).await.expect("the order");
        }
        // Nobody answered in time: then nothing is held, and an answer after that holds nothing.
        let cart = shop.full_cart(variant, 1).await;
        let next = ask(&shop, shop.checkout(), &cart).await;
        too_late(&shop).await;
        assert_eq!(shop.resume().await, 1);
        assert_eq!((shop.cart(&cart).await.state, shop.available(variant).await), (CartState::Active, 7));
        answer(&shop, &next, true).await;
        tell(&shop, &next, "evt_late").await;
        let refused = back(&shop, &next).await;
        assert!(is_conflict(&refused, "payment_declined"), "{refused:?}");
        shop.carry().await;
        assert_eq!((shop.orders().await, shop.charges().await), (2, (2, 0)));
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
    }

    async fn a_second_tab_takes_the_place_of_the_first_unless_that_was_confirmed(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        // The last one: what the first tab holds is the second's.
        let variant = shop.sell("lamp", 4900, 1).await;
        let cart = shop.full_cart(variant, 1).await;
        let first = ask(&shop, shop.checkout(), &cart).await;
        let second = ask(&shop, shop.checkout(), &cart).await;
        assert_ne!(first.token, second.token);
        answer(&shop, &first, true).await;
        let given_up = back(&shop, &first).await;
        assert!(is_conflict(&given_up, "payment_given_up"), "{given_up:?}");
        assert_eq!(shop.charges().await, (0, 0));
        answer(&shop, &second, true).await;
        // A third click while the bank has said yes already answers that order, whatever card it names.
        let order = shop.pay(shop.checkout(), &cart, "tok_success").await.expect("the second's order");
        assert_eq!(back(&shop, &second).await.expect("the same").id, order.id);
        assert_one_order(&shop).await;
    }

    async fn the_same_form_may_choose_another_card_after_the_back_button(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let variant = shop.sell("lamp", 4900, 1).await;
        let (cart, checkout) = (shop.full_cart(variant, 1).await, shop.checkout());
        let first = ask(&shop, checkout, &cart).await;
        let order = shop.pay(checkout, &cart, "tok_success").await.expect("an order");
        answer(&shop, &first, true).await;
        assert_eq!(back(&shop, &first).await.expect("what the checkout became").id, order.id);
        assert_one_order(&shop).await;
    }

    async fn a_cart_that_changes_gives_up_what_it_waits_for(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let variant = shop.sell("lamp", 4900, 5).await;
        let cart = shop.full_cart(variant, 1).await;
        let more = AddLine { variant_id: variant, quantity: 1 };
        let next = ask(&shop, shop.checkout(), &cart).await;
        let locked = shop.services.carts.add_line(&shop.guest, &cart.token, more.clone()).await;
        assert!(is_conflict(&locked, "cart_completing"), "{locked:?}");
        assert_eq!(shop.services.orders.give_up(&shop.guest, &cart.token).await, Ok(None));
        assert_eq!(shop.services.orders.give_up(&shop.guest, &cart.token).await, Ok(None));
        let cart = shop.services.carts.add_line(&shop.guest, &cart.token, more.clone()).await.expect("open");
        answer(&shop, &next, true).await;
        let told = back(&shop, &next).await;
        assert!(is_conflict(&told, "payment_given_up"), "{told:?}");
        assert_eq!((shop.orders().await, shop.charges().await, shop.available(variant).await), (0, (0, 0), 5));
        // Confirmed before it changed: then it is an order, and another cart that changes.
        let next = ask(&shop, shop.checkout(), &cart).await;
        answer(&shop, &next, true).await;
        let order = shop.services.orders.give_up(&shop.guest, &cart.token).await.expect("an answer");
        assert_eq!(order.map(|order| order.id), Some(back(&shop, &next).await.expect("the order").id));
        assert_one_order(&shop).await;
    }

    async fn two_servers_that_go_on_and_give_up_at_once_leave_one_order_or_none(kit: TestKit) {
        let (here, there) = (shared(&kit).await, shared(&kit).await);
        let variant = here.sell("lamp", 4900, 100).await;
        for round in 0..12 {
            let cart = here.full_cart(variant, 1).await;
            let next = ask(&here, here.checkout(), &cart).await;
            let confirm = async {
                answer(&here, &next, true).await;
                drop(back(&here, &next).await);
            };
            let leave = async {
                if round % 2 == 0 {
                    drop(there.services.orders.give_up(&there.guest, &cart.token).await);
                } else {
                    drop(back(&there, &next).await);
                }
            };
            join(confirm, leave).await;
            here.resume().await;
            there.resume().await;
            let ended = (back(&here, &next).await, back(&there, &next).await);
            assert_eq!(ended.0.map(|order| order.id), ended.1.map(|order| order.id), "round {round}");
        }
        here.carry().await;
        assert_eq!(here.charges().await, (here.orders().await, 0));
        assert_eq!(here.available(variant).await, 100 - here.orders().await);
        here.assert_books_agree().await;
        here.assert_nothing_is_left_halfway().await;
    }

    async fn any_order_of_answer_notice_return_and_retry_is_one_order_or_none(kit: TestKit) {
        let shop = shared(&kit).await;
        let variant = shop.sell("lamp", 4900, 1000).await;
        let mut expected = 0;
        for seed in 0..24_u64 {
            let mut dice = Dice(seed);
            let (cart, checkout) = (shop.full_cart(variant, 1).await, shop.checkout());
            let next = ask(&shop, checkout, &cart).await;
            let approved = dice.below(3) > 0;
            let steps: Vec<u64> = (0..12).map(|_| dice.below(7)).collect();
            let work = steps.iter().copied().enumerate().map(|(at, step)| {
                let (shop, next, cart) = (Arc::clone(&shop), next.clone(), cart.clone());
                tokio::spawn(async move {
                    for _ in 0..at % 4 {
                        tokio::task::yield_now().await;
                    }
                    match step {
                        0 => answer(&shop, &next, approved).await,
                        1 => tell(&shop, &next, &format!("evt_{seed}_{}", at % 2)).await,
                        2 => drop(back(&shop, &next).await),
                        3 => drop(shop.pay(checkout, &cart, "tok_3ds").await),
                        4 => shop.carry().await,
                        5 => drop(shop.resume().await),
                        _ => drop(shop.services.payments.resume_notices(&shop.system).await),
                    }
                })
            });
            for done in join_all(work).await {
                done.unwrap_or_else(|error| panic!("seed {seed}, {steps:?}: {error}"));
            }
            // In the end the shopper answers, and every notice comes once more, late.
            answer(&shop, &next, approved).await;
            tell(&shop, &next, &format!("evt_{seed}_0")).await;
            shop.carry().await;
            let came = back(&shop, &next).await;
            assert_eq!(came.is_ok(), approved, "seed {seed}, {steps:?}: {came:?}");
            assert_eq!(back(&shop, &next).await.ok().map(|order| order.id), came.ok().map(|order| order.id));
            expected += i64::from(approved);
            let found = (shop.orders().await, shop.charges().await);
            assert_eq!(found, (expected, (expected, 0)), "seed {seed}, {steps:?}");
            let payments = shop.count("payments", "select count(*) from payment where status = 'captured'").await;
            assert_eq!(payments, expected, "seed {seed}, {steps:?}");
        }
        assert!((1..24).contains(&expected), "{expected}");
        assert_eq!(shop.available(variant).await, 1000 - expected);
        shop.carry().await;
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
    }
}
