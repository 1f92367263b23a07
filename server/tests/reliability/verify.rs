//! `souk verify` finds what was changed behind the ledgers' backs, in each book that it keeps.

use souk_contract::{Cart, Order};
use souk_kernel::{Db, db::Migration, each_engine, testing::TestKit};

use crate::{
    server::{said, souk},
    shop::TestShop,
};

async fn one_order(kit: &TestKit) -> (Cart, Order) {
    let shop = TestShop::open(kit).await;
    let variant = shop.sell("lamp", 4900, 10).await;
    let cart = shop.full_cart(variant, 2).await;
    let order = shop.pay(shop.checkout(), &cart, "tok_success").await.expect("an order");
    shop.carry().await;
    shop.close().await;
    (cart, order)
}

/// With the shop closed, as somebody with access to the database would.
async fn plant(kit: &TestKit, domain: &'static str, migrations: &'static [Migration], sql: &'static str) {
    let db: Db = kit.db(domain, migrations).await;
    let mut tx = db.begin().await.expect("a transaction");
    let rows = tx.query(sql).execute().await.expect("planted");
    assert!(rows > 0, "{sql} changed nothing");
    tx.commit().await.expect("committed");
    db.close().await.expect("closed");
}

fn verify(kit: &TestKit) -> (Option<i32>, String) {
    let output = souk(kit, &["verify"]);
    (output.status.code(), said(&output))
}

each_engine! {
    async fn each_planted_difference_is_found_and_explained(kit: TestKit) {
        let (_, order) = one_order(&kit).await;
        let (code, text) = verify(&kit);
        assert_eq!(code, Some(0), "{text}");
        let number = order.number.to_string();
        for (domain, migrations, plant_it, undo_it, told) in [
            (
                "inventory", souk_inventory::MIGRATIONS, "update level set on_hand = on_hand + 3",
                "update level set on_hand = on_hand - 3", "13",
            ),
            (
                "payments", souk_payments::MIGRATIONS, "update payment set captured_minor = captured_minor - 100",
                "update payment set captured_minor = captured_minor + 100", "captured",
            ),
            (
                "payments", souk_payments::MIGRATIONS,
                "update ledger_entry set amount_minor = amount_minor + 7 where account = 'sales'",
                "update ledger_entry set amount_minor = amount_minor - 7 where account = 'sales'", "debits = credits",
            ),
            (
                "orders", souk_orders::MIGRATIONS, "update placed_order set total_minor = total_minor + 1",
                "update placed_order set total_minor = total_minor - 1", number.as_str(),
            ),
            (
                "orders", souk_orders::MIGRATIONS, "update order_line set quantity = quantity + 1",
                "update order_line set quantity = quantity - 1", number.as_str(),
            ),
            (
                "orders", souk_orders::MIGRATIONS, "update placed_order set payment_status = 'authorized'",
                "update placed_order set payment_status = 'paid'", number.as_str(),
            ),
            // Stock and orders, each by the other's word.
            (
                "orders", souk_orders::MIGRATIONS,
                "update placed_order set status = 'cancelled', fulfillment_status = 'cancelled'",
                "update placed_order set status = 'open', fulfillment_status = 'unfulfilled'",
                "still committed, though it was cancelled",
            ),
            (
                "orders", souk_orders::MIGRATIONS, "update placed_order set reservation_id = payment_id",
                "update placed_order set reservation_id = (select reservation_id from checkout
                   where checkout.order_id = placed_order.id)", "no such reservation",
            ),
            (
                "orders", souk_orders::MIGRATIONS, "update placed_order set reservation_id = payment_id",
                "update placed_order set reservation_id = (select reservation_id from checkout
                   where checkout.order_id = placed_order.id)", "a checkout that is under way, found neither",
            ),
            (
                "inventory", souk_inventory::MIGRATIONS, "update reservation_line set quantity = quantity + 1",
                "update reservation_line set quantity = quantity - 1", "expected 2 pieces, found 3 pieces",
            ),
            (
                "inventory", souk_inventory::MIGRATIONS, "update reservation set state = 'released'",
                "update reservation set state = 'committed'", "released for order",
            ),
        ] {
            plant(&kit, domain, migrations, plant_it).await;
            let (code, text) = verify(&kit);
            assert_eq!(code, Some(1), "{plant_it}: {text}");
            assert!(text.contains("difference") && text.contains(told), "{plant_it}: {text}");
            plant(&kit, domain, migrations, undo_it).await;
            let (code, text) = verify(&kit);
            assert_eq!(code, Some(0), "{undo_it}: {text}");
        }
    }
}
