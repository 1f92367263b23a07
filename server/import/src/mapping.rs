//! Between Shopify's rows and our catalogue, both ways without loss. What the catalogue has no field for goes to
//! `extra`: the file's own columns by their names, and what Shopify has a standard column for under `shopify.…`.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, prelude::ToPrimitive as _};
use souk_contract::{
    MediaInput, Money, OptionValue, ProductInput, ProductModel, ProductOption, ProductRecord, ProductStatus,
    Seo, SetStock, StockLevel, StockPolicy, VariantId, VariantInput,
};
use souk_shopify_csv::{Image, InventoryPolicy, ProductDocument, Status, Variant, WeightUnit};

use crate::{attributes, over, present::Present};

const CATEGORY: &str = "shopify.category";
const PUBLISHED: &str = "shopify.published";
const STATUS: &str = "shopify.status";
const GIFT_CARD: &str = "shopify.gift_card";
/// With the option's number behind it.
const LINK: &str = "shopify.option_link.";
/// With the picture's number, a colon and the column behind it.
const PICTURE: &str = "shopify.picture.";
const GRAMS: &str = "shopify.grams";
const UNIT: &str = "shopify.weight_unit";
const TRACKER: &str = "shopify.tracker";
const QUANTITY: &str = "shopify.quantity";
const FULFILLMENT: &str = "shopify.fulfillment_service";
const TAX_CODE: &str = "shopify.tax_code";
/// The variant's picture is none of the product's own.
const PICTURE_ALONE: &str = "shopify.picture_of_variant_only";
/// Shopify's own stock keeping.
const SHOPIFY: &str = "shopify";

type Extra = BTreeMap<String, String>;

/// What a file says of the stock of one variant, before its id is known. None: it has no such column.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stock {
    pub on_hand: Option<i64>,
    pub tracked: Option<bool>,
    pub policy: Option<StockPolicy>,
}

impl Stock {
    /// None where the file says nothing of it. What it leaves open stays as it is `now`.
    pub fn of(&self, variant_id: VariantId, now: Option<&StockLevel>) -> Option<SetStock> {
        if *self == Self::default() {
            return None;
        }
        Some(SetStock {
            variant_id,
            location_id: None,
            on_hand: self.on_hand.or(now.map(|level| level.on_hand)).unwrap_or_default(),
            tracked: self.tracked.or(now.map(|level| level.tracked)).unwrap_or_default(),
            policy: self.policy.or(now.map(|level| level.policy)).unwrap_or_default(),
            if_version: None,
        })
    }

    fn read(variant: &Variant, present: &Present) -> Self {
        let counted = present.has("Variant Inventory Qty");
        Self {
            on_hand: counted.then(|| variant.quantity.unwrap_or_default().max(0)),
            tracked: if present.has("Variant Inventory Tracker") {
                Some(variant.tracker.is_some())
            } else {
                // Whoever writes down how many there are wants them counted.
                (counted && variant.quantity.is_some()).then_some(true)
            },
            policy: present.has("Variant Inventory Policy").then_some(match variant.policy {
                Some(InventoryPolicy::Continue) => StockPolicy::Continue,
                Some(InventoryPolicy::Deny) | None => StockPolicy::Deny,
            }),
        }
    }
}

/// A product and the stock of its variants, in their order: what the file has no column for stays as it is `before`.
/// `model` is asked only where [`Present::has_attributes`]. The reason is for the merchant.
pub fn from_document(
    document: &ProductDocument,
    present: &Present,
    model: &ProductModel,
    before: Option<&ProductInput>,
) -> Result<(ProductInput, Vec<Stock>), String> {
    let mut extra: Extra = document.extra.clone();
    let (template_id, attributes) = match present.has_attributes() {
        true => attributes::read(&mut extra, present, model, before)?,
        false => (None, None),
    };
    keep(&mut extra, CATEGORY, document.category.clone());
    keep(&mut extra, PUBLISHED, document.published.map(|value| value.to_string()));
    keep(&mut extra, STATUS, document.status.map(|status| status.as_str().to_owned()));
    keep(&mut extra, GIFT_CARD, document.gift_card.map(|value| value.to_string()));
    for (at, option) in document.options.iter().enumerate() {
        keep(&mut extra, &format!("{LINK}{}", at + 1), option.linked_to.clone());
    }

    let mut media: Vec<MediaInput> = Vec::new();
    for (at, image) in document.images_in_order().into_iter().enumerate() {
        for (column, cell) in &image.extra {
            extra.insert(format!("{PICTURE}{}:{column}", at + 1), cell.clone());
        }
        media.push(MediaInput { source: image.src.clone(), alt: image.alt.clone().unwrap_or_default() });
    }

    let mut variants = Vec::with_capacity(document.variants.len());
    let mut stock = Vec::with_capacity(document.variants.len());
    let places = over::places(document, present, before)?;
    for (variant, place) in document.variants.iter().zip(&places) {
        let known = place.and_then(|at| before.and_then(|before| before.variants.get(at)));
        let mut input = variant_input(variant, known.filter(|_| !present.has("Variant Price")))?;
        if let Some(source) = &variant.image
            && !media.iter().any(|one| one.source == *source)
        {
            media.push(MediaInput { source: source.clone(), alt: String::new() });
            input.extra.insert(PICTURE_ALONE.to_owned(), "true".to_owned());
        }
        variants.push(input);
        stock.push(Stock::read(variant, present));
    }
    let input = ProductInput {
        handle: document.handle.clone(),
        title: document.title.clone(),
        description_html: document.body_html.clone(),
        vendor: document.vendor.clone().unwrap_or_default(),
        product_type: document.product_type.clone().unwrap_or_default(),
        tags: document.tags.clone(),
        status: status(document.published, document.status),
        options: options(document),
        variants,
        media,
        seo: Seo { title: document.seo_title.clone(), description: document.seo_description.clone() },
        tax_class_id: None,
        extra,
        template_id,
        attributes,
    };
    Ok(match before {
        Some(before) => over::over(input, stock, &places, present, before),
        None => (input, stock),
    })
}

/// Whether shoppers see it; archived products stay out of the merchant's way too.
fn status(published: Option<bool>, status: Option<Status>) -> ProductStatus {
    match status {
        Some(Status::Archived) => ProductStatus::Archived,
        Some(Status::Draft | Status::Unlisted) => ProductStatus::Draft,
        Some(Status::Active) | None if published == Some(false) => ProductStatus::Draft,
        Some(Status::Active) | None => ProductStatus::Published,
    }
}

fn options(document: &ProductDocument) -> Vec<ProductOption> {
    let values = |at: usize| {
        let mut values: Vec<OptionValue> = Vec::new();
        for name in document.variants.iter().filter_map(|variant| variant.option_values.get(at)) {
            if !values.iter().any(|value| value.name == *name) {
                values.push(OptionValue { name: name.clone(), swatch: None });
            }
        }
        values
    };
    let options = document.options.iter().enumerate();
    options.map(|(at, option)| ProductOption { name: option.name.clone(), values: values(at) }).collect()
}

/// The price is that of `known` where the file has no column for it.
fn variant_input(variant: &Variant, known: Option<&VariantInput>) -> Result<VariantInput, String> {
    let known: Option<Money> = known.map(|known| known.price);
    let Some(price) = variant.price.or(known) else {
        return Err("a variant has no price".to_owned());
    };
    let mut extra: Extra = variant.extra.clone();
    let grams = variant.grams.unwrap_or_default();
    let weight_grams = grams.round().to_i64().ok_or("a weight is too large")?;
    if variant.grams.is_some_and(|grams| grams != Decimal::from(weight_grams)) {
        keep(&mut extra, GRAMS, Some(grams.to_string()));
    }
    keep(&mut extra, UNIT, variant.weight_unit.map(|unit| unit.as_str().to_owned()));
    keep(&mut extra, TRACKER, variant.tracker.clone().filter(|tracker| tracker != SHOPIFY));
    // More sold than there was: the shelf can't hold less than nothing, the file can.
    if variant.tracker.is_none() || variant.quantity.is_some_and(|quantity| quantity < 0) {
        keep(&mut extra, QUANTITY, variant.quantity.map(|quantity| quantity.to_string()));
    }
    keep(&mut extra, FULFILLMENT, variant.fulfillment_service.clone());
    keep(&mut extra, TAX_CODE, variant.tax_code.clone());
    Ok(VariantInput {
        sku: variant.sku.clone(),
        barcode: variant.barcode.clone(),
        options: variant.option_values.clone(),
        price,
        compare_at: variant.compare_at,
        cost: variant.cost,
        weight_grams,
        requires_shipping: variant.requires_shipping.unwrap_or(true),
        taxable: variant.taxable.unwrap_or(true),
        media_source: variant.image.clone(),
        extra,
    })
}

fn keep(extra: &mut Extra, key: &str, value: Option<String>) {
    if let Some(value) = value {
        extra.insert(key.to_owned(), value);
    }
}

/// Columns of the file that a product needs beside the standard ones.
pub fn extra_columns(input: &ProductInput, model: &ProductModel) -> impl Iterator<Item = String> {
    let columns = |extra: &Extra| {
        extra
            .keys()
            .filter_map(|key| match key.strip_prefix(PICTURE) {
                Some(rest) => rest.split_once(':').map(|(_, column)| column.to_owned()),
                None if is_ours(key) => None,
                None => Some(key.clone()),
            })
            .collect::<Vec<_>>()
    };
    let own = columns(&input.extra);
    let attributes = attributes::cells(input, model).into_keys();
    own.into_iter()
        .chain(attributes)
        .chain(input.variants.iter().flat_map(move |variant| columns(&variant.extra)))
}

/// Whether the file says something of this, be it that there is nothing.
pub(crate) fn is_of_file(key: &str, present: &Present) -> bool {
    if key.starts_with(LINK) {
        return present.has("Option1 Value");
    }
    if key.starts_with(PICTURE) {
        return present.has("Image Src");
    }
    match key {
        CATEGORY => present.has("Product Category"),
        PUBLISHED => present.has("Published"),
        STATUS => present.has("Status"),
        GIFT_CARD => present.has("Gift Card"),
        GRAMS => present.has("Variant Grams"),
        UNIT => present.has("Variant Weight Unit"),
        TRACKER => present.has("Variant Inventory Tracker"),
        QUANTITY => present.has("Variant Inventory Qty"),
        FULFILLMENT => present.has("Variant Fulfillment Service"),
        TAX_CODE => present.has("Variant Tax Code"),
        PICTURE_ALONE => present.has("Variant Image"),
        own => present.has_extra(own),
    }
}

fn is_ours(key: &str) -> bool {
    let ours = [
        CATEGORY,
        PUBLISHED,
        STATUS,
        GIFT_CARD,
        GRAMS,
        UNIT,
        TRACKER,
        QUANTITY,
        FULFILLMENT,
        TAX_CODE,
        PICTURE_ALONE,
    ];
    ours.contains(&key) || key.starts_with(LINK) || key.starts_with(PICTURE)
}

fn theirs(extra: &Extra) -> Extra {
    extra.iter().filter(|(key, _)| !is_ours(key)).map(|(key, cell)| (key.clone(), cell.clone())).collect()
}

/// The way back. `levels` are in the order of the variants; none: nobody counts.
pub fn to_document(
    record: &ProductRecord,
    model: &ProductModel,
    levels: &[Option<&StockLevel>],
) -> ProductDocument {
    let input = &record.input;
    let extra = &input.extra;
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let (published, status) = visibility(input);
    let alone: Vec<&str> = input
        .variants
        .iter()
        .filter(|variant| variant.extra.contains_key(PICTURE_ALONE))
        .filter_map(|variant| variant.media_source.as_deref())
        .collect();
    let pictures = input.media.iter().filter(|media| !alone.contains(&media.source.as_str()));
    let images = pictures.enumerate().map(|(at, media)| {
        let mark = format!("{PICTURE}{}:", at + 1);
        let own =
            extra.iter().filter_map(|(key, cell)| Some((key.strip_prefix(&mark)?.to_owned(), cell.clone())));
        Image {
            src: media.source.clone(),
            position: u32::try_from(at + 1).ok(),
            alt: text(&media.alt),
            extra: own.collect(),
        }
    });
    let options = input.options.iter().enumerate().map(|(at, option)| souk_shopify_csv::ProductOption {
        name: option.name.clone(),
        linked_to: extra.get(&format!("{LINK}{}", at + 1)).cloned(),
    });
    let variants = input
        .variants
        .iter()
        .enumerate()
        .map(|(at, variant)| variant_document(variant, levels.get(at).copied().flatten()));
    ProductDocument {
        handle: input.handle.clone(),
        title: input.title.clone(),
        body_html: input.description_html.clone(),
        vendor: text(&input.vendor),
        product_type: text(&input.product_type),
        category: extra.get(CATEGORY).cloned(),
        tags: input.tags.clone(),
        published,
        status,
        gift_card: extra.get(GIFT_CARD).and_then(|value| value.parse().ok()),
        options: options.collect(),
        variants: variants.collect(),
        images: images.collect(),
        seo_title: input.seo.title.clone(),
        seo_description: input.seo.description.clone(),
        extra: theirs(extra).into_iter().chain(attributes::cells(input, model)).collect(),
    }
}

/// As it came, where that still says the same; what the merchant changed here since then counts.
fn visibility(input: &ProductInput) -> (Option<bool>, Option<Status>) {
    let published = input.extra.get(PUBLISHED).and_then(|value| value.parse().ok());
    let kept = input.extra.get(STATUS);
    let kept = Status::ALL.into_iter().find(|status| kept.is_some_and(|kept| kept == status.as_str()));
    // A product of ours that is ready but not published has no word in Shopify: it is a draft there.
    let now = if input.status == ProductStatus::Ready { ProductStatus::Draft } else { input.status };
    if status(published, kept) == now {
        return (published, kept);
    }
    match now {
        ProductStatus::Published => (Some(true), Some(Status::Active)),
        ProductStatus::Archived => (Some(false), Some(Status::Archived)),
        ProductStatus::Draft | ProductStatus::Ready => (Some(false), Some(Status::Draft)),
    }
}

fn variant_document(variant: &VariantInput, level: Option<&StockLevel>) -> Variant {
    let extra = &variant.extra;
    let tracked = level.filter(|level| level.tracked);
    let kept_grams = extra.get(GRAMS).and_then(|grams| grams.parse::<Decimal>().ok());
    let rounded = Decimal::from(variant.weight_grams);
    let kept_quantity: Option<i64> = extra.get(QUANTITY).and_then(|quantity| quantity.parse().ok());
    let unit = extra.get(UNIT);
    Variant {
        option_values: variant.options.clone(),
        sku: variant.sku.clone(),
        barcode: variant.barcode.clone(),
        price: Some(variant.price),
        compare_at: variant.compare_at,
        cost: variant.cost,
        grams: Some(kept_grams.filter(|grams| grams.round() == rounded).unwrap_or(rounded)),
        weight_unit: WeightUnit::ALL
            .into_iter()
            .find(|known| unit.is_some_and(|unit| unit == known.as_str())),
        tracker: tracked.map(|_| extra.get(TRACKER).cloned().unwrap_or_else(|| SHOPIFY.to_owned())),
        quantity: match tracked {
            Some(level) if level.on_hand != 0 => Some(level.on_hand),
            Some(_) => kept_quantity.filter(|quantity| *quantity < 0).or(Some(0)),
            None => kept_quantity,
        },
        policy: level.map(|level| match level.policy {
            StockPolicy::Continue => InventoryPolicy::Continue,
            StockPolicy::Deny => InventoryPolicy::Deny,
        }),
        fulfillment_service: extra.get(FULFILLMENT).cloned(),
        requires_shipping: Some(variant.requires_shipping),
        taxable: Some(variant.taxable),
        tax_code: extra.get(TAX_CODE).cloned(),
        image: variant.media_source.clone(),
        extra: theirs(extra),
    }
}
