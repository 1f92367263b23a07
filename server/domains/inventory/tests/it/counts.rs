//! Counting, and what moves meanwhile.

use souk_contract::{
    AdjustStock, CountEntry, CountLinesQuery, CountState, Error, Inventory as _, LocationInput, OpenCount,
    PageRequest, StockCount, StockCountId, Stockroom as _,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{Shelf, variant};

fn counted(code: &str, number: i64) -> CountEntry {
    CountEntry { code: Some(code.into()), counted: Some(number), ..CountEntry::default() }
}

fn scanned(code: &str) -> CountEntry {
    CountEntry { code: Some(code.into()), add: Some(1), ..CountEntry::default() }
}

impl Shelf {
    async fn open_count(&self, product_type: Option<&str>) -> StockCount {
        let request = OpenCount {
            location_id: self.main().await,
            note: "May".into(),
            vendor: None,
            product_type: product_type.map(Into::into),
        };
        self.stockroom.open_count(&self.ctx, request).await.expect("a count")
    }

    async fn enter(&self, id: StockCountId, entry: CountEntry) -> souk_contract::CountLine {
        self.stockroom.enter_count(&self.ctx, id, entry).await.expect("a line")
    }

    async fn adjust_by(&self, number: u128, delta: i64) {
        let request = AdjustStock {
            variant_id: variant(number),
            location_id: None,
            delta,
            reason: "sold by hand".into(),
            if_version: None,
        };
        self.inventory.adjust(&self.ctx, request).await.expect("adjusted");
    }
}

each_engine! {
    async fn differences_are_booked_and_what_moved_since_stays(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 10).await.with(2, 4).await.with(3, 7).await;
        let count = shelf.open_count(None).await;
        assert_eq!((count.lines, count.counted, count.state), (3, 0, CountState::Open));
        let line = shelf.enter(count.id, counted("SKU-1", 8)).await;
        assert_eq!((line.expected, line.difference()), (10, Some(-2)));
        shelf.enter(count.id, counted("SKU-2", 4)).await;
        // After it was counted, three are sold over the counter.
        shelf.adjust_by(1, -3).await;
        let open = shelf.stockroom.count(&shelf.ctx, count.id).await.expect("it");
        assert_eq!((open.counted, open.different), (2, 1));
        let query = CountLinesQuery { different: true, ..CountLinesQuery::default() };
        let lines = shelf.stockroom.count_lines(&shelf.ctx, count.id, &query).await.expect("lines").items;
        assert_eq!(lines.iter().map(|line| line.variant_id).collect::<Vec<_>>(), [variant(1)]);
        let stale = shelf.stockroom.end_count(&shelf.ctx, count.id, true, Some(9)).await;
        assert!(matches!(stale, Err(Error::Conflict { code, .. }) if code == "stale_version"));
        let done = shelf.stockroom.end_count(&shelf.ctx, count.id, true, Some(1)).await.expect("applied");
        assert_eq!((done.state, done.version), (CountState::Applied, 2));
        assert_eq!((shelf.level(1).await.on_hand, shelf.level(2).await.on_hand, shelf.level(3).await.on_hand), (5, 4, 7));
        shelf.assert_books_agree().await;
        let twice = shelf.stockroom.end_count(&shelf.ctx, count.id, true, None).await;
        assert!(matches!(twice, Err(Error::Conflict { code, .. }) if code == "ended"));
        let moved = shelf.inventory.movements(&shelf.ctx, variant(1), &PageRequest::default()).await.expect("movements");
        assert_eq!((moved.items[0].kind.as_str(), moved.items[0].reason.as_str()), ("counted", "Count: May"));
        shelf.assert_books_agree().await;
    }

    async fn a_count_that_was_changed_after_it_was_applied_is_found(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 2).await;
        let count = shelf.open_count(None).await;
        shelf.enter(count.id, counted("SKU-1", 5)).await;
        shelf.stockroom.end_count(&shelf.ctx, count.id, true, None).await.expect("applied");
        shelf.assert_books_agree().await;
        let mut tx = shelf.db.begin().await.expect("a transaction");
        tx.query("update count_line set counted = 6").execute().await.expect("planted");
        tx.commit().await.expect("planted");
        let found = shelf.inventory.verify(&shelf.ctx).await.expect("an audit");
        assert_eq!(found.len(), 1);
        assert!(found[0].found.contains("4 pieces more") && found[0].expected.contains("3 pieces more"), "{found:?}");
    }

    async fn a_scanner_adds_one_with_each_beep(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 2).await;
        let count = shelf.open_count(None).await;
        for beep in 1..=3 {
            assert_eq!(shelf.enter(count.id, scanned("SKU-1")).await.counted, Some(beep));
        }
        // Something that the books do not know of here.
        assert_eq!(shelf.enter(count.id, scanned("SKU-5")).await.expected, 0);
        for wrong in [scanned("nonsense"), scanned("TWICE"), CountEntry::default()] {
            let refused = shelf.stockroom.enter_count(&shelf.ctx, count.id, wrong).await;
            assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
        }
        shelf.stockroom.end_count(&shelf.ctx, count.id, true, None).await.expect("applied");
        assert_eq!((shelf.level(1).await.on_hand, shelf.level(5).await.on_hand), (3, 1));
        shelf.assert_books_agree().await;
    }

    async fn a_count_is_of_one_kind_and_may_be_dropped(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 2).await.with(2, 2).await.with(3, 2).await.with(4, 2).await;
        let mugs = shelf.open_count(Some("mug")).await;
        assert_eq!(mugs.lines, 2);
        shelf.enter(mugs.id, counted("SKU-1", 0)).await;
        shelf.stockroom.end_count(&shelf.ctx, mugs.id, false, None).await.expect("dropped");
        assert_eq!(shelf.level(1).await.on_hand, 2);
        let late = shelf.stockroom.enter_count(&shelf.ctx, mugs.id, counted("SKU-1", 1)).await;
        assert!(matches!(late, Err(Error::Conflict { code, .. }) if code == "ended"));
        let store = LocationInput { name: "Store".into(), address: String::new(), active: true };
        let store = shelf.stockroom.put_location(&shelf.ctx, None, store, None).await.expect("a place");
        let nothing = OpenCount { location_id: store.id, note: String::new(), vendor: None, product_type: None };
        let nothing = shelf.stockroom.open_count(&shelf.ctx, nothing).await;
        assert!(matches!(nothing, Err(Error::Conflict { code, .. }) if code == "nothing_to_count"));
        let all = shelf.stockroom.counts(&shelf.ctx, &PageRequest::default()).await.expect("counts").items;
        assert_eq!(all.len(), 1);
    }
}
