//! A product of a file over the one that is there: what the file has no column for stays.

use std::collections::BTreeMap;

use souk_contract::{MediaInput, ProductInput, VariantInput};
use souk_shopify_csv::ProductDocument;

use crate::{
    mapping::{Stock, is_of_file},
    present::Present,
};

/// Where each variant of the file stands in the product that is there; none where it is new.
///
/// # Errors
/// Where a file without options speaks of a variant that can't be told.
pub(crate) fn places(
    document: &ProductDocument,
    present: &Present,
    before: Option<&ProductInput>,
) -> Result<Vec<Option<usize>>, String> {
    let Some(before) = before else { return Ok(vec![None; document.variants.len()]) };
    let by_options = present.has("Option1 Value") || before.options.is_empty();
    document
        .variants
        .iter()
        .map(|variant| {
            let sku = variant.sku.as_deref().filter(|sku| !sku.is_empty());
            let same_sku =
                || sku.and_then(|sku| before.variants.iter().position(|one| one.sku.as_deref() == Some(sku)));
            if by_options {
                let at = before.variants.iter().position(|one| one.options == variant.option_values);
                return Ok(at.or_else(same_sku));
            }
            let only = (before.variants.len() == 1).then_some(0);
            same_sku().or(only).map(Some).ok_or_else(|| match sku {
                Some(sku) => format!(
                    "the product comes in several variants and none has the SKU {sku:?}; the file has no column for options"
                ),
                None => "the product comes in several variants, and the file has neither options nor a SKU".to_owned(),
            })
        })
        .collect()
}

pub(crate) fn over(
    mut input: ProductInput,
    stock: Vec<Stock>,
    places: &[Option<usize>],
    present: &Present,
    before: &ProductInput,
) -> (ProductInput, Vec<Stock>) {
    let keep = |column: &str| !present.has(column);
    if keep("Body (HTML)") {
        input.description_html.clone_from(&before.description_html);
    }
    if keep("Vendor") {
        input.vendor.clone_from(&before.vendor);
    }
    if keep("Type") {
        input.product_type.clone_from(&before.product_type);
    }
    if keep("Tags") {
        input.tags.clone_from(&before.tags);
    }
    if keep("Published") && keep("Status") {
        input.status = before.status;
    }
    if keep("SEO Title") {
        input.seo.title.clone_from(&before.seo.title);
    }
    if keep("SEO Description") {
        input.seo.description.clone_from(&before.seo.description);
    }
    keep_extra(&mut input.extra, &before.extra, present);
    if keep("Image Src") {
        // Pictures that only variants name come behind those that are there.
        let known: Vec<MediaInput> = before.media.clone();
        let new = input.media.drain(..).filter(|media| !known.iter().any(|one| one.source == media.source));
        input.media = known.iter().cloned().chain(new.collect::<Vec<_>>()).collect();
    } else if keep("Image Alt Text") {
        for media in input.media.iter_mut().filter(|media| media.alt.is_empty()) {
            if let Some(known) = before.media.iter().find(|known| known.source == media.source) {
                media.alt.clone_from(&known.alt);
            }
        }
    }
    for (variant, place) in input.variants.iter_mut().zip(places) {
        if let Some(known) = place.and_then(|at| before.variants.get(at)) {
            keep_variant(variant, known, present);
        }
    }
    let has_source = |source: &String| input.media.iter().any(|media| media.source == *source);
    for variant in &mut input.variants {
        variant.media_source = variant.media_source.take().filter(has_source);
    }
    // No file speaks of it.
    input.tax_class_id = before.tax_class_id;
    // Swatches are ours: no file speaks of them.
    for option in &mut input.options {
        let Some(known) = before.options.iter().find(|known| known.name == option.name) else { continue };
        for value in &mut option.values {
            value.swatch =
                known.values.iter().find(|one| one.name == value.name).and_then(|one| one.swatch.clone());
        }
    }
    if present.has("Option1 Value") || before.options.is_empty() {
        return (input, stock);
    }
    // Without options the file names some of the variants; the others stay.
    let mut variants = before.variants.clone();
    let mut levels = vec![Stock::default(); variants.len()];
    for ((variant, level), place) in input.variants.drain(..).zip(stock).zip(places) {
        if let Some((known, at)) = place.and_then(|at| Some((variants.get_mut(at)?, at))) {
            let options = std::mem::take(&mut known.options);
            *known = VariantInput { options, ..variant };
            levels[at] = level;
        }
    }
    input.options.clone_from(&before.options);
    input.variants = variants;
    (input, levels)
}

fn keep_variant(variant: &mut VariantInput, known: &VariantInput, present: &Present) {
    let keep = |column: &str| !present.has(column);
    if keep("Variant SKU") {
        variant.sku.clone_from(&known.sku);
    }
    if keep("Variant Barcode") {
        variant.barcode.clone_from(&known.barcode);
    }
    if keep("Variant Compare At Price") {
        variant.compare_at = known.compare_at;
    }
    if keep("Cost per item") {
        variant.cost = known.cost;
    }
    if keep("Variant Grams") {
        variant.weight_grams = known.weight_grams;
    }
    if keep("Variant Requires Shipping") {
        variant.requires_shipping = known.requires_shipping;
    }
    if keep("Variant Taxable") {
        variant.taxable = known.taxable;
    }
    if keep("Variant Image") {
        variant.media_source.clone_from(&known.media_source);
    }
    keep_extra(&mut variant.extra, &known.extra, present);
}

fn keep_extra(extra: &mut BTreeMap<String, String>, known: &BTreeMap<String, String>, present: &Present) {
    for (key, value) in known.iter().filter(|(key, _)| !is_of_file(key, present)) {
        extra.entry(key.clone()).or_insert_with(|| value.clone());
    }
}
