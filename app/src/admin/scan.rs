//! A barcode scanner anywhere in the inventory screens: what it reads leads to the variant's row, or goes where the screen
//! wants it. What is typed into a field stays there, but for the fields that say they take a scanner (`data-scan`).

use leptos::{ev, prelude::*, task::spawn_local};
use souk_contract::{VariantId, VariantInfo};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, KeyboardEvent};

use super::{
    desk::{Desk, Who},
    go,
    place::Place,
};
use crate::{
    api::admin::{catalog, supplies},
    draft::scan::{Burst, Heard},
    failure::Result,
};

/// A number of pieces has fewer digits, the shortest common barcode (EAN-8) has as many.
const AS_LONG_AS_A_CODE: usize = 8;

/// In the address of the stock of a product: the variant that was scanned.
pub const PARAM: &str = "scanned";

enum Field {
    None,
    /// Takes a number and a scanner.
    Ours(HtmlInputElement),
    Other,
}

/// Before the shortcuts: a code may have their letters.
pub fn start(desk: Desk) {
    let burst = StoredValue::new(Burst::default());
    let before = StoredValue::new(String::new());
    window_event_listener(ev::keydown, move |event| {
        let field = field(&event);
        if !is_here(desk) || is_chord(&event) || matches!(field, Field::Other) {
            return burst.update_value(Burst::forget);
        }
        let heard = burst.try_update_value(|burst| burst.key(&event.key(), event.time_stamp()));
        match (heard.unwrap_or(Heard::Nothing), field) {
            (Heard::First, Field::Ours(input)) => before.set_value(input.value()),
            (Heard::Next, Field::None) => event.prevent_default(),
            (Heard::Code(code), field) => {
                event.prevent_default();
                if let Field::Ours(input) = field {
                    // A number was to stand here.
                    input.set_value(&before.get_value());
                    if let Ok(typed) = web_sys::Event::new("input") {
                        drop(input.dispatch_event(&typed));
                    }
                }
                hear(desk, code);
            }
            // A scanner that types slowly must not post its code as a number.
            (Heard::Nothing, Field::Ours(input))
                if event.key() == "Enter" && input.value().trim().len() >= AS_LONG_AS_A_CODE =>
            {
                event.prevent_default();
                desk.say("This is as long as a code. Clear the field and scan again.");
            }
            _ => {}
        }
    });
}

fn is_here(desk: Desk) -> bool {
    let working = desk.who.with_untracked(|who| matches!(who, Who::Member(_)));
    let place = desk.address.with_untracked(|address| Place::of(&address.path));
    working && !desk.ended.get_untracked() && place.section() == Place::Inventory
}

fn is_chord(event: &KeyboardEvent) -> bool {
    event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented()
}

fn field(event: &KeyboardEvent) -> Field {
    let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
    let inside = |selector: &str| {
        target
            .as_ref()
            .and_then(|element| element.closest(selector).ok())
            .is_some_and(|found| found.is_some())
    };
    if inside("input, textarea, select, [contenteditable]") {
        let input = target.and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        return input.filter(|input| input.has_attribute("data-scan")).map_or(Field::Other, Field::Ours);
    }
    // A question waits for its answer.
    if go::first("dialog[open]").is_some() { Field::Other } else { Field::None }
}

/// As long as the part of the screen is there that calls it, codes go to `act`.
pub fn take(desk: Desk, act: impl Fn(String) + Send + Sync + 'static) {
    // Gone with what called it: then it can't be run.
    desk.scanner.set_value(Some(Callback::new(act)));
}

fn hear(desk: Desk, code: String) {
    match desk.scanner.get_value() {
        Some(act) if act.try_run(code.clone()).is_some() => {}
        _ => follow(desk, code),
    }
}

/// Variants that have this SKU or barcode.
pub async fn find(code: &str) -> Result<Vec<VariantInfo>> {
    let ids: Vec<VariantId> = supplies::by_code(code.to_owned()).await?;
    if ids.is_empty() { Ok(Vec::new()) } else { catalog::variants(ids).await }
}

/// To the variant's row.
pub fn follow(desk: Desk, code: String) {
    spawn_local(async move {
        match find(&code).await {
            Ok(found) => match found.as_slice() {
                [] => desk.say(format!("No variant has the SKU or barcode {code}.")),
                [one] => {
                    let stock = Place::Stock(one.product_id).url();
                    go::leave(desk, format!("{stock}?{PARAM}={}", one.variant.id));
                }
                many => {
                    desk.say(format!("{} variants have the code {code}.", many.len()));
                    let code = String::from(js_sys::encode_uri_component(&code));
                    go::leave(desk, format!("{}?q={code}", Place::Inventory.url()));
                }
            },
            Err(failure) => desk.complain(&failure.0),
        }
    });
}
