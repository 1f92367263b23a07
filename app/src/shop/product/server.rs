//! What the server draws of a product: the page's still parts, and what search engines read.

use std::sync::Arc;

use leptos::prelude::*;
use serde_json::{Value, json};
use souk_contract::{Availability, Media, Product, ProductCard, ProductLookup, ShownAttribute, Variant};

use super::{ProductPage, path};
use crate::{
    context::{Shop, Visit},
    head::{Head, breadcrumbs, plain},
    page::{Asked, Found, Html, Link, Page, Stop},
    shop::{
        part::{crumbs, rail},
        pick::{self, Choice, Offer, Range},
    },
    ui::{Icon, Shape, accordion, icon, picture},
};

const LARGE: Shape = Shape {
    class: "ratio-square",
    sizes: "(width >= 64rem) 44rem, (width >= 48rem) 55vw, 100vw",
    eager: false,
};
const THUMB: Shape = Shape { class: "ratio-square", sizes: "4.25rem", eager: false };

const RELATED: u32 = 4;
/// Enough for search engines; a page with 200 offers would only be long.
const MOST_OFFERS: usize = 50;

pub async fn load(visit: &Visit, asked: &Asked, handle: &str) -> Result<Found, Stop> {
    let catalog = &visit.services.catalog;
    let product = match catalog.product(&visit.ctx, handle).await? {
        ProductLookup::Found(product) => *product,
        ProductLookup::Moved(handle) => return Err(Stop::moved(path(&handle))),
    };
    let known = visit.services.attributes.shown_attributes(&visit.ctx, product.id).await?;
    // A page without suggestions is still the page.
    let related = catalog.related(&visit.ctx, product.id, RELATED).await.unwrap_or_default();
    let range = range(&product);
    let picked = pick::initial(&range, asked.first("variant"));
    let mut way = vec![Link::new("Home", "/")];
    if let Some(collection) = product.collections.first() {
        way.push(Link::new(&collection.title, format!("/collections/{}", collection.handle)));
    }
    way.push(Link::new(&product.title, path(&product.handle)));
    let description = product.seo.description.clone().unwrap_or_else(|| plain(&product.description_html));
    let title = product.seo.title.as_deref().unwrap_or(&product.title);
    let mut head = Head::public(title, &description, path(&product.handle));
    head.kind = "product";
    head.image = product.media.first().map(|media| media.src(1280));
    head.data = vec![describe(&visit.shop, &product, &known, &description), breadcrumbs(&visit.shop, &way)];
    let page = ProductPage {
        crumbs: Html::draw(|| crumbs(&way)),
        gallery: Html::draw(|| gallery(&product)),
        words: Html::draw(|| words(&visit.shop, &product, &known)),
        related: (!related.is_empty()).then(|| Html::draw(|| others(&related))),
        title: product.title,
        vendor: product.vendor,
        range: Arc::new(range),
        picked,
    };
    Ok(Found { page: Page::Product(Box::new(page)), head })
}

fn range(product: &Product) -> Range {
    let options = product.options.iter().map(|option| Choice {
        name: option.name.clone(),
        values: option.values.iter().map(|value| (value.name.clone(), value.swatch.clone())).collect(),
    });
    let variants = product.variants.iter().map(|one| Offer {
        id: one.id,
        title: one.title.clone(),
        options: one.options.clone(),
        price: one.price,
        compare_at: one.compare_at,
        prior: one.lowest_before.map(|price| format!("Lowest price of the 30 days before: {price}")),
        saving: one.saving.map(|percent| format!("Save {percent}%")),
        availability: one.availability,
        picture: one.media_id,
    });
    Range { options: options.collect(), variants: variants.collect() }
}

fn gallery(product: &Product) -> AnyView {
    if product.media.is_empty() {
        let shape = Shape { eager: true, ..LARGE };
        return view! { <div class="gallery">{picture(None, &product.title, shape, None)}</div> }.into_any();
    }
    let many = product.media.len() > 1;
    let slides: Vec<AnyView> = product
        .media
        .iter()
        .enumerate()
        .map(|(index, media)| {
            let shape = Shape { eager: index == 0, ..LARGE };
            let media = named(media, product, index);
            view! {
                <figure class="gallery__item" id=slide_id(&media)>{picture(Some(&media), "", shape, None)}</figure>
            }
            .into_any()
        })
        .collect();
    let thumbs = many.then(|| {
        let thumb = |(index, media): (usize, &Media)| {
            let id = slide_id(media);
            let silent = Media { alt: String::new(), ..media.clone() };
            view! {
                <a
                    class="gallery__thumb"
                    href=format!("#{id}")
                    aria-label=format!("Picture {} of {}", index + 1, product.media.len())
                >
                    {picture(Some(&silent), "", THUMB, None)}
                </a>
            }
            .into_any()
        };
        view! {
            <div class="gallery__thumbs">{product.media.iter().enumerate().map(thumb).collect::<Vec<_>>()}</div>
        }
    });
    view! {
        <section class="gallery" aria-label="Pictures">
            <div class="gallery__strip" tabindex=many.then_some("0") role="region" aria-label="Pictures, side by side">
                {slides}
            </div>
            {thumbs}
        </section>
    }
    .into_any()
}

/// A picture nobody described is at least called what it shows.
fn named(media: &Media, product: &Product, index: usize) -> Media {
    let alt = match (media.alt.is_empty(), index) {
        (false, _) => media.alt.clone(),
        (true, 0) => product.title.clone(),
        (true, _) => format!("{}, picture {}", product.title, index + 1),
    };
    Media { alt, ..media.clone() }
}

fn slide_id(media: &Media) -> String {
    format!("picture-{}", media.id)
}

fn others(cards: &[ProductCard]) -> AnyView {
    view! {
        <section class="section" aria-labelledby="related">
            <div class="section__head"><h2 id="related">"You may also like"</h2></div>
            {rail("You may also like", cards)}
        </section>
    }
    .into_any()
}

fn details(known: &[ShownAttribute]) -> Option<AnyView> {
    let one = |shown: &ShownAttribute| {
        view! { <div class="details__one"><dt>{shown.name.clone()}</dt><dd>{with_unit(shown)}</dd></div> }
    };
    let list = || view! { <dl class="details">{known.iter().map(one).collect::<Vec<_>>()}</dl> };
    (!known.is_empty()).then(|| accordion(Some(Icon::Menu), "Details", true, list().into_any()))
}

fn with_unit(shown: &ShownAttribute) -> String {
    match &shown.unit {
        Some(unit) => format!("{} {unit}", shown.value),
        None => shown.value.clone(),
    }
}

fn words(shop: &Shop, product: &Product, known: &[ShownAttribute]) -> AnyView {
    let free = shop.free_shipping_over.map(|amount| format!("Free delivery over {amount}"));
    let days = Some(shop.returns_days).filter(|days| *days > 0);
    let delivery = view! {
        <p>
            "What delivery costs and how long it takes is shown at checkout, before you pay. "
            <a href="/pages/shipping">"More about delivery"</a>
        </p>
    };
    let returns = view! {
        <p>
            {days.map(|days| format!("Send it back within {days} days if it isn't right. "))}
            <a href="/pages/returns">"How returns work"</a>
        </p>
    };
    let description = product.description_html.clone();
    let description = (!description.is_empty()).then(|| {
        let text = view! { <div class="prose" inner_html=description></div> };
        accordion(Some(Icon::Box), "Description", true, text.into_any())
    });
    view! {
        <div class="stack stack--l">
            <ul class="assurances">
                {free.map(|text| view! { <li>{icon(Icon::Truck)}{text}</li> })}
                {days.map(|days| view! { <li>{icon(Icon::Return)}{format!("{days} days to change your mind")}</li> })}
                <li>{icon(Icon::Shield)}"Secure payment, no account needed"</li>
            </ul>
            <div>
                {description}
                {details(known)}
                {accordion(Some(Icon::Truck), "Delivery", false, delivery.into_any())}
                {accordion(Some(Icon::Return), "Returns", false, returns.into_any())}
            </div>
        </div>
    }
    .into_any()
}

fn describe(shop: &Shop, product: &Product, known: &[ShownAttribute], description: &str) -> Value {
    let base = &shop.base_url;
    let url = format!("{base}{}", path(&product.handle));
    let images: Vec<String> =
        product.media.iter().take(5).map(|media| format!("{base}{}", media.src(1280))).collect();
    let offers: Vec<Value> =
        product.variants.iter().take(MOST_OFFERS).map(|variant| offer(&url, product, variant)).collect();
    let mut data = json!({
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.title,
        "url": url,
        "description": description,
        "image": images,
        "offers": offers,
    });
    if !product.vendor.is_empty() {
        data["brand"] = json!({"@type": "Brand", "name": product.vendor});
    }
    if !known.is_empty() {
        let property = |shown: &ShownAttribute| json!({"@type": "PropertyValue", "name": shown.name, "value": with_unit(shown)});
        data["additionalProperty"] = known.iter().map(property).collect();
    }
    if let [only] = product.variants.as_slice() {
        if let Some(sku) = &only.sku {
            data["sku"] = json!(sku);
        }
        if let Some(gtin) = gtin(only) {
            data["gtin"] = json!(gtin);
        }
    }
    data
}

fn offer(url: &str, product: &Product, variant: &Variant) -> Value {
    let availability = match variant.availability {
        Availability::SoldOut => "OutOfStock",
        Availability::Backorder => "BackOrder",
        Availability::Low => "LimitedAvailability",
        Availability::InStock => "InStock",
    };
    let mut offer = json!({
        "@type": "Offer",
        "price": variant.price.amount(),
        "priceCurrency": variant.price.currency.code(),
        "availability": format!("https://schema.org/{availability}"),
        "itemCondition": "https://schema.org/NewCondition",
        "url": url,
    });
    if product.variants.len() > 1 {
        offer["name"] = json!(variant.title);
        offer["url"] = json!(format!("{url}?variant={}", variant.id));
        if let Some(sku) = &variant.sku {
            offer["sku"] = json!(sku);
        }
        if let Some(gtin) = gtin(variant) {
            offer["gtin"] = json!(gtin);
        }
    }
    offer
}

/// A barcode that is one: 8, 12, 13 or 14 digits. What merchants scan may be anything.
fn gtin(variant: &Variant) -> Option<&str> {
    let code = variant.barcode.as_deref()?.trim();
    (matches!(code.len(), 8 | 12 | 13 | 14) && code.bytes().all(|byte| byte.is_ascii_digit())).then_some(code)
}
