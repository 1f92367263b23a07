//! The ledger is append-only, and an audit finds what was done behind its back.

use souk_contract::{Inventory as _, PageRequest};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{Shelf, variant};

each_engine! {
    async fn a_planted_difference_is_found_and_explained(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 5).await.with(2, 5).await;
        shelf.assert_books_agree().await;
        let mut tx = shelf.db.begin().await.expect("a transaction");
        tx.query("update level set on_hand = 6 where variant_id = $1").bind(variant(2)).execute().await.expect("planted");
        tx.commit().await.expect("planted");
        let found = shelf.inventory.verify(&shelf.ctx).await.expect("an audit");
        assert_eq!(found.len(), 1);
        assert!(found[0].what.contains(&variant(2).to_string()));
        assert!(found[0].expected.contains("on hand 5") && found[0].found.contains("on hand 6"), "{found:?}");
    }

    async fn movements_can_not_be_changed_or_removed(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 5).await;
        for sql in ["update movement set on_hand_delta = 9", "delete from movement"] {
            let mut tx = shelf.db.begin().await.expect("a transaction");
            let error = tx.query(sql).execute().await.expect_err("append-only");
            assert!(error.to_string().contains("append-only"), "{error}");
        }
        shelf.assert_books_agree().await;
    }

    async fn movements_are_paged_newest_first(kit: TestKit) {
        let mut shelf = Shelf::new(&kit).await;
        for on_hand in 1..=5 {
            shelf = shelf.with(1, on_hand * 10).await;
        }
        let mut seen = Vec::new();
        let mut page = PageRequest { after: None, limit: Some(2) };
        loop {
            let got = shelf.inventory.movements(&shelf.ctx, variant(1), &page).await.expect("a page");
            seen.extend(got.items.iter().map(|movement| movement.on_hand_delta));
            match got.next {
                Some(next) => page.after = Some(next),
                None => break,
            }
        }
        assert_eq!(seen, [10, 10, 10, 10, 10]);
        let wrong = PageRequest { after: Some("nonsense".into()), limit: None };
        assert!(shelf.inventory.movements(&shelf.ctx, variant(1), &wrong).await.is_err());
    }
}
