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

/// A page of a long list.
pub struct PageLink {
    pub number: u32,
    pub href: String,
    pub current: bool,
}

/// Links to the pages of a list; a gap in the numbers shows as "…". Nothing where there is one page only.
pub fn pagination(previous: Option<String>, pages: Vec<PageLink>, next: Option<String>) -> Option<AnyView> {
    if previous.is_none() && next.is_none() {
        return None;
    }
    let mut before = 0;
    let links: Vec<AnyView> = pages
        .into_iter()
        .map(|page| {
            let gap = page.number > before + 1;
            before = page.number;
            view! {
                {gap.then(|| view! { <span aria-hidden="true">"…"</span> })}
                <a class="pagination__link" href=page.href aria-current=page.current.then_some("page")>
                    <span class="sr-only">"Page "</span>{page.number}
                </a>
            }
            .into_any()
        })
        .collect();
    let nav = view! {
        <nav class="pagination" aria-label="Pages">
            {previous.map(|href| view! {
                <a class="icon-button" href=href rel="prev" aria-label="Previous page">{icon(Icon::Left)}</a>
            })}
            {links}
            {next.map(|href| view! {
                <a class="icon-button" href=href rel="next" aria-label="Next page">{icon(Icon::Right)}</a>
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
