//! What staff may write, and what becomes of it.

use souk_contract::{
    Actor, Ctx, Error, Event as _, LowStockChanged, PaperSize, Preset, Reach, Shopkeeping as _,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{Shop, faults, first};

fn staff(kit: &TestKit, preset: Preset) -> Ctx {
    let id = kit.kit().ids.next();
    Ctx::guest("staff").with_actor(Actor::Staff {
        id,
        grants: preset.grants(),
        reach: Reach::default(),
        session: None,
    })
}

async fn events(shop: &Shop) -> i64 {
    let mut conn = shop.db.read().await.expect("a connection");
    let query = conn.query("select cast(count(*) as bigint) from outbox where kind = $1");
    let (count,): (i64,) = query.bind(LowStockChanged::KIND).one().await.expect("a count");
    count
}

each_engine! {
    async fn the_configuration_fills_it_once(kit: TestKit) {
        let shop = Shop::new(&kit).await;
        let filled = shop.keeper.settings(&shop.ctx).await.expect("settings");
        assert_eq!((filled.version, &filled.input), (1, &first()));
        shop.change(|shop| shop.name = "  Tern & Tide ".into()).await.expect("written");
        let mut other = first();
        other.name = "From the file".into();
        let again = Shop::started_with(&kit, &other).await;
        assert_eq!(again.keeper.current().input.name, "Tern & Tide", "trimmed, and kept");
        assert_eq!(again.keeper.current().version, 2);
    }

    async fn a_change_holds_at_once_and_elsewhere_with_the_next_look(kit: TestKit) {
        let (here, elsewhere) = (Shop::new(&kit).await, Shop::new(&kit).await);
        let written = here.change(|shop| {
            shop.returns_days = 14;
            shop.paper_size = Some(PaperSize::Letter);
            shop.seller_address = vec![" Quay 7 ".into(), String::new(), "Hamburg".into()];
        });
        let written = written.await.expect("written");
        assert_eq!(*here.keeper.current(), written);
        assert_eq!(written.input.seller_address, ["Quay 7", "Hamburg"]);
        assert_eq!(elsewhere.keeper.current().input.returns_days, 30);
        elsewhere.keeper.refresh().await.expect("asked");
        assert_eq!(*elsewhere.keeper.current(), written);
    }

    async fn two_who_write_at_once_hear_of_each_other(kit: TestKit) {
        let shop = Shop::new(&kit).await;
        let input = first();
        let mut mine = input.clone();
        mine.phone = "+49 30 1234567".into();
        shop.keeper.write_settings(&shop.ctx, mine.clone(), Some(1)).await.expect("the first");
        let mut theirs = input;
        theirs.name = "Other".into();
        let stale = shop.keeper.write_settings(&shop.ctx, theirs, Some(1)).await;
        assert!(matches!(&stale, Err(Error::Conflict { code, .. }) if code == "stale_version"), "{stale:?}");
        let same = shop.keeper.write_settings(&shop.ctx, mine, Some(2)).await.expect("nothing to do");
        assert_eq!((same.version, events(&shop).await), (2, 0));
    }

    async fn each_wrong_field_is_named(kit: TestKit) {
        let shop = Shop::new(&kit).await;
        let refused = shop.change(|shop| {
            shop.name = String::new();
            shop.email = "x".into();
        });
        let named = [("name", "required"), ("email", "invalid")].map(|(field, code)| (field.into(), code.into()));
        assert_eq!(faults(refused.await), named);
        let refused = shop.change(|shop| shop.time_zone = "Europe/Atlantis".into()).await;
        assert_eq!(faults(refused), [("time_zone".into(), "invalid".into())]);
        assert_eq!(shop.keeper.current().version, 1);
    }

    async fn no_two_papers_are_called_alike(kit: TestKit) {
        let shop = Shop::new(&kit).await;
        let taken = |field: &str| vec![(field.to_owned(), "taken".to_owned())];
        assert_eq!(faults(shop.change(|shop| shop.credit_note_prefix = "inv-".into()).await), taken("credit_note_prefix"));
        let both = shop.change(|shop| {
            shop.invoice_prefix = "P-".into();
            shop.credit_note_prefix = "P-".into();
        });
        assert_eq!(faults(both.await).len(), 2);
        assert_eq!(
            faults(shop.change(|shop| shop.invoice_prefix = "2027".into()).await),
            [("invoice_prefix".into(), "invalid".into())],
            "2027 and 00001 would be 202700001, as 20 and 2700001 are"
        );
        shop.change(|shop| shop.invoice_prefix = "R-".into()).await.expect("a new one");
        assert_eq!(
            faults(shop.change(|shop| shop.credit_note_prefix = "INV-".into()).await),
            taken("credit_note_prefix"),
            "invoices had it"
        );
        let back = shop.change(|shop| shop.invoice_prefix = "INV-".into()).await.expect("its own again");
        assert_eq!(back.input.invoice_prefix, "INV-");
        let old = shop.change(|shop| shop.name = "Tern".into()).await.expect("other fields ask nothing of prefixes");
        assert_eq!(old.version, 4);
    }

    async fn a_prefix_from_the_configuration_stands_in_nobodys_way(kit: TestKit) {
        let mut input = first();
        input.invoice_prefix = "2026".into();
        input.credit_note_prefix = "2026".into();
        let shop = Shop::started_with(&kit, &input).await;
        shop.change(|shop| shop.name = "Tern".into()).await.expect("written");
        shop.change(|shop| shop.credit_note_prefix = "CN-".into()).await.expect("mended");
    }

    async fn stock_hears_of_another_number_and_of_nothing_else(kit: TestKit) {
        let shop = Shop::new(&kit).await;
        shop.change(|shop| shop.name = "Tern".into()).await.expect("written");
        assert_eq!(events(&shop).await, 0);
        shop.change(|shop| shop.low_stock = 8).await.expect("written");
        assert_eq!(events(&shop).await, 1);
    }

    async fn who_may_not_is_refused_and_who_did_is_written_down(kit: TestKit) {
        let shop = Shop::new(&kit).await;
        for ctx in [Ctx::guest("test"), staff(&kit, Preset::Fulfilment)] {
            let read = shop.keeper.settings(&ctx).await;
            assert!(matches!(read, Err(Error::Denied { .. } | Error::Unauthenticated { .. })), "{read:?}");
            let written = shop.keeper.write_settings(&ctx, first(), None).await;
            assert!(matches!(written, Err(Error::Denied { .. } | Error::Unauthenticated { .. })), "{written:?}");
        }
        let mut input = first();
        input.tax_id = "DE123456789".into();
        input.free_shipping_over = None;
        input.seller_address = vec!["Quay 7".into(), "Hamburg".into()];
        shop.keeper.write_settings(&staff(&kit, Preset::Owner), input, Some(1)).await.expect("written");
        let mut conn = shop.db.read().await.expect("a connection");
        let (action, words): (String, String) =
            conn.query("select action, words from audit").one().await.expect("one entry");
        assert_eq!((action.as_str(), words.as_str()), ("shop_settings.updated", "shop\nde123456789\n€60.00\nquay 7, hamburg"));
    }
}
