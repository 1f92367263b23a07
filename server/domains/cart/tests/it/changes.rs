//! Lines, limits and what the shopper is told.

use std::sync::Arc;

use futures::future::join_all;
use souk_contract::{Address, Carts as _, Error, UpdateCart};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{Shop, address, content, eur, is_conflict, line, variant, warned, wrong_fields};

each_engine! {
    async fn more_of_the_same_joins_its_line(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 500).with(2, 250);
        let cart = shop.cart().await;
        assert_eq!((content(&cart), cart.version), (vec![], 1));
        shop.add(&cart, 1, 2).await;
        shop.add(&cart, 2, 1).await;
        let cart = shop.add(&cart, 1, 3).await;
        assert_eq!((content(&cart), cart.version), (vec![(1, 5), (2, 1)], 4));
        assert_eq!((cart.totals.subtotal, cart.totals.total, cart.item_count()), (eur(2750), eur(2750), 6));
        assert_eq!(cart, shop.get(&cart).await, "what was answered is what is kept");
    }

    async fn quantities_are_set_and_0_takes_the_line_out(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 500).with(2, 250);
        let cart = shop.cart().await;
        shop.add(&cart, 1, 2).await;
        let cart = shop.add(&cart, 2, 1).await;
        let set = async |at: usize, quantity| {
            shop.carts.set_quantity(&shop.ctx, &cart.token, cart.lines[at].id, quantity).await
        };
        assert_eq!(content(&set(0, 7).await.expect("set")), [(1, 7), (2, 1)]);
        assert_eq!(content(&set(0, 0).await.expect("removed")), [(2, 1)]);
        assert_eq!(set(0, 1).await, Err(Error::not_found("cart line")));
        assert_eq!(content(&set(1, 999).await.expect("the most")), [(2, 999)]);
    }

    async fn limits_are_named(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 500);
        let cart = shop.cart().await;
        for quantity in [0, -1, 1000, i64::MAX, i64::MIN] {
            let refused = shop.carts.add_line(&shop.ctx, &cart.token, line(1, quantity)).await;
            assert_eq!(wrong_fields(refused), ["quantity"], "{quantity}");
        }
        let cart = shop.add(&cart, 1, 999).await;
        for quantity in [-1, 1000, i64::MAX] {
            let refused = shop.carts.set_quantity(&shop.ctx, &cart.token, cart.lines[0].id, quantity).await;
            assert_eq!(wrong_fields(refused), ["quantity"], "{quantity}");
        }
        assert_eq!(content(&shop.add(&cart, 1, 5).await), [(1, 999)], "never above the most");
        let unknown = shop.carts.add_line(&shop.ctx, &cart.token, line(77, 1)).await;
        assert_eq!(unknown, Err(Error::not_found("item")));
    }

    async fn a_cart_holds_200_different_things(kit: TestKit) {
        let shop = (0..201).fold(Shop::new(&kit).await, |shop, number| shop.with(number, 100));
        let cart = shop.cart().await;
        for number in 0..200 {
            shop.add(&cart, number, 1).await;
        }
        let full = shop.carts.add_line(&shop.ctx, &cart.token, line(200, 1)).await;
        assert!(is_conflict(&full, "cart_full"), "{full:?}");
        assert_eq!(shop.add(&cart, 7, 1).await.item_count(), 201);
    }

    async fn a_wish_is_cut_to_what_is_there(kit: TestKit) {
        let shop = Shop::new(&kit).await.with_stock(1, 500, 3).with_stock(2, 500, 0);
        let cart = shop.cart().await;
        let cart = shop.add(&cart, 1, 2).await;
        assert_eq!((content(&cart), warned(&cart)), (vec![(1, 2)], vec![]));
        let cart = shop.add(&cart, 1, 2).await;
        assert_eq!((content(&cart), warned(&cart)), (vec![(1, 3)], vec!["quantity_reduced"]));
        assert!(cart.warnings[0].message.contains("Only 3 of Product 1"), "{:?}", cart.warnings);
        assert_eq!(warned(&shop.get(&cart).await), Vec::<&str>::new(), "told once");
        let set = shop.carts.set_quantity(&shop.ctx, &cart.token, cart.lines[0].id, 50).await.expect("cut");
        assert_eq!((content(&set), warned(&set)), (vec![(1, 3)], vec!["quantity_reduced"]));
        let sold_out = shop.carts.add_line(&shop.ctx, &cart.token, line(2, 1)).await;
        assert!(is_conflict(&sold_out, "out_of_stock"), "{sold_out:?}");
        assert_eq!(content(&shop.get(&cart).await), [(1, 3)]);
    }

    async fn stock_that_went_meanwhile_is_told_and_no_line_is_lost(kit: TestKit) {
        let shop = Shop::new(&kit).await.with_stock(1, 500, 3).with_stock(2, 500, 3);
        let cart = shop.cart().await;
        shop.add(&cart, 1, 3).await;
        shop.add(&cart, 2, 3).await;
        shop.stock.set(variant(1), 1);
        shop.stock.set(variant(2), 0);
        let cart = shop.get(&cart).await;
        assert_eq!((content(&cart), warned(&cart)), (vec![(1, 3), (2, 3)], vec!["low_stock", "out_of_stock"]));
        assert!(cart.requirements.iter().any(|missing| missing.code == "stock"));
        let cut = shop.carts.set_quantity(&shop.ctx, &cart.token, cart.lines[0].id, 3).await.expect("cut");
        assert_eq!(content(&cut), [(1, 1), (2, 3)]);
        let removed = shop.carts.set_quantity(&shop.ctx, &cart.token, cart.lines[1].id, 0).await.expect("removed");
        assert!(removed.requirements.iter().all(|missing| missing.code != "stock"));
    }

    async fn another_price_is_told_once(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 500);
        let cart = shop.cart().await;
        let cart = shop.add(&cart, 1, 2).await;
        shop.products.change(variant(1), |info| info.variant.price = eur(650));
        // Looking changes nothing, so whoever looks is told.
        for _ in 0..2 {
            let cart = shop.get(&cart).await;
            assert_eq!((warned(&cart), cart.totals.total), (vec!["price_changed"], eur(1300)));
        }
        let note = UpdateCart { note: Some("Hello".into()), ..UpdateCart::default() };
        let changed = shop.carts.update(&shop.ctx, &cart.token, note).await.expect("changed");
        assert_eq!(warned(&changed), ["price_changed"]);
        assert!(changed.warnings[0].message.contains("from €5.00 to €6.50"), "{:?}", changed.warnings);
        assert_eq!(warned(&shop.get(&cart).await), Vec::<&str>::new());
    }

    async fn what_is_no_longer_sold_is_told_and_taken_out(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 500).with(2, 300);
        let cart = shop.cart().await;
        shop.add(&cart, 1, 1).await;
        let cart = shop.add(&cart, 2, 1).await;
        shop.products.remove(variant(1));
        shop.products.change(variant(2), |info| info.buyable = false);
        let seen = shop.get(&cart).await;
        assert_eq!((content(&seen), warned(&seen)), (vec![(2, 1)], vec!["out_of_stock", "line_removed"]));
        assert!(seen.requirements.iter().any(|missing| missing.code == "stock"), "not published: not sold");
        let removed = shop.carts.set_quantity(&shop.ctx, &cart.token, cart.lines[1].id, 0).await.expect("removed");
        assert_eq!(warned(&removed), ["line_removed"]);
        assert_eq!(warned(&shop.get(&cart).await), Vec::<&str>::new());
    }

    async fn each_wrong_field_is_named_and_nothing_is_kept(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 500);
        let cart = shop.cart().await;
        let wrong = UpdateCart {
            email: Some("nobody".into()),
            shipping_address: Some(Address { country: "Germany".into(), ..Address::default() }),
            billing_address: Some(Address { phone: "0".repeat(41), line1: "a\u{7}b".into(), ..address("DE") }),
            note: Some("x".repeat(1001)),
            ..UpdateCart::default()
        };
        let refused = shop.carts.update(&shop.ctx, &cart.token, wrong).await;
        assert_eq!(wrong_fields(refused), [
            "email", "shipping_address.name", "shipping_address.line1", "shipping_address.city",
            "shipping_address.country", "billing_address.phone", "billing_address.line1", "note",
        ]);
        assert_eq!(shop.get(&cart).await, cart);
    }

    async fn what_is_needed_shrinks_as_it_is_given(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 500);
        let needs = |cart: &souk_contract::Cart| -> Vec<String> {
            cart.requirements.iter().map(|missing| missing.code.clone()).collect()
        };
        let cart = shop.cart().await;
        assert_eq!(needs(&cart), ["lines", "email"]);
        let cart = shop.add(&cart, 1, 1).await;
        assert_eq!(needs(&cart), ["email", "shipping_address", "delivery"]);
        let given = UpdateCart {
            email: Some(" ada@example.com ".into()),
            shipping_address: Some(address("DE")),
            billing_address: Some(address("CH")),
            ..UpdateCart::default()
        };
        let cart = shop.carts.update(&shop.ctx, &cart.token, given).await.expect("valid");
        assert_eq!((needs(&cart), cart.email.as_deref()), (vec!["delivery".to_owned()], Some("ada@example.com")));
        let same = UpdateCart { billing_same_as_shipping: true, ..UpdateCart::default() };
        let cart = shop.carts.update(&shop.ctx, &cart.token, same).await.expect("valid");
        assert_eq!((cart.billing_address, cart.shipping_address), (None, Some(address("DE"))));
        let digital = shop.cart().await;
        shop.products.change(variant(1), |info| info.variant.requires_shipping = false);
        assert_eq!(needs(&shop.add(&digital, 1, 1).await), ["email"]);
    }

    async fn another_servers_changes_are_seen(kit: TestKit) {
        let here = Shop::new(&kit).await.with(1, 500).with(2, 250);
        let there = Shop::new(&kit).await.with(1, 500).with(2, 250);
        let cart = here.cart().await;
        here.add(&cart, 1, 1).await;
        there.add(&cart, 2, 1).await;
        let cart = here.add(&cart, 1, 1).await;
        assert_eq!(content(&cart), [(1, 2), (2, 1)], "not over what was saved there");
        there.carts.set_quantity(&there.ctx, &cart.token, cart.lines[1].id, 0).await.expect("removed");
        let gone = here.carts.set_quantity(&here.ctx, &cart.token, cart.lines[1].id, 5).await;
        assert_eq!(gone, Err(Error::not_found("cart line")));

        let checkout = kit.kit().ids.next();
        there.carts.begin_completion(&there.ctx, &cart.token, checkout, "manual").await.expect("locked");
        let refused = here.carts.add_line(&here.ctx, &cart.token, line(1, 1)).await;
        assert!(is_conflict(&refused, "cart_completing"), "{refused:?}");
        let other = here.carts.begin_completion(&here.ctx, &cart.token, kit.kit().ids.next(), "manual").await;
        assert!(is_conflict(&other, "cart_completing"), "{other:?}");
        here.carts.reopen(&here.ctx, cart.id, checkout).await.expect("open again");
        assert_eq!(content(&there.add(&cart, 1, 1).await), [(1, 3)], "a refusal is looked up, not remembered");
    }

    async fn of_64_changes_at_once_none_is_lost(kit: TestKit) {
        let shop = Arc::new(Shop::new(&kit).await.with(1, 500).with(2, 300));
        let cart = shop.cart().await;
        let adds = (0..64_u128).map(|number| {
            let (shop, token) = (Arc::clone(&shop), cart.token.clone());
            tokio::spawn(async move { shop.carts.add_line(&shop.ctx, &token, line(1 + number % 2, 1)).await })
        });
        for added in join_all(adds).await {
            added.expect("no panic").expect("added");
        }
        let cart = shop.get(&cart).await;
        let mut found = content(&cart);
        found.sort_unstable();
        assert_eq!((found, cart.version), (vec![(1, 32), (2, 32)], 65));
    }
}
