//! Imports on a real catalogue and a real stock, on both engines.

mod export;
mod schema;
mod shop;
mod undo;

use souk_contract::{
    Actor, Ctx, Error, ImportChange, ImportState, ImportWork, Imports as _, Inventory as _, MapImport,
    PageRequest, Preset, ProductStatus, Resource,
};
use souk_kernel::{each_engine, testing::TestKit};

use shop::Shop;

pub const FILE: &str = "\
Handle,Title,Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Tracker,Variant Inventory Qty
mug,Mug,Clay,Size,Small,m-1,9.50,shopify,4
mug,,,,Large,m-2,11.00,shopify,2
jug,Jug,Clay,,,j-1,ten,,
card,Card,Clay,,,c-1,25.00,,
";

fn code<T: std::fmt::Debug>(result: souk_contract::Result<T>) -> String {
    match result {
        Err(Error::Conflict { code, .. }) => code,
        Err(Error::Invalid { fields }) => format!("{}: {}", fields[0].field, fields[0].code),
        Err(Error::Denied { .. }) => "denied".to_owned(),
        other => panic!("{other:?}"),
    }
}

each_engine! {
    async fn a_file_is_seen_tried_and_written(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let import = shop.upload("C:\\files\\shop.csv", FILE).await.expect("taken in");
        assert_eq!((import.file.as_str(), import.state, import.delimiter.as_str()), ("shop.csv", ImportState::Uploaded, ","));
        assert_eq!(import.bytes, FILE.len() as i64);
        assert!(import.columns.iter().all(|column| column.known));
        assert_eq!(import.columns[5].samples, ["m-1", "m-2", "j-1"]);
        assert_eq!(code(shop.imports.start(&shop.ctx, import.id, None).await), "not_checked");

        let import = shop.check(import.id, &[]).await;
        let would = import.would.expect("counts");
        assert_eq!((import.state, would.created, would.skipped, would.variants), (ImportState::Validated, 2, 1, 3));
        assert!(shop.records().await.is_empty(), "looking writes nothing");
        let issues = shop.issues(import.id).await;
        let bad = issues.iter().find(|issue| issue.is_error).expect("an error");
        assert_eq!((bad.line, bad.column.as_deref(), bad.value.as_str()), (4, Some("Variant Price"), "ten"));
        let products = shop.products(import.id).await;
        assert_eq!(products.iter().map(|one| one.change).collect::<Vec<_>>(), [ImportChange::Created, ImportChange::Skipped, ImportChange::Created]);
        assert!(products[0].product_id.is_none());

        assert!(shop.imports.start(&shop.ctx, import.id, Some(import.version - 1)).await.is_err(), "stale");
        let import = shop.write(import.id).await;
        let did = import.did.expect("counts");
        assert_eq!((import.state, did.created, did.skipped), (ImportState::CompletedWithErrors, 2, 1));
        let records = shop.records().await;
        assert_eq!(records.iter().map(|one| one.input.handle.as_str()).collect::<Vec<_>>(), ["card", "mug"]);
        assert_eq!(shop.on_hand(&records[1]).await, [4, 2]);
        assert_eq!(shop.products(import.id).await[0].product_id, Some(records[1].id));
        assert_eq!(code(shop.imports.map(&shop.ctx, import.id, MapImport::default(), None).await), "started");

        // The same again: nothing to do, and mended, only what is new.
        let again = shop.import_file(FILE, &[]).await;
        let did = again.did.expect("counts");
        assert_eq!((did.created, did.updated, did.unchanged, did.skipped), (0, 0, 2, 1));
        let mended = shop.import_file(&FILE.replace("ten", "10.00").replace("4\nmug", "7\nmug"), &[]).await;
        let did = mended.did.expect("counts");
        assert_eq!((mended.state, did.created, did.updated, did.unchanged), (ImportState::Completed, 1, 1, 1));
        let products = shop.products(mended.id).await;
        assert_eq!(products[0].fields, ["stock"]);
        let all = shop.imports.imports(&shop.ctx, &PageRequest::default()).await.expect("a list").items;
        assert_eq!(all.iter().map(|one| one.id).collect::<Vec<_>>(), [mended.id, again.id, import.id]);
    }

    async fn any_table_with_a_header_row_will_do(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let file = "Name;Colour;Stock;Costs;Shelf\nBowl;Red;3;4,50;A4\nBowl;Blue;1;4,50;A5\nPlate;White;9;7;B1\n";
        let import = shop.upload("table.csv", file).await.expect("taken in");
        assert_eq!(import.delimiter, ";");
        assert!(import.columns.iter().all(|column| !column.known && column.target == "keep"));
        let map = |columns: &[(&str, &str)]| MapImport {
            columns: columns.iter().map(|(name, target)| ((*name).to_owned(), (*target).to_owned())).collect(),
        };
        let refused = shop.imports.map(&shop.ctx, import.id, map(&[]), None).await;
        assert_eq!(code(refused), "columns: required");
        let refused = shop.imports.map(&shop.ctx, import.id, map(&[("Name", "Title"), ("Shelf", "Title")]), None).await;
        assert_eq!(code(refused), "columns.Shelf: duplicate");
        let refused = shop.imports.map(&shop.ctx, import.id, map(&[("Nome", "Title"), ("Name", "Nonsense")]), None).await;
        assert_eq!(code(refused), "columns.Name: invalid");
        let meant = [("Name", "Title"), ("Colour", "Option1 Value"), ("Stock", "Variant Inventory Qty"), ("Costs", "Variant Price")];
        let clerk = Preset::ALL.iter().map(|preset| preset.grants()).find(|grants| grants.allow(Resource::Catalog.write()) && !grants.allow(Resource::Inventory.write()));
        if let Some(grants) = clerk {
            let clerk = Ctx::guest("t").with_actor(Actor::staff(kit.kit().ids.next(), grants));
            assert_eq!(code(shop.imports.map(&clerk, import.id, map(&meant), None).await), "denied");
        }
        let import = shop.check(import.id, &meant).await;
        assert_eq!(import.would.expect("counts").created, 2, "{:?}", shop.issues(import.id).await);
        let import = shop.write(import.id).await;
        assert_eq!(import.state, ImportState::Completed);
        let records = shop.records().await;
        let bowl = &records[0];
        assert_eq!((bowl.input.handle.as_str(), bowl.input.options[0].name.as_str()), ("bowl", "Colour"));
        assert_eq!((bowl.input.variants[1].options[0].as_str(), bowl.input.variants[1].price.minor), ("Blue", 450));
        assert_eq!(bowl.input.extra["Shelf"], "A4");
        assert_eq!(shop.on_hand(bowl).await, [3, 1]);
    }

    async fn what_the_file_has_no_column_for_stays(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        shop.import_file(FILE, &[]).await;
        let before = shop.records().await.remove(1);
        let mut input = before.input.clone();
        input.description_html = "<p>Ours</p>".to_owned();
        input.status = ProductStatus::Draft;
        shop.put(before.id, input.clone()).await;
        let prices = shop.import_file("Handle,Title,Variant SKU,Variant Price\nmug,Mug,m-2,12.00\n", &[]).await;
        assert_eq!(prices.did.expect("counts").updated, 1, "{:?}", shop.issues(prices.id).await);
        let after = shop.records().await.remove(1);
        input.variants[1].price.minor = 1200;
        assert_eq!(after.input, input);
        assert_eq!(after.variant_ids, before.variant_ids);
        assert_eq!(shop.on_hand(&after).await, [4, 2]);
        let unknown = shop.import_file("Handle,Title,Variant SKU,Variant Price\nmug,Mug,m-9,12.00\n", &[]).await;
        assert_eq!(unknown.did.expect("counts").skipped, 1);
        assert!(shop.issues(unknown.id).await[0].reason.contains("none has the SKU"));
    }

    async fn a_file_that_is_none_of_ours_is_refused_and_leaves_nothing(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        for (bytes, why) in [
            (b"".as_slice(), "file: empty"),
            (b"PK\x03\x04zip", "file: not_csv"),
            (b"Title\nMug\n", "file: not_csv"),
            (b"Title,Price\nB\xFCrste,1\n", "file: not_utf8"),
            (b"Title,Price\nMug,\0\n", "file: not_csv"),
        ] {
            assert_eq!(code(shop.upload_bytes("x.csv", bytes).await), why);
        }
        let large = vec![b'a'; 65 * 1024 * 1024];
        assert_eq!(code(shop.upload_bytes("x.csv", &large).await), "file: too_large");
        assert!(shop.imports.imports(&shop.ctx, &PageRequest::default()).await.expect("a list").items.is_empty());
        let (pieces,): (i64,) = shop.db.read().await.expect("a reader").query("select count(*) from import_piece").one().await.expect("a count");
        assert_eq!(pieces, 0);
        let reader = Ctx::guest("t").with_actor(Actor::staff(kit.kit().ids.next(), Preset::ReadOnly.grants()));
        let mut body = shop::Body::new(FILE.as_bytes());
        assert_eq!(code(shop.imports.upload(&reader, "x.csv", &mut body).await), "denied");
    }

    async fn another_process_goes_on_where_one_stopped(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let mut file = "Handle,Title,Variant Price,Type\n".to_owned();
        for number in 0..1000 {
            file.push_str(&format!("thing-{number:04},Thing {number},{}.00,Things\n", number % 90 + 1));
        }
        let import = shop.upload("many.csv", &file).await.expect("taken in");
        shop.check(import.id, &[]).await;
        shop.imports.start(&shop.ctx, import.id, None).await.expect("started");
        let working = {
            let imports = shop.imports.clone();
            tokio::spawn(async move { imports.work().await })
        };
        // Cut off after some batches were written.
        loop {
            if !shop.records().await.is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        working.abort();
        let _ = working.await;
        let other = shop.another().await;
        let seen = shop.imports.import(&shop.ctx, import.id).await.expect("the import");
        if seen.work == Some(ImportWork::Writing) {
            assert!(!other.work().await.expect("nothing"), "it is leased");
            kit.later(60);
            assert!(other.work().await.expect("work"));
        }
        let done = shop.imports.import(&shop.ctx, import.id).await.expect("the import");
        let did = done.did.expect("counts");
        assert_eq!((done.state, did.created, did.updated, did.unchanged), (ImportState::Completed, 1000, 0, 0));
        assert_eq!(shop.products(import.id).await.len(), 1000);
        let back = shop.revert(import.id).await;
        assert_eq!(back.reverted.expect("counts").archived, 1000);
    }

    async fn old_files_and_copies_go(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let left = shop.upload("left.csv", FILE).await.expect("taken in");
        let done = shop.import_file(FILE, &[]).await;
        kit.later(8 * 86_400);
        shop.imports.sweep().await.expect("swept");
        assert!(shop.imports.import(&shop.ctx, left.id).await.is_err());
        assert_eq!(shop.products(done.id).await.len(), 3);
        kit.later(30 * 86_400);
        shop.imports.sweep().await.expect("swept");
        assert!(shop.products(done.id).await.is_empty());
        assert_eq!(code(shop.imports.revert(&shop.ctx, done.id, None).await), "too_late");
        assert_eq!(shop.inventory.verify(&shop.ctx).await.expect("an audit"), []);
    }
}
