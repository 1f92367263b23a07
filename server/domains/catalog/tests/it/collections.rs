use souk_contract::{
    Catalog, Change, CollectionInput, CollectionKind, CollectionRule, ContentPage, Error, HomeContent,
    MediaInput, PlainRule, Seo,
};
use souk_kernel::testing::TestKit;

use crate::shop::{Shop, eur, in_collection, product};

fn collection(handle: &str, rule: CollectionRule) -> CollectionInput {
    CollectionInput {
        handle: handle.into(),
        title: handle.to_uppercase(),
        description_html: "<p>Fine <script>x</script>things</p>".into(),
        kind: CollectionKind::Category,
        rule,
        media: None,
        seo: Seo::default(),
        position: 0,
    }
}

souk_kernel::each_engine! {
    async fn which_hold_a_product_follows_the_product(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let mut gift = product("a");
        gift.tags = vec!["gift".into()];
        shop.put(gift.clone()).await;
        shop.put(product("b")).await;
        let mut ids = Vec::new();
        for (handle, rule) in [
            ("gifts", CollectionRule::Tag { equals: "Gift".into() }),
            ("picks", CollectionRule::Manual { handles: vec!["b".into(), "a".into()] }),
            ("cheap", CollectionRule::PriceAtMost { minor: 1 }),
        ] {
            let written = shop.catalog.write_collection(&shop.system, None, collection(handle, rule), None).await;
            ids.push(written.expect("written").id);
        }
        let (a, b) = (shop.product("a").await.id, shop.product("b").await.id);
        let holding = |asked: Vec<_>| {
            let shop = &shop;
            async move { shop.catalog.holding(&shop.guest, &asked, &[a, b]).await.expect("an answer") }
        };
        let mut all = holding(ids.clone()).await;
        all.values_mut().for_each(|held| held.sort());
        let mut both = vec![ids[0], ids[1]];
        both.sort();
        assert_eq!((all.get(&a), all.get(&b), all.len()), (Some(&both), Some(&vec![ids[1]]), 2));
        assert_eq!(holding(vec![ids[2]]).await.len(), 0);
        gift.tags.clear();
        shop.put(gift).await;
        assert_eq!(holding(vec![ids[0]]).await.len(), 0);
    }

    async fn rules_follow_the_products(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let put = |input| shop.catalog.put_collection(&shop.system, input);
        let tag = collection("gifts", CollectionRule::Tag { equals: "Gift".into() });
        assert_eq!(put(tag.clone()).await.expect("stored"), Change::Created);
        assert_eq!(put(tag).await.expect("stored"), Change::Unchanged);
        put(collection("sale", CollectionRule::OnSale)).await.expect("stored");
        put(collection("cheap", CollectionRule::PriceAtMost { minor: 800 })).await.expect("stored");
        put(collection("new", CollectionRule::Newest { count: 1 })).await.expect("stored");
        put(collection("picks", CollectionRule::Manual { handles: vec!["b".into(), "a".into()] })).await.expect("stored");
        assert_eq!(shop.heard().await.len(), 5);

        let mut a = product("a");
        a.tags = vec!["gift".into()];
        shop.put(a.clone()).await;
        kit.later(60);
        shop.put(product("b")).await;
        assert_eq!(shop.handles(in_collection("gifts")).await, ["a"]);
        assert_eq!(shop.handles(in_collection("picks")).await, ["b", "a"]);
        assert_eq!(shop.handles(in_collection("new")).await, ["b"]);
        assert!(shop.handles(in_collection("sale")).await.is_empty());
        let counts: Vec<_> = shop.catalog.collections(&shop.guest).await.expect("collections")
            .into_iter().map(|one| (one.handle, one.product_count)).collect();
        assert_eq!(counts, [("cheap", 0), ("gifts", 1), ("new", 1), ("picks", 2), ("sale", 0)]
            .map(|(handle, count)| (handle.to_owned(), count)));

        a.tags.clear();
        a.variants[0].price = eur(700);
        a.variants[0].compare_at = Some(eur(900));
        shop.put(a).await;
        assert!(shop.handles(in_collection("gifts")).await.is_empty());
        assert_eq!(shop.handles(in_collection("sale")).await, ["a"]);
        assert_eq!(shop.handles(in_collection("cheap")).await, ["a"]);
        let links: Vec<_> = shop.product("a").await.collections.into_iter().map(|link| link.handle).collect();
        assert_eq!(links, ["cheap", "picks", "sale"]);
        let unknown = shop.catalog.list(&shop.guest, &in_collection("nowhere")).await;
        assert!(matches!(unknown, Err(Error::NotFound { .. })));
    }

    async fn collections_are_checked_and_cleaned(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let mut input = collection("x", CollectionRule::Newest { count: 0 });
        input.handle = "A b".into();
        input.media = Some(MediaInput { source: String::new(), alt: String::new() });
        let refused = shop.catalog.put_collection(&shop.system, input).await;
        let Err(Error::Invalid { fields }) = refused else { panic!("{refused:?}") };
        let fields: Vec<_> = fields.into_iter().map(|field| field.field).collect();
        assert_eq!(fields, ["handle", "media.source", "rule.count"]);
        shop.catalog.put_collection(&shop.system, collection("x", CollectionRule::OnSale)).await.expect("stored");
        let stored = shop.catalog.collection(&shop.guest, "x").await.expect("the collection");
        assert_eq!(stored.description_html, "<p>Fine things</p>");
    }

    async fn pages_home_and_sitemap(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let default = shop.catalog.home(&shop.guest).await.expect("a greeting");
        assert_eq!(default.hero_link, "/collections/all");
        let home = HomeContent {
            hero_title: "Made to last".into(),
            hero_link: "/collections/new".into(),
            promises: vec![("Free returns".into(), "For 30 days".into())],
            story_html: "<p onclick=\"x()\">We</p>".into(),
            ..default
        };
        assert_eq!(shop.catalog.put_home(&shop.system, home.clone()).await.expect("stored"), Change::Created);
        let stored = shop.catalog.home(&shop.guest).await.expect("home");
        assert_eq!((stored.hero_title.as_str(), stored.story_html.as_str()), ("Made to last", "<p>We</p>"));
        assert_eq!(shop.catalog.put_home(&shop.system, home.clone()).await.expect("stored"), Change::Unchanged);
        let bad = HomeContent { hero_link: "javascript:alert(1)".into(), ..home };
        assert!(matches!(shop.catalog.put_home(&shop.system, bad).await, Err(Error::Invalid { .. })));

        let page = |handle: &str| ContentPage {
            handle: handle.into(),
            title: handle.into(),
            body_html: "<p>x</p>".into(),
            seo: Seo::default(),
        };
        assert_eq!(shop.catalog.put_page(&shop.system, page("returns")).await.expect("stored"), Change::Created);
        assert_eq!(shop.catalog.put_page(&shop.system, page("returns")).await.expect("stored"), Change::Unchanged);
        shop.catalog.put_page(&shop.system, page("about")).await.expect("stored");
        assert_eq!(shop.catalog.pages(&shop.guest).await.expect("pages").len(), 2);
        assert!(shop.catalog.page(&shop.guest, "about").await.is_ok());
        assert!(matches!(shop.catalog.page(&shop.guest, "nope").await, Err(Error::NotFound { .. })));

        shop.catalog.put_collection(&shop.system, collection("sale", CollectionRule::OnSale)).await.expect("stored");
        let mut draft = product("draft");
        draft.status = souk_contract::ProductStatus::Draft;
        shop.put_all(vec![product("b"), product("a"), draft]).await;
        let mut paths = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = shop.catalog.sitemap(&shop.guest, after.as_deref(), 2).await.expect("a page");
            assert!(page.items.len() <= 2);
            paths.extend(page.items.into_iter().map(|entry| entry.path));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(paths, ["/collections/sale", "/pages/about", "/pages/returns", "/products/a", "/products/b"]);
    }

    async fn staff_make_change_and_remove_them(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let write = |id, input, version| shop.catalog.write_collection(&shop.system, id, input, version);
        let field = |result: souk_contract::Result<_>| match result {
            Err(Error::Invalid { fields }) => (fields[0].field.clone(), fields[0].code.clone()),
            other => panic!("{other:?}"),
        };
        let stale = |result: souk_contract::Result<()>| {
            assert!(matches!(&result, Err(Error::Conflict { code, .. }) if code == "stale_version"), "{result:?}");
        };
        let rules = vec![PlainRule::Tag { equals: "Gift".into() }, PlainRule::PriceAtMost { minor: 800 }];
        let mut input = collection("small-gifts", CollectionRule::All { rules: rules.clone() });
        input.media = Some(MediaInput { source: "https://pics.example/a.jpg".into(), alt: "Gifts".into() });
        let made = write(None, input.clone(), None).await.expect("made");
        assert_eq!((&made.input.rule, made.version, made.product_count), (&input.rule, 1, 0));
        assert_eq!(made.input.media, input.media, "its source, before it was fetched");
        assert_eq!(field(write(None, input.clone(), None).await), ("handle".into(), "taken".into()));

        let mut a = product("a");
        a.tags = vec!["gift".into()];
        a.variants[0].price = eur(700);
        let mut b = product("b");
        b.tags = vec!["gift".into()];
        b.variants[0].price = eur(900);
        shop.put_all(vec![a, b]).await;
        assert_eq!(shop.handles(in_collection("small-gifts")).await, ["a"]);
        input.rule = CollectionRule::Any { rules };
        let changed = write(Some(made.id), input.clone(), Some(1)).await.expect("changed");
        assert_eq!((changed.version, changed.product_count), (2, 2));
        stale(write(Some(made.id), input.clone(), Some(1)).await.map(drop));
        let moved = CollectionInput { handle: "gifts".into(), ..input.clone() };
        assert_eq!(field(write(Some(made.id), moved, Some(2)).await), ("handle".into(), "invalid".into()));
        let blank = vec![PlainRule::OnSale, PlainRule::Tag { equals: " ".into() }];
        let blank = CollectionInput { rule: CollectionRule::All { rules: blank }, ..input.clone() };
        assert_eq!(field(write(Some(made.id), blank, Some(2)).await), ("rule.rules[1].equals".into(), "required".into()));
        let nested = serde_json::json!({ "kind": "all", "rules": [{ "kind": "newest", "count": 3 }, { "kind": "on_sale" }] });
        assert!(serde_json::from_value::<CollectionRule>(nested).is_err());
        let single = CollectionInput { rule: CollectionRule::Any { rules: vec![PlainRule::OnSale] }, ..input };
        assert_eq!(field(write(Some(made.id), single, Some(2)).await), ("rule.rules".into(), "out_of_range".into()));

        let remove = |version| shop.catalog.remove_collection(&shop.system, made.id, Some(version));
        stale(remove(1).await);
        remove(2).await.expect("removed");
        assert_eq!(shop.catalog.collection_records(&shop.system).await.expect("none"), []);
        assert!(matches!(shop.catalog.collection(&shop.guest, "small-gifts").await, Err(Error::NotFound { .. })));
        assert!(matches!(remove(2).await, Err(Error::NotFound { .. })));
        assert_eq!(shop.catalog.pending_media(&shop.system, None, 10).await.expect("none"), []);
        assert!(shop.catalog.product(&shop.guest, "a").await.is_ok(), "its products stay");
    }
}
