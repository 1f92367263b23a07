//! What variants and places are called.

use std::collections::HashMap;

use souk_contract::{Location, LocationId, ProductRecord, VariantId, VariantInfo};

use crate::{
    api::admin::{catalog, stockroom},
    failure::Result,
};

/// Variants in one question.
const AT_ONCE: usize = 500;

pub type Names = HashMap<VariantId, VariantInfo>;

pub async fn of(ids: &[VariantId]) -> Result<Names> {
    let mut names = Names::new();
    for part in ids.chunks(AT_ONCE) {
        names.extend(catalog::variants(part.to_vec()).await?.into_iter().map(|info| (info.variant.id, info)));
    }
    Ok(names)
}

/// `Bucket, Sea / 8 L`
pub fn variant(info: Option<&VariantInfo>) -> String {
    match info {
        None => "A product that is gone".to_owned(),
        Some(info) if info.variant.title.is_empty() => info.product_title.clone(),
        Some(info) => format!("{}, {}", info.product_title, info.variant.title),
    }
}

/// Of a product, by what tells them apart.
pub fn variants(record: &ProductRecord) -> Vec<(VariantId, String)> {
    let name = |options: &[String]| match options.join(" / ") {
        options if options.is_empty() => record.input.title.clone(),
        options => options,
    };
    let names = record.input.variants.iter().map(|variant| name(&variant.options));
    record.variant_ids.iter().copied().zip(names).collect()
}

pub fn sku(info: Option<&VariantInfo>) -> String {
    info.and_then(|info| info.variant.sku.clone()).unwrap_or_default()
}

pub fn place(places: &[Location], id: Option<LocationId>) -> String {
    let known = places.iter().find(|place| Some(place.id) == id);
    known.map(|place| place.name.clone()).unwrap_or_default()
}

/// Those that are on, as a choice.
pub fn choice(places: &[Location]) -> Vec<(String, String)> {
    places
        .iter()
        .filter(|place| place.active)
        .map(|place| (place.id.to_string(), place.name.clone()))
        .collect()
}

pub async fn places() -> Result<Vec<Location>> {
    stockroom::locations().await
}
