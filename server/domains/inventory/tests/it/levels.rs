//! What staff set, and what others hear of it.

use souk_contract::{
    AdjustStock, Availability, Ctx, Error, Inventory as _, PageRequest, SetStock, StockPolicy,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{Shelf, line, reservation, variant};

fn set(number: u128, on_hand: i64, if_version: Option<i64>) -> SetStock {
    SetStock {
        variant_id: variant(number),
        location_id: None,
        on_hand,
        tracked: true,
        policy: StockPolicy::Deny,
        if_version,
    }
}

async fn announced(shelf: &Shelf) -> Vec<String> {
    let mut reader = shelf.db.read().await.expect("a reader");
    let rows: Vec<(souk_kernel::db::Json<souk_contract::AvailabilityChanged>,)> =
        reader.query("select payload from outbox order by seq").all().await.expect("the outbox");
    rows.into_iter().map(|(event,)| event.0.availability.as_str().to_owned()).collect()
}

each_engine! {
    async fn the_word_for_shoppers_is_told_only_when_it_changes(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 7).await;
        for (id, quantity) in [(1, 1), (2, 1), (3, 4), (4, 1)] {
            let request = souk_contract::Reserve {
                reservation_id: reservation(id), lines: vec![line(1, quantity)], expires_at: kit.now().plus_seconds(60),
            };
            shelf.inventory.reserve(&shelf.ctx, request).await.expect("there is enough");
        }
        // 7: in stock, which is what everybody assumes. 6: still. 5: low. 1: still low. 0: sold out.
        assert_eq!(announced(&shelf).await, ["low", "sold_out"]);
        assert_eq!(shelf.level(1).await.availability, Availability::SoldOut);
    }

    async fn setting_the_same_again_writes_nothing(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 3).await;
        let before = shelf.level(1).await;
        let again = shelf.inventory.set_stock(&shelf.ctx, vec![set(1, 3, None)], "count").await.expect("stock");
        assert_eq!(again, [before]);
        let page = PageRequest::default();
        let movements = shelf.inventory.movements(&shelf.ctx, variant(1), &page).await.expect("movements");
        assert_eq!(movements.items.len(), 1);
    }

    async fn a_stale_version_is_refused(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 3).await;
        let version = shelf.level(1).await.version;
        let first = shelf.inventory.set_stock(&shelf.ctx, vec![set(1, 4, Some(version))], "a").await;
        assert!(first.is_ok());
        let second = shelf.inventory.set_stock(&shelf.ctx, vec![set(1, 9, Some(version))], "b").await;
        assert!(matches!(second, Err(Error::Conflict { code, .. }) if code == "stale_version"));
        assert_eq!(shelf.level(1).await.on_hand, 4);
    }

    async fn a_count_below_what_is_promised_is_kept_and_sells_nothing_more(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 5).await;
        let hold = |id, quantity| souk_contract::Reserve {
            reservation_id: reservation(id), lines: vec![line(1, quantity)], expires_at: kit.now().plus_seconds(60),
        };
        shelf.inventory.reserve(&shelf.ctx, hold(1, 4)).await.expect("there is enough");
        shelf.inventory.set_stock(&shelf.ctx, vec![set(1, 1, None)], "found one").await.expect("counted");
        assert_eq!(shelf.level(1).await.available, -3);
        assert!(shelf.inventory.reserve(&shelf.ctx, hold(2, 1)).await.is_err());
        shelf.inventory.release(&shelf.ctx, reservation(1)).await.expect("released");
        assert_eq!(shelf.level(1).await.available, 1);
        shelf.inventory.reserve(&shelf.ctx, hold(3, 1)).await.expect("the last one");
        assert!(shelf.inventory.reserve(&shelf.ctx, hold(4, 1)).await.is_err());
        shelf.assert_books_agree().await;
    }

    async fn adjusting_adds_up_and_names_bad_fields(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 5).await;
        let adjust = |delta, reason: &str| AdjustStock {
            variant_id: variant(1), location_id: None, delta, reason: reason.into(), if_version: None,
        };
        let level = shelf.inventory.adjust(&shelf.ctx, adjust(-2, "broken")).await.expect("adjusted");
        assert_eq!(level.on_hand, 3);
        let refused = shelf.inventory.adjust(&shelf.ctx, adjust(0, "")).await;
        let Err(Error::Invalid { fields }) = refused else { panic!("{refused:?}") };
        let named: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(named, ["delta", "reason"]);
    }

    async fn shoppers_may_not_write_or_look_at_the_ledger(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 5).await;
        let guest = Ctx::guest("test");
        assert!(shelf.inventory.set_stock(&guest, vec![set(1, 0, None)], "").await.is_err());
        assert!(shelf.inventory.movements(&guest, variant(1), &PageRequest::default()).await.is_err());
        assert!(shelf.inventory.verify(&guest).await.is_err());
        assert_eq!(shelf.level(1).await.on_hand, 5);
    }

    async fn what_nobody_counted_never_runs_out(kit: TestKit) {
        let shelf = Shelf::new(&kit).await;
        assert!(!shelf.level(9).await.tracked);
        let request = souk_contract::Reserve {
            reservation_id: reservation(1), lines: vec![line(9, 1_000)], expires_at: kit.now().plus_seconds(60),
        };
        shelf.inventory.reserve(&shelf.ctx, request).await.expect("untracked");
        shelf.inventory.commit(&shelf.ctx, reservation(1), crate::order(1)).await.expect("untracked");
        shelf.assert_books_agree().await;
    }
}
