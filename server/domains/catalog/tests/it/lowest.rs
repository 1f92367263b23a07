use souk_contract::{BulkAction, BulkEdit, BulkSelection, Catalog as _, ListProducts, Money, ProductInput};
use souk_kernel::testing::TestKit;

use crate::shop::{Shop, eur, product, sized, variant};

const DAY: i64 = 24 * 3600;

fn shirt(price: i64, compare_at: Option<i64>) -> ProductInput {
    let mut input = product("shirt");
    input.variants = vec![variant(&[], price)];
    input.variants[0].compare_at = compare_at.map(eur);
    input
}

async fn lowest(shop: &Shop) -> Option<Money> {
    shop.product("shirt").await.variants[0].lowest_before
}

/// What it says to save: on its own page, and in a list.
async fn saving(shop: &Shop) -> (Option<i64>, Option<i64>) {
    let listed = shop.list(ListProducts::default()).await.cards;
    let card = listed.iter().find(|card| card.handle == "shirt").expect("listed");
    (shop.product("shirt").await.variants[0].saving, card.saving)
}

souk_kernel::each_engine! {
    async fn a_saving_is_counted_from_it(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        // As it came, with a price before that we never saw.
        shop.put(shirt(1500, Some(3000))).await;
        assert_eq!(saving(&shop).await, (Some(50), Some(50)));
        shop.put(ProductInput { variants: vec![variant(&[], 900)], ..product("other") }).await;
        kit.later(40 * DAY);
        shop.put(shirt(2000, None)).await;
        assert_eq!(saving(&shop).await, (None, None));
        kit.later(40 * DAY);
        shop.put(shirt(1500, Some(3000))).await;
        assert_eq!(saving(&shop).await, (Some(25), Some(25)), "not 50: it cost 20.00");
        kit.later(DAY);
        shop.put(shirt(2000, Some(3000))).await;
        assert_eq!(saving(&shop).await, (None, None), "it is dearer than yesterday");
        // Its cheapest variant is the one in a list.
        kit.later(40 * DAY);
        let mut two = sized("shirt", &["S", "M"]);
        (two.variants[0].price, two.variants[0].compare_at) = (eur(1200), Some(eur(4000)));
        (two.variants[1].price, two.variants[1].compare_at) = (eur(1000), Some(eur(4000)));
        shop.put(two).await;
        let card = shop.list(ListProducts::default()).await.cards;
        let card = card.iter().find(|card| card.handle == "shirt").expect("listed");
        assert_eq!((card.price, card.saving), (eur(1000), Some(75)));
    }

    async fn a_reduced_price_stands_beside_the_lowest_before_it(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        shop.put(shirt(2000, None)).await;
        assert_eq!(lowest(&shop).await, None);
        kit.later(50 * DAY);
        shop.put(shirt(1800, None)).await;
        assert_eq!(lowest(&shop).await, None, "nothing is announced");
        kit.later(10 * DAY);
        shop.put(shirt(2500, None)).await;
        kit.later(10 * DAY);
        shop.put(shirt(1900, Some(2500))).await;
        assert_eq!(lowest(&shop).await, Some(eur(1800)), "not what it was put up to before");
        // What else is written changes nothing of it.
        shop.put(ProductInput { title: "Better".into(), ..shirt(1900, Some(2600)) }).await;
        kit.later(90 * DAY);
        assert_eq!(lowest(&shop).await, Some(eur(1800)), "counted from the reduction, not from today");
        shop.put(shirt(1700, Some(2500))).await;
        assert_eq!(lowest(&shop).await, Some(eur(1900)));
    }

    async fn two_writes_of_one_moment_leave_the_later_price(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        shop.put(shirt(2000, None)).await;
        kit.later(DAY);
        shop.put(shirt(100, None)).await;
        shop.put(shirt(1500, Some(2000))).await;
        assert_eq!(lowest(&shop).await, Some(eur(2000)));
    }
    async fn an_edit_of_many_leaves_it_too(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        // More than one by one, less than all: both ways to write many rows.
        let many = (0..40).map(|number| ProductInput { variants: vec![variant(&[], 2000)], ..product(&format!("other-{number}")) });
        shop.put_all(many.chain([shirt(2000, None)]).collect()).await;
        kit.later(DAY);
        let sale = [BulkAction::KeepPriceAsCompareAt, BulkAction::ChangePrice { basis_points: -1000, ending: None }];
        let edit = BulkEdit { selection: BulkSelection::default(), actions: sale.to_vec(), expected: None };
        let run = shop.catalog.run_bulk(&shop.system, edit).await.expect("a run");
        assert_eq!(lowest(&shop).await, Some(eur(2000)));
        kit.later(DAY);
        shop.catalog.undo_bulk(&shop.system, run.id).await.expect("undone");
        shop.put(shirt(1900, Some(2000))).await;
        assert_eq!(lowest(&shop).await, Some(eur(1800)));
    }
}
