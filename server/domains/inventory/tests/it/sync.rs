//! Figures from an outside system.

use souk_contract::{
    AdjustStock, Error, Inventory as _, Reserve, Stockroom as _, SyncOutcome, SyncReport, SyncRow, SyncStock,
    Timestamp,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{Shelf, line, order, reservation, variant};

fn counted(sku: &str, on_hand: i64, as_of: Timestamp) -> SyncRow {
    SyncRow { sku: Some(sku.into()), on_hand: Some(on_hand), as_of: Some(as_of), ..SyncRow::default() }
}

fn delta(sku: &str, delta: i64, reference: &str) -> SyncRow {
    let reference = Some(reference.into());
    SyncRow { sku: Some(sku.into()), delta: Some(delta), reference, ..SyncRow::default() }
}

impl Shelf {
    pub async fn sync(&self, rows: Vec<SyncRow>) -> SyncReport {
        let request = SyncStock { rows, reason: "pos".into() };
        self.stockroom.sync(&self.ctx, request).await.expect("a report")
    }
}

fn reasons(report: &SyncReport) -> Vec<&str> {
    report.rows.iter().map(|row| row.reason.as_deref().unwrap_or_default()).collect()
}

each_engine! {
    async fn a_number_is_taken_over_and_the_same_again_changes_nothing(kit: TestKit) {
        let shelf = Shelf::new(&kit).await;
        let report = shelf.sync(vec![counted("SKU-1", 7, kit.now()), counted("SKU-2", 0, kit.now())]).await;
        assert_eq!((report.applied, report.unchanged, report.conflicts), (2, 0, 0));
        assert_eq!((shelf.level(1).await.on_hand, shelf.level(2).await.tracked), (7, true));
        kit.later(10);
        let again = shelf.sync(vec![counted("SKU-1", 7, kit.now()), counted("SKU-2", 0, kit.now())]).await;
        assert_eq!((again.applied, again.unchanged), (0, 2));
        shelf.assert_books_agree().await;
    }

    async fn our_own_sales_since_the_count_are_kept(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 10).await;
        kit.later(60);
        let counted_at = kit.now();
        kit.later(60);
        let request = Reserve {
            reservation_id: reservation(1), lines: vec![line(1, 3)], expires_at: kit.now().plus_seconds(900),
        };
        shelf.inventory.reserve(&shelf.ctx, request).await.expect("held");
        shelf.inventory.commit(&shelf.ctx, reservation(1), order(1)).await.expect("committed");
        shelf.ship(1, 2).await;
        // Twelve lay there; two have left since, one is promised still.
        let report = shelf.sync(vec![counted("SKU-1", 12, counted_at)]).await;
        assert_eq!((report.applied, report.rows[0].on_hand), (1, Some(10)));
        let level = shelf.level(1).await;
        assert_eq!((level.on_hand, level.allocated, level.available), (10, 1, 9));
        let again = shelf.sync(vec![counted("SKU-1", 12, counted_at)]).await;
        assert_eq!(again.unchanged, 1);
        shelf.assert_books_agree().await;
    }

    async fn an_older_number_than_somebody_elses_change_is_a_conflict(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 10).await;
        kit.later(60);
        let counted_at = kit.now();
        kit.later(60);
        let adjust = AdjustStock {
            variant_id: variant(1), location_id: None, delta: -1, reason: "broken".into(), if_version: None,
        };
        shelf.inventory.adjust(&shelf.ctx, adjust).await.expect("adjusted");
        let report = shelf.sync(vec![counted("SKU-1", 12, counted_at), counted("SKU-2", 4, counted_at)]).await;
        assert_eq!((report.applied, report.conflicts), (1, 1));
        assert_eq!(report.rows[0].reason.as_deref(), Some("newer_movement"));
        let known = report.rows[0].known.as_ref().expect("what is known");
        assert_eq!((known.on_hand, known.kind.as_deref(), known.moved_at), (9, Some("adjusted"), Some(kit.now())));
        assert_eq!((shelf.level(1).await.on_hand, shelf.level(2).await.on_hand), (9, 4));
    }

    async fn a_difference_counts_once_for_its_reference(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 10).await;
        let rows = || vec![delta("SKU-1", -2, "receipt 1"), delta("SKU-1", -3, "receipt 2"), delta("SKU-2", 1, "receipt 1")];
        assert_eq!(shelf.sync(rows()).await.applied, 3);
        assert_eq!(shelf.sync(rows()).await.unchanged, 3);
        assert_eq!((shelf.level(1).await.on_hand, shelf.level(2).await.on_hand), (5, 1));
        let twice = shelf.sync(vec![delta("SKU-1", -4, "receipt 3"), delta("SKU-1", -4, "receipt 3")]).await;
        assert_eq!((twice.applied, twice.unchanged), (1, 1));
        let other = shelf.sync(vec![delta("SKU-1", -9, "receipt 1")]).await;
        assert_eq!(reasons(&other), ["reference_reused"]);
        assert_eq!(shelf.level(1).await.on_hand, 1);
        shelf.assert_books_agree().await;
    }

    async fn each_row_that_names_nothing_says_so_and_the_others_are_taken(kit: TestKit) {
        let shelf = Shelf::new(&kit).await;
        let now = kit.now();
        let unknown = SyncRow { sku: None, variant_id: Some(variant(900)), ..counted("", 1, now) };
        let elsewhere = SyncRow { location: Some("Moon".into()), ..counted("SKU-1", 1, now) };
        let here = SyncRow { location: Some("main".into()), ..counted("SKU-5", 1, now) };
        let rows = vec![
            counted("nonsense", 1, now), counted("TWICE", 1, now), unknown, elsewhere,
            counted("SKU-1", 1, now.plus_seconds(3600)), counted("SKU-3", 1, now), counted("SKU-3", 2, now), here,
        ];
        let report = shelf.sync(rows).await;
        let expected = [
            "unknown_sku", "ambiguous_sku", "unknown_variant", "unknown_location", "in_the_future", "named_twice",
            "named_twice", "",
        ];
        assert_eq!(reasons(&report), expected);
        assert_eq!(report.rows[7].outcome, SyncOutcome::Applied);
        assert!(!shelf.level(3).await.tracked);
    }

    async fn rows_that_say_two_things_or_none_are_refused_with_their_place(kit: TestKit) {
        let shelf = Shelf::new(&kit).await;
        let both = SyncRow { delta: Some(1), ..counted("SKU-1", 1, kit.now()) };
        let without = SyncRow { reference: None, ..delta("SKU-1", 1, "") };
        let undated = SyncRow { as_of: None, ..counted("SKU-1", 1, kit.now()) };
        let rows = vec![both, without, undated, delta("SKU-1", 0, "zero")];
        let refused = shelf.stockroom.sync(&shelf.ctx, SyncStock { rows, reason: String::new() }).await;
        let Err(Error::Invalid { fields }) = refused else { panic!("{refused:?}") };
        let named: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(named, ["rows[0].on_hand", "rows[0].reference", "rows[1].reference", "rows[2].on_hand", "rows[3].delta"]);
        let none = shelf.stockroom.sync(&shelf.ctx, SyncStock { rows: Vec::new(), reason: String::new() }).await;
        assert!(none.is_err());
    }

    async fn hundreds_of_rows_are_written_as_a_few_are(kit: TestKit) {
        let shelf = Shelf::new(&kit).await;
        let rows = (1..=300).map(|number| counted(&format!("SKU-{number}"), number, kit.now())).collect();
        assert_eq!(shelf.sync(rows).await.applied, 300);
        kit.later(60);
        let rows = || (1..=300).map(|number| delta(&format!("SKU-{number}"), 1, "night")).collect();
        assert_eq!((shelf.sync(rows()).await.applied, shelf.sync(rows()).await.unchanged), (300, 300));
        assert_eq!((shelf.level(250).await.on_hand, shelf.level(250).await.version), (251, 2));
        let page = souk_contract::PageRequest::default();
        let moved = shelf.inventory.movements(&shelf.ctx, variant(250), &page).await.expect("movements").items;
        assert_eq!((moved[0].reason.as_str(), moved[0].at, moved[0].on_hand_delta), ("pos (night)", kit.now(), 1));
        shelf.assert_books_agree().await;
    }
}
