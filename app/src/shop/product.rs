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
    ui::{Icon, Pill, Tone, badge, icon, options, pill, price, stepper},
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
            view! {
                <p class="cluster">
                    {price(variant.price, variant.compare_at, false, "price--big")}
                    {variant.saving.clone().map(|text| badge(Tone::Sale, text))}
                </p>
                {variant.prior.clone().map(|text| view! { <p class="muted small">{text}</p> })}
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
mod server;
