//! What screens are made of, beside the design system's parts.

use leptos::prelude::*;
use souk_contract::{Address, Media};
use wasm_bindgen::{JsCast, JsValue};

use super::{desk::Desk, go};
use crate::ui::{Icon, Shape, alert, icon, picture};

/// The screen's heading, with the way back and what can be done here. It also names the document.
pub fn head(
    desk: Desk,
    back: Option<(String, &'static str)>,
    title: Signal<String>,
    acts: AnyView,
) -> AnyView {
    Effect::new(move || title.with(|title| desk.set_title(title)));
    view! {
        <header class="head">
            {back.map(|(href, label)| view! { <a class="head__back" href=href>{icon(Icon::Back)}{label}</a> })}
            <div class="head__row">
                <h1 class="head__title">{move || title.get()}</h1>
                <div class="head__acts">{acts}</div>
            </div>
        </header>
    }
    .into_any()
}

/// A box with a heading.
pub fn card(title: impl Into<String>, acts: Option<AnyView>, body: AnyView) -> AnyView {
    view! {
        <section class="box">
            <div class="box__head"><h2 class="box__title">{title.into()}</h2>{acts}</div>
            <div class="box__body">{body}</div>
        </section>
    }
    .into_any()
}

/// Lists of one thing under several conditions: value and label. The query names the one that is shown.
pub fn tabs(
    desk: Desk,
    label: &'static str,
    name: &'static str,
    all: &'static [(&'static str, &'static str)],
) -> AnyView {
    let tab = move |(value, text): &(&'static str, &'static str)| {
        let value = *value;
        let current = move || (desk.param(name).unwrap_or_default() == value).then_some("true");
        let href = move || desk.address.with(|address| address.with_params(&[(name, value)]));
        view! { <li><a class="tab" href=href aria-current=current>{*text}</a></li> }.into_any()
    };
    view! { <nav aria-label=label><ul class="tabs">{all.iter().map(tab).collect::<Vec<_>>()}</ul></nav> }
        .into_any()
}

/// A search that goes into the query as `q` while it is typed.
pub fn search(desk: Desk, label: &'static str, hint: &'static str) -> AnyView {
    let path = desk.address.with_untracked(|address| address.path.clone());
    let typed = debounce(std::time::Duration::from_millis(250), move |text: String| {
        // Not once another screen is shown.
        if desk.address.with_untracked(|address| address.path == path) {
            desk.set_params(&[("q", &text)]);
        }
    });
    let typed = StoredValue::new_local(typed);
    view! {
        <div class="search" role="search">
            {icon(Icon::Search)}
            <input
                class="search__input" type="search" aria-label=label placeholder=hint autocomplete="off"
                data-search="" prop:value=move || desk.param("q").unwrap_or_default()
                on:input=move |event| {
                    let text = event_target_value(&event);
                    typed.update_value(|typed| typed(text));
                }
            />
        </div>
    }
    .into_any()
}

/// A table; `columns` are headings, those that begin with `#` stand over numbers. Its rows come from [`row`].
pub fn table(caption: impl Into<String>, columns: &[&'static str], rows: Vec<AnyView>) -> AnyView {
    let column = |name: &&'static str| {
        let (class, name) = name.strip_prefix('#').map_or(("", *name), |name| ("num", name));
        view! { <th scope="col" class=class>{name}</th> }.into_any()
    };
    view! {
        <div class="scroll">
            <table class="grid">
                <caption class="sr-only">{caption.into()}</caption>
                <thead><tr>{columns.iter().map(column).collect::<Vec<_>>()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// A row that leads somewhere: `link` is the cell that names it.
pub fn row(href: Option<String>, link: AnyView, cells: Vec<(&'static str, AnyView)>) -> AnyView {
    let name = match href {
        Some(href) => row_link(href, link),
        None => link,
    };
    let cell = |(label, content): (&'static str, AnyView)| {
        let (class, label) = label.strip_prefix('#').map_or(("", label), |label| ("num", label));
        view! { <td class=class data-label=label>{content}</td> }.into_any()
    };
    view! { <tr><th scope="row">{name}</th>{cells.into_iter().map(cell).collect::<Vec<_>>()}</tr> }.into_any()
}

/// What the whole row follows.
pub fn row_link(href: String, link: AnyView) -> AnyView {
    view! { <a class="grid__link" href=href data-row="">{link}</a> }.into_any()
}

/// What stands before a row's name and chooses it.
pub fn choose(label: String, chosen: Signal<bool>, toggle: Callback<bool>, link: AnyView) -> AnyView {
    view! {
        <span class="chosen">
            <input
                type="checkbox" class="chosen__box" aria-label=label prop:checked=move || chosen.get()
                on:change=move |event| toggle.run(event_target_checked(&event))
            />
            <span>{link}</span>
        </span>
    }
    .into_any()
}

/// Facts: label and value.
pub fn facts(all: Vec<(&'static str, AnyView)>) -> AnyView {
    let fact = |(label, value)| view! { <div><dt>{label}</dt><dd>{value}</dd></div> }.into_any();
    view! { <dl class="facts">{all.into_iter().map(fact).collect::<Vec<_>>()}</dl> }.into_any()
}

/// Line by line, without the empty ones.
pub fn address(address: &Address) -> AnyView {
    let town = [&address.postal_code, &address.city, &address.region].map(String::as_str).join(" ");
    let country = address.country.clone();
    let all =
        [&address.name, &address.company, &address.line1, &address.line2, &town, &country, &address.phone];
    let lines = all.into_iter().filter(|line| !line.trim().is_empty()).cloned();
    let lines = lines.map(|line| view! { <span>{line}</span> }.into_any());
    view! { <address class="address">{lines.collect::<Vec<_>>()}</address> }.into_any()
}

/// A small picture, or the title's letter.
pub fn thumb(media: Option<&Media>, title: &str) -> AnyView {
    let shape = Shape { class: "ratio-square thumb", sizes: "48px", eager: false };
    // The title stands beside it.
    let media = media.map(|media| Media { alt: String::new(), ..media.clone() });
    picture(media.as_ref(), title, shape, None)
}

/// Something that is shown once, with a button that copies it.
pub fn secret(desk: Desk, label: &'static str, text: String) -> AnyView {
    let id = format!("secret-{}", label.to_lowercase().replace(' ', "-"));
    let input_id = id.clone();
    let copied = text.clone();
    view! {
        <div class="secret">
            <label class="field__label" for=id>{label}</label>
            <div class="secret__row">
                <input class="input mono" id=input_id readonly=true value=text on:focus=|event| select_all(&event)/>
                <button type="button" class="button button--quiet" on:click=move |_| copy(desk, &copied)>
                    "Copy"
                </button>
            </div>
        </div>
    }
    .into_any()
}

fn select_all(event: &web_sys::FocusEvent) {
    if let Some(input) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok())
    {
        input.select();
    }
}

pub fn copy(desk: Desk, text: &str) {
    match write_to_clipboard(text) {
        Ok(_) => desk.say("Copied."),
        // Without https there is no clipboard.
        Err(_) => desk.say("Please select the text and copy it."),
    }
}

/// By name: the binding would be one more feature of web-sys, and so another build of all that depends on it.
fn write_to_clipboard(text: &str) -> Result<JsValue, JsValue> {
    let navigator = js_sys::Reflect::get(&window(), &"navigator".into())?;
    let clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into())?;
    let write = js_sys::Reflect::get(&clipboard, &"writeText".into())?.dyn_into::<js_sys::Function>()?;
    write.call1(&clipboard, &text.into())
}

/// A word to whoever came where nothing is, or where they may not go.
pub fn nothing_here(desk: Desk, title: &'static str, text: &'static str) -> AnyView {
    desk.ready.set(true);
    view! {
        {head(desk, None, Signal::stored(title.to_owned()), ().into_any())}
        {alert(crate::ui::Tone::Plain, None, view! { <p>{text}</p> }.into_any())}
    }
    .into_any()
}

/// The same, over what stands there.
pub fn select_later(selector: &'static str) {
    request_animation_frame(move || {
        if let Some(input) =
            go::first(selector).and_then(|found| found.dyn_into::<web_sys::HtmlInputElement>().ok())
        {
            let _ = input.focus();
            input.select();
        }
    });
}

/// Puts the cursor where something is typed next.
pub fn focus_later(selector: &'static str) {
    request_animation_frame(move || {
        if let Some(element) = go::first(selector) {
            let _ = element.focus();
        }
    });
}
