//! Many products at once: seen before, done as a whole, taken back.

use souk_contract::{
    Actor, BulkAction, BulkEdit, BulkPlan, BulkPlanState, BulkSelection, Catalog, Ctx, Error, PageRequest,
    PlanBulk, Preset, ProductInput, ProductStatus, PutProduct, Result,
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

each_engine! {
    async fn a_sale_begins_and_ends_by_itself_once_however_many_servers_there_are(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let other = Shop::open(&kit).await;
        shop.put_all((0..300).map(|number| made(number, if number < 200 { "Tern" } else { "Gull" })).collect()).await;
        let before = shop.all().await;
        let me = Ctx::guest("t").with_actor(Actor::staff(kit.kit().ids.next(), Preset::Owner.grants()));
        let (soon, later) = (kit.now().plus_seconds(60), kit.now().plus_seconds(120));
        let sale = |run_at, undo_at| PlanBulk { selection: of_vendor("tern"), actions: SALE.to_vec(), run_at, undo_at };
        let refused = |result: Result<BulkPlan>| match result {
            Err(Error::Invalid { fields }) => fields[0].field.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(shop.catalog.plan_bulk(&me, sale(kit.now(), None)).await), "run_at");
        assert_eq!(refused(shop.catalog.plan_bulk(&me, sale(later, Some(soon))).await), "undo_at");
        let plan = shop.catalog.plan_bulk(&me, sale(soon, Some(later))).await.expect("planned");
        assert_eq!((plan.state, plan.run_id), (BulkPlanState::Planned, None));
        assert_eq!(shop.catalog.run_plans().await.expect("nothing is due"), 0);
        // Which products it changes is decided when it is done.
        shop.put(made(299, "Tern")).await;

        kit.later(60);
        let (one, two) = tokio::join!(shop.catalog.run_plans(), other.catalog.run_plans());
        assert_eq!(one.expect("done") + two.expect("done"), 1);
        assert_eq!((shop.price("thing-0001").await, shop.price("thing-0299").await.1), ((901, Some(1001)), Some(1299)));
        assert_eq!(shop.price("thing-0250").await, (1250, None));
        let plans = shop.catalog.bulk_plans(&me, &PageRequest::default()).await.expect("plans").items;
        assert_eq!((plans[0].id, plans[0].state), (plan.id, BulkPlanState::Active));
        let runs = shop.catalog.bulk_runs(&me, &PageRequest::default()).await.expect("runs").items;
        assert_eq!((Some(runs[0].id), runs[0].products, runs[0].staff_id.is_some()), (plans[0].run_id, 201, true));

        kit.later(60);
        let (one, two) = tokio::join!(shop.catalog.run_plans(), other.catalog.run_plans());
        assert_eq!(one.expect("taken back") + two.expect("taken back"), 1);
        let mut after = shop.all().await;
        after[299].vendor = "Gull".to_owned();
        assert_eq!(after, before);
        assert_eq!(shop.catalog.run_plans().await.expect("nothing"), 0);
        let plans = shop.catalog.bulk_plans(&me, &PageRequest::default()).await.expect("plans").items;
        assert_eq!((plans[0].state, &plans[0].problem), (BulkPlanState::Done, &None));
        assert!(is_conflict(&shop.catalog.cancel_bulk_plan(&me, plan.id).await, "over"));
    }

    async fn a_plan_that_is_cancelled_or_cannot_be_done_changes_nothing(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        shop.put_all((0..3).map(|number| made(number, "Tern")).collect()).await;
        let before = shop.all().await;
        let soon = kit.now().plus_seconds(60);
        let plan = |vendor: &str, undo_at| PlanBulk { selection: of_vendor(vendor), actions: SALE.to_vec(), run_at: soon, undo_at };
        let cancelled = shop.catalog.plan_bulk(&shop.system, plan("tern", None)).await.expect("planned");
        let nobody = shop.catalog.plan_bulk(&shop.system, plan("nobody", None)).await.expect("planned");
        let missed = shop.catalog.plan_bulk(&shop.system, plan("tern", Some(soon.plus_seconds(10)))).await.expect("planned");
        shop.catalog.cancel_bulk_plan(&shop.system, cancelled.id).await.expect("cancelled");
        kit.later(100);
        assert_eq!(shop.catalog.run_plans().await.expect("tried"), 0);
        assert_eq!(shop.all().await, before);
        let plans = shop.catalog.bulk_plans(&shop.system, &PageRequest::default()).await.expect("plans").items;
        let became: Vec<_> = plans.iter().map(|plan| (plan.id, plan.state, plan.problem.is_some())).collect();
        assert_eq!(became, [
            (missed.id, BulkPlanState::Failed, true),
            (nobody.id, BulkPlanState::Failed, true),
            (cancelled.id, BulkPlanState::Cancelled, false),
        ]);
        assert!(shop.catalog.bulk_runs(&shop.system, &PageRequest::default()).await.expect("runs").items.is_empty());

        // Taken back by hand before its end: the end finds nothing to do.
        let soon = kit.now().plus_seconds(60);
        let active = PlanBulk { selection: of_vendor("tern"), actions: SALE.to_vec(), run_at: soon, undo_at: Some(soon.plus_seconds(60)) };
        shop.catalog.plan_bulk(&shop.system, active.clone()).await.expect("planned");
        kit.later(61);
        assert_eq!(shop.catalog.run_plans().await.expect("done"), 1);
        let run = shop.catalog.bulk_runs(&shop.system, &PageRequest::default()).await.expect("runs").items.remove(0);
        shop.catalog.undo_bulk(&shop.system, run.id).await.expect("taken back");
        assert_eq!(shop.all().await, before);
        kit.later(61);
        shop.catalog.run_plans().await.expect("nothing to take back");
        let plans = shop.catalog.bulk_plans(&shop.system, &PageRequest::default()).await.expect("plans").items;
        assert_eq!(plans[0].state, BulkPlanState::Done);
        assert_eq!(shop.all().await, before);
        let reader = Ctx::guest("t").with_actor(Actor::staff(kit.kit().ids.next(), Preset::ReadOnly.grants()));
        assert!(shop.catalog.plan_bulk(&reader, active).await.is_err());
        assert!(shop.catalog.cancel_bulk_plan(&reader, plans[0].id).await.is_err());
    }
}
