//! Who may see a cart, and what becomes of it at sign-in.

use std::sync::Arc;

use futures::future::join_all;
use souk_contract::{CartState, Carts as _, Ctx, CustomerId, Error, Id, UpdateCart};
use souk_kernel::{each_engine, testing::TestKit};
use uuid::Uuid;

use crate::{Shop, content, is_conflict, line};

fn customer(number: u128) -> CustomerId {
    Id::new(Uuid::from_u128(100 + number))
}

each_engine! {
    async fn a_token_that_is_not_one_of_ours_finds_nothing_whatever_it_looks_like(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 500);
        let cart = shop.cart().await;
        let cart = shop.add(&cart, 1, 1).await;
        let secrets = kit.kit().secrets;
        let mut flipped = cart.token.clone().into_bytes();
        let last = flipped.len() - 2;
        flipped[last] = if flipped[last] == b'A' { b'B' } else { b'A' };
        let wrong = [
            String::new(),
            "guessed".to_owned(),
            cart.id.to_string(),
            String::from_utf8(flipped).expect("ASCII"),
            cart.token[..cart.token.len() - 1].to_owned(),
            format!("{}A", cart.token),
            secrets.seal("order", cart.id.uuid()),
            // Well sealed, but there is no such cart: the answer must be the same.
            secrets.seal("cart", Uuid::from_u128(9)),
        ];
        let not_found = Error::not_found("cart");
        for token in &wrong {
            let (ctx, carts) = (&shop.ctx, &shop.carts);
            assert_eq!(carts.get(ctx, token).await, Err(not_found.clone()), "{token}");
            assert_eq!(carts.add_line(ctx, token, line(1, 1)).await, Err(not_found.clone()), "{token}");
            assert_eq!(carts.set_quantity(ctx, token, cart.lines[0].id, 0).await, Err(not_found.clone()), "{token}");
            assert_eq!(carts.remove_code(ctx, token, "X").await, Err(not_found.clone()), "{token}");
            assert_eq!(carts.update(ctx, token, UpdateCart::default()).await, Err(not_found.clone()), "{token}");
            assert_eq!(carts.claim(ctx, token, customer(1)).await, Err(not_found.clone()), "{token}");
            assert_eq!(carts.set_delivery(ctx, token, None).await, Err(not_found.clone()), "{token}");
            let begun = carts.begin_completion(ctx, token, Id::new(Uuid::from_u128(1)), "manual").await;
            assert_eq!(begun, Err(not_found.clone()), "{token}");
        }
        assert_eq!(shop.get(&cart).await, cart);
    }

    async fn a_line_of_another_cart_can_not_be_changed(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 500);
        let (mine, yours) = (shop.cart().await, shop.cart().await);
        let yours = shop.add(&yours, 1, 3).await;
        let foreign = shop.carts.set_quantity(&shop.ctx, &mine.token, yours.lines[0].id, 0).await;
        let none = shop.carts.set_quantity(&shop.ctx, &mine.token, Id::new(Uuid::from_u128(5)), 0).await;
        assert_eq!(foreign, Err(Error::not_found("cart line")));
        assert_eq!(foreign, none, "the two are not told apart");
        assert_eq!(content(&shop.get(&yours).await), [(1, 3)]);
    }

    async fn a_guests_cart_becomes_the_customers(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 500);
        let cart = shop.cart().await;
        shop.add(&cart, 1, 2).await;
        assert_eq!(shop.carts.of_customer(&shop.ctx, customer(1)).await, Ok(None));
        for _ in 0..3 {
            let claimed = shop.carts.claim(&shop.ctx, &cart.token, customer(1)).await.expect("claimed");
            assert_eq!((claimed.id, content(&claimed)), (cart.id, vec![(1, 2)]));
        }
        let own = shop.carts.of_customer(&shop.ctx, customer(1)).await.expect("a look").expect("a cart");
        assert_eq!(own.id, cart.id);
        let foreign = shop.carts.claim(&shop.ctx, &cart.token, customer(2)).await;
        assert_eq!(foreign, Err(Error::not_found("cart")));
        assert_eq!(shop.carts.of_customer(&shop.ctx, customer(2)).await, Ok(None));
    }

    async fn two_carts_become_one_and_no_line_is_lost(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 500).with(2, 300).with(3, 100);
        let old = shop.cart().await;
        shop.add(&old, 1, 2).await;
        shop.add(&old, 2, 1).await;
        shop.carts.claim(&shop.ctx, &old.token, customer(1)).await.expect("claimed");
        let guest = shop.cart().await;
        shop.add(&guest, 2, 4).await;
        shop.add(&guest, 3, 5).await;
        let merged = shop.carts.claim(&shop.ctx, &guest.token, customer(1)).await.expect("merged");
        assert_eq!((merged.id, content(&merged)), (old.id, vec![(1, 2), (2, 5), (3, 5)]));
        let left = shop.get(&guest).await;
        assert_eq!((left.state, content(&left)), (CartState::Merged, vec![]));
        let closed = shop.carts.add_line(&shop.ctx, &guest.token, line(1, 1)).await;
        assert!(is_conflict(&closed, "cart_completed"), "{closed:?}");
        assert!(shop.carts.claim(&shop.ctx, &guest.token, customer(1)).await.is_err(), "not added twice");
        assert_eq!(content(&shop.get(&old).await), [(1, 2), (2, 5), (3, 5)]);
    }

    async fn signing_in_in_many_windows_at_once_keeps_every_line(kit: TestKit) {
        let shop = Arc::new(Shop::new(&kit).await.with(1, 500));
        let mut guests = Vec::new();
        for _ in 0..16 {
            let cart = shop.cart().await;
            guests.push(shop.add(&cart, 1, 1).await);
        }
        let claims = guests.iter().map(|cart| {
            let (shop, token) = (Arc::clone(&shop), cart.token.clone());
            tokio::spawn(async move {
                let ctx = Ctx::guest("test");
                shop.carts.claim(&ctx, &token, customer(1)).await
            })
        });
        for claimed in join_all(claims).await {
            claimed.expect("no panic").expect("claimed");
        }
        let own = shop.carts.of_customer(&shop.ctx, customer(1)).await.expect("a look").expect("a cart");
        assert_eq!(content(&own), [(1, 16)]);
    }

    async fn a_full_cart_does_not_forbid_signing_in(kit: TestKit) {
        let shop = (0..201).fold(Shop::new(&kit).await, |shop, number| shop.with(number, 100));
        let (own, guest) = (shop.cart().await, shop.cart().await);
        for number in 0..200 {
            shop.add(&own, number, 1).await;
        }
        shop.carts.claim(&shop.ctx, &own.token, customer(1)).await.expect("claimed");
        shop.add(&guest, 0, 1).await;
        shop.add(&guest, 200, 1).await;
        let merged = shop.carts.claim(&shop.ctx, &guest.token, customer(1)).await.expect("merged");
        assert_eq!((merged.lines.len(), merged.item_count()), (200, 201));
        assert_eq!(crate::warned(&merged), ["line_removed"], "what did not fit is told");
    }
}
