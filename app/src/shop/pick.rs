//! Choosing a variant by its options: which combination exists, and which can be had.

use serde::{Deserialize, Serialize};
use souk_contract::{Availability, MediaId, Money, VariantId};

/// What there is to choose from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Range {
    pub options: Vec<Choice>,
    /// In their order; always at least one.
    pub variants: Vec<Offer>,
}

/// An option and its values, each with a CSS colour where it is one to look at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    pub name: String,
    pub values: Vec<(String, Option<String>)>,
}

/// A variant as far as it is chosen by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    pub id: VariantId,
    pub title: String,
    /// One value per option.
    pub options: Vec<String>,
    pub price: Money,
    pub compare_at: Option<Money>,
    /// What the law wants beside a reduced price.
    pub prior: Option<String>,
    /// "Save 20%".
    pub saving: Option<String>,
    pub availability: Availability,
    pub picture: Option<MediaId>,
}

/// The variant to begin with: the one asked for, else the first that can be bought, else the first.
pub fn initial(range: &Range, asked: Option<&str>) -> usize {
    let named = asked.and_then(|asked| range.variants.iter().position(|one| one.id.to_string() == asked));
    let buyable = || range.variants.iter().position(|one| one.availability.is_buyable());
    named.or_else(buyable).unwrap_or_default()
}

/// The variant after `value` was chosen for option number `option`: the rest stays where that exists, else as much of
/// it as possible, and rather what can be bought.
pub fn after(range: &Range, now: usize, option: usize, value: &str) -> Option<usize> {
    let current = range.variants.get(now)?;
    let offers = |index: &usize| range.variants[*index].options.get(option).is_some_and(|one| one == value);
    let same = |index: &usize| {
        let other = &range.variants[*index].options;
        other.iter().zip(&current.options).filter(|(one, other)| one == other).count()
    };
    let best = |index: &usize| (same(index), range.variants[*index].availability.is_buyable());
    // Of equals the first.
    (0..range.variants.len()).filter(offers).rev().max_by_key(best)
}

/// Whether choosing this value, all else kept, gives something that can be bought.
pub fn buyable(range: &Range, now: usize, option: usize, value: &str) -> bool {
    let Some(current) = range.variants.get(now) else { return false };
    range.variants.iter().any(|one| {
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
    use souk_contract::{Availability, Currency, Money};

    use super::{Offer, Range, after, buyable, initial};

    fn shirt() -> Range {
        let offer = |number: u8, size: &str, colour: &str, availability| Offer {
            id: format!("00000000-0000-7000-8000-0000000000{number:02}").parse().unwrap(),
            title: format!("{size} / {colour}"),
            options: vec![size.into(), colour.into()],
            price: Money::new(1000, Currency::EUR),
            compare_at: None,
            prior: None,
            saving: None,
            availability,
            picture: None,
        };
        Range {
            options: vec![],
            variants: vec![
                offer(1, "S", "red", Availability::SoldOut),
                offer(2, "M", "red", Availability::InStock),
                offer(3, "M", "blue", Availability::Low),
                offer(4, "L", "blue", Availability::InStock),
            ],
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
