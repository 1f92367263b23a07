//! The first page.

use leptos::prelude::*;
use serde_json::json;
use souk_contract::{CollectionKind, Error, HomeContent, ListProducts, Media, ProductCard, Sort};

use super::part;
use crate::{
    context::Visit,
    head::Head,
    page::{Found, Html, Page, Stop},
    ui::{Icon, Shape, arrow_link, icon, link_button, picture},
};

/// Products in a row.
const RAIL: u32 = 8;
/// More would be a list of contents.
const CATEGORIES: usize = 12;

struct Home {
    content: HomeContent,
    categories: Vec<Category>,
    rails: Vec<Rail>,
}

struct Category {
    handle: String,
    title: String,
    media: Option<Media>,
}

/// A row of products.
struct Rail {
    href: String,
    title: String,
    cards: Vec<ProductCard>,
}

const HERO: Shape = Shape { class: "hero__media", sizes: "(width >= 48rem) 45vw, 100vw", eager: true };
const MOSAIC: Shape = Shape { class: "ratio-square", sizes: "(width >= 48rem) 23vw, 50vw", eager: true };
const CATEGORY: Shape = Shape { class: "ratio-square", sizes: "(width >= 64rem) 19rem, 46vw", eager: false };

fn view(home: &Home) -> AnyView {
    let content = &home.content;
    let icons = [Icon::Truck, Icon::Return, Icon::Shield, Icon::Box];
    let promises: Vec<AnyView> =
        content.promises.iter().zip(icons).map(|((title, text), sign)| promise(title, text, sign)).collect();
    view! {
        <div>
        <div class="wrap page">
            <section class="hero">
                <div class="hero__text">
                    <h1 class="hero__title">{content.hero_title.clone()}</h1>
                    <p class="hero__lede">{content.hero_text.clone()}</p>
                    <div class="cluster">
                        {link_button("button--big button--light", &content.hero_link, &content.hero_label)}
                    </div>
                </div>
                {hero(home)}
            </section>
        </div>
        {(!home.categories.is_empty()).then(|| view! {
            <section class="wrap" aria-labelledby="categories">
                <div class="section__head"><h2 id="categories">"Shop by category"</h2></div>
                <div class="categories">
                    {home.categories.iter().enumerate().map(|(at, one)| category(at, one)).collect::<Vec<_>>()}
                </div>
            </section>
        })}
        {home.rails.first().map(rail)}
        {(!promises.is_empty()).then(|| view! {
            <section class="section wrap" aria-label="Our promises"><div class="values">{promises}</div></section>
        })}
        {home.rails.iter().skip(1).map(rail).collect::<Vec<_>>()}
        {(!content.story_title.is_empty()).then(|| view! {
            <section class="section wrap">
                <div class="story">
                    <h2>{content.story_title.clone()}</h2>
                    <div class="story__text lede" inner_html=content.story_html.clone()></div>
                </div>
            </section>
        })}
        </div>
    }
    .into_any()
}

fn promise(title: &str, text: &str, sign: Icon) -> AnyView {
    view! {
        <div class="value">
            {icon(sign)}
            <h3 class="value__title">{title.to_owned()}</h3>
            <p>{text.to_owned()}</p>
        </div>
    }
    .into_any()
}

/// The merchant's picture, or four of the shop's own products.
fn hero(home: &Home) -> AnyView {
    if let Some(media) = &home.content.hero_media {
        return picture(Some(media), "", HERO, None);
    }
    let pictures =
        home.rails.iter().flat_map(|rail| &rail.cards).filter_map(|card| card.media.as_ref()).take(4);
    let silent = |media: &Media| Media { alt: String::new(), ..media.clone() };
    let mosaic: Vec<AnyView> =
        pictures.map(|media| picture(Some(&silent(media)), "", MOSAIC, None)).collect();
    if mosaic.len() < 4 {
        return ().into_any();
    }
    view! { <div class="hero__mosaic">{mosaic}</div> }.into_any()
}

fn category(index: usize, one: &Category) -> AnyView {
    view! {
        <a class=format!("category tone-{}", index % 6 + 1) href=format!("/collections/{}", one.handle)>
            {picture(one.media.as_ref(), &one.title, CATEGORY, None)}
            <span class="category__name">{one.title.clone()}{icon(Icon::Right)}</span>
        </a>
    }
    .into_any()
}

fn rail(rail: &Rail) -> AnyView {
    view! {
        <section class="section wrap" aria-label=rail.title.clone()>
            <div class="section__head">
                <h2>{rail.title.clone()}</h2>
                {arrow_link(rail.href.clone(), "See all", Some(rail.title.clone()))}
            </div>
            {part::rail(&rail.title, &rail.cards)}
        </section>
    }
    .into_any()
}

pub async fn load(visit: &Visit) -> Result<Found, Stop> {
    let catalog = &visit.services.catalog;
    let content = catalog.home(&visit.ctx).await?;
    let collections = catalog.collections(&visit.ctx).await?;
    let mut rails = Vec::with_capacity(content.rails.len());
    for handle in &content.rails {
        let Some(collection) = collections.iter().find(|one| one.handle == *handle) else { continue };
        let request =
            ListProducts { collection: Some(handle.clone()), limit: Some(RAIL), ..ListProducts::default() };
        match catalog.list(&visit.ctx, &request).await {
            Ok(list) if list.cards.is_empty() => {}
            Ok(list) => rails.push(Rail {
                href: format!("/collections/{handle}"),
                title: collection.title.clone(),
                cards: list.cards,
            }),
            // Withdrawn a moment ago.
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if rails.is_empty() {
        // A shop whose merchant has not arranged anything yet.
        let request = ListProducts { sort: Sort::Newest, limit: Some(RAIL), ..ListProducts::default() };
        let cards = catalog.list(&visit.ctx, &request).await?.cards;
        if !cards.is_empty() {
            rails.push(Rail {
                href: "/collections/all?sort=newest".to_owned(),
                title: "New in".to_owned(),
                cards,
            });
        }
    }
    let mut categories = Vec::with_capacity(CATEGORIES);
    for one in collections.into_iter().filter(|one| one.kind == CollectionKind::Category).take(CATEGORIES) {
        let media = match one.media {
            Some(media) => Some(media),
            None => cover(visit, &one.handle).await?,
        };
        categories.push(Category { handle: one.handle, title: one.title, media });
    }
    let shop = &visit.shop;
    let mut head = Head::public(&content.tagline, &content.hero_text, "/");
    head.image = content.hero_media.as_ref().map(|media| media.src(1280));
    let mut organization = json!({
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": shop.name,
        "url": format!("{}/", shop.base_url),
        "email": shop.email,
    });
    if !shop.phone.is_empty() {
        organization["telephone"] = json!(shop.phone);
    }
    head.data = vec![
        organization,
        json!({
            "@context": "https://schema.org",
            "@type": "WebSite",
            "name": shop.name,
            "url": format!("{}/", shop.base_url),
            "potentialAction": {
                "@type": "SearchAction",
                "target": {
                    "@type": "EntryPoint",
                    "urlTemplate": format!("{}/search?q={{search_term_string}}", shop.base_url),
                },
                "query-input": "required name=search_term_string",
            },
        }),
    ];
    let home = Home { content, categories, rails };
    Ok(Found { page: Page::Still(Html::draw(|| view(&home))), head })
}

/// What stands for a category without a picture: its first product that has one.
async fn cover(visit: &Visit, handle: &str) -> Result<Option<Media>, Stop> {
    let request =
        ListProducts { collection: Some(handle.to_owned()), limit: Some(RAIL), ..ListProducts::default() };
    match visit.services.catalog.list(&visit.ctx, &request).await {
        Ok(list) => Ok(list.cards.into_iter().find_map(|card| card.media)),
        // Withdrawn a moment ago.
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
