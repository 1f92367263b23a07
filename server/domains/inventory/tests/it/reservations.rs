//! Reliability 1 and 2: never sell what isn't there, never refuse what is.

use std::sync::Arc;

use futures::future::join_all;
use souk_contract::{Error, Inventory as _, Reserve, ReserveLine, StockPolicy};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{Shelf, line, order, reservation};

fn hold(kit: &TestKit, id: u128, lines: Vec<ReserveLine>) -> Reserve {
    Reserve { reservation_id: reservation(id), lines, expires_at: kit.now().plus_seconds(900) }
}

fn is(result: &souk_contract::Result<()>, code: &str) -> bool {
    matches!(result, Err(Error::Conflict { code: found, .. }) if found == code)
}

each_engine! {
    async fn of_500_buyers_one_gets_the_last_piece(kit: TestKit) {
        let shelf = Arc::new(Shelf::new(&kit).await.with(1, 1).await);
        let buyers = (0..500).map(|id| {
            let (shelf, request) = (Arc::clone(&shelf), hold(&kit, id, vec![line(1, 1)]));
            tokio::spawn(async move { shelf.inventory.reserve(&shelf.ctx, request).await })
        });
        let results: Vec<_> = join_all(buyers).await.into_iter().map(|result| result.expect("no panic")).collect();
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        assert_eq!(results.iter().filter(|result| is(result, "out_of_stock")).count(), 499);
        shelf.assert_books_agree().await;
    }

    async fn a_hundred_pieces_find_a_hundred_buyers(kit: TestKit) {
        let shelf = Arc::new(Shelf::new(&kit).await.with(1, 100).await);
        let buyers = (0..64_u128).map(|client| {
            let shelf = Arc::clone(&shelf);
            let requests: Vec<_> = (0..10).map(|n| hold(&kit, client * 10 + n, vec![line(1, 1)])).collect();
            tokio::spawn(async move {
                let mut bought = 0;
                for request in requests {
                    let id = request.reservation_id;
                    if shelf.inventory.reserve(&shelf.ctx, request).await.is_ok() {
                        shelf.inventory.commit(&shelf.ctx, id, order(id.uuid().as_u128())).await.expect("held");
                        bought += 1;
                    }
                }
                bought
            })
        });
        let bought: i64 = join_all(buyers).await.into_iter().map(|result| result.expect("no panic")).sum();
        assert_eq!(bought, 100);
        assert_eq!((shelf.level(1).await.available, shelf.level(1).await.allocated), (0, 100));
        shelf.assert_books_agree().await;
    }

    async fn the_constraint_alone_forbids_overselling(kit: TestKit) {
        let shelf = Arc::new(Shelf::new(&kit).await.with(1, 20).await);
        let grabs = (0..64).map(|_| {
            let shelf = Arc::clone(&shelf);
            tokio::spawn(async move {
                let mut tx = shelf.db.begin().await.expect("a transaction");
                let grabbed = tx.query("update level set reserved = reserved + 1 where variant_id = $1")
                    .bind(crate::variant(1)).execute().await;
                match grabbed {
                    Ok(_) => tx.commit().await.is_ok(),
                    Err(error) => { assert!(error.is_check("level_not_oversold"), "{error}"); false }
                }
            })
        });
        let grabbed = join_all(grabs).await.into_iter().filter(|done| *done.as_ref().expect("no panic")).count();
        assert_eq!(grabbed, 20);
    }

    async fn all_lines_or_none_also_when_they_cross(kit: TestKit) {
        let shelf = Arc::new(Shelf::new(&kit).await.with(1, 10).await.with(2, 10).await.with(3, 0).await);
        let partly = shelf.inventory.reserve(&shelf.ctx, hold(&kit, 1, vec![line(1, 1), line(3, 1)])).await;
        assert!(is(&partly, "out_of_stock"));
        assert_eq!(shelf.level(1).await.reserved, 0);
        // Two carts with the same lines in opposite order must not lock each other out.
        let both = (10..40).map(|id| {
            let lines = if id % 2 == 0 { vec![line(1, 1), line(2, 1)] } else { vec![line(2, 1), line(1, 1)] };
            let (shelf, request) = (Arc::clone(&shelf), hold(&kit, id, lines));
            tokio::spawn(async move { shelf.inventory.reserve(&shelf.ctx, request).await })
        });
        let results: Vec<_> = join_all(both).await.into_iter().map(|result| result.expect("no panic")).collect();
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 10);
        assert_eq!(results.iter().filter(|result| is(result, "out_of_stock")).count(), 20);
        shelf.assert_books_agree().await;
    }

    async fn every_step_has_no_effect_the_second_time(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 3).await;
        let (inventory, ctx) = (&shelf.inventory, &shelf.ctx);
        for _ in 0..3 {
            inventory.reserve(ctx, hold(&kit, 1, vec![line(1, 2)])).await.expect("held");
        }
        assert_eq!(shelf.level(1).await.reserved, 2);
        for _ in 0..3 {
            inventory.commit(ctx, reservation(1), order(1)).await.expect("committed");
        }
        assert_eq!((shelf.level(1).await.reserved, shelf.level(1).await.allocated), (0, 2));
        inventory.release(ctx, reservation(1)).await.expect("no effect");
        assert!(is(&inventory.commit(ctx, reservation(1), order(2)).await, "reservation_gone"));
        for _ in 0..3 {
            inventory.deallocate(ctx, reservation(1), order(1)).await.expect("given back");
        }
        assert_eq!((shelf.level(1).await.available, shelf.level(1).await.allocated), (3, 0));
        assert!(is(&inventory.reserve(ctx, hold(&kit, 1, vec![line(1, 1)])).await, "reservation_gone"));
        shelf.assert_books_agree().await;
    }

    async fn a_hold_that_is_over_is_freed_and_may_be_had_again_while_there_is_stock(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 1).await;
        shelf.inventory.reserve(&shelf.ctx, hold(&kit, 1, vec![line(1, 1)])).await.expect("held");
        assert_eq!(shelf.inventory.expire_due().await.expect("a sweep"), 0);
        kit.later(900);
        assert_eq!(shelf.inventory.expire_due().await.expect("a sweep"), 1);
        assert_eq!(shelf.level(1).await.available, 1);
        shelf.inventory.commit(&shelf.ctx, reservation(1), order(1)).await.expect("nobody else took it");
        shelf.inventory.reserve(&shelf.ctx, hold(&kit, 2, vec![line(1, 1)])).await.expect_err("it is sold");
        shelf.assert_books_agree().await;
    }

    async fn a_late_commit_finds_its_piece_gone(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 1).await;
        shelf.inventory.reserve(&shelf.ctx, hold(&kit, 1, vec![line(1, 1)])).await.expect("held");
        kit.later(901);
        shelf.inventory.expire_due().await.expect("a sweep");
        shelf.inventory.reserve(&shelf.ctx, hold(&kit, 2, vec![line(1, 1)])).await.expect("free again");
        let late = shelf.inventory.commit(&shelf.ctx, reservation(1), order(1)).await;
        assert!(is(&late, "out_of_stock"), "{late:?}");
        shelf.inventory.commit(&shelf.ctx, reservation(2), order(2)).await.expect("held");
        shelf.assert_books_agree().await;
    }

    async fn backorders_go_below_nothing(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with_policy(1, 0, StockPolicy::Continue).await;
        shelf.inventory.reserve(&shelf.ctx, hold(&kit, 1, vec![line(1, 5)])).await.expect("may be ordered");
        assert_eq!(shelf.level(1).await.available, -5);
        shelf.assert_books_agree().await;
    }
}
