//! The way back.

use souk_contract::{
    AttributeData, AttributeInput, AttributeKind, AttributeValue, Attributes as _, ImportBack, ImportState,
    Imports as _, Inventory as _, ProductStatus, SetStock, StockPolicy,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{FILE, code, shop::Shop};

each_engine! {
    async fn a_file_says_nothing_of_attributes_and_they_stay(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        shop.import_file(FILE, &[]).await;
        let glaze = AttributeInput {
            code: "glaze".to_owned(),
            name: "Glaze".to_owned(),
            kind: AttributeKind::Text,
            unit: None,
            options: Vec::new(),
            required: false,
            help: String::new(),
        };
        shop.catalog.put_attribute(&shop.ctx, None, glaze, None).await.expect("an attribute");
        let values = Some(vec![AttributeValue { code: "glaze".to_owned(), value: AttributeData::Text("Celadon".to_owned()) }]);
        let mut mug = shop.records().await.remove(1);
        mug.input.attributes.clone_from(&values);
        shop.put(mug.id, mug.input).await;

        let again = shop.import_file(FILE, &[]).await;
        assert_eq!(again.did.expect("counts").updated, 0, "nothing that the file speaks of is different");
        let second = shop.import_file(&FILE.replace("Mug,Clay", "Mug,Tern"), &[]).await;
        assert_eq!(shop.products(second.id).await[0].fields, ["vendor"]);
        let now = shop.records().await.remove(1).input;
        assert_eq!((now.vendor.as_str(), &now.attributes), ("Tern", &values));
        shop.revert(second.id).await;
        let back = shop.records().await.remove(1).input;
        assert_eq!((back.vendor.as_str(), &back.attributes), ("Clay", &values));
    }

    async fn what_is_still_so_goes_back_and_what_somebody_changed_stays(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        shop.import_file(FILE, &[]).await;
        let before = shop.records().await;
        let second = FILE
            .replace("Mug,Clay", "Big mug,Tern")
            .replace("9.50,shopify,4", "8.00,shopify,9")
            .replace("11.00,shopify,2", "12.00,shopify,20")
            .replace("Card,Clay", "Card,Tern")
            .replace("jug,Jug,Clay,,,j-1,ten", "jug,Jug,Clay,,,j-1,10.00")
            + "pot,Pot,Clay,,,p-1,5.00,,\n";
        let import = shop.import_file(&second, &[]).await;
        let did = import.did.expect("counts");
        assert_eq!((did.created, did.updated, did.skipped), (2, 2, 0));
        let products = shop.products(import.id).await;
        assert_eq!(products[0].fields, ["price", "title", "vendor", "stock"]);

        // Since then: another price, a sale of the large ones, and one of the new products was mended.
        let now = shop.records().await;
        let by = |handle: &str| now.iter().find(|one| one.input.handle == handle).expect("a record").clone();
        let mut mug = by("mug");
        mug.input.variants[0].price.minor = 850;
        shop.put(mug.id, mug.input.clone()).await;
        let sold = SetStock { variant_id: mug.variant_ids[1], on_hand: 19, tracked: true, policy: StockPolicy::Deny, location_id: None, if_version: None };
        shop.inventory.set_stock(&shop.ctx, vec![sold], "count").await.expect("stock");
        let mut pot = by("pot");
        pot.input.title = "Teapot".to_owned();
        shop.put(pot.id, pot.input.clone()).await;

        let back = shop.revert(import.id).await;
        let counts = back.reverted.expect("counts");
        assert_eq!((back.state, counts.archived, counts.restored, counts.partly, counts.kept), (ImportState::Reverted, 1, 1, 1, 1));
        let products = shop.products(import.id).await;
        let told: Vec<_> = products.iter().map(|one| (one.handle.as_str(), one.back, one.kept.clone())).collect();
        assert_eq!(
            told,
            [
                ("mug", Some(ImportBack::Partly), vec!["price".to_owned(), "stock".to_owned()]),
                ("jug", Some(ImportBack::Archived), vec![]),
                ("card", Some(ImportBack::Restored), vec![]),
                ("pot", Some(ImportBack::Kept), vec!["title".to_owned()]),
            ]
        );
        let now = shop.records().await;
        let by = |handle: &str| now.iter().find(|one| one.input.handle == handle).expect("a record").clone();
        let mug = by("mug");
        assert_eq!((mug.input.title.as_str(), mug.input.vendor.as_str()), ("Mug", "Clay"));
        assert_eq!((mug.input.variants[0].price.minor, mug.input.variants[1].price.minor), (850, 1100));
        assert_eq!(shop.on_hand(&mug).await, [4, 19]);
        assert_eq!(mug.variant_ids, before[1].variant_ids);
        assert_eq!(by("card").input, before[0].input);
        assert_eq!(by("jug").input.status, ProductStatus::Archived);
        assert_eq!(by("pot").input.title, "Teapot");
        assert_eq!(code(shop.imports.revert(&shop.ctx, import.id, None).await), "reverted");
        assert_eq!(shop.inventory.verify(&shop.ctx).await.expect("an audit"), []);
    }

    async fn nothing_was_written_so_nothing_goes_back(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let import = shop.upload("x.csv", FILE).await.expect("taken in");
        assert_eq!(code(shop.imports.revert(&shop.ctx, import.id, None).await), "not_done");
        let untitled = shop.upload("y.csv", "Handle,Variant Price\nmug,1\n").await.expect("taken in");
        assert_eq!(code(shop.imports.map(&shop.ctx, untitled.id, souk_contract::MapImport::default(), None).await), "columns: required");
    }
}
