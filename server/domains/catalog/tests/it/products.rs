use souk_contract::{
    Catalog, Change, CollectionInput, CollectionKind, CollectionRule, Error, PageRequest, ProductInput,
    ProductLookup, ProductStatus, PutProduct, Seo,
};
use souk_kernel::testing::{TestKit, assert_same_schema};

use crate::shop::{Shop, eur, option, picture, product, sized, variant};

#[tokio::test(flavor = "multi_thread")]
async fn both_engines_have_the_same_tables() {
    assert_same_schema("catalog", souk_catalog::MIGRATIONS, &[]).await;
}

/// Every field is set to something that could get lost.
fn full(handle: &str) -> ProductInput {
    let mut input = ProductInput {
        title: "Größe & <b>Title</b>".to_owned(),
        description_html: "<p>Soft &amp; <strong>warm</strong></p>".to_owned(),
        tags: vec!["b".into(), "a".into(), "a b".into()],
        options: vec![option("Size", &["S", "M"]), option("Colour", &["Red", "Blue"])],
        media: vec![picture("one.jpg"), picture("https://cdn.example/two.png?v=1")],
        seo: Seo { title: Some("SEO".into()), description: None },
        tax_class_id: Some(souk_contract::Id::new(uuid::Uuid::from_u128(7))),
        extra: [("Google: Gender".to_owned(), "unisex \"x\"".to_owned())].into(),
        ..product(handle)
    };
    input.options[1].values[0].swatch = Some("#ff0000".into());
    input.variants =
        vec![variant(&["S", "Red"], 1000), variant(&["M", "Red"], 1500), variant(&["M", "Blue"], 900)];
    input.variants[0].sku = Some(String::new());
    input.variants[1].sku = Some("SKU-1".into());
    input.variants[1].barcode = Some("4006381333931".into());
    input.variants[1].compare_at = Some(eur(1200));
    input.variants[2].compare_at = Some(eur(1800));
    input.variants[2].cost = Some(eur(450));
    input.variants[2].requires_shipping = false;
    input.variants[2].taxable = false;
    input.variants[2].media_source = Some("one.jpg".into());
    input.variants[2].extra = [("Tax Code".to_owned(), "X".to_owned())].into();
    input
}

souk_kernel::each_engine! {
    async fn what_was_put_comes_back_equal(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let written = shop.put(full("shirt")).await;
        assert_eq!((written.change, written.version), (Change::Created, 1));
        let record = shop.catalog.product_record(&shop.system, written.id).await.expect("the record");
        assert_eq!(record.input, full("shirt"));
        assert_eq!(record.variant_ids, written.variant_ids);
        assert_eq!(shop.heard().await.len(), 1);

        let again = shop.put(record.input).await;
        assert_eq!((again.change, again.version), (Change::Unchanged, 1));
        assert_eq!(again.variant_ids, written.variant_ids);
        assert!(shop.heard().await.is_empty(), "an equal product is no news");

        let product = shop.product("shirt").await;
        assert_eq!(product.variants.iter().map(|variant| variant.id).collect::<Vec<_>>(), written.variant_ids);
        assert_eq!(product.variants[1].compare_at, None, "a lower price before is no sale");
        assert_eq!(product.variants[2].compare_at, Some(eur(1800)));
        assert_eq!(product.variants[2].title, "M / Blue");
        assert!(product.media.is_empty(), "nothing is stored yet");
        let pending = shop.catalog.pending_media(&shop.system, None, 10).await.expect("pending");
        assert_eq!(pending.iter().map(|media| media.source.as_str()).collect::<Vec<_>>(),
            ["one.jpg", "https://cdn.example/two.png?v=1"]);
    }

    async fn records_come_in_handle_order_page_by_page(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let handles = ["b", "a-1", "a_1", "a", "größe", "z", "a1", "シャツ", "a-"];
        let products: Vec<_> = handles
            .iter()
            .map(|handle| ProductInput { status: ProductStatus::Draft, ..product(handle) })
            .collect();
        assert_eq!(shop.put_all(products).await, [Change::Created; 9]);
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let request = PageRequest { after, limit: Some(2) };
            let page = shop.catalog.product_records(&shop.system, &request).await.expect("a page");
            seen.extend(page.items.into_iter().map(|record| record.input.handle));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let mut sorted = handles.map(str::to_owned).to_vec();
        sorted.sort();
        assert_eq!(seen, sorted);
    }

    async fn variants_keep_their_ids_and_come_back_to_them(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let first = shop.put(sized("shirt", &["S", "M", "L"])).await;
        let fewer = shop.put(sized("shirt", &["L", "S"])).await;
        assert_eq!(fewer.change, Change::Updated);
        assert_eq!(fewer.variant_ids, [first.variant_ids[2], first.variant_ids[0]]);
        let gone = shop.catalog.variants(&shop.guest, &first.variant_ids).await.expect("variants");
        assert_eq!(gone.iter().map(|info| info.buyable).collect::<Vec<_>>(), [true, false, true]);
        assert_eq!(shop.product("shirt").await.variants.len(), 2);
        let back = shop.put(sized("shirt", &["M", "XL"])).await;
        assert_eq!(back.variant_ids[0], first.variant_ids[1]);
        assert!(!first.variant_ids.contains(&back.variant_ids[1]));
    }

    async fn many_products_have_each_their_own_outcome(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        shop.put(product("known")).await;
        let mut bad = product("bad");
        bad.variants[0].price.minor = -5;
        let mut changed = product("twice");
        changed.title = "Twice, changed".into();
        let batch = vec![product("known"), product("new"), bad, product("twice"), changed];
        let outcomes = shop.catalog.put_products(&shop.system, batch).await.expect("outcomes");
        let changes: Vec<_> = outcomes.iter().map(|outcome| outcome.as_ref().ok().map(|one| one.change)).collect();
        assert_eq!(changes, [
            Some(Change::Unchanged),
            Some(Change::Created),
            None,
            Some(Change::Created),
            Some(Change::Updated),
        ]);
        assert!(matches!(&outcomes[2], Err(Error::Invalid { fields }) if fields[0].field == "variants[0].price"));
        assert_eq!(shop.product("twice").await.title, "Twice, changed");
    }

    async fn a_new_handle_leaves_a_redirect(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let written = shop.put(product("old")).await;
        shop.put(product("other")).await;
        shop.catalog.put_collection(&shop.system, CollectionInput {
            handle: "picks".into(),
            title: "Picks".into(),
            description_html: String::new(),
            kind: CollectionKind::Collection,
            rule: CollectionRule::Manual { handles: vec!["old".into()] },
            media: None,
            seo: Seo::default(),
            position: 0,
        }).await.expect("stored");
        assert_eq!(shop.product("old").await.collections.len(), 1);
        let rename = |handle: &str, if_version| PutProduct {
            id: Some(written.id),
            product: product(handle),
            if_version,
        };
        let taken = shop.catalog.put_product(&shop.system, rename("other", None)).await;
        assert!(matches!(taken, Err(Error::Invalid { fields }) if fields[0].code == "taken"));
        let stale = shop.catalog.put_product(&shop.system, rename("new", Some(7))).await;
        assert!(matches!(stale, Err(Error::Conflict { code, .. }) if code == "stale_version"));

        let renamed = shop.catalog.put_product(&shop.system, rename("new", Some(1))).await.expect("renamed");
        assert_eq!((renamed.id, renamed.version), (written.id, 2));
        let lookup = shop.catalog.product(&shop.guest, "old").await.expect("a redirect");
        assert_eq!(lookup, ProductLookup::Moved("new".into()));
        assert_eq!(shop.product("new").await.collections.len(), 1, "the merchant's list follows the name");
        // Somebody else takes the old name: no redirect any more.
        let other = shop.put(product("old")).await;
        assert_ne!(other.id, written.id);
        assert_eq!(shop.product("old").await.id, other.id);
    }

    async fn what_is_not_published_is_for_staff_only(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let written = shop.put(product("secret")).await;
        assert_eq!(shop.list(Default::default()).await.total, 1);
        let archived = shop.catalog.archive_product(&shop.system, written.id, Some(1)).await.expect("archived");
        assert_eq!((archived.version, archived.change), (2, Change::Updated));
        assert_eq!(shop.list(Default::default()).await.total, 0);
        assert!(matches!(shop.catalog.product(&shop.guest, "secret").await, Err(Error::NotFound { .. })));
        assert!(shop.catalog.product(&shop.system, "secret").await.is_ok());
        assert!(shop.catalog.cards(&shop.guest, &[written.id]).await.expect("cards").is_empty());
        let infos = shop.catalog.variants(&shop.guest, &written.variant_ids).await.expect("variants");
        assert!(!infos[0].buyable);
        // The archived record, put again, is what is stored.
        let record = shop.catalog.product_record(&shop.system, written.id).await.expect("the record");
        assert_eq!(shop.put(record.input).await.change, Change::Unchanged);
    }

    async fn shoppers_may_not_write(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let request = PutProduct { id: None, product: product("x"), if_version: None };
        let refused = shop.catalog.put_product(&shop.guest, request).await;
        assert!(matches!(refused, Err(Error::Unauthenticated { .. })));
        let refused = shop.catalog.put_products(&shop.guest, vec![product("x")]).await;
        assert!(matches!(refused, Err(Error::Unauthenticated { .. })));
        let refused = shop.catalog.product_records(&shop.guest, &PageRequest::default()).await;
        assert!(matches!(refused, Err(Error::Unauthenticated { .. })));
    }

    async fn two_writers_of_one_version_do_not_both_win(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let written = shop.put(product("p")).await;
        let writes = (0..16).map(|number| {
            let mut input = product("p");
            input.title = format!("Title {number}");
            let request = PutProduct { id: Some(written.id), product: input, if_version: Some(1) };
            let (catalog, ctx) = (shop.catalog.clone(), shop.system.clone());
            tokio::spawn(async move { catalog.put_product(&ctx, request).await })
        });
        let mut won = 0;
        for write in writes.collect::<Vec<_>>() {
            match write.await.expect("no panic") {
                Ok(_) => won += 1,
                Err(error) => assert!(matches!(error, Error::Conflict { code, .. } if code == "stale_version")),
            }
        }
        assert_eq!(won, 1);
        assert_eq!(shop.product("p").await.version, 2);
    }
}
