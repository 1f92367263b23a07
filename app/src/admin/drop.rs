//! A file that is dropped anywhere on the window: a CSV is imported. Without this a browser would leave the screens and show
//! the file.

use std::time::Duration;

use js_sys::{Array, Reflect};
use leptos::{ev, prelude::*};
use souk_contract::Resource;
use web_sys::DragEvent;

use super::{
    desk::{Desk, Who},
    products, upload,
};

/// While something is dragged over it the window hears of it several times a second; nothing says that it has left.
const STILL_THERE: Duration = Duration::from_millis(600);

pub fn view(desk: Desk) -> AnyView {
    let over = RwSignal::new(false);
    let hide = StoredValue::new_local(debounce(STILL_THERE, move |()| over.set(false)));
    window_event_listener(ev::dragover, move |event| {
        // A place on the screen takes it.
        if event.default_prevented() || !carries_files(&event) {
            return over.set(false);
        }
        event.prevent_default();
        over.set(may_import(desk));
        hide.update_value(|hide| hide(()));
    });
    window_event_listener(ev::drop, move |event| {
        over.set(false);
        if event.default_prevented() || !carries_files(&event) {
            return;
        }
        event.prevent_default();
        let Some(file) = upload::files(&event).into_iter().next() else { return };
        if !may_import(desk) {
            return desk.say("Your role does not allow you to import products.");
        }
        if !is_table(&file.name) {
            return desk.say("Drop a CSV file to import products. Pictures go onto a product's own.");
        }
        products::import_file(desk, file);
    });
    view! {
        <div class="drop-here" aria-hidden="true" hidden=move || !over.get()>
            <p class="drop-here__text">"Drop a CSV file to import products"</p>
        </div>
    }
    .into_any()
}

fn may_import(desk: Desk) -> bool {
    let working = desk.who.with_untracked(|who| matches!(who, Who::Member(_)));
    working && !desk.ended.get_untracked() && untrack(move || desk.may(Resource::Catalog.write()))
}

fn carries_files(event: &DragEvent) -> bool {
    let carried = Reflect::get(event, &"dataTransfer".into()).ok();
    let types =
        carried.filter(|data| data.is_object()).and_then(|data| Reflect::get(&data, &"types".into()).ok());
    types.is_some_and(|types| Array::from(&types).iter().any(|one| one == "Files"))
}

fn is_table(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".csv", ".tsv", ".txt"].iter().any(|end| name.ends_with(end))
}
