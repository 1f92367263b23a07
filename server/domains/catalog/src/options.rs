//! What a product comes in, changed: each variant goes with what it has.

use std::collections::HashSet;

use souk_contract::{
    ChangeOptions, Ctx, Error, OptionValue, ProductId, ProductInput, ProductOption, ProductRecord,
    ProductWritten, PutProduct, Result, VariantId, VariantInput, VersionKind,
};

use crate::{LocalCatalog, product::MAX_VARIANTS, versions::Cause};

/// The product as it is then, and which of its variants was there before.
///
/// # Errors
/// `Invalid` where the change speaks of what there is not, or nothing would be left.
fn change(record: &ProductRecord, wanted: &ChangeOptions) -> Result<(ProductInput, Vec<Option<VariantId>>)> {
    let before = &record.input;
    let places = check(before, wanted)?;
    let mut input = before.clone();
    input.options = wanted
        .options
        .iter()
        .map(|option| ProductOption {
            name: option.name.trim().to_owned(),
            values: option
                .values
                .iter()
                .map(|value| OptionValue { name: value.name.trim().to_owned(), swatch: value.swatch.clone() })
                .collect(),
        })
        .collect();
    let mut seen = HashSet::new();
    let (mut variants, mut ids) = (Vec::new(), Vec::new());
    for (variant, id) in before.variants.iter().zip(&record.variant_ids) {
        // None: it has a value that goes.
        let options: Option<Vec<String>> = wanted
            .options
            .iter()
            .zip(&places)
            .map(|(option, place)| {
                let value = match place {
                    None => option.values.first(),
                    Some(place) => {
                        let has = variant.options.get(*place);
                        option.values.iter().find(|value| value.from.as_ref() == has)
                    }
                };
                value.map(|value| value.name.trim().to_owned())
            })
            .collect();
        // Without an option that told them apart, the first of them stays.
        if let Some(options) = options.filter(|options| seen.insert(options.clone())) {
            variants.push(VariantInput { options, ..variant.clone() });
            ids.push(Some(*id));
        }
    }
    if wanted.fill {
        let first = before.variants.first().ok_or_else(|| Error::internal("a product without variants"))?;
        let values: Vec<Vec<&str>> = wanted
            .options
            .iter()
            .map(|option| option.values.iter().map(|value| value.name.trim()).collect())
            .collect();
        let is_new = |options: &[String]| {
            options.iter().zip(&wanted.options).zip(&places).any(|((name, option), place)| {
                let value = option.values.iter().find(|value| value.name.trim() == name);
                place.is_none() || value.is_some_and(|value| value.from.is_none())
            })
        };
        for options in combinations(&values) {
            if variants.len() > MAX_VARIANTS {
                break;
            }
            if is_new(&options) && seen.insert(options.clone()) {
                let (sku, barcode) = (None, None);
                variants.push(VariantInput { options, sku, barcode, ..first.clone() });
                ids.push(None);
            }
        }
    }
    if variants.is_empty() {
        return Err(Error::invalid("options", "nothing_left", "No variant would be left."));
    }
    input.variants = variants;
    Ok((input, ids))
}

/// Where each wanted option stands now.
fn check(before: &ProductInput, wanted: &ChangeOptions) -> Result<Vec<Option<usize>>> {
    let mut check = souk_contract::Check::new();
    let mut places = Vec::new();
    for (at, option) in wanted.options.iter().enumerate() {
        let field = format!("options[{at}]");
        check.that(
            !option.values.is_empty(),
            &format!("{field}.values"),
            "required",
            "An option needs a value.",
        );
        let place = option.from.as_ref().map(|from| before.options.iter().position(|one| one.name == *from));
        check.that(
            place != Some(None),
            &format!("{field}.from"),
            "unknown",
            "The product has no such option.",
        );
        let place = place.flatten();
        let twice = place.is_some() && places.contains(&place);
        check.that(!twice, &format!("{field}.from"), "duplicate", "This option is there twice.");
        let mut taken = HashSet::new();
        for (number, value) in option.values.iter().enumerate() {
            let Some(from) = &value.from else { continue };
            let known = place
                .and_then(|place| before.options.get(place))
                .is_some_and(|option| option.values.iter().any(|value| value.name == *from));
            let field = format!("{field}.values[{number}].from");
            check.that(known, &field, "unknown", "The option has no such value.");
            check.that(taken.insert(from), &field, "duplicate", "This value is there twice.");
        }
        places.push(place);
    }
    check.done()?;
    Ok(places)
}

fn combinations(values: &[Vec<&str>]) -> Vec<Vec<String>> {
    values.iter().fold(vec![Vec::new()], |all, values| {
        let with = |one: &Vec<String>, value: &&str| {
            let mut one = one.clone();
            one.push((*value).to_owned());
            one
        };
        // No more than a product may have: the check afterwards says so.
        all.iter()
            .flat_map(|one| values.iter().map(move |value| with(one, value)))
            .take(MAX_VARIANTS + 1)
            .collect()
    })
}

impl LocalCatalog {
    pub(crate) async fn write_options(
        &self,
        ctx: &Ctx,
        id: ProductId,
        wanted: ChangeOptions,
        if_version: Option<i64>,
    ) -> Result<ProductWritten> {
        let record = self.read_record(&mut *self.db.read().await?, id).await?;
        let (product, ids) = change(&record, &wanted)?;
        // The ids are those of what was just read.
        let if_version = Some(if_version.unwrap_or(record.version));
        let request = PutProduct { id: Some(id), product, if_version };
        self.write_with(ctx, request, Cause::of(VersionKind::Updated), ids).await
    }
}

#[cfg(test)]
mod tests {
    use souk_contract::{ChangedOption, ChangedValue, Currency, Money, Timestamp};
    use uuid::Uuid;

    use super::*;

    fn value(from: &str, name: &str) -> ChangedValue {
        let from = (!from.is_empty()).then(|| from.to_owned());
        ChangedValue { from, name: name.to_owned(), swatch: None }
    }

    fn option(from: &str, name: &str, values: Vec<ChangedValue>) -> ChangedOption {
        let from = (!from.is_empty()).then(|| from.to_owned());
        ChangedOption { from, name: name.to_owned(), values }
    }

    /// Size S, M and colour Red, Blue; M / Blue is not made.
    fn shirt() -> ProductRecord {
        let known = |name: &str, values: &[&str]| ProductOption {
            name: name.to_owned(),
            values: values
                .iter()
                .map(|name| OptionValue { name: (*name).to_owned(), swatch: None })
                .collect(),
        };
        let mut input =
            ProductInput::new("shirt", "Shirt", VariantInput::new(Money::new(1000, Currency::EUR)));
        input.options = vec![known("Size", &["S", "M"]), known("Colour", &["Red", "Blue"])];
        let one = input.variants.remove(0);
        for (number, options) in [["S", "Red"], ["S", "Blue"], ["M", "Red"]].into_iter().enumerate() {
            let options = options.iter().map(|value| (*value).to_owned()).collect();
            input.variants.push(VariantInput { options, sku: Some(format!("sku-{number}")), ..one.clone() });
        }
        let at = Timestamp::from_micros(0).expect("a moment");
        ProductRecord {
            id: ProductId::new(Uuid::nil()),
            version: 1,
            created_at: at,
            updated_at: at,
            input,
            variant_ids: (1..=3).map(|number| VariantId::new(Uuid::from_u128(number))).collect(),
            media_ids: Vec::new(),
        }
    }

    fn outcome(wanted: ChangeOptions) -> Vec<(String, u128)> {
        let (input, ids) = change(&shirt(), &wanted).expect("a good change");
        let id = |id: Option<VariantId>| id.map_or(0, |id| id.uuid().as_u128());
        input.variants.iter().map(|one| one.options.join("/")).zip(ids.into_iter().map(id)).collect()
    }

    #[test]
    fn variants_go_with_what_they_have() {
        let sizes = || option("Size", "Size", vec![value("S", "Small"), value("M", "M")]);
        let colours = || option("Colour", "Color", vec![value("Blue", "Navy"), value("Red", "Red")]);
        let all = |options, fill| ChangeOptions { options, fill };
        let name = |name: &str, id: u128| (name.to_owned(), id);
        // Renamed and in another order.
        assert_eq!(
            outcome(all(vec![colours(), sizes()], false)),
            [name("Red/Small", 1), name("Navy/Small", 2), name("Red/M", 3)]
        );
        // A value that goes takes its variants with it, a new one brings its own, and no old gap is filled.
        let colours = option("Colour", "Colour", vec![value("Red", "Red"), value("", "Green")]);
        assert_eq!(
            outcome(all(vec![sizes(), colours], true)),
            [name("Small/Red", 1), name("M/Red", 3), name("Small/Green", 0), name("M/Green", 0)]
        );
        // Without the colour, the first of each size stays.
        assert_eq!(outcome(all(vec![sizes()], false)), [name("Small", 1), name("M", 3)]);
        // A new option: what there is has its first value.
        let mut three = vec![option("", "Fit", vec![value("", "Slim"), value("", "Wide")]), sizes()];
        three.truncate(2);
        assert_eq!(
            outcome(all(three, true)),
            [name("Slim/Small", 1), name("Slim/M", 3), name("Wide/Small", 0), name("Wide/M", 0)]
        );
        assert_eq!(outcome(ChangeOptions::default()), [name("", 1)]);
    }

    #[test]
    fn what_there_is_not_is_named() {
        let field =
            |options: Vec<ChangedOption>| match change(&shirt(), &ChangeOptions { options, fill: false }) {
                Err(Error::Invalid { fields }) => format!("{}: {}", fields[0].field, fields[0].code),
                other => panic!("{other:?}"),
            };
        assert_eq!(field(vec![option("Fit", "Fit", vec![value("", "Slim")])]), "options[0].from: unknown");
        assert_eq!(
            field(vec![option("Size", "Size", vec![value("L", "L")])]),
            "options[0].values[0].from: unknown"
        );
        assert_eq!(field(vec![option("Size", "Size", vec![])]), "options[0].values: required");
        assert_eq!(field(vec![option("Size", "Size", vec![value("", "XL")])]), "options: nothing_left");
    }
}
