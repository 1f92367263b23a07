use souk_contract::{Catalog, Filters, ListProducts, Sort};
use souk_kernel::testing::TestKit;

use crate::shop::{Shop, eur, option, product, sized, variant};

souk_kernel::each_engine! {
    async fn a_list_shows_cards_facets_and_totals(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let mut coat = sized("coat", &["L", "S", "M"]);
        coat.variants[0].price = eur(9000);
        coat.variants[1].compare_at = Some(eur(1400));
        coat.vendor = "Beta".into();
        let mut tee = sized("tee", &["M", "XL"]);
        tee.options.push(option("COLOR", &["Red"]));
        tee.options[1].values[0].swatch = Some("#cc0000".into());
        tee.variants = vec![variant(&["M", "Red"], 500), variant(&["XL", "Red"], 700)];
        shop.put_all(vec![coat, tee, product("mug")]).await;

        let all = shop.list(ListProducts::default()).await;
        assert_eq!(all.cards.iter().map(|card| card.handle.as_str()).collect::<Vec<_>>(), ["coat", "tee", "mug"]);
        assert_eq!(all.total, 3);
        let range = all.price_range.expect("a range");
        assert_eq!((range.min, range.max), (eur(500), eur(1000)));
        let coat = &all.cards[0];
        assert_eq!((coat.price, coat.price_max, coat.compare_at), (eur(1000), eur(9000), Some(eur(1400))));
        assert_eq!((coat.variant_count, coat.only_variant), (3, None));
        assert_eq!(all.cards[1].swatches, ["#cc0000"]);
        assert_eq!(all.cards[2].only_variant, Some(shop.product("mug").await.variants[0].id));
        let sizes = all.facets.iter().find(|facet| facet.key == "option.size").expect("sizes");
        let shown: Vec<_> = sizes.values.iter().map(|value| (value.value.as_str(), value.count)).collect();
        assert_eq!(shown, [("S", 1), ("M", 2), ("L", 1), ("XL", 1)]);

        let mut filters = Filters::default();
        filters.facets.insert("option.size".into(), vec!["xl".into()]);
        let narrow = shop.list(ListProducts { filters, ..ListProducts::default() }).await;
        assert_eq!((narrow.total, narrow.cards[0].handle.as_str()), (1, "tee"));
        let sizes = narrow.facets.iter().find(|facet| facet.key == "option.size").expect("sizes");
        assert!(sizes.values.iter().any(|value| value.value == "M" && value.count == 2 && !value.selected));
        assert!(sizes.values.iter().any(|value| value.value == "XL" && value.selected));
    }

    async fn every_sort_pages_both_ways(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let mut products = Vec::new();
        for number in 0..30_i64 {
            let mut input = product(&format!("p-{number:02}"));
            input.title = format!("{} {number:02}", if number % 2 == 0 { "apple" } else { "Banana" });
            input.variants[0].price = eur(number % 7 * 100);
            products.push(input);
        }
        shop.put_all(products).await;
        for sort in Sort::ALL {
            let first = shop.list(ListProducts { sort, limit: Some(20), ..ListProducts::default() }).await;
            assert_eq!((first.cards.len(), first.total, first.prev.is_none()), (20, 30, true));
            let rest = ListProducts { sort, limit: Some(20), cursor: first.next.clone(), ..ListProducts::default() };
            let second = shop.list(rest).await;
            assert_eq!((second.cards.len(), second.next.is_none()), (10, true));
            let back = ListProducts { sort, limit: Some(20), cursor: second.prev.clone(), ..ListProducts::default() };
            assert_eq!(shop.list(back).await.cards, first.cards, "{sort:?}");
            let cards: Vec<_> = first.cards.iter().chain(&second.cards).collect();
            let sorted = match sort {
                Sort::PriceAsc => cards.is_sorted_by_key(|card| card.price.minor),
                Sort::PriceDesc => cards.is_sorted_by_key(|card| -card.price.minor),
                Sort::TitleAsc => cards.is_sorted_by_key(|card| card.title.to_lowercase()),
                Sort::Featured | Sort::Newest => cards.len() == 30,
            };
            assert!(sorted, "{sort:?}");
        }
    }

    async fn a_list_is_never_older_than_the_last_write(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        shop.put(product("a")).await;
        let epoch = shop.catalog.epoch();
        let request = || ListProducts { sort: Sort::PriceAsc, ..ListProducts::default() };
        assert_eq!(shop.handles(request()).await, ["a"]);
        shop.put(product("a")).await;
        assert_eq!(shop.catalog.epoch(), epoch, "nothing changed");
        for number in 0..20_i64 {
            let mut input = product("b");
            input.variants[0].price = eur(if number % 2 == 0 { 1 } else { 5000 });
            shop.put(input).await;
            let expected = if number % 2 == 0 { ["b", "a"] } else { ["a", "b"] };
            assert_eq!(shop.handles(request()).await, expected);
        }
        assert!(shop.catalog.epoch() > epoch);
    }

    async fn related_products_are_of_the_same_type(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let mut bag = product("bag");
        bag.product_type = "Bags".into();
        shop.put_all(vec![product("a"), bag, product("b"), product("c")]).await;
        let id = shop.product("b").await.id;
        let related = shop.catalog.related(&shop.guest, id, 4).await.expect("related");
        assert_eq!(related.iter().map(|card| card.handle.as_str()).collect::<Vec<_>>(), ["c", "a"]);
    }

    async fn a_restart_lists_the_same(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        shop.put_all((0..50).map(|number| sized(&format!("p-{number}"), &["S", "M"])).collect()).await;
        let before = shop.list(ListProducts::default()).await;
        let again = Shop::open(&kit).await;
        assert_eq!(again.list(ListProducts::default()).await, before);
    }
}
