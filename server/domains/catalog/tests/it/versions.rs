//! Versions, and publishing at a moment that was set.

use souk_contract::{
    Actor, BulkAction, BulkEdit, BulkSelection, Catalog, ChangeOptions, ChangedOption, ChangedValue, Ctx,
    Error, Grants, PageRequest, ProductRecord, ProductStatus, PutProduct, Result, SetSchedule, StoreMedia,
    VersionKind,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::shop::{Shop, eur, picture, product, sized};

fn code<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(Error::Conflict { code, .. }) => code,
        Err(Error::Invalid { fields }) => format!("{}: {}", fields[0].field, fields[0].code),
        Err(Error::NotFound { what }) => format!("no {what}"),
        other => panic!("{other:?}"),
    }
}

fn member(kit: &TestKit) -> Ctx {
    let actor = Actor::staff(kit.kit().ids.next(), Grants::everything());
    Ctx::guest("test").with_actor(actor)
}

impl Shop {
    async fn record(&self, handle: &str) -> ProductRecord {
        let found =
            self.catalog.products_by_handle(&self.system, &[handle.to_owned()]).await.expect("records");
        found.into_iter().next().expect("the product")
    }

    async fn change(&self, ctx: &Ctx, handle: &str, change: impl FnOnce(&mut souk_contract::ProductInput)) {
        let record = self.record(handle).await;
        let mut product = record.input;
        change(&mut product);
        let request = PutProduct { id: Some(record.id), product, if_version: Some(record.version) };
        self.catalog.put_product(ctx, request).await.expect("changed");
    }
}

fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(8, 8).write_to(&mut bytes, image::ImageFormat::Png).expect("a picture");
    bytes.into_inner()
}

each_engine! {
    async fn each_save_is_kept_compared_and_brought_back(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let me = member(&kit);
        let mut first = sized("shirt", &["S", "M"]);
        first.media.push(picture("shirt.png"));
        shop.put(first.clone()).await;
        let made = shop.record("shirt").await;
        shop.catalog.store_media(&shop.system, StoreMedia { id: made.media_ids[0], bytes: png() }).await.expect("stored");
        shop.change(&me, "shirt", |product| {
            product.title = "Better shirt".to_owned();
            product.variants[0].price = eur(1500);
        }).await;
        shop.change(&me, "shirt", |product| {
            product.media.clear();
            product.variants.truncate(1);
            product.options[0].values.truncate(1);
            product.status = ProductStatus::Draft;
        }).await;
        let page = PageRequest::default();
        let versions = shop.catalog.product_versions(&me, made.id, &page).await.expect("versions").items;
        let told: Vec<_> = versions.iter().map(|one| (one.number, one.kind, one.staff_id.is_some(), one.fields.clone())).collect();
        let words = |all: &[&str]| all.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            told,
            [
                (3, VersionKind::Updated, true, words(&["media", "options", "status", "variant M"])),
                (2, VersionKind::Updated, true, words(&["title", "variant S"])),
                (1, VersionKind::Created, false, vec![]),
            ]
        );
        let changes = shop.catalog.compare_versions(&me, made.id, 1, 2).await.expect("changes");
        assert_eq!((changes[0].before.as_deref(), changes[0].after.as_deref()), (Some("shirt"), Some("Better shirt")));
        assert_eq!(shop.catalog.product_version(&me, made.id, 1).await.expect("the first"), first);
        assert_eq!(code(shop.catalog.product_version(&me, made.id, 9).await), "no version");

        assert_eq!(code(shop.catalog.restore_version(&me, made.id, 1, Some(1)).await), "stale_version");
        shop.catalog.restore_version(&me, made.id, 1, None).await.expect("restored");
        let back = shop.record("shirt").await;
        first.status = ProductStatus::Draft;
        assert_eq!(back.input, first, "as it was, save for its status");
        assert_eq!(back.variant_ids, made.variant_ids, "stock and orders still find them");
        let pending = shop.catalog.pending_media(&me, None, 10).await.expect("pictures");
        assert!(pending.is_empty(), "the picture is there without being sent again");
        let now = shop.catalog.product_versions(&me, made.id, &page).await.expect("versions").items.remove(0);
        assert_eq!((now.number, now.kind, now.restored_from), (4, VersionKind::Restored, Some(1)));
    }

    async fn options_change_and_the_variants_stay(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let me = member(&kit);
        shop.put(sized("shirt", &["S", "M", "L"])).await;
        let made = shop.record("shirt").await;
        let value = |from: Option<&str>, name: &str| ChangedValue { from: from.map(str::to_owned), name: name.to_owned(), swatch: None };
        let size = ChangedOption { from: Some("Size".to_owned()), name: "Fit".to_owned(), values: vec![value(Some("L"), "Large"), value(Some("S"), "Small"), value(None, "Tiny")] };
        let colour = ChangedOption { from: None, name: "Colour".to_owned(), values: vec![value(None, "Red"), value(None, "Blue")] };
        let change = ChangeOptions { options: vec![size, colour], fill: true };
        assert_eq!(code(shop.catalog.change_options(&me, made.id, change.clone(), Some(9)).await), "stale_version");
        shop.catalog.change_options(&me, made.id, change, Some(made.version)).await.expect("changed");
        let now = shop.record("shirt").await;
        let named: Vec<_> = now.input.variants.iter().map(|one| one.options.join("/")).collect();
        assert_eq!(named, ["Small/Red", "Large/Red", "Large/Blue", "Small/Blue", "Tiny/Red", "Tiny/Blue"]);
        assert_eq!(now.variant_ids[..2], [made.variant_ids[0], made.variant_ids[2]]);
        // Back to what it was: also the one that had gone has its old id.
        shop.catalog.restore_version(&me, made.id, 1, None).await.expect("restored");
        let back = shop.record("shirt").await;
        assert_eq!((back.input, back.variant_ids), (made.input, made.variant_ids));
        let gone = ChangeOptions { options: vec![], fill: false };
        shop.catalog.change_options(&me, made.id, gone, None).await.expect("changed");
        assert_eq!(shop.record("shirt").await.variant_ids, now.variant_ids[..1]);
    }

    async fn a_product_from_before_there_were_versions_keeps_what_it_was(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        shop.put(product("mug")).await;
        let mut tx = shop.db.begin().await.expect("a transaction");
        tx.query("delete from product_version").execute().await.expect("gone");
        tx.commit().await.expect("committed");
        let id = shop.record("mug").await.id;
        shop.put_all(vec![souk_contract::ProductInput { title: "Cup".to_owned(), ..product("mug") }]).await;
        let page = PageRequest::default();
        let versions = shop.catalog.product_versions(&shop.system, id, &page).await.expect("versions").items;
        assert_eq!(versions.iter().map(|one| one.number).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(shop.catalog.product_version(&shop.system, id, 1).await.expect("the first").title, "mug");
    }

    async fn every_way_to_save_keeps_one_and_the_oldest_go(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        shop.put(product("mug")).await;
        let id = shop.record("mug").await.id;
        let edit = BulkEdit { selection: BulkSelection::default(), actions: vec![BulkAction::SetPrice { price: eur(1) }], expected: None };
        let run = shop.catalog.run_bulk(&shop.system, edit).await.expect("done");
        shop.catalog.undo_bulk(&shop.system, run.id).await.expect("taken back");
        shop.catalog.archive_product(&shop.system, id, None).await.expect("archived");
        let page = PageRequest { after: None, limit: Some(100) };
        let kinds: Vec<_> = shop.catalog.product_versions(&shop.system, id, &page).await.expect("versions").items.into_iter().map(|one| one.kind).collect();
        assert_eq!(kinds, [VersionKind::Archived, VersionKind::Edited, VersionKind::Edited, VersionKind::Created]);
        for number in 0..60 {
            shop.put(souk_contract::ProductInput { title: format!("Mug {number}"), ..product("mug") }).await;
        }
        let versions = shop.catalog.product_versions(&shop.system, id, &page).await.expect("versions").items;
        assert_eq!((versions.len(), versions[0].number), (50, 64));
        let first = PageRequest { after: None, limit: Some(7) };
        let seven = shop.catalog.product_versions(&shop.system, id, &first).await.expect("versions");
        assert_eq!((seven.items.len(), seven.next.as_deref()), (7, Some("58")));
        // The same again is no save.
        shop.put(souk_contract::ProductInput { title: "Mug 59".to_owned(), ..product("mug") }).await;
        assert_eq!(shop.catalog.product_versions(&shop.system, id, &page).await.expect("versions").items[0].number, 64);
    }

    async fn what_is_due_happens_once_however_many_servers_there_are(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let other = Shop::open(&kit).await;
        let me = member(&kit);
        shop.put(souk_contract::ProductInput { status: ProductStatus::Ready, ..product("mug") }).await;
        let id = shop.record("mug").await.id;
        let none = shop.catalog.product_schedule(&me, id).await.expect("a schedule");
        assert_eq!((none.version, none.publish_at), (0, None));
        let (soon, later) = (kit.now().plus_seconds(60), kit.now().plus_seconds(120));
        let set = |publish_at, unpublish_at| SetSchedule { publish_at, unpublish_at };
        let past = kit.now().plus_seconds(-1);
        assert_eq!(code(shop.catalog.set_schedule(&me, id, set(Some(past), None), None).await), "publish_at: out_of_range");
        assert_eq!(code(shop.catalog.set_schedule(&me, id, set(Some(later), Some(soon)), None).await), "unpublish_at: out_of_range");
        let schedule = shop.catalog.set_schedule(&me, id, set(Some(soon), Some(later)), Some(0)).await.expect("set");
        assert_eq!(code(shop.catalog.set_schedule(&me, id, set(None, None), Some(0)).await), "stale_version");
        assert_eq!(shop.catalog.run_schedules().await.expect("nothing"), 0);
        shop.heard().await;

        kit.later(60);
        let (one, two) = tokio::join!(shop.catalog.run_schedules(), other.catalog.run_schedules());
        assert_eq!(one.expect("done") + two.expect("done"), 1);
        assert_eq!(shop.record("mug").await.input.status, ProductStatus::Published);
        assert_eq!(shop.heard().await, ["catalog.product_changed"]);
        shop.product("mug").await;
        let versions = shop.catalog.product_versions(&me, id, &PageRequest::default()).await.expect("versions").items;
        assert_eq!((versions[0].kind, versions[0].staff_id.is_some()), (VersionKind::Published, true));
        let left = shop.catalog.product_schedule(&me, id).await.expect("a schedule");
        assert_eq!((left.publish_at, left.unpublish_at, left.version), (None, Some(later), schedule.version + 1));

        kit.later(60);
        assert_eq!(other.catalog.run_schedules().await.expect("done"), 1);
        assert_eq!(shop.record("mug").await.input.status, ProductStatus::Draft);
        assert_eq!(shop.catalog.run_schedules().await.expect("nothing"), 0);
        // The same product put again is no change: the schedule left the mark that an import looks at.
        let now = shop.record("mug").await.input;
        assert_eq!(shop.put_all(vec![now]).await, [souk_contract::Change::Unchanged]);
    }

    async fn what_was_cancelled_or_archived_stays_as_it_is(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        shop.put(souk_contract::ProductInput { status: ProductStatus::Draft, ..product("mug") }).await;
        shop.put(souk_contract::ProductInput { status: ProductStatus::Draft, ..product("jug") }).await;
        let (mug, jug) = (shop.record("mug").await.id, shop.record("jug").await.id);
        let soon = SetSchedule { publish_at: Some(kit.now().plus_seconds(60)), unpublish_at: None };
        shop.catalog.set_schedule(&shop.system, mug, soon, None).await.expect("set");
        shop.catalog.set_schedule(&shop.system, jug, soon, None).await.expect("set");
        shop.catalog.set_schedule(&shop.system, mug, SetSchedule::default(), None).await.expect("cancelled");
        shop.catalog.archive_product(&shop.system, jug, None).await.expect("archived");
        kit.later(61);
        assert_eq!(shop.catalog.run_schedules().await.expect("nothing"), 0);
        assert_eq!(shop.record("mug").await.input.status, ProductStatus::Draft);
        assert_eq!(shop.record("jug").await.input.status, ProductStatus::Archived);
        assert_eq!(shop.catalog.product_schedule(&shop.system, jug).await.expect("a schedule").publish_at, None);
    }
}
