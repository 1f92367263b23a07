//! What a merchant writes about a product: checked, sanitised, and told apart from what is stored.

use std::collections::HashSet;

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use souk_contract::{
    Availability, Check, Currency, Error, Money, ProductInput, Result, Seo, VariantId, VariantInput,
};

use crate::{
    attributes, html,
    text::{check_handle, check_plain, fold},
};

pub(crate) const MAX_VARIANTS: usize = 2000;
const MAX_OPTIONS: usize = 10;
const MAX_MEDIA: usize = 250;
const MAX_TAGS: usize = 250;
const MAX_HTML: usize = 512 * 1024;
const MAX_EXTRA: usize = 32 * 1024;
/// 10 thousand million major units: far above any price, far below where sums overflow.
const MAX_PRICE: i64 = 1_000_000_000_000;
const MAX_WEIGHT_GRAMS: i64 = 1_000_000_000;
const MAX_SWATCHES: usize = 6;

/// A product that may be stored as it stands.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub input: ProductInput,
    /// Equal for equal products: what tells `Unchanged` from `Updated`.
    pub fingerprint: String,
    /// Of its variants, where it is known which they were; else they are recognised.
    pub ids: Vec<Option<VariantId>>,
}

/// Checks and sanitises.
///
/// # Errors
/// `Invalid` with every wrong field.
pub(crate) fn draft(mut input: ProductInput, currency: Currency) -> Result<Draft> {
    check(&input, currency)?;
    input.description_html = html::sanitise(&input.description_html);
    attributes::tidy(&mut input);
    let fingerprint = fingerprint(&input)?;
    Ok(Draft { input, fingerprint, ids: Vec::new() })
}

/// SHA-256 over the JSON, whose field order is that of the struct.
pub(crate) fn fingerprint(value: &impl Serialize) -> Result<String> {
    let json = serde_json::to_vec(value).map_err(Error::internal)?;
    Ok(hex::encode(Sha256::digest(json)))
}

/// Whether the catalogue would take the product: an import that is to be all or nothing asks first.
///
/// # Errors
/// `Invalid` with every wrong field.
pub fn check(input: &ProductInput, currency: Currency) -> Result<()> {
    let mut check = Check::new();
    check_handle(&mut check, &input.handle, "handle");
    check.that(!input.title.trim().is_empty(), "title", "required", "Please fill this in.");
    check_plain(&mut check, &input.title, "title", 255);
    check_plain(&mut check, &input.vendor, "vendor", 255);
    check_plain(&mut check, &input.product_type, "product_type", 255);
    check_html(&mut check, &input.description_html, "description_html");
    check.that(input.tags.len() <= MAX_TAGS, "tags", "too_many", "At most 250 tags.");
    for (index, tag) in input.tags.iter().enumerate() {
        check_plain(&mut check, tag, &format!("tags[{index}]"), 255);
    }
    check_seo(&mut check, &input.seo);
    check_extra(&mut check, &input.extra, "extra");
    attributes::check_shape(&mut check, input.attributes.as_deref().unwrap_or_default());
    check_media(&mut check, input);
    check_options(&mut check, input);
    let count = input.variants.len();
    check.that(count > 0, "variants", "required", "A product needs at least one variant.");
    check.that(count <= MAX_VARIANTS, "variants", "too_many", "At most 2,000 variants.");
    check.done()?;
    check_variants(&mut check, input, currency);
    check.done()
}

pub(crate) fn check_html(check: &mut Check, html: &str, field: &str) {
    check.that(html.len() <= MAX_HTML, field, "too_long", "At most 512 KiB.");
    check.that(!html.contains('\0'), field, "invalid", "Control characters are not allowed.");
}

pub(crate) fn check_seo(check: &mut Check, seo: &Seo) {
    check_plain(check, seo.title.as_deref().unwrap_or_default(), "seo.title", 500);
    check_plain(check, seo.description.as_deref().unwrap_or_default(), "seo.description", 5000);
}

fn check_extra(check: &mut Check, extra: &std::collections::BTreeMap<String, String>, field: &str) {
    let size: usize = extra.iter().map(|(key, value)| key.len() + value.len()).sum();
    check.that(size <= MAX_EXTRA, field, "too_long", "At most 32 KiB.");
    let nul = extra.iter().any(|(key, value)| key.contains('\0') || value.contains('\0'));
    check.that(!nul, field, "invalid", "Control characters are not allowed.");
}

fn check_media(check: &mut Check, input: &ProductInput) {
    check.that(input.media.len() <= MAX_MEDIA, "media", "too_many", "At most 250 pictures.");
    let mut sources = HashSet::new();
    for (index, media) in input.media.iter().enumerate() {
        let field = format!("media[{index}].source");
        check.text(&media.source, &field, 2048);
        check_plain(check, &media.source, &field, 2048);
        check.that(
            sources.insert(&media.source),
            &field,
            "duplicate",
            "The product has this picture already.",
        );
        check_plain(check, &media.alt, &format!("media[{index}].alt"), 1000);
    }
}

fn check_options(check: &mut Check, input: &ProductInput) {
    check.that(input.options.len() <= MAX_OPTIONS, "options", "too_many", "At most 10 options.");
    let mut names = HashSet::new();
    for (index, option) in input.options.iter().enumerate() {
        let field = format!("options[{index}].name");
        check.text(&option.name, &field, 255);
        check_plain(check, &option.name, &field, 255);
        check.that(names.insert(fold(&option.name)), &field, "duplicate", "Another option has this name.");
        let mut values = HashSet::new();
        for (number, value) in option.values.iter().enumerate() {
            let field = format!("options[{index}].values[{number}]");
            check.text(&value.name, &format!("{field}.name"), 255);
            check_plain(check, &value.name, &format!("{field}.name"), 255);
            check.that(
                values.insert(value.name.trim()),
                &field,
                "duplicate",
                "The option has this value already.",
            );
            let colour = value.swatch.as_deref().is_none_or(is_colour);
            check.that(colour, &format!("{field}.swatch"), "invalid", "A colour as #rrggbb.");
        }
    }
}

pub(crate) fn is_colour(text: &str) -> bool {
    text.len() == 7 && text.starts_with('#') && text.bytes().skip(1).all(|byte| byte.is_ascii_hexdigit())
}

fn check_variants(check: &mut Check, input: &ProductInput, currency: Currency) {
    let known: Vec<HashSet<&str>> = input
        .options
        .iter()
        .map(|option| option.values.iter().map(|value| value.name.as_str()).collect())
        .collect();
    let sources: HashSet<&str> = input.media.iter().map(|media| media.source.as_str()).collect();
    let mut keys = HashSet::new();
    for (index, variant) in input.variants.iter().enumerate() {
        let field = |name: &str| format!("variants[{index}].{name}");
        let complete = variant.options.len() == input.options.len();
        check.that(complete, &field("options"), "invalid", "One value for each of the product's options.");
        if complete {
            for (number, (value, values)) in variant.options.iter().zip(&known).enumerate() {
                let field = format!("variants[{index}].options[{number}]");
                check.that(
                    values.contains(value.as_str()),
                    &field,
                    "invalid",
                    "Not one of the option's values.",
                );
            }
            let new = keys.insert(option_key(&variant.options));
            check.that(new, &field("options"), "duplicate", "Another variant has the same options.");
        }
        check_price(check, Some(variant.price), &field("price"), currency);
        check_price(check, variant.compare_at, &field("compare_at"), currency);
        check_price(check, variant.cost, &field("cost"), currency);
        let weight = (0..=MAX_WEIGHT_GRAMS).contains(&variant.weight_grams);
        check.that(weight, &field("weight_grams"), "out_of_range", "Between 0 and 1,000 tonnes.");
        check_plain(check, variant.sku.as_deref().unwrap_or_default(), &field("sku"), 255);
        check_plain(check, variant.barcode.as_deref().unwrap_or_default(), &field("barcode"), 255);
        check_extra(check, &variant.extra, &field("extra"));
        let pictured = variant.media_source.as_deref().is_none_or(|source| sources.contains(source));
        check.that(
            pictured,
            &field("media_source"),
            "invalid",
            "Not the source of one of the product's pictures.",
        );
    }
}

fn check_price(check: &mut Check, price: Option<Money>, field: &str, currency: Currency) {
    let Some(price) = price else { return };
    let range = (0..=MAX_PRICE).contains(&price.minor);
    check.that(range, field, "out_of_range", "A price is not negative and not that high.");
    check.that(
        price.currency == currency,
        field,
        "wrong_currency",
        &format!("This shop's prices are in {currency}."),
    );
}

/// Names a variant within its product, whatever its id.
pub(crate) fn option_key(options: &[String]) -> String {
    options.iter().map(|value| value.trim()).collect::<Vec<_>>().join("\u{1f}")
}

/// A stored variant, as far as recognising it needs.
#[derive(Debug, Clone)]
pub(crate) struct KnownVariant {
    pub id: VariantId,
    pub option_key: String,
    pub sku: Option<String>,
    pub retired: bool,
    pub availability: Availability,
}

/// As [`identify`], for variants of which it is known which they were; an id that the product never had is no such.
pub(crate) fn identify_known(
    known: &[KnownVariant],
    wanted: &[VariantInput],
    ids: &[Option<VariantId>],
    mut new_id: impl FnMut() -> VariantId,
) -> Vec<VariantId> {
    let given =
        |at: usize| ids.get(at).copied().flatten().filter(|id| known.iter().any(|variant| variant.id == *id));
    let taken: HashSet<VariantId> = (0..wanted.len()).filter_map(given).collect();
    let free: Vec<KnownVariant> =
        known.iter().filter(|variant| !taken.contains(&variant.id)).cloned().collect();
    let rest: Vec<VariantInput> = wanted
        .iter()
        .enumerate()
        .filter(|(at, _)| given(*at).is_none())
        .map(|(_, variant)| variant.clone())
        .collect();
    let mut found = identify(&free, &rest, &mut new_id).into_iter();
    (0..wanted.len()).map(|at| given(at).or_else(|| found.next()).unwrap_or_else(&mut new_id)).collect()
}

/// The id of each wanted variant: by its options, else by its SKU, else a new one. Stock and orders hang on the
/// id, so a variant that comes back gets its old one.
pub(crate) fn identify(
    known: &[KnownVariant],
    wanted: &[VariantInput],
    mut new_id: impl FnMut() -> VariantId,
) -> Vec<VariantId> {
    let mut free: Vec<&KnownVariant> = known.iter().collect();
    free.sort_by_key(|variant| variant.retired);
    let mut take = |matches: &dyn Fn(&KnownVariant) -> bool| {
        free.iter().position(|variant| matches(variant)).map(|at| free.remove(at).id)
    };
    let mut ids: Vec<Option<VariantId>> = wanted
        .iter()
        .map(|variant| {
            let key = option_key(&variant.options);
            take(&|known| known.option_key == key)
        })
        .collect();
    for (id, variant) in ids.iter_mut().zip(wanted) {
        let sku = variant.sku.as_deref().filter(|sku| !sku.is_empty());
        if id.is_none() && sku.is_some() {
            *id = take(&|known| known.sku.as_deref() == sku);
        }
    }
    ids.into_iter().map(|id| id.unwrap_or_else(&mut new_id)).collect()
}

/// What a card shows, in minor units.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Summary {
    pub price_min: i64,
    pub price_max: i64,
    pub compare_at: Option<i64>,
    pub on_sale: bool,
    pub only_variant: Option<VariantId>,
    pub swatches: Vec<String>,
}

pub(crate) fn summarise(input: &ProductInput, ids: &[VariantId]) -> Summary {
    let cheapest = input.variants.iter().min_by_key(|variant| variant.price.minor);
    let swatches = input.options.iter().flat_map(|option| &option.values);
    Summary {
        price_min: cheapest.map_or(0, |variant| variant.price.minor),
        price_max: input.variants.iter().map(|variant| variant.price.minor).max().unwrap_or(0),
        compare_at: cheapest.and_then(sale_price).map(|price| price.minor),
        on_sale: input.variants.iter().any(|variant| sale_price(variant).is_some()),
        only_variant: match ids {
            [only] => Some(*only),
            _ => None,
        },
        swatches: swatches.filter_map(|value| value.swatch.clone()).take(MAX_SWATCHES).collect(),
    }
}

fn sale_price(variant: &VariantInput) -> Option<Money> {
    variant.compare_at.filter(|before| before.minor > variant.price.minor)
}

#[cfg(test)]
mod tests {
    use souk_contract::{OptionValue, ProductOption, ProductStatus};

    use super::*;

    fn variant(options: &[&str], sku: Option<&str>, price: i64) -> VariantInput {
        VariantInput {
            sku: sku.map(str::to_owned),
            barcode: None,
            options: options.iter().map(|value| (*value).to_owned()).collect(),
            price: Money::new(price, Currency::EUR),
            compare_at: None,
            cost: None,
            weight_grams: 0,
            requires_shipping: true,
            taxable: true,
            media_source: None,
            extra: Default::default(),
        }
    }

    fn shirt() -> ProductInput {
        let value = |name: &str| OptionValue { name: name.into(), swatch: None };
        ProductInput {
            handle: "shirt".into(),
            title: "Shirt".into(),
            description_html: "<p>Soft<script>x</script></p>".into(),
            vendor: "Acme".into(),
            product_type: "Shirts".into(),
            tags: vec![],
            status: ProductStatus::Published,
            options: vec![ProductOption { name: "Size".into(), values: vec![value("S"), value("M")] }],
            variants: vec![variant(&["S"], Some("a"), 1000), variant(&["M"], Some("b"), 1200)],
            media: vec![],
            seo: Seo::default(),
            extra: Default::default(),
            template_id: None,
            attributes: None,
            tax_class_id: None,
        }
    }

    fn fields(input: ProductInput) -> Vec<String> {
        match draft(input, Currency::EUR) {
            Err(Error::Invalid { fields }) => fields.into_iter().map(|field| field.field).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_wrong_field_is_named() {
        let mut input = shirt();
        input.variants[0].price.minor = -1;
        input.variants[1].price.currency = Currency::USD;
        input.variants[1].options = vec!["XL".into()];
        input.variants[1].media_source = Some("nowhere.jpg".into());
        assert_eq!(
            fields(input),
            ["variants[0].price", "variants[1].options[0]", "variants[1].price", "variants[1].media_source"]
        );
        let mut input = shirt();
        input.handle = "Big Shirt".into();
        input.title = " ".into();
        input.variants.clear();
        assert_eq!(fields(input), ["handle", "title", "variants"]);
        let mut input = shirt();
        input.variants[1].options = vec!["S".into()];
        assert_eq!(fields(input), ["variants[1].options"]);
    }

    #[test]
    fn an_equal_product_has_an_equal_fingerprint() {
        let first = draft(shirt(), Currency::EUR).expect("a good product");
        assert_eq!(first.input.description_html, "<p>Soft</p>");
        let again = draft(first.input.clone(), Currency::EUR).expect("a good product");
        assert_eq!(first.fingerprint, again.fingerprint);
        let mut other = shirt();
        other.variants[0].price.minor += 1;
        assert_ne!(draft(other, Currency::EUR).expect("a good product").fingerprint, first.fingerprint);
    }

    #[test]
    fn variants_are_recognised_by_options_then_by_sku() {
        let id = |n: u32| -> VariantId { format!("00000000-0000-7000-8000-{n:012}").parse().expect("an id") };
        let known = |n, key: &str, sku: Option<&str>, retired| KnownVariant {
            id: id(n),
            option_key: key.into(),
            sku: sku.map(str::to_owned),
            retired,
            availability: Availability::InStock,
        };
        let stored =
            [known(1, "S", Some("a"), false), known(2, "M", Some("b"), false), known(3, "L", None, true)];
        let wanted = [
            variant(&["Medium"], Some("b"), 1),
            variant(&["S"], None, 1),
            variant(&["L"], None, 1),
            variant(&["XL"], None, 1),
        ];
        assert_eq!(identify(&stored, &wanted, || id(9)), [id(2), id(1), id(3), id(9)]);
    }

    #[test]
    fn a_card_shows_the_cheapest_variant() {
        let mut input = shirt();
        input.variants[0].compare_at = Some(Money::new(1500, Currency::EUR));
        input.options[0].values[1].swatch = Some("#ff0000".into());
        let ids = [0, 1].map(|_| VariantId::new(Default::default()));
        let summary = summarise(&input, &ids);
        assert_eq!((summary.price_min, summary.price_max), (1000, 1200));
        assert_eq!((summary.compare_at, summary.on_sale), (Some(1500), true));
        assert_eq!((summary.only_variant, summary.swatches), (None, vec!["#ff0000".to_owned()]));
    }
}
