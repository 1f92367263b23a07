//! The search field, with suggestions while typing.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use souk_contract::Suggestions;

use crate::{
    api,
    browser::{self, Arrival},
    store::Store,
    ui::{Icon, Shape, icon, picture, price},
};

/// Long enough that a fast typist asks once.
const PAUSE: Duration = Duration::from_millis(120);
const THUMB: Shape = Shape { class: "ratio-square", sizes: "3rem", eager: false };

/// What the field knows.
#[derive(Clone, Copy)]
struct Typing {
    found: RwSignal<Option<Suggestions>>,
    /// Number of the suggestion that the arrow keys are on, from 1; 0 is the field itself.
    at: RwSignal<usize>,
    /// Counts keystrokes: only the answer to the last one is shown.
    count: RwSignal<u32>,
}

impl Typing {
    fn close(self) {
        self.count.update(|count| *count += 1);
        self.found.set(None);
        self.at.set(0);
    }

    /// Addresses of the suggestions, in their order.
    fn links(self) -> Vec<String> {
        self.found.with(|found| {
            let Some(found) = found else { return Vec::new() };
            let collections = found.collections.iter().map(|one| format!("/collections/{}", one.handle));
            let products = found.products.iter().map(|one| format!("/products/{}", one.handle));
            collections.chain(products).collect()
        })
    }

    fn typed(self, text: String) {
        self.count.update(|count| *count += 1);
        let number = self.count.get_untracked();
        if text.trim().chars().count() < 2 {
            self.found.set(None);
            return;
        }
        set_timeout(
            move || {
                if self.count.get_untracked() != number {
                    return;
                }
                spawn_local(async move {
                    let url = format!(
                        "{}?q={}",
                        api::SUGGEST,
                        String::from(js_sys::encode_uri_component(text.trim()))
                    );
                    // Without an answer there are no suggestions; the search itself still works.
                    let found = browser::get::<Suggestions>(&url).await.ok();
                    if self.count.get_untracked() == number {
                        self.at.set(0);
                        self.found.set(
                            found.filter(|found| !found.products.is_empty() || !found.collections.is_empty()),
                        );
                    }
                });
            },
            PAUSE,
        );
    }

    fn key(self, store: Store, event: &web_sys::KeyboardEvent) {
        let links = self.links();
        let at = self.at.get_untracked();
        match event.key().as_str() {
            "ArrowDown" if !links.is_empty() => self.at.set((at + 1) % (links.len() + 1)),
            "ArrowUp" if !links.is_empty() => self.at.set((at + links.len()) % (links.len() + 1)),
            "Escape" if !links.is_empty() => self.close(),
            "Enter" => {
                let Some(link) = at.checked_sub(1).and_then(|index| links.get(index)) else {
                    self.close();
                    return;
                };
                browser::navigate(store, link, Arrival::Link);
                self.close();
            }
            _ => return,
        }
        event.prevent_default();
    }
}

pub fn field(store: Store) -> AnyView {
    let typing = Typing { found: RwSignal::new(None), at: RwSignal::new(0), count: RwSignal::new(0) };
    let active = move || match typing.at.get() {
        0 => None,
        at => Some(format!("suggestion-{at}")),
    };
    view! {
        <search class="searchbox">
            <form class="searchbox__form" method="get" action="/search">
                <input
                    class="searchbox__input"
                    type="search"
                    name="q"
                    aria-label="Search"
                    placeholder="What are you looking for?"
                    autocomplete="off"
                    maxlength="200"
                    role="combobox"
                    aria-autocomplete="list"
                    aria-controls="suggestions"
                    aria-expanded=move || if typing.found.with(Option::is_some) { "true" } else { "false" }
                    aria-activedescendant=active
                    on:input=move |event| typing.typed(event_target_value(&event))
                    on:keydown=move |event| typing.key(store, &event)
                    // Later, so that a click on a suggestion still finds it.
                    on:blur=move |_| set_timeout(move || typing.close(), Duration::from_millis(200))
                />
                <button class="icon-button" type="submit" aria-label="Search">{icon(Icon::Search)}</button>
            </form>
            <div class="suggest" id="suggestions" role="listbox" aria-label="Suggestions" hidden=move || {
                typing.found.with(Option::is_none)
            }>{move || typing.found.get().map(|found| list(typing, &found))}</div>
        </search>
    }
    .into_any()
}

fn list(typing: Typing, found: &Suggestions) -> AnyView {
    let first_product = found.collections.len();
    let item = move |number: usize, href: String, inside: AnyView| {
        let selected = move || if typing.at.get() == number { "true" } else { "false" };
        view! {
            <a
                class="suggest__item"
                role="option"
                id=format!("suggestion-{number}")
                href=href
                tabindex="-1"
                aria-selected=selected
            >
                {inside}
            </a>
        }
        .into_any()
    };
    let collections: Vec<AnyView> = found
        .collections
        .iter()
        .enumerate()
        .map(|(index, one)| {
            let inside = view! { {icon(Icon::Search)}<span>{one.title.clone()}</span> }.into_any();
            item(index + 1, format!("/collections/{}", one.handle), inside)
        })
        .collect();
    let products: Vec<AnyView> = found
        .products
        .iter()
        .enumerate()
        .map(|(index, one)| {
            let inside = view! {
                {picture(one.media.as_ref(), &one.title, THUMB, None)}
                <span>{one.title.clone()}</span>
                {price(one.price, None, false, "")}
            }
            .into_any();
            item(first_product + index + 1, format!("/products/{}", one.handle), inside)
        })
        .collect();
    let group = |title: &'static str, items: Vec<AnyView>| {
        (!items.is_empty()).then(|| view! {
            <div role="group" aria-label=title><p class="suggest__title" aria-hidden="true">{title}</p>{items}</div>
        })
    };
    view! { {group("Categories", collections)}{group("Products", products)} }.into_any()
}
