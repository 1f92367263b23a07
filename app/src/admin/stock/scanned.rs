//! What a scanner reads while a product's stock is on the screen: the row is shown, and the number is asked for.

use std::collections::HashMap;

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{StockLevel, VariantId};
use wasm_bindgen::JsCast;
use web_sys::{Element, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::Adjusting;
use crate::admin::{desk::Desk, load::Source, scan};

const MARK: &str = "is-scanned";

pub fn listen(
    desk: Desk,
    adjusting: Adjusting,
    levels: Source<HashMap<VariantId, StockLevel>>,
    names: Vec<(VariantId, String)>,
) {
    let name = move |id: VariantId| {
        let known = names.iter().find(|(one, _)| *one == id);
        known.map(|(_, name)| name.clone())
    };
    let show = Callback::new(move |id: VariantId| {
        let Some(name) = name(id) else { return };
        request_animation_frame(move || mark(id));
        let level = levels.get_untracked().and_then(|levels| levels.get(&id).cloned());
        if let Some(level) = level.filter(|_| adjusting.may) {
            adjusting.scanned(&level, &name);
        }
    });
    // From another screen.
    Effect::new(move || {
        let Some(id) = desk.param(scan::PARAM).and_then(|id| id.parse::<VariantId>().ok()) else { return };
        if levels.is_settled() {
            desk.set_params(&[(scan::PARAM, "")]);
            show.run(id);
        }
    });
    scan::take(desk, move |code| {
        spawn_local(async move {
            match scan::find(&code).await {
                Ok(found) => match found.as_slice() {
                    [one] if adjusting.waits(one.variant.id) => {}
                    [one] if levels.get_untracked().is_some_and(|all| all.contains_key(&one.variant.id)) => {
                        show.run(one.variant.id);
                    }
                    _ => scan::follow(desk, code),
                },
                Err(failure) => desk.complain(&failure.0),
            }
        });
    });
}

/// The row, and no other.
fn mark(id: VariantId) {
    let Ok(all) = document().query_selector_all("[data-variant]") else { return };
    for index in 0..all.length() {
        let Some(name) = all.item(index).and_then(|node| node.dyn_into::<Element>().ok()) else { continue };
        let is = name.get_attribute("data-variant").is_some_and(|one| one == id.to_string());
        let class = name.class_list();
        // Failing, the row looks like the others.
        let _ = class.toggle_with_force(MARK, is);
        if is {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Center);
            name.scroll_into_view_with_scroll_into_view_options(&options);
        }
    }
}
