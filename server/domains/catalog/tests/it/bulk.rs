//! Many products at once: seen before, done as a whole, taken back.

use souk_contract::{
    Actor, BulkAction, BulkEdit, BulkSelection, Catalog, Ctx, Error, PageRequest, Preset, ProductInput,
    ProductStatus, PutProduct, Result,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::shop::{Shop, eur, product, sized, variant};

fn is_conflict<T>(result: &Result<T>, code: &str) -> bool {
    matches!(result, Err(Error::Conflict { code: found, .. }) if found == code)
}

fn edit(selection: BulkSelection, actions: &[BulkAction]) -> BulkEdit {
    BulkEdit { selection, actions: actions.to_vec(), expected: None }
}

fn of_vendor(vendor: &str) -> BulkSelection {
    BulkSelection { vendor: Some(vendor.to_owned()), ..BulkSelection::default() }
}

fn made(number: usize, vendor: &str) -> ProductInput {
    ProductInput {
        vendor: vendor.to_owned(),
        variants: vec![variant(&[], 1000 + number as i64)],
        ..product(&format!("thing-{number:04}"))
    }
}

const SALE: [BulkAction; 2] =
    [BulkAction::KeepPriceAsCompareAt, BulkAction::ChangePrice { basis_points: -1000, ending: None }];

impl Shop {
    async fn price(&self, handle: &str) -> (i64, Option<i64>) {
        let variant = self.product(handle).await.variants[0].clone();
        (variant.price.minor, variant.compare_at.map(|money| money.minor))
    }

    async fn all(&self) -> Vec<ProductInput> {
        let mut all = Vec::new();
        let mut page = PageRequest { after: None, limit: Some(100) };
        loop {
            let found = self.catalog.product_records(&self.system, &page).await.expect("records");
            all.extend(found.items.into_iter().map(|record| record.input));
            match found.next {
                Some(next) => page.after = Some(next),
                None => return all,
            }
        }
    }
}

each_engine! {
    async fn an_edit_is_seen_done_and_taken_back(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let products: Vec<ProductInput> =
            (0..700).map(|number| made(number, if number % 2 == 0 { "Tern" } else { "Gull" })).collect();
        shop.put_all(products).await;
        let before = shop.all().await;
        shop.heard().await;

        let sale = edit(of_vendor("tern"), &SALE);
        let preview = shop.catalog.preview_bulk(&shop.system, &sale, None).await.expect("a preview");
        assert_eq!((preview.matched, preview.products, preview.values, preview.warnings), (350, 350, 700, 0));
        let mut seen = preview.changes.clone();
        let mut next = preview.next;
        while let Some(after) = next {
            let page = shop.catalog.preview_bulk(&shop.system, &sale, Some(after)).await.expect("a page");
            assert_eq!(page.values, 700);
            seen.extend(page.changes);
            next = page.next;
        }
        assert_eq!(seen.len(), 700, "every value is shown once");
        assert_eq!((seen[0].before.as_str(), seen[0].after.as_str()), ("€10.00", "€9.00"));
        assert_eq!(shop.all().await, before, "looking changes nothing");

        let other = BulkEdit { expected: Some(699), ..sale.clone() };
        let refused = shop.catalog.run_bulk(&shop.system, other).await;
        assert!(is_conflict(&refused, "changed_meanwhile"), "{refused:?}");
        assert_eq!(shop.all().await, before, "all of it or nothing");
        let seen = BulkEdit { expected: Some(700), ..sale };
        let run = shop.catalog.run_bulk(&shop.system, seen).await.expect("done");
        assert_eq!((run.products, run.values), (350, 700));
        assert_eq!((shop.price("thing-0002").await, shop.price("thing-0003").await), ((902, Some(1002)), (1003, None)));
        let told = shop.heard().await;
        assert_eq!(told.iter().filter(|kind| *kind == "catalog.product_changed").count(), 350);

        // One of them was changed since: it stays as it is.
        let id = shop.product("thing-0004").await.id;
        let mut input = shop.catalog.product_record(&shop.system, id).await.expect("a record").input;
        input.variants[0].price = eur(1);
        shop.catalog.put_product(&shop.system, PutProduct { id: Some(id), product: input, if_version: None }).await.expect("changed");
        let undone = shop.catalog.undo_bulk(&shop.system, run.id).await.expect("taken back");
        assert_eq!((undone.restored, undone.kept), (699, 1));
        assert_eq!((shop.price("thing-0002").await, shop.price("thing-0004").await), ((1002, None), (1, None)));
        let mut after = shop.all().await;
        after[4].variants[0].price = eur(1004);
        assert_eq!(after, before);
        let twice = shop.catalog.undo_bulk(&shop.system, run.id).await;
        assert!(is_conflict(&twice, "undone"), "{twice:?}");
        let runs = shop.catalog.bulk_runs(&shop.system, &PageRequest::default()).await.expect("a history").items;
        assert_eq!(runs.len(), 1);
        assert!(runs[0].undone_at.is_some());
    }

    async fn what_an_import_would_see_is_what_it_sees(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let input = sized("shirt", &["S", "M"]);
        shop.put(input.clone()).await;
        let actions = [
            BulkAction::AddTags { tags: vec!["new".to_owned()] },
            BulkAction::Vendor { to: " Tern ".to_owned() },
            BulkAction::Status { to_status: ProductStatus::Draft },
            BulkAction::SetPrice { price: eur(500) },
        ];
        shop.catalog.run_bulk(&shop.system, edit(BulkSelection::default(), &actions)).await.expect("done");
        let now = shop.all().await.remove(0);
        assert_eq!((now.vendor.as_str(), now.status, now.tags.clone()), ("Tern", ProductStatus::Draft, vec!["new".to_owned()]));
        // The same again changes nothing: the edit left the mark that an import looks at.
        assert_eq!(shop.put_all(vec![now]).await, [souk_contract::Change::Unchanged]);
        assert_eq!(shop.put_all(vec![input]).await, [souk_contract::Change::Updated]);
        let nothing = edit(of_vendor("nobody"), &actions);
        let nothing = shop.catalog.run_bulk(&shop.system, nothing).await;
        assert!(is_conflict(&nothing, "nothing_to_do"), "{nothing:?}");
        let reader = Actor::staff(kit.kit().ids.next(), Preset::ReadOnly.grants());
        let reader = Ctx::guest("t").with_actor(reader);
        assert!(shop.catalog.run_bulk(&reader, edit(BulkSelection::default(), &actions)).await.is_err());
    }

    async fn chosen_ones_alone_change_and_unknown_ids_are_left_out(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        shop.put_all((0..600).map(|number| made(number, "Tern")).collect()).await;
        let mut ids = Vec::new();
        for number in (0..600).step_by(2) {
            ids.push(shop.product(&format!("thing-{number:04}")).await.id);
        }
        ids.extend((0..50).map(|_| kit.kit().ids.next()));
        let chosen = BulkSelection { ids, ..BulkSelection::default() };
        let run = shop.catalog.run_bulk(&shop.system, edit(chosen, &SALE)).await.expect("done");
        assert_eq!(run.products, 300);
        assert_eq!(shop.price("thing-0599").await, (1599, None));
    }
}
