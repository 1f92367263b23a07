//! Buttons, and links that look like them.

use leptos::prelude::*;

use super::icon::{Icon, icon};

/// A button that sends its form. `class` is `""` or modifiers: `button--big`, `--wide`, `--small`, `--quiet`,
/// `--danger`, `--light`. While `busy` it turns a wheel and keeps its words for screen readers.
pub fn button(class: &'static str, label: impl Into<String>, busy: Signal<bool>) -> AnyView {
    view! {
        <button type="submit" class=join("button", class) aria-busy=move || busy.get().then_some("true")>
            {label.into()}
        </button>
    }
    .into_any()
}

/// A link that looks like a button; `class` as for [`button`].
pub fn link_button(class: &'static str, href: impl Into<String>, label: impl Into<String>) -> AnyView {
    view! { <a class=join("button", class) href=href.into()>{label.into()}</a> }.into_any()
}

/// "See all →". `about` is read out after the label, where the label alone would not say where the link goes.
pub fn arrow_link(href: impl Into<String>, label: impl Into<String>, about: Option<String>) -> AnyView {
    view! {
        <a class="arrow-link" href=href.into()>
            {label.into()}
            {about.map(|about| view! { <span class="sr-only">{format!(": {about}")}</span> })}
            {icon(Icon::Right)}
        </a>
    }
    .into_any()
}

/// A square button of 44 px that only shows an icon. `label` is what it does.
pub fn icon_button(sign: Icon, label: impl Into<String>, act: Callback<()>) -> AnyView {
    view! {
        <button type="button" class="icon-button" aria-label=label.into() on:click=move |_| act.run(())>
            {icon(sign)}
        </button>
    }
    .into_any()
}

pub(super) fn join(class: &str, more: &str) -> String {
    if more.is_empty() { class.to_owned() } else { format!("{class} {more}") }
}
