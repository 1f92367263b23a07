//! Transfers and purchase orders: what leaves, what comes, and what may still come.

use souk_contract::{
    Currency, Error, Inventory as _, LocationId, LocationInput, Money, ReceiveLine, Result, Stockroom as _,
    Supply, SupplyInput, SupplyKind, SupplyLineInput, SupplyQuery, SupplyState,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{Shelf, variant};

fn came(number: u128, received: i64, damaged: i64, lost: i64) -> ReceiveLine {
    ReceiveLine { variant_id: variant(number), received, damaged, lost }
}

fn is<T: std::fmt::Debug>(result: &Result<T>, code: &str) -> bool {
    matches!(result, Err(Error::Conflict { code: found, .. }) if found == code)
}

fn lines(all: &[(u128, i64)]) -> Vec<SupplyLineInput> {
    let line = |(number, quantity): &(u128, i64)| SupplyLineInput {
        variant_id: variant(*number),
        quantity: *quantity,
        cost: None,
    };
    all.iter().map(line).collect()
}

pub fn transfer(from: LocationId, to: LocationId, all: &[(u128, i64)]) -> SupplyInput {
    SupplyInput {
        kind: SupplyKind::Transfer,
        from_id: Some(from),
        to_id: to,
        supplier: String::new(),
        expected_on: None,
        note: String::new(),
        lines: lines(all),
    }
}

pub fn purchase(to: LocationId, all: &[(u128, i64)]) -> SupplyInput {
    let mut input = SupplyInput { supplier: "Acme".into(), ..transfer(to, to, all) };
    input.kind = SupplyKind::Purchase;
    input.from_id = None;
    for line in &mut input.lines {
        line.cost = Some(Money::new(250, Currency::EUR));
    }
    input
}

impl Shelf {
    async fn store(&self) -> LocationId {
        let input = LocationInput { name: "Store".into(), address: String::new(), active: true };
        self.stockroom.put_location(&self.ctx, None, input, None).await.expect("a place").id
    }

    async fn draft(&self, input: SupplyInput) -> Supply {
        self.stockroom.put_supply(&self.ctx, None, input, None).await.expect("a draft")
    }

    async fn step(&self, supply: &Supply, to: SupplyState) -> Result<Supply> {
        self.stockroom.move_supply(&self.ctx, supply.id, to, None).await
    }

    async fn take(&self, supply: &Supply, lines: Vec<ReceiveLine>) -> Result<Supply> {
        self.stockroom.receive(&self.ctx, supply.id, lines, None).await
    }
}

each_engine! {
    async fn a_transfer_leaves_is_on_its_way_and_comes_in_parts(kit: TestKit) {
        use SupplyState::{InTransit, PartiallyReceived, Ready, Received};
        let shelf = Shelf::new(&kit).await.with(1, 10).await;
        let (main, store) = (shelf.main().await, shelf.store().await);
        let draft = shelf.draft(transfer(main, store, &[(1, 6)])).await;
        assert_eq!((draft.number, draft.state, draft.version), (1, SupplyState::Draft, 1));
        assert!(is(&shelf.step(&draft, InTransit).await, "not_now"));
        shelf.step(&draft, Ready).await.expect("packed");
        assert_eq!(shelf.level(1).await.on_hand, 10);
        let sent = shelf.step(&draft, InTransit).await.expect("sent");
        assert_eq!(sent.state, InTransit);
        assert_eq!(shelf.at(1, main).await.expect("a level").on_hand, 4);
        assert_eq!(shelf.at(1, store).await.expect("a level").incoming, 6);
        let part = shelf.take(&draft, vec![came(1, 3, 1, 0)]).await.expect("some came");
        assert_eq!((part.state, part.lines[0].open()), (PartiallyReceived, 2));
        let there = shelf.at(1, store).await.expect("a level");
        assert_eq!((there.on_hand, there.damaged, there.incoming), (3, 1, 2));
        assert!(is(&shelf.take(&draft, vec![came(1, 3, 0, 0)]).await, "too_many"));
        let all = shelf.take(&draft, vec![came(1, 1, 0, 1)]).await.expect("the rest");
        assert_eq!((all.state, shelf.at(1, store).await.expect("a level").incoming), (Received, 0));
        assert!(is(&shelf.take(&draft, vec![came(1, 1, 0, 0)]).await, "not_now"));
        assert_eq!(shelf.level(1).await.on_hand, 8);
        shelf.assert_books_agree().await;
    }

    async fn what_is_promised_stays_and_a_cancelled_transfer_moves_nothing(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 5).await;
        let (main, store) = (shelf.main().await, shelf.store().await);
        let request = souk_contract::Reserve {
            reservation_id: crate::reservation(1), lines: vec![crate::line(1, 2)],
            expires_at: kit.now().plus_seconds(900),
        };
        shelf.inventory.reserve(&shelf.ctx, request).await.expect("held");
        let draft = shelf.draft(transfer(main, store, &[(1, 4)])).await;
        shelf.step(&draft, SupplyState::Ready).await.expect("packed");
        assert!(is(&shelf.step(&draft, SupplyState::InTransit).await, "too_few"));
        assert_eq!(shelf.stockroom.supply(&shelf.ctx, draft.id).await.expect("it").state, SupplyState::Ready);
        shelf.step(&draft, SupplyState::Cancelled).await.expect("cancelled");
        assert_eq!(shelf.level(1).await.on_hand, 5);
        shelf.assert_books_agree().await;
    }

    async fn a_purchase_order_is_ordered_received_and_closed(kit: TestKit) {
        let shelf = Shelf::new(&kit).await;
        let main = shelf.main().await;
        let draft = shelf.draft(purchase(main, &[(1, 5), (2, 2)])).await;
        assert_eq!(draft.lines[0].cost, Some(Money::new(250, Currency::EUR)));
        let mut more = purchase(main, &[(2, 2), (1, 7)]);
        more.note = "two crates".into();
        let changed = shelf.stockroom.put_supply(&shelf.ctx, Some(draft.id), more.clone(), Some(1)).await.expect("changed");
        assert_eq!((changed.version, changed.lines[0].variant_id, changed.lines[1].quantity), (2, variant(2), 7));
        let stale = shelf.stockroom.put_supply(&shelf.ctx, Some(draft.id), more.clone(), Some(1)).await;
        assert!(is(&stale, "stale_version"));
        shelf.step(&draft, SupplyState::Ordered).await.expect("ordered");
        let late = shelf.stockroom.put_supply(&shelf.ctx, Some(draft.id), more, None).await;
        assert!(is(&late, "not_a_draft"));
        assert_eq!(shelf.at(1, main).await.expect("a level").incoming, 7);
        shelf.take(&draft, vec![came(1, 4, 0, 0)]).await.expect("some came");
        assert!(is(&shelf.step(&draft, SupplyState::Cancelled).await, "not_now"));
        let closed = shelf.step(&draft, SupplyState::Closed).await.expect("no more comes");
        assert_eq!(closed.state, SupplyState::Closed);
        let level = shelf.at(1, main).await.expect("a level");
        assert_eq!((level.on_hand, level.incoming, shelf.level(1).await.tracked), (4, 0, true));
        assert_eq!(shelf.at(2, main).await, None);
        shelf.assert_books_agree().await;
    }

    async fn supplies_are_numbered_listed_and_checked(kit: TestKit) {
        let shelf = Shelf::new(&kit).await;
        let (main, store) = (shelf.main().await, shelf.store().await);
        let mut made = Vec::new();
        for number in 1..=3 {
            made.push(shelf.draft(purchase(main, &[(number, 5)])).await);
        }
        let moved = shelf.draft(transfer(main, store, &[(1, 1)])).await;
        assert_eq!((made[2].number, moved.number), (3, 1));
        shelf.step(&made[0], SupplyState::Cancelled).await.expect("cancelled");
        let query = |kind, open, after| SupplyQuery { kind, open, after, limit: Some(2) };
        let all = shelf.stockroom.supplies(&shelf.ctx, &query(None, false, None)).await.expect("a page");
        assert_eq!(all.items.iter().map(|one| one.id).collect::<Vec<_>>(), [moved.id, made[2].id]);
        assert_eq!((all.items[1].pieces, all.items[1].done), (5, 0));
        let rest = shelf.stockroom.supplies(&shelf.ctx, &query(None, false, all.next)).await.expect("a page");
        assert_eq!((rest.items.len(), rest.next), (2, None));
        let open = query(Some(SupplyKind::Purchase), true, None);
        let open = shelf.stockroom.supplies(&shelf.ctx, &open).await.expect("a page").items;
        assert_eq!(open.iter().map(|one| one.number).collect::<Vec<_>>(), [3, 2]);
        let mut wrong = transfer(main, main, &[(1, 0), (1, 2)]);
        wrong.lines[1].cost = Some(Money::new(1, Currency::USD));
        let refused = shelf.stockroom.put_supply(&shelf.ctx, None, wrong, None).await;
        let Err(Error::Invalid { fields }) = refused else { panic!("{refused:?}") };
        let named: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(named, ["to_id", "lines[0].quantity", "lines[1].variant_id", "lines[1].cost"]);
    }

    async fn a_place_that_expects_something_stays_on(kit: TestKit) {
        let shelf = Shelf::new(&kit).await;
        let store = shelf.store().await;
        let order = shelf.draft(purchase(store, &[(1, 5)])).await;
        shelf.step(&order, SupplyState::Ordered).await.expect("ordered");
        let off = LocationInput { name: "Store".into(), address: String::new(), active: false };
        let off = shelf.stockroom.put_location(&shelf.ctx, Some(store), off, None).await;
        assert!(is(&off, "not_empty"), "{off:?}");
    }

    async fn a_supply_that_was_changed_by_hand_is_found(kit: TestKit) {
        let shelf = Shelf::new(&kit).await;
        let main = shelf.main().await;
        let order = shelf.draft(purchase(main, &[(1, 5)])).await;
        shelf.step(&order, SupplyState::Ordered).await.expect("ordered");
        shelf.take(&order, vec![came(1, 2, 0, 0)]).await.expect("some came");
        shelf.assert_books_agree().await;
        let mut tx = shelf.db.begin().await.expect("a transaction");
        tx.query("update supply_line set received = 3").execute().await.expect("planted");
        tx.commit().await.expect("planted");
        let found = shelf.inventory.verify(&shelf.ctx).await.expect("an audit");
        assert_eq!(found.len(), 1);
        assert!(found[0].what.starts_with("Purchase order 1") && found[0].found.contains("received 3"), "{found:?}");
    }
}
