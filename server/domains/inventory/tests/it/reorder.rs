//! What should be ordered again.

use souk_contract::{
    Error, Inventory as _, PageRequest, ReorderPoint, ReorderRow, Reserve, Stockroom as _, SupplyInput,
    SupplyKind, SupplyLineInput, SupplyState,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{Shelf, line, order, reservation, variant};

impl Shelf {
    async fn low(&self) -> Vec<ReorderRow> {
        self.stockroom.reorder(&self.ctx, &PageRequest::default()).await.expect("a page").items
    }

    async fn point(&self, number: u128, point: Option<i64>) -> souk_contract::Result<()> {
        let point = ReorderPoint { variant_id: variant(number), reorder_point: point };
        self.stockroom.put_reorder_points(&self.ctx, vec![point]).await
    }

    async fn sell(&self, kit: &TestKit, id: u128, pieces: i64) {
        let request = Reserve {
            reservation_id: reservation(id),
            lines: vec![line(1, pieces)],
            expires_at: kit.now().plus_seconds(900),
        };
        self.inventory.reserve(&self.ctx, request).await.expect("held");
        self.inventory.commit(&self.ctx, reservation(id), order(id)).await.expect("sold");
    }
}

each_engine! {
    async fn what_was_sold_less_what_is_there_and_coming_is_suggested(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 30).await.with(2, 100).await;
        shelf.sell(&kit, 1, 4).await;
        kit.later(40 * 24 * 3600);
        shelf.sell(&kit, 2, 12).await;
        shelf.sell(&kit, 3, 3).await;
        shelf.inventory.deallocate(&shelf.ctx, reservation(3), order(3)).await.expect("cancelled");
        assert_eq!(shelf.low().await, []);
        shelf.point(1, Some(20)).await.expect("set");
        let expected = ReorderRow {
            variant_id: variant(1), available: 14, incoming: 0, reorder_point: Some(20), sold: 12, suggested: 18,
        };
        assert_eq!(shelf.low().await, std::slice::from_ref(&expected));
        let input = SupplyInput {
            kind: SupplyKind::Purchase,
            from_id: None,
            to_id: shelf.main().await,
            supplier: "Acme".into(),
            expected_on: None,
            note: String::new(),
            lines: vec![SupplyLineInput { variant_id: variant(1), quantity: 5, cost: None }],
        };
        let supply = shelf.stockroom.put_supply(&shelf.ctx, None, input, None).await.expect("a draft");
        shelf.stockroom.move_supply(&shelf.ctx, supply.id, SupplyState::Ordered, None).await.expect("ordered");
        assert_eq!(shelf.low().await, [ReorderRow { incoming: 5, suggested: 13, ..expected }]);
        shelf.point(1, Some(18)).await.expect("set");
        assert_eq!(shelf.low().await, []);
        shelf.assert_books_agree().await;
    }

    async fn without_a_point_the_shops_own_few_counts(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 5).await.with(2, 6).await;
        let low = shelf.low().await;
        assert_eq!(low.iter().map(|row| (row.variant_id, row.suggested)).collect::<Vec<_>>(), [(variant(1), 0)]);
        shelf.point(1, Some(2)).await.expect("set");
        assert_eq!(shelf.low().await, []);
        shelf.point(1, None).await.expect("taken away");
        assert_eq!(shelf.low().await.len(), 1);
        let refused = shelf.point(1, Some(-1)).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
        let unknown = shelf.point(9, Some(1)).await;
        assert!(matches!(unknown, Err(Error::NotFound { .. })), "{unknown:?}");
    }
}
