//! Choosing a variant by its options: which combination exists, and which can be had.

use souk_contract::Product;

/// The variant to begin with: the one asked for, else the first that can be bought, else the first.
pub fn initial(product: &Product, asked: Option<&str>) -> usize {
    let named = asked.and_then(|asked| product.variants.iter().position(|one| one.id.to_string() == asked));
    let buyable = || product.variants.iter().position(|one| one.availability.is_buyable());
    named.or_else(buyable).unwrap_or_default()
}

/// The variant after `value` was chosen for option number `option`: the rest stays where that exists, else as much of
/// it as possible, and rather what can be bought.
pub fn after(product: &Product, now: usize, option: usize, value: &str) -> Option<usize> {
    let current = product.variants.get(now)?;
    let offers = |index: &usize| product.variants[*index].options.get(option).is_some_and(|one| one == value);
    let same = |index: &usize| {
        let other = &product.variants[*index].options;
        other.iter().zip(&current.options).filter(|(one, other)| one == other).count()
    };
    let best = |index: &usize| (same(index), product.variants[*index].availability.is_buyable());
    // Of equals the first.
    (0..product.variants.len()).filter(offers).rev().max_by_key(best)
}

/// Whether choosing this value, all else kept, gives something that can be bought.
pub fn buyable(product: &Product, now: usize, option: usize, value: &str) -> bool {
    let Some(current) = product.variants.get(now) else { return false };
    product.variants.iter().any(|one| {
        one.availability.is_buyable()
            && one.options.get(option).is_some_and(|other| other == value)
            && one
                .options
                .iter()
                .zip(&current.options)
                .enumerate()
                .all(|(index, (one, other))| index == option || one == other)
    })
}

#[cfg(test)]
mod tests {
    use souk_contract::*;

    use super::{after, buyable, initial};

    fn shirt() -> Product {
        let variant = |number: u8, size: &str, colour: &str, availability| Variant {
            id: format!("00000000-0000-7000-8000-0000000000{number:02}").parse().unwrap(),
            sku: None,
            barcode: None,
            title: format!("{size} / {colour}"),
            options: vec![size.into(), colour.into()],
            price: Money::new(1000, Currency::EUR),
            compare_at: None,
            weight_grams: 0,
            requires_shipping: true,
            taxable: true,
            media_id: None,
            availability,
        };
        let moment = Timestamp::from_micros(0).unwrap();
        Product {
            id: "00000000-0000-7000-8000-000000000000".parse().unwrap(),
            handle: "shirt".into(),
            title: "Shirt".into(),
            description_html: String::new(),
            vendor: String::new(),
            product_type: String::new(),
            tags: vec![],
            status: ProductStatus::Published,
            options: vec![],
            variants: vec![
                variant(1, "S", "red", Availability::SoldOut),
                variant(2, "M", "red", Availability::InStock),
                variant(3, "M", "blue", Availability::Low),
                variant(4, "L", "blue", Availability::InStock),
            ],
            media: vec![],
            seo: Seo::default(),
            collections: vec![],
            version: 1,
            created_at: moment,
            updated_at: moment,
        }
    }

    #[test]
    fn begins_with_what_was_asked_for_or_can_be_bought() {
        let shirt = shirt();
        assert_eq!(initial(&shirt, None), 1);
        assert_eq!(initial(&shirt, Some("00000000-0000-7000-8000-000000000001")), 0);
        assert_eq!(initial(&shirt, Some("nonsense")), 1);
    }

    #[test]
    fn keeps_the_other_options_where_that_exists() {
        let shirt = shirt();
        assert_eq!(after(&shirt, 1, 1, "blue"), Some(2));
        // There is no large one in red: the size is what was asked for.
        assert_eq!(after(&shirt, 1, 0, "L"), Some(3));
        assert_eq!(after(&shirt, 3, 1, "red"), Some(1));
        assert_eq!(after(&shirt, 0, 0, "XXL"), None);
    }

    #[test]
    fn knows_what_can_be_had() {
        let shirt = shirt();
        assert!(!buyable(&shirt, 1, 0, "S"));
        assert!(buyable(&shirt, 1, 1, "blue"));
        assert!(!buyable(&shirt, 1, 0, "L"));
    }
}
