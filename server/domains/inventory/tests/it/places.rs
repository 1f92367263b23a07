//! Several places: who serves an order, what may be switched off, and what is damaged.

use souk_contract::{
    Actor, AdjustStock, Ctx, DamageStep, Error, Inventory as _, LevelQuery, LocationId, LocationInput,
    MoveDamaged, OpenCount, PageRequest, PlaceLevel, Preset, Reach, Reserve, SetStock, StockPolicy,
    Stockroom as _, SupplyState, Timestamp,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{
    Shelf, line, order, reservation,
    supplies::{purchase, transfer},
    variant,
};

fn input(name: &str) -> LocationInput {
    LocationInput { name: name.into(), address: String::new(), active: true }
}

impl Shelf {
    async fn place(&self, name: &str) -> LocationId {
        self.stockroom.put_location(&self.ctx, None, input(name), None).await.expect("a place").id
    }

    pub async fn main(&self) -> LocationId {
        self.stockroom.locations(&self.ctx).await.expect("places")[0].id
    }

    pub async fn put_at(&self, number: u128, place: LocationId, on_hand: i64) {
        let item = SetStock {
            variant_id: variant(number),
            location_id: Some(place),
            on_hand,
            tracked: true,
            policy: StockPolicy::Deny,
            if_version: None,
        };
        self.inventory.set_stock(&self.ctx, vec![item], "count").await.expect("stock");
    }

    pub async fn at(&self, number: u128, place: LocationId) -> Option<PlaceLevel> {
        let levels = self.place_levels(number, None).await;
        levels.into_iter().find(|level| level.location_id == place)
    }

    async fn place_levels(&self, number: u128, as_of: Option<Timestamp>) -> Vec<PlaceLevel> {
        let query = LevelQuery { variants: vec![variant(number)], as_of, ..LevelQuery::default() };
        self.stockroom.place_levels(&self.ctx, &query).await.expect("levels").items
    }

    async fn reserve(&self, kit: &TestKit, id: u128, pieces: i64) -> souk_contract::Result<()> {
        let request = Reserve {
            reservation_id: reservation(id),
            lines: vec![line(1, pieces)],
            expires_at: kit.now().plus_seconds(900),
        };
        self.inventory.reserve(&self.ctx, request).await
    }

    async fn held(&self, number: u128) -> Vec<i64> {
        self.place_levels(number, None).await.iter().map(|level| level.reserved + level.allocated).collect()
    }

    async fn damage(
        &self,
        step: DamageStep,
        quantity: i64,
    ) -> souk_contract::Result<souk_contract::StockLevel> {
        let request = MoveDamaged {
            variant_id: variant(1),
            location_id: None,
            step,
            quantity,
            reason: "fell down".into(),
        };
        self.stockroom.move_damaged(&self.ctx, request).await
    }
}

fn is<T: std::fmt::Debug>(result: &souk_contract::Result<T>, code: &str) -> bool {
    matches!(result, Err(Error::Conflict { code: found, .. }) if found == code)
}

each_engine! {
    async fn one_place_serves_a_line_where_it_can_and_else_they_share_it(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 2).await;
        let (main, store) = (shelf.main().await, shelf.place("Store").await);
        shelf.put_at(1, store, 5).await;
        assert_eq!((shelf.level(1).await.on_hand, shelf.level(1).await.available), (7, 7));
        shelf.reserve(&kit, 1, 3).await.expect("the store has them");
        assert_eq!(shelf.held(1).await, [0, 3]);
        shelf.reserve(&kit, 2, 1).await.expect("main is preferred");
        assert_eq!(shelf.held(1).await, [1, 3]);
        shelf.reserve(&kit, 3, 3).await.expect("together they have three");
        assert_eq!(shelf.held(1).await, [2, 5]);
        assert!(is(&shelf.reserve(&kit, 4, 1).await, "out_of_stock"));
        shelf.inventory.release(&shelf.ctx, reservation(1)).await.expect("released");
        assert_eq!(shelf.held(1).await, [2, 2]);
        assert_eq!(shelf.at(1, main).await.expect("a level").available, 0);
        shelf.assert_books_agree().await;
    }

    async fn the_order_of_places_is_the_order_of_preference(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 5).await;
        let (main, store) = (shelf.main().await, shelf.place("Store").await);
        shelf.put_at(1, store, 5).await;
        let wrong = shelf.stockroom.order_locations(&shelf.ctx, vec![store]).await;
        assert!(matches!(wrong, Err(Error::Invalid { .. })), "{wrong:?}");
        let ordered = shelf.stockroom.order_locations(&shelf.ctx, vec![store, main]).await.expect("ordered");
        assert_eq!(ordered.iter().map(|place| place.id).collect::<Vec<_>>(), [store, main]);
        shelf.reserve(&kit, 1, 1).await.expect("held");
        assert_eq!(shelf.at(1, store).await.expect("a level").reserved, 1);
    }

    async fn a_parcel_leaves_from_where_its_pieces_were_promised(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 1).await;
        let (main, store) = (shelf.main().await, shelf.place("Store").await);
        shelf.put_at(1, store, 4).await;
        shelf.reserve(&kit, 1, 3).await.expect("the store has them");
        shelf.inventory.commit(&shelf.ctx, reservation(1), order(1)).await.expect("committed");
        shelf.ship(1, 2).await;
        let left = shelf.at(1, store).await.expect("a level");
        assert_eq!((left.on_hand, left.allocated, left.available), (2, 1, 1));
        assert_eq!(shelf.at(1, main).await.expect("a level").on_hand, 1);
        shelf.assert_books_agree().await;
    }

    async fn a_place_is_switched_off_once_it_is_empty(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 1).await;
        let store = shelf.stockroom.put_location(&shelf.ctx, None, input("Store"), None).await.expect("a place");
        let off = LocationInput { active: false, ..input("Store") };
        shelf.put_at(1, store.id, 1).await;
        let full = shelf.stockroom.put_location(&shelf.ctx, Some(store.id), off.clone(), Some(1)).await;
        assert!(is(&full, "not_empty"), "{full:?}");
        shelf.put_at(1, store.id, 0).await;
        let store = shelf.stockroom.put_location(&shelf.ctx, Some(store.id), off.clone(), Some(1)).await.expect("off");
        assert!(!store.active && store.version == 2);
        let stale = shelf.stockroom.put_location(&shelf.ctx, Some(store.id), off, Some(1)).await;
        assert!(is(&stale, "stale_version"));
        let adjust = AdjustStock {
            variant_id: variant(1), location_id: Some(store.id), delta: 1, reason: "found".into(), if_version: None,
        };
        assert!(is(&shelf.inventory.adjust(&shelf.ctx, adjust).await, "location_off"));
        shelf.put_at(1, shelf.main().await, 0).await;
        let last = LocationInput { active: false, ..input("Main") };
        let last = shelf.stockroom.put_location(&shelf.ctx, Some(shelf.main().await), last, None).await;
        assert!(is(&last, "last_location"), "{last:?}");
        let taken = shelf.stockroom.put_location(&shelf.ctx, None, input("store"), None).await;
        assert!(is(&taken, "name_taken"));
    }

    async fn a_renamed_first_place_stays_the_only_one_after_a_start(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 1).await;
        let main = shelf.main().await;
        shelf.stockroom.put_location(&shelf.ctx, Some(main), input("Berlin"), Some(1)).await.expect("renamed");
        souk_inventory::LocalInventory::new(kit.kit(), shelf.db.clone(), shelf.shop.clone()).await.expect("started again");
        let places = shelf.stockroom.locations(&shelf.ctx).await.expect("places");
        assert_eq!(places.iter().map(|place| place.name.as_str()).collect::<Vec<_>>(), ["Berlin"]);
    }

    async fn without_a_place_a_number_is_the_sum_and_the_preferred_one_takes_the_difference(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 2).await;
        let store = shelf.place("Store").await;
        shelf.put_at(1, store, 5).await;
        let shelf = shelf.with(1, 7).await;
        assert_eq!(shelf.at(1, shelf.main().await).await.expect("a level").on_hand, 2);
        let shelf = shelf.with(1, 8).await;
        assert_eq!(shelf.at(1, shelf.main().await).await.expect("a level").on_hand, 3);
        assert_eq!(shelf.at(1, store).await.expect("a level").on_hand, 5);
        shelf.assert_books_agree().await;
    }

    async fn damaged_pieces_are_there_but_not_for_sale(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 5).await;
        let level = shelf.damage(DamageStep::Mark, 3).await.expect("marked");
        assert_eq!((level.on_hand, level.available, level.damaged), (2, 2, 3));
        assert!(is(&shelf.damage(DamageStep::Mark, 3).await, "too_few"));
        let level = shelf.damage(DamageStep::Restore, 1).await.expect("restored");
        assert_eq!((level.on_hand, level.damaged), (3, 2));
        let level = shelf.damage(DamageStep::WriteOff, 2).await.expect("written off");
        assert_eq!((level.on_hand, level.damaged), (3, 0));
        assert!(is(&shelf.damage(DamageStep::WriteOff, 1).await, "too_few"));
        let page = PageRequest::default();
        let moved = shelf.inventory.movements(&shelf.ctx, variant(1), &page).await.expect("movements").items;
        let kinds: Vec<&str> = moved.iter().map(|movement| movement.kind.as_str()).collect();
        assert_eq!(kinds, ["written_off", "restored", "damaged", "adjusted"]);
        assert_eq!((moved[0].damaged_delta, moved[2].on_hand_delta), (-2, -3));
        shelf.assert_books_agree().await;
    }

    async fn a_past_moment_is_the_fold_of_the_ledger_until_then(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 5).await;
        let before = kit.now();
        kit.later(3600);
        let store = shelf.place("Store").await;
        shelf.put_at(1, store, 4).await;
        shelf.reserve(&kit, 1, 2).await.expect("held");
        let past = shelf.place_levels(1, Some(before)).await;
        assert_eq!(past.len(), 1);
        assert_eq!((past[0].on_hand, past[0].reserved, past[0].available), (5, 0, 5));
        let now = shelf.place_levels(1, Some(kit.now())).await;
        assert_eq!(now, shelf.place_levels(1, None).await);
        let earlier = shelf.place_levels(1, Some(before.plus_seconds(-10))).await;
        assert_eq!(earlier, []);
    }

    async fn levels_are_listed_page_by_page(kit: TestKit) {
        let mut shelf = Shelf::new(&kit).await;
        for number in 1..=5 {
            shelf = shelf.with(number, 1).await;
        }
        let store = shelf.place("Store").await;
        shelf.put_at(3, store, 1).await;
        let mut query = LevelQuery { limit: Some(2), ..LevelQuery::default() };
        let mut seen = Vec::new();
        loop {
            let page = shelf.stockroom.place_levels(&shelf.ctx, &query).await.expect("a page");
            seen.extend(page.items.iter().map(|level| level.variant_id));
            let Some(next) = page.next else { break };
            query.after = Some(next.parse().expect("an id"));
        }
        assert_eq!(seen, [1, 2, 3, 3, 4, 5].map(variant));
        let query = LevelQuery { location_id: Some(store), ..LevelQuery::default() };
        let there = shelf.stockroom.place_levels(&shelf.ctx, &query).await.expect("a page").items;
        assert_eq!(there.iter().map(|level| level.variant_id).collect::<Vec<_>>(), [variant(3)]);
    }

    async fn of_many_buyers_at_two_places_as_many_get_one_as_there_are_pieces(kit: TestKit) {
        let shelf = std::sync::Arc::new(Shelf::new(&kit).await.with(1, 20).await);
        let store = shelf.place("Store").await;
        shelf.put_at(1, store, 20).await;
        let buyers = (0..60_u128).map(|id| {
            let shelf = std::sync::Arc::clone(&shelf);
            let request = Reserve {
                reservation_id: reservation(id), lines: vec![line(1, 1)], expires_at: kit.now().plus_seconds(900),
            };
            tokio::spawn(async move { shelf.inventory.reserve(&shelf.ctx, request).await.is_ok() })
        });
        let got = futures::future::join_all(buyers).await.into_iter().filter(|got| matches!(got, Ok(true))).count();
        assert_eq!(got, 40);
        assert_eq!(shelf.held(1).await, [20, 20]);
        shelf.assert_books_agree().await;
    }

    async fn a_role_changes_stock_only_where_it_reaches(kit: TestKit) {
        let mut shelf = Shelf::new(&kit).await;
        let (main, store) = (shelf.main().await, shelf.place("Store").await);
        shelf.put_at(1, main, 10).await;
        shelf.put_at(1, store, 5).await;
        let clerk = Actor::Staff {
            id: kit.kit().ids.next(),
            grants: Preset::Fulfilment.grants(),
            reach: Reach::only([store]),
            session: None,
        };
        shelf.ctx = Ctx::guest("clerk").with_actor(clerk);
        let adjust = |location_id| {
            let request =
                AdjustStock { variant_id: variant(1), location_id, delta: 1, reason: "found".into(), if_version: None };
            shelf.inventory.adjust(&shelf.ctx, request)
        };
        adjust(Some(store)).await.expect("hers");
        let denied = |error: Error| assert!(matches!(error, Error::Denied { .. }), "{error:?}");
        denied(adjust(Some(main)).await.expect_err("not hers"));
        denied(adjust(None).await.expect_err("what is not named is the first location"));
        denied(shelf.damage(DamageStep::Mark, 1).await.expect_err("not hers"));
        let levels = shelf.place_levels(1, None).await;
        assert_eq!(levels.iter().map(|level| level.on_hand).collect::<Vec<_>>(), [10, 6], "and nothing moved");

        let room = &shelf.stockroom;
        denied(room.put_location(&shelf.ctx, None, input("Own"), None).await.expect_err("a new one"));
        denied(room.put_location(&shelf.ctx, Some(main), input("Mine"), None).await.expect_err("not hers"));
        let count =
            |location_id| OpenCount { location_id, note: String::new(), vendor: None, product_type: None };
        denied(room.open_count(&shelf.ctx, count(main)).await.expect_err("not hers"));
        let elsewhere = room.put_supply(&shelf.ctx, None, purchase(main, &[(1, 2)]), None).await;
        denied(elsewhere.expect_err("not hers"));
        // She plans what comes to her; whoever works there sends it.
        let planned = room.put_supply(&shelf.ctx, None, transfer(main, store, &[(1, 2)]), None).await.expect("planned");
        let sent = room.move_supply(&shelf.ctx, planned.id, SupplyState::Ready, None).await;
        denied(sent.expect_err("not from there"));
    }
}
