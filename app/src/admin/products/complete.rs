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
    let reveal = editor.reveal;
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
            let missing: Vec<AnyView> = found.missing.iter().map(|missing| item(missing, reveal)).collect();
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

fn item(missing: &Missing, reveal: RwSignal<Option<(usize, usize)>>) -> AnyView {
    let selector = selector(&missing.field);
    let cell = cell(&missing.field);
    let text = match missing.others {
        0 => missing.name.clone(),
        others => format!("{}, and {others} more", missing.name),
    };
    let lead = move |event: MouseEvent| {
        event.prevent_default();
        match (cell, go::first(&selector)) {
            // Of many variants it may not be drawn now.
            (Some(cell), _) => reveal.set(Some(cell)),
            (None, Some(field)) => drop(field.focus()),
            (None, None) => {}
        }
    };
    view! { <li><button type="button" class="text-button" on:click=lead>{text}</button></li> }.into_any()
}

fn number(path: &str) -> Option<usize> {
    path.split([']', '[']).nth(1).and_then(|at| at.parse().ok())
}

/// Row and column, where it is a cell of the grid.
fn cell(field: &str) -> Option<(usize, usize)> {
    let row = number(field).filter(|_| field.starts_with("variants"))?;
    Some((row, if field.ends_with("price") { 0 } else { 2 }))
}

/// Where another field of the product stands on the screen.
fn selector(field: &str) -> String {
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
            (None, _) => field.to_owned(),
        },
    };
    format!("[id=\"{id}\"]")
}
