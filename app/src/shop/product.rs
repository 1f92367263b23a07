//! A product: its pictures, its options, and the way into the bag.

use std::sync::Arc;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use souk_contract::Availability;
use wasm_bindgen::JsCast;

use super::{
    fault,
    pick::{self, Offer, Range},
};
use crate::{
    api, browser,
    page::Html,
    store::Store,
    ui::{Icon, Pill, Tone, badge, icon, options, percent_off, pill, price, stepper},
};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductPage {
    pub title: String,
    pub vendor: String,
    pub range: Arc<Range>,
    /// Number of the variant that the address names, or the first to be had.
    pub picked: usize,
    pub crumbs: Html,
    pub gallery: Html,
    /// Promises, description, delivery, returns.
    pub words: Html,
    pub related: Option<Html>,
}

#[cfg(feature = "ssr")]
impl ProductPage {
    /// As it goes along with its document.
    pub fn forget(&mut self) {
        self.crumbs.forget();
        self.gallery.forget();
        self.words.forget();
        if let Some(html) = &mut self.related {
            html.forget();
        }
    }
}

#[cfg(feature = "ssr")]
pub fn path(handle: &str) -> String {
    format!("/products/{handle}")
}

pub fn view(store: Store, page: &ProductPage) -> AnyView {
    let range = page.range.clone();
    let picked = RwSignal::new(page.picked.min(range.variants.len().saturating_sub(1)));
    // Whoever chose before the script was there keeps the choice. Read now: the views set what the server chose.
    if Owner::current_shared_context().is_some_and(|context| context.during_hydration())
        && let Some(index) = checked(&range)
    {
        Effect::new(move |_| picked.set(index));
    }
    view! {
        <div class="wrap page">
            {page.crumbs.view()}
            <article class="product">
                {page.gallery.view()}
                <div class="product__info">
                    <header class="product__head">
                        {(!page.vendor.is_empty()).then(|| view! { <p class="muted small">{page.vendor.clone()}</p> })}
                        <h1 class="product__title">{page.title.clone()}</h1>
                        {price_of(range.clone(), picked)}
                    </header>
                    {buy(store, &page.title, &range, picked)}
                    {page.words.view()}
                </div>
            </article>
            {page.related.as_ref().map(Html::view)}
        </div>
        {buy_bar(page.title.clone(), range, picked)}
    }
    .into_any()
}

fn price_of(range: Arc<Range>, picked: RwSignal<usize>) -> AnyView {
    (move || {
        range.variants.get(picked.get()).map(|variant| {
            let off = percent_off(variant.price, variant.compare_at);
            view! {
                <p class="cluster">
                    {price(variant.price, variant.compare_at, false, "price--big")}
                    {off.map(|percent| badge(Tone::Sale, format!("Save {percent}%")))}
                </p>
            }
        })
    })
    .into_any()
}

/// Moves the gallery to a picture, and the page no more than needed.
fn bring(id: &str) {
    if let Some(slide) = document().get_element_by_id(id) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        slide.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

fn buy(store: Store, title: &str, range: &Arc<Range>, picked: RwSignal<usize>) -> AnyView {
    let choices: Vec<AnyView> = match range.variants.len() {
        0 | 1 => Vec::new(),
        _ => (0..range.options.len()).map(|one| option(range, one, picked)).collect(),
    };
    view! {
        {fault(store, api::ADD_LINE)}
        <form class="stack stack--l" id="buy" method="post" action=api::ADD_LINE>
            {choices}
            {first_of(range, picked)}
            {which(range, picked)}
            {stock(range.clone(), picked)}
            <div class="product__buy">
                {stepper("quantity", format!("Quantity: {title}"), Signal::stored(1), 1, 999, "")}
                {add_button(range.clone(), picked, "button button--big", None)}
            </div>
        </form>
    }
    .into_any()
}

/// What was chosen when the page came. While the script is still on its way the list below says the same whatever the
/// options say; then the options count.
fn first_of(range: &Range, picked: RwSignal<usize>) -> Option<AnyView> {
    let first = range.variants.get(picked.get_untracked()).filter(|_| range.variants.len() > 1)?;
    Some(view! { <input type="hidden" name="first" value=first.id.to_string()/> }.into_any())
}

/// The field that says which variant is meant. A list without script; with it the options choose.
fn which(range: &Arc<Range>, picked: RwSignal<usize>) -> AnyView {
    if let [only] = range.variants.as_slice() {
        return view! { <input type="hidden" name="variant_id" value=only.id.to_string()/> }.into_any();
    }
    let first = picked.get_untracked();
    let options: Vec<AnyView> = range
        .variants
        .iter()
        .enumerate()
        .map(|(index, variant)| {
            let out = if variant.availability.is_buyable() { "" } else { " – sold out" };
            let text = format!("{} – {}{out}", variant.title, variant.price);
            view! { <option value=variant.id.to_string() selected=index == first>{text}</option> }.into_any()
        })
        .collect();
    let range = range.clone();
    view! {
        <div class="field no-js-only">
            <label class="field__label" for="variant">"Choose"</label>
            <span class="select">
                <select
                    class="input"
                    id="variant"
                    name="variant_id"
                    prop:value=move || range.variants.get(picked.get()).map(|one| one.id.to_string())
                >
                    {options}
                </select>
                {icon(Icon::Down)}
            </span>
        </div>
    }
    .into_any()
}

fn option(range: &Arc<Range>, number: usize, picked: RwSignal<usize>) -> AnyView {
    let option = &range.options[number];
    let value_of = {
        let range = range.clone();
        move || {
            range
                .variants
                .get(picked.get())
                .and_then(|one| one.options.get(number))
                .cloned()
                .unwrap_or_default()
        }
    };
    let now = Signal::derive(value_of);
    let choose = {
        let range = range.clone();
        Callback::new(move |value: String| {
            if let Some(index) = pick::after(&range, picked.get_untracked(), number, &value) {
                picked.set(index);
                chosen(&range, index);
            }
        })
    };
    let pills = option.values.iter().map(|value| {
        let (value, colour) = value;
        let (range, name, is) = (range.clone(), value.clone(), value.clone());
        pill(Pill {
            name: format!("options[{number}]"),
            value: value.clone(),
            colour: colour.clone(),
            checked: Signal::derive(move || now.with(|now| *now == is)),
            sold_out: Signal::derive(move || !pick::buyable(&range, picked.get(), number, &name)),
            chosen: choose,
        })
    });
    view! { <div class="js-only">{options(&option.name, now, pills.collect())}</div> }.into_any()
}

/// After a choice: the address names the variant, the gallery shows it.
fn chosen(range: &Range, index: usize) {
    let Some(variant) = range.variants.get(index) else { return };
    browser::replace_address(&format!(
        "{}?variant={}",
        window().location().pathname().unwrap_or_default(),
        variant.id
    ));
    if let Some(media) = variant.picture {
        bring(&format!("picture-{media}"));
    }
}

/// The variant whose options are checked on the page.
fn checked(range: &Range) -> Option<usize> {
    let nodes = document().query_selector_all(".options input:checked").ok()?;
    let values: Vec<String> = (0..nodes.length())
        .filter_map(|index| nodes.item(index)?.dyn_into::<web_sys::HtmlInputElement>().ok())
        .map(|input| input.value())
        .collect();
    range.variants.iter().position(|one| one.options == values)
}

fn stock(range: Arc<Range>, picked: RwSignal<usize>) -> AnyView {
    (move || {
        let availability = range.variants.get(picked.get()).map(|one| one.availability)?;
        let (class, text) = match availability {
            Availability::InStock => ("stock", "In stock, ready to ship"),
            Availability::Low => ("stock stock--low", "Only a few left"),
            Availability::Backorder => ("stock stock--low", "Made to order, ships a little later"),
            Availability::SoldOut => ("stock stock--out", "Sold out"),
        };
        Some(view! { <p class=class role="status">{text}</p> })
    })
    .into_any()
}

fn add_button(
    range: Arc<Range>,
    picked: RwSignal<usize>,
    class: &'static str,
    form: Option<&'static str>,
) -> AnyView {
    let none_left = !range.variants.iter().any(|one| one.availability.is_buyable());
    let buyable = move |one: &Offer| one.availability.is_buyable();
    let out = move || !range.variants.get(picked.get()).is_some_and(buyable);
    let label = out.clone();
    view! {
        // Without script another variant may be chosen from the list: only what can't be had at all is closed.
        <button class=class type="submit" form=form disabled=none_left aria-disabled=move || out().then_some("true")>
            {move || if label() { "Sold out" } else { "Add to cart" }}
        </button>
    }
    .into_any()
}

/// Within the thumb's reach.
fn buy_bar(title: String, range: Arc<Range>, picked: RwSignal<usize>) -> AnyView {
    let prices = range.clone();
    view! {
        <div class="buybar">
            <span class="buybar__what">
                <b class="buybar__name">{title}</b>
                {move || prices.variants.get(picked.get()).map(|one| price(one.price, one.compare_at, false, ""))}
            </span>
            {add_button(range, picked, "button", Some("buy"))}
        </div>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
pub use server::load;

#[cfg(feature = "ssr")]
mod server {
    use std::sync::Arc;

    use leptos::prelude::*;
    use serde_json::{Value, json};
    use souk_contract::{Availability, Media, Product, ProductCard, ProductLookup, Variant};

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
        head.data = vec![describe(&visit.shop, &product, &description), breadcrumbs(&visit.shop, &way)];
        let page = ProductPage {
            crumbs: Html::draw(|| crumbs(&way)),
            gallery: Html::draw(|| gallery(&product)),
            words: Html::draw(|| words(&visit.shop, &product)),
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
            availability: one.availability,
            picture: one.media_id,
        });
        Range { options: options.collect(), variants: variants.collect() }
    }

    fn gallery(product: &Product) -> AnyView {
        if product.media.is_empty() {
            let shape = Shape { eager: true, ..LARGE };
            return view! { <div class="gallery">{picture(None, &product.title, shape, None)}</div> }
                .into_any();
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

    fn words(shop: &Shop, product: &Product) -> AnyView {
        let free = shop.free_shipping_over.map(|amount| format!("Free delivery over {amount}"));
        let days = shop.returns_days;
        let delivery = view! {
            <p>
                "What delivery costs and how long it takes is shown at checkout, before you pay. "
                <a href="/pages/shipping">"More about delivery"</a>
            </p>
        };
        let returns = view! {
            <p>
                {format!("Send it back within {days} days if it isn't right. ")}
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
                    <li>{icon(Icon::Return)}{format!("{days} days to change your mind")}</li>
                    <li>{icon(Icon::Shield)}"Secure payment, no account needed"</li>
                </ul>
                <div>
                    {description}
                    {accordion(Some(Icon::Truck), "Delivery", false, delivery.into_any())}
                    {accordion(Some(Icon::Return), "Returns", false, returns.into_any())}
                </div>
            </div>
        }
        .into_any()
    }

    fn describe(shop: &Shop, product: &Product, description: &str) -> Value {
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
        (matches!(code.len(), 8 | 12 | 13 | 14) && code.bytes().all(|byte| byte.is_ascii_digit()))
            .then_some(code)
    }
}
