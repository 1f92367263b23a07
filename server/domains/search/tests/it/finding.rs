//! Which words find which products, and in which order.

use souk_contract::{
    Collection, CollectionKind, CollectionRule, ProductInput, ProductStatus, Search as _, SearchRequest, Sort,
};
use souk_kernel::testing::TestKit;

use crate::shop::{Shop, handles, option, product, variant, words};

fn products() -> Vec<ProductInput> {
    let mut shirt = product("linen-shirt", "Linen Shirt");
    shirt.vendor = "Kestrel & Sons".into();
    shirt.product_type = "Tops".into();
    shirt.tags = vec!["summer".into()];
    shirt.options = vec![option("Colour", &["Indigo", "Sand"])];
    shirt.variants[0].sku = Some("LIN-042-IND".into());
    shirt.variants[0].barcode = Some("4006381333931".into());
    let mut skirt = product("pleated-skirt", "Pleated Skirt");
    skirt.description_html = "<p>Goes with a linen&nbsp;top. <b>Machine-washable</b>.</p>".into();
    let mut shoes = product("trail-shoes", "Trail Running Shoes");
    shoes.tags = vec!["Men's".into()];
    let mut draft = product("secret-shirt", "Secret Shirt");
    draft.status = ProductStatus::Draft;
    let mut mug = product("creme-mug", "Crème Brûlée Mug");
    mug.variants = vec![variant(1200), variant(900)];
    vec![shirt, skirt, shoes, draft, mug, product("headphones", "Wireless Headphones")]
}

souk_kernel::each_engine! {
    async fn words_stems_typos_and_beginnings_find(kit: TestKit) {
        let shop = Shop::open(&kit, products()).await;
        for (q, expected) in [
            ("shirt", vec!["linen-shirt"]),
            ("SHIRTS", vec!["linen-shirt"]),
            ("run", vec!["trail-shoes"]),
            ("runs shoe", vec!["trail-shoes"]),
            ("creme brulee", vec!["creme-mug"]),
            ("crème", vec!["creme-mug"]),
            ("mens shoes", vec!["trail-shoes"]),
            ("men’s", vec!["trail-shoes"]),
            ("kestrel", vec!["linen-shirt"]),
            ("tops", vec!["linen-shirt", "pleated-skirt"]),
            ("indigo", vec!["linen-shirt"]),
            ("machine-washable", vec!["pleated-skirt"]),
            // One wrong letter in 4 to 7, two in longer words.
            ("shrit", vec!["linen-shirt"]),
            ("linnen", vec!["linen-shirt", "pleated-skirt"]),
            ("shoess", vec!["trail-shoes"]),
            ("hedphnes", vec!["headphones"]),
            ("wirelss haedphones", vec!["headphones"]),
            // The last word may be unfinished, and misspelt at that.
            ("pleat", vec!["pleated-skirt"]),
            ("trail run", vec!["trail-shoes"]),
            ("headph", vec!["headphones"]),
            ("haedph", vec!["headphones"]),
            // Too far, or not at all.
            ("mgu", vec![]),
            ("shxxt", vec![]),
            ("qwertyuiop", vec![]),
            ("secret", vec![]),
            ("linen indigo shirt", vec!["linen-shirt"]),
            ("a shirt for the summer", vec!["linen-shirt"]),
        ] {
            assert_eq!(shop.found(q).await, expected, "{q}");
        }
    }

    async fn codes_find_with_and_without_punctuation(kit: TestKit) {
        let shop = Shop::open(&kit, products()).await;
        for q in ["LIN-042-IND", "lin042ind", "LIN-042", "lin-04", "4006381333931", "40063813", "lin-042-ind linen"] {
            assert_eq!(shop.handles(q).await, ["linen-shirt"], "{q}");
        }
        assert!(shop.handles("LIN-043-IND").await.is_empty());
    }

    async fn where_no_product_has_all_the_words_those_with_most_are_shown(kit: TestKit) {
        let shop = Shop::open(&kit, products()).await;
        assert_eq!(shop.handles("wireless linen shirt").await[0], "linen-shirt");
        assert!(shop.found("wireless linen shirt").await.contains(&"headphones".to_owned()));
        assert_eq!(shop.found("zzzzzzz shoes").await, ["trail-shoes"]);
    }

    async fn a_title_outweighs_a_tag_and_a_tag_outweighs_a_description(kit: TestKit) {
        let mut tagged = product("tagged", "Something");
        tagged.tags = vec!["lantern".into()];
        let mut described = product("described", "Something else");
        described.description_html = "<p>Lantern lantern lantern</p>".into();
        let mut coded = product("coded", "Another");
        coded.variants[0].sku = Some("Lantern".into());
        let shop = Shop::open(&kit, vec![described, tagged, product("titled", "Camp Lantern"), coded]).await;
        assert_eq!(shop.handles("lantern").await, ["coded", "titled", "tagged", "described"]);
    }

    async fn sorted_by_newest_price_and_title(kit: TestKit) {
        let tea = |handle: &str, title: &str, price: i64| {
            let mut tea = product(handle, title);
            tea.variants = vec![variant(price)];
            tea
        };
        let products =
            vec![tea("one", "Tea b", 300), tea("two", "tea C", 100), tea("three", "Tea a", 200), tea("four", "Tea b", 200)];
        let shop = Shop::open(&kit, products).await;
        for q in ["tea", ""] {
            for (sort, expected) in [
                (Sort::Newest, ["four", "three", "two", "one"]),
                (Sort::PriceAsc, ["two", "three", "four", "one"]),
                (Sort::PriceDesc, ["one", "three", "four", "two"]),
                (Sort::TitleAsc, ["three", "one", "four", "two"]),
            ] {
                let mut found = Vec::new();
                let mut cursor = None;
                // One at a time, along the cursors.
                loop {
                    let request = SearchRequest { sort, cursor, limit: Some(1), ..words(q) };
                    let listing = shop.find(request).await;
                    assert_eq!(listing.total, 4);
                    found.extend(handles(&listing));
                    match listing.next {
                        Some(next) => cursor = Some(next),
                        None => break,
                    }
                }
                assert_eq!(found, expected, "{q:?} {sort:?}");
            }
        }
        assert_eq!(shop.handles("").await, ["one", "two", "three", "four"]);
    }

    async fn relevance_pages_hold_everything_once(kit: TestKit) {
        let products = (0..57).map(|n| product(&format!("p{n}"), &"Cup ".repeat(1 + n % 5))).collect();
        let shop = Shop::open(&kit, products).await;
        let all = shop.find(SearchRequest { limit: Some(100), ..words("cup") }).await;
        assert_eq!((all.total, all.cards.len(), all.next.is_some()), (57, 57, false));
        let first = shop.find(words("cup")).await;
        assert_eq!((first.cards.len(), first.prev.is_some()), (24, false));
        let second = shop.find(SearchRequest { cursor: first.next.clone(), ..words("cup") }).await;
        let third = shop.find(SearchRequest { cursor: second.next.clone(), ..words("cup") }).await;
        assert!(third.next.is_none());
        let paged = [&first, &second, &third].map(handles).concat();
        assert_eq!(paged, handles(&all));
        let back = shop.find(SearchRequest { cursor: third.prev.clone(), ..words("cup") }).await;
        assert_eq!(handles(&back), handles(&second));
        let wrong = SearchRequest { cursor: first.next, sort: Sort::Newest, ..words("cup") };
        assert!(shop.search.search(&shop.guest, &wrong).await.is_err());
    }

    async fn hostile_queries_are_answered(kit: TestKit) {
        let shop = Shop::open(&kit, products()).await;
        let long = "shirt ".repeat(5000);
        let wide = "\u{1F455}".repeat(300);
        let one = "x".repeat(100_000);
        for q in [
            "\"shirt", "title:shirt", "shirt AND", "+shirt -linen", "(((", "*", "shirt*", "shirt~9", "[a TO z]",
            "\u{0}shirt\u{7}", "' or 1=1 --", "\\", "^^", "&&||!!", "🩳", "\u{202e}trihs", "%00%ff", &long, &wide, &one,
            "shirt\u{1f}linen",
        ] {
            let request = words(q);
            let answer = shop.search.search(&shop.guest, &request).await;
            assert!(answer.is_ok(), "{:?}: {answer:?}", q.chars().take(40).collect::<String>());
            assert!(shop.search.suggest(&shop.guest, q).await.is_ok());
        }
        assert_eq!(shop.handles("\u{0}shirt\u{7}").await, ["linen-shirt"]);
        assert_eq!(shop.handles("\"shirt*").await, ["linen-shirt"]);
        assert_eq!(shop.find(words("(((")).await.total, 0);
    }

    async fn suggests_products_and_collections(kit: TestKit) {
        let mut many: Vec<_> = (0..9).map(|n| product(&format!("sock-{n}"), "Wool Socks")).collect();
        many.extend(products());
        let shop = Shop::open(&kit, many).await;
        for (title, count) in [("Summer Shirts", 3), ("Shirts of the year", 1), ("Shirtless", 0), ("Shoes", 2)] {
            shop.shelf.add_collection(Collection {
                id: shop.kit.kit().ids.next(),
                handle: title.to_lowercase().replace(' ', "-"),
                title: title.into(),
                description_html: String::new(),
                kind: CollectionKind::Category,
                rule: CollectionRule::OnSale,
                media: None,
                seo: Default::default(),
                position: 0,
                version: 1,
                product_count: count,
            });
        }
        let suggest = async |q: &str| shop.search.suggest(&shop.guest, q).await.expect("suggestions");
        let shirts = suggest("shir").await;
        assert_eq!(shirts.products.iter().map(|one| &*one.handle).collect::<Vec<_>>(), ["linen-shirt"]);
        assert_eq!(shirts.products[0].price.minor, 1000);
        let collections: Vec<_> = shirts.collections.iter().map(|one| &*one.handle).collect();
        assert_eq!(collections, ["summer-shirts", "shirts-of-the-year"]);
        assert_eq!(suggest("w").await.products.len(), 6);
        assert_eq!(suggest("haedpho").await.products[0].handle, "headphones");
        assert_eq!(suggest("mug").await.products[0].price.minor, 900);
        let nothing = suggest("  ").await;
        assert!(nothing.products.is_empty() && nothing.collections.is_empty());
    }
}
