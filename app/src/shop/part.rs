//! Parts that several pages show, made of those in [`crate::ui`].

use leptos::prelude::*;
use souk_contract::{Availability, ProductCard};

use crate::{
    page::Link,
    ui::{Shape, Tone, badge, breadcrumbs, picture, price, swatches},
};

const CARD: Shape = Shape {
    class: "card__media ratio-square",
    sizes: "(width >= 64rem) 19rem, (width >= 48rem) 30vw, 46vw",
    eager: false,
};

/// One product of a list. The first few load their pictures at once.
pub fn card(card: &ProductCard, eager: bool) -> AnyView {
    let out = card.availability == Availability::SoldOut;
    let note = match card.availability {
        Availability::Low => Some(("card__note card__note--low", "Only a few left")),
        Availability::Backorder => Some(("card__note", "Made to order")),
        Availability::SoldOut | Availability::InStock => None,
    };
    let class = if out { "card__media ratio-square media--out" } else { CARD.class };
    let sale = card.saving.filter(|_| !out);
    view! {
        <article class="card">
            {picture(card.media.as_ref(), &card.title, Shape { eager, class, ..CARD }, card.media_alt.as_ref())}
            <div class="card__badges">
                {out.then(|| badge(Tone::Out, "Sold out"))}
                {sale.map(|percent| badge(Tone::Sale, format!("−{percent}%")))}
            </div>
            <div class="card__body">
                <h3 class="card__title">
                    <a class="card__link" href=format!("/products/{}", card.handle)>{card.title.clone()}</a>
                </h3>
                {price(card.price, card.compare_at, card.price != card.price_max, "")}
                {(card.swatches.len() > 1).then(|| swatches(&card.swatches, 5))}
                {note.map(|(class, text)| view! { <p class=class>{text}</p> })}
            </div>
        </article>
    }
    .into_any()
}

/// A row of products that scrolls sideways.
pub fn rail(title: &str, cards: &[ProductCard]) -> AnyView {
    view! {
        <ul class="rail" tabindex="0" aria-label=title.to_owned()>
            {cards.iter().map(|one| view! { <li>{card(one, false)}</li> }).collect::<Vec<_>>()}
        </ul>
    }
    .into_any()
}

/// The way from the home page to here.
pub fn crumbs(links: &[Link]) -> AnyView {
    breadcrumbs(links.iter().map(|link| (link.label.clone(), link.href.clone())).collect())
}
