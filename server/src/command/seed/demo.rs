//! The demo shop, written through the same services that a merchant uses. Run again, it changes nothing.

use std::{collections::HashMap, sync::Arc};

use anyhow::Context as _;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use rust_decimal::Decimal;
use souk_contract::{
    CollectionInput, CollectionKind, CollectionRule, ContentPage, Ctx, Currency, HomeContent, Media, MediaId,
    MediaInput, Money, OptionValue, PendingMedia, ProductInput, ProductOption, ProductStatus,
    PromotionAction, PromotionInput, Seo, SetStock, ShippingMethodInput, ShippingRate, StockPolicy,
    StoreMedia, VariantId, VariantInput,
};
use souk_demo::{DemoCollection, DemoProduct, PictureSpec, Renderer};

use crate::{compose::Shop, config::Settings, progress::Progress};

/// Pixels; the widest that a page shows on a large screen.
const PICTURE_HEIGHT: u32 = 1200;
const PAINTERS: usize = 2;
const RAILS: usize = 3;
const PENDING_PAGE: u32 = 500;

/// Where the demo shop delivers to.
const EUROPE: [&str; 30] = [
    "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE",
    "IT", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];
const NEAR: [&str; 6] = ["AT", "BE", "DE", "FR", "LU", "NL"];

/// Everything but the pictures: the shop can be used from then on.
pub async fn write_all(shop: &Shop, settings: &Settings) -> anyhow::Result<()> {
    let demo = souk_demo::shop()?;
    let ctx = shop.ctx("seed");
    let catalog = &shop.services.catalog;
    let currency = settings.shop.currency;
    eprintln!(
        "Seeding {}: {} products in {} collections",
        demo.name,
        demo.products.len(),
        demo.collections.len()
    );
    // The oldest first, so that "newest" means what it says.
    let mut by_age = demo.products.clone();
    by_age.sort_by_key(|product| std::cmp::Reverse(product.age_days));
    write(shop, &ctx, &by_age, currency).await?;
    for (position, collection) in demo.collections.iter().enumerate() {
        catalog.put_collection(&ctx, collection_input(collection, position)).await?;
    }
    for page in &demo.pages {
        let seo = Seo { title: None, description: Some(page.seo_description.clone()) };
        let page = ContentPage {
            handle: page.handle.clone(),
            title: page.title.clone(),
            body_html: page.body_html.clone(),
            seo,
        };
        catalog.put_page(&ctx, page).await?;
    }
    delivery(shop, &ctx, currency).await?;
    offers(shop, &ctx, currency).await?;
    let hero_media = catalog.home(&ctx).await?.hero_media;
    catalog.put_home(&ctx, HomeContent { hero_media, ..home(&demo) }).await?;
    Ok(())
}

/// Draws the pictures of the demo shop that are still missing: the hero, then the first of each product and of each
/// collection, then the rest. Does nothing to another shop's.
pub async fn draw_missing(shop: &Shop) -> anyhow::Result<()> {
    let demo = souk_demo::shop()?;
    let ctx = shop.ctx("seed");
    let mut specs: HashMap<&str, (usize, &PictureSpec)> = HashMap::new();
    for product in &demo.products {
        specs.extend(
            product.pictures.iter().enumerate().map(|(at, spec)| (spec.file_name.as_str(), (at, spec))),
        );
    }
    let covers = demo.collections.iter().map(|collection| &collection.picture);
    specs.extend(covers.map(|spec| (spec.file_name.as_str(), (0, spec))));

    let mut missing: Vec<(usize, MediaId, &PictureSpec)> = Vec::new();
    for media in pending(shop, &ctx).await? {
        if let Some((at, spec)) = specs.get(media.source.as_str()) {
            missing.push((*at, media.id, spec));
        }
    }
    missing.sort_by_key(|(at, id, _)| (*at, *id));
    let renderer = Arc::new(Renderer::new(PICTURE_HEIGHT));
    if let Some((_, place, _)) = missing.first() {
        hero(shop, &ctx, &renderer, &demo, *place).await?;
    }
    let progress = Progress::new("pictures", missing.len() as u64, false);
    stream::iter(missing)
        .map(Ok::<_, anyhow::Error>)
        .try_for_each_concurrent(PAINTERS, |(_, id, spec)| {
            let (progress, renderer, ctx) = (&progress, &renderer, &ctx);
            async move {
                store(shop, ctx, renderer, id, spec.clone()).await?;
                progress.add(1);
                Ok(())
            }
        })
        .await?;
    progress.finish();
    Ok(())
}

/// Pictures belong to products and collections: the hero's passes through a place that gets its own afterwards.
async fn hero(
    shop: &Shop,
    ctx: &Ctx,
    renderer: &Arc<Renderer>,
    demo: &souk_demo::Shop,
    place: MediaId,
) -> anyhow::Result<()> {
    let catalog = &shop.services.catalog;
    let present = catalog.home(ctx).await?;
    if present.hero_media.is_none() && present.hero_title == demo.hero.headline {
        let spec = &demo.hero.picture;
        let media = store(shop, ctx, renderer, place, spec.clone()).await?;
        let hero_media = Some(Media { alt: spec.alt.clone(), ..media });
        catalog.put_home(ctx, HomeContent { hero_media, ..present }).await?;
    }
    Ok(())
}

/// Products with their stock. Answers with the variants of each.
pub(super) async fn write(
    shop: &Shop,
    ctx: &Ctx,
    products: &[DemoProduct],
    currency: Currency,
) -> anyhow::Result<Vec<Vec<VariantId>>> {
    let inputs = products.iter().map(|product| product_input(product, currency)).collect::<Option<Vec<_>>>();
    let inputs = inputs.context("a price is beyond the currency's range")?;
    let outcomes = shop.services.catalog.put_products(ctx, inputs).await?;
    let mut stock = Vec::new();
    let mut variants = Vec::with_capacity(products.len());
    for (product, outcome) in products.iter().zip(outcomes) {
        let written = outcome.with_context(|| product.handle.clone())?;
        for (variant, variant_id) in product.variants.iter().zip(&written.variant_ids) {
            stock.push(SetStock {
                variant_id: *variant_id,
                location_id: None,
                on_hand: variant.stock,
                tracked: true,
                policy: StockPolicy::Deny,
                if_version: None,
            });
        }
        variants.push(written.variant_ids);
    }
    shop.services.inventory.set_stock(ctx, stock, "seed").await?;
    Ok(variants)
}

/// None where an amount is out of range.
fn product_input(product: &DemoProduct, currency: Currency) -> Option<ProductInput> {
    let money = |cents: i64| Money::from_decimal(Decimal::new(cents, 2), currency);
    let file = |index: usize| product.pictures.get(index).map(|picture| picture.file_name.clone());
    let mut variants = Vec::with_capacity(product.variants.len());
    for variant in &product.variants {
        variants.push(VariantInput {
            sku: Some(variant.sku.clone()),
            barcode: Some(variant.barcode.clone()),
            options: variant.values.clone(),
            compare_at: match variant.compare_at {
                Some(cents) => Some(money(cents)?),
                None => None,
            },
            weight_grams: variant.weight_grams,
            media_source: file(variant.picture),
            ..VariantInput::new(money(variant.price)?)
        });
    }
    let options = product.options.iter().map(|option| ProductOption {
        name: option.name.clone(),
        values: option
            .values
            .iter()
            .enumerate()
            .map(|(at, name)| OptionValue { name: name.clone(), swatch: option.swatches.get(at).cloned() })
            .collect(),
    });
    Some(ProductInput {
        handle: product.handle.clone(),
        title: product.title.clone(),
        description_html: product.body_html.clone(),
        vendor: product.vendor.clone(),
        product_type: product.product_type.clone(),
        tags: product.tags.clone(),
        status: ProductStatus::Published,
        options: options.collect(),
        variants,
        media: product.pictures.iter().map(media_input).collect(),
        seo: Seo {
            title: Some(product.seo_title.clone()),
            description: Some(product.seo_description.clone()),
        },
        extra: Default::default(),
        tax_class_id: None,
        template_id: None,
        attributes: None,
    })
}

fn media_input(picture: &PictureSpec) -> MediaInput {
    MediaInput { source: picture.file_name.clone(), alt: picture.alt.clone() }
}

fn collection_input(collection: &DemoCollection, position: usize) -> CollectionInput {
    CollectionInput {
        handle: collection.handle.clone(),
        title: collection.title.clone(),
        description_html: format!("<p>{}</p>", escape(&collection.summary)),
        kind: if collection.is_category { CollectionKind::Category } else { CollectionKind::Collection },
        rule: CollectionRule::Manual { handles: collection.products.clone() },
        media: Some(media_input(&collection.picture)),
        seo: Seo {
            title: Some(collection.seo_title.clone()),
            description: Some(collection.seo_description.clone()),
        },
        position: position as i64 + 1,
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn home(demo: &souk_demo::Shop) -> HomeContent {
    let rails = demo.collections.iter().filter(|collection| !collection.is_category).take(RAILS);
    HomeContent {
        tagline: demo.tagline.clone(),
        hero_title: demo.hero.headline.clone(),
        hero_text: demo.hero.sub.clone(),
        hero_link: format!("/collections/{}", demo.hero.collection),
        hero_label: demo.hero.button.clone(),
        hero_media: None,
        promises: demo.promises.iter().map(|promise| (promise.title.clone(), promise.text.clone())).collect(),
        story_title: demo.story_title.clone(),
        story_html: demo.story_html.clone(),
        rails: rails.map(|collection| collection.handle.clone()).collect(),
    }
}

pub(super) async fn delivery(shop: &Shop, ctx: &Ctx, currency: Currency) -> anyhow::Result<()> {
    let money =
        |cents: i64| Money::from_decimal(Decimal::new(cents, 2), currency).context("a price is out of range");
    let rate = |from: Option<i64>, cents: i64| -> anyhow::Result<ShippingRate> {
        let subtotal_from = from.map(money).transpose()?;
        Ok(ShippingRate { subtotal_from, weight_to_grams: None, price: money(cents)? })
    };
    let countries = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
    let methods = [
        ShippingMethodInput {
            name: "Standard".to_owned(),
            description: "By parcel, with tracking.".to_owned(),
            countries: countries(&EUROPE),
            rates: vec![rate(Some(6000), 0)?, rate(None, 490)?],
            days_min: 2,
            days_max: 4,
            position: 1,
        },
        ShippingMethodInput {
            name: "Express".to_owned(),
            description: "Ordered before 14:00, it leaves the same day.".to_owned(),
            countries: countries(&NEAR),
            rates: vec![rate(None, 990)?],
            days_min: 1,
            days_max: 1,
            position: 2,
        },
        ShippingMethodInput {
            name: "Collect in Ghent".to_owned(),
            description: "Ready in two hours, Tuesday to Saturday, 10:00 to 18:00.".to_owned(),
            countries: countries(&["BE"]),
            rates: vec![rate(None, 0)?],
            days_min: 0,
            days_max: 0,
            position: 3,
        },
    ];
    for method in methods {
        shop.services.shipping.put_method(ctx, method).await?;
    }
    Ok(())
}

async fn offers(shop: &Shop, ctx: &Ctx, currency: Currency) -> anyhow::Result<()> {
    let offer = |title: &str, code: &str, action: PromotionAction, minimum: Option<Money>| PromotionInput {
        code: Some(code.to_owned()),
        minimum,
        ..PromotionInput::new(title, action)
    };
    let thirty = Money::from_decimal(Decimal::new(30, 0), currency);
    let ten_percent = PromotionAction::percent(1000);
    for offer in [
        offer("Welcome: 10 % off", "WELCOME10", ten_percent, None),
        offer("Free shipping from 30", "FREESHIP", PromotionAction::FreeShipping, thirty),
    ] {
        shop.services.promotions.put(ctx, offer).await?;
    }
    Ok(())
}

async fn store(
    shop: &Shop,
    ctx: &Ctx,
    renderer: &Arc<Renderer>,
    id: MediaId,
    spec: PictureSpec,
) -> anyhow::Result<Media> {
    let name = spec.file_name.clone();
    let bytes = draw(renderer, spec).await?;
    let media = shop.services.catalog.store_media(ctx, StoreMedia { id, bytes }).await;
    media.with_context(|| name)
}

/// As a PNG file.
pub(super) async fn draw(renderer: &Arc<Renderer>, spec: PictureSpec) -> anyhow::Result<Vec<u8>> {
    let name = spec.file_name.clone();
    let renderer = Arc::clone(renderer);
    let drawing = move || renderer.render(&spec).and_then(|picture| picture.png());
    tokio::task::spawn_blocking(drawing).await?.with_context(|| name)
}

pub(super) async fn pending(shop: &Shop, ctx: &Ctx) -> anyhow::Result<Vec<PendingMedia>> {
    let mut pending: Vec<PendingMedia> = Vec::new();
    loop {
        let after: Option<MediaId> = pending.last().map(|media| media.id);
        let page = shop.services.catalog.pending_media(ctx, after, PENDING_PAGE).await?;
        if page.is_empty() {
            return Ok(pending);
        }
        pending.extend(page);
    }
}
