//! Orders that staff write: they become one order each, whatever is sent twice, refused or cut off.

use souk_contract::{
    Actor, AgreedPrice, AuditQuery, ChangeDraft, CreateStaff, Ctx, Currency, Draft, DraftLine, DraftState,
    Error, MANUAL_PAYMENT, Money, OrderPaymentStatus, OrderStatus, PageRequest, PlaceDraft, PlaceOrder,
    Preset, VariantId,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::shop::{TestShop, address, eur, is_conflict};

impl TestShop {
    async fn member(&self, preset: Preset) -> Ctx {
        let request = CreateStaff {
            email: format!("{}@example.com", preset.as_str()),
            name: preset.as_str().to_owned(),
            role: preset.into(),
        };
        let made = self.services.staffing.create_staff(&self.system, request).await.expect("staff");
        let actor = Actor::staff(made.id, preset.grants());
        Ctx::guest("draft").with_actor(actor)
    }

    /// With everything that an order needs.
    async fn full_draft(&self, ctx: &Ctx, variant: VariantId, quantity: i64) -> Draft {
        let drafts = &self.services.drafts;
        let draft = drafts.create_draft(ctx).await.expect("a draft");
        let whom = ChangeDraft {
            email: Some("ada@example.com".to_owned()),
            shipping_address: Some(address()),
            lines: Some(vec![DraftLine { variant_id: variant, quantity }]),
            ..ChangeDraft::default()
        };
        let draft = drafts.change_draft(ctx, draft.id, whom, Some(draft.version)).await.expect("filled");
        assert_eq!(draft.delivery_options.len(), 1, "{draft:?}");
        let delivery = ChangeDraft { delivery: Some(self.delivery), ..ChangeDraft::default() };
        drafts.change_draft(ctx, draft.id, delivery, Some(draft.version)).await.expect("delivered")
    }
}

fn place(draft: &Draft, received: bool) -> PlaceDraft {
    PlaceDraft {
        payment_method: MANUAL_PAYMENT.to_owned(),
        received,
        expected_total: Some(draft.cart.totals.total),
    }
}

each_engine! {
    async fn a_phone_order_is_placed_once_and_paid(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let owner = shop.member(Preset::Owner).await;
        let lamp = shop.sell("lamp", 4900, 10).await;
        let draft = shop.full_draft(&owner, lamp, 2).await;
        assert_eq!(draft.cart.requirements, []);
        assert_eq!(draft.cart.token, "", "nobody else shall hold the cart");
        assert_eq!(draft.cart.totals.total, eur(2 * 4900 + crate::shop::DELIVERY));
        let offered: Vec<&str> = draft.payment_methods.iter().map(|one| one.code.as_str()).collect();
        assert!(offered.contains(&MANUAL_PAYMENT) && !offered.contains(&"test"), "{offered:?}");
        let drafts = &shop.services.drafts;
        let listed = drafts.drafts(&owner, &PageRequest::default()).await.expect("a list").items;
        assert_eq!((listed.len(), listed[0].item_count, listed[0].name.as_str()), (1, 2, "Ada Lovelace"));

        let order = drafts.place_draft(&owner, draft.id, place(&draft, true), Some(draft.version)).await.expect("an order");
        let again = drafts.place_draft(&owner, draft.id, place(&draft, true), None).await.expect("the same");
        assert_eq!(order.id, again.id);
        shop.carry().await;
        let paid = shop.services.orders.get(&owner, order.id).await.expect("the order");
        assert_eq!((paid.payment_status, paid.status), (OrderPaymentStatus::Paid, OrderStatus::Open));
        assert_eq!(shop.available(lamp).await, 8);
        assert_eq!(shop.orders().await, 1);
        let after = drafts.draft(&owner, draft.id).await.expect("the draft");
        assert_eq!((after.state, after.order_id), (DraftState::Placed, Some(order.id)));
        assert!(drafts.drafts(&owner, &PageRequest::default()).await.expect("a list").items.is_empty());
        let late = ChangeDraft { note: Some("late".to_owned()), ..ChangeDraft::default() };
        let late = drafts.change_draft(&owner, draft.id, late, None).await;
        assert!(is_conflict(&late, "draft_closed"), "{late:?}");
        let history = AuditQuery { object: Some("order".into()), object_id: Some(order.id.uuid()), ..AuditQuery::default() };
        let history = shop.services.audit.entries(&owner, &history).await.expect("a history").items;
        assert!(history.iter().any(|entry| entry.action == "order.placed_by_staff"), "{history:?}");
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
    }

    async fn what_is_refused_can_be_mended_and_placed(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let owner = shop.member(Preset::Owner).await;
        let lamp = shop.sell("lamp", 4900, 3).await;
        let draft = shop.full_draft(&owner, lamp, 3).await;
        // Somebody buys one meanwhile.
        let cart = shop.full_cart(lamp, 1).await;
        shop.pay(shop.checkout(), &cart, "tok_success").await.expect("an order");
        let drafts = &shop.services.drafts;
        let refused = drafts.place_draft(&owner, draft.id, place(&draft, false), None).await;
        assert!(is_conflict(&refused, "out_of_stock"), "{refused:?}");
        let now = drafts.draft(&owner, draft.id).await.expect("the draft");
        assert_eq!((now.state, now.cart.lines.len()), (DraftState::Open, 1), "nothing is lost");
        let fewer = ChangeDraft { lines: Some(vec![DraftLine { variant_id: lamp, quantity: 2 }]), ..ChangeDraft::default() };
        let stale = drafts.change_draft(&owner, draft.id, fewer.clone(), Some(draft.version)).await;
        assert!(is_conflict(&stale, "stale_version"), "{stale:?}");
        let mended = drafts.change_draft(&owner, draft.id, fewer, Some(now.version)).await.expect("mended");
        let other_total = drafts.place_draft(&owner, draft.id, place(&draft, false), None).await;
        assert!(is_conflict(&other_total, "total_changed"), "{other_total:?}");
        let order = drafts.place_draft(&owner, draft.id, place(&mended, false), None).await.expect("an order");
        assert_eq!((order.payment_status, order.status), (OrderPaymentStatus::None, OrderStatus::Pending));
        assert_eq!(shop.available(lamp).await, 0);
        shop.carry().await;
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
    }

    async fn what_was_agreed_upon_is_what_is_paid(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let owner = shop.member(Preset::Owner).await;
        let (lamp, vase) = (shop.sell("lamp", 4900, 10).await, shop.sell("vase", 2000, 10).await);
        let drafts = &shop.services.drafts;
        let draft = shop.full_draft(&owner, lamp, 2).await;
        let agree = |variant_id, price: Option<i64>| ChangeDraft {
            prices: Some(vec![AgreedPrice { variant_id, price: price.map(|minor| Money::new(minor, Currency::EUR)) }]),
            ..ChangeDraft::default()
        };
        for (wrong, field) in [(agree(vase, Some(100)), "prices[0].variant_id"), (agree(lamp, Some(-1)), "price")] {
            match drafts.change_draft(&owner, draft.id, wrong, None).await {
                Err(Error::Invalid { fields }) => assert_eq!(fields[0].field, field),
                other => panic!("{other:?}"),
            }
        }
        let cheaper = drafts.change_draft(&owner, draft.id, agree(lamp, Some(4000)), None).await.expect("agreed");
        assert_eq!((cheaper.cart.lines[0].unit_price.minor, cheaper.cart.totals.subtotal.minor), (4000, 8000));
        assert_eq!(cheaper.cart.lines[0].compare_at.map(|usual| usual.minor), Some(4900));
        let more = ChangeDraft { lines: Some(vec![DraftLine { variant_id: lamp, quantity: 3 }]), ..ChangeDraft::default() };
        let more = drafts.change_draft(&owner, draft.id, more, None).await.expect("more");
        assert_eq!((more.cart.totals.subtotal.minor, more.cart.warnings.len()), (12_000, 0), "it stays");
        let usual = drafts.change_draft(&owner, draft.id, agree(lamp, None), None).await.expect("as usual");
        assert_eq!((usual.cart.totals.subtotal.minor, usual.cart.lines[0].compare_at), (14_700, None));
        let free = drafts.change_draft(&owner, draft.id, agree(lamp, Some(0)), None).await.expect("a present");
        assert_eq!(free.cart.totals.subtotal.minor, 0);
        let last = drafts.change_draft(&owner, draft.id, agree(lamp, Some(4500)), None).await.expect("agreed");
        let order = drafts.place_draft(&owner, draft.id, place(&last, true), None).await.expect("an order");
        assert_eq!((order.lines[0].unit_price.minor, order.subtotal.minor), (4500, 13_500));
        let query = AuditQuery { object: Some("draft".into()), ..AuditQuery::default() };
        let log = shop.services.audit.entries(&owner, &query).await.expect("a log").items;
        let said = |entry: &souk_contract::AuditEntry| entry.changes.iter().any(|change| change.field == "prices");
        assert!(log.iter().any(said), "{log:?}");
        shop.carry().await;
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
    }

    async fn many_who_place_one_draft_make_one_order(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let owner = shop.member(Preset::Owner).await;
        let lamp = shop.sell("lamp", 4900, 10).await;
        let draft = shop.full_draft(&owner, lamp, 1).await;
        let all = (0..8).map(|_| shop.services.drafts.place_draft(&owner, draft.id, place(&draft, true), None));
        let placed = futures::future::join_all(all).await;
        let first = placed[0].as_ref().expect("an order").id;
        assert!(placed.iter().all(|one| one.as_ref().is_ok_and(|order| order.id == first)), "{placed:?}");
        assert_eq!((shop.orders().await, shop.available(lamp).await), (1, 9));
    }

    async fn an_order_whose_draft_was_cut_off_is_found_again(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let owner = shop.member(Preset::Owner).await;
        let lamp = shop.sell("lamp", 4900, 10).await;
        let draft = shop.full_draft(&owner, lamp, 1).await;
        let order = shop.services.drafts.place_draft(&owner, draft.id, place(&draft, false), None).await.expect("an order");
        // As a crash right after the order would have left it.
        shop.plant("orders", "update draft_order set state = 'open', order_id = null, version = version - 1").await;
        let shown = shop.services.drafts.draft(&owner, draft.id).await.expect("the draft");
        assert_eq!((shown.state, shown.order_id), (DraftState::Placed, Some(order.id)));
        let again = shop.services.drafts.place_draft(&owner, draft.id, place(&draft, false), None).await.expect("the same");
        assert_eq!((again.id, shop.orders().await), (order.id, 1));
    }

    async fn a_draft_is_put_away_and_taken_up_again(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let owner = shop.member(Preset::Owner).await;
        let lamp = shop.sell("lamp", 4900, 10).await;
        let draft = shop.full_draft(&owner, lamp, 1).await;
        let drafts = &shop.services.drafts;
        let away = drafts.discard_draft(&owner, draft.id, Some(draft.version)).await.expect("put away");
        assert_eq!(away.state, DraftState::Discarded);
        let placed = drafts.place_draft(&owner, draft.id, place(&draft, false), None).await;
        assert!(is_conflict(&placed, "draft_closed"), "{placed:?}");
        let back = drafts.reopen_draft(&owner, draft.id).await.expect("taken up");
        assert_eq!((back.state, back.cart.lines.len()), (DraftState::Open, 1));
    }

    async fn nobody_but_staff_pays_outside_the_shop(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let analyst = shop.member(Preset::Analyst).await;
        let owner = shop.member(Preset::Owner).await;
        let packer = shop.member(Preset::Fulfilment).await;
        let lamp = shop.sell("lamp", 4900, 10).await;
        let cart = shop.full_cart(lamp, 1).await;
        let request = PlaceOrder {
            cart_token: cart.token.clone(),
            payment_method: MANUAL_PAYMENT.to_owned(),
            payment_token: None,
            expected_total: None,
        };
        let placed = shop.place(&shop.guest, shop.checkout(), request).await;
        assert!(matches!(placed, Err(souk_contract::Error::Invalid { .. })), "{placed:?}");
        let offered = shop.services.payments.methods(&shop.guest, eur(100), None).await.expect("methods");
        assert!(offered.iter().all(|method| method.code != MANUAL_PAYMENT), "{offered:?}");
        let drafts = &shop.services.drafts;
        for refused in [drafts.create_draft(&shop.guest).await, drafts.create_draft(&analyst).await] {
            assert!(refused.is_err(), "{refused:?}");
        }
        let draft = shop.full_draft(&owner, lamp, 1).await;
        let received = drafts.place_draft(&packer, draft.id, place(&draft, true), None).await;
        assert!(matches!(received, Err(souk_contract::Error::Denied { .. })), "{received:?}");
        assert_eq!(shop.orders().await, 0);
    }
}
