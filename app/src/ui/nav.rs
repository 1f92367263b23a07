//! Where one is, and where one can go.

use leptos::prelude::*;

use super::icon::{Icon, icon};

/// The way from the home page to here, as pairs of label and address; the last is this page.
pub fn breadcrumbs(way: Vec<(String, String)>) -> AnyView {
    let last = way.len().saturating_sub(1);
    let items: Vec<AnyView> = way
        .into_iter()
        .enumerate()
        .map(|(index, (label, href))| {
            view! { <li><a href=href aria-current=(index == last).then_some("page")>{label}</a></li> }
                .into_any()
        })
        .collect();
    view! { <nav class="breadcrumbs" aria-label="Breadcrumb"><ol>{items}</ol></nav> }.into_any()
}

/// Links to the pages before and after in a long list. Nothing where there is one page only.
pub fn pagination(previous: Option<String>, next: Option<String>) -> Option<AnyView> {
    if previous.is_none() && next.is_none() {
        return None;
    }
    let nav = view! {
        <nav class="pagination" aria-label="Pages">
            {previous.map(|href| view! {
                <a class="button button--quiet" href=href rel="prev">{icon(Icon::Left)}"Previous page"</a>
            })}
            {next.map(|href| view! {
                <a class="button button--quiet" href=href rel="next">"Next page"{icon(Icon::Right)}</a>
            })}
        </nav>
    };
    Some(nav.into_any())
}

/// A filter that is on; `href` is the page without it.
pub fn chip(label: impl Into<String>, href: impl Into<String>) -> AnyView {
    view! {
        <a class="chip" href=href.into()>
            <span class="sr-only">"Remove filter "</span>{label.into()}{icon(Icon::Close)}
        </a>
    }
    .into_any()
}
