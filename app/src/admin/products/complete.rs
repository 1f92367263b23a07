//! How complete a product is, and the way to what is missing.

use leptos::{ev::MouseEvent, prelude::*};
use souk_contract::Missing;

use super::{detail::Work, editor::Editor, facts};
use crate::{
    admin::{go, parts},
    ui::progress,
};

/// Of what is typed, saved or not.
pub fn card(work: Work, editor: &Editor) -> AnyView {
    let editor = editor.clone();
    let found = Memo::new(move |_| {
        let base = work.base.get()?.input;
        let typed = editor.draft().over(&base, work.desk.currency(), &editor.model);
        // While something can't be read: as it is saved.
        Some(editor.model.completeness(&typed.unwrap_or(base)))
    });
    let body = move || {
        found.get().map(|found| {
            let percent = found.percent;
            let missing: Vec<AnyView> = found.missing.iter().map(item).collect();
            let rest = if missing.is_empty() {
                view! { <p class="muted">"Nothing is missing."</p> }.into_any()
            } else {
                view! { <p class="muted">"Missing:"</p><ul class="stack" aria-label="What is missing">{missing}</ul> }.into_any()
            };
            view! {
                <div class="stack">
                    <p role="status">{format!("{percent} % complete")}</p>
                    {progress("Completeness", percent, 100)}
                    {rest}
                </div>
            }
        })
    };
    parts::card("Completeness", None, body.into_any())
}

fn item(missing: &Missing) -> AnyView {
    let selector = selector(&missing.field);
    let text = match missing.others {
        0 => missing.name.clone(),
        others => format!("{}, and {others} more", missing.name),
    };
    let lead = move |event: MouseEvent| {
        event.prevent_default();
        if let Some(field) = go::first(&selector) {
            let _ = field.focus();
        }
    };
    view! { <li><button type="button" class="text-button" on:click=lead>{text}</button></li> }.into_any()
}

/// Where a field of the product stands on the screen.
fn selector(field: &str) -> String {
    let number = |text: &str| text.split([']', '[']).nth(1).and_then(|at| at.parse::<usize>().ok());
    let id = match field {
        "title" => "product-title".to_owned(),
        "description_html" => "product-description".to_owned(),
        "seo.title" => "product-seo-title".to_owned(),
        "seo.description" => "product-seo-description".to_owned(),
        "media" => return ".drop__input".to_owned(),
        _ => match (field.strip_prefix("attributes."), number(field)) {
            (Some(code), _) => facts::id_of(code),
            (None, Some(at)) if field.starts_with("media") => {
                return format!(".pictures > li:nth-child({}) .text-button", at + 1);
            }
            (None, Some(at)) => format!("cell-{at}-{}", if field.ends_with("price") { 0 } else { 2 }),
            (None, None) => field.to_owned(),
        },
    };
    format!("[id=\"{id}\"]")
}
