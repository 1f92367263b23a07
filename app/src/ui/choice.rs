//! Check boxes and radio buttons, plain and dressed up.

use leptos::prelude::*;

use super::picture::swatch;

/// A check box with its label; `count` is how many things it would keep.
pub fn checkbox(
    name: impl Into<String>,
    value: impl Into<String>,
    label: AnyView,
    checked: bool,
    count: Option<u64>,
) -> AnyView {
    view! {
        <label class="check">
            <input type="checkbox" name=name.into() value=value.into() checked=checked prop:checked=checked/>
            <span class="check__label">{label}</span>
            {count.map(|count| view! { <span class="check__count">{count}</span> })}
        </label>
    }
    .into_any()
}

/// One value of an option: a radio button drawn as a pill, or as a point of colour.
pub struct Pill {
    pub name: String,
    pub value: String,
    /// A CSS colour: shows it instead of the word, which screen readers still say.
    pub colour: Option<String>,
    pub checked: Signal<bool>,
    /// Struck through; it can be chosen, to see what else there is.
    pub sold_out: Signal<bool>,
    pub chosen: Callback<String>,
}

pub fn pill(pill: Pill) -> AnyView {
    let Pill { name, value, colour, checked, sold_out, chosen } = pill;
    let shape = if colour.is_some() { "pill pill--swatch" } else { "pill" };
    let title = colour.as_ref().map(|_| value.clone());
    let face = match colour {
        Some(colour) => view! { {swatch(&colour)}<span class="sr-only">{value.clone()}</span> }.into_any(),
        None => value.clone().into_any(),
    };
    let answer = value.clone();
    view! {
        <label class=shape class:pill--out=move || sold_out.get() title=title>
            <input
                type="radio" name=name value=value checked=checked.get_untracked() prop:checked=move || checked.get()
                on:change=move |_| chosen.run(answer.clone())
            />
            <span class="pill__face">
                {face}
                {move || sold_out.get().then(|| view! { <span class="sr-only">", sold out"</span> })}
            </span>
        </label>
    }
    .into_any()
}

/// The values of one option. More than twenty scroll in their own box.
pub fn options(label: impl Into<String>, chosen: Signal<String>, pills: Vec<AnyView>) -> AnyView {
    let many = pills.len() > 20;
    view! {
        <fieldset class="options">
            <legend class="options__legend">{label.into()}": "<b>{move || chosen.get()}</b></legend>
            <div class="options__row" class:options__row--many=many>{pills}</div>
        </fieldset>
    }
    .into_any()
}

/// One of a few ways: to deliver, to pay, an address.
pub struct Choice {
    pub value: String,
    pub title: String,
    pub note: String,
    /// Shown at the end of the row; empty for none.
    pub price: String,
}

/// Radio buttons as rows. The legend is for screen readers: a heading stands above.
pub fn choices(
    name: &'static str,
    legend: impl Into<String>,
    all: Vec<Choice>,
    chosen: RwSignal<String>,
) -> AnyView {
    let row = move |choice: Choice| {
        let Choice { value, title, note, price } = choice;
        let is = {
            let value = value.clone();
            move || chosen.with(|chosen| *chosen == value)
        };
        let checked = chosen.with_untracked(|chosen| *chosen == value);
        let answer = value.clone();
        view! {
            <label class="choice">
                <input
                    type="radio" name=name value=value checked=checked prop:checked=is
                    on:change=move |_| chosen.set(answer.clone())
                />
                <span class="choice__body">
                    <span class="choice__title">{title}</span>
                    {(!note.is_empty()).then(|| view! { <span class="choice__note">{note}</span> })}
                </span>
                {(!price.is_empty()).then(|| view! { <span class="choice__price">{price}</span> })}
            </label>
        }
        .into_any()
    };
    view! {
        <fieldset class="choices">
            <legend class="sr-only">{legend.into()}</legend>
            {all.into_iter().map(row).collect::<Vec<_>>()}
        </fieldset>
    }
    .into_any()
}
