use std::collections::HashSet;

use souk_contract::Check;
use souk_demo::{
    is_ean13,
    scale::{Scale, types},
};

#[test]
fn the_same_seed_gives_the_same_shop_and_another_another() {
    let scale = Scale::of(200, 7);
    let products: Vec<_> = scale.products().collect();
    assert_eq!(products, scale.products().collect::<Vec<_>>());
    assert_eq!(scale.product(150), products[150]);
    // A larger shop starts with the smaller one.
    assert_eq!(Scale::of(100_000, 7).product(150), products[150]);
    assert_ne!(Scale::of(200, 8).product(150), products[150]);
    assert_eq!(scale.orders().collect::<Vec<_>>(), scale.orders().collect::<Vec<_>>());
    assert_eq!(scale.customers().collect::<Vec<_>>(), scale.customers().collect::<Vec<_>>());
}

#[test]
fn products_are_believable() {
    let mut handles = HashSet::new();
    let mut codes = HashSet::new();
    let (mut sold_out, mut on_sale, mut variants) = (0, 0, 0);
    let (mut vendors, mut kinds) = (HashSet::new(), HashSet::new());
    let scale = Scale::of(3000, 1);
    for product in scale.products() {
        assert!(handles.insert(product.handle.clone()), "{} twice", product.handle);
        assert!((1..=12).contains(&product.variants.len()), "{}", product.handle);
        for variant in &product.variants {
            assert!(
                is_ean13(&variant.barcode) && codes.insert(variant.barcode.clone()),
                "{}",
                variant.barcode
            );
            assert!(codes.insert(variant.sku.clone()), "{} twice", variant.sku);
            assert!(variant.price >= 90 && variant.weight_grams > 0, "{}", variant.sku);
            assert!(variant.compare_at.is_none_or(|before| before > variant.price), "{}", variant.sku);
            assert_eq!(variant.values.len(), product.options.len());
            for (value, option) in variant.values.iter().zip(&product.options) {
                assert!(option.values.contains(value), "{}", variant.sku);
            }
        }
        for (place, option) in product.options.iter().enumerate() {
            for value in &option.values {
                assert!(
                    product.variants.iter().any(|variant| variant.values[place] == *value),
                    "{}",
                    product.handle
                );
            }
        }
        variants += product.variants.len();
        sold_out += usize::from(product.variants.iter().all(|variant| variant.stock == 0));
        on_sale += usize::from(product.variants[0].compare_at.is_some());
        vendors.insert(product.vendor);
        kinds.insert(product.product_type);
    }
    assert_eq!((vendors.len(), kinds.len(), types().count()), (60, 40, 40));
    assert!((60..450).contains(&sold_out), "{sold_out} sold out");
    assert!((300..900).contains(&on_sale), "{on_sale} on sale");
    assert!(variants > 9000, "{variants} variants");
}

#[test]
fn customers_have_valid_addresses_and_unique_mail() {
    let mut mails = HashSet::new();
    let mut countries = HashSet::new();
    for customer in Scale::of(2000, 3).customers() {
        assert!(customer.email.is_ascii() && mails.insert(customer.email.clone()), "{}", customer.email);
        let mut check = Check::new();
        customer.address.check(&mut check, "");
        check.done().unwrap_or_else(|error| panic!("{:?}: {error}", customer.address));
        countries.insert(customer.address.country);
    }
    assert_eq!(mails.len(), 2400);
    assert_eq!(countries.len(), 8);
}

#[test]
fn orders_name_variants_that_exist_and_come_in_time_order() {
    let scale = Scale { seed: 5, products: 300, customers: 100, orders: 800 };
    let mut last = u32::MAX;
    let mut lines = 0;
    for order in scale.orders() {
        assert!(order.customer < 100 && (1..=5).contains(&order.lines.len()));
        assert!(order.age_days <= last && order.age_days <= 730);
        last = order.age_days;
        let mut seen = HashSet::new();
        for line in &order.lines {
            assert!(line.variant < scale.product(line.product).variants.len() && line.quantity >= 1);
            assert!(seen.insert((line.product, line.variant)));
            lines += 1;
        }
    }
    assert_eq!(last, 0);
    assert!(lines > 1200, "{lines}");
    assert_eq!(Scale { products: 0, ..scale }.orders().count(), 0);
}
