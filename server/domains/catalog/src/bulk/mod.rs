//! Changing many products at once. Pure functions; [`run`] loads and saves, [`plan`] waits for the moment.

mod plan;
pub(crate) mod run;

use serde::{Deserialize, Serialize};
use souk_contract::{
    BulkAction, BulkChange, BulkField, BulkSelection, Check, Currency, Money, ProductInput, ProductRecord,
    ProductStatus, Result, VariantId, VariantInput,
};

const MOST_ACTIONS: usize = 10;

/// A value as it is kept, exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Value {
    Status(ProductStatus),
    Text(String),
    Tags(Vec<String>),
    /// Minor units.
    Money(Option<i64>),
}

impl Value {
    fn show(&self, currency: Currency) -> String {
        match self {
            Self::Status(status) => status.as_str().to_owned(),
            Self::Text(text) => text.clone(),
            Self::Tags(tags) => tags.join(", "),
            Self::Money(money) => {
                money.map_or_else(String::new, |minor| Money::new(minor, currency).to_string())
            }
        }
    }
}

/// One value of a product, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Changed {
    pub variant_id: Option<VariantId>,
    pub field: BulkField,
    pub before: Value,
    pub after: Value,
}

/// # Errors
/// Names what is wrong with the actions.
pub(crate) fn check(actions: &[BulkAction], currency: Currency) -> Result<()> {
    let mut check = Check::new();
    check.that(!actions.is_empty(), "actions", "required", "What is to be done?");
    check.that(actions.len() <= MOST_ACTIONS, "actions", "too_many", "At most 10 actions at once.");
    for (index, action) in actions.iter().enumerate() {
        let field = |name: &str| format!("actions[{index}].{name}");
        let plain = |text: &str| !text.chars().any(char::is_control);
        match action {
            BulkAction::Vendor { to } | BulkAction::ProductType { to } => {
                check.short(to, &field("to"), 200);
                check.that(plain(to), &field("to"), "invalid", "No control characters, please.");
            }
            BulkAction::AddTags { tags } | BulkAction::RemoveTags { tags } => {
                check.that(!tags.is_empty(), &field("tags"), "required", "Which tags?");
                for tag in tags {
                    check.text(tag, &field("tags"), 200);
                    check.that(plain(tag), &field("tags"), "invalid", "No control characters, please.");
                }
            }
            BulkAction::SetPrice { price } => {
                let fits = price.currency == currency && price.minor >= 0;
                check.that(
                    fits,
                    &field("price"),
                    "invalid",
                    "An amount in the shop's currency, not below 0.",
                );
            }
            BulkAction::ChangePrice { basis_points, ending } => {
                let fits = (-10_000..=100_000).contains(basis_points);
                check.that(fits, &field("basis_points"), "out_of_range", "From -100 to 1,000 percent.");
                let fits = ending.is_none_or(|ending| (0..100).contains(&ending));
                check.that(fits, &field("ending"), "out_of_range", "Two digits: 0 to 99.");
            }
            BulkAction::Status { .. } | BulkAction::KeepPriceAsCompareAt | BulkAction::ClearCompareAt => {}
        }
    }
    check.done()
}

pub(crate) fn is_selected(selection: &BulkSelection, record: &ProductRecord) -> bool {
    let input = &record.input;
    let same = |wanted: &Option<String>, value: &str| {
        wanted.as_ref().is_none_or(|wanted| wanted.trim().to_lowercase() == value.to_lowercase())
    };
    let tagged = |tag: &String| input.tags.iter().any(|one| one.to_lowercase() == tag.trim().to_lowercase());
    let has_text = |text: &String| {
        let text = text.trim().to_lowercase();
        input.title.to_lowercase().contains(&text) || input.handle.contains(&text)
    };
    selection.status.is_none_or(|status| status == input.status)
        && same(&selection.vendor, &input.vendor)
        && same(&selection.product_type, &input.product_type)
        && selection.tag.as_ref().is_none_or(tagged)
        && selection.text.as_ref().is_none_or(has_text)
}

/// Half up, never below nothing.
fn changed_price(minor: i64, basis_points: i64, ending: Option<i64>) -> i64 {
    let scaled = i128::from(minor) * i128::from(10_000 + basis_points);
    let rounded = (2 * scaled + 10_000) / 20_000;
    let price = i64::try_from(rounded).unwrap_or(i64::MAX / 2).max(0);
    match ending {
        Some(ending) if price > 0 => price / 100 * 100 + ending,
        _ => price,
    }
}

/// What the product is afterwards.
pub(crate) fn apply(actions: &[BulkAction], before: &ProductInput) -> ProductInput {
    let mut after = before.clone();
    for action in actions {
        match action {
            BulkAction::Status { to_status } => after.status = *to_status,
            BulkAction::Vendor { to } => to.trim().clone_into(&mut after.vendor),
            BulkAction::ProductType { to } => to.trim().clone_into(&mut after.product_type),
            BulkAction::AddTags { tags } => {
                for tag in tags.iter().map(|tag| tag.trim()) {
                    if !after.tags.iter().any(|one| one.to_lowercase() == tag.to_lowercase()) {
                        after.tags.push(tag.to_owned());
                    }
                }
            }
            BulkAction::RemoveTags { tags } => {
                let gone =
                    |one: &String| tags.iter().any(|tag| tag.trim().to_lowercase() == one.to_lowercase());
                after.tags.retain(|one| !gone(one));
            }
            BulkAction::SetPrice { price } => {
                after.variants.iter_mut().for_each(|variant| variant.price = *price)
            }
            BulkAction::ChangePrice { basis_points, ending } => {
                for price in after.variants.iter_mut().map(|variant| &mut variant.price) {
                    price.minor = changed_price(price.minor, *basis_points, *ending);
                }
            }
            BulkAction::KeepPriceAsCompareAt => {
                for (variant, was) in after.variants.iter_mut().zip(&before.variants) {
                    variant.compare_at = Some(was.price);
                }
            }
            BulkAction::ClearCompareAt => {
                after.variants.iter_mut().for_each(|variant| variant.compare_at = None);
            }
        }
    }
    after
}

/// The values that differ.
pub(crate) fn changes(before: &ProductInput, after: &ProductInput, ids: &[VariantId]) -> Vec<Changed> {
    let mut changes = Vec::new();
    let mut add = |variant_id, field, before: Value, after: Value| {
        if before != after {
            changes.push(Changed { variant_id, field, before, after });
        }
    };
    add(None, BulkField::Status, Value::Status(before.status), Value::Status(after.status));
    let text = |text: &String| Value::Text(text.clone());
    add(None, BulkField::Vendor, text(&before.vendor), text(&after.vendor));
    add(None, BulkField::ProductType, text(&before.product_type), text(&after.product_type));
    add(None, BulkField::Tags, Value::Tags(before.tags.clone()), Value::Tags(after.tags.clone()));
    for ((was, is), id) in before.variants.iter().zip(&after.variants).zip(ids) {
        let price = |variant: &VariantInput| Value::Money(Some(variant.price.minor));
        let compare_at = |variant: &VariantInput| Value::Money(variant.compare_at.map(|money| money.minor));
        add(Some(*id), BulkField::Price, price(was), price(is));
        add(Some(*id), BulkField::CompareAt, compare_at(was), compare_at(is));
    }
    changes
}

/// Takes back what is still as the edit left it: the product as it is then, and how many values stay.
pub(crate) fn take_back(changes: &[Changed], now: &ProductRecord) -> (ProductInput, i64) {
    let mut input = now.input.clone();
    let mut kept = 0;
    for change in changes {
        let variant = change.variant_id.and_then(|id| now.variant_ids.iter().position(|known| *known == id));
        let current = match (change.field, variant) {
            (BulkField::Status, _) => Some(Value::Status(input.status)),
            (BulkField::Vendor, _) => Some(Value::Text(input.vendor.clone())),
            (BulkField::ProductType, _) => Some(Value::Text(input.product_type.clone())),
            (BulkField::Tags, _) => Some(Value::Tags(input.tags.clone())),
            (BulkField::Price, Some(at)) => {
                input.variants.get(at).map(|variant| Value::Money(Some(variant.price.minor)))
            }
            (BulkField::CompareAt, Some(at)) => input
                .variants
                .get(at)
                .map(|variant| Value::Money(variant.compare_at.map(|money| money.minor))),
            (BulkField::Price | BulkField::CompareAt, None) => None,
        };
        if current.as_ref() != Some(&change.after) {
            kept += 1;
            continue;
        }
        let variant = variant.and_then(|at| input.variants.get_mut(at));
        match (change.field, change.before.clone(), variant) {
            (BulkField::Status, Value::Status(status), _) => input.status = status,
            (BulkField::Vendor, Value::Text(text), _) => input.vendor = text,
            (BulkField::ProductType, Value::Text(text), _) => input.product_type = text,
            (BulkField::Tags, Value::Tags(tags), _) => input.tags = tags,
            (BulkField::Price, Value::Money(Some(minor)), Some(variant)) => variant.price.minor = minor,
            (BulkField::CompareAt, Value::Money(money), Some(variant)) => {
                variant.compare_at = money.map(|minor| Money::new(minor, variant.price.currency));
            }
            _ => kept += 1,
        }
    }
    (input, kept)
}

/// As people read it, with what they should look at twice.
pub(crate) fn show(record: &ProductRecord, after: &ProductInput, change: &Changed) -> BulkChange {
    let at = change.variant_id.and_then(|id| record.variant_ids.iter().position(|known| *known == id));
    let variant = at.and_then(|at| after.variants.get(at));
    let currency = after.variants.first().map_or(Currency::EUR, |variant| variant.price.currency);
    let below_cost =
        |variant: &VariantInput| variant.cost.is_some_and(|cost| variant.price.minor < cost.minor);
    let no_saving =
        |variant: &VariantInput| variant.compare_at.is_some_and(|was| was.minor <= variant.price.minor);
    let warning = match (change.field, variant) {
        (BulkField::Price, Some(variant)) if below_cost(variant) => Some("below_cost"),
        (BulkField::CompareAt, Some(variant)) if no_saving(variant) => Some("not_below_compare_at"),
        _ => None,
    };
    BulkChange {
        product_id: record.id,
        title: record.input.title.clone(),
        variant_id: change.variant_id,
        variant: variant.map(|variant| variant.options.join(" / ")).unwrap_or_default(),
        field: change.field,
        before: change.before.show(currency),
        after: change.after.show(currency),
        warning: warning.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use souk_contract::Id;
    use uuid::Uuid;

    use super::*;

    const EUR: Currency = Currency::EUR;

    fn record(prices: &[i64]) -> ProductRecord {
        let mut input = ProductInput::new("lamp", "Lamp", VariantInput::new(Money::new(0, EUR)));
        input.tags = vec!["Old".to_owned()];
        input.variants = prices.iter().map(|minor| VariantInput::new(Money::new(*minor, EUR))).collect();
        let at = souk_contract::Timestamp::parse("2026-01-01T00:00:00Z").expect("a time");
        let ids = (1..=prices.len() as u128).map(|n| Id::new(Uuid::from_u128(n))).collect();
        ProductRecord {
            id: Id::new(Uuid::nil()),
            version: 1,
            created_at: at,
            updated_at: at,
            variant_ids: ids,
            media_ids: Vec::new(),
            input,
        }
    }

    #[test]
    fn prices_are_rounded_half_up_and_end_as_wished() {
        assert_eq!(changed_price(1999, -1000, None), 1799);
        assert_eq!(changed_price(1005, -5000, None), 503);
        assert_eq!(changed_price(1234, 0, Some(99)), 1299);
        assert_eq!(changed_price(0, 500, Some(99)), 0);
        assert_eq!(changed_price(5, -10_000, Some(99)), 0);
    }

    #[test]
    fn a_sale_keeps_what_it_cost_before_and_is_taken_back_value_by_value() {
        let actions = [
            BulkAction::KeepPriceAsCompareAt,
            BulkAction::ChangePrice { basis_points: -2000, ending: None },
            BulkAction::AddTags { tags: vec!["sale".to_owned(), "OLD".to_owned()] },
        ];
        let record = record(&[1000, 2000]);
        let after = apply(&actions, &record.input);
        let changes = changes(&record.input, &after, &record.variant_ids);
        assert_eq!(changes.len(), 5, "two prices, two compare-at prices, the tags: {changes:?}");
        assert_eq!(after.tags, ["Old", "sale"]);
        let mut now = ProductRecord { input: after, ..record.clone() };
        assert_eq!(take_back(&changes, &now), (record.input.clone(), 0));
        // Somebody gave one variant another price since.
        now.input.variants[1].price.minor = 1;
        let (back, kept) = take_back(&changes, &now);
        assert_eq!((back.variants[1].price.minor, back.variants[0].price.minor, kept), (1, 1000, 1));
        // And one variant is gone.
        now.variant_ids.pop();
        now.input.variants.pop();
        assert_eq!(take_back(&changes, &now).1, 2);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let field = |action: BulkAction| match check(&[action], EUR) {
            Err(souk_contract::Error::Invalid { fields }) => fields[0].field.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(field(BulkAction::Vendor { to: "x".repeat(201) }), "actions[0].to");
        assert_eq!(field(BulkAction::AddTags { tags: vec![" ".to_owned()] }), "actions[0].tags");
        assert_eq!(field(BulkAction::SetPrice { price: Money::new(1, Currency::USD) }), "actions[0].price");
        assert_eq!(
            field(BulkAction::ChangePrice { basis_points: -10_001, ending: None }),
            "actions[0].basis_points"
        );
        assert_eq!(
            field(BulkAction::ChangePrice { basis_points: 0, ending: Some(100) }),
            "actions[0].ending"
        );
        assert!(check(&[], EUR).is_err());
    }
}
